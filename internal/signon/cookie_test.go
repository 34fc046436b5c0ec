// SPDX-License-Identifier: Apache-2.0

package signon_test

import (
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"testing"
	"time"

	"github.com/convoke/convoke/internal/access"
	"github.com/convoke/convoke/internal/signon"
)

// noon is in whole seconds, which is what a cookie's end is written in.
var noon = time.Date(2026, 3, 31, 12, 0, 0, 0, time.UTC)

func newDesk(publicURL string) signon.Desk {
	return signon.NewDesk(signon.Config{PublicURL: publicURL, Logger: slog.New(slog.DiscardHandler)})
}

func get(path string) *http.Request { return httptest.NewRequest(http.MethodGet, path, http.NoBody) }

// A cookie that comes with another site's form is None, which browsers take only
// under https; without https it says nothing, which is the nearest there is.
func TestTheBrowsersCookie(t *testing.T) {
	t.Parallel()
	const unsaid = http.SameSite(0)
	for _, c := range []struct {
		public   string
		byForm   bool
		sameSite http.SameSite
		secure   bool
	}{
		{"https://meet.example.com", true, http.SameSiteNoneMode, true},
		{"https://meet.example.com", false, http.SameSiteLaxMode, true},
		{"HTTPS://meet.example.com", true, http.SameSiteNoneMode, true},
		{"http://localhost:8080", true, unsaid, false},
		{"http://localhost:8080", false, http.SameSiteLaxMode, false},
		{"http://https.example.com", true, unsaid, false},
	} {
		answer := httptest.NewRecorder()
		value := newDesk(c.public).Browser(answer, get("/sso/acme"), "acme", noon, c.byForm)
		found := answer.Result().Cookies()
		if len(found) != 1 || value == "" {
			t.Fatalf("%s, by form %v: %q in %v", c.public, c.byForm, value, found)
		}
		wantCookie(t, found[0], http.Cookie{
			Name: "convoke_sso", Value: value, Path: "/sso/acme", Expires: noon.Add(signon.RequestLife), SameSite: c.sameSite, Secure: c.secure,
		})
	}
}

// wantCookie compares all that decides who is sent a cookie; no script may read one.
func wantCookie(t *testing.T, got *http.Cookie, want http.Cookie) {
	t.Helper()
	if got.Name != want.Name || got.Value != want.Value || got.Path != want.Path || !got.Expires.Equal(want.Expires) || got.MaxAge != 0 {
		t.Errorf("the cookie is %s, want %s", got.Raw, want.String())
	}
	if got.SameSite != want.SameSite || got.Secure != want.Secure || !got.HttpOnly || got.Domain != "" {
		t.Errorf("the cookie is %s; want the SameSite %d, Secure %v, HttpOnly and no Domain", got.Raw, want.SameSite, want.Secure)
	}
}

// The secret that a browser has is kept, so that several sign-ins may be under
// way; what could not be one of ours is replaced.
func TestTheBrowsersSecretIsKept(t *testing.T) {
	t.Parallel()
	desk := newDesk("https://meet.example.com")
	first := desk.Browser(httptest.NewRecorder(), get("/sso/acme"), "acme", noon, true)
	for value, kept := range map[string]bool{first: true, "": false, "AAAA": false, first + "AAAA": false, "!" + first[1:]: false} {
		request := get("/sso/acme")
		request.AddCookie(&http.Cookie{Name: "convoke_sso", Value: value})
		if got := desk.Browser(httptest.NewRecorder(), request, "acme", noon, true); (got == value) != kept || len(got) != len(first) {
			t.Errorf("%q becomes %q", value, got)
		}
		if got := signon.BrowserOf(request); got != value {
			t.Errorf("%q is read as %q", value, got)
		}
	}
	if signon.BrowserOf(get("/sso/acme")) != "" || signon.SessionOf(get("/sso/acme")) != "" {
		t.Error("a browser without cookies has some")
	}
}

func TestTheSessionsCookiesComeAndGo(t *testing.T) {
	t.Parallel()
	in := access.SignedIn{Cookie: "secret", ExpiresAt: noon.Add(time.Hour)}
	for public, secure := range map[string]bool{"https://meet.example.com": true, "http://meet.example.com": false} {
		set, cleared := httptest.NewRecorder(), httptest.NewRecorder()
		newDesk(public).SetCookies(set, "acme", in)
		newDesk(public).ClearCookies(cleared, "acme")
		wants := []http.Cookie{
			{Name: "convoke_session", Value: "secret", Path: "/portal"}, {Name: "convoke_sso_at", Value: "acme", Path: "/portal"},
			{Name: "convoke_sso_session", Value: "secret", Path: "/sso/acme"},
		}
		given, taken := set.Result().Cookies(), cleared.Result().Cookies()
		if len(given) != len(wants) || len(taken) != len(wants) {
			t.Fatalf("%s sets %v and clears %v", public, given, taken)
		}
		for i, want := range wants {
			want.SameSite, want.Secure, want.Expires = http.SameSiteLaxMode, secure, in.ExpiresAt
			wantCookie(t, given[i], want)
			want.Value, want.Expires = "", time.Unix(1, 0)
			wantCookie(t, taken[i], want)
		}
	}
}

// A browser sends each cookie where it is read and nowhere else, and none once
// they are cleared.
func TestABrowserForgetsTheSession(t *testing.T) {
	t.Parallel()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	names := func(address string) (list []string) {
		for _, cookie := range jar.Cookies(at(t, address)) {
			list = append(list, cookie.Name)
		}
		return list
	}
	desk := newDesk("https://meet.example.com")
	answer := httptest.NewRecorder()
	desk.SetCookies(answer, "acme", access.SignedIn{Cookie: "secret", ExpiresAt: time.Now().Add(time.Hour)})
	callback := "https://meet.example.com/sso/acme/acs"
	jar.SetCookies(at(t, callback), answer.Result().Cookies())
	for address, count := range map[string]int{
		"https://meet.example.com/portal/api": 2, callback: 1, "https://meet.example.com/sso/other/acs": 0, "https://meet.example.com/sso/acmex": 0,
		"https://meet.example.com/api": 0, "http://meet.example.com/portal/api": 0, "https://other.example.com/portal/api": 0,
	} {
		if got := names(address); len(got) != count {
			t.Errorf("to %s goes %v, want %d", address, got, count)
		}
	}
	answer = httptest.NewRecorder()
	desk.ClearCookies(answer, "acme")
	jar.SetCookies(at(t, callback), answer.Result().Cookies())
	if left := append(names("https://meet.example.com/portal/api"), names(callback)...); len(left) > 0 {
		t.Errorf("%v are left", left)
	}
}

func at(t *testing.T, address string) *url.URL {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	return u
}
