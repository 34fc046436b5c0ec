// SPDX-License-Identifier: Apache-2.0

package imports

import (
	"slices"
	"strings"
	"testing"

	"github.com/convoke/convoke/internal/convoke"
)

func TestTheAddForm(t *testing.T) {
	t.Parallel()
	w := newWorld(t, everything)
	everyone := w.group(t, "Everyone")
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
	if got := w.members(t, everyone); len(job.Warnings) != 0 || !slices.Equal(got, []string{"jane@example.com"}) {
		t.Errorf("members %q, warnings %q", got, job.Warnings)
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
		everyone := w.group(t, "Everyone")
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
		if got := w.members(t, everyone); len(job.Warnings) != 0 || !slices.Equal(got, []string{"ann.lee@corp.example.com"}) {
			t.Errorf("members %q, warnings %q", got, job.Warnings)
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
	w.group(t, "Everyone")
	w.finished(t, convoke.ImportOptions{}, form)
	if ann := w.user(t, "ann.lee@corp.example.com"); ann.Action != convoke.ActionCreate || ann.Status != convoke.StatusPending {
		t.Errorf("where people are made at sign-in, ann is %+v", ann)
	}
}

func TestGroupsOfRows(t *testing.T) {
	t.Parallel()
	w := newWorld(t, everything)
	lab, hosts := w.group(t, "Lab"), w.group(t, "Hosts")
	const head = "external_id,group,first_name\n"
	steps := []struct {
		file    string
		options convoke.ImportOptions
		want    []string
		lab     int // who is in it afterwards
		hosts   int
	}{
		{head + "1,Lab,\n2,lab,\n3,Hosts,\n4,,\n", convoke.ImportOptions{}, []string{"create", "create", "create", "create"}, 2, 1},
		{head + "1,Lab,\n2,Lab,\n", convoke.ImportOptions{}, []string{"skip unchanged", "skip unchanged"}, 2, 1},
		{head + "1,Hosts,\n4,Lab,Ann\n5,Nowhere,\n", convoke.ImportOptions{}, []string{"update", "update", "error group_not_found"}, 3, 2},
		{"email,group\n4@example.com,Hosts\n", convoke.ImportOptions{Action: "update"}, []string{"error user_not_found"}, 3, 2},
	}
	for _, step := range steps {
		dry := step.options
		dry.DryRun = true
		if got := w.outcomes(t, w.finished(t, dry, step.file)); !slices.Equal(got, step.want) {
			t.Errorf("%q: foreseen %q, want %q", step.file, got, step.want)
		}
		if got := w.outcomes(t, w.finished(t, step.options, step.file)); !slices.Equal(got, step.want) {
			t.Errorf("%q: %q, want %q", step.file, got, step.want)
		}
		if inLab, inHosts := len(w.members(t, lab)), len(w.members(t, hosts)); inLab != step.lab || inHosts != step.hosts {
			t.Errorf("%q: %d in the lab and %d hosts, want %d and %d", step.file, inLab, inHosts, step.lab, step.hosts)
		}
	}
	if got := w.events(t)[convoke.EventGroupMemberAdded]; got != 4 { // one for each group of a file, and none for who was in it
		t.Errorf("%d events of members", got)
	}
}

// A group asks of an app what POST /v2/groups/{groupId}/members asks.
func TestAGroupNeedsItsOwnRight(t *testing.T) {
	t.Parallel()
	w := newWorld(t, everything)
	group := w.group(t, "Lab")
	app := convoke.Principal{
		Kind: convoke.AppCaller, AccountID: w.operator.AccountID, ClientID: "client",
		Scopes: convoke.Scopes{string(convoke.RightCreateUser), string(convoke.RightReadUser), string(convoke.RightListUsers)},
	}
	job, err := w.Start(t.Context(), app, convoke.ImportOptions{Format: convoke.FormatCSV}, strings.NewReader("external_id,group\n1,Lab\n2,\n"))
	check(t, err)
	job, err = w.Finish(t.Context(), w.operator, job.ID, nil)
	check(t, err)
	if got := w.outcomes(t, job); !slices.Equal(got, []string{"error scope_missing", "create"}) || len(w.members(t, group)) != 0 {
		t.Errorf("outcomes: %q", got)
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
