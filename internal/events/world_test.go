// SPDX-License-Identifier: Apache-2.0

package events_test

import (
	"bytes"
	"context"
	"log/slog"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/convoke/convoke/internal/convoke"
	"github.com/convoke/convoke/internal/events"
	"github.com/convoke/convoke/internal/store"
)

const (
	home   = convoke.AccountID("home-account-000000000")
	abroad = convoke.AccountID("other-account-00000000")
)

// patience is how long a test waits for what must happen.
const patience = 30 * time.Second

// world is a real store with two accounts of one user each.
type world struct {
	t    *testing.T
	db   *store.DB
	dir  string
	url  string // of PostgreSQL, or empty
	logs *logbook
}

func newWorld(t *testing.T) *world { return newWorldOn(t, "") }

// newWorldOn makes the world on the PostgreSQL database, or on SQLite without one.
func newWorldOn(t *testing.T, url string) *world {
	t.Helper()
	w := &world{t: t, dir: t.TempDir(), url: url, logs: &logbook{}}
	w.db = w.open()
	w.settle()
	return w
}

// open is another handle on the store, as a second process has.
func (w *world) open() *store.DB {
	w.t.Helper()
	db, err := store.Open(w.t.Context(), store.Config{URL: w.url, Path: filepath.Join(w.dir, "convoke.db")})
	w.check(err)
	w.t.Cleanup(func() { _ = db.Close() })
	return db
}

func (w *world) settle() {
	w.t.Helper()
	for n, id := range []convoke.AccountID{home, abroad} {
		account, err := convoke.NewAccount(id, "Account", time.Now())
		w.check(err)
		w.check(w.db.CreateAccount(w.t.Context(), account))
		user := convoke.User{
			ID: userOf(id), AccountID: id, Action: convoke.ActionCustCreate, Email: "ada@example.com",
			Type: convoke.TypeLicensed, Status: convoke.StatusActive, PMI: convoke.MeetingID(2345678901 + 7*n), HostKey: "482913",
		}
		w.check(w.db.Change(w.t.Context(), convoke.Lookup{AccountID: id}, func(convoke.Found) (convoke.Change, error) {
			return convoke.Change{After: &user}, nil
		}))
	}
}

func userOf(account convoke.AccountID) convoke.UserID {
	return "user-of-" + convoke.UserID(account[:14])
}

// commit appends an event to the log, and returns when it is there.
func (w *world) commit(db *store.DB, account convoke.AccountID, name convoke.EventName) {
	w.t.Helper()
	event := convoke.NewEvent(name, time.Now(), convoke.Payload{AccountID: account, Object: struct{}{}})
	w.check(db.Record(w.t.Context(), event))
}

// run starts a service with the sinks and returns how to stop it, which the end
// of the test does too.
func (w *world) run(log events.Store, retry []time.Duration, sinks ...events.Sink) (stop func()) {
	w.t.Helper()
	s := events.New(events.Config{
		Store: log, Sinks: sinks, DatabaseURL: w.url, JobsFile: filepath.Join(w.dir, "jobs 100%.db?"), Retry: retry,
		Logger: slog.New(slog.NewTextHandler(w.logs, &slog.HandlerOptions{Level: slog.LevelDebug})),
	})
	s.SetPoll(20 * time.Millisecond)
	ctx, cancel := context.WithCancel(w.t.Context())
	done := make(chan error, 1)
	go func() { done <- s.Run(ctx) }()
	stop = sync.OnceFunc(func() {
		cancel()
		select {
		case err := <-done:
			if err != nil {
				w.t.Errorf("Run: %v", err)
			}
		case <-time.After(10 * time.Second):
			w.t.Error("Run did not end within 10 s")
		}
	})
	w.t.Cleanup(stop)
	return stop
}

func (w *world) check(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

// eventually waits until the condition holds. It is about rows of a database, or
// lines of a log, which tell nobody that they were written.
func (w *world) eventually(what string, holds func() bool) {
	w.t.Helper()
	ctx, cancel := context.WithTimeout(w.t.Context(), patience)
	defer cancel()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for !holds() {
		select {
		case <-tick.C:
		case <-ctx.Done():
			w.t.Fatalf("it did not happen: %s\n%s", what, w.logs)
		}
	}
}

// sink passes on what it gets; deliver, if set, may fail instead.
type sink struct {
	name    string
	wants   convoke.EventName // empty: all
	got     chan convoke.Event
	deliver func(context.Context, convoke.Event) error
}

func newSink(name string) *sink { return &sink{name: name, got: make(chan convoke.Event, 1000)} }

func (s *sink) Name() string { return s.name }

func (s *sink) Wants(e convoke.Event) bool { return s.wants == "" || s.wants == e.Name }

func (s *sink) Deliver(ctx context.Context, e convoke.Event) error {
	if s.deliver != nil {
		if err := s.deliver(ctx, e); err != nil {
			return err
		}
	}
	s.got <- e
	return nil
}

// next waits for the sink's next event.
func (w *world) next(s *sink) convoke.Event {
	w.t.Helper()
	select {
	case e := <-s.got:
		return e
	case <-time.After(patience):
		w.t.Fatalf("the sink %s got nothing\n%s", s.name, w.logs)
		return convoke.Event{}
	}
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
