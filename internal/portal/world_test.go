// SPDX-License-Identifier: Apache-2.0

package portal_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"github.com/convoke/convoke/internal/access"
	"github.com/convoke/convoke/internal/conference"
	"github.com/convoke/convoke/internal/convoke"
	"github.com/convoke/convoke/internal/events"
	"github.com/convoke/convoke/internal/imports"
	"github.com/convoke/convoke/internal/mail"
	"github.com/convoke/convoke/internal/portal"
	"github.com/convoke/convoke/internal/provision"
	"github.com/convoke/convoke/internal/saml"
	"github.com/convoke/convoke/internal/store"
	"github.com/convoke/convoke/internal/store/storetest"
)

const (
	public   = "https://meet.example.com"
	password = "Sunny-Day-42"
)

// pages stand in for what Vite builds.
var pages = fstest.MapFS{
	"room/index.html":       {Data: []byte("<!doctype html><title>room</title>")},
	"portal/index.html":     {Data: []byte("<!doctype html><title>portal</title>")},
	"assets/room-1a2b.js":   {Data: []byte("export {}")},
	"assets/favicon.svg":    {Data: []byte("<svg xmlns='http://www.w3.org/2000/svg'/>")},
	"assets/fonts/a-1.woff": {Data: []byte("font")},
}

// world is the door on the real use cases and a real database. Only the media
// server is a stand-in.
type world struct {
	config     portal.Config
	handler    http.Handler
	db         *store.DB
	access     *access.Service
	provision  *provision.Service
	audit      *events.Audit
	imports    *imports.Service
	conference *conference.Service
	media      *recorder
	clock      *clock
	log        *bytes.Buffer
	account    convoke.AccountID
	app        convoke.Principal
	host       convoke.User // active and licensed, with the password
}

// shared spares the tests the slow hash of their one password.
var shared = sync.OnceValue(func() string {
	service := access.New(access.Config{Logger: slog.New(slog.DiscardHandler)})
	hash, err := service.HashPassword(context.Background(), password)
	if err != nil {
		panic(err)
	}
	return hash
})

func newWorld(t testing.TB) *world {
	t.Helper()
	return newWorldOn(t, storetest.SQLite(t))
}

func newWorldOn(t testing.TB, db *store.DB) *world {
	t.Helper()
	w := &world{
		db: db, media: &recorder{}, log: &bytes.Buffer{},
		clock: &clock{at: time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)},
	}
	quiet, key := slog.New(slog.DiscardHandler), bytes.Repeat([]byte("k"), 32)
	w.access = access.New(access.Config{Apps: db, Tokens: db, Sessions: db, Domains: db, Now: w.clock.Now, Logger: quiet})
	w.provision = provision.New(provision.Config{
		Store: db, Accounts: db, Domains: db, Mappings: db, Bulk: db, SSO: db, Pictures: db, Roles: db, Protocol: saml.Protocol{Key: key, Client: http.DefaultClient}, Looker: looker{}, Now: w.clock.Now, PageKey: key, CodeKey: key,
		HashPassword: func(ctx context.Context, text string) (string, error) {
			if text == password {
				return shared(), nil
			}
			return w.access.HashPassword(ctx, text)
		},
	})
	var err error
	w.conference, err = conference.New(conference.Config{
		Store: db, Users: db, Media: w.media, Joins: access.NewThrottle(access.JoinTries, access.JoinRefill), PublicURL: public, Key: key, Now: w.clock.Now,
	})
	check(t, err)
	w.imports, err = imports.New(imports.Config{Jobs: db, Spool: db, Users: w.provision, Callers: w.access, Key: key, PageKey: key, Now: w.clock.Now, Logger: quiet})
	check(t, err)
	w.config = portal.Config{
		Imports: w.imports,
		Doorway: w.conference, Moderation: w.conference, Meetings: w.conference,
		Users: w.provision, Invitations: w.provision, Domains: w.provision, Mappings: w.provision, Activations: w.provision, Access: w.access,
		Mails: mail.NewReader(db),
		Pages: pages, Built: true, PublicURL: public, MediaURL: "wss://meet.example.com", Delivery: "outbox",
		Logger: slog.New(slog.NewTextHandler(w.log, nil)),
	}
	webhooks := events.NewSubscriptions(events.SubscriptionsConfig{Store: db, Deliveries: db, Challenger: challenger{}, Now: w.clock.Now})
	w.config.Webhooks, w.config.Deliveries, w.config.Apps = webhooks, webhooks, w.access
	w.audit = events.NewAudit(events.AuditConfig{Store: db, Key: key, Now: w.clock.Now, Logger: quiet})
	w.config.Audit, w.config.EventsKept = w.audit, 30*24*time.Hour
	w.config.SSO, w.config.Pictures = w.provision, w.provision
	w.handler = portal.New(w.config)
	return w.newAccount(t, "Acme")
}

// newAccount is the same door seen from an account of its own, with a host.
func (w *world) newAccount(t testing.TB, name string) *world {
	t.Helper()
	grants := convoke.AccountChange{
		APIPartner: new(true), AutoCreate: new(true), SSO: new(true), Provisioning: new(convoke.PriorToSignIn),
	}
	account, err := w.provision.CreateAccount(context.Background(), convoke.Operator(""), name, grants)
	check(t, err)
	other := *w
	other.account = account.ID
	other.app = convoke.Principal{Kind: convoke.AppCaller, AccountID: account.ID, ClientID: "client-id-000000000000", Label: "Shop", Scopes: convoke.KnownScopes()}
	other.host = other.person(t, "jane@"+strings.ToLower(name)+".example")
	return &other
}

// user makes a user.
func (w *world) user(t testing.TB, r convoke.Request) convoke.User {
	t.Helper()
	decision, err := w.provision.Ensure(context.Background(), w.app, r)
	check(t, err)
	return decision.User
}

// person makes an active, licensed user who knows the password.
func (w *world) person(t testing.TB, email string) convoke.User {
	t.Helper()
	u := w.user(t, convoke.Request{Action: "create", Email: email, Type: convoke.TypeLicensed, DisplayName: "Jane Doe", PersonalLink: convoke.EmailLocal(email) + ".link"})
	u, err := w.provision.Activate(context.Background(), "192.0.2.7", w.code(t, u.ID), password)
	check(t, err)
	return u
}

// code returns the activation code that was last sent to the user.
func (w *world) code(t testing.TB, id convoke.UserID) string {
	t.Helper()
	code := ""
	for _, e := range w.events(t) {
		var payload struct{ Object convoke.InvitationObject }
		check(t, json.Unmarshal(e.Payload, &payload))
		if e.Name == convoke.EventUserInvited && payload.Object.UserID == id {
			code = w.provision.ActivationCode(payload.Object.InvitationID)
		}
	}
	if code == "" {
		t.Fatalf("no invitation was sent to %s", id)
	}
	return code
}

func (w *world) events(t testing.TB) []convoke.Event {
	t.Helper()
	events, err := w.db.Events(context.Background(), w.account, 0, 100_000)
	check(t, err)
	return events
}

// schedule makes a meeting of the host.
func (w *world) schedule(t testing.TB, kind convoke.MeetingType, settings string) conference.View {
	t.Helper()
	view, err := w.conference.Schedule(context.Background(), w.app, string(w.host.ID), convoke.MeetingPatch{
		Type: &kind, Topic: new("Algebra"), Settings: json.RawMessage(settings),
	})
	check(t, err)
	return view
}

// ticket returns the path of a fresh ticket.
func (w *world) ticket(t testing.TB, id convoke.MeetingID, r conference.TicketRequest) string {
	t.Helper()
	link, _, err := w.conference.Ticket(context.Background(), w.app, id, r)
	check(t, err)
	return path(t, link)
}

// path takes the public URL off a link.
func path(t testing.TB, link string) string {
	t.Helper()
	rest, ok := strings.CutPrefix(link, public)
	if !ok {
		t.Fatalf("%q does not begin with %s", link, public)
	}
	return rest
}

// option is something about a request.
type option func(*http.Request)

func header(name, value string) option {
	return func(r *http.Request) { r.Header.Set(name, value) }
}

func bearer(secret string) option { return header("Authorization", "Bearer "+secret) }

// cookie sends back what an answer has set.
func cookie(answer *httptest.ResponseRecorder) option {
	return func(r *http.Request) {
		for _, c := range answer.Result().Cookies() {
			r.AddCookie(c)
		}
	}
}

// call sends a request as a page of this site does.
func (w *world) call(t testing.TB, method, target, body string, options ...option) *httptest.ResponseRecorder {
	t.Helper()
	r, err := http.NewRequest(method, public+target, strings.NewReader(body))
	check(t, err)
	if method != http.MethodGet {
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set("Sec-Fetch-Site", "same-origin")
	}
	for _, o := range options {
		o(r)
	}
	answer := httptest.NewRecorder()
	w.handler.ServeHTTP(answer, r)
	return answer
}

// get opens an address.
func (w *world) get(t testing.TB, target string, options ...option) *httptest.ResponseRecorder {
	t.Helper()
	return w.call(t, http.MethodGet, target, "", options...)
}

// post sends a body that may be made with jsonOf.
func (w *world) post(t testing.TB, target, body string, options ...option) *httptest.ResponseRecorder {
	t.Helper()
	return w.call(t, http.MethodPost, target, body, options...)
}

func jsonOf(t testing.TB, value any) string {
	t.Helper()
	raw, err := json.Marshal(value)
	check(t, err)
	return string(raw)
}

// decoded reads the body of an answer that must have the status.
func decoded[T any](t testing.TB, answer *httptest.ResponseRecorder, status int) T {
	t.Helper()
	var value T
	if answer.Code != status {
		t.Fatalf("status %d, want %d: %s", answer.Code, status, answer.Body)
	}
	if got := answer.Header().Get("Content-Type"); got != "application/json" {
		t.Errorf("the content type is %q", got)
	}
	check(t, json.Unmarshal(answer.Body.Bytes(), &value))
	return value
}

// wantProblem fails unless the answer is a problem document of the code.
func wantProblem(t testing.TB, answer *httptest.ResponseRecorder, status int, code convoke.Code) {
	t.Helper()
	var problem struct {
		Type, Title, Detail string
		Status              int
		Code                convoke.Code
	}
	err := json.Unmarshal(answer.Body.Bytes(), &problem)
	if answer.Code != status || err != nil || problem.Code != code || problem.Status != status ||
		answer.Header().Get("Content-Type") != "application/problem+json" {
		t.Errorf("status %d (%s): %s, want %d with the code %s", answer.Code, answer.Header().Get("Content-Type"), answer.Body, status, code)
	}
	if problem.Detail == "" || problem.Title == "" || problem.Type == "" {
		t.Errorf("the problem says too little: %s", answer.Body)
	}
}

var errorPage = regexp.MustCompile(`<main data-testid="error-page" data-code="([^"]*)">`)

// wantErrorPage fails unless the answer is an error page of the code.
func wantErrorPage(t testing.TB, answer *httptest.ResponseRecorder, status int, code convoke.Code) {
	t.Helper()
	found := errorPage.FindStringSubmatch(answer.Body.String())
	if answer.Code != status || found == nil || found[1] != string(code) || answer.Header().Get("Content-Type") != "text/html; charset=utf-8" {
		t.Errorf("status %d (%s): %s\nwant %d with the code %s", answer.Code, answer.Header().Get("Content-Type"), answer.Body, status, code)
	}
	if strings.Contains(answer.Body.String(), "<script") || strings.Contains(answer.Body.String(), "style=") {
		t.Errorf("the error page has a script or an inline style: %s", answer.Body)
	}
}

func wantStatus(t testing.TB, answer *httptest.ResponseRecorder, status int) {
	t.Helper()
	if answer.Code != status {
		t.Errorf("status %d, want %d: %s", answer.Code, status, answer.Body)
	}
}

// signedIn signs a person in and returns the option that sends their cookie.
func (w *world) signedIn(t testing.TB, email string) option {
	t.Helper()
	answer := w.post(t, "/portal/api/session", jsonOf(t, map[string]string{"email": email, "password": password}))
	if answer.Code != http.StatusOK {
		t.Fatalf("%s is not let in: %s", email, answer.Body)
	}
	return cookie(answer)
}

// asOperator opens the portal by an operator's code.
func (w *world) asOperator(t testing.TB) option {
	t.Helper()
	code, err := w.access.OperatorCode(context.Background(), w.account)
	check(t, err)
	answer := w.post(t, "/portal/api/operator", jsonOf(t, map[string]string{"code": code}))
	if answer.Code != http.StatusOK {
		t.Fatalf("the operator is not let in: %s", answer.Body)
	}
	return cookie(answer)
}

func check(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

type clock struct {
	mu sync.Mutex
	at time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *clock) advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
}

// recorder stands in for the media server: it notes what it is told.
type recorder struct {
	mu    sync.Mutex
	calls []string
	down  bool
}

func (r *recorder) note(format string, args ...any) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.calls = append(r.calls, fmt.Sprintf(format, args...))
	if r.down {
		return convoke.Errorf(convoke.KindUnavailable, convoke.CodeMediaUnavailable, "The media server does not answer.")
	}
	return nil
}

func (r *recorder) setDown(down bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.down = down
}

// take returns what was noted since the last time.
func (r *recorder) take() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	calls := r.calls
	r.calls = nil
	return calls
}

func (r *recorder) Token(p convoke.Participant, _ time.Duration) (string, error) {
	return "media token of " + string(p.ID), nil
}

func (r *recorder) Remove(_ context.Context, _ string, id convoke.ParticipantID) error {
	return r.note("remove %s", id)
}

func (r *recorder) Mute(_ context.Context, _ string, id convoke.ParticipantID, source convoke.TrackSource) error {
	return r.note("mute %s %s", id, source)
}

func (r *recorder) Close(_ context.Context, room string) error { return r.note("close %s", room) }

// endless is a body that never ends, and counts what was read of it.
type endless struct{ read int64 }

func (e *endless) Read(p []byte) (int, error) {
	if e.read > 8<<20 {
		return 0, io.ErrUnexpectedEOF
	}
	for i := range p {
		p[i] = ' '
	}
	e.read += int64(len(p))
	return len(p), nil
}

func (r *recorder) Rooms(context.Context) ([]string, error) {
	return []string{"unknown-room"}, r.note("rooms")
}
