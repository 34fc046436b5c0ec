// SPDX-License-Identifier: Apache-2.0

package signon_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/convoke/convoke/internal/signon"
)

func TestAnAccountsOwnHost(t *testing.T) {
	t.Parallel()
	const public = "https://meet.example.com"
	next := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusTeapot) })
	for _, c := range []struct {
		suffix, method, host, path string
		status                     int
		to                         string
	}{
		{"sso.example.com", "GET", "acme.sso.example.com", "/", 303, public + "/sso/acme"},
		{"sso.example.com", "GET", "ACME.SSO.Example.com.:443", "/", 303, public + "/sso/acme"},
		{"SSO.example.com", "HEAD", "acme.sso.example.com:8443", "/", 303, public + "/sso/acme"},
		{"sso.example.com", "GET", "acme.sso.example.com", "/?return=/portal/home", 303, public + "/sso/acme?return=%2Fportal%2Fhome"},
		{"sso.example.com", "GET", "acme.sso.example.com", "/?return=//evil.example/", 303, public + "/sso/acme?return=%2Fportal"},
		{"sso.example.com", "POST", "acme.sso.example.com", "/", 405, ""},
		{"sso.example.com", "POST", "acme.sso.example.com", "/sso/acme/acs", 404, ""},
		{"sso.example.com", "GET", "acme.sso.example.com", "/api/v1/users", 404, ""},
		{"sso.example.com", "GET", "a.acme.sso.example.com", "/", 404, ""},
		{"sso.example.com", "GET", ".sso.example.com", "/", 404, ""},
		{"sso.example.com", "GET", "ac/me.sso.example.com", "/", 404, ""},
		{"sso.example.com", "GET", "sso.example.com", "/", 418, ""},
		{"sso.example.com", "GET", "acmesso.example.com", "/", 418, ""},
		{"sso.example.com", "GET", "acme.sso.example.com.evil.example", "/", 418, ""},
		{"sso.example.com", "GET", "meet.example.com", "/", 418, ""},
		{"sso.example.com", "GET", "", "/", 418, ""},
		{"example.com", "GET", "meet.example.com", "/", 418, ""}, // the public URL's own host stays itself
		{"", "GET", "acme.sso.example.com", "/", 418, ""},
	} {
		request := httptest.NewRequest(c.method, c.path, http.NoBody)
		request.Host = c.host
		answer := httptest.NewRecorder()
		signon.ByHost(c.suffix, public, next).ServeHTTP(answer, request)
		if answer.Code != c.status || answer.Header().Get("Location") != c.to {
			t.Errorf("%s %s%s: %d to %q, want %d to %q", c.method, c.host, c.path, answer.Code, answer.Header().Get("Location"), c.status, c.to)
		}
	}
}
