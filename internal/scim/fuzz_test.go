// SPDX-License-Identifier: Apache-2.0

package scim

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/convoke/convoke/internal/convoke"
)

// slow is far longer than any parse or answer should take, even on a busy machine.
const slow = 2 * time.Second

// FuzzFilter evaluates any filter on a user: no panic, no endless work, and what
// is refused is refused as a filter. What an index answers is what is compared.
func FuzzFilter(f *testing.F) {
	for _, seed := range []string{
		`userName eq "jane@example.com"`, `not (title pr) and (active eq true or name.familyName sw "R")`, `emails[type eq "work" and not (value co "x")]`,
		`emails[type eq "work"].value eq "x"`, `urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager.value ne null`,
		`meta.created gt 2015-10-10T14:38:21.8617979-07:00`, `externalId eq "\u00e9\"\\"`, `active eq "False"`, `userName eq 1e400`,
		strings.Repeat("(", 100), strings.Repeat("not (", 40), strings.Repeat("a[", 50), `a eq "\`, "a eq \"\xff\"", `$ref pr`, `a.b.c pr`, `: pr`, ``,
	} {
		f.Add(seed)
	}
	tree := jane(f)
	f.Fuzz(func(t *testing.T, filter string) {
		start := time.Now()
		wanted, err := readFilter(users, filter)
		if err == nil && wanted != nil {
			var matched bool
			matched, err = matches(wanted, inResource(users, tree))
			if k, ok := users.indexed(wanted); ok && matched && !strings.EqualFold(k.value, text(tree, k.attr)) {
				t.Errorf("%q matches, though the index knows nobody by %v", filter, k)
			}
		}
		if p, ok := errors.AsType[*problem](err); err != nil && (!ok || p.scimType != invalidFilter) {
			t.Errorf("%q gives %v", filter, err)
		}
		if took := time.Since(start); took > slow {
			t.Errorf("it took %v", took)
		}
	})
}

// jane is a user's tree.
func jane(f *testing.F) object {
	w := newWorld(f, withSSO)
	w.trust(f, "example.com")
	return w.do(f, "POST", "/Users", janeBody, http.StatusCreated)
}

// FuzzPatchPath changes a user's tree at any path, by each operation and value: no
// panic, no endless work, and what it comes to can be written.
func FuzzPatchPath(f *testing.F) {
	for _, seed := range [][3]string{
		{"add", `emails[type eq "work"].value`, `"x@example.com"`}, {"Replace", "active", `"False"`}, {"remove", `phoneNumbers[type eq "work"]`, ``},
		{"add", "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User", `{"department": null}`}, {"remove", "urn:us:zoom:scim:schemas:extension:1.0:ZoomUser", `1`},
		{"replace", "name", `"text"`}, {"add", "name.formatted", `[]`}, {"add", "phoneNumbers", `[[], {}, null, "1"]`}, {"add", "userName.x", `{}`},
		{"replace", "phoneNumbers.value", `"3"`}, {"remove", "members[value eq \"\u0000\"]", `"\ud800"`}, {"add", "", `{"emails[": 1, "a.b": 2, "meta": {}}`},
		{"add", "manager", `"boss"`}, {"replace", "externalId", `"\u0000"`}, {"add", strings.Repeat("a[", 40), `1e400`},
	} {
		f.Add(seed[0], seed[1], seed[2])
	}
	tree := jane(f)
	f.Fuzz(func(t *testing.T, op, path, value string) {
		start := time.Now()
		request := patchRequest{Operations: []operation{{op, path, json.RawMessage(value)}}}
		if !json.Valid([]byte(value)) || request.check() != nil {
			return
		}
		after := copied(tree).(object)
		err := patcher{users, after}.apply(request.Operations[0])
		if err == nil {
			_, err = userPatch(convoke.Entry{}, tree, after)
		}
		group := groupEdit{tree: object{"displayName": "Sales"}}
		for _, err := range []error{err, group.apply(request.Operations[0])} {
			if p, ok := errors.AsType[*problem](err); err != nil && (!ok || p.status != http.StatusBadRequest) {
				t.Errorf("%s %q %s gives %v", op, path, value, err)
			}
		}
		if _, err := json.Marshal([]any{after, group.tree}); err != nil {
			t.Error(err)
		}
		if took := time.Since(start); took > slow {
			t.Errorf("it took %v", took)
		}
	})
}

// FuzzBody sends any body to every call that takes one.
func FuzzBody(f *testing.F) {
	for _, seed := range []string{
		janeBody, `{"Operations": [{"op": "replace", "value": {"active": false}}]}`, `{"filter": "userName pr", "attributes": ["name[", 1], "count": -1}`,
		`{"Operations": [{"method": "POST", "path": "/Users", "bulkId": "a", "data": {"userName": "bulkId:a"}}, {"method": "PATCH", "path": "/Users/bulkId:b", "bulkId": "b"}]}`,
		`{"userName": {"a": []}, "NAME": null, "name": [], "emails": {"value": 1}, "active": [true]}`, `{"userName": "\ud800@example.com"}`,
		`{"userName": "a@b.example", "externalId": "\u0000", "timezone": "\u0007"}`, `[]`, `{`, "\xef\xbb\xbf{}", `{"userName": "a@b.example"} x`,
		strings.Repeat(`{"a":`, 5000), `{"displayName": "G", "members": [{"value": "me"}, "x", null, {}]}`,
		`{"Operations": [{"op": "remove", "path": "members[value eq \"x\" or value pr]"}, {"op": "add", "value": {"MEMBERS": {"value": 1}}}]}`, `{"failOnErrors": 1e9, "Operations": [{}]}`, `{"Operations": [{"method": "DELETE", "path": "/Users/%00"}, {"method": "PUT", "path": "//x"}]}`,
	} {
		f.Add(seed)
	}
	w := newWorld(f, withSSO)
	user := "/Users/" + text(w.do(f, "POST", "/Users", janeBody, http.StatusCreated), "id")
	group := "/Groups/" + text(w.do(f, "POST", "/Groups", `{"displayName": "Kept"}`, http.StatusCreated), "id")
	f.Fuzz(func(t *testing.T, body string) {
		for _, call := range [][2]string{
			{"POST", "/Users"}, {"PUT", user}, {"PATCH", user}, {"POST", "/Users/.search"},
			{"POST", "/Groups"}, {"PUT", group}, {"PATCH", group}, {"POST", "/Groups/.search"}, {"POST", "/Bulk"},
		} {
			start := time.Now()
			answer := w.call(t, call[0], Prefix+call[1], nil, body)
			wantCalm(t, start, answer, http.StatusOK, http.StatusCreated, http.StatusNoContent, http.StatusBadRequest, http.StatusNotFound, http.StatusConflict,
				http.StatusRequestEntityTooLarge, http.StatusTooManyRequests)
		}
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
