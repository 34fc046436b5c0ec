// SPDX-License-Identifier: Apache-2.0

package convoke

import (
	"encoding/base64"
	"fmt"
	"strings"
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
	UUID       string // of the present, the last or, before that, the first run: base64 of 16 random bytes
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
	Leased     bool // its run holds one of the account's licensed seats
	CreatedAt  time.Time
	UpdatedAt  time.Time
}

// Longest texts of a meeting, in characters, and its durations, in minutes
// (POST /v2/users/{userId}/meetings).
const (
	MaxTopic        = 200
	MaxAgenda       = 2000
	MaxPasscode     = 10
	MaxDuration     = 1440
	DefaultDuration = 60
)

// Room returns the media server's room of the present or the last run: the UUID
// in its URL-safe form.
func (m Meeting) Room() string {
	return strings.TrimRight(strings.NewReplacer("+", "-", "/", "_").Replace(m.UUID), "=")
}

// NewRunUUID makes the UUID of a run from 16 random bytes.
func NewRunUUID(random [16]byte) string { return base64.StdEncoding.EncodeToString(random[:]) }

// Running reports whether room is the one in which the meeting takes place now.
func (m Meeting) Running(room string) bool {
	return m.State == MeetingStarted && room != "" && m.Room() == room
}

// HasFixedTime reports whether meetings of the type have a start time.
func (t MeetingType) HasFixedTime() bool { return t == TypeScheduled || t == TypeSeries }

// recurs reports whether meetings of the type are held again and again.
func (t MeetingType) recurs() bool {
	return t == TypeRecurring || t == TypeSeries || t == TypePersonal
}

// Restarts reports whether the host can start the meeting again after its end.
func (m Meeting) Restarts() bool { return m.Type != TypeInstant }

// Over reports whether nobody but a host who starts it again can enter.
func (m Meeting) Over() bool {
	return m.State == MeetingEnded && !m.Type.recurs()
}

// MeetingFilter chooses from one host's meetings, or with neither account nor
// host from all running ones; the zero State chooses all.
type MeetingFilter struct {
	AccountID AccountID
	HostID    UserID
	Types     []MeetingType
	State     MeetingState
	NotState  MeetingState
	From, To  time.Time // of StartTime; zero: no bound
}

// FreshMeeting carries the random values of a new meeting.
type FreshMeeting struct {
	ID       MeetingID
	UUID     string // by NewRunUUID
	Passcode string // for a request that names none
}

// NewMeeting makes a meeting of the host. It returns the first broken rule as
// CodeInvalidField, CodeInvalidType or CodeInvalidBody, or why the host may not
// hold meetings (User.MayHost).
func NewMeeting(host User, p MeetingPatch, fresh FreshMeeting, zones Zones, mark Mark) (Meeting, error) {
	if err := host.MayHost(); err != nil {
		return Meeting{}, err
	}
	m := newMeeting(host, fresh, mark)
	m.Type, m.Topic, m.Timezone = TypeScheduled, titleFor(host, "Meeting of %s", "Meeting"), "UTC"
	if zones.find(host.Profile.Timezone) != nil {
		m.Timezone = host.Profile.Timezone
	}
	if err := m.apply(host, p, zones, mark.At); err != nil {
		return Meeting{}, err
	}
	if p.Passcode == nil && !host.needsPasscode(m.Type) {
		m.Passcode = ""
	}
	if now := mark.At.UTC().Truncate(time.Second); m.Type.HasFixedTime() && m.StartTime.Before(now) {
		m.StartTime = now
	}
	return m, m.checkSeries(zones)
}

// NewPersonalMeeting makes the standing meeting of the host, whose number is the
// host's personal meeting id. There is no event for it, as it came with the user.
func NewPersonalMeeting(host User, fresh FreshMeeting, mark Mark) Meeting {
	m := newMeeting(host, fresh, mark)
	m.ID, m.Type, m.Timezone = host.PMI, TypePersonal, "UTC"
	m.Topic = titleFor(host, "%s's Personal Meeting Room", "Personal Meeting Room")
	m.Passcode, m.Settings.WaitingRoom = "", true // the link has nothing but a name, so the host looks who comes
	return m
}

func newMeeting(host User, fresh FreshMeeting, mark Mark) Meeting {
	return Meeting{
		ID: fresh.ID, UUID: fresh.UUID, AccountID: host.AccountID, HostID: host.ID, Passcode: fresh.Passcode,
		Duration: DefaultDuration, Settings: host.meetingSettings(), State: MeetingWaiting,
		CreatedAt: mark.At, UpdatedAt: mark.At,
	}
}

// Update checks the patch and returns the change; it is empty when nothing
// differs. A meeting that is over and gets a new time waits for its host again.
func (m Meeting) Update(host User, p MeetingPatch, zones Zones, mark Mark) (MeetingChange, error) {
	after := m
	if err := after.apply(host, p, zones, mark.At); err != nil {
		return MeetingChange{}, err
	}
	if err := after.checkSeries(zones); err != nil {
		return MeetingChange{}, err
	}
	object, old := m.differences(after)
	if len(object) == 0 {
		return MeetingChange{}, nil
	}
	if after.Over() && after.Type.HasFixedTime() && after.StartTime.After(mark.At) {
		after.State = MeetingWaiting
	}
	object["id"], old["id"] = m.ID, m.ID
	change := m.change(after, mark)
	change.addByOperator(EventMeetingUpdated, mark, Payload{
		Scope: m.operation(), Object: object, OldObject: old, TimeStamp: mark.At.UnixMilli(),
	})
	return change, nil
}

// Remove deletes the meeting, ending its run first. A personal meeting stays:
// CodePMIUndeletable.
func (m Meeting) Remove(present []Participant, host User, mark Mark) (MeetingChange, error) {
	if m.Type == TypePersonal {
		return MeetingChange{}, Errorf(KindPrecondition, CodePMIUndeletable, "Not allowed to delete PMI.")
	}
	change := m.End(present, host, mark)
	change.Before, change.After = &m, nil
	change.addByOperator(EventMeetingDeleted, mark, Payload{Operation: m.operation(), Object: m.object()})
	return change, nil
}

// start begins a run; that of a licensed host leases a seat until its end. The
// first one takes the UUID that was given out with the meeting, as Zoom's does;
// every other one a fresh UUID.
func (m *Meeting) start(host User, freshUUID string, at time.Time) {
	if !m.StartedAt.IsZero() {
		m.UUID = freshUUID
	}
	m.State, m.StartedAt, m.EndedAt = MeetingStarted, at, time.Time{}
	m.Leased = host.Type == TypeLicensed
}

// End ends the run for all. Present are the people who were last seen in it, for
// the events of their leaving. A meeting that is not running is left alone with
// an empty change.
func (m Meeting) End(present []Participant, host User, mark Mark) MeetingChange {
	if m.State != MeetingStarted {
		return MeetingChange{}
	}
	after := m
	after.State, after.EndedAt, after.Leased = MeetingEnded, mark.At, false
	change := m.change(after, mark)
	change.EndRoom = m.Room()
	for _, p := range present {
		if p.Room == change.EndRoom && p.here() {
			change.addLeft(after, host, p, "The meeting ended.", mark)
		}
	}
	change.add(EventMeetingEnded, mark, Payload{AccountID: m.AccountID, Object: after.run()})
	return change
}

// titleFor names a meeting after its host, where the host has a name.
func titleFor(host User, named, unnamed string) string {
	if name := host.Name(); name != "" {
		return fmt.Sprintf(named, name)
	}
	return unnamed
}
