// SPDX-License-Identifier: Apache-2.0

package conference

import (
	"cmp"
	"context"
	"crypto/sha256"
	"time"

	"github.com/convoke/convoke/internal/convoke"
)

// TicketLife is how long a ticket can be used after it was made. It is meant to be
// opened at once.
const TicketLife = 5 * time.Minute

// TicketRequest says for whom a ticket is. With ExternalID it is for the user to
// whom the host app's key is bound, with DisplayName for a guest of that name;
// with both, for the user under that name. One of them is needed. An empty Role
// is RoleAttendee.
type TicketRequest struct {
	ExternalID  string
	DisplayName string
	Role        convoke.Role
}

// Ticket makes a single-use link that opens the room in one role, and says until
// when it works. The app is the authority: it may give any role, also that of
// host to somebody else than the meeting's host. It needs
// convoke.RightUpdateMeeting or convoke.RightCreateMeeting; a signed-in person
// may make tickets for guests of their own meetings, and for no user of the account. Errors: CodeMeetingNotFound,
// CodeMeetingEnded for an instant meeting that is over, CodeBindingNotFound,
// CodeUserInactive, CodeUserPending, CodeInvalidField (role, external_id),
// CodeInvalidName.
func (s *Service) Ticket(ctx context.Context, p convoke.Principal, id convoke.MeetingID, r TicketRequest) (link string, expires time.Time, err error) {
	right := convoke.RightUpdateMeeting
	if p.Require(convoke.RightCreateMeeting) == nil {
		right = convoke.RightCreateMeeting
	}
	found, err := s.find(ctx, p, right, id)
	if err != nil {
		return "", time.Time{}, err
	}
	if found.Meeting.Over() && !found.Meeting.Restarts() {
		return "", time.Time{}, convoke.Errorf(convoke.KindGone, convoke.CodeMeetingEnded, "This meeting has ended.")
	}
	if r.ExternalID != "" { // who names others by the host app's keys must be allowed to act for them
		if err := p.Require(right); err != nil {
			return "", time.Time{}, err
		}
	}
	ticket, err := s.fillTicket(ctx, *found.Meeting, r)
	if err != nil {
		return "", time.Time{}, err
	}
	code := secret(32)
	hash := sha256.Sum256([]byte(code))
	ticket.Hash, ticket.ExpiresAt = hash[:], s.mark(p).At.Add(TicketLife)
	err = s.change(ctx, p, right, id, func(convoke.MeetingFound) (convoke.MeetingChange, error) {
		return convoke.MeetingChange{TicketMade: &ticket}, nil
	})
	if err != nil {
		return "", time.Time{}, err
	}
	return s.public.Ticket(code), ticket.ExpiresAt, nil
}

func (s *Service) fillTicket(ctx context.Context, m convoke.Meeting, r TicketRequest) (convoke.Ticket, error) {
	ticket := convoke.Ticket{AccountID: m.AccountID, MeetingID: m.ID, Role: cmp.Or(r.Role, convoke.RoleAttendee)}
	if !ticket.Role.Valid() {
		return convoke.Ticket{}, convoke.Invalid(convoke.CodeInvalidField, "role", "The role must be host, cohost or attendee.")
	}
	if r.ExternalID == "" && r.DisplayName == "" {
		return convoke.Ticket{}, convoke.Invalid(convoke.CodeInvalidField, "external_id",
			"Say whom the ticket is for: external_id for a user of yours, or display_name for a guest.")
	}
	if r.DisplayName != "" {
		name, err := convoke.CheckParticipantName(r.DisplayName)
		if err != nil {
			e := convoke.AsError(err)
			e.Field = "display_name"
			return convoke.Ticket{}, e
		}
		ticket.Name = name
	}
	if r.ExternalID == "" {
		return ticket, nil
	}
	user, err := s.boundUser(ctx, m.AccountID, r.ExternalID)
	if err != nil {
		return convoke.Ticket{}, err
	}
	if user.Status != convoke.StatusActive {
		return convoke.Ticket{}, user.MayHost()
	}
	ticket.UserID, ticket.Name = user.ID, cmp.Or(ticket.Name, user.Name())
	return ticket, nil
}
