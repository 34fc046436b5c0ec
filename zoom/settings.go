// SPDX-License-Identifier: Apache-2.0

package zoom

// MeetingSettings are a meeting's settings, in requests and in answers. In a
// request nil leaves a setting as it is, or at its default; an answer has every
// setting that Convoke keeps.
type MeetingSettings struct {
	HostVideo        *bool `json:"host_video,omitempty"`
	ParticipantVideo *bool `json:"participant_video,omitempty"`
	JoinBeforeHost   *bool `json:"join_before_host,omitempty"`
	JBHTime          *int  `json:"jbh_time,omitempty"` // minutes before the start: 0 (any time), 5, 10 or 15
	MuteUponEntry    *bool `json:"mute_upon_entry,omitempty"`
	WaitingRoom      *bool `json:"waiting_room,omitempty"`
	UsePMI           *bool `json:"use_pmi,omitempty"`

	AllowMultipleDevices  *bool       `json:"allow_multiple_devices,omitempty"`
	AlternativeHosts      *string     `json:"alternative_hosts,omitempty"` // separated by semicolons
	ApprovalType          *int        `json:"approval_type,omitempty"`     // 0 automatic, 1 manual, 2 no registration
	Audio                 *string     `json:"audio,omitempty"`             // both, telephony, voip or thirdParty
	AutoRecording         *string     `json:"auto_recording,omitempty"`    // local, cloud or none
	CNMeeting             *bool       `json:"cn_meeting,omitempty"`
	ContactEmail          *string     `json:"contact_email,omitempty"`
	ContactName           *string     `json:"contact_name,omitempty"`
	CustomKeys            []CustomKey `json:"custom_keys,omitempty"` // at most 10
	EmailNotification     *bool       `json:"email_notification,omitempty"`
	EncryptionType        *string     `json:"encryption_type,omitempty"` // enhanced_encryption or e2ee
	EnforceLogin          *bool       `json:"enforce_login,omitempty"`
	EnforceLoginDomains   *string     `json:"enforce_login_domains,omitempty"`
	FocusMode             *bool       `json:"focus_mode,omitempty"`
	InMeeting             *bool       `json:"in_meeting,omitempty"`
	InternalMeeting       *bool       `json:"internal_meeting,omitempty"`
	MeetingAuthentication *bool       `json:"meeting_authentication,omitempty"`
	MeetingInvitees       []Invitee   `json:"meeting_invitees,omitempty"`
	PrivateMeeting        *bool       `json:"private_meeting,omitempty"`
	ShowShareButton       *bool       `json:"show_share_button,omitempty"`
	Watermark             *bool       `json:"watermark,omitempty"`
}

// CustomKey is a value that the host app keeps on a meeting.
type CustomKey struct {
	Key   string `json:"key"`   // at most 64 characters
	Value string `json:"value"` // at most 256 characters
}

// Invitee is somebody whom the host app asked to a meeting.
type Invitee struct {
	Email string `json:"email"`
}
