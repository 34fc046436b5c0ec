// SPDX-License-Identifier: Apache-2.0

package conference_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
	_ "time/tzdata"

	"github.com/convoke/convoke/internal/conference"
	"github.com/convoke/convoke/internal/convoke"
	"github.com/convoke/convoke/internal/store"
	"github.com/convoke/convoke/internal/store/storetest"
)

const (
	public = "https://meet.example.com"
	acme   = convoke.AccountID("acme-account-id-000001")
	other  = convoke.AccountID("other-account-id-00001")
)

var key = bytes.Repeat([]byte{7}, 32)

// bench is a Service on a real store, with people to act.
type bench struct {
	*conference.Service
	db    *store.DB
	media *recorder
	clock *clock
	app   convoke.Principal // of acme, with all scopes
	host  convoke.User      // active and licensed
	cust  convoke.User      // made by custCreate
	guest convoke.User      // another user of acme
	alien convoke.User      // of the other account
}

func setup(t *testing.T) *bench {
	t.Helper()
	db := storetest.SQLite(t)
	b := &bench{db: db, media: &recorder{}, clock: &clock{at: time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)}}
	for _, id := range []convoke.AccountID{acme, other} {
		account, err := convoke.NewAccount(id, "Account", b.clock.Now())
		b.must(t, err)
		b.must(t, db.CreateAccount(t.Context(), account))
	}
	b.host = b.addUser(t, acme, "jane", convoke.ActionCreate)
	b.cust = b.addUser(t, acme, "cust", convoke.ActionCustCreate)
	b.guest = b.addUser(t, acme, "gary", convoke.ActionCreate)
	b.alien = b.addUser(t, other, "alien", convoke.ActionCreate)
	b.app = appOf(acme)
	b.Service = b.newService(t)
	return b
}

func appOf(account convoke.AccountID) convoke.Principal {
	return convoke.Principal{Kind: convoke.AppCaller, AccountID: account, ClientID: "client", Label: "Shop", Scopes: convoke.KnownScopes()}
}

// newService makes one more process's worth of Service on the same store.
func (b *bench) newService(t *testing.T) *conference.Service {
	t.Helper()
	s, err := conference.New(conference.Config{
		Store: b.db, Users: b.db, Media: b.media, PublicURL: public + "/", Key: key, Now: b.clock.Now,
	})
	b.must(t, err)
	return s
}

func (b *bench) must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// addUser stores an active, licensed user, bound to the external id ext-NAME, with
// the personal link NAME.link.
func (b *bench) addUser(t *testing.T, account convoke.AccountID, name string, action convoke.Action) convoke.User {
	t.Helper()
	user := convoke.User{
		ID: convoke.UserID(name + strings.Repeat("0", 22-len(name))), AccountID: account, Action: action, Email: name + "@example.com",
		DisplayName: "The " + name, Type: convoke.TypeLicensed, Status: convoke.StatusActive, PersonalLink: name + ".link",
		PMI: convoke.MeetingID(2_345_678_000 + int64(len(name))*17 + int64(name[0])), HostKey: "123456",
		CreatedAt: b.clock.Now(), UpdatedAt: b.clock.Now(),
	}
	binding := convoke.Binding{
		AccountID: account, Source: convoke.SourceApp, ExternalID: "ext-" + name, UserID: user.ID, Generation: 1, CreatedAt: b.clock.Now(),
	}
	b.must(t, b.db.Change(t.Context(), convoke.Lookup{AccountID: account}, func(convoke.Found) (convoke.Change, error) {
		return convoke.Change{After: &user, Binding: &binding}, nil
	}))
	return user
}

// changeUser stores the user as edit leaves it.
func (b *bench) changeUser(t *testing.T, user convoke.User, edit func(*convoke.User)) {
	t.Helper()
	b.must(t, b.db.Change(t.Context(), convoke.Lookup{AccountID: user.AccountID, UserID: user.ID}, func(f convoke.Found) (convoke.Change, error) {
		after := *f.Target
		edit(&after)
		return convoke.Change{Before: f.Target, After: &after}, nil
	}))
}

func deactivate(u *convoke.User) {
	u.Status, u.StatusReason = convoke.StatusInactive, convoke.ReasonDeactivated
}

// schedule makes a meeting of the host with the given settings.
func (b *bench) schedule(t *testing.T, kind convoke.MeetingType, settings string) conference.View {
	t.Helper()
	v, err := b.Schedule(t.Context(), b.app, string(b.host.ID), convoke.MeetingPatch{Type: &kind, Settings: json.RawMessage(settings)})
	b.must(t, err)
	return v
}

// startLink and joinLink take a link apart as the room page does.
func startLink(t *testing.T, link string) conference.Link {
	t.Helper()
	id, query := parseLink(t, link, "/s/")
	return conference.Link{Kind: conference.LinkStart, MeetingID: id, Zak: query.Get("zak")}
}

func joinLink(t *testing.T, link string) conference.Link {
	t.Helper()
	id, query := parseLink(t, link, "/j/")
	return conference.Link{Kind: conference.LinkJoin, MeetingID: id, Pwd: query.Get("pwd")}
}

func parseLink(t *testing.T, link, path string) (convoke.MeetingID, url.Values) {
	t.Helper()
	u, err := url.Parse(link)
	rest, ok := strings.CutPrefix(link, public+path)
	var id int64
	if _, scanErr := fmt.Sscanf(rest, "%d", &id); err != nil || !ok || scanErr != nil {
		t.Fatalf("%q is not a link under %s", link, path)
	}
	return convoke.MeetingID(id), u.Query()
}

func ticketLink(t *testing.T, link string) conference.Link {
	t.Helper()
	code, ok := strings.CutPrefix(link, public+"/t/")
	if !ok {
		t.Fatalf("%q is not a ticket", link)
	}
	return conference.Link{Kind: conference.LinkTicket, Ticket: code}
}

func (b *bench) join(t *testing.T, l conference.Link, name string) conference.Session {
	t.Helper()
	s, err := b.Join(t.Context(), l, name, "")
	b.must(t, err)
	return s
}

// started returns a running meeting and its host's session.
func (b *bench) started(t *testing.T, settings string) (conference.View, conference.Session) {
	t.Helper()
	v := b.schedule(t, convoke.TypeScheduled, settings)
	host := b.join(t, startLink(t, v.StartURL), "")
	if host.State != conference.StateAdmitted || host.Participant.Role != convoke.RoleHost {
		t.Fatalf("the host is %+v", host)
	}
	return v, host
}

// state fails unless the session stands as wanted.
func (b *bench) state(t *testing.T, secret string, want conference.State) conference.Session {
	t.Helper()
	s, err := b.Session(t.Context(), secret)
	b.must(t, err)
	if s.State != want || (s.MediaToken != "") != (want == conference.StateAdmitted) || (s.JoinURL != "") != (want == conference.StateAdmitted) {
		t.Fatalf("state %q with token %q and link %q, want %q", s.State, s.MediaToken, s.JoinURL, want)
	}
	return s
}

func wantCode(t *testing.T, err error, code convoke.Code) {
	t.Helper()
	if !convoke.HasCode(err, code) {
		t.Errorf("got %v, want %s", err, code)
	}
}

// events returns the account's events of the name.
func (b *bench) events(t *testing.T, name convoke.EventName) []convoke.Event {
	t.Helper()
	all, err := b.db.Events(t.Context(), acme, 0, 10_000)
	b.must(t, err)
	return slices.DeleteFunc(all, func(e convoke.Event) bool { return e.Name != name })
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
	rooms []string // beside the one that nobody knows
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

func (r *recorder) take() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	calls := r.calls
	r.calls = nil
	slices.Sort(calls)
	return calls
}

func (r *recorder) setDown(down bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.down = down
}

func (r *recorder) Token(p convoke.Participant, ttl time.Duration) (string, error) {
	if p.Room == "" || ttl > 10*time.Minute {
		return "", errors.New("no token for that")
	}
	return "token of " + string(p.ID) + " as " + string(p.Role) + " in " + p.Room, nil
}

func (r *recorder) Remove(_ context.Context, room string, id convoke.ParticipantID) error {
	return r.note("remove %s %s", room, id)
}

func (r *recorder) Mute(_ context.Context, room string, id convoke.ParticipantID, source convoke.TrackSource) error {
	return r.note("mute %s %s %s", room, id, source)
}

func (r *recorder) Close(_ context.Context, room string) error { return r.note("close %s", room) }

func (r *recorder) Rooms(context.Context) ([]string, error) {
	err := r.note("rooms")
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([]string{"unknown-room"}, r.rooms...), err
}

func (r *recorder) setRooms(rooms ...string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.rooms = rooms
}
