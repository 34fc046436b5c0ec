// SPDX-License-Identifier: Apache-2.0

package access_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/convoke/convoke/internal/access"
	"github.com/convoke/convoke/internal/convoke"
)

var scopes = convoke.Scopes{"user:write:admin", "user:read:admin"}

func (w *world) addApp(t *testing.T) (convoke.App, string) {
	t.Helper()
	app, secret, err := w.CreateApp(t.Context(), convoke.Operator(home), access.AppDraft{Name: "Lantern", Scopes: scopes})
	check(t, err)
	return app, secret
}

func (w *world) token(t *testing.T) (convoke.App, string) {
	t.Helper()
	app, secret := w.addApp(t)
	grant, err := w.Token(t.Context(), "", app.ClientID, secret, home)
	check(t, err)
	return app, grant.AccessToken
}

func TestATokenSpeaksForItsApp(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	owner := w.addUser(t, home, func(*convoke.User) {})
	app, secret, err := w.CreateApp(t.Context(), convoke.Operator(home), access.AppDraft{Name: "Lantern", Scopes: scopes, Owner: owner.ID})
	check(t, err)
	grant, err := w.Token(t.Context(), "", app.ClientID, secret, home)
	check(t, err)
	if grant.ExpiresIn != time.Hour || !slices.Equal(grant.Scopes, scopes) || len(grant.AccessToken) != 43 || len(app.ClientID) != 22 {
		t.Errorf("grant is %d characters, %v, %v", len(grant.AccessToken), grant.ExpiresIn, grant.Scopes)
	}
	p, err := w.Bearer(t.Context(), grant.AccessToken)
	check(t, err)
	if p.Kind != convoke.AppCaller || p.AccountID != home || p.ClientID != app.ClientID || p.Label != "Lantern" || p.UserID != owner.ID {
		t.Errorf("principal is %+v", p)
	}
	check(t, p.Require(convoke.RightCreateUser))
	wantCode(t, p.Require(convoke.RightCreateMeeting), convoke.CodeScopeMissing)
}

func TestWhatWasBegunGoesOnWithTheRightsOfNow(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	app, _ := w.addApp(t)
	before := app.Principal()
	before.Scopes, before.Address = convoke.Scopes{"account:write:admin"}, "192.0.2.1"
	now, err := w.Renew(t.Context(), before)
	check(t, err)
	if !slices.Equal(now.Scopes, app.Scopes) || now.Address != before.Address || now.ClientID != app.ClientID {
		t.Errorf("the app may now do %v: %+v", now.Scopes, now)
	}
	elsewhere := before
	elsewhere.AccountID = abroad
	_, err = w.Renew(t.Context(), elsewhere)
	wantCode(t, err, convoke.CodeInvalidClient)
	check(t, w.RevokeApp(t.Context(), convoke.Operator(home), app.ClientID))
	_, err = w.Renew(t.Context(), before)
	wantCode(t, err, convoke.CodeInvalidClient)
	if p, err := w.Renew(t.Context(), convoke.Operator(home)); err != nil || p.Kind != convoke.OperatorCaller {
		t.Errorf("the operator is %+v, %v", p, err)
	}
}

func TestAPersonsRightsAreThoseOfNow(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	u := w.addUser(t, home, func(u *convoke.User) { u.Role = convoke.AccountAdmin })
	before := convoke.Principal{Kind: convoke.UserCaller, AccountID: home, UserID: u.ID, Role: convoke.AccountOwner, Address: "192.0.2.1"}
	now, err := w.Renew(t.Context(), before)
	check(t, err)
	if now.Role != convoke.AccountAdmin || now.Address != before.Address || now.Label != u.Email {
		t.Errorf("the person is %+v", now)
	}
	elsewhere := before
	elsewhere.AccountID = abroad
	_, err = w.Renew(t.Context(), elsewhere)
	wantCode(t, err, convoke.CodeTokenInvalid)
	w.setStatus(t, u, convoke.StatusInactive)
	_, err = w.Renew(t.Context(), before)
	wantCode(t, err, convoke.CodeTokenInvalid)
}

func TestWrongCredentialsAreOneError(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	app, secret := w.addApp(t)
	other, otherSecret := w.addApp(t)
	check(t, w.RevokeApp(t.Context(), convoke.Operator(home), other.ClientID))
	_, want := w.Token(t.Context(), "", app.ClientID, "wrong", home)
	wantCode(t, want, convoke.CodeInvalidClient)
	for name, c := range map[string]struct {
		id      convoke.ClientID
		secret  string
		account convoke.AccountID
	}{
		"unknown app":             {"0123456789012345678901", secret, home},
		"not an id":               {"a\x00b", secret, home},
		"no secret":               {app.ClientID, "", home},
		"another app's secret":    {app.ClientID, otherSecret, home},
		"another account":         {app.ClientID, secret, abroad},
		"no account":              {app.ClientID, secret, ""},
		"revoked app":             {other.ClientID, otherSecret, home},
		"unknown app, no secret":  {"0123456789012345678901", "", home},
		"unknown app, zero bytes": {"0123456789012345678901", strings.Repeat("\x00", 32), home},
	} {
		if _, err := w.Token(t.Context(), "", c.id, c.secret, c.account); err == nil || err.Error() != want.Error() {
			t.Errorf("%s: error is %v, want %v", name, err, want)
		}
	}
}

func TestATokenExpires(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	_, token := w.token(t)
	w.clock.advance(access.TokenLife - time.Millisecond)
	_, err := w.Bearer(t.Context(), token)
	check(t, err)
	w.clock.advance(time.Millisecond) // the look-up above is still remembered
	_, err = w.Bearer(t.Context(), token)
	wantCode(t, err, convoke.CodeTokenExpired)
	w.clock.advance(time.Hour)
	_, err = w.Bearer(t.Context(), token)
	wantCode(t, err, convoke.CodeTokenExpired)
}

func TestATokenThatNobodyGaveOutIsRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	_, err := w.Bearer(t.Context(), "")
	wantCode(t, err, convoke.CodeTokenMissing)
	for _, token := range []string{"x", strings.Repeat("A", 43), strings.Repeat("\x00", 43), strings.Repeat("A", 100_000)} {
		_, err := w.Bearer(t.Context(), token)
		wantCode(t, err, convoke.CodeTokenInvalid)
	}
	if n := w.apps.lookUps.Load(); n != 1 {
		t.Errorf("%d look-ups; only what looks like a token is worth one", n)
	}
}

func TestARepeatedTokenCostsOneLookUpASecond(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	_, token := w.token(t)
	for range 1000 {
		_, err := w.Bearer(t.Context(), token)
		check(t, err)
	}
	w.clock.advance(time.Second)
	_, err := w.Bearer(t.Context(), token)
	check(t, err)
	if n := w.apps.lookUps.Load(); n != 2 {
		t.Errorf("%d look-ups, want 2", n)
	}
}

func TestARevokedAppsTokensDie(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	elsewhere := w.process()
	app, token := w.token(t)
	for _, s := range []*access.Service{w.Service, elsewhere} {
		_, err := s.Bearer(t.Context(), token)
		check(t, err)
	}
	check(t, w.RevokeApp(t.Context(), convoke.Operator(home), app.ClientID))
	_, err := w.Bearer(t.Context(), token)
	wantCode(t, err, convoke.CodeTokenInvalid) // here at once
	w.clock.advance(time.Second)
	_, err = elsewhere.Bearer(t.Context(), token)
	wantCode(t, err, convoke.CodeTokenInvalid) // elsewhere within a second
}

func TestAnAppRevokesOneOfItsTokens(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	elsewhere := w.process()
	app, secret := w.addApp(t)
	var tokens [2]string
	for i := range tokens {
		grant, err := w.Token(t.Context(), "", app.ClientID, secret, home)
		check(t, err)
		tokens[i] = grant.AccessToken
		for _, s := range []*access.Service{w.Service, elsewhere} {
			_, err := s.Bearer(t.Context(), tokens[i])
			check(t, err)
		}
	}
	check(t, w.RevokeToken(t.Context(), access.Client{ID: app.ClientID, Secret: secret, Address: "192.0.2.2"}, tokens[0]))
	_, err := w.Bearer(t.Context(), tokens[0])
	wantCode(t, err, convoke.CodeTokenInvalid) // here at once
	w.clock.advance(time.Second)
	_, err = elsewhere.Bearer(t.Context(), tokens[0])
	wantCode(t, err, convoke.CodeTokenInvalid) // elsewhere within a second
	_, err = w.Bearer(t.Context(), tokens[1])
	check(t, err)
	log, err := w.db.Events(t.Context(), home, 0, 10)
	check(t, err)
	if last := log[len(log)-1]; last.Name != convoke.EventTokenRevoked || last.Actor.ID != string(app.ClientID) || last.Actor.Address != "192.0.2.2" {
		t.Errorf("the log ends with %+v", last)
	}
}

func TestNoSecretReachesALogOrAnError(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	app, secret := w.addApp(t)
	grant, err := w.Token(t.Context(), "", app.ClientID, secret, home)
	check(t, err)
	w.addUser(t, home, w.withPassword(t, "Right-horse7"))
	signed, err := w.SignIn(t.Context(), "", "ada@example.com", "Right-horse7")
	check(t, err)
	code, err := w.OperatorCode(t.Context(), home)
	check(t, err)
	cookie, _, _, err := w.ExchangeOperatorCode(t.Context(), "", code)
	check(t, err)
	var said strings.Builder
	for _, try := range []func() error{
		func() error { _, err := w.Token(t.Context(), "", app.ClientID, secret+"x", home); return err },
		func() error { _, err := w.SignIn(t.Context(), "", "ada@example.com", "Wrong-horse7"); return err },
		func() error { _, _, _, err := w.ExchangeOperatorCode(t.Context(), "", code); return err },
		func() error { return w.RevokeApp(t.Context(), convoke.Operator(home), app.ClientID) },
		func() error { _, err := w.Bearer(t.Context(), grant.AccessToken); return err },
	} {
		if err := try(); err != nil {
			said.WriteString(err.Error())
		}
	}
	text := said.String() + w.logs.String()
	if !strings.Contains(text, "sign-in failed") || !strings.Contains(text, string(app.ClientID)) {
		t.Errorf("the log lacks what it should hold: %s", text)
	}
	for name, secret := range map[string]string{
		"client secret": secret, "webhook secret": app.WebhookSecret, "token": grant.AccessToken, "cookie": signed.Cookie,
		"operator's cookie": cookie, "operator's code": code, "password": "Right-horse7", "wrong password": "Wrong-horse7",
	} {
		if strings.Contains(text, secret) {
			t.Errorf("the %s is in the logs or errors: %s", name, text)
		}
	}
}
