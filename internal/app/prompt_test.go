// SPDX-License-Identifier: Apache-2.0

package app_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"golang.org/x/oauth2"
)

// silently asks for what needs no answer of the person (prompt=none), and returns
// what the app is told at its redirect URI.
func (b browser) silently(app relyingParty, params ...string) url.Values {
	b.p.t.Helper()
	options := []oauth2.AuthCodeOption{oauth2.SetAuthURLParam("prompt", "none")}
	for i := 0; i < len(params); i += 2 {
		options = append(options, oauth2.SetAuthURLParam(params[i], params[i+1]))
	}
	to, status := b.open(app.AuthCodeURL("quiet", options...))
	for to != nil && to.Host != "127.0.0.1:9" {
		to, status = b.open(to.String())
	}
	if to == nil || to.Query().Get("state") != "quiet" {
		b.p.t.Fatalf("sent to %v, status %d", to, status)
	}
	return to.Query()
}

// TestAnAppMayWantNobodyToBeAsked: it is told what is missing, or gets a code.
func TestAnAppMayWantNobodyToBeAsked(t *testing.T) {
	t.Parallel()
	p := newProcess(t)
	person, app := newPerson(p), newRelyingParty(p, "user")
	stranger := person
	stranger.Client = &http.Client{CheckRedirect: person.CheckRedirect}
	app.Scopes = []string{"openid", "email"}
	wantTold(t, person.silently(app), "consent_required")
	_, first := app.signIn(person)
	wantTold(t, stranger.silently(app), "login_required")
	wantTold(t, person.silently(app, "max_age", "0"), "login_required")
	wantTold(t, person.silently(app, "scope", "openid meeting:write"), "consent_required")
	told := person.silently(app, "max_age", "3600")
	token, err := app.Exchange(t.Context(), told.Get("code"))
	check(t, err)
	if again := app.verify(person, token); again.Subject != first.Subject {
		t.Errorf("the ID token is of %s, want %s", again.Subject, first.Subject)
	}
	if to, status := person.open(p.url + "/portal/connect?prompt=none&client_id=" + app.ClientID + "&redirect_uri=https://evil.example"); to != nil {
		t.Errorf("sent to %v, status %d", to, status)
	}
}

func wantTold(t *testing.T, told url.Values, fault string) {
	t.Helper()
	if told.Get("error") != fault || told.Has("code") || told.Get("iss") == "" {
		t.Errorf("the app is told %v, want %s", told, fault)
	}
}

// TestAnAppMayWantAFreshSignIn: the person signs in again, and the ID token says
// when they did, also when it is refreshed.
func TestAnAppMayWantAFreshSignIn(t *testing.T) {
	t.Parallel()
	p := newProcess(t)
	person, app := newPerson(p), newRelyingParty(p, "user")
	first := app.authTime(person)
	if age := time.Since(first); age < 0 || age > time.Minute {
		t.Errorf("the person had signed in %s ago", age)
	}
	for name, option := range map[string]oauth2.AuthCodeOption{
		"prompt":  oauth2.SetAuthURLParam("prompt", "login"),
		"select":  oauth2.SetAuthURLParam("prompt", "consent select_account"),
		"max_age": oauth2.SetAuthURLParam("max_age", "0"),
	} {
		address := app.AuthCodeURL("s", option, oauth2.SetAuthURLParam("login_after", "1"))
		to, _ := person.open(address)
		if to == nil || !strings.HasPrefix(to.Path, "/portal/connect") {
			t.Fatalf("%s: sent to %v", name, to)
		}
		var problem struct{ Code string }
		person.portal(http.MethodGet, "connect?"+to.RawQuery, "", http.StatusUnauthorized, &problem)
		if problem.Code != "login_required" {
			t.Errorf("%s: the person is told %q", name, problem.Code)
		}
		person.portal(http.MethodPost, "connect?"+to.RawQuery, `{"allow":true}`, http.StatusUnauthorized, nil)
		person.signIn()
		person.portal(http.MethodPost, "connect?"+to.RawQuery, `{"allow":true}`, http.StatusOK, nil)
	}
	if last := app.authTime(person, oauth2.SetAuthURLParam("max_age", "3600")); !last.After(first.Add(-time.Second)) || last.After(time.Now()) {
		t.Errorf("the person signed in at %s, and before at %s", last, first)
	}
}

// authTime is when the ID token says that the person had signed in; that of a
// refreshed one is the same.
func (r relyingParty) authTime(b browser, options ...oauth2.AuthCodeOption) time.Time {
	b.p.t.Helper()
	token, id := r.signIn(b, options...)
	var said, later struct {
		AuthTime int64 `json:"auth_time"`
	}
	check(b.p.t, id.Claims(&said))
	next, err := r.refresh(b.p.t.Context(), token.RefreshToken)
	check(b.p.t, err)
	check(b.p.t, r.verify(b, next).Claims(&later))
	if said.AuthTime == 0 || said != later {
		b.p.t.Errorf("auth_time is %d, and refreshed %d", said.AuthTime, later.AuthTime)
	}
	return time.Unix(said.AuthTime, 0)
}
