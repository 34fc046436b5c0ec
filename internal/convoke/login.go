// SPDX-License-Identifier: Apache-2.0

package convoke

import "time"

// How often a day, in UTC, a user's own values may change.
const (
	MaxEmailChanges    = 3 // Zoom's figure for PUT /v2/users/{userId}/email
	MaxPasswordChanges = 5
	MaxInvitations     = 5 // beyond the one that made the user
)

// FormerPasswords is how many replaced passwords a user may not take again.
const FormerPasswords = 5

// Daily counts what was done on one day, in UTC.
type Daily struct {
	Day   int64 `json:"day"` // since 1970
	Count int   `json:"count"`
}

// add counts one more, or reports that limit is reached for the day of now.
func (d Daily) add(now time.Time, limit int) (Daily, bool) {
	today := now.Unix() / int64(24*time.Hour/time.Second)
	if d.Day != today {
		d = Daily{Day: today}
	}
	d.Count++
	return d, d.Count <= limit
}

// DayCounts is how often a user's values were changed today.
type DayCounts struct {
	Emails    Daily `json:"emails,omitzero"`
	Passwords Daily `json:"passwords,omitzero"`
	Invites   Daily `json:"invites,omitzero"`
}

// ChangeEmail gives an active or inactive user another e-mail. Found must be of
// a Lookup of the new one: its domain must be verified for the account
// (CodeNoManagedDomain, CodeDomainNotManaged) and nobody else may have it
// (CodeEmailTaken). A pending user is CodeUserPending: the invitation went to the
// old address. More than MaxEmailChanges a day are CodeDailyLimit. CodeOwnerProtected:
// an admin means the owner.
func ChangeEmail(u User, email string, found Found, m Mark) (Change, error) {
	email, err := CheckEmail("email", email)
	if err != nil {
		return Change{}, err
	}
	if email == u.Email {
		return Change{}, nil
	}
	if err := m.By.requireOver(u); err != nil {
		return Change{}, err
	}
	if err := mayTakeEmail(u, email, found); err != nil {
		return Change{}, err
	}
	counted, allowed := u.DayCounts.Emails.add(m.At, MaxEmailChanges)
	if !allowed {
		return Change{}, Errorf(KindExhausted, CodeDailyLimit, "The e-mail of a user may change %d times a day. Try again tomorrow.", MaxEmailChanges)
	}
	after := u
	after.Email, after.DayCounts.Emails = email, counted
	change := m.change(u, after)
	change.addUpdated(m)
	return change, nil
}

func mayTakeEmail(u User, email string, found Found) error {
	switch {
	case u.Status == StatusPending:
		return Errorf(KindConflict, CodeUserPending, "This user has not accepted the invitation yet, which went to the present e-mail.")
	case !found.Policy.ManagedDomains:
		return lackManagedDomain.refusal()
	case !found.Policy.EmailManaged:
		return domainNotManaged(email)
	case found.Holder != nil && found.Holder.ID != u.ID:
		return emailHeld(email, found.Holder.ID)
	}
	return nil
}

func emailHeld(email string, holder UserID) error {
	return &Error{
		Kind: KindConflict, Code: CodeEmailTaken, Field: "email", UserID: holder,
		Message: "User already in the account: " + email,
	}
}

// MayChangePassword returns why nobody can change the user's password, or nil:
// CodeNoPassword for who signs in without one, CodeUserPending before the person
// has chosen the first, CodePasswordChanges after MaxPasswordChanges in a day.
func MayChangePassword(u User, now time.Time) error {
	switch _, allowed := u.DayCounts.Passwords.add(now, MaxPasswordChanges); {
	case !u.SignsInWithPassword():
		return Errorf(KindPrecondition, CodeNoPassword, "This user signs in without a password, so there is none to change.")
	case u.Status == StatusPending:
		return Errorf(KindConflict, CodeUserPending, "This user has not accepted the invitation yet, and chooses the first password then.")
	case !allowed:
		return Invalid(CodePasswordChanges, "password",
			"This password cannot be changed because it has already been changed the maximum number of times over the past 24 hours.")
	}
	return nil
}

// ChangePassword gives the user the password of the hash, keeps the old one among
// the former ones and ends the sessions that it opened.
func ChangePassword(u User, passwordHash string, m Mark) (Change, error) {
	if err := MayChangePassword(u, m.At); err != nil {
		return Change{}, err
	}
	after := u
	after.PasswordHash = passwordHash
	after.DayCounts.Passwords, _ = u.DayCounts.Passwords.add(m.At, MaxPasswordChanges)
	change := m.change(u, after)
	change.Retired, change.SignOut = u.PasswordHash, true
	change.addByOperator(EventUserPasswordChanged, m, u.AccountID, Payload{Object: NewUserObject(after)})
	return change, nil
}
