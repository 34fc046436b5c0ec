// SPDX-License-Identifier: Apache-2.0

package convoke

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"
)

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
	UsePMI                bool        `json:"use_pmi"`
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

// Most custom keys and invitees of one meeting.
const (
	maxCustomKeys = 10
	maxInvitees   = 1000
)

// merge overwrites the fields that raw names and leaves the others, then checks
// the enums and limits of POST /v2/users/{userId}/meetings.
func (s *Settings) merge(raw json.RawMessage) error {
	if len(raw) == 0 {
		return nil
	}
	keys, invitees := s.CustomKeys, s.MeetingInvitees
	s.CustomKeys, s.MeetingInvitees = nil, nil // else Unmarshal would write into the old meeting's arrays
	if err := json.Unmarshal(raw, s); err != nil {
		return wrongType("settings", err)
	}
	if s.CustomKeys == nil {
		s.CustomKeys = keys
	}
	if s.MeetingInvitees == nil {
		s.MeetingInvitees = invitees
	}
	for _, check := range []func() error{s.checkEnums, s.checkTexts, s.checkCustomKeys, s.checkInvitees} {
		if err := check(); err != nil {
			return err
		}
	}
	return nil
}

// wrongType explains a JSON value that does not fit its field.
func wrongType(object string, err error) error {
	mismatch, ok := errors.AsType[*json.UnmarshalTypeError](err)
	if !ok {
		return Invalid(CodeInvalidBody, object, "The field %s is not valid JSON.", object)
	}
	field := strings.TrimSuffix(object+"."+mismatch.Field, ".")
	return Invalid(CodeInvalidField, field, "The field %s must not be of the JSON type %s.", field, mismatch.Value)
}

func (s *Settings) checkEnums() error {
	for _, enum := range []struct {
		field, value string
		allowed      []string
	}{
		{"audio", s.Audio, []string{"both", "telephony", "voip", "thirdParty"}},
		{"auto_recording", s.AutoRecording, []string{"local", "cloud", "none"}},
		{"encryption_type", s.EncryptionType, []string{"enhanced_encryption", "e2ee"}},
	} {
		if !slices.Contains(enum.allowed, enum.value) {
			return Invalid(CodeInvalidField, "settings."+enum.field,
				"settings.%s must be one of %s.", enum.field, strings.Join(enum.allowed, ", "))
		}
	}
	if !slices.Contains([]int{0, 5, 10, 15}, s.JBHTime) {
		return Invalid(CodeInvalidField, "settings.jbh_time", "settings.jbh_time must be 0, 5, 10 or 15 minutes.")
	}
	if s.ApprovalType < 0 || s.ApprovalType > 2 {
		return Invalid(CodeInvalidField, "settings.approval_type",
			"settings.approval_type must be 0 (automatic), 1 (manual) or 2 (no registration).")
	}
	return nil
}

// checkTexts holds the texts to a length that keeps a row small; Zoom's
// description gives none.
func (s *Settings) checkTexts() error {
	for _, text := range []struct {
		field, value string
		limit        int
	}{
		{"settings.alternative_hosts", s.AlternativeHosts, 2048},
		{"settings.contact_email", s.ContactEmail, MaxEmail},
		{"settings.contact_name", s.ContactName, 128},
		{"settings.enforce_login_domains", s.EnforceLoginDomains, 2048},
	} {
		if err := checkText(CodeInvalidField, text.field, text.value, text.limit); err != nil {
			return err
		}
	}
	return s.checkLoginDomains()
}

func (s *Settings) checkLoginDomains() error {
	if s.EnforceLoginDomains == "" {
		return nil
	}
	for domain := range strings.SplitSeq(s.EnforceLoginDomains, ";") {
		if _, err := ParseDomain(domain); err != nil {
			return Invalid(CodeInvalidField, "settings.enforce_login_domains",
				"Invalid enforce_login_domains: write domains such as example.com, separated by semicolons.")
		}
	}
	return nil
}

func (s *Settings) checkCustomKeys() error {
	const field = "settings.custom_keys"
	if len(s.CustomKeys) > maxCustomKeys {
		return Invalid(CodeInvalidField, field, "At most %d custom keys are allowed.", maxCustomKeys)
	}
	for _, k := range s.CustomKeys {
		if err := checkText(CodeInvalidField, field, k.Key, 64); err != nil {
			return Invalid(CodeInvalidField, field, "The key of a custom key may have at most 64 characters, none of them a control character.")
		}
		if err := checkText(CodeInvalidField, field, k.Value, 256); err != nil {
			return Invalid(CodeInvalidField, field, "The value of a custom key may have at most 256 characters, none of them a control character.")
		}
	}
	return nil
}

func (s *Settings) checkInvitees() error {
	if len(s.MeetingInvitees) > maxInvitees {
		return Invalid(CodeInvalidField, "settings.meeting_invitees", "At most %d invitees are allowed.", maxInvitees)
	}
	for _, invitee := range s.MeetingInvitees {
		if _, err := CheckEmail("settings.meeting_invitees", invitee.Email); err != nil {
			return err
		}
	}
	return nil
}

// fields returns the settings by their wire names. Marshalling cannot fail:
// they are plain fields only.
func (s Settings) fields() map[string]any {
	raw, err := json.Marshal(s)
	if err != nil {
		panic("convoke: settings do not marshal: " + err.Error())
	}
	fields := map[string]any{}
	if err := json.Unmarshal(raw, &fields); err != nil {
		panic("convoke: settings do not unmarshal: " + err.Error())
	}
	return fields
}
