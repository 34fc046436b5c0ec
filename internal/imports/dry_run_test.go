// SPDX-License-Identifier: Apache-2.0

package imports

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/convoke/convoke/internal/convoke"
)

// mixed is a file with every outcome, long enough for several chunks.
func mixed(rows int) string {
	var file strings.Builder
	file.WriteString("external_id,email,first_name,action\n")
	for i := range rows {
		switch {
		case i%97 == 96:
			fmt.Fprintf(&file, "ext-%d,again%d@example.com,=1+%d,\n", i-90, i, i)
		case i%50 == 49:
			fmt.Fprintf(&file, "ext-%d,broken,,\n", i)
		case i%20 == 19:
			fmt.Fprintf(&file, "there-%d,there%d@example.com,Changed,\n", i, i)
		case i%20 == 18:
			fmt.Fprintf(&file, "there-%d,,,\n", i)
		case i%20 == 17:
			fmt.Fprintf(&file, "other-%d,there%d@example.com,,\n", i, i+3)
		default:
			fmt.Fprintf(&file, "ext-%d,user%d@example.com,Jane,%s\n", i, i, []string{"", "create", "custCreate"}[i%3])
		}
	}
	return file.String()
}

// beforehand makes the users that mixed finds.
func (w *world) beforehand(t testing.TB, rows int) {
	t.Helper()
	var file strings.Builder
	file.WriteString("external_id,email\n")
	for i := 18; i < rows+20; i++ {
		if i%20 >= 18 || i%20 == 0 {
			fmt.Fprintf(&file, "there-%d,there%d@example.com\n", i, i)
		}
	}
	w.finished(t, convoke.ImportOptions{}, file.String())
}

func TestADryRunTellsWhatTheRunThenDoes(t *testing.T) {
	t.Parallel()
	const rows = 2300
	for name, limit := range map[string]struct {
		seats, basic int64
		refusal      string
	}{
		"no limit":        {convoke.NoSeatLimit, convoke.NoSeatLimit, ""},
		"too few seats":   {900, convoke.NoSeatLimit, "error seats_exhausted"},
		"too few basic":   {convoke.NoSeatLimit, 300, "error basic_users_exhausted"},
		"too few of both": {900, 300, "error basic_users_exhausted"},
	} {
		grants := everything
		grants.LicensedSeats, grants.BasicUsers = &limit.seats, &limit.basic
		w := newWorld(t, grants)
		w.beforehand(t, rows)
		before, _, err := w.db.Tally(t.Context(), w.operator.AccountID)
		check(t, err)
		events := w.events(t)
		dry := w.finished(t, convoke.ImportOptions{DryRun: true}, mixed(rows))
		told := w.outcomes(t, dry)
		if after, _, err := w.db.Tally(t.Context(), w.operator.AccountID); err != nil || after != before || fmt.Sprint(w.events(t)) != fmt.Sprint(events) {
			t.Errorf("%s: the dry run wrote something: seats %+v, then %+v", name, before, after)
		}
		run := w.finished(t, convoke.ImportOptions{}, mixed(rows))
		if did := w.outcomes(t, run); !slices.Equal(told, did) {
			for i := range did {
				if told[i] != did[i] {
					t.Errorf("%s, row %d: told %s, did %s", name, i+1, told[i], did[i])
					break
				}
			}
		}
		if run.Counts != dry.Counts || run.Counts.Create == 0 || run.Counts.Update == 0 || run.Counts.Skip == 0 || run.Counts.Conflict == 0 || run.Counts.Error == 0 {
			t.Errorf("%s: counts %+v and %+v", name, dry.Counts, run.Counts)
		}
		if limit.refusal != "" && !slices.Contains(told, limit.refusal) {
			t.Errorf("%s: nobody was refused", name)
		}
	}
}

// Rows that mean the same users in several ways, and take what earlier ones give
// up, in one chunk and across chunks.
func TestADryRunSeesWhatItsEarlierRowsWouldChange(t *testing.T) {
	t.Parallel()
	const there = "external_id,email,first_name,pmi\n" +
		"a,a@corp.example.com,Ada,3141592650\n" +
		"b,b@corp.example.com,Bo,\n" +
		"c,c@corp.example.com,Cy,\n" +
		"d,d@corp.example.com,Di,3141592651\n"
	rows := []string{
		"a,a2@corp.example.com,,,,,,", // gives up a@
		"new,a@corp.example.com,,,,,,",
		"b,,Bea,,,,,",
		",b@corp.example.com,Bea,,,,,update", // as row 3 left it
		",c@corp.example.com,,,Cleo,,,update",
		"c,,,,,,,", // with row 5's name
		"c2,,,,,,,",
		",d@corp.example.com,,,,3141592652,d.dunn,update", // gives up 3141592651, takes 3141592652
		",e1@corp.example.com,,,,3141592652,,create",
		"f,f@corp.example.com,,,,3141592653,,",
		",g@corp.example.com,,,,3141592653,,update",
		",h@corp.example.com,,,,3141592651,,update",
		",i@corp.example.com,,,,3141592652,,update",
		"j,j2@corp.example.com,,,,,,", // gives up j@
		",j@corp.example.com,Jo,,,,,update",
		",k@corp.example.com,,,,,kay.knew,update", // gives up kay.old
		",l@corp.example.com,,,,,Kay.Old,update",
	}
	for _, between := range []int{0, 1100} { // rows that put the others into chunks of their own
		w := newWorld(t, everything)
		_, err := w.users.AddDomain(t.Context(), w.operator, "corp.example.com", true)
		check(t, err)
		w.finished(t, convoke.ImportOptions{Action: "custCreate"}, there+
			"g,g@corp.example.com,,\nh,h@corp.example.com,,\ni,i@corp.example.com,,\nj,j@corp.example.com,,\n")
		w.finished(t, convoke.ImportOptions{Action: "custCreate"}, "external_id,email,personal_link\nk,k@corp.example.com,kay.old\nl,l@corp.example.com,\n")
		var file strings.Builder
		file.WriteString("external_id,email,first_name,new_email,last_name,pmi,personal_link,action\n")
		for n, row := range rows {
			file.WriteString(row + "\n")
			for i := range between {
				fmt.Fprintf(&file, "between-%d-%d,,,,,,,\n", n, i)
			}
		}
		options := convoke.ImportOptions{Action: "custCreate"}
		run, dry := options, options
		dry.DryRun = true
		told := w.outcomes(t, w.finished(t, dry, file.String()))
		did := w.outcomes(t, w.finished(t, run, file.String()))
		for i := range did {
			if told[i] != did[i] {
				t.Errorf("with %d rows between, row %d: told %s, did %s", between, i+1, told[i], did[i])
			}
		}
		want := []string{
			"update", "create", "update", "skip unchanged", "update", "skip unchanged", "create", "update", "create", "create",
			"conflict personal_meeting_id_taken", "update", "conflict personal_meeting_id_taken", "update", "error user_not_found",
			"update", "update",
		}
		for n := range rows {
			if got := did[n*(between+1)]; got != want[n] {
				t.Errorf("with %d rows between, %q: %s, want %s", between, rows[n], got, want[n])
			}
		}
	}
}
