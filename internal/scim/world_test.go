// SPDX-License-Identifier: Apache-2.0

package scim

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
	"github.com/convoke/convoke/internal/convoke"
	"github.com/convoke/convoke/internal/provision"
	"github.com/convoke/convoke/internal/store"
	"github.com/convoke/convoke/internal/store/storetest"
)

// world is the door on the real use cases and a real database, with one account
// that has single sign-on and one app.
type world struct {
	handler   http.Handler
	db        *store.DB
	provision *provision.Service
	access    *access.Service
	operator  convoke.Principal
	account   convoke.Account
	token     string
	log       *bytes.Buffer
	clock     atomic.Int64 // seconds since 1970
}

// withSSO is what an account needs.
var withSSO = convoke.AccountChange{SSO: new(true)}

func newWorld(t testing.TB, grants convoke.AccountChange) *world {
	t.Helper()
	w := &world{log: &bytes.Buffer{}}
	w.clock.Store(time.Date(2026, 3, 31, 12, 0, 0, 0, time.UTC).Unix())
	w.db = storetest.SQLite(t)
	key := bytes.Repeat([]byte("k"), 32)
	w.access = access.New(access.Config{Apps: w.db, Tokens: w.db, Sessions: w.db, Domains: w.db, Now: w.now, Logger: slog.New(slog.DiscardHandler)})
	w.provision = provision.New(provision.Config{
		Store: w.db, Accounts: w.db, Domains: w.db, Bulk: w.db, Directory: w.db, Groups: w.db, HashPassword: w.access.HashPassword,
		PageKey: key, CodeKey: key, Now: w.now,
	})
	w.handler = New(Config{
		Users: w.provision, Directory: w.provision, Groups: w.provision, Members: w.provision, Access: w.access, Now: w.now,
		PublicURL: "https://meet.example.com", Logger: slog.New(slog.NewTextHandler(w.log, nil)),
	})
	var err error
	w.account, err = w.provision.CreateAccount(t.Context(), convoke.Operator(""), "Test", grants)
	check(t, err)
	w.operator = convoke.Operator(w.account.ID)
	w.token = w.newToken(t, "scim2:admin")
	return w
}

// trust makes the domain one of the account's, so that its people are active at once.
func (w *world) trust(t testing.TB, domain string) {
	t.Helper()
	_, err := w.provision.AddDomain(t.Context(), w.operator, domain, true)
	check(t, err)
}

func (w *world) now() time.Time { return time.Unix(w.clock.Load(), 0).UTC() }

// newToken makes an app with the scopes, and an access token of it.
func (w *world) newToken(t testing.TB, scopes string) string {
	t.Helper()
	granted, err := convoke.ParseScopes(scopes)
	check(t, err)
	app, secret, err := w.access.CreateApp(context.Background(), w.operator, access.AppDraft{Name: "directory", Scopes: granted})
	check(t, err)
	grant, err := w.access.Token(context.Background(), "", app.ClientID, secret, w.account.ID)
	check(t, err)
	return grant.AccessToken
}

// call sends a request as a server would have read it from the wire.
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

// do sends a request and expects the status.
func (w *world) do(t testing.TB, method, target, body string, status int) object {
	t.Helper()
	answer := w.call(t, method, Prefix+target, nil, body)
	if answer.Code != status {
		t.Fatalf("%s %s: status %d, want %d: %.800s", method, target, answer.Code, status, answer.Body)
	}
	if answer.Body.Len() == 0 {
		return nil
	}
	var tree object
	check(t, json.Unmarshal(answer.Body.Bytes(), &tree))
	return tree
}

// user makes a user and returns its id.
func (w *world) user(t testing.TB, name string) string {
	t.Helper()
	return text(w.do(t, "POST", "/Users", `{"userName": "`+name+`", "externalId": "key of `+name+`"}`, 201), "id")
}

// elsewhere is the same server, seen by an app of another account.
func (w *world) elsewhere(t testing.TB) *world {
	t.Helper()
	account, err := w.provision.CreateAccount(t.Context(), convoke.Operator(""), "Elsewhere", withSSO)
	check(t, err)
	other := &world{
		handler: w.handler, db: w.db, provision: w.provision, access: w.access, log: w.log, account: account, operator: convoke.Operator(account.ID),
	}
	other.clock.Store(w.clock.Load())
	other.token = other.newToken(t, "scim2:admin")
	return other
}

func check(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
