// SPDX-License-Identifier: Apache-2.0

package conference

import (
	"context"
	"crypto/sha256"
	"errors"
	"time"

	"github.com/convoke/convoke/internal/convoke"
)

// LinkKind says which of the links to a meeting a person came by.
type LinkKind string

// The kinds, named as in the room page's JSON.
const (
	LinkStart    LinkKind = "start"    // {public}/s/{meeting_id}?zak=
	LinkJoin     LinkKind = "join"     // {public}/j/{meeting_id}?pwd=
	LinkTicket   LinkKind = "ticket"   // {public}/t/{ticket}
	LinkPersonal LinkKind = "personal" // {public}/my/{name}?pwd=
)

// Link is what a person came by. It is the only credential on the way into a
// room: the role follows from it alone.
type Link struct {
	Kind      LinkKind
	MeetingID convoke.MeetingID // start, join
	Zak       string            // start: a host token
	Pwd       string            // join, personal: the opaque or the plain passcode
	Ticket    string            // ticket: the secret
	Sessions  []string          // ticket: secrets of sessions that this browser opened by tickets
	Name      string            // personal: the personal link's name
	From      string            // the client's address, for the limit of joins
}

// entry is what a valid link stands for.
type entry struct {
	meeting convoke.Meeting
	host    convoke.User
	role    convoke.Role
	userID  convoke.UserID // empty for a guest
	name    string         // fixed by the link; empty: the person chooses
	ticket  *convoke.Ticket
	since   time.Time // when the person came in by the ticket that brings them back now, else zero
}

// resolve verifies a link. The errors: CodeMeetingNotFound, CodeWrongPasscode,
// CodeInvalidHostToken, CodeHostTokenExpired, CodeTicketNotFound, CodeTicketUsed,
// CodeTicketExpired, why a host may not host (User.MayHost), and
// CodeInvalidField for an unknown kind.
func (s *Service) resolve(ctx context.Context, l Link) (entry, error) {
	switch l.Kind {
	case LinkStart:
		return s.resolveStart(ctx, l)
	case LinkJoin:
		return s.resolveJoin(ctx, l)
	case LinkTicket:
		return s.resolveTicket(ctx, l)
	case LinkPersonal:
		return s.resolvePersonal(ctx, l)
	}
	return entry{}, convoke.Invalid(convoke.CodeInvalidField, "link.kind", "The kind of a link is start, join, ticket or personal.")
}

// resolveStart makes the meeting's host its host, and another user of the
// account an attendee.
func (s *Service) resolveStart(ctx context.Context, l Link) (entry, error) {
	claims, err := s.openHostToken(l.Zak, l.MeetingID)
	if err != nil {
		return entry{}, err
	}
	user, err := s.tokenHolder(ctx, claims)
	if err != nil {
		return entry{}, err
	}
	found, err := s.startable(ctx, user, l.MeetingID)
	if err != nil {
		return entry{}, err
	}
	e := entry{meeting: *found.Meeting, host: *found.Host, role: convoke.RoleAttendee, userID: user.ID, name: user.Name()}
	if user.ID == found.Meeting.HostID {
		e.role, err = convoke.RoleHost, user.MayHost()
	}
	return e, err
}

// tokenHolder returns the user of a host token that was not revoked since, or says
// why a user who is not active may not host.
func (s *Service) tokenHolder(ctx context.Context, claims hostClaims) (convoke.User, error) {
	user, err := s.account(ctx, claims.AccountID, claims.UserID)
	switch {
	case errors.Is(err, errNoUser):
		return user, invalidHostToken()
	case err != nil:
		return user, err
	case user.Status != convoke.StatusActive:
		return user, user.MayHost() // which says more than that the token was revoked with it
	case claims.From != tokensFrom(user):
		return user, invalidHostToken()
	case claims.Grant == "":
		return user, nil
	}
	holds, err := s.users.GrantHolds(ctx, claims.Grant, s.now())
	if err == nil && !holds {
		err = invalidHostToken()
	}
	return user, err
}

// startable finds the meeting that a host token is used for. A meeting of another
// account is treated as a wrong token: its existence is not told.
func (s *Service) startable(ctx context.Context, user convoke.User, id convoke.MeetingID) (convoke.MeetingFound, error) {
	if id == user.PMI && id != 0 {
		return s.personalMeeting(ctx, user) // also when the number was somebody else's before
	}
	found, err := s.linked(ctx, convoke.MeetingLookup{ID: id})
	if err == nil && found.Meeting.AccountID != user.AccountID {
		return found, invalidHostToken()
	}
	return found, err
}

func (s *Service) resolveJoin(ctx context.Context, l Link) (entry, error) {
	found, err := s.linked(ctx, convoke.MeetingLookup{ID: l.MeetingID})
	if err != nil {
		return entry{}, err
	}
	return s.guest(found, l.Pwd)
}

func (s *Service) guest(found convoke.MeetingFound, pwd string) (entry, error) {
	e := entry{meeting: *found.Meeting, host: *found.Host, role: convoke.RoleAttendee}
	return e, s.checkPasscode(e.meeting, pwd)
}

// resolvePersonal finds the personal meeting behind a personal link. It has no
// passcode unless the host set one; whoever comes waits for the host, and then
// in the waiting room.
func (s *Service) resolvePersonal(ctx context.Context, l Link) (entry, error) {
	user, err := s.users.UserByPersonalLink(ctx, convoke.PersonalLinkKey(l.Name))
	if convoke.HasCode(err, convoke.CodeUserNotFound) {
		return entry{}, convoke.NotFound(convoke.CodeMeetingNotFound, "There is no personal meeting under this address.")
	}
	if err != nil {
		return entry{}, err
	}
	found, err := s.personalMeeting(ctx, user)
	if err != nil {
		return entry{}, err
	}
	return s.guest(found, l.Pwd)
}

func (s *Service) resolveTicket(ctx context.Context, l Link) (entry, error) {
	hash := sha256.Sum256([]byte(l.Ticket))
	t, err := s.store.Ticket(ctx, hash[:])
	if err != nil {
		return entry{}, err
	}
	before, err := s.opened(ctx, t, l.Sessions)
	if err != nil {
		return entry{}, err
	}
	found, err := s.linked(ctx, convoke.MeetingLookup{AccountID: t.AccountID, ID: t.MeetingID})
	if err != nil {
		return entry{}, err
	}
	e := entry{meeting: *found.Meeting, host: *found.Host, role: t.Role, userID: t.UserID, name: t.Name, ticket: &t}
	if before != nil {
		if e.ticket, e.since = nil, before.JoinedAt; before.Room != "" && before.Room != e.meeting.Room() {
			return entry{}, t.Usable(s.now()) // that run is history
		}
	}
	return e, s.ticketHolder(ctx, t)
}

// opened returns as whom this browser came in by a spent ticket: it alone may come
// back, with the ticket's role, and only into the run that the ticket was for. It
// returns nil for a ticket that may be spent, and why anybody else's may not.
func (s *Service) opened(ctx context.Context, t convoke.Ticket, sessions []string) (*convoke.Participant, error) {
	refusal := t.Usable(s.now())
	if refusal == nil {
		return nil, nil
	}
	for _, secret := range sessions {
		p, err := s.participant(ctx, secret)
		switch {
		case convoke.HasCode(err, convoke.CodeTokenInvalid) || err == nil && !t.SpentBy(p):
			continue
		case err != nil:
			return nil, err
		case p.Presence == convoke.PresenceRemoved:
			return nil, removed()
		}
		return &p, nil
	}
	return nil, refusal
}

// ticketHolder refuses the user of a ticket who is gone or not active, or whose
// tickets were revoked since.
func (s *Service) ticketHolder(ctx context.Context, t convoke.Ticket) error {
	if t.UserID == "" {
		return nil
	}
	user, err := s.account(ctx, t.AccountID, t.UserID)
	if errors.Is(err, errNoUser) {
		return ticketGone()
	}
	if err != nil {
		return err
	}
	if user.Status != convoke.StatusActive {
		return user.MayHost()
	}
	if made := t.ExpiresAt.Add(-TicketLife); !user.HostTokensFrom.IsZero() && !made.After(user.HostTokensFrom) {
		return ticketGone()
	}
	return nil
}

func ticketGone() error {
	return convoke.NotFound(convoke.CodeTicketNotFound, "This link does not work any more. Ask for a new one.")
}

// errNoUser says that the user of a token or ticket was deleted.
var errNoUser = errors.New("conference: the user does not exist")

func (s *Service) account(ctx context.Context, account convoke.AccountID, id convoke.UserID) (convoke.User, error) {
	found, err := s.users.Find(ctx, convoke.Lookup{AccountID: account, UserID: id})
	if convoke.HasCode(err, convoke.CodeAccountNotFound) || (err == nil && found.Target == nil) {
		return convoke.User{}, errNoUser
	}
	if err != nil {
		return convoke.User{}, err
	}
	return *found.Target, nil
}

// linked reads the meeting that a link names, or returns CodeMeetingNotFound. A
// personal meeting counts only while its number is its host's.
func (s *Service) linked(ctx context.Context, l convoke.MeetingLookup) (convoke.MeetingFound, error) {
	found, err := s.read(ctx, l)
	if err != nil {
		return convoke.MeetingFound{}, err
	}
	if found.Meeting == nil || found.Host == nil || found.Moved() {
		return convoke.MeetingFound{}, meetingNotFound(l.ID)
	}
	return found, nil
}
