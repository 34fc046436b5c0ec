// SPDX-License-Identifier: Apache-2.0

package imports

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/convoke/convoke/internal/convoke"
)

func TestPasswordsAreNotLeftBehind(t *testing.T) {
	t.Parallel()
	const secret = "Sunny-Day-42"
	w := newWorld(t, everything)
	_, err := w.users.AddDomain(t.Context(), w.operator, "corp.example.com", true)
	check(t, err)
	for format, file := range map[convoke.ImportFormat]string{
		convoke.FormatCSV:    "email,password,action\na@corp.example.com," + secret + ",autoCreate\n",
		convoke.FormatNDJSON: `{"email": "b@corp.example.com", "password": "` + secret + `", "action": "autoCreate"}`,
	} {
		job := w.started(t, convoke.ImportOptions{Format: format}, file)
		for _, state := range []string{"waiting", "done"} {
			chunk, _, err := w.db.ImportChunk(t.Context(), job.ID, 0)
			check(t, err)
			if strings.Contains(string(chunk.Data), secret) || chunk.Secrets == (state == "done") {
				t.Errorf("%s, %s: the chunk is %q, secrets %t", format, state, chunk.Data, chunk.Secrets)
			}
			job, err = w.Finish(t.Context(), w.operator, job.ID, nil)
			check(t, err)
		}
		if got := w.outcomes(t, job); got[0] != "create" {
			t.Errorf("%s: %q", format, got)
		}
		if strings.Contains(fmt.Sprint(w.results(t, job)), secret) {
			t.Errorf("%s: the results show the password", format)
		}
	}
}

func TestResultsAreHarmlessInASpreadsheet(t *testing.T) {
	t.Parallel()
	w := newWorld(t, everything)
	cells := []string{"=1+1", "+1", "-1", "@SUM(A1)", "\tx", "plain", ""}
	file := "external_id,=note\n"
	for i, cell := range cells {
		file += fmt.Sprintf("e%d,\"%s\"\n", i, cell)
	}
	table := w.results(t, w.finished(t, convoke.ImportOptions{}, file))
	if table[0][1] != "'=note" {
		t.Errorf("the head is %q", table[0][1])
	}
	for i, want := range []string{"'=1+1", "'+1", "'-1", "'@SUM(A1)", "'\tx", "plain", ""} {
		if got := table[i+1][1]; got != want {
			t.Errorf("%q came out as %q", cells[i], got)
		}
	}
	job := w.finished(t, convoke.ImportOptions{}, "external_id,first_name\nformula,=1+1\n")
	if id := w.rows(t, job)[0].UserID; w.user(t, string(id)).FirstName != "=1+1" {
		t.Error("the data was changed on its way in")
	}
}

func TestRowsGoByPage(t *testing.T) {
	t.Parallel()
	w := newWorld(t, everything)
	job := w.finished(t, convoke.ImportOptions{}, mixed(1700))
	for _, problems := range []bool{false, true} {
		var all []int64
		for after := int64(0); ; {
			rows, next, err := w.Rows(t.Context(), w.operator, job.ID, after, 170, problems)
			check(t, err)
			for _, r := range rows {
				all = append(all, r.Number)
				if problems && !r.Outcome.Problem() {
					t.Fatalf("row %d is a %s", r.Number, r.Outcome)
				}
			}
			if after = next; next == 0 {
				break
			}
		}
		want := job.Rows
		if problems {
			want = job.Counts.Conflict + job.Counts.Error
		}
		if int64(len(all)) != want || !slices.IsSorted(all) || len(slices.Compact(all)) != int(want) {
			t.Errorf("problems %t: %d rows, want %d", problems, len(all), want)
		}
	}
}

func TestDuplicatesAreFoundOnDisk(t *testing.T) {
	t.Parallel()
	var d duplicates
	defer d.close()
	const rows = 3 * entriesInMemory / 2
	for i := range int64(rows) {
		key := fmt.Sprint("key-", i)
		if i > rows-10 {
			key = fmt.Sprint("key-", i-rows/2)
		}
		p := person{externalID: key, email: key + "@example.com"}
		check(t, d.add(i+1, &p, convoke.ImportOptions{Source: convoke.SourceCSV}))
	}
	var got []string
	check(t, d.each(func(r convoke.ImportDuplicate) error {
		got = append(got, fmt.Sprintf("%d=%d %s", r.Row, r.First, r.Field))
		return nil
	}))
	if len(got) != 18 || got[0] != fmt.Sprintf("%d=%d external_id", rows-8, rows/2-8) {
		t.Errorf("%d duplicates: %q", len(got), got)
	}
}
