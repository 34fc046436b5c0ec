// SPDX-License-Identifier: Apache-2.0

package conference_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/convoke/convoke/internal/conference"
	"github.com/convoke/convoke/internal/convoke"
)

// crowd puts so many strangers into the meeting as a room full of pages would.
func (b *bench) crowd(t *testing.T, m convoke.MeetingID, room string, presence convoke.Presence, n int, edit func(*convoke.Participant)) {
	t.Helper()
	people := make([]convoke.Participant, n)
	for i := range people {
		people[i] = convoke.Participant{
			ID: convoke.ParticipantID(fmt.Sprintf("%s-%s-%012d", presence, b.clock.Now().Format("150405"), i)), AccountID: acme, MeetingID: m, Room: room,
			Name: "Stranger", Role: convoke.RoleAttendee, Presence: presence, JoinedAt: b.clock.Now(), SeenAt: b.clock.Now(),
		}
		if edit != nil {
			edit(&people[i])
		}
	}
	b.must(t, b.db.ChangeMeeting(t.Context(), convoke.MeetingLookup{ID: m}, func(convoke.MeetingFound) (convoke.MeetingChange, error) {
		return convoke.MeetingChange{Participants: people}, nil
	}))
}

func TestAPlaceIsHeldForAMinuteAndThenForWhoConnected(t *testing.T) {
	t.Parallel()
	b := setup(t)
	v, host := b.started(t, `{}`)
	link, room := joinLink(t, v.JoinURL), host.Participant.Room
	early := b.join(t, link, "Early")
	b.must(t, b.MediaEvent(t.Context(), convoke.MediaEvent{Name: convoke.MediaParticipantJoined, Room: room, Participant: early.Participant.ID}))
	slow := b.join(t, link, "Slow")
	b.crowd(t, v.Meeting.ID, room, convoke.PresenceAdmitted, convoke.MaxPeople-3, nil)
	_, err := b.Join(t.Context(), link, "Gary")
	wantCode(t, err, convoke.CodeRoomFull)
	if wait := convoke.AsError(err).Wait; wait != convoke.HeldFor {
		t.Errorf("wait for %v", wait)
	}
	b.join(t, startLink(t, v.StartURL), "") // a host always gets in

	b.clock.advance(convoke.HeldFor)
	b.join(t, link, "Gary") // nobody connected: the places are free again
	b.must(t, b.AllowSignal(t.Context(), room, slow.Participant.ID))
	b.crowd(t, v.Meeting.ID, room, convoke.PresenceAdmitted, convoke.MaxPeople, func(p *convoke.Participant) { p.ConnectedAt = b.clock.Now() })
	b.clock.advance(time.Hour)
	_, err = b.Join(t.Context(), link, "Gary")
	wantCode(t, err, convoke.CodeRoomFull)
	wantCode(t, b.AllowSignal(t.Context(), room, slow.Participant.ID), convoke.CodeRoomFull)
	b.must(t, b.AllowSignal(t.Context(), room, early.Participant.ID)) // a new connection of who is there
}

func TestTheWaitIsLimitedToPagesThatAreOpen(t *testing.T) {
	t.Parallel()
	b := setup(t)
	v := b.schedule(t, convoke.TypeScheduled, `{"waiting_room":true}`)
	link := joinLink(t, v.JoinURL)
	patient := b.join(t, link, "Patient")
	b.crowd(t, v.Meeting.ID, "", convoke.PresenceWaiting, convoke.MaxPeople-1, nil)
	_, err := b.Join(t.Context(), link, "Gary")
	wantCode(t, err, convoke.CodeRoomFull)

	b.clock.advance(convoke.WaitsFor)
	b.state(t, patient.Secret, conference.StateWaiting)
	b.clock.advance(time.Second)
	b.join(t, link, "Gary") // the strangers' pages are gone
	host := b.join(t, startLink(t, v.StartURL), "")
	b.state(t, patient.Secret, conference.StateWaiting)
	b.crowd(t, v.Meeting.ID, host.Participant.Room, convoke.PresenceWaiting, conference.MaxShown+50, nil)
	shown, err := b.Waiting(t.Context(), host.Secret)
	if err != nil || len(shown) != conference.MaxShown || shown[0].ID != patient.Participant.ID {
		t.Errorf("the host is shown %d, %v", len(shown), err)
	}
	b.clock.advance(convoke.WaitsFor + time.Second)
	b.state(t, patient.Secret, conference.StateWaiting)
	if shown, err = b.Waiting(t.Context(), host.Secret); err != nil || len(shown) != 1 {
		t.Errorf("the host is shown %d whose pages are gone, %v", len(shown), err)
	}
}

// once lets each key join once.
type once map[string]bool

func (o once) Take(key string, _ time.Time) time.Duration {
	if o[key] {
		return time.Second
	}
	o[key] = true
	return 0
}

func TestJoinsFromOneAddressAreThrottled(t *testing.T) {
	t.Parallel()
	b := setup(t)
	v, other := b.schedule(t, convoke.TypeScheduled, `{}`), b.schedule(t, convoke.TypeScheduled, `{}`)
	s, err := conference.New(conference.Config{
		Store: b.db, Users: b.db, Media: b.media, Joins: once{}, PublicURL: public, Key: key, Now: b.clock.Now,
	})
	b.must(t, err)
	try := func(link conference.Link, from string, want convoke.Code) {
		t.Helper()
		link.From = from
		if _, err := s.Join(t.Context(), link, "Gary"); want == "" {
			b.must(t, err)
		} else if wantCode(t, err, want); convoke.AsError(err).Wait != time.Second {
			t.Errorf("%v tells no wait", err)
		}
	}
	try(joinLink(t, v.JoinURL), "192.0.2.1", "")
	try(joinLink(t, v.JoinURL), "192.0.2.1", convoke.CodeTooManyJoins)
	try(joinLink(t, v.JoinURL), "192.0.2.2", "")
	try(joinLink(t, other.JoinURL), "192.0.2.1", "")
	try(joinLink(t, v.JoinURL), "2001:db8::1", "")
	try(joinLink(t, v.JoinURL), "2001:db8::ffff", convoke.CodeTooManyJoins)
	for range 3 {
		try(startLink(t, v.StartURL), "192.0.2.1", "")
	}
}
