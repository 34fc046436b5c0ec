// SPDX-License-Identifier: Apache-2.0

package zoom

// MeetingType is the kind of a meeting (field type).
type MeetingType int

// The kinds of meetings.
const (
	MeetingInstant     MeetingType = 1
	MeetingScheduled   MeetingType = 2
	MeetingRecurring   MeetingType = 3 // no fixed time
	MeetingPersonal    MeetingType = 4 // a user's standing meeting; never created by a call
	MeetingSeries      MeetingType = 8 // recurring with a fixed time
	MeetingScreenShare MeetingType = 10
)

// MeetingStatus is where a meeting stands (field status).
type MeetingStatus string

// The two statuses. A meeting that ended is waiting for its next start.
const (
	MeetingWaiting MeetingStatus = "waiting"
	MeetingStarted MeetingStatus = "started"
)

// CreateMeetingRequest is the body of POST /v2/users/{userId}/meetings. The
// zero value of a field stands for the default that its comment names.
type CreateMeetingRequest struct {
	Topic           string           `json:"topic,omitempty"` // at most 200 characters
	Type            MeetingType      `json:"type,omitempty"`  // default MeetingScheduled
	StartTime       string           `json:"start_time,omitempty"`
	Duration        int              `json:"duration,omitempty"` // minutes, 1 to 1440; default 60
	Timezone        string           `json:"timezone,omitempty"` // an IANA name; default the host's
	Password        string           `json:"password,omitempty"` // the passcode, at most 10 characters
	DefaultPassword *bool            `json:"default_password,omitempty"`
	Agenda          string           `json:"agenda,omitempty"` // at most 2000 characters
	ScheduleFor     string           `json:"schedule_for,omitempty"`
	Recurrence      *Recurrence      `json:"recurrence,omitempty"` // with MeetingSeries
	Settings        *MeetingSettings `json:"settings,omitempty"`
	TrackingFields  []TrackingField  `json:"tracking_fields,omitempty"`
}

// UpdateMeetingRequest is the body of PATCH /v2/meetings/{meetingId}. Nil
// leaves a field as it is.
type UpdateMeetingRequest struct {
	Topic      *string          `json:"topic,omitempty"`
	Type       *MeetingType     `json:"type,omitempty"`
	StartTime  *string          `json:"start_time,omitempty"` // with Z in UTC; without it, in Timezone
	Duration   *int             `json:"duration,omitempty"`   // minutes
	Timezone   *string          `json:"timezone,omitempty"`
	Password   *string          `json:"password,omitempty"`
	Agenda     *string          `json:"agenda,omitempty"`
	Recurrence *Recurrence      `json:"recurrence,omitempty"`
	Settings   *MeetingSettings `json:"settings,omitempty"`
}

// ListedMeeting is a meeting as GET /v2/users/{userId}/meetings lists it, with
// at most 250 characters of the agenda.
type ListedMeeting struct {
	UUID      string      `json:"uuid"` // of the present or the last run
	ID        int64       `json:"id"`
	HostID    string      `json:"host_id"`
	Topic     string      `json:"topic"`
	Type      MeetingType `json:"type"`
	StartTime Time        `json:"start_time,omitzero"` // absent without a fixed time
	Duration  int         `json:"duration,omitempty"`  // minutes
	Timezone  string      `json:"timezone"`
	Agenda    string      `json:"agenda"`
	CreatedAt Time        `json:"created_at"`
	JoinURL   string      `json:"join_url"`
	PMI       string      `json:"pmi,omitempty"` // when the host's personal meeting id is used
}

// MeetingList is the answer of GET /v2/users/{userId}/meetings.
type MeetingList struct {
	Page
	Meetings []ListedMeeting `json:"meetings"`
}

// Meeting is the answer of POST /v2/users/{userId}/meetings and of GET
// /v2/meetings/{meetingId}. StartURL lets whoever has it act as the host: give
// it to nobody else. It works for two hours from the answer, and for 90 days
// when the host was made by custCreate.
type Meeting struct {
	ListedMeeting
	HostEmail         string          `json:"host_email"`
	Status            MeetingStatus   `json:"status"`
	StartURL          string          `json:"start_url"`
	Password          string          `json:"password,omitempty"`           // the passcode
	EncryptedPassword string          `json:"encrypted_password,omitempty"` // the pwd of JoinURL
	Recurrence        *Recurrence     `json:"recurrence,omitempty"`
	Occurrences       []Occurrence    `json:"occurrences,omitempty"`
	Settings          MeetingSettings `json:"settings"`
	PreSchedule       bool            `json:"pre_schedule"`
	CreationSource    string          `json:"creation_source"` // open_api
}

// Recurrence says when a series takes place. Give EndTimes or EndDateTime, not both.
type Recurrence struct {
	Type           int    `json:"type"` // 1 daily, 2 weekly, 3 monthly
	RepeatInterval int    `json:"repeat_interval,omitempty"`
	WeeklyDays     string `json:"weekly_days,omitempty"` // "1" (Sunday) to "7", separated by commas
	MonthlyDay     int    `json:"monthly_day,omitempty"`
	MonthlyWeek    int    `json:"monthly_week,omitempty"`     // -1 (last), 1 to 4
	MonthlyWeekDay int    `json:"monthly_week_day,omitempty"` // 1 (Sunday) to 7
	EndTimes       int    `json:"end_times,omitempty"`        // at most 60
	EndDateTime    string `json:"end_date_time,omitempty"`    // UTC
}

// Occurrence is one meeting of a series.
type Occurrence struct {
	OccurrenceID string `json:"occurrence_id"`
	StartTime    Time   `json:"start_time"`
	Duration     int    `json:"duration"` // minutes
	Status       string `json:"status"`   // available or deleted
}

// TrackingField is a value for the account's reports. Convoke ignores it.
type TrackingField struct {
	Field string `json:"field"`
	Value string `json:"value"`
}
