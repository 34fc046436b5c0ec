// SPDX-License-Identifier: Apache-2.0

package convoke

import "time"

// Removal is how a user leaves (DELETE /v2/users/{userId}, query action).
type Removal string

// Disassociate takes the user out of the account; Delete does away with it.
// Convoke keeps no accounts of single people, so both remove the user with its
// meetings; they differ in who may be removed so, and in the event.
const (
	Disassociate Removal = "disassociate"
	Delete       Removal = "delete"
)

// ParseRemoval returns the removal that s spells; empty is Disassociate.
func ParseRemoval(s string) (Removal, error) {
	switch Removal(s) {
	case "", Disassociate:
		return Disassociate, nil
	case Delete:
		return Delete, nil
	}
	return "", Invalid(CodeInvalidField, "action", "The action must be disassociate or delete.")
}

// Remove takes the user away. A custCreate user can only be deleted, and so can
// one whose e-mail's domain the account manages; the owner and admins are
// CodeRoleGuarded. The meetings go with the user.
func Remove(u User, how Removal, policy Policy, m Mark) (Change, error) {
	if err := u.GuardedFrom(m.By); err != nil {
		return Change{}, err
	}
	if how == Disassociate && u.Action == ActionCustCreate {
		return Change{}, Invalid(CodeCannotUnlink, "action", "Unable to unlink API user(s).")
	}
	if how == Disassociate && policy.EmailManaged && u.Status != StatusPending {
		return Change{}, Errorf(KindPrecondition, CodeManagedCannotLeft, "You can not disassociate a user with managed domain.")
	}
	name := EventUserDeleted
	if how == Disassociate {
		name = EventUserDisassociated
	}
	change := Change{Before: &u, At: m.At}
	change.addByOperator(name, m, u.AccountID, Payload{Object: NewUserObject(u)})
	return change, nil
}

// RemoveTo is Remove, but gives the user's meetings to the heir: another user,
// who may host. CodeTransferToSelf and User.MayHost say otherwise.
func RemoveTo(u User, how Removal, heir User, policy Policy, m Mark) (Change, error) {
	if heir.ID == u.ID {
		return Change{}, Invalid(CodeTransferToSelf, "transfer_email",
			"The transfer-to email address cannot be the same as the unlinked or deleted user's email address.")
	}
	if err := heir.MayHost(); err != nil {
		return Change{}, err
	}
	change := Change{}
	change.addByOperator(EventMeetingsTransferred, m, u.AccountID, Payload{Object: TransferObject{u.ID, heir.ID}})
	removal, err := Remove(u, how, policy, m)
	removal.Heir, removal.Events = heir.ID, append(change.Events, removal.Events...)
	return removal, err
}

// Deactivate bars the user from signing in and hosting, ends its sessions, frees
// its seat, and makes its host tokens and tickets worthless, also for when it is
// active again. A user that is inactive already is left alone with an empty
// change. One that is pending is CodeUserPending: there is nothing to bar yet, and
// activating it later must not stand in for the person's own confirmation.
func Deactivate(u User, m Mark) (Change, error) {
	switch u.Status {
	case StatusInactive:
		return Change{}, nil
	case StatusPending:
		return Change{}, Errorf(KindConflict, CodeUserPending,
			"This user has not accepted the invitation yet, so there is nothing to deactivate. Remove the user instead.")
	}
	after := u
	after.Status, after.StatusReason = StatusInactive, ReasonDeactivated
	after.HostTokensFrom = revocationTime(u, m)
	change := changeOfStatus(EventUserDeactivated, u, after, m)
	change.SignOut = true
	return change, nil
}

// Activate undoes Deactivate. A pending user can only be activated by the
// person, through the link: CodeUserPending.
func Activate(u User, m Mark) (Change, error) {
	switch u.Status {
	case StatusActive:
		return Change{}, nil
	case StatusPending:
		return Change{}, Errorf(KindConflict, CodeUserPending,
			"This user has not accepted the invitation yet. Only the person can do so, by the link in the mail.")
	}
	after := u
	after.Status, after.StatusReason = StatusActive, ""
	return changeOfStatus(EventUserActivated, u, after, m), nil
}

// RevokeTokens ends the user's portal sessions and what they are in running
// meetings, and makes the host tokens and tickets that there are worthless.
// Meetings that run go on without them, and the next token is as good as ever.
func RevokeTokens(u User, m Mark) Change {
	after := u
	after.HostTokensFrom = revocationTime(u, m)
	change := m.change(u, after)
	change.SignOut = true
	change.addByOperator(EventUserTokensRevoked, m, u.AccountID, Payload{Object: NewUserObject(after)})
	return change
}

// revocationTime is from when on the user's host tokens and tickets count again.
func revocationTime(u User, m Mark) time.Time {
	if m.At.After(u.HostTokensFrom) {
		return m.At
	}
	return u.HostTokensFrom.Add(time.Millisecond) // twice in a millisecond
}

func changeOfStatus(name EventName, before, after User, m Mark) Change {
	change := m.change(before, after)
	change.addByOperator(name, m, before.AccountID, Payload{Object: NewUserObject(after)})
	return change
}

// Accept makes a pending user active when the person follows the link. The
// password hash is empty for an ssoCreate user, who only confirms the address.
func Accept(u User, i Invitation, passwordHash string, m Mark) (Change, error) {
	if u.StatusReason == ReasonInvitationRevoked {
		return Change{}, Errorf(KindGone, CodeInvitationRevoked, "This invitation was withdrawn. Ask the person who invited you.")
	}
	if err := i.Usable(m.At); err != nil {
		return Change{}, err
	}
	if u.Status != StatusPending {
		return Change{}, Errorf(KindGone, CodeInvitationUsed, "This link does not work any more. Sign in, or ask the person who invited you.")
	}
	after := u
	after.Status, after.StatusReason, after.PasswordHash, after.InvitedUntil = StatusActive, "", passwordHash, time.Time{}
	change := m.change(u, after)
	change.Accepted = &i
	change.add(EventUserInvitationAccepted, m, u.AccountID, Payload{Object: NewUserObject(after)})
	return change, nil
}

// Invite sends a pending user a new activation link, which kills the old one. It
// also renews an invitation that has expired or was revoked. More than
// MaxInvitations a day are CodeRateInvites: they go to somebody's mailbox.
func Invite(u User, fresh Fresh, m Mark) (Change, error) {
	if u.Status != StatusPending {
		return Change{}, Errorf(KindConflict, CodeStatusUnchanged, "This user is not pending; there is nothing to activate.")
	}
	change := m.change(u, u)
	return change, change.inviteAgain(fresh.InvitationID, m)
}

// RevokeInvitation makes the pending user's open links worthless. The user stays
// pending, and keeps its seat, until it is invited again or removed. One whose
// invitation is revoked already is left alone.
func RevokeInvitation(u User, m Mark) (Change, error) {
	switch {
	case u.Status != StatusPending:
		return Change{}, Errorf(KindConflict, CodeStatusUnchanged, "This user is not pending; there is no invitation to revoke.")
	case u.StatusReason == ReasonInvitationRevoked:
		return Change{}, nil
	}
	after := u
	after.StatusReason, after.InvitedUntil = ReasonInvitationRevoked, time.Time{}
	change := m.change(u, after)
	change.Withdrawn = true
	change.addByOperator(EventUserInvitationRevoked, m, u.AccountID, Payload{
		Object: InvitationObject{UserID: u.ID, Email: u.Email, Reason: after.StatusReason},
	})
	return change, nil
}

// Unbind takes a binding away and leaves the user as it is.
func Unbind(b Binding, m Mark) Change {
	change := Change{Unbind: &b}
	change.addByOperator(EventBindingDeleted, m, b.AccountID, Payload{
		Object: BindingObject{b.Source, b.ExternalID, b.UserID, b.Generation},
	})
	return change
}
