// SPDX-License-Identifier: Apache-2.0

package client

import (
	"context"
	"time"

	"github.com/convoke/convoke/zoom"
)

// Provider is what a host app needs from a conferencing service. Errors can be
// compared with this package's sentinels, whichever service it is. All methods
// are safe for concurrent use.
type Provider interface {
	// Ensure returns the conferencing user bound to the host app's own user,
	// and makes and binds it the first time. It may be called at every login:
	// the answer is the same user, with the attributes in person brought up to
	// date. ErrEmailTaken: another user of the account has the e-mail.
	Ensure(ctx context.Context, externalID string, person Person) (User, error)

	// Meeting returns the meeting that the host has under the host app's own
	// key, and makes it from spec the first time; later the spec is ignored.
	// ErrNotFound: nobody is bound to externalID, or that user was deleted;
	// Ensure helps. ErrUserInactive, ErrUserPending: the user may not host now.
	Meeting(ctx context.Context, externalID, meetingKey string, spec MeetingSpec) (Meeting, error)

	// HostURL makes a fresh start link, which lets whoever opens it host the
	// meeting. Make it at the moment of use. ErrNotFound: no such meeting.
	HostURL(ctx context.Context, meetingID int64) (string, error)

	// JoinURL returns the link for guests. ErrNotFound: no such meeting.
	JoinURL(ctx context.Context, meetingID int64) (string, error)

	// Ticket makes a link for one person in one role, good for one use and a
	// short time. ErrNotFound: no such meeting, or nobody is bound to the id.
	Ticket(ctx context.Context, meetingID int64, who Attendance) (Ticket, error)
}

// Action is one of the four ways to make a user. Which of them an account may
// use, and what is missing for the others, Client.Capabilities tells.
type Action = zoom.Action

// The actions. The zero value is the account's default: custCreate when the
// account has the API-partner grant, else create.
const (
	ActionCreate     = zoom.ActionCreate     // the person gets a mail and chooses a password
	ActionAutoCreate = zoom.ActionAutoCreate // with a password, for the account's own e-mail domains
	ActionCustCreate = zoom.ActionCustCreate // never signs in; hosts by start link
	ActionSSOCreate  = zoom.ActionSSOCreate  // signs in through the identity provider
)

// Status is where a user stands.
type Status = zoom.UserStatus

// The statuses. Only an active user can host.
const (
	StatusActive   = zoom.UserActive
	StatusInactive = zoom.UserInactive // deactivated
	StatusPending  = zoom.UserPending  // has not followed the activation link yet
)

// UserType is a licence.
type UserType = zoom.UserType

// The licences. The zero value is the action's default.
const (
	TypeBasic      = zoom.TypeBasic
	TypeLicensed   = zoom.TypeLicensed
	TypeUnassigned = zoom.TypeUnassigned // may not host
	TypeNone       = zoom.TypeNone       // with ActionSSOCreate only
)

// Person is what the host app knows about its user. Every field may be empty;
// only custCreate does without an e-mail. An empty field leaves the bound
// user's value as it is. Action, Type and Password count when the user is made
// and are ignored later.
type Person struct {
	Email       string   `json:"email,omitempty"`        // at most 128 characters; unique in the account
	FirstName   string   `json:"first_name,omitempty"`   // at most 64 characters
	LastName    string   `json:"last_name,omitempty"`    // at most 64 characters
	DisplayName string   `json:"display_name,omitempty"` // at most 128 characters; what others see
	Action      Action   `json:"action,omitempty"`
	Type        UserType `json:"type,omitempty"`
	Password    string   `json:"password,omitempty"` // with ActionAutoCreate only
}

// User is the conferencing user of one external id.
type User struct {
	ExternalID  string
	ID          string // stays the same for as long as the user exists
	Action      Action
	Status      Status
	Created     bool // made by this very call
	Generation  int  // 1, and one more for each user that was deleted and replaced
	Email       string
	FirstName   string
	LastName    string
	DisplayName string
	Type        UserType
}

// MeetingSpec describes a meeting to be made. The zero value is a valid one: a
// meeting that can start at once.
type MeetingSpec struct {
	Topic          string        // at most 200 characters; empty: the host's name is in it
	Agenda         string        // at most 2,000 characters
	StartTime      time.Time     // planned; zero or past: now
	Duration       time.Duration // planned, in whole minutes; zero: an hour
	Timezone       string        // IANA name, for showing the time
	Passcode       string        // at most 10 characters; empty: the service chooses
	JoinBeforeHost bool          // guests need not wait for the host
	WaitingRoom    bool          // the host admits each guest
}

// Meeting is a meeting of one host.
type Meeting struct {
	ID        int64  // the meeting's number, 10 or 11 digits
	Key       string // the host app's own key; empty in a meeting made without one
	HostID    string // the host's User.ID
	Created   bool   // made by this very call
	Topic     string
	Agenda    string
	StartTime time.Time // zero: no planned time
	Duration  time.Duration
	Timezone  string
	Passcode  string
	Status    string // waiting, started or ended; may be empty in lists
	JoinURL   string
}

// Role is what a person may do in the meeting.
type Role string

// The roles.
const (
	RoleHost     Role = "host"     // may do all, and end the meeting
	RoleCohost   Role = "cohost"   // may mute, remove and admit
	RoleAttendee Role = "attendee" // may speak, show, share and write
)

// Attendance is one person's part in a meeting. Exactly one of ExternalID and
// DisplayName must be set: the first for the host app's own user, the second
// for a guest.
type Attendance struct {
	ExternalID  string `json:"external_id,omitempty"`
	DisplayName string `json:"display_name,omitempty"`
	Role        Role   `json:"role"`
}

// Ticket is a link for one person and one use. The URL is a secret.
type Ticket struct {
	URL       string    `json:"url"`
	ExpiresAt time.Time `json:"expires_at"`
}
