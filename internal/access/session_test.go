// SPDX-License-Identifier: Apache-2.0

package access_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/convoke/convoke/internal/access"
	"github.com/convoke/convoke/internal/convoke"
)

const password = "Correct-horse7"

func TestAPersonSignsInAndOut(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	user := w.addUser(t, home, w.withPassword(t, password))
	w.clock.advance(time.Minute)
	signed, err := w.SignIn(t.Context(), "", " ADA@Example.com ", password)
	check(t, err)
	if signed.User.ID != user.ID || signed.ExpiresAt != w.clock.Now().Add(12*time.Hour) {
		t.Errorf("signed in as %s until %s", signed.User.ID, signed.ExpiresAt)
	}
	p, err := w.Session(t.Context(), signed.Cookie)
	check(t, err)
	if p.Kind != convoke.UserCaller || p.AccountID != home || p.UserID != user.ID || p.Label != "ada@example.com" {
		t.Errorf("principal is %+v", p)
	}
	check(t, w.SignOut(t.Context(), signed.Cookie))
	check(t, w.SignOut(t.Context(), signed.Cookie))
	check(t, w.SignOut(t.Context(), "\x00"))
	_, err = w.Session(t.Context(), signed.Cookie)
	wantCode(t, err, convoke.CodeTokenInvalid)
}

func TestSigningInIsAnEvent(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	user := w.addUser(t, home, w.withPassword(t, password))
	_, err := w.SignIn(t.Context(), "", user.Email, password)
	check(t, err)
	events, err := w.db.Events(t.Context(), home, 0, 10)
	check(t, err)
	if len(events) != 1 || events[0].Name != convoke.EventUserSignedIn {
		t.Fatalf("events are %+v", events)
	}
	var payload struct {
		AccountID convoke.AccountID `json:"account_id"`
		Object    map[string]string `json:"object"`
	}
	check(t, json.Unmarshal(events[0].Payload, &payload))
	o := payload.Object
	if payload.AccountID != home || o["id"] != string(user.ID) || o["email"] != user.Email ||
		o["date_time"] != "2026-03-01T12:00:00Z" || o["client_type"] != "Browser" || o["login_type"] != "100" || o["version"] == "" {
		t.Errorf("payload is %s", events[0].Payload)
	}
	found, err := w.db.Find(t.Context(), convoke.Lookup{AccountID: home, UserID: user.ID})
	check(t, err)
	if !found.Target.LastLoginAt.Equal(w.clock.Now()) {
		t.Errorf("last login is %s", found.Target.LastLoginAt)
	}
}

func TestASessionEndsAfterTwelveHours(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	signed, err := w.StartSession(t.Context(), "", w.addUser(t, home, func(*convoke.User) {}))
	check(t, err)
	w.clock.advance(access.SessionLife - time.Millisecond)
	_, err = w.Session(t.Context(), signed.Cookie)
	check(t, err)
	w.clock.advance(time.Millisecond)
	_, err = w.Session(t.Context(), signed.Cookie)
	wantCode(t, err, convoke.CodeTokenExpired)
}

func TestADeactivatedUsersSessionIsOver(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	user := w.addUser(t, home, func(*convoke.User) {})
	signed, err := w.StartSession(t.Context(), "", user)
	check(t, err)
	w.setStatus(t, user, convoke.StatusInactive)
	_, err = w.Session(t.Context(), signed.Cookie)
	wantCode(t, err, convoke.CodeTokenInvalid)
}

func TestADeletedUsersSessionIsOver(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	user := w.addUser(t, home, func(*convoke.User) {})
	signed, err := w.StartSession(t.Context(), "", user)
	check(t, err)
	err = w.db.Change(t.Context(), convoke.Lookup{AccountID: home, UserID: user.ID}, func(f convoke.Found) (convoke.Change, error) {
		return convoke.Change{Before: f.Target}, nil
	})
	check(t, err)
	_, err = w.Session(t.Context(), signed.Cookie)
	wantCode(t, err, convoke.CodeTokenInvalid)
}

func TestNoCookieAndAForgedOne(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	_, err := w.Session(t.Context(), "")
	wantCode(t, err, convoke.CodeTokenMissing)
	for _, cookie := range []string{"x", "\x00", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"} {
		_, err := w.Session(t.Context(), cookie)
		wantCode(t, err, convoke.CodeTokenInvalid)
	}
}

func TestAnOperatorsCodeWorksOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	code, err := w.OperatorCode(t.Context(), home)
	check(t, err)
	_, err = w.Session(t.Context(), code)
	wantCode(t, err, convoke.CodeTokenInvalid) // it is no cookie
	cookie, expires, p, err := w.ExchangeOperatorCode(t.Context(), "", code)
	check(t, err)
	if p.Kind != convoke.OperatorCaller || p.AccountID != home || expires != w.clock.Now().Add(12*time.Hour) {
		t.Errorf("operator is %+v until %s", p, expires)
	}
	again, err := w.Session(t.Context(), cookie)
	check(t, err)
	if again.Kind != convoke.OperatorCaller || again.AccountID != home {
		t.Errorf("the cookie is %+v", again)
	}
	for _, spent := range []string{code, cookie, "", "\x00"} {
		w.wantRefused(t, spent, convoke.CodeTokenInvalid)
	}
}

// wantRefused spends a code that must not open anything.
func (w *world) wantRefused(t *testing.T, code string, want convoke.Code) {
	t.Helper()
	cookie, _, p, err := w.ExchangeOperatorCode(t.Context(), "", code)
	wantCode(t, err, want)
	if cookie != "" || p.Kind != convoke.Nobody {
		t.Errorf("a refused code gave %+v", p)
	}
}

func TestAnOperatorsCodeExpires(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	code, err := w.OperatorCode(t.Context(), home)
	check(t, err)
	w.clock.advance(access.OperatorCodeLife)
	w.wantRefused(t, code, convoke.CodeTokenExpired)
	_, err = w.OperatorCode(t.Context(), "nobody")
	wantCode(t, err, convoke.CodeAccountNotFound)
}
