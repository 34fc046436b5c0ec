// SPDX-License-Identifier: Apache-2.0

package conference_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/convoke/convoke/internal/conference"
	"github.com/convoke/convoke/internal/convoke"
)

func TestADeactivatedHostsMeetingsEnd(t *testing.T) {
	t.Parallel()
	b := setup(t)
	v, host := b.started(t, `{}`)
	raw, err := json.Marshal(convoke.Payload{AccountID: v.Host.AccountID, Object: convoke.NewUserObject(v.Host)})
	b.must(t, err)
	event := convoke.Event{AccountID: v.Host.AccountID, Name: convoke.EventUserDeactivated, Payload: raw}
	sink := b.HostGone()
	if !sink.Wants(event) || sink.Wants(convoke.Event{Name: convoke.EventUserUpdated}) {
		t.Error("the sink wants the wrong events")
	}
	b.media.take()
	b.must(t, sink.Deliver(t.Context(), event))
	b.must(t, sink.Deliver(t.Context(), event)) // twice is once
	if calls := b.media.take(); !slices.Equal(calls, []string{"close " + host.Participant.Room}) {
		t.Errorf("media was told %q", calls)
	}
	b.state(t, host.Secret, conference.StateEnded)
	if ended := b.events(t, convoke.EventMeetingEnded); len(ended) != 1 {
		t.Errorf("%d meeting.ended events", len(ended))
	}
}

// gone tells the sink that the user was deactivated or removed.
func (b *bench) gone(t *testing.T, u convoke.User, name convoke.EventName) {
	t.Helper()
	raw, err := json.Marshal(convoke.Payload{AccountID: u.AccountID, Object: convoke.NewUserObject(u)})
	b.must(t, err)
	b.must(t, b.HostGone().Deliver(t.Context(), convoke.Event{AccountID: u.AccountID, Name: name, Payload: raw}))
}

func (b *bench) removeUser(t *testing.T, u convoke.User) {
	t.Helper()
	b.must(t, b.db.Change(t.Context(), convoke.Lookup{AccountID: u.AccountID, UserID: u.ID}, func(f convoke.Found) (convoke.Change, error) {
		return convoke.Change{Before: f.Target}, nil
	}))
}

// as makes somebody of the account, who is not the meeting's host, come in by a
// ticket.
func (b *bench) as(t *testing.T, v conference.View, user string, role convoke.Role) conference.Session {
	t.Helper()
	link, _, err := b.Ticket(t.Context(), b.app, v.Meeting.ID, conference.TicketRequest{ExternalID: "ext-" + user, Role: role})
	b.must(t, err)
	return b.join(t, ticketLink(t, link), "")
}

// Who is deactivated or removed may do nothing more in a room, from the commit on
// and whatever becomes of the event of it.
func TestAUserWhoIsGoneIsOutOfEveryRoom(t *testing.T) {
	t.Parallel()
	for name, take := range map[convoke.EventName]func(*bench, convoke.User){
		convoke.EventUserDeactivated:   func(b *bench, u convoke.User) { b.changeUser(t, u, deactivate) },
		convoke.EventUserDeleted:       func(b *bench, u convoke.User) { b.removeUser(t, u) },
		convoke.EventUserDisassociated: func(b *bench, u convoke.User) { b.removeUser(t, u) },
	} {
		b := setup(t)
		v, host := b.started(t, `{}`)
		gary := b.as(t, v, "gary", convoke.RoleHost)
		guest := b.join(t, joinLink(t, v.JoinURL), "Guest")
		room := host.Participant.Room
		b.must(t, b.AllowSignal(t.Context(), room, gary.Participant.ID))
		take(b, b.guest)

		b.state(t, gary.Secret, conference.StateRemoved)
		wantCode(t, b.AllowSignal(t.Context(), room, gary.Participant.ID), convoke.CodeRemoved)
		wantCode(t, b.MuteAll(t.Context(), gary.Secret), convoke.CodeRemoved)
		wantCode(t, b.RemoveParticipant(t.Context(), gary.Secret, host.Participant.ID), convoke.CodeRemoved)
		wantCode(t, b.EndForAll(t.Context(), gary.Secret), convoke.CodeRemoved)
		b.media.take()
		b.must(t, b.MediaEvent(t.Context(), convoke.MediaEvent{Name: convoke.MediaParticipantJoined, Room: room, Participant: gary.Participant.ID}))
		cut := "remove " + room + " " + string(gary.Participant.ID)
		if calls := b.media.take(); !slices.Equal(calls, []string{cut}) {
			t.Errorf("%s: who connects all the same: %q", name, calls)
		}

		b.media.setDown(true)
		raw, err := json.Marshal(convoke.Payload{Object: convoke.NewUserObject(b.guest)})
		b.must(t, err)
		if err := b.HostGone().Deliver(t.Context(), convoke.Event{Name: name, Payload: raw}); err == nil {
			t.Errorf("%s: a media server that is away does not fail the delivery", name)
		}
		b.media.setDown(false)
		b.media.take()
		b.gone(t, b.guest, name)
		b.gone(t, b.guest, name)
		if calls := b.media.take(); len(calls) == 0 || slices.Index(calls, cut) < 0 || slices.Contains(calls, "close "+room) {
			t.Errorf("%s: the media server was told %q", name, calls)
		}
		if left := b.events(t, convoke.EventMeetingParticipantLeft); len(left) != 1 || !strings.Contains(string(left[0].Payload), string(gary.Participant.ID)) {
			t.Errorf("%s: who left: %+v", name, left)
		}
		b.state(t, host.Secret, conference.StateAdmitted)
		b.state(t, guest.Secret, conference.StateAdmitted)
	}
}

// Whose tokens are revoked holds no role in a running meeting any more, from the
// commit on, and may come back by a new one.
func TestRevokedTokensEndARunningRole(t *testing.T) {
	t.Parallel()
	b := setup(t)
	v, host := b.started(t, `{}`)
	guest := b.join(t, joinLink(t, v.JoinURL), "Guest")
	room := host.Participant.Room
	b.clock.advance(time.Millisecond)
	b.must(t, b.db.Change(t.Context(), convoke.Lookup{AccountID: acme, UserID: b.host.ID}, func(f convoke.Found) (convoke.Change, error) {
		return convoke.RevokeTokens(*f.Target, convoke.Mark{At: b.clock.Now(), By: b.app}), nil
	}))
	b.state(t, host.Secret, conference.StateRemoved)
	wantCode(t, b.AllowSignal(t.Context(), room, host.Participant.ID), convoke.CodeRemoved)
	wantCode(t, b.EndForAll(t.Context(), host.Secret), convoke.CodeRemoved)

	sink := b.HostGone()
	if !sink.Wants(convoke.Event{Name: convoke.EventUserTokensRevoked}) {
		t.Error("the sink does not want it")
	}
	b.media.take()
	b.gone(t, b.host, convoke.EventUserTokensRevoked)
	b.gone(t, b.host, convoke.EventUserTokensRevoked)
	if calls := b.media.take(); !slices.Equal(calls, []string{"remove " + room + " " + string(host.Participant.ID)}) {
		t.Errorf("the media server was told %q", calls)
	}
	b.state(t, guest.Secret, conference.StateAdmitted)

	b.clock.advance(time.Millisecond)
	fresh, err := b.HostToken(t.Context(), b.app, string(b.host.ID), 0)
	b.must(t, err)
	again := b.join(t, conference.Link{Kind: conference.LinkStart, MeetingID: v.Meeting.ID, Zak: fresh}, "")
	b.state(t, again.Secret, conference.StateAdmitted)
	b.gone(t, b.host, convoke.EventUserTokensRevoked) // told late, it is not about who came since
	b.state(t, again.Secret, conference.StateAdmitted)
}

func TestAUserWhoIsGoneDoesNotWaitAnyMore(t *testing.T) {
	t.Parallel()
	b := setup(t)
	v := b.schedule(t, convoke.TypeScheduled, `{"waiting_room":true}`)
	early := b.as(t, v, "gary", convoke.RoleAttendee)
	host := b.join(t, startLink(t, v.StartURL), "")
	late := b.as(t, v, "gary", convoke.RoleAttendee)
	b.state(t, early.Secret, conference.StateWaiting) // moves on to the waiting room
	b.changeUser(t, b.guest, deactivate)
	b.state(t, early.Secret, conference.StateRemoved)
	wantCode(t, b.Admit(t.Context(), host.Secret, late.Participant.ID), convoke.CodePersonNotInRoom)
	b.gone(t, b.guest, convoke.EventUserDeactivated)
	if waiting, err := b.Waiting(t.Context(), host.Secret); err != nil || len(waiting) != 0 {
		t.Errorf("waiting: %+v, %v", waiting, err)
	}
	b.changeUser(t, b.guest, func(u *convoke.User) { u.Status, u.StatusReason = convoke.StatusActive, "" })
	b.as(t, v, "gary", convoke.RoleAttendee) // reactivated: may come again
}

func TestRoomsThatNobodyKnowsAreClosedWhenAHostIsDeleted(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.gone(t, b.host, convoke.EventUserDeleted)
	if calls := b.media.take(); !slices.Equal(calls, []string{"close unknown-room", "rooms"}) {
		t.Errorf("media was told %q", calls)
	}
}
