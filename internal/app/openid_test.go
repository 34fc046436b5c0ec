// SPDX-License-Identifier: Apache-2.0

package app_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"github.com/convoke/convoke/internal/convoke"
	"github.com/convoke/convoke/internal/store"
	"github.com/convoke/convoke/internal/store/storetest"
)

const (
	openIDBack     = "http://127.0.0.1:9/back?from=convoke"
	openIDEmail    = "ada@example.com"
	openIDPassword = "correct horse 1 Battery"
)

// browser is a person's: it keeps cookies and follows no redirect by itself, so
// that a test sees each.
type browser struct {
	*http.Client

	p *process
}

// newPerson makes a user with a password, and the browser in which they sign in.
func newPerson(p *process) browser {
	p.t.Helper()
	p.run("account", "set", "--auto-create=true")
	p.run("domain", "add", "example.com", "--trust")
	status, err := call(http.DefaultClient, p.token(), http.MethodPost, p.url+"/v2/users",
		`{"action":"autoCreate","user_info":{"email":"`+openIDEmail+`","type":1,"password":"`+openIDPassword+`"}}`, nil)
	if err != nil || status != http.StatusCreated {
		p.t.Fatalf("making the user: status %d, %v", status, err)
	}
	jar, err := cookiejar.New(nil)
	check(p.t, err)
	b := browser{&http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}, p}
	b.signIn()
	return b
}

func (b browser) signIn() {
	b.p.t.Helper()
	b.portal(http.MethodPost, "session", `{"email":"`+openIDEmail+`","password":"`+openIDPassword+`"}`, http.StatusOK, nil)
}

// portal is a call of the portal's own pages.
func (b browser) portal(method, path, body string, want int, to any) {
	b.p.t.Helper()
	request, err := http.NewRequest(method, b.p.url+"/portal/api/"+path, strings.NewReader(body))
	check(b.p.t, err)
	request.Header.Set("Content-Type", "application/json")
	answer, err := b.Do(request)
	check(b.p.t, err)
	defer answer.Body.Close()
	raw, err := io.ReadAll(answer.Body)
	check(b.p.t, err)
	if answer.StatusCode != want {
		b.p.t.Fatalf("%s %s: status %d, want %d: %s", method, path, answer.StatusCode, want, raw)
	}
	if to != nil {
		check(b.p.t, json.Unmarshal(raw, to))
	}
}

// open follows the app's address to where the person is sent first.
func (b browser) open(address string) (*url.URL, int) {
	b.p.t.Helper()
	answer, err := b.Get(address)
	check(b.p.t, err)
	answer.Body.Close()
	to, _ := answer.Location()
	return to, answer.StatusCode
}

// answer presses a button of the consent page, and returns what the app is told
// at its redirect URI.
func (b browser) answer(address, allow string) url.Values {
	b.p.t.Helper()
	to, status := b.open(address)
	if to == nil || to.Path != "/portal/connect" {
		b.p.t.Fatalf("sent to %v, status %d", to, status)
	}
	var asked struct{ App, Person, Site string }
	b.portal(http.MethodGet, "connect?"+to.RawQuery, "", http.StatusOK, &asked)
	if asked.App != "test" || asked.Person != openIDEmail || asked.Site != "127.0.0.1:9" {
		b.p.t.Errorf("the person is asked %+v", asked)
	}
	var next struct{ Redirect string }
	b.portal(http.MethodPost, "connect?"+to.RawQuery, `{"allow":`+allow+`}`, http.StatusOK, &next)
	if !strings.HasPrefix(next.Redirect, "http://127.0.0.1:9/back?") {
		b.p.t.Fatalf("sent on to %s", next.Redirect)
	}
	back, err := url.Parse(next.Redirect)
	check(b.p.t, err)
	return back.Query()
}

// relyingParty is an app, made of libraries that nobody here wrote.
type relyingParty struct {
	*oauth2.Config

	provider *oidc.Provider
}

// newRelyingParty makes an app of the kind, which knows nothing but the issuer
// and its credentials.
func newRelyingParty(p *process, kind string) relyingParty {
	p.t.Helper()
	flags := []string{"--kind", kind, "--redirect-uri", openIDBack}
	_, id, secret := p.credentials(flags...)
	provider, err := oidc.NewProvider(p.t.Context(), p.url)
	check(p.t, err)
	if kind == "public" {
		secret = ""
	}
	return relyingParty{&oauth2.Config{
		ClientID: id, ClientSecret: secret, RedirectURL: openIDBack, Endpoint: provider.Endpoint(),
		Scopes: []string{"openid", "profile", "email", "user:read", "offline_access"}, // the last by habit
	}, provider}
}

// signIn goes the whole way of the authorization code, with PKCE.
func (r relyingParty) signIn(b browser, options ...oauth2.AuthCodeOption) (*oauth2.Token, *oidc.IDToken) {
	b.p.t.Helper()
	verifier := oauth2.GenerateVerifier()
	told := b.answer(r.AuthCodeURL("the state", append(options, oauth2.S256ChallengeOption(verifier), oidc.Nonce("n-1"))...), "true")
	if told.Get("state") != "the state" || told.Get("iss") != b.p.url || told.Get("from") != "convoke" {
		b.p.t.Errorf("the app is told %v", told)
	}
	token, err := r.Exchange(b.p.t.Context(), told.Get("code"), oauth2.VerifierOption(verifier))
	check(b.p.t, err)
	return token, r.verify(b, token)
}

// verify holds the ID token against the discovery document and the keys that it
// names, and wants it to say whose e-mail it is.
func (r relyingParty) verify(b browser, token *oauth2.Token) *oidc.IDToken {
	b.p.t.Helper()
	raw, _ := token.Extra("id_token").(string)
	id, err := r.provider.Verifier(&oidc.Config{ClientID: r.ClientID}).Verify(b.p.t.Context(), raw)
	check(b.p.t, err)
	check(b.p.t, id.VerifyAccessToken(token.AccessToken))
	var said struct {
		Email    string
		Verified bool `json:"email_verified"`
	}
	check(b.p.t, id.Claims(&said))
	if said.Email != openIDEmail || !said.Verified {
		b.p.t.Errorf("the ID token says %+v", said)
	}
	return id
}

func (r relyingParty) refresh(ctx context.Context, token string) (*oauth2.Token, error) {
	return r.TokenSource(ctx, &oauth2.Token{RefreshToken: token}).Token()
}

// wantAlive wants the access token to work, or not to, at the userinfo endpoint
// and at the API.
func (r relyingParty) wantAlive(b browser, token string, alive bool) {
	b.p.t.Helper()
	info, err := r.provider.UserInfo(b.p.t.Context(), oauth2.StaticTokenSource(&oauth2.Token{AccessToken: token}))
	if alive != (err == nil) || alive && (info.Email != openIDEmail || !info.EmailVerified) {
		b.p.t.Errorf("userinfo is %+v, %v; want it to work: %v", info, err, alive)
	}
	status, err := call(http.DefaultClient, token, http.MethodGet, b.p.url+"/v2/users/me", "", nil)
	if err != nil || alive != (status == http.StatusOK) {
		b.p.t.Errorf("users/me is %d, %v; want it to work: %v", status, err, alive)
	}
}

func wantOAuthError(t *testing.T, err error, code string) {
	t.Helper()
	refused, ok := errors.AsType[*oauth2.RetrieveError](err)
	if !ok || refused.ErrorCode != code || !bytes.Contains(refused.Body, []byte(`"reason":`)) {
		t.Errorf("the app is told %v, want %s", err, code)
	}
}

// TestAnAppOfOtherHandsSignsPeopleIn goes every way to and from tokens against
// the real program, by HTTP alone.
func TestAnAppOfOtherHandsSignsPeopleIn(t *testing.T) {
	t.Parallel()
	p := newProcess(t)
	person := newPerson(p)
	for _, kind := range []string{"user", "public"} {
		app := newRelyingParty(p, kind)
		token, id := app.signIn(person)
		if id.Nonce != "n-1" || id.Issuer != p.url || id.Subject == "" {
			t.Errorf("%s: the ID token says %+v", kind, id)
		}
		app.wantAlive(person, token.AccessToken, true)
		next, err := app.refresh(t.Context(), token.RefreshToken)
		check(t, err)
		app.wantAlive(person, next.AccessToken, true)
		if again := app.verify(person, next); again.Subject != id.Subject || next.RefreshToken == token.RefreshToken {
			t.Errorf("%s: refreshing gives %+v", kind, again)
		}
		_, err = app.refresh(t.Context(), token.RefreshToken) // whoever has the old one, one of the two stole it
		wantOAuthError(t, err, "invalid_grant")
		app.wantAlive(person, next.AccessToken, false)
		_, err = app.refresh(t.Context(), next.RefreshToken)
		wantOAuthError(t, err, "invalid_grant")

		token, _ = app.signIn(person)
		app.revoke(t, token.RefreshToken)
		app.wantAlive(person, token.AccessToken, false)
	}
}

// revoke does what RFC 7009 says, at the endpoint that the discovery document names.
func (r relyingParty) revoke(t *testing.T, token string) {
	t.Helper()
	var found struct {
		Endpoint string `json:"revocation_endpoint"`
	}
	check(t, r.provider.Claims(&found))
	answer, err := http.PostForm(found.Endpoint, url.Values{"token": {token}, "client_id": {r.ClientID}, "client_secret": {r.ClientSecret}})
	check(t, err)
	defer answer.Body.Close()
	if body, err := io.ReadAll(answer.Body); err != nil || string(body) != `{"status":"success"}` {
		t.Errorf("revoking gives %d %s, %v", answer.StatusCode, body, err)
	}
}

func TestAnAppIsToldNoAndNobodyGoesToAStranger(t *testing.T) {
	t.Parallel()
	p := newProcess(t)
	person, app := newPerson(p), newRelyingParty(p, "user")
	verifier := oauth2.GenerateVerifier()
	good := app.AuthCodeURL("s", oauth2.S256ChallengeOption(verifier))
	if told := person.answer(good, "false"); told.Get("error") != "access_denied" || told.Get("state") != "s" || told.Has("code") {
		t.Errorf("declined, the app is told %v", told)
	}
	for name, uri := range map[string]string{
		"suffix": openIDBack + "x", "no query": "http://127.0.0.1:9/back", "port": "http://127.0.0.1:99/back?from=convoke",
		"name": "http://localhost:9/back?from=convoke", "path": "http://127.0.0.1:9/back/..?from=convoke",
	} {
		if to, status := person.open(strings.Replace(good, url.QueryEscape(openIDBack), url.QueryEscape(uri), 1)); to != nil || status != http.StatusBadRequest {
			t.Errorf("%s: sent to %v, status %d", name, to, status)
		}
	}
	_, err := app.Exchange(t.Context(), person.answer(good, "true").Get("code"), oauth2.VerifierOption(oauth2.GenerateVerifier()))
	wantOAuthError(t, err, "invalid_grant")
	code := person.answer(good, "true").Get("code")
	token, err := app.Exchange(t.Context(), code, oauth2.VerifierOption(verifier))
	check(t, err)
	_, err = app.Exchange(t.Context(), code, oauth2.VerifierOption(verifier))
	wantOAuthError(t, err, "invalid_grant")
	app.wantAlive(person, token.AccessToken, false)
}

// TestADeviceOfOtherHandsGetsItsPerson lets the library ask as it does.
func TestADeviceOfOtherHandsGetsItsPerson(t *testing.T) {
	t.Parallel()
	p := newProcess(t)
	person, app := newPerson(p), newRelyingParty(p, "public")
	begin := func() *oauth2.DeviceAuthResponse {
		t.Helper()
		begun, err := app.DeviceAuth(t.Context())
		check(t, err)
		return begun
	}
	begun := begin()
	app.wantDevice(t, begun.DeviceCode, "authorization_pending")
	app.wantDevice(t, begun.DeviceCode, "slow_down")
	person.portal(http.MethodPost, "device?user_code="+begun.UserCode, `{"allow":true}`, http.StatusNoContent, nil)
	begun.Interval = 1
	token, err := app.DeviceAccessToken(t.Context(), begun)
	check(t, err)
	app.verify(person, token)
	app.wantAlive(person, token.AccessToken, true)

	declined := begin()
	person.portal(http.MethodPost, "device?user_code="+declined.UserCode, `{"allow":false}`, http.StatusNoContent, nil)
	app.wantDevice(t, declined.DeviceCode, "access_denied")

	late := app.lateDevice(p)
	app.wantDevice(t, late, "expired_token")
	app.wantDevice(t, "no code", "invalid_grant")
}

// lateDevice is a device whose time is over: nobody waits for that here.
func (r relyingParty) lateDevice(p *process) (code string) {
	p.t.Helper()
	db, err := store.Open(p.t.Context(), store.Config{Path: filepath.Join(p.dir, "convoke.db")})
	check(p.t, err)
	defer db.Close()
	hash := sha256.Sum256([]byte("a late code"))
	_, err = db.AddDevice(p.t.Context(), convoke.DeviceRequest{
		Hash: hash[:], UserCode: "BCDFGHJK", ClientID: convoke.ClientID(r.ClientID), ExpiresAt: time.Now().Add(-time.Second), Interval: time.Second,
	})
	check(p.t, err)
	return "a late code"
}

// wantDevice asks once, as the library would and without its patience.
func (r relyingParty) wantDevice(t *testing.T, code, want string) {
	t.Helper()
	answer, err := http.PostForm(r.Endpoint.TokenURL, url.Values{
		"grant_type": {"urn:ietf:params:oauth:grant-type:device_code"}, "client_id": {r.ClientID}, "device_code": {code},
	})
	check(t, err)
	defer answer.Body.Close()
	var body struct{ Error string }
	if check(t, json.NewDecoder(answer.Body).Decode(&body)); body.Error != want || answer.StatusCode != http.StatusBadRequest {
		t.Errorf("the device is told %d %q, want %q", answer.StatusCode, body.Error, want)
	}
}

// TestTheKeyOfIDTokensOutlivesTheProcess holds an ID token against the keys of
// the same server after a restart, and of another process.
func TestTheKeyOfIDTokensOutlivesTheProcess(t *testing.T) {
	t.Parallel()
	t.Run("restart", func(t *testing.T) {
		t.Parallel()
		p := newProcess(t)
		person, app := newPerson(p), newRelyingParty(p, "user")
		token, _ := app.signIn(person)
		before := signingKeys(p)
		p.stop()
		p.start()
		app.provider, _ = oidc.NewProvider(t.Context(), p.url) // which has not seen a key yet
		app.verify(person, token)
		if after := signingKeys(p); after != before {
			t.Errorf("the keys are %s, and were %s", after, before)
		}
	})
	t.Run("two processes", func(t *testing.T) {
		t.Parallel()
		database := "--database-url=" + storetest.PostgreSQL(t)
		if one, other := signingKeys(newProcess(t, database)), signingKeys(newProcess(t, database)); one != other {
			t.Errorf("the keys of one database are %s and %s", one, other)
		}
	})
	t.Run("another install", func(t *testing.T) {
		t.Parallel()
		if one, other := signingKeys(newProcess(t)), signingKeys(newProcess(t)); one == other {
			t.Errorf("two installs share the key %s", one)
		}
	})
}

// signingKeys are the public keys that the process shows.
func signingKeys(p *process) string {
	p.t.Helper()
	answer, err := http.Get(p.url + "/oauth/jwks")
	check(p.t, err)
	defer answer.Body.Close()
	raw, err := io.ReadAll(answer.Body)
	check(p.t, err)
	if !bytes.Contains(raw, []byte(`"kid":"`)) || bytes.Contains(raw, []byte(`"d":`)) {
		p.t.Errorf("the keys are %s", raw)
	}
	return string(raw)
}
