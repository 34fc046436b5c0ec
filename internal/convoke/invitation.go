// SPDX-License-Identifier: Apache-2.0

package convoke

import "time"

// InvitationLife is how long an activation link works.
const InvitationLife = 30 * 24 * time.Hour

// Invitation is one activation link: single use, and dead once a newer one was
// sent. The link's code is derived from the ID with a secret key and is stored
// nowhere.
type Invitation struct {
	ID        InvitationID
	AccountID AccountID
	UserID    UserID
	Email     string
	CreatedAt time.Time
	ExpiresAt time.Time
	UsedAt    time.Time
	RevokedAt time.Time
}

func newInvitation(id InvitationID, u User, now time.Time) *Invitation {
	return &Invitation{
		ID: id, AccountID: u.AccountID, UserID: u.ID, Email: u.Email,
		CreatedAt: now, ExpiresAt: now.Add(InvitationLife),
	}
}

// Usable returns nil, or why the link does not work any more:
// CodeInvitationUsed, CodeInvitationRevoked or CodeInvitationExpired.
func (i Invitation) Usable(now time.Time) error {
	switch {
	case !i.UsedAt.IsZero():
		return Errorf(KindGone, CodeInvitationUsed, "This link has been used already. Sign in with your e-mail and password.")
	case !i.RevokedAt.IsZero():
		return Errorf(KindGone, CodeInvitationRevoked, "A newer link was sent to you. Please use the one in the latest mail.")
	case !now.Before(i.ExpiresAt):
		return Errorf(KindGone, CodeInvitationExpired, "This link has expired. Ask the person who invited you to send a new one.")
	}
	return nil
}
