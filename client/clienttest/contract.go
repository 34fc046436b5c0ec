// SPDX-License-Identifier: Apache-2.0

package clienttest

import (
	"context"
	"crypto/rand"
	"errors"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/convoke/convoke/client"
)

// Control does to users what a host app's operator may do behind its back.
// *client.Client and *Provider have these methods.
type Control interface {
	DeleteUser(ctx context.Context, userID string) error
	DeactivateUser(ctx context.Context, userID string) error
	ActivateUser(ctx context.Context, userID string) error
}

var (
	_ Control = (*Provider)(nil)
	_ Control = (*client.Client)(nil)
)

// TestProvider checks that a Provider keeps the contract of client.Provider. The
// account behind it must be able to use custCreate. It may have other users: all
// keys and e-mails are made up for the run. The checks run in parallel.
func TestProvider(t *testing.T, p client.Provider, control Control) {
	s := suite{p: p, control: control, run: rand.Text()[:8]}
	for name, check := range map[string]func(*testing.T, suite){
		"EnsureFindsTheSameUser":    sameUser,
		"EnsureUpdatesAttributes":   updates,
		"EnsureTakesAnyKey":         anyKey,
		"EnsureRefusesBadInput":     badInput,
		"EnsureRefusesATakenEmail":  takenEmail,
		"EnsureReplacesADeleted":    deleted,
		"EnsureIsSafeUnderARace":    race,
		"DeactivatedUserCannotHost": deactivated,
		"MeetingIsMadeOnce":         meetingOnce,
		"MeetingKeysCountPerHost":   keysPerHost,
		"MeetingNeedsABinding":      meetingNeedsBinding,
		"HostURLIsFresh":            hostURL,
		"UnknownMeetingIsNotFound":  unknownMeeting,
		"TicketIsForOnePerson":      ticket,
		"EndedContextStopsTheCall":  endedContext,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			check(t, s)
		})
	}
}

// suite is what every check works with.
type suite struct {
	p       client.Provider
	control Control
	run     string
}

// key makes a key that no other check and no other run uses.
func (s suite) key(t *testing.T, name string) string {
	t.Helper()
	return name + " " + t.Name() + " " + s.run
}

func (s suite) email(t *testing.T, name string) string {
	t.Helper()
	words := strings.Split(t.Name(), "/")
	return strings.ToLower(name + "." + words[len(words)-1] + "." + s.run + "@example.com")
}

// ensure makes or finds a custCreate user.
func (s suite) ensure(t *testing.T, externalID string, person client.Person) client.User {
	t.Helper()
	person.Action = client.ActionCustCreate
	user, err := s.p.Ensure(t.Context(), externalID, person)
	if err != nil {
		t.Fatalf("Ensure(%q): %v", externalID, err)
	}
	return user
}

func (s suite) meeting(t *testing.T, externalID, key string) client.Meeting {
	t.Helper()
	m, err := s.p.Meeting(t.Context(), externalID, key, client.MeetingSpec{Topic: "Fractions"})
	if err != nil {
		t.Fatalf("Meeting(%q, %q): %v", externalID, key, err)
	}
	return m
}

func wantErr(t *testing.T, what string, err, want error) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Errorf("%s: error %v, want one that is %v", what, err, want)
	}
}

func sameUser(t *testing.T, s suite) {
	t.Helper()
	id := s.key(t, "42")
	first := s.ensure(t, id, client.Person{DisplayName: "Jane Doe"})
	again := s.ensure(t, id, client.Person{})
	if !first.Created || again.Created {
		t.Errorf("Created = %v, then %v; want true, then false", first.Created, again.Created)
	}
	if first.ID == "" || first.ID != again.ID {
		t.Errorf("user ids %q and %q, want the same one", first.ID, again.ID)
	}
	if again.ExternalID != id || again.Generation != 1 || again.Status != client.StatusActive || again.Action != client.ActionCustCreate {
		t.Errorf("user = %+v, want external id %q, generation 1, active, custCreate", again, id)
	}
	if again.DisplayName != "Jane Doe" || again.Type != client.TypeLicensed || again.Email == "" {
		t.Errorf("user = %+v, want Jane Doe, licensed, with an e-mail made up", again)
	}
}

func updates(t *testing.T, s suite) {
	id := s.key(t, "42")
	first := s.ensure(t, id, client.Person{Email: s.email(t, "old"), FirstName: "Jane", LastName: "Doe"})
	changed := s.ensure(t, id, client.Person{Email: s.email(t, "new"), LastName: "Roe"})
	if changed.ID != first.ID {
		t.Errorf("a new e-mail made another user: %q, then %q", first.ID, changed.ID)
	}
	if changed.Email != s.email(t, "new") || changed.FirstName != "Jane" || changed.LastName != "Roe" {
		t.Errorf("user = %+v, want the new e-mail, Jane Roe", changed)
	}
}

func anyKey(t *testing.T, s suite) {
	for _, name := range []string{"a/b?ü\x00#%2F", "..", ".", "日本 語", "a+b&c=d;e", `"\`} {
		id := name
		if name != "." && name != ".." {
			id = s.key(t, name)
		}
		first, again := s.ensure(t, id, client.Person{}), s.ensure(t, id, client.Person{})
		if first.ID != again.ID || again.ExternalID != id {
			t.Errorf("Ensure(%q) twice: users %q and %q, external id %q", id, first.ID, again.ID, again.ExternalID)
		}
		if m, again := s.meeting(t, id, id), s.meeting(t, id, id); m.ID != again.ID || again.Key != id {
			t.Errorf("Meeting(%q) twice: meetings %d and %d, key %q", id, m.ID, again.ID, again.Key)
		}
	}
}

func badInput(t *testing.T, s suite) {
	id := s.key(t, "42")
	for name, c := range map[string]struct {
		id     string
		person client.Person
	}{
		"an empty key":      {"", client.Person{}},
		"a key too long":    {strings.Repeat("x", 256), client.Person{}},
		"a key not UTF-8":   {"\xff", client.Person{}},
		"an unknown action": {id, client.Person{Action: "guess"}},
		"a bad e-mail":      {id, client.Person{Email: "jane", Action: client.ActionCustCreate}},
		"a name too long":   {id, client.Person{FirstName: strings.Repeat("x", 65), Action: client.ActionCustCreate}},
	} {
		_, err := s.p.Ensure(t.Context(), c.id, c.person)
		wantErr(t, name, err, client.ErrInvalid)
	}
	_, err := s.p.Meeting(t.Context(), id, "lesson", client.MeetingSpec{})
	wantErr(t, "a meeting after refused ensures", err, client.ErrNotFound)
}

func takenEmail(t *testing.T, s suite) {
	holder := s.ensure(t, s.key(t, "1"), client.Person{Email: s.email(t, "jane")})
	_, err := s.p.Ensure(t.Context(), s.key(t, "2"), client.Person{Email: strings.ToUpper(s.email(t, "jane")), Action: client.ActionCustCreate})
	wantErr(t, "a taken e-mail", err, client.ErrEmailTaken)
	wantErr(t, "a taken e-mail", err, client.ErrConflict)
	if e, ok := errors.AsType[*client.Error](err); !ok || e.UserID != holder.ID || e.Field != "email" || len(e.NextSteps) == 0 {
		t.Errorf("error = %+v, want the holder's id %q, the field email and next steps", e, holder.ID)
	}
}

func deleted(t *testing.T, s suite) {
	id := s.key(t, "42")
	first := s.ensure(t, id, client.Person{})
	m := s.meeting(t, id, "lesson")
	if err := s.control.DeleteUser(t.Context(), first.ID); err != nil {
		t.Fatal(err)
	}
	_, err := s.p.HostURL(t.Context(), m.ID)
	wantErr(t, "the deleted user's meeting", err, client.ErrNotFound)
	_, err = s.p.Meeting(t.Context(), id, "lesson", client.MeetingSpec{})
	wantErr(t, "a meeting of a deleted user", err, client.ErrNotFound)

	second := s.ensure(t, id, client.Person{})
	if second.ID == first.ID || !second.Created || second.Generation != 2 {
		t.Errorf("user = %+v, want a new one of generation 2 instead of %q", second, first.ID)
	}
	if again := s.meeting(t, id, "lesson"); again.ID == m.ID || again.HostID != second.ID {
		t.Errorf("meeting = %+v, want a new one of %q", again, second.ID)
	}
}

func race(t *testing.T, s suite) {
	const callers = 16
	id, ids := s.key(t, "42"), make(chan string, callers)
	for range callers {
		go func() {
			user, err := s.p.Ensure(t.Context(), id, client.Person{Action: client.ActionCustCreate})
			if err != nil {
				t.Errorf("Ensure: %v", err)
			}
			ids <- user.ID
		}()
	}
	first := <-ids
	for range callers - 1 {
		if other := <-ids; other != first {
			t.Errorf("user ids %q and %q for one external id", first, other)
		}
	}
}

func deactivated(t *testing.T, s suite) {
	id := s.key(t, "42")
	user := s.ensure(t, id, client.Person{})
	m := s.meeting(t, id, "lesson")
	if err := s.control.DeactivateUser(t.Context(), user.ID); err != nil {
		t.Fatal(err)
	}
	if again := s.ensure(t, id, client.Person{}); again.ID != user.ID || again.Status != client.StatusInactive {
		t.Errorf("user = %+v, want %q, inactive", again, user.ID)
	}
	_, err := s.p.Meeting(t.Context(), id, "another", client.MeetingSpec{})
	wantErr(t, "a new meeting of a deactivated user", err, client.ErrUserInactive)

	if err := s.control.ActivateUser(t.Context(), user.ID); err != nil {
		t.Fatal(err)
	}
	if _, err := s.p.HostURL(t.Context(), m.ID); err != nil {
		t.Errorf("HostURL after activation: %v", err)
	}
}

func meetingOnce(t *testing.T, s suite) {
	id := s.key(t, "42")
	user := s.ensure(t, id, client.Person{})
	start := time.Now().Add(24 * time.Hour).UTC().Truncate(time.Second)
	spec := client.MeetingSpec{Topic: "Fractions", StartTime: start, Duration: 45 * time.Minute, Timezone: "Europe/Dublin"}
	first, err := s.p.Meeting(t.Context(), id, "lesson", spec)
	if err != nil {
		t.Fatal(err)
	}
	if again := s.meeting(t, id, "at once"); again.Topic != "Fractions" || again.StartTime.IsZero() || again.Duration == 0 {
		t.Errorf("meeting = %+v, want a start and a duration without having asked for them", again)
	}
	if !first.Created || first.HostID != user.ID || first.Key != "lesson" || first.ID < 1e9 {
		t.Errorf("meeting = %+v, want a created one of %q with a number", first, user.ID)
	}
	if first.Topic != "Fractions" || !first.StartTime.Equal(start) || first.Duration != 45*time.Minute || first.Timezone != "Europe/Dublin" {
		t.Errorf("meeting = %+v, want it as in %+v", first, spec)
	}
	again, err := s.p.Meeting(t.Context(), id, "lesson", client.MeetingSpec{Topic: "Decimals"})
	if err != nil {
		t.Fatal(err)
	}
	if again.Created || again.ID != first.ID || again.Topic != "Fractions" {
		t.Errorf("meeting = %+v, want the first one, unchanged", again)
	}
	join, err := s.p.JoinURL(t.Context(), first.ID)
	if err != nil || join == "" || join != first.JoinURL || join != again.JoinURL {
		t.Errorf("join links %q, %q and %q (%v), want the same one", first.JoinURL, again.JoinURL, join, err)
	}
}

func keysPerHost(t *testing.T, s suite) {
	one, two := s.key(t, "1"), s.key(t, "2")
	s.ensure(t, one, client.Person{})
	s.ensure(t, two, client.Person{})
	if a, b := s.meeting(t, one, "lesson"), s.meeting(t, two, "lesson"); a.ID == b.ID {
		t.Errorf("two hosts share meeting %d under the key %q", a.ID, "lesson")
	}
}

func meetingNeedsBinding(t *testing.T, s suite) {
	_, err := s.p.Meeting(t.Context(), s.key(t, "nobody"), "lesson", client.MeetingSpec{})
	wantErr(t, "nobody's meeting", err, client.ErrNotFound)
	id := s.key(t, "42")
	s.ensure(t, id, client.Person{})
	_, err = s.p.Meeting(t.Context(), id, "", client.MeetingSpec{})
	wantErr(t, "an empty key", err, client.ErrInvalid)
	_, err = s.p.Meeting(t.Context(), id, "lesson", client.MeetingSpec{Topic: strings.Repeat("x", 201)})
	wantErr(t, "a topic too long", err, client.ErrInvalid)
}

func hostURL(t *testing.T, s suite) {
	id := s.key(t, "42")
	s.ensure(t, id, client.Person{})
	m := s.meeting(t, id, "lesson")
	link, err := s.p.HostURL(t.Context(), m.ID)
	if err != nil {
		t.Fatal(err)
	}
	if u, err := url.Parse(link); err != nil || !u.IsAbs() || u.Host == "" {
		t.Errorf("start link %q is not an absolute URL (%v)", link, err)
	}
	if link == m.JoinURL {
		t.Errorf("the start link is the join link: %q", link)
	}
}

func unknownMeeting(t *testing.T, s suite) {
	const nobodys = 12_345_678_901
	_, err := s.p.HostURL(t.Context(), nobodys)
	wantErr(t, "HostURL", err, client.ErrNotFound)
	_, err = s.p.JoinURL(t.Context(), nobodys)
	wantErr(t, "JoinURL", err, client.ErrNotFound)
	_, err = s.p.Ticket(t.Context(), nobodys, client.Attendance{DisplayName: "Guest", Role: client.RoleAttendee})
	wantErr(t, "Ticket", err, client.ErrNotFound)
}

func ticket(t *testing.T, s suite) {
	id := s.key(t, "42")
	s.ensure(t, id, client.Person{})
	m := s.meeting(t, id, "lesson")
	links := map[string]bool{}
	for _, who := range []client.Attendance{
		{ExternalID: id, Role: client.RoleHost},
		{DisplayName: "Guest", Role: client.RoleAttendee},
		{DisplayName: "Guest", Role: client.RoleAttendee},
	} {
		ticket, err := s.p.Ticket(t.Context(), m.ID, who)
		if err != nil {
			t.Fatalf("Ticket(%+v): %v", who, err)
		}
		if links[ticket.URL] || !ticket.ExpiresAt.After(time.Now()) {
			t.Errorf("ticket %+v was given out before or has expired", ticket)
		}
		links[ticket.URL] = true
	}
	_, err := s.p.Ticket(t.Context(), m.ID, client.Attendance{DisplayName: "Guest", Role: "king"})
	wantErr(t, "an unknown role", err, client.ErrInvalid)
	_, err = s.p.Ticket(t.Context(), m.ID, client.Attendance{Role: client.RoleAttendee})
	wantErr(t, "a ticket for nobody", err, client.ErrInvalid)
	_, err = s.p.Ticket(t.Context(), m.ID, client.Attendance{ExternalID: s.key(t, "nobody"), Role: client.RoleAttendee})
	wantErr(t, "a ticket for an unknown external id", err, client.ErrNotFound)
}

func endedContext(t *testing.T, s suite) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := s.p.Ensure(ctx, s.key(t, "42"), client.Person{Action: client.ActionCustCreate})
	wantErr(t, "Ensure", err, context.Canceled)
	wantErr(t, "Ensure", err, client.ErrUnavailable)
}
