// SPDX-License-Identifier: Apache-2.0

package conference_test

import (
	"slices"
	"testing"

	"github.com/convoke/convoke/internal/conference"
	"github.com/convoke/convoke/internal/convoke"
)

func TestMediaEvents(t *testing.T) {
	t.Parallel()
	b := setup(t)
	v, host := b.started(t, `{}`)
	guest := b.join(t, joinLink(t, v.JoinURL), "Ann")
	room, id := guest.Participant.Room, guest.Participant.ID
	tell := func(name convoke.MediaEventName, room string, id convoke.ParticipantID) {
		t.Helper()
		b.must(t, b.MediaEvent(t.Context(), convoke.MediaEvent{Name: name, Room: room, Participant: id, At: b.clock.Now()}))
	}
	count := func(joined, left, ended int) {
		t.Helper()
		got := []int{
			len(b.events(t, convoke.EventMeetingParticipantJoined)), len(b.events(t, convoke.EventMeetingParticipantLeft)),
			len(b.events(t, convoke.EventMeetingEnded)),
		}
		if want := []int{joined, left, ended}; !slices.Equal(got, want) {
			t.Errorf("joined, left, ended: %v, want %v", got, want)
		}
	}
	tell(convoke.MediaParticipantJoined, room, id) // as expected: nothing to note
	count(2, 0, 0)
	tell(convoke.MediaParticipantLeft, room, id)
	tell(convoke.MediaParticipantLeft, room, id) // told twice
	count(2, 1, 0)
	b.must(t, b.AllowSignal(t.Context(), room, id)) // a broken connection may come back
	b.state(t, guest.Secret, conference.StateAdmitted)
	tell(convoke.MediaParticipantJoined, room, id)
	tell(convoke.MediaParticipantJoined, room, id)
	count(3, 1, 0)
	for _, room := range []string{"unknown", ""} {
		tell(convoke.MediaParticipantJoined, room, id)
		tell(convoke.MediaParticipantLeft, room, id)
		tell(convoke.MediaRoomFinished, room, "")
	}
	tell("track_published", room, id)
	count(3, 1, 0)
	if calls := b.media.take(); len(calls) != 0 {
		t.Errorf("media was told %q", calls)
	}
	tell(convoke.MediaRoomFinished, room, "")
	tell(convoke.MediaRoomFinished, room, "")
	count(3, 3, 1)
	b.state(t, host.Secret, conference.StateEnded)
	b.state(t, guest.Secret, conference.StateEnded)

	next := b.join(t, startLink(t, v.StartURL), "")
	tell(convoke.MediaRoomFinished, room, "") // of the former run, late
	b.state(t, next.Secret, conference.StateAdmitted)
}

func TestWhoIsInTheRoomWithoutLeaveIsCutOff(t *testing.T) {
	t.Parallel()
	b := setup(t)
	v, host := b.started(t, `{}`)
	guest := b.join(t, joinLink(t, v.JoinURL), "Ann")
	room := guest.Participant.Room
	b.must(t, b.RemoveParticipant(t.Context(), host.Secret, guest.Participant.ID))
	b.media.take()
	for _, id := range []convoke.ParticipantID{guest.Participant.ID, "nobody"} {
		b.must(t, b.MediaEvent(t.Context(), convoke.MediaEvent{Name: convoke.MediaParticipantJoined, Room: room, Participant: id}))
		if calls := b.media.take(); !slices.Equal(calls, []string{"remove " + room + " " + string(id)}) {
			t.Errorf("media was told %q", calls)
		}
	}
}

func TestAllowSignalRefusesStrangers(t *testing.T) {
	t.Parallel()
	b := setup(t)
	_, host := b.started(t, `{}`)
	_, second := b.started(t, `{}`)
	for _, c := range []struct {
		room string
		id   convoke.ParticipantID
	}{
		{second.Participant.Room, host.Participant.ID}, {"", host.Participant.ID}, {host.Participant.Room, "nobody"}, {"", ""},
	} {
		wantCode(t, b.AllowSignal(t.Context(), c.room, c.id), convoke.CodePersonNotInRoom)
	}
}
