// SPDX-License-Identifier: Apache-2.0

package zoomapi_test

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/convoke/convoke/internal/access"
	"github.com/convoke/convoke/internal/conference"
	"github.com/convoke/convoke/internal/convoke"
	"github.com/convoke/convoke/internal/provision"
	"github.com/convoke/convoke/internal/store/storetest"
	"github.com/convoke/convoke/internal/zoomapi"
)

// fixture is the door with its real use cases on a real SQLite file, and an app
// of each sort.
type fixture struct {
	t       testing.TB
	handler http.Handler
	config  zoomapi.Config
	users   provision.Config
	who     *access.Service
	log     *strings.Builder
	tokens  map[string]string // by the app's name
	account convoke.AccountID
	app     convoke.App // the app named reader
	secret  string      // its secret
}

// noMedia stands for the media server, which is at the world's edge here.
type noMedia struct{}

func (noMedia) Token(convoke.Participant, time.Duration) (string, error)    { return "media", nil }
func (noMedia) Remove(context.Context, string, convoke.ParticipantID) error { return nil }
func (noMedia) Close(context.Context, string) error                         { return nil }
func (noMedia) Mute(_ context.Context, _ string, _ convoke.ParticipantID, _ convoke.TrackSource) error {
	return nil
}

const publicURL = "https://meet.example.com"

// newFixture makes an account with the grants and the verified domain
// managed.example, and a second account that shares nothing with it.
func newFixture(t testing.TB, grants convoke.AccountChange, managed bool) *fixture {
	t.Helper()
	log := &strings.Builder{}
	logger := slog.New(slog.NewTextHandler(log, &slog.HandlerOptions{Level: slog.LevelWarn}))
	db := storetest.SQLite(t)
	who := access.New(access.Config{Apps: db, Tokens: db, Sessions: db, Domains: db, Logger: logger})
	settings := provision.Config{
		Store: db, Accounts: db, Domains: db, Passwords: db, Assistants: db, Groups: db, Pictures: db, Roles: db,
		HashPassword: who.HashPassword, MatchesPassword: who.MatchesPassword, Now: time.Now,
		PageKey: []byte(strings.Repeat("p", 32)), CodeKey: []byte(strings.Repeat("c", 32)),
	}
	users := provision.New(settings)
	meetings, err := conference.New(conference.Config{
		Store: db, Users: db, Media: noMedia{}, PublicURL: publicURL, Key: []byte(strings.Repeat("k", 32)), Logger: logger,
	})
	must(t, err)
	f := &fixture{t: t, users: settings, who: who, log: log, tokens: map[string]string{"none": ""}}
	f.config = zoomapi.Config{Users: users, Logins: users, Domains: users, UserSettings: users, Assistants: users, Groups: users, Members: users, Roles: users, Features: users, Pictures: users, Meetings: meetings, Access: who, PublicURL: publicURL, Logger: logger}
	f.handler = zoomapi.New(f.config)

	account, err := users.CreateAccount(t.Context(), convoke.Operator(""), "Acme", grants)
	must(t, err)
	other, err := users.CreateAccount(t.Context(), convoke.Operator(""), "Other", convoke.AccountChange{})
	must(t, err)
	f.account = account.ID
	operator := convoke.Operator(account.ID)
	if managed {
		_, err := users.AddDomain(t.Context(), operator, "managed.example", true)
		must(t, err)
	}
	owner, err := users.Ensure(t.Context(), operator, convoke.Request{
		Action: "create", Email: "owner@acme.example", FirstName: "Olivia", LastName: "Owner", Type: convoke.TypeBasic,
	})
	must(t, err)

	f.addApp(operator, "admin", strings.Join(convoke.KnownScopes(), " "), owner.User.ID)
	f.app, f.secret = f.addApp(operator, "reader", "user:read:admin meeting:read:admin", "")
	f.addApp(operator, "granular", "user:read:list_users:admin", "")
	f.addApp(convoke.Operator(other.ID), "other", strings.Join(convoke.KnownScopes(), " "), "")
	f.tokens["forged"] = "bm90LWEtdG9rZW4tb2Ytb3Vycy1hdC1hbGwtYnV0LWxvbmc"

	past := access.New(access.Config{Apps: db, Tokens: db, Sessions: db, Domains: db, Logger: logger, Now: func() time.Time { return time.Now().Add(-2 * time.Hour) }})
	old, err := past.Token(t.Context(), "", f.app.ClientID, f.secret, account.ID)
	must(t, err)
	f.tokens["expired"] = old.AccessToken
	return f
}

func (f *fixture) addApp(operator convoke.Principal, name, scopes string, owner convoke.UserID) (convoke.App, string) {
	f.t.Helper()
	app, secret, err := f.who.CreateApp(f.t.Context(), operator, access.AppDraft{Name: name, Scopes: strings.Fields(scopes), Owner: owner})
	must(f.t, err)
	grant, err := f.who.Token(f.t.Context(), "", app.ClientID, secret, operator.AccountID)
	must(f.t, err)
	f.tokens[name] = grant.AccessToken
	return app, secret
}

// breakAccess makes the door ask somebody else who calls.
func (f *fixture) breakAccess(a zoomapi.Access) {
	f.config.Access = a
	f.handler = zoomapi.New(f.config)
}

// call sends a request as the app with the name and returns the answer, its
// body and the route that served it.
func (f *fixture) call(as, method, target, body string) (*http.Response, string, string) {
	r := httptest.NewRequest(method, target, strings.NewReader(body))
	if token := f.tokens[as]; token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	return f.send(r)
}

func (f *fixture) send(r *http.Request) (*http.Response, string, string) {
	f.t.Helper()
	w := httptest.NewRecorder()
	f.handler.ServeHTTP(w, r)
	answer := w.Result()
	raw, err := io.ReadAll(answer.Body)
	must(f.t, err)
	return answer, string(raw), r.Pattern
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func (noMedia) Rooms(context.Context) ([]string, error) { return nil, nil }
