// SPDX-License-Identifier: Apache-2.0

package conference

import (
	"context"
	"errors"
	"sync"

	"github.com/convoke/convoke/internal/convoke"
)

// MaxShown is how many of the waiting room a host sees at once: who came first.
const MaxShown = 200

// Waiting lists who is in the waiting room, for a host or cohost. Errors of this
// and the other calls of a moderator: CodeTokenInvalid, CodeNotHost, CodeRemoved,
// CodeMeetingEnded.
func (s *Service) Waiting(ctx context.Context, secret string) ([]convoke.Participant, error) {
	by, _, err := s.moderator(ctx, secret)
	if err != nil {
		return nil, err
	}
	return s.store.Participants(ctx, convoke.ParticipantFilter{
		Room: by.Room, Presence: convoke.PresenceWaiting, SeenSince: s.now().Add(-convoke.WaitsFor), Limit: MaxShown,
	})
}

// Admit lets a person in from the waiting room. Errors besides those of Waiting:
// CodePersonNotInRoom.
func (s *Service) Admit(ctx context.Context, secret string, id convoke.ParticipantID) error {
	by, _, err := s.moderator(ctx, secret)
	if err != nil {
		return err
	}
	return s.changePerson(ctx, by, id, func(found convoke.MeetingFound) (convoke.MeetingChange, error) {
		return found.Admit(by.Room, s.mark(by.Acts(found.Host)))
	})
}

// RemoveParticipant puts a person out of the room, or out of the waiting room, for
// the rest of the run. It is done once the store has it; if the media server
// cannot be told, the person stays connected only until their connection breaks.
// Errors besides those of Waiting: CodePersonNotInRoom; CodeNotHost also when a
// cohost would put out a host.
func (s *Service) RemoveParticipant(ctx context.Context, secret string, id convoke.ParticipantID) error {
	by, _, err := s.moderator(ctx, secret)
	if err != nil {
		return err
	}
	err = s.changePerson(ctx, by, id, func(found convoke.MeetingFound) (convoke.MeetingChange, error) {
		return found.PutOut(by.Room, by.Role, s.mark(by.Acts(found.Host)))
	})
	if err == nil {
		s.cutOff(ctx, by.Room, id)
	}
	return err
}

func (s *Service) cutOff(ctx context.Context, room string, id convoke.ParticipantID) {
	if err := s.media.Remove(context.WithoutCancel(ctx), room, id); err != nil {
		s.logger.ErrorContext(ctx, "a removed person could not be cut off", "room", room, "participant", id, "error", err)
	}
}

// Mute mutes what one person sends; they can unmute themselves. Errors besides
// those of Waiting: CodePersonNotInRoom, CodeInvalidField (source),
// CodeMediaUnavailable.
func (s *Service) Mute(ctx context.Context, secret string, id convoke.ParticipantID, source convoke.TrackSource) error {
	by, _, err := s.moderator(ctx, secret)
	if err != nil {
		return err
	}
	switch source {
	case convoke.SourceMicrophone, convoke.SourceCamera, convoke.SourceScreenShare:
	default:
		return convoke.Invalid(convoke.CodeInvalidField, "source", "The source must be microphone, camera or screen_share.")
	}
	p, err := s.store.Participant(ctx, id)
	if err != nil {
		return err
	}
	if p.Room != by.Room || p.Presence != convoke.PresenceAdmitted {
		return convoke.NotFound(convoke.CodePersonNotInRoom, "This person is not in the meeting.")
	}
	return s.media.Mute(ctx, by.Room, id, source)
}

// muteAtOnce bounds how many people MuteAll mutes at the same time.
const muteAtOnce = 8

// MuteAll mutes the microphone of every attendee. Errors besides those of
// Waiting: CodeMediaUnavailable, after everyone was tried.
func (s *Service) MuteAll(ctx context.Context, secret string) error {
	by, _, err := s.moderator(ctx, secret)
	if err != nil {
		return err
	}
	people, err := s.store.Participants(ctx, convoke.ParticipantFilter{Room: by.Room, Presence: convoke.PresenceAdmitted})
	if err != nil {
		return err
	}
	ids := make(chan convoke.ParticipantID)
	failures := make([]error, muteAtOnce)
	var workers sync.WaitGroup
	for i := range failures {
		workers.Go(func() {
			for id := range ids {
				failures[i] = errors.Join(failures[i], s.media.Mute(ctx, by.Room, id, convoke.SourceMicrophone))
			}
		})
	}
	for _, p := range people {
		if p.Role == convoke.RoleAttendee && p.LeftAt.IsZero() {
			ids <- p.ID
		}
	}
	close(ids)
	workers.Wait()
	return errors.Join(failures...)
}

// EndForAll ends the run for everyone; only a host can. Errors: CodeTokenInvalid,
// CodeNotHost, CodeRemoved, CodeMeetingEnded.
func (s *Service) EndForAll(ctx context.Context, secret string) error {
	by, found, err := s.moderator(ctx, secret)
	if err != nil {
		return err
	}
	if by.Role != convoke.RoleHost {
		return convoke.Errorf(convoke.KindForbidden, convoke.CodeNotHost, "Only the host can end the meeting for all.")
	}
	return s.endRun(ctx, *found.Meeting, by.Room, s.mark(by.Acts(found.Host)))
}

// endRun ends the run in the room, unless it is over already.
func (s *Service) endRun(ctx context.Context, m convoke.Meeting, room string, mark convoke.Mark) error {
	present, err := s.present(ctx, m)
	if err != nil {
		return err
	}
	lookup := convoke.MeetingLookup{AccountID: m.AccountID, ID: m.ID}
	err = s.store.ChangeMeeting(ctx, lookup, func(found convoke.MeetingFound) (convoke.MeetingChange, error) {
		if found.Meeting == nil || found.Host == nil || !found.Meeting.Running(room) {
			return convoke.MeetingChange{}, nil
		}
		return found.Meeting.End(present, *found.Host, mark), nil
	})
	if err != nil {
		return err
	}
	s.nudges.wake(m.ID, "")
	s.closeRoom(ctx, room)
	return nil
}

// Leave marks the person as gone and cuts their connection, which a page that
// means harm would keep open. Calling it again, or after the end, does nothing.
// Errors: CodeTokenInvalid.
func (s *Service) Leave(ctx context.Context, secret string) error {
	p, err := s.participant(ctx, secret)
	if err != nil {
		return err
	}
	err = s.changePerson(ctx, p, p.ID, func(found convoke.MeetingFound) (convoke.MeetingChange, error) {
		return found.Leave(s.mark(convoke.Principal{})), nil
	})
	if err == nil && p.Room != "" {
		s.cutOff(ctx, p.Room, p.ID)
	}
	return err
}

// changePerson runs one change of a person in the meeting of the one who acts.
func (s *Service) changePerson(ctx context.Context, by convoke.Participant, id convoke.ParticipantID, decide func(convoke.MeetingFound) (convoke.MeetingChange, error)) error {
	lookup := convoke.MeetingLookup{AccountID: by.AccountID, ID: by.MeetingID, Participant: id}
	err := s.store.ChangeMeeting(ctx, lookup, func(found convoke.MeetingFound) (convoke.MeetingChange, error) {
		return decide(whole(found))
	})
	if err == nil {
		s.nudges.wake(by.MeetingID, id)
	}
	return err
}

// moderator returns whose secret it is and their running meeting with its host, if they are in
// the room as a host or cohost.
func (s *Service) moderator(ctx context.Context, secret string) (convoke.Participant, convoke.MeetingFound, error) {
	p, err := s.participant(ctx, secret)
	if err != nil {
		return p, convoke.MeetingFound{}, err
	}
	if p.Presence == convoke.PresenceRemoved {
		return p, convoke.MeetingFound{}, removed()
	}
	if !p.Role.Moderates() {
		return p, convoke.MeetingFound{}, convoke.Errorf(convoke.KindForbidden, convoke.CodeNotHost, "Only a host or cohost can do this.")
	}
	found, err := s.store.FindMeeting(ctx, convoke.MeetingLookup{AccountID: p.AccountID, ID: p.MeetingID})
	if err != nil {
		return p, convoke.MeetingFound{}, err
	}
	if p.Presence != convoke.PresenceAdmitted || !found.Runs(p.Room) {
		return p, convoke.MeetingFound{}, endedOrLeft()
	}
	return p, found, nil
}
