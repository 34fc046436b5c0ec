// SPDX-License-Identifier: Apache-2.0

package convoke

import (
	"strings"
	"time"
)

// Provisioning says when a single sign-on user comes into being.
type Provisioning string

// The two modes. AtSignIn makes a user just in time from the SAML assertion;
// PriorToSignIn lets in only who was made before, and opens ssoCreate.
const (
	AtSignIn      Provisioning = "at_sign_in"
	PriorToSignIn Provisioning = "prior_to_sign_in"
)

// Account is a tenant: its users, apps, meetings and domains are seen by
// nobody else.
type Account struct {
	ID            AccountID
	Name          string
	APIPartner    bool // may use custCreate
	AutoCreate    bool // may use autoCreate, for its managed domains
	SSO           bool // single sign-on is set up
	Provisioning  Provisioning
	LicensedSeats int64 // NoSeatLimit, or the most that may be taken; SeatMode says by whom
	SeatMode      SeatMode
	BasicUsers    int64 // NoSeatLimit, or the most basic users it may have
	CreatedAt     time.Time
	Revision      int64 // grows with each change
}

// NewAccount checks the name (1 to 128 characters) and fills in the defaults:
// no grants, no limits, users made at sign-in.
func NewAccount(id AccountID, name string, now time.Time) (Account, error) {
	name, err := accountName(name)
	if err != nil {
		return Account{}, err
	}
	return Account{
		ID: id, Name: name, Provisioning: AtSignIn, CreatedAt: now,
		LicensedSeats: NoSeatLimit, SeatMode: SeatsAssigned, BasicUsers: NoSeatLimit,
	}, nil
}

func accountName(name string) (string, error) {
	name = strings.TrimSpace(name)
	if name == "" {
		return "", Invalid(CodeInvalidName, "name", "The account needs a name.")
	}
	return name, checkText(CodeInvalidName, "name", name, 128)
}

// AccountChange is what an operator sets on an account; nil leaves a value as it is.
type AccountChange struct {
	Name          *string
	APIPartner    *bool
	AutoCreate    *bool
	SSO           *bool
	Provisioning  *Provisioning
	LicensedSeats *int64 // NoSeatLimit lifts the limit
	SeatMode      *SeatMode
	BasicUsers    *int64 // NoSeatLimit lifts the limit
}

// check refuses a mode that there is not; nil is none to check.
func (p *Provisioning) check() error {
	if p != nil && *p != AtSignIn && *p != PriorToSignIn {
		return Invalid(CodeInvalidField, "provisioning", "Provisioning must be at_sign_in or prior_to_sign_in.")
	}
	return nil
}

// Apply returns the account with the change made, or CodeInvalidField.
func (a Account) Apply(c AccountChange) (Account, error) {
	if err := c.Provisioning.check(); err != nil {
		return Account{}, err
	}
	if c.LicensedSeats != nil && *c.LicensedSeats < NoSeatLimit {
		return Account{}, Invalid(CodeInvalidField, "licensed_seats",
			"The number of licensed seats must be 0 or more, or -1 for no limit.")
	}
	if c.SeatMode != nil && *c.SeatMode != SeatsAssigned && *c.SeatMode != SeatPool {
		return Account{}, Invalid(CodeInvalidField, "seat_mode", "The seat mode must be assigned or pool.")
	}
	if c.BasicUsers != nil && *c.BasicUsers < NoSeatLimit {
		return Account{}, Invalid(CodeInvalidField, "basic_users",
			"The number of basic users must be 0 or more, or -1 for no limit.")
	}
	if c.Name != nil {
		name, err := accountName(*c.Name)
		if err != nil {
			return Account{}, err
		}
		a.Name = name
	}
	set(&a.APIPartner, c.APIPartner)
	set(&a.AutoCreate, c.AutoCreate)
	set(&a.SSO, c.SSO)
	set(&a.Provisioning, c.Provisioning)
	set(&a.LicensedSeats, c.LicensedSeats)
	set(&a.SeatMode, c.SeatMode)
	set(&a.BasicUsers, c.BasicUsers)
	a.Revision++
	return a, nil
}

// AccountCreated is the event of a new account.
func (m Mark) AccountCreated(a Account) Event {
	return m.event(EventAccountCreated, a.ID, Payload{Object: accountFields(a)})
}

// AccountUpdated is the event of a changed account, with the fields that differ;
// none when nothing does.
func (m Mark) AccountUpdated(before, after Account) []Event {
	from, to := accountFields(before), accountFields(after)
	for name, value := range to {
		if from[name] == value {
			delete(from, name)
			delete(to, name)
		}
	}
	if len(to) == 0 {
		return nil
	}
	return []Event{m.event(EventAccountUpdated, after.ID, Payload{Object: to, OldObject: from})}
}

func accountFields(a Account) map[string]any {
	return map[string]any{
		"name": a.Name, "api_partner": a.APIPartner, "auto_create": a.AutoCreate, "sso": a.SSO,
		"provisioning": a.Provisioning, "licensed_seats": a.LicensedSeats, "seat_mode": a.SeatMode, "basic_users": a.BasicUsers,
	}
}

// set overwrites *to when a new value is given.
func set[T any](to *T, value *T) {
	if value != nil {
		*to = *value
	}
}

// Census counts an account's users by status, and of the active ones those that
// are not licensed.
type Census struct {
	Active, Inactive, Pending int64
	Basic, JoinOnly           int64 // among Active; JoinOnly has no licence to host
}

// Licensed is the number of active users with a licence.
func (c Census) Licensed() int64 { return c.Active - c.Basic - c.JoinOnly }

// Total is the number of users, whatever their status.
func (c Census) Total() int64 { return c.Active + c.Inactive + c.Pending }

// Of returns the number of users with the status.
func (c Census) Of(s Status) int64 {
	switch s {
	case StatusActive:
		return c.Active
	case StatusInactive:
		return c.Inactive
	default:
		return c.Pending
	}
}
