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
		mine := importFile(b, path)
		fmt.Printf("import, %d rows  convoke %v (%.0f rows/s) | floor %v | time x%.2f, last tenth x%.2f of the first (floor x%.2f), %d MB\n",
			*importRows, mine.took.Round(time.Millisecond), float64(*importRows)/mine.took.Seconds(), floor.took.Round(time.Millisecond),
			mine.took.Seconds()/floor.took.Seconds(), mine.slowdown(wall), floor.slowdown(wall), mine.peak>>20)
		fmt.Printf("  processor time  convoke %v | floor %v | x%.2f, last tenth x%.2f of the first (floor x%.2f)\n",
			mine.cpu.Round(time.Millisecond), floor.cpu.Round(time.Millisecond),
			mine.cpu.Seconds()/floor.cpu.Seconds(), mine.slowdown(cpu), floor.slowdown(cpu))
		b.ReportMetric(mine.took.Seconds()/floor.took.Seconds(), "x-floor-time")
		b.ReportMetric(mine.slowdown(wall), "x-first-tenth")
		b.ReportMetric(float64(mine.peak>>20), "peak-MB")
	}
}

// course is how an import went: all of it, and tenth by tenth. On a machine that
// others use as well the processor time tells more than the clock.
type course struct {
	took, cpu time.Duration
	tenths    [10][2]time.Duration
	peak      int64 // bytes

	began, last       time.Time
	beganCPU, lastCPU time.Duration
	at                int
}

// Which time of a tenth.
const (
	wall = iota
	cpu
)

func begin(b *testing.B) *course {
	b.Helper()
	c := &course{began: time.Now(), beganCPU: processorTime(b)}
	c.mark(b)
	return c
}

func (c *course) mark(b *testing.B) {
	b.Helper()
	c.last, c.lastCPU = time.Now(), processorTime(b)
}

// done is told how many rows are.
func (c *course) done(b *testing.B, rows int) {
	b.Helper()
	for c.at < 10 && rows >= *importRows*(c.at+1)/10 {
		c.tenths[c.at] = [2]time.Duration{time.Since(c.last), processorTime(b) - c.lastCPU}
		c.mark(b)
		c.at++
	}
	c.took, c.cpu = time.Since(c.began), processorTime(b)-c.beganCPU
}

func (c *course) slowdown(which int) float64 {
	return c.tenths[9][which].Seconds() / c.tenths[0][which].Seconds()
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
func importFloor(b *testing.B, path string) *course {
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
	c := begin(b)
	for rows, more := 0, true; more; {
		more = floorThousand(b, db, in)
		rows = min(rows+1000, *importRows)
		c.done(b, rows)
	}
	return c
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

// importFile runs the command's own code.
func importFile(b *testing.B, path string) *course {
	b.Helper()
	settings, logger := quiet(b, b.TempDir())
	admin, err := app.MakeAdmin(context.Background(), settings, logger)
	check(b, err)
	defer admin.Close()
	debug.FreeOSMemory()
	check(b, os.WriteFile("/proc/self/clear_refs", []byte("5"), 0)) // the peak begins anew
	c := begin(b)
	info, err := admin.Import(context.Background(), "", app.ImportFile{Path: path}, func(i app.ImportInfo) {
		if i.RowsDone == 0 {
			c.mark(b) // the file has been received
		}
		c.done(b, int(i.RowsDone))
	})
	check(b, err)
	c.done(b, *importRows)
	if info.Counts.Create != int64(*importRows) {
		b.Fatalf("counts are %+v", info.Counts)
	}
	runtime.KeepAlive(admin)
	c.peak = peakMemory(b)
	return c
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
