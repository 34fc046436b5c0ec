// SPDX-License-Identifier: Apache-2.0

package imports

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/convoke/convoke/internal/convoke"
	"github.com/convoke/convoke/internal/provision"
)

func TestHeadersThatAreTooWide(t *testing.T) {
	t.Parallel()
	w := newWorld(t, everything)
	rows := strings.Repeat("x,y\n", 1000)
	for _, c := range []struct{ header, message string }{
		{"email" + strings.Repeat(",", 500_000), "Line 1, the header, is longer than 64 KiB. Shorten the names of the columns, or leave out columns that no user needs."},
		{"email" + strings.Repeat(",", 200), "Line 1: the header has 201 columns; a file may have at most 200. Leave out those that no user needs."},
		{"email,note" + strings.Repeat("s", 64<<10), "Line 1, the header, is longer than 64 KiB. Shorten the names of the columns, or leave out columns that no user needs."},
	} {
		_, err := w.Start(t.Context(), w.operator, convoke.ImportOptions{Format: convoke.FormatCSV}, strings.NewReader(c.header+"\n"+rows))
		if !convoke.HasCode(err, convoke.CodeInvalidFile) || convoke.AsError(err).Message != c.message {
			t.Errorf("%.20s: %.200v", c.header, err)
		}
	}
	job := w.finished(t, convoke.ImportOptions{Action: "custCreate"}, "email"+strings.Repeat(",", 199)+"\na@example.com"+strings.Repeat(",", 199)+"\n")
	if got := w.outcomes(t, job); got[0] != "create" {
		t.Errorf("with 200 columns: %q", got)
	}
}

// A row may have a MiB, and a page a thousand rows.
func TestAPageOfLongRowsIsShort(t *testing.T) {
	t.Parallel()
	w := newWorld(t, everything)
	const rows = 40
	var file strings.Builder
	file.WriteString("external_id,note\n")
	for i := range rows {
		fmt.Fprintf(&file, "long-%d,%s\n", i, strings.Repeat("x", 1<<19))
	}
	job := w.finished(t, convoke.ImportOptions{}, file.String())
	seen := int64(0)
	for more := true; more; {
		page, next, err := w.Rows(t.Context(), w.operator, job.ID, seen, 1000, false)
		check(t, err)
		size := 0
		for _, r := range page {
			size += lengths(r.Cells)
			if seen++; r.Number != seen || r.Outcome != convoke.RowCreate {
				t.Fatalf("row %d is %d, %s", seen, r.Number, r.Outcome)
			}
		}
		if size > pageBytes+maxRecord {
			t.Errorf("a page has %d bytes", size)
		}
		more = next != 0
	}
	if seen != rows {
		t.Errorf("%d rows", seen)
	}
}

// The names of the columns go out with every row.
func TestAPageOfLongColumnsIsShort(t *testing.T) {
	t.Parallel()
	w := newWorld(t, everything)
	job := w.finished(t, convoke.ImportOptions{}, "external_id,"+strings.Repeat("n", 60<<10)+"\n"+strings.Repeat(",\n", 1000))
	page, next, err := w.Rows(t.Context(), w.operator, job.ID, 0, 1000, false)
	check(t, err)
	if len(page) > 80 || next != int64(len(page)) {
		t.Errorf("the page has %d rows, next %d", len(page), next)
	}
}

// What is kept of a row does not grow with cells that are not shown.
func TestARowOfAMillionCells(t *testing.T) {
	t.Parallel()
	l := layout{header: header{columns: []string{"email"}, fields: []int{int(email)}}, out: []int{0}}
	cells, _, err := l.read([]byte("a" + strings.Repeat(",", 1<<20-2)))
	if !convoke.HasCode(err, convoke.CodeInvalidRow) || convoke.AsError(err).Message != "The row has 1048575 cells; the header has 1 columns." {
		t.Errorf("error %v", err)
	}
	if cap(cells) > 10 {
		t.Errorf("room for %d cells is kept", cap(cells))
	}
}

// Line ends in a quoted cell are no reason to look at a row over and over.
func TestLineEndsInAQuotedCellCostOnce(t *testing.T) {
	t.Parallel()
	cost := func(lines int) float64 {
		text := "a,\"" + strings.Repeat("\n", lines) + "\"\n"
		result := testing.Benchmark(func(b *testing.B) {
			for b.Loop() {
				record, _, err := newSplitter(strings.NewReader(text), convoke.FormatCSV).next()
				if err != nil || len(record) != len(text)-1 {
					b.Fatal(len(record), err)
				}
			}
		})
		return float64(result.NsPerOp())
	}
	short, long := cost(10_000), cost(200_000)
	if long > 100*short {
		t.Errorf("20 times as many line ends took %.0f times as long", long/short)
	}
}

func TestQuotesOverLines(t *testing.T) {
	t.Parallel()
	const text = "a,\"x\r\n\"\"y\"\"\n\n\",\"\nz\"\nb,\"\"\n\n\"c\n\"\n"
	in := newSplitter(iotest.OneByteReader(strings.NewReader(text)), convoke.FormatCSV)
	var got []string
	for {
		record, line, err := in.next()
		if err != nil {
			break
		}
		got = append(got, fmt.Sprintf("%d %s", line, record))
	}
	if want := []string{"1 a,\"x\n\"\"y\"\"\n\n\",\"\nz\"", "6 b,\"\"", "8 \"c\n\""}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestRowsStopWhenNobodyWaits(t *testing.T) {
	t.Parallel()
	w := newWorld(t, everything)
	job := w.finished(t, convoke.ImportOptions{}, mixed(500))
	ctx, cancel := context.WithCancel(t.Context())
	rows := 0
	err := w.each(ctx, job, 0, false, func(convoke.ImportRow) error {
		rows++
		cancel()
		return nil
	})
	if !errors.Is(err, context.Canceled) || rows != 1 {
		t.Errorf("%d rows, %v", rows, err)
	}
}

// A comma too many, or a broken quote, can put a password into any cell.
func TestPasswordsOfRowsThatCannotBeReadAreNotKept(t *testing.T) {
	t.Parallel()
	const secret = "Sunny,Day-42"
	w := newWorld(t, everything)
	file := "email,password,action,note\n" +
		"a@example.com," + secret + ",autoCreate,\n" + // a cell too many
		"b@example.com," + secret + "\n" + // one too few
		"c@example.com,\"" + secret + "\"x,autoCreate,\n" + // a broken quote
		"d@example.com,x" + secret + "\"y\",autoCreate,\n" +
		",,,," + secret + "\n" + // what a withheld row looks like
		"e@example.com,,custCreate,=note\n"
	job := w.started(t, convoke.ImportOptions{}, file)
	want := []string{"error invalid_row", "error invalid_row", "error invalid_row", "error invalid_row", "error invalid_row", "create"}
	for _, state := range []string{"waiting", "done"} {
		chunk, results, err := w.db.ImportChunk(t.Context(), job.ID, 0)
		check(t, err)
		if kept := string(chunk.Data) + string(results.Data); strings.Contains(kept, "Sunny") || strings.Contains(kept, "Day-42") {
			t.Errorf("%s: the database has %q", state, kept)
		}
		job, err = w.Finish(t.Context(), w.operator, job.ID, nil)
		check(t, err)
	}
	rows := w.rows(t, job)
	for i, r := range rows {
		if got := strings.TrimSuffix(string(r.Outcome)+" "+string(r.Code), " "); got != want[i] || r.Number != int64(i+1) {
			t.Errorf("row %d: %s, want %s", i+1, got, want[i])
		}
		if strings.Contains(fmt.Sprint(r), "Day-42") || i < 5 && strings.Join(r.Cells, "") != "" {
			t.Errorf("row %d shows %q, %s", i+1, r.Cells, r.Message)
		}
	}
	for i, message := range map[int]string{
		0: "The row has 5 cells; the header has 4 columns.", 1: "The row has 3 cells; the header has 4 columns.",
		2: "Something follows the closing quote of a cell.", 3: "A quote stands inside a cell that is not quoted.",
		4: "The row has 6 cells; the header has 4 columns.",
	} {
		if rows[i].Message != message {
			t.Errorf("row %d: %s", i+1, rows[i].Message)
		}
	}
	if table := w.results(t, job); table[6][3] != "'=note" || table[6][0] != "e@example.com" || len(table) != 7 {
		t.Errorf("the results are %q", table)
	}
}

func TestHalfAPairIsNoCharacter(t *testing.T) {
	t.Parallel()
	w := newWorld(t, everything)
	job := w.finished(t, convoke.ImportOptions{Format: convoke.FormatNDJSON},
		`{"external_id": "\ud800"}`+"\n"+`{"external_id": "\udbff"}`+"\n"+`{"external_id": "\ud83d\ude00"}`+"\n"+`{"external_id": "\\ud800"}`)
	want := []string{"error invalid_row", "error invalid_row", "create", "create"}
	if got := w.outcomes(t, job); !slices.Equal(got, want) {
		t.Errorf("outcomes: %q, want %q", got, want)
	}
}

// A process that is killed cannot clean up.
func TestTheSortersFileHasNoName(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	var s sorter
	defer s.close()
	for i := range int64(entriesInMemory + 1) {
		check(t, s.add(entry{row: i}))
	}
	left, err := filepath.Glob(filepath.Join(os.TempDir(), "*"))
	check(t, err)
	if s.file == nil || len(left) != 0 {
		t.Errorf("the file %v, by name %q", s.file, left)
	}
	check(t, s.each(func(entry) error { return nil }))
}

func TestInvitationsOfAFileAreCounted(t *testing.T) {
	t.Parallel()
	w := newWorld(t, everything)
	invites := &fewInvites{left: 2}
	users := provision.New(provision.Config{Store: w.db, Accounts: w.db, Bulk: w.db, Invites: invites, Now: time.Now})
	w.Service = w.process(t, users)
	const file = "email,action\na@example.com,create\nbroken,create\nc@example.com,custCreate\nb@example.com,create\nd@example.com,create\n"
	w.finished(t, convoke.ImportOptions{DryRun: true}, file)
	if invites.left != 2 {
		t.Errorf("a dry run took invitations: %d left", invites.left)
	}
	got := w.outcomes(t, w.finished(t, convoke.ImportOptions{}, file))
	if want := []string{"create", "error invalid_email", "create", "create", "error daily_invites_exhausted"}; !slices.Equal(got, want) {
		t.Errorf("outcomes: %q, want %q", got, want)
	}
	invites.left = 0
	if again := w.outcomes(t, w.finished(t, convoke.ImportOptions{}, file)); again[0] != "skip unchanged" {
		t.Errorf("who is there already is %s", again[0])
	}
}
