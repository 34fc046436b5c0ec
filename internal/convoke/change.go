// SPDX-License-Identifier: Apache-2.0

package convoke

import "time"

// Mark is who changes something, and when.
type Mark struct {
	At time.Time
	By Principal
}

// Change is what one commit writes about one user. The store applies it as it
// stands and knows no rule of its own.
type Change struct {
	Before     *User       // nil: the user is new
	After      *User       // nil: the user is removed
	Binding    *Binding    // to insert, or to replace when its Generation is over 1
	Unbind     *Binding    // to delete
	Invitation *Invitation // a new activation link; it revokes the user's former ones
	Accepted   *Invitation // the activation link that this change spends
	Withdrawn  bool        // the user's open activation links are revoked, and none takes their place
	Retired    string      // a password hash to keep among the user's FormerPasswords latest
	SignOut    bool        // the user's portal sessions end
	Delegation *Delegation // who may schedule for the user
	Picture    *Picture    // to store as the user's, whose Picture is its name
	Demoted    *User       // as the account's former owner is, when the user is made the owner
	Heir       UserID      // whose the removed user's meetings are to be, but for the personal one
	Events     []Event     // to append to the account's log, in order
	At         time.Time   // when it happens; needed where the user is removed
}

// Empty reports whether there is nothing to write.
func (c Change) Empty() bool {
	return c.Before == nil && c.After == nil && c.Binding == nil && c.Unbind == nil && c.Invitation == nil
}

// SeatDelta is by how much what the account has limits of changes.
func (c Change) SeatDelta() SeatCounts { return seatsOf(c.After).Minus(seatsOf(c.Before)) }

func seatsOf(u *User) SeatCounts {
	if u == nil {
		return SeatCounts{}
	}
	return u.Seats()
}

// CensusDelta is by how much the number of users of each status changes.
func (c Change) CensusDelta() Census {
	before, after := censusOf(c.Before), censusOf(c.After)
	return Census{
		Active:   after.Active - before.Active,
		Inactive: after.Inactive - before.Inactive,
		Pending:  after.Pending - before.Pending,
		Basic:    after.Basic - before.Basic,
		JoinOnly: after.JoinOnly - before.JoinOnly,
	}
}

func censusOf(u *User) Census {
	if u == nil {
		return Census{}
	}
	switch u.Status {
	case StatusActive:
		return activeCensus(u.Type)
	case StatusInactive:
		return Census{Inactive: 1}
	default:
		return Census{Pending: 1}
	}
}

func activeCensus(t UserType) Census {
	switch t {
	case TypeLicensed:
		return Census{Active: 1}
	case TypeBasic:
		return Census{Active: 1, Basic: 1}
	default:
		return Census{Active: 1, JoinOnly: 1}
	}
}

// change starts a Change from the user as it was to the user as it will be.
func (m Mark) change(before, after User) Change {
	after.UpdatedAt = m.At
	return Change{Before: &before, After: &after}
}

// event is an event about the account that names who did it.
func (m Mark) event(name EventName, account AccountID, p Payload) Event {
	p.AccountID, p.Operator, p.OperatorID = account, m.By.Label, m.By.OperatorID()
	return NewEvent(name, m.At, p).By(m.By)
}

// add appends an event about the change's account.
func (c *Change) add(name EventName, m Mark, account AccountID, p Payload) {
	p.AccountID = account
	c.Events = append(c.Events, NewEvent(name, m.At, p).By(m.By))
}

// addByOperator is add for the events that name who did it.
func (c *Change) addByOperator(name EventName, m Mark, account AccountID, p Payload) {
	p.Operator, p.OperatorID = m.By.Label, m.By.OperatorID()
	c.add(name, m, account, p)
}

// invite makes a new activation link part of the change.
func (c *Change) invite(id InvitationID, m Mark) {
	c.Invitation = newInvitation(id, *c.After, m.At)
	c.After.StatusReason, c.After.InvitedUntil = c.After.awaited(), c.Invitation.ExpiresAt
	u := *c.After
	c.addByOperator(EventUserInvited, m, u.AccountID, Payload{
		Object: InvitationObject{InvitationID: id, UserID: u.ID, Email: u.Email, Reason: u.StatusReason},
	})
}

// inviteAgain is invite for a user who had an invitation before. More than
// MaxInvitations a day are CodeRateInvites, whatever the reason for each.
func (c *Change) inviteAgain(id InvitationID, m Mark) error {
	counted, allowed := c.After.DayCounts.Invites.add(m.At, MaxInvitations)
	if !allowed {
		return Errorf(KindExhausted, CodeRateInvites, "A user may be invited again %d times a day. Try again tomorrow.", MaxInvitations)
	}
	c.After.DayCounts.Invites = counted
	c.invite(id, m)
	return nil
}
