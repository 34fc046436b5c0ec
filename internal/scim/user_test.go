// SPDX-License-Identifier: Apache-2.0

package scim

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/convoke/convoke/internal/convoke"
)

const deactivate = `{"Operations": [{"op": "Replace", "path": "active", "value": "False"}]}`

// chosen is a password that keeps every rule.
const chosen = "Sunny-Day-42"

func TestADeactivationEndsSessionsAndAReactivationLetsBackIn(t *testing.T) {
	t.Parallel()
	w := newWorld(t, withSSO)
	w.trust(t, "example.com")
	id := text(w.do(t, "POST", "/Users", `{"userName": "jane@example.com",
		"urn:us:zoom:scim:schemas:extension:1.0:ZoomUser": {"loginType": {"workEmail": true}}}`, 201), "id")
	_, err := w.provision.Activate(t.Context(), "", w.invitation(t, id), chosen)
	check(t, err)
	in, err := w.access.SignIn(t.Context(), "", "jane@example.com", chosen)
	check(t, err)
	_, err = w.access.Session(t.Context(), in.Cookie)
	check(t, err)
	w.do(t, "PATCH", "/Users/"+id, deactivate, 200)
	if _, err := w.access.Session(t.Context(), in.Cookie); !convoke.HasCode(err, convoke.CodeTokenInvalid) {
		t.Errorf("the session of a deactivated user gives %v", err)
	}
	if _, err := w.access.SignIn(t.Context(), "", "jane@example.com", chosen); err == nil {
		t.Error("a deactivated user signs in")
	}
	w.do(t, "PUT", "/Users/"+id, `{"active": true}`, 200)
	if _, err := w.access.SignIn(t.Context(), "", "jane@example.com", chosen); err != nil {
		t.Errorf("after the reactivation: %v", err)
	}
}

// invitation returns the activation code that was sent to the user.
func (w *world) invitation(t *testing.T, id string) string {
	t.Helper()
	events, err := w.db.Events(t.Context(), w.account.ID, 0, 100)
	check(t, err)
	for _, e := range events {
		if _, rest, ok := strings.Cut(string(e.Payload), `"invitation_id":"`); ok && strings.Contains(rest, id) {
			return w.provision.ActivationCode(convoke.InvitationID(rest[:22]))
		}
	}
	t.Fatalf("no invitation was sent to %s", id)
	return ""
}

// names returns the userNames that a list's query gives.
func (w *world) names(t *testing.T, query url.Values) []string {
	t.Helper()
	names := []string{}
	for _, item := range listOf(w.do(t, "GET", "/Users?"+query.Encode(), "", 200)["Resources"]) {
		local, _, _ := strings.Cut(text(item.(object), "userName"), "@")
		names = append(names, local)
	}
	return names
}

func TestTheWholeGrammarOfFilters(t *testing.T) {
	t.Parallel()
	w := newWorld(t, withSSO)
	w.trust(t, "example.com")
	for _, body := range []string{
		`{"userName": "ada@example.com", "externalId": "A", "name": {"familyName": "Lovelace"}, "title": "Countess", "phoneNumbers": [{"type": "work", "value": "1"}]}`,
		`{"userName": "bea@example.com", "externalId": "a", "name": {"familyName": "Arthur"}, "active": false,
			"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User": {"department": "Stage", "manager": "ada@example.com"}}`,
		`{"userName": "cleo@example.com", "displayName": "Cleo \"C\" Δ", "title": "Queen", "phoneNumbers": [{"type": "home", "value": "1"}, {"type": "work", "value": "2"}]}`,
	} {
		w.do(t, "POST", "/Users", body, 201)
	}
	all := "ada bea cleo"
	for text, want := range map[string]string{
		`userName eq "ADA@example.com"`:    "ada",
		`UserName EQ "ada@example.com"`:    "ada",
		`userName eq "nobody@example.com"`: "",
		`externalId eq "a"`:                "bea",
		`externalId eq "A"`:                "ada",
		`urn:ietf:params:scim:schemas:core:2.0:User:userName eq "bea@example.com"`: "bea",
		`emails.value eq "bea@example.com"`:                                        "bea",
		`emails eq "bea@example.com"`:                                              "bea",
		`emails[type eq "work" and value eq "bea@example.com"]`:                    "bea",
		`emails[type eq "home" and value eq "bea@example.com"]`:                    "",
		`emails[type eq "work"].value eq "bea@example.com"`:                        "bea",
		`userName eq "ada@example.com" and active eq false`:                        "",
		`active eq true and userName eq "ada@example.com"`:                         "ada",
		`userName eq "ada@example.com" or externalId eq "a"`:                       "ada bea",
		`emails[value eq "ada@example.com" or type eq "work"]`:                     all,
		`not (userName eq "ada@example.com")`:                                      "bea cleo",
		`userName ne "ada@example.com"`:                                            "bea cleo",
		`userName co "E"`:                                                          all,
		`userName sw "c"`:                                                          "cleo",
		`userName ew "COM"`:                                                        all,
		`userName gt "b"`:                                                          "bea cleo",
		`userName ge "bea@example.com"`:                                            "bea cleo",
		`userName lt "b"`:                                                          "ada",
		`userName le "bea@example.com"`:                                            "ada bea",
		`title pr`:                                                                 "ada cleo",
		`not (title pr)`:                                                           "bea",
		`title eq null`:                                                            "bea",
		`title ne null`:                                                            "ada cleo",
		`active eq false`:                                                          "bea",
		`active eq "False"`:                                                        "bea",
		`active ne true`:                                                           "bea",
		`displayName co "\"C\" δ"`:                                                 "cleo",
		`name.familyName eq "arthur" or title eq "queen"`:                          "bea cleo",
		`title eq "queen" or title eq "countess" and active eq false`:              "cleo",
		`(title eq "queen" or title eq "countess") and active eq true`:             "ada cleo",
		`phoneNumbers[type eq "work" and value eq "1"]`:                            "ada",
		`phoneNumbers.type eq "work" and phoneNumbers.value eq "1"`:                "ada cleo",
		`phoneNumbers[not (type eq "work")]`:                                       "cleo",
		`urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department eq "stage"`:        "bea",
		`urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager eq "ada@example.com"`: "bea",
		`urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager.value sw "ada"`:       "bea",
		`urn:us:zoom:scim:schemas:extension:1.0:ZoomUser:loginType.sso eq true`:                   all,
		`meta.created ge "2026-03-31T14:00:00+02:00"`:                                             all,
		`meta.lastModified lt "2026-03-31T12:00:00Z"`:                                             "",
		`userType eq "basic" and meta.resourceType eq "User"`:                                     all,
	} {
		if got := strings.Join(w.names(t, url.Values{"filter": {text}}), " "); got != want {
			t.Errorf("%s finds %q, want %q", text, got, want)
		}
	}
}

func TestListsAreSortedAndCut(t *testing.T) {
	t.Parallel()
	w := newWorld(t, withSSO)
	w.trust(t, "example.com")
	for _, name := range []string{"bea", "Ada", "dora", "cleo"} {
		title := strings.Repeat("x", len(name)%4)
		w.do(t, "POST", "/Users", fmt.Sprintf(`{"userName": "%s@example.com", "title": %q}`, name, title), 201)
	}
	for _, c := range []struct{ query, want string }{
		{"", "bea Ada dora cleo"},
		{"sortBy=userName", "Ada bea cleo dora"},
		{"sortBy=userName&sortOrder=descending", "dora cleo bea Ada"},
		{"sortBy=meta.created&sortOrder=ascending", "bea Ada dora cleo"},
		{"sortBy=title", "bea Ada dora cleo"},
		{"sortBy=title&sortOrder=descending", "dora cleo bea Ada"},
		{"sortBy=emails&startIndex=2&count=2", "bea cleo"},
		{"startIndex=2&count=2", "Ada dora"},
		{"startIndex=-3&count=1", "bea"},
		{"startIndex=99", ""},
		{"count=0", ""},
		{"count=-1", ""},
		{"filter=title+pr&startIndex=2", "Ada"},
	} {
		query, err := url.ParseQuery(c.query)
		check(t, err)
		if got := strings.Join(w.names(t, query), " "); got != c.want {
			t.Errorf("%s gives %q, want %q", c.query, got, c.want)
		}
	}
	for _, query := range []string{"cursor=&count=3", "cursor=&count=3&sortBy=userName"} {
		first := w.do(t, "GET", "/Users?"+query, "", 200)
		second := w.do(t, "GET", "/Users?"+strings.Replace(query, "cursor=", "cursor="+url.QueryEscape(text(first, "nextCursor")), 1), "", 200)
		if len(listOf(first["Resources"])) != 3 || len(listOf(second["Resources"])) != 1 || second["nextCursor"] != nil || first["totalResults"] != float64(4) {
			t.Errorf("by cursor: %v and then %v", first, second)
		}
	}
	found := w.do(t, "POST", "/Users/.search", `{"filter": "userName sw \"a\"", "attributes": ["userName"], "count": 10}`, 200)
	if list := listOf(found["Resources"]); len(list) != 1 || len(list[0].(object)) != 3 {
		t.Errorf("a search finds %v", found)
	}
}

func TestTheManagerIsAUser(t *testing.T) {
	t.Parallel()
	w := newWorld(t, withSSO)
	w.trust(t, "example.com")
	boss, jane := w.user(t, "boss@example.com"), w.user(t, "jane@example.com")
	stranger := w.elsewhere(t).user(t, "stranger@example.com")
	const long = urnEnterprise + ":manager"
	for _, c := range []struct{ path, value, want string }{
		{long, `"` + stranger + `"`, ""},
		{long, `{"value": "00u1a2b3", "displayName": "Suzy"}`, ""}, // a key of the directory's own
		{long, `"` + boss + `"`, boss},
		{long, `{"value": "x@example.com"}`, "x@example.com"},
		{long, `{"value": "boss@example.com"}`, boss},
		{long, `"` + stranger + `"`, boss},
		{long, `"00u1a2b3"`, boss},
		{long + ".displayName", `"Suzy"`, boss},
		{"manager", `[{"$ref": "../Users/` + jane + `", "value": "` + jane + `"}]`, jane},
		{"manager.value", `"key of boss@example.com"`, boss},
	} {
		tree := w.do(t, "PATCH", "/Users/"+jane, `{"Operations": [{"op": "Add", "path": "`+c.path+`", "value": `+c.value+`}]}`, 200)
		if got := text(tree, urnEnterprise, "manager", "value"); got != c.want {
			t.Errorf("%s at %s makes the manager %q, want %q", c.value, c.path, got, c.want)
		}
	}
	w.do(t, "POST", "/Users", `{"userName": "other@example.com", "externalId": "bo"}`, 201)
	for _, filter := range []string{
		`manager sw "bo"`, `manager co "bo"`, // which is a key of the directory's own, too
		`id eq "` + jane + `" and manager eq "` + boss + `"`, `manager.value eq "` + boss + `"`, `manager[value eq "` + boss + `"]`,
		long + ` eq "boss@example.com"`, `not (manager ne "` + boss + `")`, `manager sw "boss@"`,
	} {
		if got := w.names(t, url.Values{"filter": {filter}, "attributes": {"userName,manager"}}); !slices.Equal(got, []string{"jane"}) {
			t.Errorf("%s finds %v", filter, got)
		}
	}
	shown := w.do(t, "GET", "/Users?filter="+url.QueryEscape(`userName sw "jane"`), "", 200)
	manager := within(within(listOf(shown["Resources"])[0].(object), urnEnterprise), "manager")
	if manager["value"] != boss || manager["displayName"] != "boss" || !strings.HasSuffix(text(manager, "$ref"), "/Users/"+boss) {
		t.Errorf("the manager in a list is %v", manager)
	}
}

// An app that may change users and not read them, or list them alone, is told no
// more than that.
func TestReferencesAreForWhoMayRead(t *testing.T) {
	t.Parallel()
	w := newWorld(t, withSSO)
	w.trust(t, "example.com")
	boss, jane := w.user(t, "boss@example.com"), w.user(t, "jane@example.com")
	w.do(t, "POST", "/Groups", `{"displayName": "Lab", "members": [{"value": "`+jane+`"}]}`, 201)
	named := func(ref string) string {
		return `{"Operations": [{"op": "add", "path": "manager", "value": "` + ref + `"}]}`
	}
	w.token = w.newToken(t, "user:update:user:admin")
	if got := w.do(t, "PATCH", "/Users/"+jane, named("boss@example.com"), 200); len(got) != 2 || got["id"] != jane {
		t.Errorf("who may only change users is told %v", got)
	}
	w.do(t, "PATCH", "/Users/"+jane, named(boss), 403)
	w.token = w.newToken(t, "user:read:list_users:admin")
	for _, item := range listOf(w.do(t, "GET", "/Users", "", 200)["Resources"]) {
		user := item.(object)
		if manager := text(user, urnEnterprise, "manager", "value"); user["groups"] != nil || user["id"] == jane && manager != "boss@example.com" {
			t.Errorf("who may only list users is told %v", user)
		}
	}
	w.token = w.newToken(t, "scim2:admin")
	got := w.do(t, "GET", "/Users/"+jane, "", 200)
	if text(got, urnEnterprise, "manager", "value") != boss || len(listOf(got["groups"])) != 1 {
		t.Errorf("who may read is told %v", got)
	}
}

// Only in paths and filters may an extension's attribute stand without its URN, and
// never under the core's.
func TestTheURNOfAnExtension(t *testing.T) {
	t.Parallel()
	w := newWorld(t, withSSO)
	w.trust(t, "example.com")
	made := w.do(t, "POST", "/Users", `{"userName": "jane@example.com", "department": "Lab", "`+urnEnterprise+`": {"costCenter": "7"}}`, 201)
	if block := within(made, urnEnterprise); block["department"] != nil || made["department"] != nil {
		t.Errorf("made %v", made)
	}
	if got := w.names(t, url.Values{"filter": {`costCenter eq "7"`}}); len(got) != 1 {
		t.Errorf("found %v", got)
	}
	w.do(t, "GET", "/Users?filter="+url.QueryEscape(urnUser+`:costCenter eq "7"`), "", 400)
	if shown := w.do(t, "GET", "/Users/"+text(made, "id")+"?attributes=manager", "", 200); shown[urnEnterprise] != nil {
		t.Errorf("of nobody's manager is shown %v", shown)
	}
}

func TestAnotherAccountsUsersAreNotThere(t *testing.T) {
	t.Parallel()
	w := newWorld(t, withSSO)
	id := w.user(t, "jane@example.com")
	abroad := w.elsewhere(t)
	abroad.do(t, "GET", "/Users/"+id, "", 404)
	abroad.do(t, "PUT", "/Users/"+id, `{"title": "Mine"}`, 404)
	abroad.do(t, "PATCH", "/Users/"+id, deactivate, 404)
	abroad.do(t, "DELETE", "/Users/"+id, "", 404)
	for _, text := range []string{`id eq "` + id + `"`, `userName eq "jane@example.com"`, `externalId pr`, `externalId eq "key of jane@example.com"`} {
		if names := abroad.names(t, url.Values{"filter": {text}}); len(names) > 0 {
			t.Errorf("%s finds %v of another account", text, names)
		}
	}
	if again := abroad.user(t, "jane@example.com"); again == id {
		t.Error("two accounts share a user")
	}
}

func TestOneOfManyCreationsIsAccepted(t *testing.T) {
	t.Parallel()
	w := newWorld(t, withSSO)
	codes := make(chan int)
	const many = 10
	for range many {
		go func() {
			codes <- w.call(t, "POST", Prefix+"/Users", nil, `{"userName": "jane@example.com", "externalId": "42"}`).Code
		}()
	}
	var got []int
	for range many {
		got = append(got, <-codes)
	}
	slices.Sort(got)
	if got[0] != http.StatusCreated || got[1] != http.StatusConflict || got[many-1] != http.StatusConflict {
		t.Errorf("the answers are %v", got)
	}
}
