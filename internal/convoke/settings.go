// SPDX-License-Identifier: Apache-2.0

package convoke

// Settings are a meeting's settings, in Zoom's wire names. The first block has
// effect in the room; the second is kept and answered as it was sent, so that a
// client reads back what it wrote (docs/zoom-divergences.md).
type Settings struct {
	HostVideo        bool `json:"host_video"`
	ParticipantVideo bool `json:"participant_video"`
	JoinBeforeHost   bool `json:"join_before_host"`
	JBHTime          int  `json:"jbh_time"` // minutes before the start: 0 (any time), 5, 10, 15
	MuteUponEntry    bool `json:"mute_upon_entry"`
	WaitingRoom      bool `json:"waiting_room"`
	UsePMI           bool `json:"use_pmi"`

	AllowMultipleDevices  bool        `json:"allow_multiple_devices"`
	AlternativeHosts      string      `json:"alternative_hosts"`
	ApprovalType          int         `json:"approval_type"`
	Audio                 string      `json:"audio"`
	AutoRecording         string      `json:"auto_recording"`
	CNMeeting             bool        `json:"cn_meeting"`
	ContactEmail          string      `json:"contact_email,omitempty"`
	ContactName           string      `json:"contact_name,omitempty"`
	CustomKeys            []CustomKey `json:"custom_keys,omitempty"`
	EmailNotification     bool        `json:"email_notification"`
	EncryptionType        string      `json:"encryption_type"`
	EnforceLogin          bool        `json:"enforce_login"`
	EnforceLoginDomains   string      `json:"enforce_login_domains"`
	FocusMode             bool        `json:"focus_mode"`
	InMeeting             bool        `json:"in_meeting"`
	InternalMeeting       bool        `json:"internal_meeting"`
	MeetingAuthentication bool        `json:"meeting_authentication"`
	MeetingInvitees       []Invitee   `json:"meeting_invitees,omitempty"`
	PrivateMeeting        bool        `json:"private_meeting"`
	ShowShareButton       bool        `json:"show_share_button"`
	Watermark             bool        `json:"watermark"`
}

// CustomKey is one of at most ten values that the host app keeps on a meeting.
type CustomKey struct {
	Key   string `json:"key"`
	Value string `json:"value"`
}

// Invitee is somebody whom the host app asked to a meeting.
type Invitee struct {
	Email string `json:"email"`
}

// DefaultSettings are those of a meeting whose request says nothing (defaults
// of POST /v2/users/{userId}/meetings, where its description names one).
func DefaultSettings() Settings {
	return Settings{
		HostVideo: true, ParticipantVideo: true, ApprovalType: 2, Audio: "both", AutoRecording: "none",
		EmailNotification: true, EncryptionType: "enhanced_encryption", ShowShareButton: true,
	}
}
