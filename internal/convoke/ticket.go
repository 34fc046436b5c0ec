// SPDX-License-Identifier: Apache-2.0

package convoke

import "time"

// Ticket is a single-use, short-lived link for one person in one role.
type Ticket struct {
	Hash      []byte // SHA-256 of the secret in the link
	AccountID AccountID
	MeetingID MeetingID
	Role      Role
	UserID    UserID // empty for a guest
	Name      string // shown to the others
	ExpiresAt time.Time
	UsedAt    time.Time
}

// Usable returns nil, or CodeTicketUsed or CodeTicketExpired.
func (t Ticket) Usable(now time.Time) error {
	switch {
	case !t.UsedAt.IsZero():
		return Errorf(KindGone, CodeTicketUsed, "This link has been used already. Ask for a new one.")
	case !now.Before(t.ExpiresAt):
		return Errorf(KindGone, CodeTicketExpired, "This link has expired. Ask for a new one.")
	}
	return nil
}

// SpentBy reports whether p came in by the ticket, or came back by it.
func (t Ticket) SpentBy(p Participant) bool {
	return !t.UsedAt.IsZero() && p.JoinedAt.Equal(t.UsedAt) &&
		p.AccountID == t.AccountID && p.MeetingID == t.MeetingID && p.UserID == t.UserID && p.Role == t.Role
}
