// SPDX-License-Identifier: Apache-2.0

package api

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/convoke/convoke/internal/access"
	"github.com/convoke/convoke/internal/conference"
	"github.com/convoke/convoke/internal/convoke"
	"github.com/convoke/convoke/internal/events"
	"github.com/convoke/convoke/internal/imports"
	"github.com/convoke/convoke/internal/provision"
	"github.com/convoke/convoke/internal/saml"
	"github.com/convoke/convoke/internal/store"
	"github.com/convoke/convoke/internal/store/storetest"
)

// world is the API on the real use cases and a real database, with one account
// and one app. Only the media server is missing.
type world struct {
	handler   http.Handler
	config    Config
	provision *provision.Service
	access    *access.Service
	imports   *imports.Service
	protocol  saml.Protocol
	operator  convoke.Principal
	account   convoke.Account
	users     provision.Config
	token     string
	log       *bytes.Buffer
	shelve    func(convoke.Progress) // writes what a deliverer would
	clock     atomic.Int64           // seconds since 1970
}

// allScopes lets an app do everything.
const allScopes = "user:write:admin user:read:admin meeting:write:admin meeting:read:admin account:write:admin"

func newWorld(t testing.TB, grants convoke.AccountChange) *world {
	t.Helper()
	w := &world{log: &bytes.Buffer{}}
	w.clock.Store(time.Date(2026, 3, 31, 12, 0, 0, 0, time.UTC).Unix())
	db := storetest.SQLite(t)
	key := bytes.Repeat([]byte("k"), 32)
	w.protocol = saml.Protocol{Key: key, Client: http.DefaultClient}
	w.access = access.New(access.Config{Apps: db, Tokens: db, Sessions: db, Domains: db, Now: w.now, Logger: slog.New(slog.DiscardHandler)})
	w.users = provision.Config{
		Store: db, Accounts: db, Domains: db, Bulk: db, Mappings: db, SSO: db, Protocol: w.protocol, Looker: looker{}, HashPassword: w.access.HashPassword, PageKey: key, CodeKey: key, Now: w.now,
	}
	w.provision = provision.New(w.users)
	meetings, err := conference.New(conference.Config{
		Store: db, Users: db, Media: noMedia{}, PublicURL: "https://meet.example.com", Key: key, Now: w.now,
	})
	check(t, err)
	w.imports, err = imports.New(imports.Config{
		Jobs: db, Spool: db, Users: w.provision, Callers: w.access, Key: key, PageKey: key, Now: w.now, Logger: slog.New(slog.DiscardHandler),
	})
	check(t, err)
	w.config = Config{
		Imports:   w.imports,
		Provision: w.provision, Invitations: w.provision, Logins: w.provision, Domains: w.provision, Mappings: w.provision, SSO: w.provision,
		Conference: meetings, Access: w.access,
		Events: events.New(events.Config{Store: db, Logger: slog.New(slog.DiscardHandler)}),
		Audit: events.NewAudit(events.AuditConfig{
			Store: db, Key: key, Now: w.now, Logger: slog.New(slog.DiscardHandler),
		}),
		Limits:    access.NewLimiter(access.LimiterConfig{Store: db, Now: w.now}),
		PublicURL: "https://meet.example.com", Logger: slog.New(slog.NewTextHandler(w.log, nil)),
	}
	webhooks := events.NewSubscriptions(events.SubscriptionsConfig{Store: db, Deliveries: db, Challenger: challenger{}, Now: w.now})
	w.config.Subscriptions, w.config.Deliveries = webhooks, webhooks
	w.shelve = func(p convoke.Progress) { shelve(t, db, p) }
	w.handler = New(w.config)
	w.account, err = w.provision.CreateAccount(t.Context(), convoke.Operator(""), "Test", grants)
	check(t, err)
	w.operator = convoke.Operator(w.account.ID)
	w.token = w.newToken(t, allScopes)
	return w
}

// challenger stands for the receivers, of which those with "good" in their
// address pass.
type challenger struct{}

func (challenger) Challenge(_ context.Context, url, _ string) string {
	if strings.Contains(url, "good") {
		return ""
	}
	return "The receiver did not answer within 3 seconds."
}

func shelve(t testing.TB, db *store.DB, p convoke.Progress) {
	t.Helper()
	_, err := db.HoldLease(context.Background(), "webhook", "test", time.Now(), time.Now().Add(time.Hour))
	check(t, err)
	held, err := db.SaveProgress(context.Background(), "webhook", "test", p)
	check(t, err)
	if !held {
		t.Fatal("the lease is not held")
	}
}

// looker stands for the world outside, where the file of a domain that begins
// with "proved" is up and nothing else.
type looker struct{}

func (looker) Look(_ context.Context, d convoke.Domain) ([]convoke.Finding, error) {
	proofs, proved := d.Proofs(), strings.HasPrefix(d.Name, "proved")
	file := convoke.Finding{Method: convoke.ProofFile, Where: proofs.File.URL, Expected: proofs.File.Content, Got: []string{}, Problem: "No."}
	if proved {
		file.Found, file.Problem, file.Got = true, "", []string{proofs.File.Content}
	}
	return []convoke.Finding{
		{Method: convoke.ProofDNS, Where: d.Name, Expected: proofs.TXT.Value, Got: []string{"v=spf1 -all"}, Problem: "None of the 1 TXT records."},
		file,
		{Method: convoke.ProofMeta, Where: proofs.Meta.URL, Expected: proofs.Meta.Tag, Got: []string{}, Problem: "No connection to the site."},
	}, nil
}

func (w *world) now() time.Time { return time.Unix(w.clock.Load(), 0).UTC() }

// newToken makes an app with the scopes, and an access token of it.
func (w *world) newToken(t testing.TB, scopes string) string {
	t.Helper()
	granted, err := convoke.ParseScopes(scopes)
	check(t, err)
	app, secret, err := w.access.CreateApp(context.Background(), w.operator, access.AppDraft{Name: "host app", Scopes: granted})
	check(t, err)
	grant, err := w.access.Token(context.Background(), "", app.ClientID, secret, w.account.ID)
	check(t, err)
	return grant.AccessToken
}

// call sends a request as a server would have read it from the wire: the target
// goes in as it stands.
func (w *world) call(t testing.TB, method, target string, header http.Header, body string) *httptest.ResponseRecorder {
	t.Helper()
	r, err := w.request(method, target, body)
	check(t, err)
	maps.Copy(r.Header, header)
	answer := httptest.NewRecorder()
	w.handler.ServeHTTP(answer, r)
	return answer
}

// request makes a request of the app's. A target that no server would hand to
// its handler is an error.
func (w *world) request(method, target, body string) (*http.Request, error) {
	r, err := http.ReadRequest(bufio.NewReader(strings.NewReader(method + " " + target + " HTTP/1.1\r\nHost: meet.example.com\r\n\r\n")))
	if err != nil {
		return nil, err
	}
	r.Header.Set("Authorization", "Bearer "+w.token)
	r.Body, r.ContentLength = io.NopCloser(strings.NewReader(body)), int64(len(body))
	return r, nil
}

// put ensures a user and expects the status.
func (w *world) put(t testing.TB, externalID, body string, status int) bound {
	t.Helper()
	return read[bound](t, w.call(t, "PUT", Prefix+"/bindings/"+externalID, nil, body), status)
}

// read decodes an answer that must have the status.
func read[T any](t testing.TB, answer *httptest.ResponseRecorder, status int) T {
	t.Helper()
	var body T
	if answer.Code != status {
		t.Fatalf("status %d, want %d: %.500s", answer.Code, status, answer.Body)
	}
	check(t, json.Unmarshal(answer.Body.Bytes(), &body))
	return body
}

// elsewhere is the same server, seen by an app of another account.
func (w *world) elsewhere(t testing.TB) *world {
	t.Helper()
	account, err := w.provision.CreateAccount(t.Context(), convoke.Operator(""), "Elsewhere", partner)
	check(t, err)
	other := &world{
		handler: w.handler, config: w.config, provision: w.provision, access: w.access, log: w.log,
		account: account, operator: convoke.Operator(account.ID),
	}
	other.token = other.newToken(t, allScopes)
	return other
}

func check(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// partner is an account that may use custCreate.
var partner = convoke.AccountChange{APIPartner: new(true)}

// noMedia stands where the media server would be, at the world's edge.
type noMedia struct{}

func (noMedia) Token(convoke.Participant, time.Duration) (string, error)    { return "token", nil }
func (noMedia) Remove(context.Context, string, convoke.ParticipantID) error { return nil }
func (noMedia) Mute(context.Context, string, convoke.ParticipantID, convoke.TrackSource) error {
	return nil
}
func (noMedia) Close(context.Context, string) error { return nil }

func (noMedia) Rooms(context.Context) ([]string, error) { return nil, nil }
