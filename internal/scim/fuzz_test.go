// SPDX-License-Identifier: Apache-2.0

package scim

import (
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/convoke/convoke/internal/convoke"
)

// slow is far longer than any parse or answer should take, even on a busy machine
// and in an account that the fuzzer has filled for ten minutes.
const slow = 10 * time.Second

// FuzzFilter evaluates any filter on a user, and asks the server by it: no panic,
// no endless work, and what is refused is refused as a filter. What an index
// answers is what is compared, and it is nothing of another account's.
func FuzzFilter(f *testing.F) {
	for _, seed := range []string{
		`userName eq "jane@example.com"`, `not (title pr) and (active eq true or name.familyName sw "R")`, `emails[type eq "work" and not (value co "x")]`,
		`emails[type eq "work"].value eq "x"`, `urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager.value ne null`,
		`meta.created gt 2015-10-10T14:38:21.8617979-07:00`, `externalId eq "\u00e9\"\\"`, `active eq "False"`, `userName eq 1e400`,
		strings.Repeat("(", 100), strings.Repeat("not (", 40), strings.Repeat("a[", 50), `a eq "\`, "a eq \"\xff\"", `$ref pr`, `a.b.c pr`, `: pr`, ``,
		`id eq "@USER@"`, `not (id eq "@USER@")`, `id eq "@GROUP@" or displayName pr`, `userName eq "@NAME@@abroad.example"`, `externalId eq "key-@NAME@"`,
		`displayName eq "@NAME@"`, `members eq "@USER@"`, `members[value eq "@USER@" or value ne "x"]`, `groups.value eq "@GROUP@"`, `meta.location co "@USER@"`,
		`externalId eq "\u0000"`, `members eq "\u0000"`, `displayName eq "\u0000"`, `id eq "\u0000"`,
	} {
		f.Add(seed)
	}
	h := newHome(f)
	f.Fuzz(func(t *testing.T, filter string) {
		start := time.Now()
		filter = h.abroad.named.Replace(filter)
		wanted, err := readFilter(users, filter)
		matched := true // no filter finds everybody
		if err == nil && wanted != nil {
			matched, err = matches(wanted, inResource(users, h.tree))
			if k, ok := users.indexed(wanted); ok && matched && !strings.EqualFold(k.value, text(h.tree, k.attr)) {
				t.Errorf("%q matches, though the index knows nobody by %v", filter, k)
			}
		}
		if p, ok := errors.AsType[*problem](err); err != nil && (!ok || p.scimType != invalidFilter) {
			t.Errorf("%q gives %v", filter, err)
		}
		for _, list := range []string{"/Users", "/Groups"} {
			answer := h.call(t, "GET", Prefix+list+"?filter="+url.QueryEscape(filter), nil, "")
			wantCalm(t, start, answer, http.StatusOK, http.StatusBadRequest)
			h.abroad.wantUnseen(t, answer)
			if found := strings.Contains(answer.Body.String(), `"Resources":[{`); list == "/Users" && answer.Code == http.StatusOK && (err != nil || found != matched) {
				t.Errorf("%q matches: %v, %v; and the server answers %s", filter, matched, err, answer.Body)
			}
		}
	})
}

// home is an account with one user and a group that the user is in, beside
// another account.
type home struct {
	*world

	user, group string // their paths
	tree, kept  object // the user and the group as they are before anything is fuzzed
	abroad      *abroad
}

func newHome(f *testing.F) *home {
	w := newWorld(f, withSSO)
	w.trust(f, "example.com")
	h := &home{world: w, abroad: newAbroad(f, w)}
	h.tree = w.do(f, "POST", "/Users", janeBody, http.StatusCreated)
	h.user = "/Users/" + text(h.tree, "id")
	h.kept = w.do(f, "POST", "/Groups", `{"displayName": "Kept", "externalId": "43", "members": [{"value": "`+text(h.tree, "id")+`"}]}`, http.StatusCreated)
	h.group = "/Groups/" + text(h.kept, "id")
	return h
}

// abroad is another account with two users who are in two groups. What is fuzzed
// may name the ids of the first user and group and the names of the second: what
// it cannot name is in no answer, although all that is sent may come back later.
type abroad struct {
	*world

	named  *strings.Replacer // puts them into what is fuzzed; they differ from process to process
	ids    []string          // which are those of no resource and no member in an answer
	unsaid []string
	before string
}

func newAbroad(f *testing.F, w *world) *abroad {
	a := &abroad{world: w.elsewhere(f)}
	var people, teams, names []string
	for range 2 {
		name := "stranger-" + strings.ToLower(rand.Text())
		user := fmt.Sprintf(`{"userName": "%[1]s@abroad.example", "externalId": "key-%[1]s", "displayName": "%[1]s", "title": "%[1]s"}`, name)
		people = append(people, text(a.do(f, "POST", "/Users", user, http.StatusCreated), "id"))
		names = append(names, name)
	}
	for _, name := range names {
		group := fmt.Sprintf(`{"displayName": "%[1]s", "externalId": "key-%[1]s", "members": ["%[2]s", "%[3]s"]}`, name, people[0], people[1])
		teams = append(teams, text(a.do(f, "POST", "/Groups", group, http.StatusCreated), "id"))
	}
	a.named = strings.NewReplacer("@USER@", people[0], "@GROUP@", teams[0], "@NAME@", names[1])
	a.ids, a.unsaid = []string{people[0], teams[0]}, []string{people[1], teams[1], names[0]}
	a.before = a.all(f)
	return a
}

// all is all that the account has, as its own app sees it.
func (a *abroad) all(t testing.TB) string {
	t.Helper()
	return a.call(t, "GET", Prefix+"/Users", nil, "").Body.String() + a.call(t, "GET", Prefix+"/Groups", nil, "").Body.String()
}

func (a *abroad) wantUntouched(t *testing.T) {
	t.Helper()
	if after := a.all(t); after != a.before {
		t.Errorf("of another account's\n%s\nwas made\n%s", a.before, after)
	}
}

// wantUnseen holds an answer to the other account to nothing of this one.
func (a *abroad) wantUnseen(t *testing.T, answer *httptest.ResponseRecorder) {
	t.Helper()
	header := fmt.Sprint(answer.Header())
	if said := header + answer.Body.String(); containsAny(said, a.unsaid) {
		t.Errorf("the answer tells of another account: %.2000s", said)
	}
	var tree any
	if answer.Body.Len() > 0 {
		check(t, json.Unmarshal(answer.Body.Bytes(), &tree))
	}
	if a.isIn(tree) || containsAny(header, a.ids) {
		t.Errorf("the answer has a resource of another account: %s %.2000s", header, answer.Body)
	}
}

// isIn looks where an id says that a resource is there. Elsewhere it may be what
// the client sent: the key of a user, or a path.
func (a *abroad) isIn(tree any) bool {
	switch v := tree.(type) {
	case []any:
		return slices.ContainsFunc(v, a.isIn)
	case object:
		for name, value := range v {
			named := slices.Contains([]string{"id", "members", "groups"}, name) && containsAny(fmt.Sprint(value), a.ids)
			if named || a.isIn(value) {
				return true
			}
		}
	}
	return false
}

func containsAny(text string, parts []string) bool {
	return slices.ContainsFunc(parts, func(part string) bool { return strings.Contains(text, part) })
}

// FuzzPatchPath changes a user and a group at any path, by each operation and
// value, in memory and on the server: no panic, no endless work, what it comes to
// can be written, and nothing of another account's comes in.
func FuzzPatchPath(f *testing.F) {
	for _, seed := range [][3]string{
		{"add", `emails[type eq "work"].value`, `"x@example.com"`}, {"Replace", "active", `"False"`}, {"remove", `phoneNumbers[type eq "work"]`, ``},
		{"add", "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User", `{"department": null}`}, {"remove", "urn:us:zoom:scim:schemas:extension:1.0:ZoomUser", `1`},
		{"replace", "name", `"text"`}, {"add", "name.formatted", `[]`}, {"add", "phoneNumbers", `[[], {}, null, "1"]`}, {"add", "userName.x", `{}`},
		{"replace", "phoneNumbers.value", `"3"`}, {"remove", "members[value eq \"\u0000\"]", `"\ud800"`}, {"add", "", `{"emails[": 1, "a.b": 2, "meta": {}}`},
		{"add", "manager", `"boss"`}, {"replace", "externalId", `"\u0000"`}, {"add", strings.Repeat("a[", 40), `1e400`},
		{"replace", "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager", `{"value": "@USER@"}`}, {"replace", "userName", `"@NAME@@abroad.example"`},
		{"add", "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager.value", `"@USER@"`}, {"replace", "externalId", `"key-@NAME@"`},
		{"add", "members", `[{"value": "@USER@"}]`}, {"replace", "members", `["@USER@"]`}, {"remove", `members[value eq "@USER@"]`, ``}, {"remove", "members", ``},
		{"add", "", `{"urn:ietf:params:scim:schemas:core:2.0:Group:members": "@USER@", "displayName": "@NAME@"}`}, {"replace", "id", `"@GROUP@"`},
		{"add", "title", `"@USER@"`}, {"replace", "userName", `null`}, {"remove", "name", ``}, {"replace", "userType", `"None"`},
	} {
		f.Add(seed[0], seed[1], seed[2])
	}
	h := newHome(f)
	f.Fuzz(func(t *testing.T, op, path, value string) {
		start := time.Now()
		body, request, ok := onePatch(h.abroad.named.Replace(op), h.abroad.named.Replace(path), h.abroad.named.Replace(value))
		if !ok {
			return
		}
		after := copied(h.tree).(object)
		err := patcher{users, after}.apply(request.Operations[0])
		if err == nil {
			_, err = userPatch(convoke.Entry{}, h.tree, after)
		}
		group := groupEdit{tree: object{"displayName": "Sales"}}
		groupErr := group.apply(request.Operations[0])
		for _, err := range []error{err, groupErr} {
			if p, ok := errors.AsType[*problem](err); err != nil && (!ok || p.status != http.StatusBadRequest) {
				t.Errorf("%s gives %v", body, err)
			}
		}
		if _, err := json.Marshal([]any{after, group.tree}); err != nil {
			t.Error(err)
		}
		h.patch(t, start, h.user, body, h.tree, err)
		h.patch(t, start, h.group, body, h.kept, groupErr)
		h.abroad.wantUntouched(t)
	})
}

// onePatch is a PATCH of one operation, and how the server reads it; false for
// what it refuses unread.
func onePatch(op, path, value string) (string, patchRequest, bool) {
	operation := object{"op": op, "path": path}
	if value != "" {
		operation["value"] = json.RawMessage(value)
	}
	body, err := json.Marshal(object{"Operations": []any{operation}})
	var request patchRequest
	if err != nil || decodeObject(body, &request) != nil || request.check() != nil {
		return "", request, false
	}
	return string(body), request, true
}

// patch makes a change of a resource, which is refused when it was in memory, and
// takes it back.
func (h *home) patch(t *testing.T, start time.Time, target, body string, before object, refusal error) {
	t.Helper()
	answer := h.call(t, "PATCH", Prefix+target, nil, body)
	wantCalm(t, start, answer, http.StatusOK, http.StatusNoContent, http.StatusBadRequest, http.StatusConflict)
	h.abroad.wantUnseen(t, answer)
	if refusal != nil && answer.Code != http.StatusBadRequest {
		t.Errorf("%s gives %v in memory, and here %d", body, refusal, answer.Code)
	}
	now := h.call(t, "GET", Prefix+target, nil, "")
	wantCalm(t, start, now, http.StatusOK)
	h.abroad.wantUnseen(t, now)
	if answer.Code < http.StatusBadRequest {
		former, err := json.Marshal(before)
		check(t, err)
		h.do(t, "PUT", target, string(former), http.StatusOK)
	}
}

// FuzzBody sends any body to every call that takes one, at this account's
// resources and at another's.
func FuzzBody(f *testing.F) {
	for _, seed := range []string{
		janeBody, `{"Operations": [{"op": "replace", "value": {"active": false}}]}`, `{"filter": "userName pr", "attributes": ["name[", 1], "count": -1}`,
		`{"Operations": [{"method": "POST", "path": "/Users", "bulkId": "a", "data": {"userName": "bulkId:a"}}, {"method": "PATCH", "path": "/Users/bulkId:b", "bulkId": "b"}]}`,
		`{"userName": {"a": []}, "NAME": null, "name": [], "emails": {"value": 1}, "active": [true]}`, `{"userName": "\ud800@example.com"}`,
		`{"userName": "a@b.example", "externalId": "\u0000", "timezone": "\u0007"}`, `[]`, `{`, "\xef\xbb\xbf{}", `{"userName": "a@b.example"} x`,
		strings.Repeat(`{"a":`, 5000), `{"displayName": "G", "members": [{"value": "me"}, "x", null, {}]}`,
		`{"Operations": [{"op": "remove", "path": "members[value eq \"x\" or value pr]"}, {"op": "add", "value": {"MEMBERS": {"value": 1}}}]}`, `{"failOnErrors": 1e9, "Operations": [{}]}`, `{"Operations": [{"method": "DELETE", "path": "/Users/%00"}, {"method": "PUT", "path": "//x"}]}`,
		`{"Operations": [{"method": "DELETE", "path": "/Users/@USER@"}, {"method": "DELETE", "path": "/Groups/@GROUP@"}, {"method": "PUT", "path": "/Users/@USER@", "data": {"title": "X"}}]}`,
		`{"Operations": [{"method": "PATCH", "path": "/Groups/@GROUP@", "data": {"Operations": [{"op": "add", "path": "members", "value": "@USER@"}]}}]}`,
		`{"Operations": [{"method": "POST", "path": "/Groups", "bulkId": "g", "data": {"displayName": "@NAME@", "members": ["@USER@"]}}]}`,
		`{"Operations": [{"op": "add", "path": "members", "value": [{"value": "@USER@"}]}]}`, `{"Operations": [{"op": "remove", "path": "members[value eq \"@USER@\"]"}]}`,
		`{"displayName": "@NAME@", "externalId": "key-@NAME@", "members": [{"value": "@USER@"}]}`, `{"filter": "id eq \"@USER@\" or id eq \"@GROUP@\""}`,
		`{"filter": "displayName eq \"@NAME@\"", "attributes": ["id"]}`, `{"filter": "members eq \"@USER@\"", "attributes": ["members"]}`,
		`{"userName": "@NAME@@abroad.example", "externalId": "key-@NAME@", "id": "@USER@", "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User": {"manager": "@USER@"}}`,
		`{"userName": "a@b.example", "id": "@USER@", "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User": {"manager": {"value": "@USER@"}}}`,
		`{"sortBy": "id", "cursor": "", "count": 1}`, `{"title": "@USER@", "groups": [{"value": "@GROUP@"}]}`,
	} {
		f.Add(seed)
	}
	h := newHome(f)
	f.Fuzz(func(t *testing.T, body string) {
		body = h.abroad.named.Replace(body)
		for _, call := range [][2]string{
			{"POST", "/Users"}, {"PUT", h.user}, {"PATCH", h.user}, {"POST", "/Users/.search"},
			{"POST", "/Groups"}, {"PUT", h.group}, {"PATCH", h.group}, {"POST", "/Groups/.search"}, {"POST", "/Bulk"},
		} {
			start := time.Now()
			answer := h.call(t, call[0], Prefix+call[1], nil, body)
			wantCalm(t, start, answer, http.StatusOK, http.StatusCreated, http.StatusNoContent, http.StatusBadRequest, http.StatusNotFound, http.StatusConflict,
				http.StatusRequestEntityTooLarge, http.StatusTooManyRequests)
			h.abroad.wantUnseen(t, answer)
		}
		for _, call := range [][2]string{{"PUT", "/Users/@USER@"}, {"PATCH", "/Users/@USER@"}, {"PUT", "/Groups/@GROUP@"}, {"PATCH", "/Groups/@GROUP@"}} {
			start := time.Now()
			answer := h.call(t, call[0], Prefix+h.abroad.named.Replace(call[1]), nil, body)
			wantCalm(t, start, answer, http.StatusBadRequest, http.StatusNotFound, http.StatusRequestEntityTooLarge)
			h.abroad.wantUnseen(t, answer)
		}
		h.abroad.wantUntouched(t)
	})
}

// wantCalm holds an answer to what may be, in time, and in SCIM's own form.
func wantCalm(t *testing.T, start time.Time, answer *httptest.ResponseRecorder, statuses ...int) {
	t.Helper()
	if took := time.Since(start); took > slow {
		t.Errorf("the answer took %v", took)
	}
	if !slices.Contains(statuses, answer.Code) {
		t.Errorf("status %d: %.500s", answer.Code, answer.Body)
	}
	if answer.Code == http.StatusNoContent {
		return
	}
	var body object
	if err := json.Unmarshal(answer.Body.Bytes(), &body); err != nil {
		t.Fatalf("the answer is no JSON: %v: %.500s", err, answer.Body)
	}
	if answer.Code >= http.StatusBadRequest && (body["status"] == nil || body["detail"] == "") {
		t.Errorf("the error is none of SCIM's: %.500s", answer.Body)
	}
}
