// SPDX-License-Identifier: Apache-2.0

package conference

import (
	"context"
	"errors"
	"time"

	"github.com/convoke/convoke/internal/convoke"
)

// zones finds time zones in the database of the system or of the binary.
var zones convoke.Zones = time.LoadLocation

// View is a meeting as its host's app sees it.
type View struct {
	Meeting           convoke.Meeting
	Host              convoke.User
	StartURL          string // carries a fresh host token; empty in lists
	JoinURL           string // carries the passcode in an opaque form
	EncryptedPasscode string // the opaque form; empty without a passcode
	Occurrences       []convoke.Occurrence
}

// Schedule makes a meeting for a host: an id, an e-mail or "me" (POST
// /v2/users/{userId}/meetings). When the patch says for whom it is scheduled, the
// meeting is that user's, and the first must be an assistant of theirs
// (CodeScheduleRefused). It needs convoke.RightCreateMeeting. Errors besides
// those of convoke.NewMeeting: CodeUserNotFound.
func (s *Service) Schedule(ctx context.Context, p convoke.Principal, hostRef string, patch convoke.MeetingPatch) (View, error) {
	host, err := s.host(ctx, p, convoke.RightCreateMeeting, hostRef)
	if err != nil {
		return View{}, err
	}
	if host, err = s.scheduledFor(ctx, p, host, patch); err != nil {
		return View{}, err
	}
	m, _, err := s.create(ctx, p, host, "", patch)
	if err != nil {
		return View{}, err
	}
	return s.view(p, *m, host)
}

// scheduledFor returns whose meeting it will be. A signed-in person learns
// nothing about users for whom they may not schedule: not even whether there are any.
func (s *Service) scheduledFor(ctx context.Context, p convoke.Principal, user convoke.User, patch convoke.MeetingPatch) (convoke.User, error) {
	if patch.ScheduleFor == nil || *patch.ScheduleFor == "" {
		return user, nil
	}
	ref := *patch.ScheduleFor
	other, err := s.findUser(ctx, p, ref)
	if convoke.HasCode(err, convoke.CodeUserNotFound) {
		if p.Kind == convoke.UserCaller {
			return user, convoke.RefuseSchedule(ref)
		}
		return user, convoke.Invalid(convoke.CodeInvalidField, "schedule_for",
			"The value that you entered in the schedule_for field is invalid. Enter a valid value and try again.")
	}
	if err != nil || other.ID == user.ID {
		return user, err
	}
	assistants, err := s.users.Assistants(ctx, other.ID)
	if err == nil && !convoke.Schedules(user, assistants) {
		err = convoke.RefuseSchedule(ref)
	}
	return other, err
}

// ForKey returns the meeting that the host app knows by its own key, of the host
// that it knows by its own key, and makes it when there is none yet; created
// tells which. An existing meeting stays as it is, whatever the patch says. It
// needs convoke.RightCreateMeeting. Errors besides those of convoke.NewMeeting:
// CodeBindingNotFound.
func (s *Service) ForKey(ctx context.Context, p convoke.Principal, externalUserID, externalMeetingID string, patch convoke.MeetingPatch) (view View, created bool, err error) {
	if err := p.Require(convoke.RightCreateMeeting); err != nil {
		return View{}, false, err
	}
	if convoke.CheckExternalID(externalMeetingID) != nil {
		return View{}, false, convoke.Invalid(convoke.CodeInvalidField, "external_meeting_id",
			"The external id of a meeting must be UTF-8 of 1 to %d bytes.", convoke.MaxExternalID)
	}
	host, err := s.boundUser(ctx, p.AccountID, externalUserID)
	if err != nil {
		return View{}, false, err
	}
	found, err := s.store.FindMeeting(ctx, keyLookup(host, externalMeetingID))
	if err != nil {
		return View{}, false, err
	}
	m := found.Meeting
	if m == nil {
		if m, created, err = s.create(ctx, p, host, externalMeetingID, patch); err != nil {
			return View{}, false, err
		}
	}
	view, err = s.view(p, *m, host)
	return view, created, err
}

func keyLookup(host convoke.User, externalID string) convoke.MeetingLookup {
	return convoke.MeetingLookup{AccountID: host.AccountID, HostID: host.ID, ExternalID: externalID}
}

// numberTries is how often a random number may turn out to be taken. Even with a
// hundred million meetings one in eight hundred is.
const numberTries = 8

// create stores a new meeting, or returns the one that another call made
// meanwhile under the same external id.
func (s *Service) create(ctx context.Context, p convoke.Principal, host convoke.User, externalID string, patch convoke.MeetingPatch) (*convoke.Meeting, bool, error) {
	for range numberTries {
		fresh := freshMeeting()
		m, err := convoke.NewMeeting(host, patch, fresh, zones, s.mark(p))
		if err != nil {
			return nil, false, err
		}
		m.ExternalID = externalID
		taken, err := s.store.FindMeeting(ctx, convoke.MeetingLookup{ID: fresh.ID})
		if err != nil {
			return nil, false, err
		}
		if taken.Meeting == nil {
			return s.insert(ctx, p, host, m)
		}
	}
	return nil, false, errors.New("conference: no free meeting number found")
}

func (s *Service) insert(ctx context.Context, p convoke.Principal, host convoke.User, m convoke.Meeting) (*convoke.Meeting, bool, error) {
	lookup := convoke.MeetingLookup{AccountID: host.AccountID, ID: m.ID}
	if m.ExternalID != "" {
		lookup = keyLookup(host, m.ExternalID)
	}
	result, created := &m, false
	err := s.store.ChangeMeeting(ctx, lookup, func(found convoke.MeetingFound) (convoke.MeetingChange, error) {
		if created = found.Meeting == nil; !created {
			result = found.Meeting
			return convoke.MeetingChange{}, nil
		}
		result = &m
		return m.Created(host, s.joinURL(m, host), zones, s.mark(p)), nil
	})
	return result, created, err
}

// Meeting returns one meeting of the caller's account with fresh links (GET
// /v2/meetings/{meetingId}). It needs convoke.RightReadMeeting; a signed-in
// person sees their own meetings only. Errors: CodeMeetingNotFound.
func (s *Service) Meeting(ctx context.Context, p convoke.Principal, id convoke.MeetingID) (View, error) {
	found, err := s.find(ctx, p, convoke.RightReadMeeting, id)
	if err != nil {
		return View{}, err
	}
	return s.view(p, *found.Meeting, *found.Host)
}

// Update changes a meeting (PATCH /v2/meetings/{meetingId}). It needs
// convoke.RightUpdateMeeting. A new passcode makes the old join links worthless.
// Errors besides those of convoke.Meeting.Update: CodeMeetingNotFound.
func (s *Service) Update(ctx context.Context, p convoke.Principal, id convoke.MeetingID, patch convoke.MeetingPatch) error {
	return s.change(ctx, p, convoke.RightUpdateMeeting, id, func(found convoke.MeetingFound) (convoke.MeetingChange, error) {
		return found.Meeting.Update(*found.Host, patch, zones, s.mark(p))
	})
}

// Delete removes a meeting for good, ending it first if it is running (DELETE
// /v2/meetings/{meetingId}). It needs convoke.RightDeleteMeeting. Errors:
// CodeMeetingNotFound, CodePMIUndeletable.
func (s *Service) Delete(ctx context.Context, p convoke.Principal, id convoke.MeetingID) error {
	return s.finish(ctx, p, convoke.RightDeleteMeeting, id, convoke.Meeting.Remove)
}

// End ends a running meeting for all (PUT /v2/meetings/{meetingId}/status, action
// end), and leaves one that is not running as it is. It needs
// convoke.RightMeetingStatus. Errors: CodeMeetingNotFound.
func (s *Service) End(ctx context.Context, p convoke.Principal, id convoke.MeetingID) error {
	return s.finish(ctx, p, convoke.RightMeetingStatus, id, end)
}

// ending is one of the ways in which a meeting's run ends.
type ending func(m convoke.Meeting, present []convoke.Participant, host convoke.User, mark convoke.Mark) (convoke.MeetingChange, error)

func end(m convoke.Meeting, present []convoke.Participant, host convoke.User, mark convoke.Mark) (convoke.MeetingChange, error) {
	return m.End(present, host, mark), nil
}

func (s *Service) finish(ctx context.Context, p convoke.Principal, right convoke.Right, id convoke.MeetingID, how ending) error {
	found, err := s.find(ctx, p, right, id)
	if err != nil {
		return err
	}
	present, err := s.present(ctx, *found.Meeting)
	if err != nil {
		return err
	}
	var room string
	err = s.change(ctx, p, right, id, func(found convoke.MeetingFound) (convoke.MeetingChange, error) {
		change, err := how(*found.Meeting, present, *found.Host, s.mark(p))
		room = change.EndRoom
		return change, err
	})
	if err == nil {
		s.closeRoom(ctx, room)
	}
	return err
}

// present returns who is in the meeting's running room.
func (s *Service) present(ctx context.Context, m convoke.Meeting) ([]convoke.Participant, error) {
	if m.State != convoke.MeetingStarted {
		return nil, nil
	}
	return s.store.Participants(ctx, convoke.ParticipantFilter{Room: m.Room(), Presence: convoke.PresenceAdmitted})
}

// closeRoom cuts everyone off after an end has been committed. A failure is only
// logged: whoever is still connected has left as far as AllowSignal goes.
func (s *Service) closeRoom(ctx context.Context, room string) {
	if room == "" {
		return
	}
	if err := s.media.Close(context.WithoutCancel(ctx), room); err != nil {
		s.logger.ErrorContext(ctx, "the media room of an ended meeting could not be closed", "room", room, "error", err)
	}
}

// change runs one change of a meeting that the caller has the right to make, and
// wakes who waits for it.
func (s *Service) change(ctx context.Context, p convoke.Principal, right convoke.Right, id convoke.MeetingID, decide func(convoke.MeetingFound) (convoke.MeetingChange, error)) error {
	if err := p.RequireFor(right, p.UserID); err != nil {
		return err
	}
	lookup := convoke.MeetingLookup{AccountID: p.AccountID, ID: id}
	err := s.store.ChangeMeeting(ctx, lookup, func(found convoke.MeetingFound) (convoke.MeetingChange, error) {
		if err := visible(p, id, found); err != nil {
			return convoke.MeetingChange{}, err
		}
		return decide(found)
	})
	if err == nil {
		s.nudges.wake(id, "")
	}
	return err
}

// find reads a meeting that the caller has the right to see.
func (s *Service) find(ctx context.Context, p convoke.Principal, right convoke.Right, id convoke.MeetingID) (convoke.MeetingFound, error) {
	if err := p.RequireFor(right, p.UserID); err != nil {
		return convoke.MeetingFound{}, err
	}
	found, err := s.read(ctx, convoke.MeetingLookup{AccountID: p.AccountID, ID: id})
	if err != nil {
		return convoke.MeetingFound{}, err
	}
	return found, visible(p, id, found)
}

// visible hides other accounts' meetings from all, and other people's from a
// signed-in person.
func visible(p convoke.Principal, id convoke.MeetingID, found convoke.MeetingFound) error {
	m := found.Meeting
	if m == nil || found.Host == nil || m.AccountID != p.AccountID ||
		(p.Kind == convoke.UserCaller && m.HostID != p.UserID) {
		return meetingNotFound(id)
	}
	return nil
}

func meetingNotFound(id convoke.MeetingID) error {
	return convoke.NotFound(convoke.CodeMeetingNotFound, "Meeting does not exist: %d.", id)
}
