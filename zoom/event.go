// SPDX-License-Identifier: Apache-2.0

package zoom

import "encoding/json"

// Event names what a webhook reports.
type Event string

// The events that Convoke delivers, in the names of Zoom's webhook reference.
const (
	EventUserCreated            Event = "user.created"
	EventUserUpdated            Event = "user.updated"
	EventUserActivated          Event = "user.activated"
	EventUserDeactivated        Event = "user.deactivated"
	EventUserDisassociated      Event = "user.disassociated"
	EventUserDeleted            Event = "user.deleted"
	EventUserInvitationAccepted Event = "user.invitation_accepted"
	EventUserSignedIn           Event = "user.signed_in"
	EventUserSignedOut          Event = "user.signed_out"

	EventMeetingCreated           Event = "meeting.created"
	EventMeetingUpdated           Event = "meeting.updated"
	EventMeetingDeleted           Event = "meeting.deleted"
	EventMeetingStarted           Event = "meeting.started"
	EventMeetingEnded             Event = "meeting.ended"
	EventMeetingParticipantJoined Event = "meeting.participant_joined"
	EventMeetingParticipantLeft   Event = "meeting.participant_left"

	// EventURLValidation asks an endpoint to prove that it knows the secret.
	EventURLValidation Event = "endpoint.url_validation"
)

// Envelope is the body of a webhook delivery.
type Envelope struct {
	Event   Event           `json:"event"`
	EventTS int64           `json:"event_ts"` // milliseconds since 1970
	Payload json.RawMessage `json:"payload"`
}

// URLValidation is the payload of EventURLValidation, which has PlainToken
// only, and the endpoint's reply to it, which has both.
type URLValidation struct {
	PlainToken     string `json:"plainToken"`
	EncryptedToken string `json:"encryptedToken,omitempty"`
}
