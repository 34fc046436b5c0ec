// SPDX-License-Identifier: Apache-2.0

package imports

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/convoke/convoke/internal/convoke"
	"github.com/convoke/convoke/internal/provision"
)

func TestTheAddForm(t *testing.T) {
	t.Parallel()
	w := newWorld(t, everything)
	job := w.finished(t, convoke.ImportOptions{Action: "create"}, "\xEF\xBB\xBFLocation,Email*,First Name*,Last Name*,Department,Manager,User Group,Job Title\r\n"+
		"\"Basel, CH\",jane@example.com,Jane,\"Roe \"\"JR\"\"\",Sales,boss@example.com,Everyone,Buyer\r\n")
	if got := w.outcomes(t, job); !slices.Equal(got, []string{"create"}) {
		t.Fatalf("outcomes: %q", got)
	}
	u := w.user(t, "jane@example.com")
	if u.Status != convoke.StatusPending || u.FirstName != "Jane" || u.LastName != `Roe "JR"` {
		t.Errorf("the user is %+v", u)
	}
	if p := u.Profile; p.Dept != "Sales" || p.Manager != "boss@example.com" || p.JobTitle != "Buyer" || p.Location != "Basel, CH" {
		t.Errorf("the profile is %+v", p)
	}
	if len(job.Warnings) != 1 || !strings.Contains(job.Warnings[0], `"User Group"`) {
		t.Errorf("warnings: %q", job.Warnings)
	}
	if again := w.outcomes(t, w.finished(t, convoke.ImportOptions{Action: "create"}, "email,department\njane@example.com,Sales\n")); !slices.Equal(again, []string{"skip unchanged"}) {
		t.Errorf("the same user again: %q", again)
	}
	if moved := w.outcomes(t, w.finished(t, convoke.ImportOptions{Action: "create"}, "email,department\njane@example.com,Service\n")); !slices.Equal(moved, []string{"update"}) {
		t.Errorf("with another department: %q", moved)
	}
	if dept := w.user(t, "jane@example.com").Profile.Dept; dept != "Service" {
		t.Errorf("the department is %q", dept)
	}
}

// Zoom's form for people who will come by single sign-on has no action.
func TestTheSSOForm(t *testing.T) {
	t.Parallel()
	const form = "email,first_name,last_name,department,user group\nann.lee@corp.example.com,Ann,Lee,Sales,Everyone\nbob@elsewhere.example,Bob,Roe,,\n"
	grants := everything
	for _, partner := range []bool{true, false} {
		grants.APIPartner = &partner
		w := newWorld(t, grants)
		_, err := w.users.AddDomain(t.Context(), w.operator, "corp.example.com", true)
		check(t, err)
		foreseen := w.outcomes(t, w.finished(t, convoke.ImportOptions{DryRun: true}, form))
		job := w.finished(t, convoke.ImportOptions{}, form)
		if got := w.outcomes(t, job); !slices.Equal(got, []string{"create", "create"}) || !slices.Equal(got, foreseen) {
			t.Fatalf("outcomes: %q, foreseen %q", got, foreseen)
		}
		ann, bob := w.user(t, "ann.lee@corp.example.com"), w.user(t, "bob@elsewhere.example")
		if ann.Action != convoke.ActionSSOCreate || ann.Status != convoke.StatusActive || ann.FirstName != "Ann" || ann.Profile.Dept != "Sales" || ann.PasswordHash != "" {
			t.Errorf("ann is %+v", ann)
		}
		if bob.Action != convoke.ActionSSOCreate || bob.Status != convoke.StatusPending || bob.StatusReason != convoke.ReasonDomainNotAssociated || bob.InvitedUntil.IsZero() {
			t.Errorf("bob, of a domain that is not the account's, is %+v", bob)
		}
		if again := w.outcomes(t, w.finished(t, convoke.ImportOptions{}, form)); !slices.Equal(again, []string{"skip unchanged", "skip unchanged"}) {
			t.Errorf("the same form again: %q", again)
		}
		if len(job.Warnings) != 1 || !strings.Contains(job.Warnings[0], `"user group"`) {
			t.Errorf("warnings: %q", job.Warnings)
		}
		w.finished(t, convoke.ImportOptions{}, "email,type,personal link\ncarl.moe@corp.example.com,licensed,\n")
		if carl := w.user(t, "carl.moe@corp.example.com"); carl.Action != convoke.ActionSSOCreate || carl.Type != convoke.TypeLicensed || carl.PersonalLink == "" {
			t.Errorf("carl is %+v", carl)
		}
		w.finished(t, convoke.ImportOptions{}, "email,external_id\ndora@corp.example.com,d-1\n")
		if dora, want := w.user(t, "dora@corp.example.com"), convoke.DefaultAction(convoke.Account{APIPartner: partner}); dora.Action != want {
			t.Errorf("whom an app names by a key of its own was made by %s, not %s", dora.Action, want)
		}
	}
	at := convoke.AtSignIn
	grants.Provisioning = &at
	w := newWorld(t, grants)
	w.finished(t, convoke.ImportOptions{}, form)
	if ann := w.user(t, "ann.lee@corp.example.com"); ann.Action != convoke.ActionCreate || ann.Status != convoke.StatusPending {
		t.Errorf("where people are made at sign-in, ann is %+v", ann)
	}
}

func TestEveryAction(t *testing.T) {
	t.Parallel()
	w := newWorld(t, everything)
	_, err := w.users.AddDomain(t.Context(), w.operator, "corp.example.com", true)
	check(t, err)
	job := w.finished(t, convoke.ImportOptions{}, "email,action,password,type,external_id,personal link,pmi\n"+
		"a@corp.example.com,create,,basic,,,\n"+
		"b@corp.example.com,autoCreate,Sunny-Day-42,1,,,\n"+
		"c@corp.example.com,custCreate,,,,,\n"+
		"d.long@corp.example.com,ssoCreate,,Licensed,,,\n"+
		",,,,only-a-key,,\n"+
		"f@corp.example.com,ssoCreate,,2,,my.own.room,812 365 9047\n")
	for i, got := range w.outcomes(t, job) {
		if got != "create" {
			t.Errorf("row %d: %s", i+1, got)
		}
	}
	for email, want := range map[string]convoke.Action{
		"a@corp.example.com": "create", "b@corp.example.com": "autoCreate", "c@corp.example.com": "custCreate", "d.long@corp.example.com": "ssoCreate",
	} {
		if u := w.user(t, email); u.Action != want {
			t.Errorf("%s was made by %s", email, u.Action)
		}
	}
	if u := w.user(t, "b@corp.example.com"); u.PasswordHash != "hash of Sunny-Day-42" {
		t.Errorf("the password's hash is %q", u.PasswordHash)
	}
	if u := w.user(t, "f@corp.example.com"); u.PersonalLink != "my.own.room" || u.PMI != 8123659047 {
		t.Errorf("link %q and number %d", u.PersonalLink, u.PMI)
	}
}

func TestTheUpdateForm(t *testing.T) {
	t.Parallel()
	w := newWorld(t, everything)
	_, err := w.users.AddDomain(t.Context(), w.operator, "corp.example.com", true)
	check(t, err)
	w.finished(t, convoke.ImportOptions{Action: "custCreate"}, "email\nold@corp.example.com\nstays@corp.example.com\n")
	w.finished(t, convoke.ImportOptions{Action: "create"}, "email\npending@corp.example.com\n")
	job := w.finished(t, convoke.ImportOptions{}, "Email,New Email,First Name,Job Title,Type\n"+
		"old@corp.example.com,new@corp.example.com,Jane,Buyer,\n"+
		"nobody@corp.example.com,x@corp.example.com,,,\n"+
		"stays@corp.example.com,stays@elsewhere.example.org,,,\n"+
		"pending@corp.example.com,p@corp.example.com,,,\n")
	want := []string{"update", "error user_not_found", "error domain_not_managed", "conflict user_pending"}
	if got := w.outcomes(t, job); !slices.Equal(got, want) {
		t.Errorf("outcomes: %q, want %q", got, want)
	}
	u := w.user(t, "new@corp.example.com")
	if u.FirstName != "Jane" || u.Profile.JobTitle != "Buyer" {
		t.Errorf("the user is %+v", u)
	}
	job = w.finished(t, convoke.ImportOptions{Action: "update"}, "email,type,first_name\nnew@corp.example.com,1,\nstays@corp.example.com,,Sam\nnew@corp.example.com,,\n")
	want = []string{"error invalid_type", "update", "conflict duplicate_in_file"}
	if got := w.outcomes(t, job); !slices.Equal(got, want) {
		t.Errorf("outcomes: %q, want %q", got, want)
	}
}

func TestNDJSON(t *testing.T) {
	t.Parallel()
	w := newWorld(t, everything)
	job := w.finished(t, convoke.ImportOptions{Format: convoke.FormatNDJSON}, `{"external_id": "42", "email": "jane@example.com", "type": 2, "dept": "=Sales"}`+"\r\n\n"+
		`{"external_id": "43", "shoe": 44, "email": null}`+"\n"+
		`[1]`+"\n"+`{"external_id": {"a": 1}}`+"\n"+`{"external_id": "42"}`)
	want := []string{"create", "create", "error invalid_row", "error invalid_row", "conflict duplicate_in_file"}
	if got := w.outcomes(t, job); !slices.Equal(got, want) {
		t.Errorf("outcomes: %q, want %q", got, want)
	}
	if len(job.Warnings) != 1 || !strings.Contains(job.Warnings[0], `"shoe"`) {
		t.Errorf("warnings: %q", job.Warnings)
	}
	table := w.results(t, job)
	if head := strings.Join(table[0], ","); head != "external_id,type,email,dept,outcome,code,message,user_id" {
		t.Errorf("the results begin with %s", head)
	}
	if row := table[1]; row[3] != "'=Sales" || row[4] != "create" || row[7] == "" {
		t.Errorf("the first row is %q", row)
	}
	if m := w.rows(t, job)[3].Message; m != "The value of external_id must be a text or a number." {
		t.Errorf("message: %s", m)
	}
}

func TestFilesThatAreRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t, everything)
	long := strings.Repeat("x", 10<<20)
	for name, c := range map[string]struct{ file, message string }{
		"empty":              {"", "The file is empty."},
		"header only":        {"email\n", "The file has no rows."},
		"no header":          {"jane@example.com,Jane\n", "Line 1: the file needs a header with a column email or external_id. Its columns are: jane@example.com, Jane."},
		"not UTF-8":          {"email\na@example.com\n\xff\xfe\n", "Line 3 is not UTF-8 text. Save the file as UTF-8 and send it again."},
		"UTF-16":             {"\xff\xfee\x00m\x00", "Line 1 is not UTF-8 text. Save the file as UTF-8 and send it again."},
		"a column twice":     {"email,Dept,dept\na@example.com,,\n", `Line 1: the column "dept" is there twice. Keep one of them.`},
		"one field twice":    {"email,E-Mail Address\na@example.com,\n", `Line 1: the column "E-Mail Address" means email, which another column gives already. Keep one of them.`},
		"an endless line":    {"email\na@example.com\n" + long + "\n", "Line 3 is longer than 1 MiB. A row that long is not one of users; check the file's line ends and quotes."},
		"a quote left open":  {"email,dept\na@example.com,\"x\nb@example.com,y\n", "Line 2: a quoted cell that begins here is never closed."},
		"a blank first line": {"\nemail\na@example.com\n", "Line 1 is blank; it must hold the names of the columns."},
	} {
		_, err := w.Start(t.Context(), w.operator, convoke.ImportOptions{Format: convoke.FormatCSV}, strings.NewReader(c.file))
		if !convoke.HasCode(err, convoke.CodeInvalidFile) || convoke.AsError(err).Message != c.message {
			t.Errorf("%s: %v", name, err)
		}
	}
	if left, _, err := w.Imports(t.Context(), w.operator, "", 10); err != nil || len(left) != 0 {
		t.Errorf("%d imports are left (%v)", len(left), err)
	}
}

func TestEveryRuleOfARowBrokenInTurn(t *testing.T) {
	t.Parallel()
	w := newWorld(t, convoke.AccountChange{APIPartner: new(true)})
	const head = "email,external_id,action,type,first_name,last_name,display_name,department,password\n"
	long := strings.Repeat("x", 300)
	rows := []struct{ row, want string }{
		{"good1@example.com,g1,,,,,,,", "create"},
		{"not-an-address,b1,,,,,,,", "error invalid_email"},
		{",,,,Jane,,,,", "error invalid_row"},
		{"b2@example.com," + long + ",,,,,,,", "error invalid_field"},
		{"b3@example.com,b3,everyCreate,,,,,,", "error unknown_action"},
		{"b4@example.com,b4,,3,,,,,", "error invalid_type"},
		{"b5@example.com,b5,,gold,,,,,", "error invalid_type"},
		{"b6@example.com,b6,,1,,,,,", "error invalid_type"},
		{"b7@example.com,b7,,," + long + ",,,,", "error invalid_name"},
		{"b8@example.com,b8,,,," + long + ",,,", "error invalid_name"},
		{"b9@example.com,b9,,,,," + long + ",,", "error invalid_name"},
		{"b10@example.com,b10,,,,,," + long + ",", "error invalid_field"},
		{"b11@example.com,b11,,,Ja\x00ne,,,,", "error invalid_name"},
		{"b12@example.com,b12,autoCreate,,,,,,Sunny-Day-42", "error auto_create_disabled"},
		{"b13@example.com,b13,ssoCreate,,,,,,", "error sso_not_set_up"},
		{"b14@example.com,b14", "error invalid_row"},
		{"b15@example.com,b15,,,,,,,,,", "error invalid_row"},
		{"b16@example.com,\"b16\"x,,,,,,,", "error invalid_row"},
		{"b17@example.com,b\"1\"7,,,,,,,", "error invalid_row"},
		{"good2@example.com,g1,,,,,,,", "conflict duplicate_in_file"},
		{"GOOD1@example.com,g3,,,,,,,", "conflict duplicate_in_file"},
		{"good4@example.com,g4,,,,,,,", "create"},
	}
	file := head
	for _, r := range rows {
		file += r.row + "\n"
	}
	got := w.outcomes(t, w.finished(t, convoke.ImportOptions{}, file))
	for i, r := range rows {
		if got[i] != r.want {
			t.Errorf("row %d, %.40q: %s, want %s", i+1, r.row, got[i], r.want)
		}
	}
}

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

// dying is provision in a process that dies now and then: before a chunk, or
// after its commit, when nobody was told.
type dying struct {
	*provision.Service

	calls atomic.Int64
}

var errDied = errors.New("died")

func (d *dying) Import(ctx context.Context, p convoke.Principal, job convoke.ImportID, rows []provision.Row, expectNew bool, record provision.Record) error {
	switch d.calls.Add(1) % 3 {
	case 0:
		return errDied
	case 1:
		return errors.Join(d.Service.Import(ctx, p, job, rows, expectNew, record), errDied)
	}
	return d.Service.Import(ctx, p, job, rows, expectNew, record)
}

func TestAnImportThatIsCutOffLosesAndRepeatsNothing(t *testing.T) {
	t.Parallel()
	const rows = 8200
	calm, cut := newWorld(t, everything), newWorld(t, everything)
	calm.beforehand(t, rows)
	cut.beforehand(t, rows)
	want := calm.finished(t, convoke.ImportOptions{}, mixed(rows))
	broken := &dying{Service: cut.users}
	job := cut.started(t, convoke.ImportOptions{}, mixed(rows))
	deaths := 0
	for !job.State.Over() {
		after, err := cut.process(t, broken).Finish(t.Context(), cut.operator, job.ID, nil)
		if err != nil && !errors.Is(err, errDied) {
			t.Fatal(err)
		}
		if err != nil {
			deaths++
		}
		job, err = cut.Import(t.Context(), cut.operator, after.ID)
		check(t, err)
	}
	if deaths < 5 {
		t.Errorf("it died %d times only", deaths)
	}
	if job.Counts != want.Counts || job.Done != want.Done {
		t.Errorf("counts %+v of %d rows, want %+v of %d", job.Counts, job.Done, want.Counts, want.Done)
	}
	if !slices.EqualFunc(withoutIDs(cut.results(t, job)), withoutIDs(calm.results(t, want)), slices.Equal) {
		t.Error("the results differ")
	}
	if got, want := fmt.Sprint(cut.events(t)), fmt.Sprint(calm.events(t)); got != want {
		t.Errorf("events %s, want %s", got, want)
	}
}

// withoutIDs leaves out the user ids, which are random.
func withoutIDs(table [][]string) [][]string {
	for i, row := range table {
		table[i] = row[:len(row)-1]
	}
	return table
}

func TestManyWorkersDoEachRowOnce(t *testing.T) {
	t.Parallel()
	const rows = 3000
	w := newWorld(t, everything)
	w.beforehand(t, rows)
	job := w.started(t, convoke.ImportOptions{}, mixed(rows))
	var group sync.WaitGroup
	for range 6 {
		other := w.process(t, w.users)
		group.Go(func() {
			if _, err := other.Finish(t.Context(), w.operator, job.ID, nil); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	job, err := w.Import(t.Context(), w.operator, job.ID)
	check(t, err)
	events := w.events(t)
	made := int64(events[convoke.EventUserCreated] - events[convoke.EventBindingReplaced])
	var before int64
	for i := 18; i < rows+20; i++ {
		if i%20 >= 18 || i%20 == 0 {
			before++
		}
	}
	if job.Done != rows || made != before+job.Counts.Create {
		t.Errorf("%d rows done; %d users made, want %d", job.Done, made, before+job.Counts.Create)
	}
	if events[convoke.EventImportStarted] != 2 || events[convoke.EventImportFinished] != 2 {
		t.Errorf("events: %v", events)
	}
}

func TestCancel(t *testing.T) {
	t.Parallel()
	w := newWorld(t, everything)
	job := w.started(t, convoke.ImportOptions{}, mixed(1200))
	first := w.claimed(t, job)
	_, err := w.doChunk(t.Context(), first, true)
	check(t, err)
	cancelled, err := w.Cancel(t.Context(), w.operator, job.ID)
	check(t, err)
	if cancelled.State != convoke.ImportCancelled || cancelled.Done != chunkRows {
		t.Errorf("the job is %+v", cancelled)
	}
	if _, err := w.doChunk(t.Context(), first, true); !convoke.HasCode(err, convoke.CodeImportTaken) {
		t.Errorf("a worker goes on: %v", err)
	}
	if _, err := w.Cancel(t.Context(), w.operator, job.ID); !convoke.HasCode(err, convoke.CodeImportOver) {
		t.Errorf("cancelled twice: %v", err)
	}
	outcomes := w.outcomes(t, cancelled)
	if outcomes[0] != "create" || outcomes[chunkRows] != "" {
		t.Errorf("outcomes: %q and %q", outcomes[0], outcomes[chunkRows])
	}
	if w.events(t)[convoke.EventImportFinished] != 1 {
		t.Errorf("events: %v", w.events(t))
	}
}

// An app is asked before each chunk whether it still may: nothing that it began
// outlives its rights, and the job says so.
func TestAnImportEndsWithTheRightsOfWhoBeganIt(t *testing.T) {
	t.Parallel()
	app := convoke.Principal{Kind: convoke.AppCaller, ClientID: "shop", Label: "shop", Scopes: convoke.Scopes{"user:write:admin"}}
	for name, renew := range map[string]func(convoke.Principal) (convoke.Principal, error){
		"revoked": func(p convoke.Principal) (convoke.Principal, error) {
			return p, convoke.Errorf(convoke.KindUnauthenticated, convoke.CodeInvalidClient, "The app was revoked.")
		},
		"a scope fewer": func(p convoke.Principal) (convoke.Principal, error) {
			p.Scopes = convoke.Scopes{"user:read:admin"}
			return p, nil
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, everything)
			by := app
			by.AccountID = w.operator.AccountID
			w.renew = func(n int64, p convoke.Principal) (convoke.Principal, error) {
				if n == 1 {
					return p, nil
				}
				return renew(p)
			}
			job, err := w.Start(t.Context(), by, convoke.ImportOptions{Format: convoke.FormatCSV}, strings.NewReader(mixed(2200)))
			check(t, err)
			job, err = w.Finish(t.Context(), w.operator, job.ID, nil)
			check(t, err)
			if job.State != convoke.ImportCancelled || job.Reason == "" || job.Done != chunkRows || w.renewals.Load() != 2 {
				t.Errorf("after asking %d times the job is %+v", w.renewals.Load(), job)
			}
			if ended := w.ended(t); ended.State != convoke.ImportCancelled || ended.Reason != job.Reason {
				t.Errorf("the event says %+v", ended)
			}
		})
	}
}

// A database that does not answer is no reason to give up a job.
func TestAnImportOutlivesAFaultOfAsking(t *testing.T) {
	t.Parallel()
	w := newWorld(t, everything)
	w.renew = func(n int64, p convoke.Principal) (convoke.Principal, error) {
		if n == 1 {
			return p, io.ErrUnexpectedEOF
		}
		return p, nil
	}
	job := w.started(t, convoke.ImportOptions{}, mixed(10))
	if _, err := w.Finish(t.Context(), w.operator, job.ID, nil); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("the fault is %v", err)
	}
	job, err := w.Finish(t.Context(), w.operator, job.ID, nil)
	check(t, err)
	if job.State != convoke.ImportDone {
		t.Errorf("the job is %+v", job)
	}
}

// ended is what the log says of the end of an import.
func (w *world) ended(t testing.TB) convoke.ImportObject {
	t.Helper()
	list, err := w.db.Events(t.Context(), w.operator.AccountID, 0, 5000)
	check(t, err)
	for _, e := range list {
		if e.Name == convoke.EventImportFinished {
			var body struct{ Object convoke.ImportObject }
			check(t, json.Unmarshal(e.Payload, &body))
			return body.Object
		}
	}
	t.Fatal("the log tells of no end")
	return convoke.ImportObject{}
}

func (w *world) claimed(t testing.TB, job convoke.Import) convoke.Import {
	t.Helper()
	job, err := w.claim(t.Context(), job.ID)
	check(t, err)
	return job
}

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

func TestOthersSeeNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t, everything)
	job := w.finished(t, convoke.ImportOptions{}, "external_id\n42\n")
	other, err := w.users.CreateAccount(t.Context(), convoke.Operator(""), "Elsewhere", everything)
	check(t, err)
	if _, err := w.Import(t.Context(), convoke.Operator(other.ID), job.ID); !convoke.HasCode(err, convoke.CodeImportNotFound) {
		t.Errorf("another account's operator: %v", err)
	}
	person := convoke.Principal{Kind: convoke.UserCaller, AccountID: w.operator.AccountID, UserID: "me"}
	if _, err := w.Import(t.Context(), person, job.ID); !convoke.HasCode(err, convoke.CodeNotOperator) {
		t.Errorf("a person: %v", err)
	}
	reader := convoke.Principal{Kind: convoke.AppCaller, AccountID: w.operator.AccountID, Scopes: convoke.Scopes{"user:read:admin"}}
	if _, err := w.Start(t.Context(), reader, convoke.ImportOptions{Format: convoke.FormatCSV}, strings.NewReader("email\n")); !convoke.HasCode(err, convoke.CodeScopeMissing) {
		t.Errorf("an app that may only read: %v", err)
	}
	if _, err := w.Cancel(t.Context(), reader, job.ID); !convoke.HasCode(err, convoke.CodeScopeMissing) {
		t.Errorf("an app that may only read cancels: %v", err)
	}
}

// A new e-mail asks of an app what PUT /v2/users/{userId}/email asks; the rest of
// the file goes on without it.
func TestANewEmailNeedsItsOwnRight(t *testing.T) {
	t.Parallel()
	const file = "email,new_email,first_name\na@corp.example.com,b@corp.example.com,\nc@corp.example.com,,Carla\n"
	scopes := convoke.Scopes{string(convoke.RightCreateUser), string(convoke.RightListUsers), string(convoke.RightUpdateUser)}
	for _, test := range []struct {
		scopes convoke.Scopes
		want   []string
	}{
		{scopes, []string{"error scope_missing", "update"}},
		{append(scopes, string(convoke.RightUpdateEmail)), []string{"update", "update"}},
	} {
		w := newWorld(t, everything)
		_, err := w.users.AddDomain(t.Context(), w.operator, "corp.example.com", true)
		check(t, err)
		w.finished(t, convoke.ImportOptions{Action: "custCreate"}, "email\na@corp.example.com\nc@corp.example.com\n")
		w.operator = convoke.Principal{Kind: convoke.AppCaller, AccountID: w.operator.AccountID, Scopes: test.scopes}
		for _, dry := range []bool{true, false} {
			job := w.finished(t, convoke.ImportOptions{DryRun: dry, Action: "update"}, file)
			if got := w.outcomes(t, job); !slices.Equal(got, test.want) {
				t.Errorf("with %v, dry run %v: %q, want %q", test.scopes, dry, got, test.want)
			}
		}
	}
}
