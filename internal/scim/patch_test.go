// SPDX-License-Identifier: Apache-2.0

package scim

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/convoke/convoke/internal/convoke"
)

// janeBody makes a user of whom much is known.
const janeBody = `{"userName": "jane@example.com", "externalId": "42", "name": {"givenName": "Jane", "familyName": "Roe"},
	"phoneNumbers": [{"type": "work", "value": "1"}, {"type": "home", "value": "2"}],
	"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User": {"department": "R&D", "manager": {"value": "boss@example.com"}}}`

// wantRefused sends a PATCH and wants its refusal, and the resource as it was.
func (w *world) wantRefused(t *testing.T, target, operations, detail string) {
	t.Helper()
	before := w.call(t, "GET", Prefix+target, nil, "").Body.String()
	w.clock.Add(60) // a change would be of another time
	answer := w.do(t, "PATCH", target, `{"Operations": [`+operations+`]}`, http.StatusBadRequest)
	if text(answer, "scimType") != invalidValue || !strings.Contains(text(answer, "detail"), detail) {
		t.Errorf("%.200s is refused as %v, want one about %q", operations, answer, detail)
	}
	if after := w.call(t, "GET", Prefix+target, nil, "").Body.String(); after != before {
		t.Errorf("%.200s was refused, and made\n%s of\n%s", operations, after, before)
	}
}

// many is a list of values, all different.
func many(count int) string {
	list := make([]object, count)
	for i := range list {
		list[i] = object{"type": "other", "value": fmt.Sprintf("%d@example.com", i)}
	}
	text, _ := json.Marshal(list) // plain values always marshal
	return string(text)
}

// title is a change that would be seen if it were made before the refusal.
const title = `{"op": "replace", "path": "title", "value": "Changed"}, `

func TestAPatchMakesNoEndlessLists(t *testing.T) {
	t.Parallel()
	w := newWorld(t, withSSO)
	w.trust(t, "example.com")
	jane := "/Users/" + text(w.do(t, "POST", "/Users", janeBody, http.StatusCreated), "id")
	for _, name := range []string{"emails", "phoneNumbers"} {
		tooMany := "The attribute " + name + " may have at most 100 values."
		for _, operations := range []string{
			`{"op": "add", "path": "` + name + `", "value": ` + many(101) + `}`,
			`{"op": "replace", "path": "` + name + `", "value": ` + many(101) + `}`,
			`{"op": "remove", "path": "` + name + `", "value": ` + many(101) + `}`,
			`{"op": "Add", "value": {"` + strings.ToUpper(name) + `": ` + many(101) + `}}`,
			`{"op": "add", "path": "` + name + `", "value": ` + many(60) + `}, {"op": "add", "path": "` + name + `", "value": ` + many(60) + `}`,
			oneByOne(name),
		} {
			w.wantRefused(t, jane, title+operations, tooMany)
		}
	}
	// The user itself may have three numbers only, which is another refusal.
	w.wantRefused(t, jane, title+`{"op": "add", "path": "phoneNumbers", "value": `+many(50)+`}`, "At most 3")
}

// oneByOne adds as many values, by paths each of which matches none that is there.
func oneByOne(name string) string {
	var list []string
	for i := range 101 {
		list = append(list, fmt.Sprintf(`{"op": "add", "path": "%s[value eq \"%d\"].type", "value": "other"}`, name, i))
	}
	return strings.Join(list, ", ")
}

func TestAPatchLeavesNobodyWithoutAName(t *testing.T) {
	t.Parallel()
	w := newWorld(t, withSSO)
	w.trust(t, "example.com")
	jane := "/Users/" + text(w.do(t, "POST", "/Users", janeBody, http.StatusCreated), "id")
	for _, op := range []string{"replace", "add"} {
		for _, value := range []string{`""`, `null`} {
			for _, rest := range []string{
				`"path": "userName", "value": ` + value, `"value": {"userName": ` + value + `}`, `"value": {"title": "Changed", "USERNAME": ` + value + `}`,
				`"path": "urn:ietf:params:scim:schemas:core:2.0:User:userName", "value": ` + value,
			} {
				w.wantRefused(t, jane, title+`{"op": "`+op+`", `+rest+`}`, `"userName" of the request is invalid. It is needed.`)
			}
		}
	}
}

// Entra sends the formatted name with the others, in one PATCH.
func TestAFormattedNameIsDropped(t *testing.T) {
	t.Parallel()
	w := newWorld(t, withSSO)
	w.trust(t, "example.com")
	jane := "/Users/" + text(w.do(t, "POST", "/Users", janeBody, http.StatusCreated), "id")
	got := w.do(t, "PATCH", jane, `{"schemas": ["`+urnPatch+`"], "Operations": [{"op": "Replace", "path": "name.familyName", "value": "Vance"},
		{"op": "Replace", "path": "name.formatted", "value": "Anybody"}, {"op": "Add", "value": {"name.formatted": "Anybody"}}]}`, http.StatusOK)
	if name := text(got, "name", "formatted"); !strings.HasSuffix(name, " Vance") || text(got, "name", "familyName") != "Vance" {
		t.Errorf("the name is %v", got["name"])
	}
}

// Entra maps the principal name to userName and the mailbox, which may be another
// address, to emails, and proxy addresses to emails of the type other.
func TestTheUserNameAloneIsTheAddressToSignInWith(t *testing.T) {
	t.Parallel()
	w := newWorld(t, withSSO)
	w.trust(t, "example.com")
	const body = `{"userName": "jane@example.com", "emails": [{"type": "work", "value": "mailbox@example.com", "primary": true}]}`
	jane := "/Users/" + text(w.do(t, "POST", "/Users", body, http.StatusCreated), "id")
	for _, operation := range []string{
		`{"op": "Add", "path": "emails[type eq \"other\"].value", "value": "alias@example.com"}`,
		`{"op": "Replace", "path": "emails[type eq \"work\"].value", "value": "mailbox@example.com"}`,
		`{"op": "replace", "value": {"emails": [{"type": "work", "value": "mailbox@example.com", "primary": true}]}}`,
	} {
		if got := text(w.do(t, "PATCH", jane, `{"Operations": [`+operation+`]}`, http.StatusOK), "userName"); got != "jane@example.com" {
			t.Errorf("%s makes the userName %s", operation, got)
		}
	}
	for _, c := range []struct{ body, want string }{
		{body, "jane@example.com"},
		{`{"emails": [{"type": "other", "value": "alias@example.com"}]}`, "jane@example.com"},
		{`{"emails": [{"type": "work", "value": "mailbox@example.com"}]}`, "mailbox@example.com"}, // Zoom's PUT, of what changes
	} {
		if got := text(w.do(t, "PUT", jane, c.body, http.StatusOK), "userName"); got != c.want {
			t.Errorf("a PUT of %s makes the userName %s, want %s", c.body, got, c.want)
		}
	}
}

func TestAPatchNeedsAValue(t *testing.T) {
	t.Parallel()
	w := newWorld(t, withSSO)
	w.trust(t, "example.com")
	jane := "/Users/" + text(w.do(t, "POST", "/Users", janeBody, http.StatusCreated), "id")
	for _, op := range []string{"replace", "Add"} {
		w.wantRefused(t, jane, title+`{"op": "`+op+`", "path": "name.givenName"}`, "needs a value")
	}
	if got := w.do(t, "PATCH", jane, `{"Operations": [{"op": "replace", "path": "name.givenName", "value": null}]}`, http.StatusOK); text(got, "name", "givenName") != "" {
		t.Errorf("after null the name is %v", got["name"])
	}
}

func TestABadProjectionChangesNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t, withSSO)
	w.trust(t, "example.com")
	const bad = "?attributes=id&excludedAttributes=id"
	w.do(t, "POST", "/Users"+bad, `{"userName": "ghost@example.com"}`, http.StatusBadRequest)
	w.do(t, "POST", "/Groups"+bad, `{"displayName": "Ghosts"}`, http.StatusBadRequest)
	for _, list := range []string{"/Users", "/Groups"} {
		if got := w.do(t, "GET", list, "", http.StatusOK); got["totalResults"] != float64(0) {
			t.Errorf("%s has %v", list, got["Resources"])
		}
	}
}

func TestOtherMembersAreAnotherVersion(t *testing.T) {
	t.Parallel()
	w := newWorld(t, withSSO)
	one, two := w.user(t, "one@example.com"), w.user(t, "two@example.com")
	group := "/Groups/" + text(w.do(t, "POST", "/Groups", `{"displayName": "Lab", "members": [{"value": "`+one+`"}]}`, http.StatusCreated), "id")
	before := w.call(t, "GET", Prefix+group, nil, "").Header().Get("ETag")
	w.clock.Add(1)
	w.do(t, "PATCH", group, `{"Operations": [{"op": "Remove", "path": "members[value eq \"`+one+`\"]"},
		{"op": "Add", "path": "members", "value": [{"value": "`+two+`"}]}]}`, http.StatusNoContent)
	answer := w.call(t, "GET", Prefix+group, http.Header{"If-None-Match": {before}}, "")
	if answer.Code != http.StatusOK || answer.Header().Get("ETag") == before {
		t.Errorf("status %d, version %s as before", answer.Code, before)
	}
}

// A directory that names no path writes members beside the other attributes.
func TestAPatchOfAGroupWithoutAPath(t *testing.T) {
	t.Parallel()
	w := newWorld(t, withSSO)
	w.trust(t, "example.com")
	ada, bea := w.user(t, "ada@example.com"), w.user(t, "bea@example.com")
	for i, name := range []string{"members", "Members", "urn:ietf:params:scim:schemas:core:2.0:Group:members", "URN:ietf:params:scim:schemas:core:2.0:GROUP:MEMBERS"} {
		group := "/Groups/" + text(w.do(t, "POST", "/Groups", fmt.Sprintf(`{"displayName": "G%d", "members": [{"value": "%s"}]}`, i, ada), http.StatusCreated), "id")
		patch := func(op, members string) {
			t.Helper()
			w.do(t, "PATCH", group, fmt.Sprintf(`{"Operations": [{"op": "%s", "value": {"%s": %s, "displayName": "%s %d", "id": "x"}}]}`, op, name, members, op, i), http.StatusNoContent)
		}
		patch("add", `[{"value": "`+bea+`"}]`)
		w.wantGroup(t, group, fmt.Sprintf("add %d", i), ada, bea)
		patch("replace", `{"value": "`+bea+`"}`)
		w.wantGroup(t, group, fmt.Sprintf("replace %d", i), bea)
		patch("replace", `[]`)
		w.wantGroup(t, group, fmt.Sprintf("replace %d", i))
		patch("add", "["+strings.Repeat(`"`+ada+`", `, 150)+`"`+bea+`"]`) // groups are larger than what a user may have
		w.wantGroup(t, group, fmt.Sprintf("add %d", i), ada, bea)
	}
}

// A group is not changed in part by a member that is none.
func TestAPatchOfAGroupIsRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t, withSSO)
	group := "/Groups/" + text(w.do(t, "POST", "/Groups", `{"displayName": "Kept"}`, http.StatusCreated), "id")
	for operations, detail := range map[string]string{
		`{"op": "add", "value": {"displayName": "Changed", "members": true}}`: "members must be of the type",
		`{"op": "add", "value": {"members": [], "displayName": {}}}`:          "displayName must be of the type",
		`{"op": "add", "value": ["members"]}`:                                 "needs an object",
	} {
		w.wantRefused(t, group, operations, detail)
	}
	w.do(t, "PATCH", group, `{"Operations": [{"op": "remove", "value": {"members": []}}]}`, http.StatusBadRequest)
}

// wantGroup reads a group and compares its name and its members, in any order.
func (w *world) wantGroup(t *testing.T, target, name string, members ...string) {
	t.Helper()
	tree := w.do(t, "GET", target, "", http.StatusOK)
	left := map[string]bool{}
	for _, id := range members {
		left[id] = true
	}
	list := listOf(tree["members"])
	for _, item := range list {
		delete(left, text(item.(object), "value"))
	}
	if text(tree, "displayName") != name || len(list) != len(members) || len(left) > 0 {
		t.Errorf("the group is %v, want %s with %v", tree, name, members)
	}
}

// stubborn cannot take a group back.
type stubborn struct{ realGroups }

type realGroups = Groups // whose own name is that of a method

func (stubborn) DeleteGroup(context.Context, convoke.Principal, convoke.GroupID) error {
	return errors.New("the disk is full")
}

func TestAGroupThatStaysIsAFaultOfOurs(t *testing.T) {
	t.Parallel()
	w := newWorld(t, withSSO)
	const body = `{"displayName": "Lab", "members": [{"value": "nobody"}]}`
	w.do(t, "POST", "/Groups", body, http.StatusBadRequest)
	w.do(t, "POST", "/Groups", body, http.StatusBadRequest) // the first one is not there
	config := w.handler.(*api).Config
	config.Groups = stubborn{config.Groups}
	w.handler = New(config)
	w.do(t, "POST", "/Groups", body, http.StatusInternalServerError)
	if log := w.log.String(); !strings.Contains(log, "disk is full") || !strings.Contains(log, "does not exist") {
		t.Errorf("the log is %s", log)
	}
}
