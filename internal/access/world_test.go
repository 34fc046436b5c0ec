// SPDX-License-Identifier: Apache-2.0

package access_test

import (
	"bytes"
	"context"
	"log/slog"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/convoke/convoke/internal/access"
	"github.com/convoke/convoke/internal/convoke"
	"github.com/convoke/convoke/internal/store"
	"github.com/convoke/convoke/internal/store/storetest"
)

const (
	home   = convoke.AccountID("home-account-000000000")
	abroad = convoke.AccountID("other-account-00000000")
)

// world is a service on a real store, with a clock that the test moves.
type world struct {
	*access.Service

	db    *store.DB
	clock *clock
	logs  *logbook
	apps  *countingApps
	users atomic.Int64
}

func newWorld(t *testing.T) *world {
	t.Helper()
	db := storetest.SQLite(t)
	w := &world{db: db, clock: &clock{now: time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)}, logs: &logbook{}}
	for _, id := range []convoke.AccountID{home, abroad} {
		account, err := convoke.NewAccount(id, "Account "+string(id), w.clock.Now())
		check(t, err)
		check(t, db.CreateAccount(t.Context(), account))
	}
	w.apps = &countingApps{DB: db}
	w.Service = w.process()
	return w
}

// process is one more service on the same store, as a second server would be.
func (w *world) process() *access.Service {
	logger := slog.New(slog.NewTextHandler(w.logs, &slog.HandlerOptions{Level: slog.LevelDebug}))
	return access.New(access.Config{Apps: w.apps, Tokens: w.apps, Sessions: w.db, Domains: w.db, Now: w.clock.Now, Logger: logger})
}

// countingApps counts the look-ups of tokens.
type countingApps struct {
	*store.DB

	lookUps atomic.Int64
}

func (c *countingApps) TokenApp(ctx context.Context, hash []byte) (convoke.Token, convoke.App, error) {
	c.lookUps.Add(1)
	return c.DB.TokenApp(ctx, hash)
}

type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// logbook keeps all that was logged.
type logbook struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *logbook) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *logbook) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// addUser stores a user of the account; set changes it first.
func (w *world) addUser(t *testing.T, account convoke.AccountID, set func(*convoke.User)) convoke.User {
	t.Helper()
	n := w.users.Add(1)
	u := convoke.User{
		ID: convoke.UserID("user-000000000000000" + string(rune('a'+n/26)) + string(rune('a'+n%26))), AccountID: account,
		Action: convoke.ActionCreate, Email: "ada@example.com", Type: convoke.TypeBasic, Status: convoke.StatusActive,
		PMI: convoke.MeetingID(2345678901 + 7*n), HostKey: "482913", CreatedAt: w.clock.Now(), UpdatedAt: w.clock.Now(),
	}
	set(&u)
	err := w.db.Change(t.Context(), convoke.Lookup{AccountID: account}, func(convoke.Found) (convoke.Change, error) {
		return convoke.Change{After: &u}, nil
	})
	check(t, err)
	return u
}

// setStatus deactivates or activates a user.
func (w *world) setStatus(t *testing.T, u convoke.User, status convoke.Status) {
	t.Helper()
	err := w.db.Change(t.Context(), convoke.Lookup{AccountID: u.AccountID, UserID: u.ID}, func(f convoke.Found) (convoke.Change, error) {
		after := *f.Target
		after.Status = status
		return convoke.Change{Before: f.Target, After: &after}, nil
	})
	check(t, err)
}

// withPassword sets the hash of a password.
func (w *world) withPassword(t *testing.T, password string) func(*convoke.User) {
	t.Helper()
	hash, err := w.HashPassword(t.Context(), password)
	check(t, err)
	return func(u *convoke.User) { u.PasswordHash = hash }
}

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func wantCode(t *testing.T, err error, code convoke.Code) {
	t.Helper()
	if !convoke.HasCode(err, code) {
		t.Errorf("error is %v, want code %s", err, code)
	}
}
