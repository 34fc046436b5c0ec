// SPDX-License-Identifier: Apache-2.0

package access_test

import (
	"context"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/convoke/convoke/internal/access"
	"github.com/convoke/convoke/internal/convoke"
)

func TestWhoeverHasNoPasswordLooksUnknown(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.addUser(t, home, w.withPassword(t, password))
	w.addUser(t, home, func(u *convoke.User) { u.Email, u.Action = "sso@example.com", convoke.ActionSSOCreate })
	w.addUser(t, home, func(u *convoke.User) { u.Email, u.Action = "cust@example.com", convoke.ActionCustCreate })
	w.addUser(t, home, func(u *convoke.User) {
		u.Email, u.Status, u.StatusReason = "pending@example.com", convoke.StatusPending, convoke.ReasonInvited
	})
	_, want := w.SignIn(t.Context(), "", "nobody@example.com", password)
	wantCode(t, want, convoke.CodeWrongPassword)
	for _, email := range []string{"sso@example.com", "cust@example.com", "pending@example.com", "not an address", "", "a\x00b@example.com"} {
		if _, err := w.SignIn(t.Context(), "", email, password); err == nil || err.Error() != want.Error() {
			t.Errorf("%q: error is %v, want %v", email, err, want)
		}
	}
	for _, wrong := range []string{"", "correct-horse7", password + " ", strings.Repeat("x", 100_000)} {
		if _, err := w.SignIn(t.Context(), "", "ada@example.com", wrong); err == nil || err.Error() != want.Error() {
			t.Errorf("a wrong password of %d bytes: error is %v, want %v", len(wrong), err, want)
		}
	}
}

func TestARightPasswordDoesNotOpenEveryDoor(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	hash := w.withPassword(t, password)
	for email, c := range map[string]struct {
		set  func(*convoke.User)
		says string
	}{
		"inactive@example.com": {func(u *convoke.User) { u.Status = convoke.StatusInactive }, "deactivated"},
		"pending@example.com":  {func(u *convoke.User) { u.Status = convoke.StatusPending }, "not active yet"},
		"cust@example.com":     {func(u *convoke.User) { u.Action = convoke.ActionCustCreate }, "never signs in"},
		"sso@example.com":      {func(u *convoke.User) { u.Action = convoke.ActionSSOCreate }, "single sign-on"},
	} {
		w.addUser(t, home, func(u *convoke.User) { hash(u); c.set(u); u.Email = email })
		_, err := w.SignIn(t.Context(), "", email, password)
		wantCode(t, err, convoke.CodeSignInRefused)
		if err != nil && !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: the error does not say %q: %v", email, c.says, err)
		}
		_, err = w.SignIn(t.Context(), "", email, "Wrong-horse7")
		wantCode(t, err, convoke.CodeWrongPassword)
	}
	events, err := w.db.Events(t.Context(), "", 0, 10)
	check(t, err)
	for _, e := range events {
		if e.Name != convoke.EventUserSignInFailed {
			t.Errorf("a refused sign-in gave %s", e.Name)
		}
	}
}

func TestAFailedSignInIsInTheAuditLog(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	user := w.addUser(t, home, w.withPassword(t, password))
	for _, email := range []string{"nobody@example.com", user.Email} {
		_, err := w.SignIn(t.Context(), "192.0.2.7", email, "Wrong-horse7")
		wantCode(t, err, convoke.CodeWrongPassword)
	}
	var log []convoke.Event
	for log == nil && t.Context().Err() == nil { // it is written after the answer
		var err error
		log, err = w.db.Events(t.Context(), "", 0, 10)
		check(t, err)
	}
	if len(log) != 1 || log[0].Name != convoke.EventUserSignInFailed || log[0].AccountID != home ||
		log[0].Actor != (convoke.Actor{Address: "192.0.2.7"}) || !strings.Contains(string(log[0].Payload), string(user.ID)) {
		t.Errorf("the log is %+v", log)
	}
}

func TestWhoActsIsInTheAuditLog(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	app, secret, err := w.CreateApp(t.Context(), convoke.Operator(home).From("192.0.2.1:1"), access.AppDraft{Name: "Lantern", Scopes: convoke.Scopes{"user:read:admin"}})
	check(t, err)
	grant, err := w.Token(t.Context(), "192.0.2.2", app.ClientID, secret, home)
	check(t, err)
	check(t, w.RevokeApp(t.Context(), convoke.Operator(home), app.ClientID))
	code, err := w.OperatorCode(t.Context(), home)
	check(t, err)
	cookie, _, _, err := w.ExchangeOperatorCode(t.Context(), "192.0.2.3", code)
	check(t, err)
	log, err := w.db.Events(t.Context(), home, 0, 10)
	check(t, err)
	want := []struct {
		name  convoke.EventName
		actor convoke.Actor
	}{
		{convoke.EventAppCreated, convoke.Actor{Kind: "operator", Name: "operator", Address: "192.0.2.1"}},
		{convoke.EventTokenCreated, convoke.Actor{Kind: "app", ID: string(app.ClientID), Name: "Lantern", Address: "192.0.2.2"}},
		{convoke.EventAppRevoked, convoke.Actor{Kind: "operator", Name: "operator"}},
		{convoke.EventOperatorLinkMade, convoke.Actor{Kind: "operator", Name: "operator"}},
		{convoke.EventOperatorSignedIn, convoke.Actor{Kind: "operator", Name: "operator", Address: "192.0.2.3"}},
	}
	if len(log) != len(want) {
		t.Fatalf("the log is %+v", log)
	}
	for i, e := range log {
		if e.Name != want[i].name || e.Actor != want[i].actor {
			t.Errorf("entry %d is %s by %+v, want %+v", i, e.Name, e.Actor, want[i])
		}
		for _, hush := range []string{secret, app.WebhookSecret, grant.AccessToken, code, cookie} {
			if strings.Contains(string(e.Payload), hush) {
				t.Errorf("%s shows a secret", e.Name)
			}
		}
	}
}

func TestOneEmailInTwoAccounts(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	here := w.addUser(t, home, w.withPassword(t, password))
	there := w.addUser(t, abroad, w.withPassword(t, "Other-horse7"))
	for right, want := range map[string]convoke.UserID{password: here.ID, "Other-horse7": there.ID} {
		signed, err := w.SignIn(t.Context(), "", "ada@example.com", right)
		check(t, err)
		if signed.User.ID != want {
			t.Errorf("signed in as %s, want %s", signed.User.ID, want)
		}
	}
}

func TestOneEmailAndPasswordInTwoAccounts(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	hash := w.withPassword(t, password)
	here := w.addUser(t, home, func(u *convoke.User) { hash(u); u.LastLoginAt = w.clock.Now().Add(-time.Hour) })
	there := w.addUser(t, abroad, func(u *convoke.User) { hash(u); u.LastLoginAt = w.clock.Now().Add(-time.Minute) })
	signed, err := w.SignIn(t.Context(), "", "ada@example.com", password)
	check(t, err)
	if signed.User.ID != there.ID {
		t.Errorf("signed in as %s, not as who signed in last", signed.User.ID)
	}
	w.setStatus(t, there, convoke.StatusInactive)
	signed, err = w.SignIn(t.Context(), "", "ada@example.com", password)
	check(t, err)
	if signed.User.ID != here.ID {
		t.Errorf("signed in as %s, not as the one who may", signed.User.ID)
	}
}

func TestGuessingIsSlowedDown(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.addUser(t, home, w.withPassword(t, password))
	for _, email := range []string{"ada@example.com", "nobody@example.com"} {
		for range 10 {
			_, err := w.SignIn(t.Context(), "", email, "Wrong-horse7")
			wantCode(t, err, convoke.CodeWrongPassword)
		}
		_, err := w.SignIn(t.Context(), "", strings.ToUpper(email), password)
		wantCode(t, err, convoke.CodeTooMany)
	}
	w.clock.advance(time.Minute)
	_, err := w.SignIn(t.Context(), "", "ada@example.com", password)
	check(t, err)
	for range 12 { // the right password never wears out
		_, err := w.SignIn(t.Context(), "", "ada@example.com", password)
		check(t, err)
	}
}

func TestGuessesAtOnceDoNotSlipPast(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	var group sync.WaitGroup
	var mu sync.Mutex
	wrong := 0
	for range 64 {
		group.Go(func() {
			_, err := w.SignIn(context.WithoutCancel(t.Context()), "", "ada@example.com", "Wrong-horse7")
			mu.Lock()
			defer mu.Unlock()
			if convoke.HasCode(err, convoke.CodeWrongPassword) {
				wrong++
			} else if !convoke.HasCode(err, convoke.CodeTooMany) {
				t.Errorf("error is %v", err)
			}
		})
	}
	group.Wait()
	if most := 10 + runtime.NumCPU() - 1; wrong < 10 || wrong > most {
		t.Errorf("%d guesses were answered, want 10 to %d", wrong, most)
	}
}

func TestOnlyAUserWhoMayComeInGetsASession(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, set := range []func(*convoke.User){
		func(u *convoke.User) { u.Status = convoke.StatusInactive },
		func(u *convoke.User) { u.Status = convoke.StatusPending },
		func(u *convoke.User) { u.Action = convoke.ActionCustCreate },
	} {
		_, err := w.StartSession(t.Context(), "", w.addUser(t, home, func(u *convoke.User) { set(u); u.Email = string(u.ID) + "@example.com" }))
		wantCode(t, err, convoke.CodeSignInRefused)
	}
	sso := w.addUser(t, home, func(u *convoke.User) { u.Action = convoke.ActionSSOCreate })
	_, err := w.StartSession(t.Context(), "", sso)
	check(t, err)
}
