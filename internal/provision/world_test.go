// SPDX-License-Identifier: Apache-2.0

package provision_test

import (
	"bytes"
	"context"
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/convoke/convoke/internal/convoke"
	"github.com/convoke/convoke/internal/provision"
	"github.com/convoke/convoke/internal/store"
	"github.com/convoke/convoke/internal/store/storetest"
)

// goodPassword keeps every rule.
const goodPassword = "Sunny-Day-42"

// world is the service on a real store, with one account and an app of it that
// holds every scope.
type world struct {
	*provision.Service

	db     *store.DB
	clock  *clock
	hashes *atomic.Int64 // passwords hashed so far
	looker *looker
	id     convoke.AccountID
	app    convoke.Principal
}

// everything grants an account all that the four actions need, but for a domain.
var everything = convoke.AccountChange{
	APIPartner: new(true), AutoCreate: new(true), SSO: new(true), Provisioning: new(convoke.PriorToSignIn),
}

// partner grants custCreate only, as a fresh install does.
var partner = convoke.AccountChange{APIPartner: new(true)}

func newWorld(t testing.TB, grants convoke.AccountChange) *world {
	t.Helper()
	return newWorldOn(t, storetest.SQLite(t), grants)
}

func newWorldOn(t testing.TB, db *store.DB, grants convoke.AccountChange) *world {
	t.Helper()
	w := &world{db: db, clock: &clock{at: time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)}, hashes: &atomic.Int64{}, looker: &looker{}}
	w.Service = w.newService(w.cheapHash)
	return w.newAccount(t, grants)
}

// newService is one more process's worth of service on the same store.
func (w *world) newService(hash func(context.Context, string) (string, error)) *provision.Service {
	return provision.New(provision.Config{
		Store: w.db, Accounts: w.db, Domains: w.db, Looker: w.looker, Passwords: w.db, Assistants: w.db, Groups: w.db, Pictures: w.db, Roles: w.db,
		Directory: w.db, Mappings: w.db,
		HashPassword: hash, Now: w.clock.Now,
		MatchesPassword: func(_ context.Context, phc, password string) (bool, error) { return phc == "hash of "+password, nil },
		PageKey:         bytes.Repeat([]byte("p"), 32), CodeKey: bytes.Repeat([]byte("c"), 32),
	})
}

// limitInvites makes the service one that counts its invitations.
func (w *world) limitInvites(invites provision.Invites) {
	w.Service = provision.New(provision.Config{
		Store: w.db, Accounts: w.db, Mappings: w.db, Invites: invites, HashPassword: w.cheapHash, Now: w.clock.Now,
		PageKey: bytes.Repeat([]byte("p"), 32), CodeKey: bytes.Repeat([]byte("c"), 32),
	})
}

func (w *world) cheapHash(_ context.Context, password string) (string, error) {
	w.hashes.Add(1)
	return "hash of " + password, nil
}

// newAccount is the same service seen from an account of its own.
func (w *world) newAccount(t testing.TB, grants convoke.AccountChange) *world {
	t.Helper()
	account, err := w.CreateAccount(context.Background(), convoke.Operator(""), "Acme", grants)
	check(t, err)
	other := *w
	other.id = account.ID
	other.app = convoke.Principal{
		Kind: convoke.AppCaller, AccountID: account.ID, ClientID: "client-id-000000000000", Label: "Shop", Scopes: convoke.KnownScopes(),
	}
	return &other
}

// bound is a request of the host app for its own key.
func bound(externalID, email string) convoke.Request {
	return convoke.Request{Source: convoke.SourceApp, ExternalID: externalID, Email: email}
}

// made ensures a request that must make a user.
func (w *world) made(t testing.TB, r convoke.Request) convoke.User {
	t.Helper()
	decision, err := w.Ensure(context.Background(), w.app, r)
	check(t, err)
	if !decision.Created() {
		t.Fatalf("the outcome of %+v is %s, want a new user", r, decision.Outcome)
	}
	return decision.User
}

// pending makes a user by create, who waits for the activation.
func (w *world) pending(t testing.TB, email string) convoke.User {
	t.Helper()
	return w.made(t, convoke.Request{Action: "create", Email: email})
}

// invite sends a pending user another link.
func (w *world) invite(ctx context.Context, ref string) error {
	_, err := w.Invite(ctx, w.app, ref)
	return err
}

// user reads a user as it is now.
func (w *world) user(t testing.TB, id convoke.UserID) convoke.User {
	t.Helper()
	user, err := w.User(context.Background(), w.app, string(id))
	check(t, err)
	return user
}

// codes returns the activation codes that were ever sent to the user, the latest last.
func (w *world) codes(t testing.TB, id convoke.UserID) []string {
	t.Helper()
	var codes []string
	for _, e := range w.events(t, convoke.EventUserInvited) {
		var payload struct{ Object convoke.InvitationObject }
		check(t, json.Unmarshal(e.Payload, &payload))
		if payload.Object.UserID == id {
			codes = append(codes, w.ActivationCode(payload.Object.InvitationID))
		}
	}
	return codes
}

func (w *world) code(t testing.TB, id convoke.UserID) string {
	t.Helper()
	codes := w.codes(t, id)
	if len(codes) == 0 {
		t.Fatalf("no invitation was sent to %s", id)
	}
	return codes[len(codes)-1]
}

// events returns the account's events of a name; with none given, all that are
// not for the audit log alone.
func (w *world) events(t testing.TB, names ...convoke.EventName) []convoke.Event {
	t.Helper()
	events, err := w.db.Events(context.Background(), w.id, 0, 100_000)
	check(t, err)
	return slices.DeleteFunc(events, func(e convoke.Event) bool {
		return e.Name.AuditOnly() || len(names) > 0 && !slices.Contains(names, e.Name)
	})
}

// picture is all that the store knows about an account's users.
type picture struct {
	events   []convoke.Event
	users    []convoke.User
	bindings []convoke.Binding
	seats    convoke.Seats
	census   convoke.Census
}

func (w *world) picture(t testing.TB) picture {
	t.Helper()
	ctx := context.Background()
	p := picture{events: w.events(t)}
	for _, status := range []convoke.Status{convoke.StatusActive, convoke.StatusInactive, convoke.StatusPending} {
		users, err := w.db.Users(ctx, w.id, status, "", 10_000)
		check(t, err)
		p.users = append(p.users, users...)
	}
	var err error
	p.bindings, err = w.db.Bindings(ctx, w.id, convoke.SourceApp, "", 10_000)
	check(t, err)
	p.seats, p.census, err = w.db.Tally(ctx, w.id)
	check(t, err)
	return p
}

// unchanged fails unless the account is as it was.
func (w *world) unchanged(t testing.TB, before picture) {
	t.Helper()
	if after := w.picture(t); !reflect.DeepEqual(before, after) {
		t.Errorf("something was written:\nbefore %+v\nafter  %+v", before, after)
	}
}

// recount counts the users one by one.
func (p picture) recount() (seats convoke.SeatCounts, census convoke.Census) {
	for _, u := range p.users {
		seats = seats.Plus(u.Seats())
		switch u.Status {
		case convoke.StatusActive:
			census.Active++
			if u.Type == convoke.TypeBasic {
				census.Basic++
			} else if u.Type != convoke.TypeLicensed {
				census.JoinOnly++
			}
		case convoke.StatusInactive:
			census.Inactive++
		case convoke.StatusPending:
			census.Pending++
		}
	}
	return seats, census
}

func check(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func wantCode(t testing.TB, err error, code convoke.Code) {
	t.Helper()
	if code == "" && err != nil || code != "" && !convoke.HasCode(err, code) {
		t.Errorf("the error is %v, want %q", err, code)
	}
}

// blocking returns the user that an error names as standing in the way.
func blocking(err error) convoke.UserID { return convoke.AsError(err).UserID }

// parallel runs f n times at once.
func parallel(n int, f func(i int)) {
	begin := make(chan struct{})
	var group sync.WaitGroup
	for i := range n {
		group.Go(func() {
			<-begin
			f(i)
		})
	}
	close(begin)
	group.Wait()
}

// names lists the names of events, in order.
func names(events []convoke.Event) string {
	list := make([]string, 0, len(events))
	for _, e := range events {
		list = append(list, string(e.Name))
	}
	return strings.Join(list, " ")
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
