// SPDX-License-Identifier: Apache-2.0

package conference

import (
	"context"

	"github.com/convoke/convoke/internal/convoke"
)

// AllowSignal reports whether a person may connect to a room, for the guard in
// front of the media server: only who is admitted in a run that goes on there.
// Errors: CodeRemoved, CodeMeetingEnded, CodePersonNotInRoom, CodeRoomFull for
// who comes so late, or again, that the place was given away.
func (s *Service) AllowSignal(ctx context.Context, room string, id convoke.ParticipantID) error {
	p, err := s.store.Participant(ctx, id)
	switch {
	case err != nil:
		return err
	case p.Room == "" || p.Room != room || p.Presence == convoke.PresenceWaiting:
		return convoke.NotFound(convoke.CodePersonNotInRoom, "This person is not in the meeting.")
	case p.Presence == convoke.PresenceRemoved, p.Barred():
		return removed()
	case p.Presence != convoke.PresenceAdmitted:
		return endedOrLeft()
	}
	found, err := s.store.FindMeeting(ctx, convoke.MeetingLookup{AccountID: p.AccountID, ID: p.MeetingID})
	switch {
	case err != nil:
		return err
	case !found.Runs(room):
		return endedOrLeft()
	case p.Released(s.now()) && !p.Role.Moderates():
		return s.checkPlaces(ctx, room)
	}
	return nil
}

func endedOrLeft() error {
	return convoke.Errorf(convoke.KindGone, convoke.CodeMeetingEnded, "This meeting has ended, or you left it.")
}

// MediaEvent takes in what the media server reports. Events of rooms and people
// that are not known are ignored, and so is one that comes twice. When everyone
// has left, the run ends.
func (s *Service) MediaEvent(ctx context.Context, e convoke.MediaEvent) error {
	lookup, err := s.store.RoomMeeting(ctx, e.Room)
	if convoke.HasCode(err, convoke.CodeMeetingNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	mark := s.mark(convoke.Principal{})
	switch e.Name {
	case convoke.MediaParticipantJoined:
		return s.connected(ctx, lookup, e, mark)
	case convoke.MediaParticipantLeft:
		lookup.Participant = e.Participant
		return s.store.ChangeMeeting(ctx, lookup, func(found convoke.MeetingFound) (convoke.MeetingChange, error) {
			return whole(found).Disconnected(e.Room, mark), nil
		})
	case convoke.MediaRoomFinished:
		return s.roomFinished(ctx, lookup, e.Room, mark)
	}
	return nil
}

// connected also cuts off who must not be there: someone who was removed while
// the connection was being made.
func (s *Service) connected(ctx context.Context, lookup convoke.MeetingLookup, e convoke.MediaEvent, mark convoke.Mark) error {
	lookup.Participant = e.Participant
	intruder := false
	err := s.store.ChangeMeeting(ctx, lookup, func(found convoke.MeetingFound) (convoke.MeetingChange, error) {
		p := found.Participant
		intruder = p == nil || p.Room != e.Room || p.Presence != convoke.PresenceAdmitted || p.Barred()
		return whole(found).Connected(e.Room, mark), nil
	})
	if err == nil && intruder {
		s.cutOff(ctx, e.Room, e.Participant)
	}
	return err
}

func (s *Service) roomFinished(ctx context.Context, lookup convoke.MeetingLookup, room string, mark convoke.Mark) error {
	found, err := s.store.FindMeeting(ctx, lookup)
	if err != nil || found.Meeting == nil || !found.Meeting.Running(room) {
		return err
	}
	return s.endRun(ctx, *found.Meeting, room, mark)
}

// whole hides a meeting whose host was deleted in between.
func whole(found convoke.MeetingFound) convoke.MeetingFound {
	if found.Host == nil {
		found.Meeting = nil
	}
	return found
}
