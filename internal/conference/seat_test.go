// SPDX-License-Identifier: Apache-2.0

package conference_test

import (
	"encoding/json"
	"testing"

	"github.com/convoke/convoke/internal/conference"
	"github.com/convoke/convoke/internal/convoke"
)

// pool gives acme a pool of so many seats.
func (b *bench) pool(t *testing.T, seats int64) {
	t.Helper()
	b.must(t, b.db.ChangeAccount(t.Context(), acme, func(a convoke.Account) (convoke.Account, []convoke.Event, error) {
		a.SeatMode, a.LicensedSeats = convoke.SeatPool, seats
		return a, nil, nil
	}))
}

func (b *bench) leased(t *testing.T, want int64) {
	t.Helper()
	seats, _, err := b.db.Tally(t.Context(), acme)
	b.must(t, err)
	if seats.Used.Leased != want {
		t.Errorf("%d seats are leased, want %d", seats.Used.Leased, want)
	}
}

func TestAMeetingThatFindsNoSeatDoesNotStart(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.pool(t, 1)
	_, host := b.started(t, `{}`)
	b.leased(t, 1)
	second := b.schedule(t, convoke.TypeScheduled, `{}`)
	url, _, err := b.Ticket(t.Context(), b.app, second.Meeting.ID, conference.TicketRequest{DisplayName: "Deputy", Role: convoke.RoleHost})
	b.must(t, err)
	for range 2 {
		_, err := b.Join(t.Context(), ticketLink(t, url), "")
		wantCode(t, err, convoke.CodePoolExhausted)
	}
	found, err := b.db.FindMeeting(t.Context(), convoke.MeetingLookup{ID: second.Meeting.ID})
	b.must(t, err)
	if found.Meeting.State != convoke.MeetingWaiting || len(b.events(t, convoke.EventMeetingStarted)) != 1 {
		t.Errorf("the refused meeting is %+v", found.Meeting)
	}
	b.must(t, b.EndForAll(t.Context(), host.Secret))
	b.leased(t, 0)
	b.join(t, ticketLink(t, url), "") // was not spent
	b.leased(t, 1)
}

func TestEveryEndOfARunFreesItsSeat(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.pool(t, 1)
	ends := map[string]func(v conference.View, host conference.Session) error{
		"by the host": func(_ conference.View, host conference.Session) error { return b.EndForAll(t.Context(), host.Secret) },
		"by the app":  func(v conference.View, _ conference.Session) error { return b.End(t.Context(), b.app, v.Meeting.ID) },
		"deleted":     func(v conference.View, _ conference.Session) error { return b.Delete(t.Context(), b.app, v.Meeting.ID) },
		"the last one left": func(_ conference.View, host conference.Session) error {
			return b.MediaEvent(t.Context(), convoke.MediaEvent{Name: convoke.MediaRoomFinished, Room: host.Participant.Room, At: b.clock.Now()})
		},
		"found lost after a restart": func(conference.View, conference.Session) error {
			reaper := b.newService(t).Reaper()
			b.must(t, reaper.Look(t.Context()))
			b.clock.advance(conference.ReapAfter)
			return reaper.Look(t.Context())
		},
	}
	for name, end := range ends {
		v, host := b.started(t, `{}`) // each finds the one seat free
		b.leased(t, 1)
		if err := end(v, host); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		b.leased(t, 0)
	}
	v, _ := b.started(t, `{}`)
	raw, err := json.Marshal(convoke.Payload{AccountID: acme, Object: convoke.NewUserObject(v.Host)})
	b.must(t, err)
	b.changeUser(t, b.host, deactivate)
	b.must(t, b.HostGone().Deliver(t.Context(), convoke.Event{AccountID: acme, Name: convoke.EventUserDeactivated, Payload: raw}))
	b.leased(t, 0)
}

func TestAGuestWhoCouldStartTheMeetingWaitsForASeat(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.pool(t, 1)
	_, host := b.started(t, `{}`)
	v := b.schedule(t, convoke.TypeScheduled, `{"join_before_host":true}`)
	guest := b.join(t, joinLink(t, v.JoinURL), "Ann")
	if guest.State != conference.StateWaiting || guest.Reason != conference.ReasonHostNotStarted {
		t.Errorf("the guest is %+v", guest)
	}
	b.state(t, guest.Secret, conference.StateWaiting)
	b.must(t, b.EndForAll(t.Context(), host.Secret))
	b.state(t, guest.Secret, conference.StateAdmitted)
	b.leased(t, 1)
}
