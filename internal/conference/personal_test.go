// SPDX-License-Identifier: Apache-2.0

package conference_test

import (
	"encoding/json"
	"slices"
	"testing"

	"github.com/convoke/convoke/internal/conference"
	"github.com/convoke/convoke/internal/convoke"
)

// personalRun is a running personal meeting with somebody let in.
func (b *bench) personalRun(t *testing.T) (host, guest conference.Session) {
	t.Helper()
	v, err := b.Personal(t.Context(), b.app, string(b.host.ID))
	b.must(t, err)
	host = b.join(t, startLink(t, v.StartURL), "")
	guest = b.join(t, joinLink(t, v.JoinURL), "Guest")
	b.must(t, b.Admit(t.Context(), host.Secret, guest.Participant.ID))
	b.must(t, b.AllowSignal(t.Context(), host.Participant.Room, guest.Participant.ID))
	return host, guest
}

func (b *bench) moveNumber(t *testing.T, u convoke.User, to convoke.MeetingID) convoke.Event {
	t.Helper()
	var event convoke.Event
	b.must(t, b.db.Change(t.Context(), convoke.Lookup{AccountID: u.AccountID, UserID: u.ID, PMI: to}, func(f convoke.Found) (convoke.Change, error) {
		change, err := convoke.Update(*f.Target, convoke.UserPatch{PMI: &to}, f, convoke.Mark{At: b.clock.Now()})
		if err == nil {
			event = change.Events[0]
		}
		return change, err
	}))
	return event
}

func TestARunUnderANumberThatMovedIsOver(t *testing.T) {
	t.Parallel()
	b := setup(t)
	host, guest := b.personalRun(t)
	room := host.Participant.Room
	event := b.moveNumber(t, b.host, 3847261950)

	for _, s := range []conference.Session{host, guest} { // at once, before the event is delivered
		b.state(t, s.Secret, conference.StateEnded)
		wantCode(t, b.AllowSignal(t.Context(), room, s.Participant.ID), convoke.CodeMeetingEnded)
	}
	wantCode(t, b.MuteAll(t.Context(), host.Secret), convoke.CodeMeetingEnded)

	sink := b.HostGone()
	if !sink.Wants(event) {
		t.Fatalf("the sink does not want %s", event.Payload)
	}
	b.media.take()
	b.must(t, sink.Deliver(t.Context(), event))
	b.must(t, sink.Deliver(t.Context(), event))
	if calls := b.media.take(); !slices.Contains(calls, "close "+room) {
		t.Errorf("the media server was told %q", calls)
	}
	if n := len(b.events(t, convoke.EventMeetingEnded)); n != 1 {
		t.Errorf("%d meetings ended", n)
	}
	raw, err := json.Marshal(convoke.Payload{Object: map[string]any{"dept": "x"}, OldObject: map[string]any{"dept": "y"}})
	b.must(t, err)
	if sink.Wants(convoke.Event{Name: convoke.EventUserUpdated, Payload: raw}) {
		t.Error("the sink wants every change of a user")
	}
}

func TestANumberThatAColleagueTakesOverEndsTheRunThere(t *testing.T) {
	t.Parallel()
	b := setup(t)
	host, guest := b.personalRun(t)
	b.moveNumber(t, b.host, 3847261950)
	b.moveNumber(t, b.guest, b.host.PMI)
	b.media.take()
	v, err := b.Personal(t.Context(), b.app, string(b.guest.ID))
	b.must(t, err)
	if v.Meeting.ID != b.host.PMI || v.Meeting.HostID != b.guest.ID || v.Meeting.State != convoke.MeetingWaiting {
		t.Errorf("the new meeting is %+v", v.Meeting)
	}
	if calls := b.media.take(); !slices.Equal(calls, []string{"close " + host.Participant.Room}) {
		t.Errorf("the media server was told %q", calls)
	}
	if n := len(b.events(t, convoke.EventMeetingEnded)); n != 1 {
		t.Errorf("%d meetings ended", n)
	}
	b.state(t, guest.Secret, conference.StateEnded)
	b.must(t, b.Leave(t.Context(), guest.Secret))
	wantCode(t, b.AllowSignal(t.Context(), host.Participant.Room, guest.Participant.ID), convoke.CodeMeetingEnded)
}

func TestANumberThatWasGivenUpIsNotForOtherAccounts(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.moveNumber(t, b.host, 3847261950)
	pmi := b.host.PMI
	err := b.db.Change(t.Context(), convoke.Lookup{AccountID: other, UserID: b.alien.ID, PMI: pmi}, func(f convoke.Found) (convoke.Change, error) {
		return convoke.Update(*f.Target, convoke.UserPatch{PMI: &pmi}, f, convoke.Mark{At: b.clock.Now()})
	})
	wantCode(t, err, convoke.CodePMITaken)
}
