// SPDX-License-Identifier: Apache-2.0

package convoke

import "time"

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
	JoinedAt  time.Time // when the person asked to come in
	LeftAt    time.Time // zero while waiting or in the room
}

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
