// SPDX-License-Identifier: Apache-2.0

package convoke

import (
	"bytes"
	"encoding/json"
	"time"
)

// EventName is an event's name: Zoom's where Zoom has one.
type EventName string

// Zoom's event names (webhook reference), and after them Convoke's own.
const (
	EventUserCreated            EventName = "user.created"
	EventUserUpdated            EventName = "user.updated"
	EventUserActivated          EventName = "user.activated"
	EventUserDeactivated        EventName = "user.deactivated"
	EventUserDisassociated      EventName = "user.disassociated"
	EventUserDeleted            EventName = "user.deleted"
	EventUserInvitationAccepted EventName = "user.invitation_accepted"
	EventUserSettingsUpdated    EventName = "user.settings_updated"
	EventUserSignedIn           EventName = "user.signed_in"
	EventUserSignedOut          EventName = "user.signed_out"

	EventMeetingCreated           EventName = "meeting.created"
	EventMeetingUpdated           EventName = "meeting.updated"
	EventMeetingDeleted           EventName = "meeting.deleted"
	EventMeetingStarted           EventName = "meeting.started"
	EventMeetingEnded             EventName = "meeting.ended"
	EventMeetingParticipantJoined EventName = "meeting.participant_joined"
	EventMeetingParticipantLeft   EventName = "meeting.participant_left"

	EventUserInvited           EventName = "user.invited"
	EventUserInvitationRevoked EventName = "user.invitation_revoked"
	EventUserPasswordChanged   EventName = "user.password_changed"
	EventUserTokensRevoked     EventName = "user.tokens_revoked"
	EventUserAssistants        EventName = "user.assistants_updated"
	EventMeetingsTransferred   EventName = "user.meetings_transferred"
	EventBindingCreated        EventName = "binding.created"
	EventBindingReplaced       EventName = "binding.replaced"
	EventBindingDeleted        EventName = "binding.deleted"

	EventDomainAdded    EventName = "domain.added"
	EventDomainUpdated  EventName = "domain.updated"
	EventDomainVerified EventName = "domain.verified" // also when a lapsing one is well again
	EventDomainWarning  EventName = "domain.warning"  // a look found no proof; it lapses if that goes on
	EventDomainLapsed   EventName = "domain.lapsed"
	EventDomainRemoved  EventName = "domain.removed"

	EventGroupCreated       EventName = "group.created"
	EventGroupUpdated       EventName = "group.updated"
	EventGroupDeleted       EventName = "group.deleted"
	EventGroupMemberAdded   EventName = "group.member_added"
	EventGroupMemberDeleted EventName = "group.member_deleted"

	EventImportStarted           EventName = "import.started"
	EventImportFinished          EventName = "import.finished"
	EventWebhookValidated        EventName = "webhook.validated"
	EventWebhookValidationFailed EventName = "webhook.validation_failed"
)

// EventNames lists the name of every event that an app can be told of.
func EventNames() []EventName {
	return []EventName{
		EventUserCreated, EventUserUpdated, EventUserActivated, EventUserDeactivated, EventUserDisassociated, EventUserDeleted,
		EventUserInvitationAccepted, EventUserSettingsUpdated, EventUserSignedIn, EventUserSignedOut,
		EventMeetingCreated, EventMeetingUpdated, EventMeetingDeleted, EventMeetingStarted, EventMeetingEnded,
		EventMeetingParticipantJoined, EventMeetingParticipantLeft,
		EventUserInvited, EventUserInvitationRevoked, EventUserPasswordChanged, EventUserTokensRevoked, EventUserAssistants, EventMeetingsTransferred,
		EventBindingCreated, EventBindingReplaced, EventBindingDeleted,
		EventDomainAdded, EventDomainUpdated, EventDomainVerified, EventDomainWarning, EventDomainLapsed, EventDomainRemoved,
		EventGroupCreated, EventGroupUpdated, EventGroupDeleted, EventGroupMemberAdded, EventGroupMemberDeleted,
		EventImportStarted, EventImportFinished,
		EventWebhookValidated, EventWebhookValidationFailed,
	}
}

// Event is one committed change in an account's log. ID grows with time inside
// the database; the store gives it out.
type Event struct {
	ID        int64
	AccountID AccountID
	Name      EventName
	At        time.Time
	Payload   json.RawMessage // Zoom's payload: account_id, operator, object, ...
	Actor     Actor           // who caused it; for the audit log, no sink is told
}

// Payload is the common shape of an event's payload in Zoom's vocabulary.
type Payload struct {
	AccountID    AccountID `json:"account_id"`
	Operator     string    `json:"operator,omitempty"`
	OperatorID   string    `json:"operator_id,omitempty"`
	CreationType string    `json:"creation_type,omitempty"`
	Operation    string    `json:"operation,omitempty"`
	Scope        string    `json:"scope,omitempty"` // meeting.updated: single or all
	Object       any       `json:"object"`
	OldObject    any       `json:"old_object,omitempty"`
	TimeStamp    int64     `json:"time_stamp,omitempty"` // milliseconds since 1970
}

// UserObject is a user in a payload.
type UserObject struct {
	ID          UserID   `json:"id"`
	FirstName   string   `json:"first_name"`
	LastName    string   `json:"last_name"`
	DisplayName string   `json:"display_name,omitempty"`
	Email       string   `json:"email"`
	Type        UserType `json:"type"`
}

// NewUserObject describes u in a payload.
func NewUserObject(u User) UserObject {
	return UserObject{u.ID, u.FirstName, u.LastName, u.DisplayName, u.Email, u.Type}
}

// BindingObject is a binding in a payload.
type BindingObject struct {
	Source     Source `json:"source"`
	ExternalID string `json:"external_id"`
	UserID     UserID `json:"user_id"`
	Generation int    `json:"generation"`
}

// InvitationObject is the payload of EventUserInvited, on which the mail sink
// acts, and of EventUserInvitationRevoked, which is about all of a user's links.
// It carries no secret: the link is derived when the mail is written.
type InvitationObject struct {
	InvitationID InvitationID `json:"invitation_id,omitempty"`
	UserID       UserID       `json:"user_id"`
	Email        string       `json:"email"`
	Reason       Reason       `json:"reason"`
}

// TransferObject is the payload of EventMeetingsTransferred: the meetings of the
// first user, who is removed, are the second's now.
type TransferObject struct {
	ID         UserID `json:"id"`
	TransferTo UserID `json:"transfer_to"`
}

// NewEvent makes an event of the payload. Marshalling cannot fail: payloads are
// made of plain fields only.
func NewEvent(name EventName, at time.Time, p Payload) Event {
	var raw bytes.Buffer
	encoder := json.NewEncoder(&raw)
	encoder.SetEscapeHTML(false) // a receiver re-serialises the body to verify its signature
	if err := encoder.Encode(p); err != nil {
		panic("convoke: event payload does not marshal: " + err.Error())
	}
	return Event{AccountID: p.AccountID, Name: name, At: at, Payload: bytes.TrimRight(raw.Bytes(), "\n")}
}
