// SPDX-License-Identifier: Apache-2.0

package conference

import (
	"context"
	"net/netip"

	"github.com/convoke/convoke/internal/convoke"
)

// Lobby is what a person sees before joining.
type Lobby struct {
	Meeting   convoke.Meeting // of which the page may show topic, state, times and settings
	HostName  string
	Role      convoke.Role
	Name      string // to be shown in the name field; may be empty
	NameFixed bool   // the person cannot choose another name
}

// Lobby verifies a link and says what it opens. It spends no ticket and lets
// nobody in. Returning are the participants as whom this browser came in before, the
// newest first. Errors: those of a link (see Join), CodeMeetingEnded, CodeRemoved.
func (s *Service) Lobby(ctx context.Context, l Link, returning ...convoke.ParticipantID) (Lobby, error) {
	e, err := s.resolve(ctx, l)
	if err != nil {
		return Lobby{}, err
	}
	before, err := s.checkReturning(ctx, e, returning)
	if err != nil {
		return Lobby{}, err
	}
	found := convoke.MeetingFound{Meeting: &e.meeting, Host: &e.host}
	if _, _, err := found.Enter(convoke.Participant{Role: e.role}, "", zones, s.mark(convoke.Principal{})); err != nil {
		return Lobby{}, err
	}
	lobby := Lobby{Meeting: e.meeting, HostName: e.host.Name(), Role: e.role, Name: e.name, NameFixed: e.name != ""}
	if lobby.Name == "" && before.MeetingID == e.meeting.ID {
		lobby.Name = before.Name
	}
	lobby.Name = e.suggest(lobby.Name)
	return lobby, nil
}

// suggest calls a host "Host" of whom no name is known and who gives none.
func (e entry) suggest(name string) string {
	if name == "" && e.role == convoke.RoleHost {
		return "Host"
	}
	return name
}

// checkReturning refuses whom a moderator put out of the present run: the same
// browser, and the same user. It returns the former participant, if there is one.
func (s *Service) checkReturning(ctx context.Context, e entry, returning []convoke.ParticipantID) (convoke.Participant, error) {
	before, err := s.before(ctx, e, returning)
	if err != nil || e.meeting.State != convoke.MeetingStarted {
		return before, err
	}
	if e.userID == "" || e.userID == e.meeting.HostID {
		return before, nil
	}
	out, err := s.store.Participants(ctx, convoke.ParticipantFilter{Room: e.meeting.Room(), Presence: convoke.PresenceRemoved})
	for _, p := range out {
		if p.UserID == e.userID {
			return before, removed()
		}
	}
	return before, err
}

// before returns as whom this browser was last in the meeting, or CodeRemoved
// when it was put out of the present run.
func (s *Service) before(ctx context.Context, e entry, returning []convoke.ParticipantID) (convoke.Participant, error) {
	var last convoke.Participant
	for _, id := range returning {
		p, err := s.store.Participant(ctx, id)
		if convoke.HasCode(err, convoke.CodePersonNotInRoom) || err == nil && p.MeetingID != e.meeting.ID {
			continue
		}
		if err != nil {
			return last, err
		}
		if p.Presence == convoke.PresenceRemoved && e.meeting.Running(p.Room) {
			return p, removed()
		}
		if last.ID == "" {
			last = p
		}
	}
	return last, nil
}

func removed() error {
	return convoke.Errorf(convoke.KindForbidden, convoke.CodeRemoved, "You were removed from this meeting.")
}

// Join verifies a link and brings the person into the meeting, or lets them wait
// for the host or in the waiting room. The role follows from the link alone: a
// host token of the meeting's host makes a host, one of another user of the
// account an attendee, a ticket what it says, a passcode an attendee. The name is
// used only where the link fixes none. It spends the ticket; the browser that
// holds a session opened by a spent one comes back by it, while that run lasts.
//
// Errors: CodeMeetingNotFound, CodeMeetingEnded, CodeWrongPasscode,
// CodeInvalidHostToken, CodeHostTokenExpired, CodeTicketNotFound, CodeTicketUsed,
// CodeTicketExpired, CodeRemoved, CodeInvalidName, why the host may not host
// (User.MayHost), CodePoolExhausted for a host whose run finds no seat to lease,
// CodeRoomFull, CodeTooManyJoins, CodeInvalidField (link.kind).
func (s *Service) Join(ctx context.Context, l Link, name string, returning ...convoke.ParticipantID) (Session, error) {
	e, err := s.resolve(ctx, l)
	if err != nil {
		return Session{}, err
	}
	if _, err := s.checkReturning(ctx, e, returning); err != nil {
		return Session{}, err
	}
	if e.name == "" {
		if e.name, err = convoke.CheckParticipantName(e.suggest(name)); err != nil {
			return Session{}, err
		}
	}
	mark := s.mark(convoke.Principal{})
	p := convoke.Participant{
		ID: convoke.ParticipantID(secret(16)), AccountID: e.meeting.AccountID, MeetingID: e.meeting.ID,
		UserID: e.userID, Name: e.name, Role: e.role, JoinedAt: mark.At,
	}
	if !e.since.IsZero() {
		p.JoinedAt = e.since
	}
	if e.ticket != nil {
		e.ticket.UsedAt = mark.At
	}
	if err := s.checkRoom(ctx, e, l.From); err != nil {
		return Session{}, err
	}
	return s.enter(ctx, p, e.ticket, mark)
}

// checkRoom returns CodeRoomFull for a guest of a full run, or of one that enough
// people wait for, and CodeTooManyJoins for one of too many from one address.
func (s *Service) checkRoom(ctx context.Context, e entry, from string) error {
	if e.role.Moderates() {
		return nil
	}
	if err := s.throttleJoin(e.meeting.ID, from); err != nil {
		return err
	}
	waiting, err := s.store.Participants(ctx, convoke.ParticipantFilter{
		MeetingID: e.meeting.ID, Presence: convoke.PresenceWaiting, SeenSince: s.now().Add(-convoke.WaitsFor), Limit: convoke.MaxPeople,
	})
	if err != nil {
		return err
	}
	if len(waiting) >= convoke.MaxPeople {
		return roomFull()
	}
	if e.meeting.State != convoke.MeetingStarted {
		return nil
	}
	return s.checkPlaces(ctx, e.meeting.Room())
}

// checkPlaces returns CodeRoomFull when every place in the room is taken or held.
func (s *Service) checkPlaces(ctx context.Context, room string) error {
	people, err := s.store.Participants(ctx, convoke.ParticipantFilter{Room: room, Presence: convoke.PresenceAdmitted})
	if err != nil {
		return err
	}
	taken, now := 0, s.now()
	for _, p := range people {
		if !p.Released(now) {
			taken++
		}
	}
	if taken >= convoke.MaxPeople {
		return roomFull()
	}
	return nil
}

func roomFull() error {
	return &convoke.Error{
		Kind: convoke.KindExhausted, Code: convoke.CodeRoomFull, Message: "This meeting is full. Try again later.", Wait: convoke.HeldFor,
	}
}

// throttleJoin counts a join of the meeting from the address. Of IPv6 the network
// counts, since one customer has it whole.
func (s *Service) throttleJoin(id convoke.MeetingID, from string) error {
	if s.joins == nil {
		return nil
	}
	if ip, err := netip.ParseAddr(from); err == nil && ip.Is6() {
		network, _ := ip.Prefix(64) // an IPv6 address has one
		from = network.String()
	}
	wait := s.joins.Take("join "+id.String()+" "+from, s.now())
	if wait <= 0 {
		return nil
	}
	return &convoke.Error{
		Kind: convoke.KindExhausted, Code: convoke.CodeTooManyJoins, Wait: wait,
		Message: "Very many people come into this meeting from your network right now. Try again in a few seconds.",
	}
}

// enter carries a person as far into the meeting as they may come, in one
// transaction with the start of the run and the spending of the ticket. Where a
// guest would start the run and no seat is free, the guest waits as for the host.
func (s *Service) enter(ctx context.Context, p convoke.Participant, ticket *convoke.Ticket, mark convoke.Mark) (Session, error) {
	session, err := s.tryToEnter(ctx, p, ticket, mark, false)
	if p.Role != convoke.RoleHost && convoke.HasCode(err, convoke.CodePoolExhausted) {
		return s.tryToEnter(ctx, p, ticket, mark, true)
	}
	return session, err
}

func (s *Service) tryToEnter(ctx context.Context, p convoke.Participant, ticket *convoke.Ticket, mark convoke.Mark, noSeat bool) (Session, error) {
	uuid := freshUUID()
	known := p.Presence != "" // a waiting person moves on, a new one comes in
	lookup := convoke.MeetingLookup{AccountID: p.AccountID, ID: p.MeetingID}
	if known {
		lookup.Participant = p.ID
	}
	var m convoke.Meeting
	var started bool
	after := p
	err := s.store.ChangeMeeting(ctx, lookup, func(found convoke.MeetingFound) (convoke.MeetingChange, error) {
		if found.Meeting == nil || found.Host == nil {
			return convoke.MeetingChange{}, meetingNotFound(p.MeetingID)
		}
		m, after, found.NoSeat = *found.Meeting, p, noSeat
		if known {
			if found.Participant == nil || found.Participant.Presence != convoke.PresenceWaiting || found.Participant.Barred() {
				return convoke.MeetingChange{}, errMoved
			}
			after = *found.Participant
		}
		change, entered, err := found.Enter(after, uuid, zones, mark)
		if started = change.After != nil; started {
			m = *change.After
		}
		after, change.TicketSpent = entered, ticket
		return change, err
	})
	if err != nil {
		return Session{}, err
	}
	if started {
		s.nudges.wake(p.MeetingID, "") // who waits for the host comes in now
	}
	return s.session(m, after)
}
