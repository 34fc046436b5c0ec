// SPDX-License-Identifier: Apache-2.0

package storetest

import (
	"strings"
	"time"

	"github.com/convoke/convoke/internal/convoke"
)

func newParticipant(m convoke.Meeting, name string, presence convoke.Presence) convoke.Participant {
	return convoke.Participant{
		ID: convoke.ParticipantID(newID()), AccountID: m.AccountID, MeetingID: m.ID, Room: m.UUID, Name: name,
		Role: convoke.RoleAttendee, Presence: presence, JoinedAt: now, ConnectedAt: now.Add(time.Second), SeenAt: now.Add(time.Minute),
	}
}

func (w *world) present(room string, presence convoke.Presence) string {
	w.Helper()
	list, err := w.db.Participants(w.ctx(), convoke.ParticipantFilter{Room: room, Presence: presence})
	w.must(err)
	var names []string
	for _, p := range list {
		names = append(names, p.Name)
	}
	return strings.Join(names, " ")
}

var participantTests = map[string]func(*world){
	"comes, moves, and leaves at the end": func(w *world) {
		host := w.bound("42")
		m := newMeeting(host, "")
		w.schedule(m)
		lookup := convoke.MeetingLookup{ID: m.ID}
		boss := newParticipant(m, "host", convoke.PresenceAdmitted)
		boss.UserID, boss.Role = host.ID, convoke.RoleHost
		guest := newParticipant(m, "guest", convoke.PresenceWaiting)
		guest.JoinedAt = now.Add(time.Second)
		villain := newParticipant(m, "villain", convoke.PresenceRemoved)
		w.must(w.meeting(lookup, convoke.MeetingChange{Participants: []convoke.Participant{boss, guest, villain}}))
		got, err := w.db.Participant(w.ctx(), boss.ID)
		w.must(err)
		boss.UserStatus = convoke.StatusActive
		if got != boss {
			w.Errorf("read back %+v, want %+v", got, boss)
		}
		named, err := w.db.FindMeeting(w.ctx(), convoke.MeetingLookup{ID: m.ID, Participant: guest.ID})
		w.must(err)
		if named.Participant == nil || *named.Participant != guest || named.Meeting == nil {
			w.Errorf("found %+v", named)
		}
		guest.Presence = convoke.PresenceAdmitted
		w.must(w.meeting(lookup, convoke.MeetingChange{Participants: []convoke.Participant{guest}}))
		if names := w.present(m.UUID, convoke.PresenceAdmitted); names != "host guest" {
			w.Errorf("in the room: %s", names)
		}
		after := m
		after.State, after.EndedAt = convoke.MeetingEnded, now.Add(time.Hour)
		w.must(w.meeting(lookup, convoke.MeetingChange{Before: &m, After: &after, EndRoom: m.UUID}))
		if left, removed := w.present(m.UUID, convoke.PresenceLeft), w.present(m.UUID, convoke.PresenceRemoved); left != "host guest" || removed != "villain" {
			w.Errorf("left: %s, removed: %s", left, removed)
		}
		if got, err = w.db.Participant(w.ctx(), guest.ID); err != nil || !got.LeftAt.Equal(after.EndedAt) {
			w.Errorf("left at %v, %v", got.LeftAt, err)
		}
	},
	"shows whose room it is": func(w *world) {
		m := newMeeting(w.bound("42"), "")
		w.schedule(m)
		_, err := w.db.RoomMeeting(w.ctx(), m.UUID)
		w.wantCode(err, convoke.CodeMeetingNotFound)
		w.must(w.meeting(convoke.MeetingLookup{ID: m.ID}, convoke.MeetingChange{
			Participants: []convoke.Participant{newParticipant(m, "guest", convoke.PresenceLeft)},
		}))
		got, err := w.db.RoomMeeting(w.ctx(), m.UUID)
		w.must(err)
		if want := (convoke.MeetingLookup{AccountID: w.account.ID, ID: m.ID}); got != want {
			w.Errorf("got %+v, want %+v", got, want)
		}
	},
	"is found by the user, who may be gone": func(w *world) {
		host, user := w.bound("42"), w.bound("43")
		m := newMeeting(host, "")
		w.schedule(m)
		inside, outside := newParticipant(m, "inside", convoke.PresenceAdmitted), newParticipant(m, "outside", convoke.PresenceLeft)
		inside.UserID, outside.UserID = user.ID, user.ID
		w.must(w.meeting(convoke.MeetingLookup{ID: m.ID}, convoke.MeetingChange{
			Participants: []convoke.Participant{inside, outside, newParticipant(m, "guest", convoke.PresenceAdmitted)},
		}))
		wantOnly := func(status convoke.Status) {
			w.Helper()
			list, err := w.db.Participants(w.ctx(), convoke.ParticipantFilter{UserID: user.ID, Presence: convoke.PresenceAdmitted})
			w.must(err)
			if len(list) != 1 || list[0].Name != "inside" || list[0].UserStatus != status || status == convoke.StatusActive && list[0].Barred() || status != convoke.StatusActive && !list[0].Barred() {
				w.Errorf("found %+v, want the status %q", list, status)
			}
		}
		wantOnly(convoke.StatusActive)
		for _, late := range []time.Duration{-time.Millisecond, 0} { // before the person came, and then at that moment
			at := inside.JoinedAt.Add(late)
			w.must(w.byUser(w.account, user.ID, func(u convoke.User) (convoke.Change, error) {
				return convoke.RevokeTokens(u, convoke.Mark{At: at}), nil
			}))
			list, err := w.db.Participants(w.ctx(), convoke.ParticipantFilter{UserID: user.ID, Presence: convoke.PresenceAdmitted})
			w.must(err)
			if len(list) != 1 || !list[0].UserTokensFrom.Equal(at) || list[0].Barred() != (late == 0) {
				w.Errorf("revoked at %v: %+v", at, list)
			}
		}
		w.must(w.byUser(w.account, user.ID, func(u convoke.User) (convoke.Change, error) { return convoke.Deactivate(u, w.mark()) }))
		wantOnly(convoke.StatusInactive)
		w.remove(user.ID)
		wantOnly("")
	},
	"is listed up to a limit, who was seen lately": func(w *world) {
		m := newMeeting(w.bound("42"), "")
		w.schedule(m)
		var people []convoke.Participant
		for i, name := range []string{"first", "second", "third"} {
			p := newParticipant(m, name, convoke.PresenceWaiting)
			p.JoinedAt, p.SeenAt = now.Add(time.Duration(i)*time.Second), now.Add(time.Duration(i)*time.Minute)
			people = append(people, p)
		}
		w.must(w.meeting(convoke.MeetingLookup{ID: m.ID}, convoke.MeetingChange{Participants: people}))
		list, err := w.db.Participants(w.ctx(), convoke.ParticipantFilter{
			Room: m.UUID, Presence: convoke.PresenceWaiting, SeenSince: now.Add(time.Minute), Limit: 1,
		})
		w.must(err)
		if len(list) != 1 || list[0] != people[1] {
			w.Errorf("found %+v", list)
		}
	},
	"is forgotten long after the run": func(w *world) {
		host := w.bound("42")
		over, running := newMeeting(host, ""), newMeeting(host, "")
		running.State, running.StartedAt = convoke.MeetingStarted, now.Add(-time.Hour)
		w.schedule(over)
		w.schedule(running)
		person := func(m convoke.Meeting, name string, presence convoke.Presence, leftAt time.Time) convoke.Participant {
			p := newParticipant(m, name, presence)
			p.LeftAt, p.SeenAt = leftAt, now
			return p
		}
		people := map[convoke.Participant]bool{
			person(over, "left", convoke.PresenceLeft, now):                                        false,
			person(over, "removed", convoke.PresenceRemoved, now):                                  false,
			person(over, "waits for ever", convoke.PresenceWaiting, time.Time{}):                   false,
			person(over, "left lately", convoke.PresenceLeft, now.Add(time.Hour)):                  true,
			person(running, "removed from the run", convoke.PresenceRemoved, now):                  true,
			person(running, "of the run before", convoke.PresenceLeft, now.Add(-2*time.Hour)):      false,
			person(running, "in the room", convoke.PresenceAdmitted, time.Time{}):                  true,
			person(running, "in the room, cut off", convoke.PresenceAdmitted, now.Add(-time.Hour)): true,
		}
		for p := range people {
			w.must(w.meeting(convoke.MeetingLookup{ID: p.MeetingID}, convoke.MeetingChange{Participants: []convoke.Participant{p}}))
		}
		w.must(w.db.DeleteExpired(w.ctx(), now.Add(48*time.Hour)))
		for p, stays := range people {
			if _, err := w.db.Participant(w.ctx(), p.ID); (err == nil) != stays {
				w.Errorf("%s: %v", p.Name, err)
			}
		}
		waiting, err := w.db.Participants(w.ctx(), convoke.ParticipantFilter{MeetingID: running.ID, Presence: convoke.PresenceAdmitted})
		w.must(err)
		if len(waiting) != 2 {
			w.Errorf("of the meeting: %+v", waiting)
		}
	},
	"gone with its meeting": func(w *world) {
		m := newMeeting(w.bound("42"), "")
		w.schedule(m)
		p := newParticipant(m, "guest", convoke.PresenceAdmitted)
		w.must(w.meeting(convoke.MeetingLookup{ID: m.ID}, convoke.MeetingChange{Participants: []convoke.Participant{p}}))
		w.must(w.meeting(convoke.MeetingLookup{ID: m.ID}, convoke.MeetingChange{Before: &m}))
		_, err := w.db.Participant(w.ctx(), p.ID)
		w.wantCode(err, convoke.CodePersonNotInRoom)
	},
}
