// SPDX-License-Identifier: Apache-2.0

package app_test

import (
	"fmt"
	"net/http"
	"net/url"
	"testing"

	"github.com/convoke/convoke/internal/store/storetest"
)

// resource is what this test reads of a SCIM answer.
type resource struct {
	ID           string           `json:"id"`
	Active       bool             `json:"active"`
	Detail       string           `json:"detail"`
	TotalResults int              `json:"totalResults"`
	Resources    []resource       `json:"Resources"`
	Members      []map[string]any `json:"members"`
}

// TestADirectoryPushesToARealServer makes, finds, groups, switches off and
// deletes users by SCIM, against the real program on both databases.
func TestADirectoryPushesToARealServer(t *testing.T) {
	t.Parallel()
	for name, flags := range map[string]func(*testing.T) []string{
		"SQLite":     func(*testing.T) []string { return nil },
		"PostgreSQL": func(t *testing.T) []string { return []string{"--database-url=" + storetest.PostgreSQL(t)} },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newProcess(t, flags(t)...)
			token := p.token("--scopes", "scim2:admin")
			scim := func(method, path, body string, want int) (r resource) {
				t.Helper()
				status, err := call(http.DefaultClient, token, method, p.url+"/scim2"+path, body, &r)
				if err != nil || status != want {
					t.Fatalf("%s %s: status %d, want %d: %s, %v", method, path, status, want, r.Detail, err)
				}
				return r
			}
			scim("GET", "/Users", "", http.StatusBadRequest) // no single sign-on yet
			p.run("account", "set", "--sso=true")
			p.run("domain", "add", "example.com", "--trust")
			push(t, scim)
		})
	}
}

func push(t *testing.T, scim func(method, path, body string, want int) resource) {
	t.Helper()
	var ids []string
	for i := range 5 {
		made := scim("POST", "/Users", fmt.Sprintf(`{"userName": "u%d@example.com", "externalId": "key \u0000 %d"}`, i, i), http.StatusCreated)
		ids = append(ids, made.ID)
	}
	scim("POST", "/Users", `{"userName": "U0@example.com"}`, http.StatusConflict)
	scim("PUT", "/Users/"+ids[0], `{"userName": "\u0000"}`, http.StatusBadRequest)
	scim("PATCH", "/Users/"+ids[0], `{"Operations": [{"op": "replace", "path": "userName", "value": "a\u0000b"}]}`, http.StatusBadRequest)
	group := scim("POST", "/Groups", fmt.Sprintf(`{"displayName": "All", "members": [{"value": %q}, {"value": %q}]}`, ids[0], ids[1]), http.StatusCreated)
	scim("PATCH", "/Users/"+ids[0], `{"Operations": [{"op": "Replace", "path": "active", "value": "False"}]}`, http.StatusOK)
	scim("DELETE", "/Users/"+ids[1], "", http.StatusNoContent)
	for filter, want := range map[string]string{
		`userName eq "u3@example.com"`: ids[3], "externalId eq \"key \\u0000 4\"": ids[4], `active eq false`: ids[0], `userName eq "\u0000@example.com"`: "",
	} {
		found := scim("GET", "/Users?filter="+url.QueryEscape(filter), "", http.StatusOK)
		if want == "" && found.TotalResults == 0 {
			continue
		}
		if found.TotalResults != 1 || found.Resources[0].ID != want {
			t.Errorf("%s finds %+v, want %s", filter, found, want)
		}
	}
	for start, want := range map[int]string{1: ids[0], 2: ids[2], 3: ids[3], 4: ids[4]} {
		page := scim("GET", fmt.Sprintf("/Users?startIndex=%d&count=1", start), "", http.StatusOK)
		if page.TotalResults != 4 || len(page.Resources) != 1 || page.Resources[0].ID != want {
			t.Errorf("page %d is %+v, want %s", start, page, want)
		}
	}
	if left := scim("GET", "/Groups/"+group.ID, "", http.StatusOK); len(left.Members) != 1 {
		t.Errorf("the members left are %v", left.Members)
	}
}
