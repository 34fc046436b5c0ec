// SPDX-License-Identifier: Apache-2.0

package convoke

import (
	"cmp"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"reflect"
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

// MeetingPatch is what a client sends to make or change a meeting; nil leaves a
// value as it is, or gives the default to a new meeting.
type MeetingPatch struct {
	Topic       *string // empty is nil
	Agenda      *string
	Type        *MeetingType
	StartTime   *string         // yyyy-MM-ddTHH:mm:ssZ, or without Z and then in Timezone; empty is nil
	Duration    *int            // minutes
	Timezone    *string         // IANA name; empty is nil
	Passcode    *string         // empty: none; nil: a random one for a new meeting
	ScheduleFor *string         // id or e-mail of the host itself
	Recurrence  json.RawMessage // Zoom's recurrence object
	Settings    json.RawMessage // an object with any of Settings' fields; others are ignored
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

// SpentBy reports whether p came in by the ticket, or came back by it.
func (t Ticket) SpentBy(p Participant) bool {
	return !t.UsedAt.IsZero() && p.JoinedAt.Equal(t.UsedAt) &&
		p.AccountID == t.AccountID && p.MeetingID == t.MeetingID && p.UserID == t.UserID && p.Role == t.Role
}

// MeetingLookup names a meeting by its number, or by its host and the host
// app's key.
type MeetingLookup struct {
	AccountID   AccountID // empty: any account, for who comes by a link
	ID          MeetingID
	HostID      UserID
	ExternalID  string
	Participant ParticipantID // also read this person; may be empty
}

// MeetingFound is what the store knows about a MeetingLookup, read in the
// transaction that will write the change.
type MeetingFound struct {
	Meeting     *Meeting
	Host        *User
	Participant *Participant // whom the lookup names, of whatever meeting; nil: nobody
	NoSeat      bool         // no seat was found for a run, so that only a host can begin one
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

// LeaseDelta is by how much the leased seats of an account change.
func (c MeetingChange) LeaseDelta() (AccountID, SeatCounts) {
	before, after := c.Before != nil && c.Before.Leased, c.After != nil && c.After.Leased
	switch {
	case after && !before:
		return c.After.AccountID, SeatCounts{Leased: 1}
	case before && !after:
		return c.Before.AccountID, SeatCounts{Leased: -1}
	}
	return "", SeatCounts{}
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

// Empty reports whether there is nothing to write.
func (c MeetingChange) Empty() bool {
	return c.Before == nil && c.After == nil && len(c.Participants) == 0 && c.EndRoom == "" &&
		c.TicketMade == nil && c.TicketSpent == nil && len(c.Events) == 0
}

// Zones finds a time zone by its IANA name; time.LoadLocation is one.
type Zones func(name string) (*time.Location, error)

// find returns the zone, or nil when there is none of that name.
func (z Zones) find(name string) *time.Location {
	if name == "" || name == "Local" || len(name) > 64 {
		return nil // the empty name and Local would be this machine's business
	}
	zone, err := z(name)
	if err != nil {
		return nil
	}
	return zone
}

// Zone returns the meeting's time zone; UTC where it has none.
func (m Meeting) Zone(zones Zones) *time.Location {
	return cmp.Or(zones.find(m.Timezone), time.UTC)
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

// apply overwrites what the patch names, rule by rule.
func (m *Meeting) apply(host User, p MeetingPatch, zones Zones, now time.Time) error {
	for _, step := range []func() error{
		func() error { return m.applyType(p.Type) },
		func() error { return m.checkScheduleFor(host, p.ScheduleFor) },
		func() error { return m.applyTexts(p) },
		func() error { return m.applyPasscode(p.Passcode) },
		func() error { return m.applyDuration(p.Duration) },
		func() error { return m.applyTime(p, zones, now) },
		func() error { return m.applyRecurrence(p.Recurrence) },
		func() error { return m.Settings.merge(p.Settings) },
	} {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

func (m *Meeting) applyType(t *MeetingType) error {
	if t == nil || *t == m.Type {
		return nil
	}
	if m.Type == TypePersonal {
		return Invalid(CodeInvalidType, "type", "The type of a personal meeting cannot be changed.")
	}
	switch *t {
	case TypeInstant, TypeScheduled, TypeRecurring, TypeSeries, TypeScreenShare:
		m.Type = *t
		return nil
	}
	return Invalid(CodeInvalidType, "type",
		"The type must be 1 (instant), 2 (scheduled), 3 (recurring without a fixed time), 8 (recurring) or 10 (screen share only).")
}

// checkScheduleFor takes the host only: whom a new meeting is scheduled for is its
// host by then, and a meeting keeps its host.
func (m *Meeting) checkScheduleFor(host User, who *string) error {
	switch {
	case who == nil || *who == "":
		return nil
	case m.Type == TypeInstant:
		return Invalid(CodeScheduleRefused, "schedule_for", "An instant meeting cannot be scheduled for anyone: leave schedule_for out.")
	case *who == string(host.ID) || EmailKey(*who) == EmailKey(host.Email):
		return nil
	}
	return Invalid(CodeInvalidField, "schedule_for",
		"The value of schedule_for is invalid: name the host itself, or create the meeting under the other user.")
}

func (m *Meeting) applyTexts(p MeetingPatch) error {
	if p.Topic != nil && strings.TrimSpace(*p.Topic) != "" {
		m.Topic = *p.Topic
	}
	set(&m.Agenda, p.Agenda)
	if err := checkText(CodeInvalidField, "topic", m.Topic, MaxTopic); err != nil {
		return err
	}
	return checkText(CodeInvalidField, "agenda", m.Agenda, MaxAgenda)
}

func (m *Meeting) applyPasscode(passcode *string) error {
	if passcode == nil {
		return nil
	}
	visible := func(r rune) bool { return r > ' ' && r <= '~' }
	if len(*passcode) > MaxPasscode || strings.ContainsFunc(*passcode, func(r rune) bool { return !visible(r) }) {
		return Invalid(CodeInvalidField, "password", "A passcode has at most %d letters, digits and signs such as @ - _ * ! #.", MaxPasscode)
	}
	m.Passcode = *passcode
	return nil
}

func (m *Meeting) applyDuration(minutes *int) error {
	if minutes == nil {
		return nil
	}
	if *minutes < 1 || *minutes > MaxDuration {
		return Invalid(CodeInvalidField, "duration", "The duration must be from 1 to %d minutes.", MaxDuration)
	}
	m.Duration = *minutes
	return nil
}

func (m *Meeting) applyTime(p MeetingPatch, zones Zones, now time.Time) error {
	if p.Timezone != nil && *p.Timezone != "" {
		if zones.find(*p.Timezone) == nil {
			return Invalid(CodeInvalidField, "timezone", "The time zone must be an IANA name such as Europe/Paris or UTC.")
		}
		m.Timezone = *p.Timezone
	}
	if p.StartTime != nil && *p.StartTime != "" {
		start, err := parseStart(*p.StartTime, m.Zone(zones))
		if err != nil {
			return err
		}
		m.StartTime = start
	}
	switch {
	case !m.Type.HasFixedTime():
		m.StartTime = time.Time{}
	case m.StartTime.IsZero():
		m.StartTime = now.UTC().Truncate(time.Second)
	}
	return nil
}

// lastYear bounds what can be planned; JSON has no form for years over 9999.
const lastYear = 2999

// parseStart reads the two forms of start_time: GMT with a Z, or local without.
func parseStart(s string, zone *time.Location) (time.Time, error) {
	local, gmt := strings.CutSuffix(s, "Z")
	if gmt {
		zone = time.UTC
	}
	start, err := time.Parse("2006-01-02T15:04:05", local)
	if err != nil || start.Year() < 1970 || start.Year() > lastYear {
		return time.Time{}, Invalid(CodeInvalidField, "start_time",
			"start_time must look like 2026-11-23T10:00:00Z (GMT), or like 2026-11-23T10:00:00 in the time zone of the meeting.")
	}
	return onClock(start, zone).UTC(), nil
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

func (m Meeting) change(after Meeting, mark Mark) MeetingChange {
	after.UpdatedAt = mark.At
	return MeetingChange{Before: &m, After: &after}
}

func (c *MeetingChange) add(name EventName, mark Mark, p Payload) {
	c.Events = append(c.Events, NewEvent(name, mark.At, p).By(mark.By))
}

// addByOperator is add for the events that name who did it.
func (c *MeetingChange) addByOperator(name EventName, mark Mark, p Payload) {
	m := cmp.Or(c.After, c.Before)
	p.AccountID, p.Operator, p.OperatorID = m.AccountID, mark.By.Label, mark.By.OperatorID()
	c.add(name, mark, p)
}

// Created returns the change that stores a new meeting of the host's and announces it.
func (m Meeting) Created(host User, joinURL string, zones Zones, mark Mark) MeetingChange {
	object := createdObject{
		meetingObject: m.object(), JoinURL: joinURL, Password: m.Passcode, Recurrence: m.Recurrence,
		CreationSource: creationSource(mark.By),
		Settings: createdSettings{
			m.Settings.UsePMI, m.Settings.AlternativeHosts, m.Settings.JoinBeforeHost, m.Settings.JBHTime, m.Settings.MeetingInvitees,
		},
	}
	for _, o := range m.Occurrences(m.Zone(zones)) {
		object.Occurrences = append(object.Occurrences, occurrenceObject{o.ID, wireTime(o.StartTime), o.Duration, "available"})
	}
	if m.Settings.UsePMI || m.Type == TypePersonal {
		object.PMI = host.PMI.String()
	}
	change := MeetingChange{After: &m}
	change.addByOperator(EventMeetingCreated, mark, Payload{Operation: m.operation(), Object: object})
	return change
}

// creationSource names the door in Zoom's words.
func creationSource(caller Principal) string {
	switch {
	case caller.ClientID != "":
		return "open_api"
	case caller.Kind == UserCaller:
		return "web_portal"
	}
	return "other"
}

// operation tells in an event whether it is about one meeting or a whole series.
func (m Meeting) operation() string {
	if m.Type.recurs() {
		return "all"
	}
	return "single"
}

// meetingObject is a planned meeting in a payload; its id is a number there.
type meetingObject struct {
	UUID      string      `json:"uuid"`
	ID        MeetingID   `json:"id"`
	HostID    UserID      `json:"host_id"`
	Topic     string      `json:"topic"`
	Type      MeetingType `json:"type"`
	StartTime string      `json:"start_time,omitempty"`
	Duration  int         `json:"duration"`
	Timezone  string      `json:"timezone"`
}

type createdObject struct {
	meetingObject
	JoinURL        string             `json:"join_url"`
	Password       string             `json:"password,omitempty"`
	PMI            string             `json:"pmi,omitempty"` // of the host, where the meeting uses it
	Occurrences    []occurrenceObject `json:"occurrences,omitempty"`
	Recurrence     *Recurrence        `json:"recurrence,omitempty"`
	Settings       createdSettings    `json:"settings"`
	CreationSource string             `json:"creation_source"`
}

type createdSettings struct {
	UsePMI           bool      `json:"use_pmi"`
	AlternativeHosts string    `json:"alternative_hosts"`
	JoinBeforeHost   bool      `json:"join_before_host"`
	JBHTime          int       `json:"jbh_time"`
	MeetingInvitees  []Invitee `json:"meeting_invitees,omitempty"`
}

type occurrenceObject struct {
	ID        string `json:"occurrence_id"`
	StartTime string `json:"start_time"`
	Duration  int    `json:"duration"`
	Status    string `json:"status"`
}

func (m Meeting) object() meetingObject {
	return meetingObject{m.UUID, m.ID, m.HostID, m.Topic, m.Type, wireTime(m.StartTime), m.Duration, m.Timezone}
}

// runObject is a run of a meeting in a payload; its id is a string there.
type runObject struct {
	ID        string      `json:"id"`
	UUID      string      `json:"uuid"`
	HostID    UserID      `json:"host_id"`
	Topic     string      `json:"topic"`
	Type      MeetingType `json:"type"`
	StartTime string      `json:"start_time"`
	Timezone  string      `json:"timezone"`
	Duration  int         `json:"duration"`
	EndTime   string      `json:"end_time,omitempty"`
}

func (m Meeting) run() runObject {
	return runObject{
		ID: m.ID.String(), UUID: m.UUID, HostID: m.HostID, Topic: m.Topic, Type: m.Type,
		StartTime: wireTime(m.StartedAt), Timezone: m.Timezone, Duration: m.Duration, EndTime: wireTime(m.EndedAt),
	}
}

// wireTime writes a time as Zoom's payloads do; the zero time is empty.
func wireTime(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format("2006-01-02T15:04:05Z")
}

// differences returns the fields that after changes, new and old, as the
// webhook reference names them for meeting.updated.
func (m Meeting) differences(after Meeting) (object, old map[string]any) {
	object, old = after.fields(), m.fields()
	dropEqual(object, old)
	settings, oldSettings := after.Settings.fields(), m.Settings.fields()
	dropEqual(settings, oldSettings)
	if len(settings) > 0 {
		object["settings"], old["settings"] = settings, oldSettings
	}
	return object, old
}

func (m Meeting) fields() map[string]any {
	return map[string]any{
		"topic": m.Topic, "agenda": m.Agenda, "type": m.Type, "start_time": wireTime(m.StartTime),
		"duration": m.Duration, "timezone": m.Timezone, "password": m.Passcode, "recurrence": m.Recurrence,
	}
}

// dropEqual deletes from both maps what does not differ between them.
func dropEqual(a, b map[string]any) {
	for name, value := range a {
		if reflect.DeepEqual(b[name], value) {
			delete(a, name)
			delete(b, name)
		}
	}
}

// titleFor names a meeting after its host, where the host has a name.
func titleFor(host User, named, unnamed string) string {
	if name := host.Name(); name != "" {
		return fmt.Sprintf(named, name)
	}
	return unnamed
}
