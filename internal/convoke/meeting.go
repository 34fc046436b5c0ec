// SPDX-License-Identifier: Apache-2.0

package convoke

import (
	"encoding/json"
	"time"
)

// MeetingType is the kind of a meeting, in Zoom's numbers.
type MeetingType int

// The types of POST /v2/users/{userId}/meetings; TypePersonal is the user's
// standing personal meeting, which is never created by a call.
const (
	TypeInstant     MeetingType = 1
	TypeScheduled   MeetingType = 2
	TypeRecurring   MeetingType = 3 // no fixed time
	TypePersonal    MeetingType = 4
	TypeSeries      MeetingType = 8 // recurring with a fixed time
	TypeScreenShare MeetingType = 10
)

// MeetingState is where a meeting stands.
type MeetingState string

// The states. A meeting that ended can be started again by its host, unless it
// is an instant one.
const (
	MeetingWaiting MeetingState = "waiting"
	MeetingStarted MeetingState = "started"
	MeetingEnded   MeetingState = "ended"
)

// Meeting is a conference that a host holds, once or again and again.
type Meeting struct {
	ID         MeetingID
	UUID       string // of the present or the last run: base64 of 16 random bytes
	AccountID  AccountID
	HostID     UserID
	ExternalID string // the host app's own key for the meeting; may be empty
	Topic      string
	Agenda     string
	Type       MeetingType
	StartTime  time.Time // zero for instant meetings and those without a fixed time
	Duration   int       // minutes
	Timezone   string    // IANA name; empty is UTC
	Passcode   string    // at most 10 characters; may be empty
	Settings   Settings
	Recurrence *Recurrence
	State      MeetingState
	StartedAt  time.Time
	EndedAt    time.Time
	CreatedAt  time.Time
	UpdatedAt  time.Time
}

// Restarts reports whether the host can start the meeting again after its end.
func (m Meeting) Restarts() bool { return m.Type != TypeInstant }

// Over reports whether nobody but a host who starts it again can enter.
func (m Meeting) Over() bool {
	recurs := m.Type == TypeRecurring || m.Type == TypeSeries || m.Type == TypePersonal
	return m.State == MeetingEnded && !recurs
}

// MeetingPatch is what a client sends to make or change a meeting; nil leaves a
// value as it is, or gives the default to a new meeting.
type MeetingPatch struct {
	Topic      *string
	Agenda     *string
	Type       *MeetingType
	StartTime  *string // yyyy-MM-ddTHH:mm:ssZ, or without Z and then in Timezone
	Duration   *int
	Timezone   *string
	Passcode   *string
	Recurrence json.RawMessage // Zoom's recurrence object
	Settings   json.RawMessage // an object with any of Settings' fields; others are ignored
}

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

// MeetingLookup names a meeting by its number, or by its host and the host
// app's key.
type MeetingLookup struct {
	AccountID  AccountID // empty: any account, for who comes by a link
	ID         MeetingID
	HostID     UserID
	ExternalID string
}

// MeetingFound is what the store knows about a MeetingLookup, read in the
// transaction that will write the change.
type MeetingFound struct {
	Meeting *Meeting
	Host    *User
}

// MeetingChange is what one commit writes about one meeting.
type MeetingChange struct {
	Before       *Meeting      // nil: the meeting is new
	After        *Meeting      // nil with Before: the meeting is deleted
	Participants []Participant // to insert or overwrite
	EndRoom      string        // everyone still waiting or admitted in this room has left
	TicketMade   *Ticket
	TicketSpent  *Ticket // refused with CodeTicketUsed when it was spent meanwhile
	Events       []Event
}

// MeetingFilter chooses from one host's meetings; the zero State chooses all.
type MeetingFilter struct {
	AccountID AccountID
	HostID    UserID
	Types     []MeetingType
	State     MeetingState
	NotState  MeetingState
	From, To  time.Time // of StartTime; zero: no bound
}
