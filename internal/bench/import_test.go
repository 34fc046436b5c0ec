// SPDX-License-Identifier: Apache-2.0

package bench_test

import (
	"bufio"
	"context"
	"database/sql"
	"encoding/csv"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/convoke/convoke/internal/app"
)

var importRows = flag.Int("import-rows", 1_000_000, "rows of the imported file")

// BenchmarkImport brings in a file of custCreate rows. The promise is at most 6
// times what the same driver takes to insert the same rows into one table in
// transactions of 1,000; the last tenth at most 1.2 times as long as the first;
// and memory under 200 MB.
func BenchmarkImport(b *testing.B) {
	path := writePeople(b, *importRows)
	for b.Loop() {
		floor := importFloor(b, path)
		took, tenths, peak := importFile(b, path)
		slowdown := tenths[9].Seconds() / tenths[0].Seconds()
		fmt.Printf("import, %d rows  convoke %v (%.0f rows/s) | floor %v | time x%.2f, last tenth x%.2f of the first, %d MB\n",
			*importRows, took.Round(time.Millisecond), float64(*importRows)/took.Seconds(), floor.Round(time.Millisecond),
			took.Seconds()/floor.Seconds(), slowdown, peak>>20)
		b.ReportMetric(took.Seconds()/floor.Seconds(), "x-floor-time")
		b.ReportMetric(slowdown, "x-first-tenth")
		b.ReportMetric(float64(peak>>20), "peak-MB")
	}
}

func writePeople(b *testing.B, rows int) string {
	b.Helper()
	path := filepath.Join(b.TempDir(), "people.csv")
	file, err := os.Create(path)
	check(b, err)
	out := bufio.NewWriter(file)
	fmt.Fprintln(out, "external_id,email,first_name,last_name,action")
	for i := range rows {
		fmt.Fprintf(out, "employee-%07d,person%d@people.example.com,Jane,Roe,custCreate\n", i, i)
	}
	check(b, out.Flush())
	check(b, file.Close())
	return path
}

// importFloor reads the same file and inserts its rows.
func importFloor(b *testing.B, path string) time.Duration {
	b.Helper()
	db, err := sql.Open("sqlite", "file:"+filepath.Join(b.TempDir(), "floor.db")+"?_pragma=journal_mode(wal)&_pragma=synchronous(full)")
	check(b, err)
	defer db.Close()
	db.SetMaxOpenConns(1)
	_, err = db.Exec("CREATE TABLE people (external_id TEXT PRIMARY KEY, email TEXT NOT NULL UNIQUE, first_name TEXT, last_name TEXT, action TEXT)")
	check(b, err)
	file, err := os.Open(path)
	check(b, err)
	defer file.Close()
	in := csv.NewReader(file)
	in.ReuseRecord = true
	_, err = in.Read()
	check(b, err)
	began := time.Now()
	for more := true; more; {
		more = floorThousand(b, db, in)
	}
	return time.Since(began)
}

func floorThousand(b *testing.B, db *sql.DB, in *csv.Reader) (more bool) {
	b.Helper()
	tx, err := db.Begin()
	check(b, err)
	insert, err := tx.Prepare("INSERT INTO people (external_id, email, first_name, last_name, action) VALUES ($1, $2, $3, $4, $5)")
	check(b, err)
	defer insert.Close()
	for range 1000 {
		row, err := in.Read()
		if errors.Is(err, io.EOF) {
			check(b, tx.Commit())
			return false
		}
		check(b, err)
		_, err = insert.Exec(row[0], row[1], row[2], row[3], row[4])
		check(b, err)
	}
	check(b, tx.Commit())
	return true
}

// importFile runs the command's own code, and returns how long it took, how long
// each tenth of the rows did, and the most memory that the process had.
func importFile(b *testing.B, path string) (took time.Duration, tenths [10]time.Duration, peak int64) {
	b.Helper()
	c, logger := quiet(b, b.TempDir())
	admin, err := app.OpenAdmin(context.Background(), c, logger)
	check(b, err)
	defer admin.Close()
	debug.FreeOSMemory()
	check(b, os.WriteFile("/proc/self/clear_refs", []byte("5"), 0)) // the peak begins anew
	began := time.Now()
	var last time.Time
	at := 0
	info, err := admin.Import(context.Background(), "", app.ImportFile{Path: path}, func(i app.ImportInfo) {
		if i.RowsDone == 0 {
			last = time.Now()
		}
		for at < 10 && i.RowsDone >= i.RowsTotal*int64(at+1)/10 {
			tenths[at] = time.Since(last)
			last = time.Now()
			at++
		}
	})
	check(b, err)
	took = time.Since(began)
	if info.Counts.Create != int64(*importRows) {
		b.Fatalf("counts are %+v", info.Counts)
	}
	runtime.KeepAlive(admin)
	return took, tenths, peakMemory(b)
}

func peakMemory(b *testing.B) int64 {
	b.Helper()
	status, err := os.ReadFile("/proc/self/status")
	check(b, err)
	_, rest, _ := strings.Cut(string(status), "VmHWM:")
	kilobytes, err := strconv.ParseInt(strings.Fields(rest)[0], 10, 64)
	check(b, err)
	return kilobytes << 10
}
