// SPDX-License-Identifier: Apache-2.0

package convoke

import (
	"strings"
	"time"
)

// ParticipantID is one presence of one person in one run of a meeting; it is
// also the person's identity towards the media server. 22 characters.
type ParticipantID string

// Role is what a participant may do in the room. It is given by the server
// alone, from the link's credential.
type Role string

// The roles. A host may mute, remove, admit and end; a cohost may mute, remove
// and admit; an attendee may speak, show, share and write.
const (
	RoleHost     Role = "host"
	RoleCohost   Role = "cohost"
	RoleAttendee Role = "attendee"
)

// Valid reports whether r is one of the three roles.
func (r Role) Valid() bool { return r == RoleHost || r == RoleCohost || r == RoleAttendee }

// Moderates reports whether the role may mute, remove and admit others.
func (r Role) Moderates() bool { return r == RoleHost || r == RoleCohost }

// Presence is where a participant stands on the way into a room.
type Presence string

// The presences. Only PresenceAdmitted may connect to the media server.
const (
	PresenceWaiting  Presence = "waiting"  // before the host came, or in the waiting room
	PresenceAdmitted Presence = "admitted" // may connect
	PresenceRemoved  Presence = "removed"  // put out by a moderator; may never come back
	PresenceLeft     Presence = "left"     // went away, or the meeting ended
)

// Participant is one person in one run of a meeting.
type Participant struct {
	ID        ParticipantID
	AccountID AccountID
	MeetingID MeetingID
	Room      string // the media server's room: one for each run of a meeting
	UserID    UserID // empty for a guest
	Name      string // as shown to the others
	Role      Role
	Presence  Presence
	JoinedAt  time.Time // when the person asked to come in; who comes back by a ticket keeps the first time
	LeftAt    time.Time // zero while waiting or in the room; an admitted person whose connection broke may come back

	ConnectedAt time.Time // when the media server had the person last come in; zero: never
	SeenAt      time.Time // when a waiting person's page was last heard of, to within SeenEvery, or the person was let in
	UserStatus  Status    // of the user whom UserID names, read with the participant; empty for a guest and when the user is gone

	UserTokensFrom time.Time // the user's HostTokensFrom, read with the participant; zero: never
}

// MaxPeople is how many may be in one run, and how many may wait for it, at the
// same time. A host always gets in.
const MaxPeople = 1000

// HeldFor is how long a place is held for who was let in and has not connected to
// the media yet. Later the place is anybody's.
const HeldFor = time.Minute

// WaitsFor is for how long somebody counts as waiting whose page is not heard of.
// Browsers let a page in the background ask once a minute.
const WaitsFor = 2 * time.Minute

// SeenEvery is how often it is written down that a waiting page was heard of.
const SeenEvery = 20 * time.Second

// Released reports whether no place is held any more for an admitted person.
func (p Participant) Released(now time.Time) bool {
	return !p.LeftAt.IsZero() || p.ConnectedAt.IsZero() && !now.Before(p.SeenAt.Add(HeldFor))
}

// ParticipantFilter chooses the people of one room, of one meeting, or those that
// one user is.
type ParticipantFilter struct {
	Room      string
	MeetingID MeetingID
	UserID    UserID
	Presence  Presence
	SeenSince time.Time // zero: no bound
	Limit     int       // zero: all
}

// Barred reports whether the person is a user who was deactivated or removed
// meanwhile, or whose sessions and tokens were revoked after they came. Such a one
// may do nothing in a room, whatever the row says.
func (p Participant) Barred() bool {
	revoked := !p.UserTokensFrom.IsZero() && !p.JoinedAt.After(p.UserTokensFrom)
	return p.UserID != "" && (p.UserStatus != StatusActive || revoked)
}

// Acts returns as whom the participant of the host's meeting stands in the log: as
// the user that they are, or, where a link made them nobody's user, as the
// participant.
func (p Participant) Acts(host *User) Principal {
	by := Principal{Kind: UserCaller, AccountID: p.AccountID, UserID: p.UserID, Label: p.Name}
	if p.UserID == "" {
		by.Kind, by.InRoom = RoomCaller, p.ID
	} else if host != nil && host.ID == p.UserID {
		by.Label = host.Email
	}
	return by
}

// MaxParticipantName is the longest name that a guest may give, in characters.
const MaxParticipantName = 64

// CheckParticipantName returns the name that a guest gave as others will see it:
// on one line, without outer spaces, and without what nobody can see.
// CodeInvalidName refuses an empty or too long one.
func CheckParticipantName(s string) (string, error) {
	name := strings.Join(strings.Fields(visibleName(strings.ToValidUTF8(s, ""))), " ")
	if name == "" {
		return "", Invalid(CodeInvalidName, "name", "Please tell the others your name.")
	}
	return name, checkText(CodeInvalidName, "name", name, MaxParticipantName)
}

// here reports whether the person is in the room.
func (p Participant) here() bool { return p.Presence == PresenceAdmitted && p.LeftAt.IsZero() }

// TrackSource is a kind of media that a participant can publish.
type TrackSource string

// The sources, in LiveKit's lower-case spelling.
const (
	SourceMicrophone  TrackSource = "microphone"
	SourceCamera      TrackSource = "camera"
	SourceScreenShare TrackSource = "screen_share"
)

// MediaEvent is what the media server reports about a room.
type MediaEvent struct {
	Name        MediaEventName
	Room        string
	Participant ParticipantID // empty for MediaRoomFinished
	At          time.Time
}

// MediaEventName names a MediaEvent.
type MediaEventName string

// The media events that Convoke acts on.
const (
	MediaParticipantJoined MediaEventName = "participant_joined"
	MediaParticipantLeft   MediaEventName = "participant_left"
	MediaRoomFinished      MediaEventName = "room_finished"
)

// Enter brings p into the meeting as far as it may come now, and returns p as it
// then stands: admitted, or waiting for the host (with no Room) or in the waiting
// room (with one). A host's entry starts the meeting, and so does anyone's when
// the meeting may be joined before its host. Calling it again for a waiting
// person carries them on; the change is empty when nothing moved. Errors:
// CodeMeetingEnded, or why the host may not hold meetings (User.MayHost).
func (f MeetingFound) Enter(p Participant, freshUUID string, zones Zones, mark Mark) (MeetingChange, Participant, error) {
	m, asked := *f.Meeting, p
	var change MeetingChange
	if m.State != MeetingStarted {
		starts, err := f.starts(p.Role, zones, mark.At)
		if err != nil {
			return MeetingChange{}, p, err
		}
		if starts {
			m.start(*f.Host, freshUUID, mark.At)
			change = f.Meeting.change(m, mark)
			change.add(EventMeetingStarted, mark, Payload{AccountID: m.AccountID, Object: m.run()})
		}
	}
	p.Room, p.Presence = "", PresenceWaiting
	if mark.At.Sub(p.SeenAt) >= SeenEvery {
		p.SeenAt = mark.At
	}
	if m.State == MeetingStarted {
		p.Room = m.Room()
		if p.Role.Moderates() || !m.Settings.WaitingRoom {
			p.Presence, p.SeenAt = PresenceAdmitted, mark.At
			change.addJoined(m, *f.Host, p, mark)
		}
	}
	if p != asked {
		change.Participants = []Participant{p}
	}
	return change, p, nil
}

// starts reports whether the entry of someone in the role starts the meeting,
// which is not running. It returns CodeMeetingEnded when nobody can any more.
func (f MeetingFound) starts(role Role, zones Zones, now time.Time) (bool, error) {
	m := *f.Meeting
	if m.Over() && (role != RoleHost || !m.Restarts()) {
		return false, m.over()
	}
	if err := f.Host.MayHost(); role == RoleHost || err != nil {
		if role == RoleHost {
			return err == nil, err
		}
		return false, nil // a guest waits, and learns nothing about the host
	}
	return !f.NoSeat && m.opensBeforeHost(zones, now), nil
}

func meetingEnded() error {
	return Errorf(KindGone, CodeMeetingEnded, "This meeting has ended.")
}

// over tells a guest of a meeting that is over whether to keep the link.
func (m Meeting) over() error {
	if !m.Restarts() {
		return meetingEnded()
	}
	return Errorf(KindGone, CodeMeetingEnded, "This meeting has ended. The host may start it again, and this link will work again then.")
}

// opensBeforeHost reports whether guests may start the meeting now: a setting of
// scheduled and recurring meetings that a waiting room switches off.
func (m Meeting) opensBeforeHost(zones Zones, now time.Time) bool {
	if !m.Settings.JoinBeforeHost || m.Settings.WaitingRoom {
		return false
	}
	early := time.Duration(m.Settings.JBHTime) * time.Minute
	switch m.Type {
	case TypeRecurring:
		return true
	case TypeScheduled:
		return early == 0 || !now.Add(early).Before(m.StartTime)
	case TypeSeries:
		return early == 0 || m.occursAt(zones, now, early)
	}
	return false
}

// occursAt reports whether now lies in a meeting of the series, or less than
// early before one.
func (m Meeting) occursAt(zones Zones, now time.Time, early time.Duration) bool {
	length := time.Duration(m.Duration) * time.Minute
	for _, o := range m.Occurrences(m.Zone(zones)) {
		if !now.Before(o.StartTime.Add(-early)) && now.Before(o.StartTime.Add(length)) {
			return true
		}
	}
	return false
}

// person returns the found participant if they belong to the present run in the
// room, else CodeMeetingEnded or CodePersonNotInRoom.
func (f MeetingFound) person(room string) (Participant, error) {
	if f.Meeting == nil || !f.Meeting.Running(room) {
		return Participant{}, meetingEnded()
	}
	if f.Participant == nil || f.Participant.Room != room {
		return Participant{}, NotFound(CodePersonNotInRoom, "This person is not in the meeting.")
	}
	return *f.Participant, nil
}

// Admit lets the found participant in from the waiting room. Errors:
// CodeMeetingEnded, CodePersonNotInRoom when they left or were removed.
func (f MeetingFound) Admit(room string, mark Mark) (MeetingChange, error) {
	p, err := f.person(room)
	switch {
	case err != nil:
		return MeetingChange{}, err
	case p.Presence == PresenceAdmitted:
		return MeetingChange{}, nil
	case p.Presence != PresenceWaiting || p.Barred():
		return MeetingChange{}, NotFound(CodePersonNotInRoom, "This person is not waiting any more.")
	}
	p.Presence, p.SeenAt = PresenceAdmitted, mark.At
	change := MeetingChange{Participants: []Participant{p}}
	change.addJoined(*f.Meeting, *f.Host, p, mark)
	return change, nil
}

// PutOut removes the found participant from the run for good, whatever their
// presence. Only a host may put out a host: CodeNotHost. Errors besides:
// CodeMeetingEnded, CodePersonNotInRoom.
func (f MeetingFound) PutOut(room string, by Role, mark Mark) (MeetingChange, error) {
	p, err := f.person(room)
	switch {
	case err != nil:
		return MeetingChange{}, err
	case p.Role == RoleHost && by != RoleHost:
		return MeetingChange{}, Errorf(KindForbidden, CodeNotHost, "Only a host can remove a host.")
	case p.Presence == PresenceRemoved:
		return MeetingChange{}, nil
	}
	return f.gone(p, PresenceRemoved, "The person was removed.", mark), nil
}

// Leave marks the found participant as gone by their own wish. Whoever left, was
// removed or belongs to a former run stays as they are.
func (f MeetingFound) Leave(mark Mark) MeetingChange {
	p := f.Participant
	if f.Meeting == nil || p == nil || (p.Presence != PresenceWaiting && p.Presence != PresenceAdmitted) {
		return MeetingChange{}
	}
	return f.gone(*p, PresenceLeft, "The person left.", mark)
}

// Expel takes the found participant, who is barred,
// out of the run, or out of the waiting for one. Who is let in again as a user
// may come back.
func (f MeetingFound) Expel(mark Mark) MeetingChange {
	p := f.Participant
	if f.Meeting == nil || p == nil || !p.Barred() || (p.Presence != PresenceWaiting && p.Presence != PresenceAdmitted) {
		return MeetingChange{}
	}
	return f.gone(*p, PresenceLeft, "The person was removed.", mark)
}

func (f MeetingFound) gone(p Participant, as Presence, reason string, mark Mark) MeetingChange {
	var change MeetingChange
	present := p.here()
	p.Presence = as
	if p.LeftAt.IsZero() {
		p.LeftAt = mark.At
	}
	if present {
		change.addLeft(*f.Meeting, *f.Host, p, reason, mark)
	}
	change.Participants = []Participant{p}
	return change
}

// Connected takes in that the media server has the found participant in the
// room: the first time, or someone whose connection broke is back.
func (f MeetingFound) Connected(room string, mark Mark) MeetingChange {
	p, err := f.person(room)
	if err != nil || p.Presence != PresenceAdmitted || p.Barred() || p.LeftAt.IsZero() && !p.ConnectedAt.IsZero() {
		return MeetingChange{}
	}
	back := !p.LeftAt.IsZero()
	p.LeftAt, p.ConnectedAt = time.Time{}, mark.At
	change := MeetingChange{Participants: []Participant{p}}
	if back {
		change.addJoined(*f.Meeting, *f.Host, p, mark)
	}
	return change
}

// Disconnected takes in that the media server lost the found participant. They
// stay admitted, so that they can come back.
func (f MeetingFound) Disconnected(room string, mark Mark) MeetingChange {
	p, err := f.person(room)
	if err != nil || !p.here() {
		return MeetingChange{}
	}
	return f.gone(p, PresenceAdmitted, "The connection was lost.", mark)
}

// visitObject is a run of a meeting with one of its people in a payload.
type visitObject struct {
	runObject
	Participant participantObject `json:"participant"`
}

type participantObject struct {
	UserID            ParticipantID `json:"user_id"` // within the run
	UserName          string        `json:"user_name"`
	ID                UserID        `json:"id"` // empty for a guest
	ParticipantUUID   ParticipantID `json:"participant_uuid"`
	ParticipantUserID UserID        `json:"participant_user_id"`
	Email             string        `json:"email"`
	JoinTime          string        `json:"join_time,omitempty"`
	LeaveTime         string        `json:"leave_time,omitempty"`
	LeaveReason       string        `json:"leave_reason,omitempty"`

	// Zoom has these, and they are always empty here: nobody registers or dials in.
	RegistrantID string `json:"registrant_id"`
	CustomerKey  string `json:"customer_key"`
	PhoneNumber  string `json:"phone_number"`
}

func (m Meeting) visit(host User, p Participant) visitObject {
	object := visitObject{m.run(), participantObject{
		UserID: p.ID, UserName: p.Name, ID: p.UserID, ParticipantUUID: p.ID, ParticipantUserID: p.UserID,
	}}
	object.EndTime = "" // belongs to meeting.ended only
	if p.UserID == host.ID {
		object.Participant.Email = host.Email
	}
	return object
}

func (c *MeetingChange) addJoined(m Meeting, host User, p Participant, mark Mark) {
	object := m.visit(host, p)
	object.Participant.JoinTime = wireTime(mark.At)
	c.add(EventMeetingParticipantJoined, mark, Payload{AccountID: m.AccountID, Object: object})
}

func (c *MeetingChange) addLeft(m Meeting, host User, p Participant, reason string, mark Mark) {
	object := m.visit(host, p)
	object.Participant.LeaveTime = wireTime(mark.At)
	object.Participant.LeaveReason = p.Name + " left the meeting. Reason: " + reason
	c.add(EventMeetingParticipantLeft, mark, Payload{AccountID: m.AccountID, Object: object})
}
