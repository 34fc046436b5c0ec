// SPDX-License-Identifier: Apache-2.0

package conference_test

import (
	"context"
	"encoding/json"
	"slices"
	"sync"
	"testing"

	"github.com/convoke/convoke/internal/conference"
	"github.com/convoke/convoke/internal/convoke"
)

// cohost lets one more cohost in.
func (b *bench) cohost(t *testing.T, v conference.View) conference.Session {
	t.Helper()
	url, _, err := b.Ticket(t.Context(), b.app, v.Meeting.ID, conference.TicketRequest{DisplayName: "Co", Role: convoke.RoleCohost})
	b.must(t, err)
	return b.join(t, ticketLink(t, url), "")
}

func TestGuestsHaveNoPower(t *testing.T) {
	t.Parallel()
	b := setup(t)
	v, host := b.started(t, `{}`)
	guest := b.join(t, joinLink(t, v.JoinURL), "Ann")
	id := host.Participant.ID
	_, err := b.Waiting(t.Context(), guest.Secret)
	for _, err := range []error{
		err, b.Admit(t.Context(), guest.Secret, id), b.RemoveParticipant(t.Context(), guest.Secret, id),
		b.Mute(t.Context(), guest.Secret, id, convoke.SourceCamera), b.MuteAll(t.Context(), guest.Secret), b.EndForAll(t.Context(), guest.Secret),
	} {
		wantCode(t, err, convoke.CodeNotHost)
	}
	if calls := b.media.take(); len(calls) != 0 {
		t.Errorf("media was told %q", calls)
	}
	b.state(t, host.Secret, conference.StateAdmitted)
}

func TestACohostIsNotTheHost(t *testing.T) {
	t.Parallel()
	b := setup(t)
	v, host := b.started(t, `{}`)
	cohost := b.cohost(t, v)
	wantCode(t, b.EndForAll(t.Context(), cohost.Secret), convoke.CodeNotHost)
	wantCode(t, b.RemoveParticipant(t.Context(), cohost.Secret, host.Participant.ID), convoke.CodeNotHost)
	b.state(t, host.Secret, conference.StateAdmitted)
	b.must(t, b.RemoveParticipant(t.Context(), host.Secret, cohost.Participant.ID))
	_, err := b.Waiting(t.Context(), cohost.Secret)
	wantCode(t, err, convoke.CodeRemoved)
}

func TestWhoIsRemovedStaysOut(t *testing.T) {
	t.Parallel()
	b := setup(t)
	v, host := b.started(t, `{}`)
	guest := b.join(t, joinLink(t, v.JoinURL), "Ann")
	room, id := guest.Participant.Room, guest.Participant.ID
	b.must(t, b.AllowSignal(t.Context(), room, id))
	b.media.setDown(true) // the removal counts even if the media server does not hear of it
	b.must(t, b.RemoveParticipant(t.Context(), host.Secret, id))
	b.must(t, b.RemoveParticipant(t.Context(), host.Secret, id))
	b.media.setDown(false)
	if calls := b.media.take(); !slices.Equal(calls, []string{"remove " + room + " " + string(id), "remove " + room + " " + string(id)}) {
		t.Errorf("media was told %q", calls)
	}
	wantCode(t, b.AllowSignal(t.Context(), room, id), convoke.CodeRemoved)
	b.must(t, b.Leave(t.Context(), guest.Secret)) // leaving does not wash it off
	b.must(t, b.MediaEvent(t.Context(), convoke.MediaEvent{Name: convoke.MediaParticipantLeft, Room: room, Participant: id}))
	b.state(t, guest.Secret, conference.StateRemoved)
	wantCode(t, b.AllowSignal(t.Context(), room, id), convoke.CodeRemoved)
	for _, link := range []conference.Link{joinLink(t, v.JoinURL), {Kind: conference.LinkJoin, MeetingID: v.Meeting.ID, Pwd: v.Meeting.Passcode}} {
		_, err := b.Join(t.Context(), link, "Bob", id)
		wantCode(t, err, convoke.CodeRemoved)
		_, err = b.Lobby(t.Context(), link, id)
		wantCode(t, err, convoke.CodeRemoved)
	}
	if n := len(b.events(t, convoke.EventMeetingParticipantLeft)); n != 1 {
		t.Errorf("%d events of leaving", n)
	}
	b.must(t, b.EndForAll(t.Context(), host.Secret))
	b.join(t, startLink(t, v.StartURL), "")
	if s, err := b.Join(t.Context(), joinLink(t, v.JoinURL), "Ann", id); err != nil || s.State != conference.StateAdmitted {
		t.Errorf("in the next run: %q, %v", s.State, err)
	}
	wantCode(t, b.AllowSignal(t.Context(), room, id), convoke.CodeRemoved)
}

func TestARemovedUserStaysOutInAnyBrowser(t *testing.T) {
	t.Parallel()
	b := setup(t)
	v, host := b.started(t, `{}`)
	ticket := func() conference.Link {
		url, _, err := b.Ticket(t.Context(), b.app, v.Meeting.ID, conference.TicketRequest{ExternalID: "ext-gary"})
		b.must(t, err)
		return ticketLink(t, url)
	}
	gary := b.join(t, ticket(), "")
	b.must(t, b.RemoveParticipant(t.Context(), host.Secret, gary.Participant.ID))
	_, err := b.Join(t.Context(), ticket(), "", "")
	wantCode(t, err, convoke.CodeRemoved)
}

// TestRemovalWinsOverWhatHappensMeanwhile lets a guest be admitted, leave, poll
// and be removed at once, again and again: whatever the order, the guest is
// removed in the end.
func TestRemovalWinsOverWhatHappensMeanwhile(t *testing.T) {
	t.Parallel()
	b := setup(t)
	v, host := b.started(t, `{"waiting_room":true}`)
	elsewhere := b.newService(t)
	for range 20 {
		guest := b.join(t, joinLink(t, v.JoinURL), "Ann")
		id := guest.Participant.ID
		var all sync.WaitGroup
		for _, act := range []func(){
			func() { _ = b.Admit(t.Context(), host.Secret, id) }, // may come too late, and then fails
			func() { b.must(t, b.Leave(t.Context(), guest.Secret)) },
			func() { _, _ = elsewhere.Session(t.Context(), guest.Secret) },
			func() { b.must(t, elsewhere.RemoveParticipant(t.Context(), host.Secret, id)) },
			func() {
				b.must(t, b.MediaEvent(t.Context(), convoke.MediaEvent{Name: convoke.MediaParticipantLeft, Room: guest.Participant.Room, Participant: id}))
			},
		} {
			all.Go(act)
		}
		all.Wait()
		wantCode(t, b.AllowSignal(t.Context(), guest.Participant.Room, id), convoke.CodeRemoved)
	}
}

// interrupted runs something else just before a change of a meeting.
type interrupted struct {
	conference.Store
	before func()
}

func (s *interrupted) ChangeMeeting(ctx context.Context, l convoke.MeetingLookup, decide func(convoke.MeetingFound) (convoke.MeetingChange, error)) error {
	if before := s.before; before != nil {
		s.before = nil
		before()
	}
	return s.Store.ChangeMeeting(ctx, l, decide)
}

func TestRemovalBetweenLookAndEntry(t *testing.T) {
	t.Parallel()
	b := setup(t)
	v, host := b.started(t, `{"waiting_room":true}`)
	guest := b.join(t, joinLink(t, v.JoinURL), "Ann")
	b.must(t, b.Update(t.Context(), b.app, v.Meeting.ID, convoke.MeetingPatch{Settings: json.RawMessage(`{"waiting_room":false}`)}))
	slow, err := conference.New(conference.Config{
		Store: &interrupted{b.db, func() { b.must(t, b.RemoveParticipant(t.Context(), host.Secret, guest.Participant.ID)) }},
		Users: b.db, Media: b.media, PublicURL: public, Key: key, Now: b.clock.Now,
	})
	b.must(t, err)
	s, err := slow.Session(t.Context(), guest.Secret) // sees somebody who may enter now
	if err != nil || s.State != conference.StateRemoved {
		t.Errorf("%q, %v", s.State, err)
	}
	wantCode(t, b.AllowSignal(t.Context(), host.Participant.Room, guest.Participant.ID), convoke.CodeRemoved)
}

func TestMute(t *testing.T) {
	t.Parallel()
	b := setup(t)
	v, host := b.started(t, `{}`)
	cohost := b.cohost(t, v)
	ann, bob := b.join(t, joinLink(t, v.JoinURL), "Ann"), b.join(t, joinLink(t, v.JoinURL), "Bob")
	gone := b.join(t, joinLink(t, v.JoinURL), "Gone")
	b.must(t, b.Leave(t.Context(), gone.Secret))
	room := host.Participant.Room
	if calls := b.media.take(); !slices.Equal(calls, []string{"remove " + room + " " + string(gone.Participant.ID)}) {
		t.Errorf("who leaves is cut off; media was told %q", calls)
	}

	b.must(t, b.Mute(t.Context(), cohost.Secret, ann.Participant.ID, convoke.SourceScreenShare))
	if calls := b.media.take(); !slices.Equal(calls, []string{"mute " + room + " " + string(ann.Participant.ID) + " screen_share"}) {
		t.Errorf("media was told %q", calls)
	}
	b.must(t, b.MuteAll(t.Context(), host.Secret))
	want := []string{
		"mute " + room + " " + string(ann.Participant.ID) + " microphone",
		"mute " + room + " " + string(bob.Participant.ID) + " microphone",
	}
	slices.Sort(want)
	if calls := b.media.take(); !slices.Equal(calls, want) {
		t.Errorf("media was told %q, want %q", calls, want)
	}
	wantCode(t, b.Mute(t.Context(), host.Secret, ann.Participant.ID, "nose"), convoke.CodeInvalidField)
	wantCode(t, b.Mute(t.Context(), host.Secret, "nobody", convoke.SourceCamera), convoke.CodePersonNotInRoom)
	wantCode(t, b.Mute(t.Context(), host.Secret, gone.Participant.ID, convoke.SourceCamera), convoke.CodePersonNotInRoom)
	b.media.setDown(true)
	wantCode(t, b.Mute(t.Context(), host.Secret, ann.Participant.ID, convoke.SourceCamera), convoke.CodeMediaUnavailable)
	wantCode(t, b.MuteAll(t.Context(), host.Secret), convoke.CodeMediaUnavailable)
}

func TestPeopleOfOtherMeetingsAreOutOfReach(t *testing.T) {
	t.Parallel()
	b := setup(t)
	_, host := b.started(t, `{}`)
	v, second := b.started(t, `{"waiting_room":true}`)
	stranger := b.join(t, joinLink(t, v.JoinURL), "Ann")
	for _, id := range []convoke.ParticipantID{stranger.Participant.ID, second.Participant.ID, "nobody", ""} {
		wantCode(t, b.Admit(t.Context(), host.Secret, id), convoke.CodePersonNotInRoom)
		wantCode(t, b.RemoveParticipant(t.Context(), host.Secret, id), convoke.CodePersonNotInRoom)
		wantCode(t, b.Mute(t.Context(), host.Secret, id, convoke.SourceCamera), convoke.CodePersonNotInRoom)
	}
	b.state(t, stranger.Secret, conference.StateWaiting)
	b.state(t, second.Secret, conference.StateAdmitted)
}

func TestEndForAll(t *testing.T) {
	t.Parallel()
	b := setup(t)
	v, host := b.started(t, `{}`)
	guest := b.join(t, joinLink(t, v.JoinURL), "Ann")
	b.media.setDown(true) // the end counts even if the media server does not hear of it
	b.must(t, b.EndForAll(t.Context(), host.Secret))
	if calls := b.media.take(); !slices.Equal(calls, []string{"close " + host.Participant.Room}) {
		t.Errorf("media was told %q", calls)
	}
	for _, s := range []conference.Session{host, guest} {
		b.state(t, s.Secret, conference.StateEnded)
		wantCode(t, b.AllowSignal(t.Context(), s.Participant.Room, s.Participant.ID), convoke.CodeMeetingEnded)
		b.must(t, b.Leave(t.Context(), s.Secret))
	}
	wantCode(t, b.EndForAll(t.Context(), host.Secret), convoke.CodeMeetingEnded)
	if ended, left := len(b.events(t, convoke.EventMeetingEnded)), len(b.events(t, convoke.EventMeetingParticipantLeft)); ended != 1 || left != 2 {
		t.Errorf("%d ended, %d left", ended, left)
	}
}

func TestLeave(t *testing.T) {
	t.Parallel()
	b := setup(t)
	v, host := b.started(t, `{}`)
	guest := b.join(t, joinLink(t, v.JoinURL), "Ann")
	b.must(t, b.Leave(t.Context(), guest.Secret))
	b.must(t, b.Leave(t.Context(), guest.Secret))
	b.state(t, guest.Secret, conference.StateEnded)
	wantCode(t, b.AllowSignal(t.Context(), guest.Participant.Room, guest.Participant.ID), convoke.CodeMeetingEnded)
	if n := len(b.events(t, convoke.EventMeetingParticipantLeft)); n != 1 {
		t.Errorf("%d events of leaving", n)
	}
	if s, err := b.Join(t.Context(), joinLink(t, v.JoinURL), "Ann", guest.Participant.ID); err != nil || s.State != conference.StateAdmitted {
		t.Errorf("coming back: %q, %v", s.State, err)
	}
	b.must(t, b.Leave(t.Context(), host.Secret))
	if again := b.join(t, startLink(t, v.StartURL), ""); again.Participant.Room != host.Participant.Room {
		t.Error("the host came back to another run, though the meeting was going on")
	}
}

func TestModerationNamesWhoActed(t *testing.T) {
	t.Parallel()
	b := setup(t)
	v, host := b.started(t, `{"waiting_room":true}`)
	cohost := b.cohost(t, v)
	ann, bob := b.join(t, joinLink(t, v.JoinURL), "Ann"), b.join(t, joinLink(t, v.JoinURL), "Bob")
	b.must(t, b.Admit(t.Context(), host.Secret, ann.Participant.ID))
	b.must(t, b.Admit(t.Context(), cohost.Secret, bob.Participant.ID))
	b.must(t, b.RemoveParticipant(t.Context(), cohost.Secret, ann.Participant.ID))
	b.must(t, b.EndForAll(t.Context(), host.Secret))

	byHost := convoke.Actor{Kind: "person", ID: string(b.host.ID), Name: b.host.Email}
	byCohost := convoke.Actor{Kind: "participant", ID: string(cohost.Participant.ID), Name: cohost.Participant.Name}
	joined := b.events(t, convoke.EventMeetingParticipantJoined)
	if n := len(joined); n < 2 || joined[n-2].Actor != byHost || joined[n-1].Actor != byCohost {
		t.Errorf("admitted: %+v", joined)
	}
	if left := b.events(t, convoke.EventMeetingParticipantLeft); len(left) == 0 || left[0].Actor != byCohost {
		t.Errorf("removed: %+v", left)
	}
	if ended := b.events(t, convoke.EventMeetingEnded); len(ended) != 1 || ended[0].Actor != byHost {
		t.Errorf("ended: %+v", ended)
	}
}
