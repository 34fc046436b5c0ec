// SPDX-License-Identifier: Apache-2.0

package webhook_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/convoke/convoke/internal/convoke"
	"github.com/convoke/convoke/internal/store"
	"github.com/convoke/convoke/internal/webhook"
	"github.com/convoke/convoke/zoom"
)

const (
	home     = convoke.AccountID("home-account-000000000")
	client   = convoke.ClientID("the-app-00000000000000")
	secret   = "the app's webhook secret"
	patience = 30 * time.Second
)

// world is a real store with one account, two users and an app.
type world struct {
	testing.TB
	db    *store.DB
	url   string // of PostgreSQL, or empty
	path  string
	logs  *logbook
	still bool // the clock of a bubble: nothing is to happen all the time
	nudge func()
}

func newWorld(t testing.TB, url string) *world { return settle(t, &world{url: url}) }

func settle(t testing.TB, w *world) *world {
	t.Helper()
	w.TB, w.path, w.logs, w.nudge = t, filepath.Join(t.TempDir(), "convoke.db"), &logbook{}, func() {}
	w.db = w.open()
	account, err := convoke.NewAccount(home, "Account", time.Now())
	w.check(err)
	w.check(w.db.CreateAccount(context.Background(), account))
	w.check(w.db.CreateApp(context.Background(), convoke.App{
		ClientID: client, AccountID: home, Name: "App", SecretHash: []byte("hash"), WebhookSecret: secret,
		Scopes: convoke.Scopes{"user:read:admin", "meeting:read:admin"}, CreatedAt: time.Now(),
	}))
	return w
}

// open is another handle on the store, as a second process has.
func (w *world) open() *store.DB {
	w.Helper()
	db, err := store.Open(context.Background(), store.Config{URL: w.url, Path: w.path, FullSync: new(!w.still)})
	w.check(err)
	w.Cleanup(func() { _ = db.Close() })
	return db
}

func (w *world) check(err error) {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
}

// subscribe makes an active subscription of the app.
func (w *world) subscribe(url string) convoke.SubscriptionID {
	w.Helper()
	now := time.Now()
	s := convoke.Subscription{
		ID: convoke.SubscriptionID(fmt.Sprintf("subscription-%09d", len(w.subscriptions()))), AccountID: home, ClientID: client,
		URL: url, Enabled: true, ValidatedAt: now, CheckedAt: now, NextCheckAt: now.Add(convoke.Revalidate), CreatedAt: now,
	}
	w.check(w.db.AddSubscription(context.Background(), home, client, func(int) (convoke.SubscriptionChange, error) {
		return convoke.SubscriptionChange{After: &s}, nil
	}))
	return s.ID
}

func (w *world) subscriptions() []convoke.Subscription {
	w.Helper()
	list, err := w.db.Subscriptions(context.Background(), home, "")
	w.check(err)
	return list
}

func (w *world) change(id convoke.SubscriptionID, set func(*convoke.Subscription)) {
	w.Helper()
	w.check(w.db.ChangeSubscription(context.Background(), home, id, func(s convoke.Subscription) (convoke.SubscriptionChange, error) {
		after := s
		set(&after)
		return convoke.SubscriptionChange{Before: &s, After: &after}, nil
	}))
}

// emit commits events of the subject, whose numbers are in their payloads.
func (w *world) emit(subject string, numbers ...int) {
	w.Helper()
	for _, n := range numbers {
		w.commit(newEvent(subject, n))
	}
}

func newEvent(subject string, n int) convoke.Event {
	return convoke.NewEvent(convoke.EventUserUpdated, time.Now(), convoke.Payload{
		AccountID: home, Object: map[string]any{"id": subject, "n": n},
	})
}

func (w *world) commit(list ...convoke.Event) {
	w.Helper()
	w.check(w.db.Change(context.Background(), convoke.Lookup{AccountID: home}, func(convoke.Found) (convoke.Change, error) {
		return convoke.Change{Events: list}, nil
	}))
	w.nudge()
}

// run starts a Deliverer that is nudged all the time, and returns how to stop it.
func (w *world) run(db *store.DB, transport http.RoundTripper) (stop func()) {
	w.Helper()
	if transport == nil {
		transport = &http.Transport{MaxIdleConnsPerHost: 32}
	}
	d := webhook.New(webhook.Config{
		Store: db, Client: webhook.NewClient(&http.Client{
			Transport: transport, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		}),
		Logger: slog.New(slog.NewTextHandler(w.logs, nil)),
	})
	ctx, cancel := context.WithCancel(context.Background())
	var parts sync.WaitGroup
	if w.still {
		d.SetPace(4*time.Hour, 10*time.Second)
		w.nudge = d.Nudge
	}
	parts.Go(func() { _ = d.Run(ctx) })
	stop = sync.OnceFunc(func() { cancel(); parts.Wait() })
	w.Cleanup(stop)
	if w.still {
		return stop
	}
	parts.Go(func() {
		for tick := time.NewTicker(20 * time.Millisecond); ctx.Err() == nil; {
			select {
			case <-ctx.Done():
				tick.Stop()
			case <-tick.C:
				d.Nudge()
			}
		}
	})
	return stop
}

func (w *world) eventually(what string, holds func() bool) {
	w.Helper()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for deadline := time.Now().Add(patience); !holds(); <-tick.C {
		if time.Now().After(deadline) {
			w.Fatalf("it did not happen: %s\n%s", what, w.logs)
		}
	}
}

func (w *world) kept(id convoke.SubscriptionID) string {
	w.Helper()
	list, err := w.db.Deliveries(context.Background(), id, "", 0, 1000)
	w.check(err)
	text := ""
	for _, d := range list {
		text += fmt.Sprintf("%s:%s:%d ", d.Subject, d.State, d.Attempts)
	}
	return text
}

// receiver remembers what it got, in order, and answers as told.
type receiver struct {
	mu     sync.Mutex
	got    []string
	faults []string
	answer func(event string) int // nil: 204
}

// ServeHTTP checks the signature and that the body is what JSON.stringify makes.
func (r *receiver) ServeHTTP(w http.ResponseWriter, request *http.Request) {
	raw, _ := io.ReadAll(request.Body)
	w.WriteHeader(r.take(request.Header, raw))
}

func (r *receiver) take(header http.Header, raw []byte) int {
	r.mu.Lock()
	defer r.mu.Unlock()
	var body struct {
		Event   string
		Payload struct {
			Object struct {
				ID string
				N  int
			}
		}
	}
	if err := json.Unmarshal(raw, &body); err != nil {
		r.faults = append(r.faults, err.Error())
	}
	if err := zoom.Verify(secret, header, raw, time.Now(), zoom.DefaultTolerance); err != nil {
		r.faults = append(r.faults, err.Error())
	}
	if header.Get("X-Convoke-Event-Id") == "" || !strings.HasPrefix(header.Get("Content-Type"), "application/json") {
		r.faults = append(r.faults, fmt.Sprint("headers are ", header))
	}
	name := fmt.Sprint(body.Payload.Object.ID, body.Payload.Object.N)
	r.got = append(r.got, name)
	if r.answer == nil {
		return http.StatusNoContent
	}
	return r.answer(name)
}

// RoundTrip lets the receiver stand where the network would be.
func (r *receiver) RoundTrip(request *http.Request) (*http.Response, error) {
	raw, err := io.ReadAll(request.Body)
	return &http.Response{StatusCode: r.take(request.Header, raw), Body: http.NoBody, Request: request}, err
}

func (r *receiver) list() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([]string(nil), r.got...)
}

func (r *receiver) reply(answer func(event string) int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.answer = answer
}

// of returns what came of one subject.
func of(list []string, subject string) string {
	text := ""
	for _, name := range list {
		if rest, ok := strings.CutPrefix(name, subject); ok {
			text += rest + " "
		}
	}
	return text
}

func serve(t testing.TB, handler http.Handler) string {
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	return server.URL
}

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
