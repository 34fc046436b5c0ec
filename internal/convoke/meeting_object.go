// SPDX-License-Identifier: Apache-2.0

package convoke

import (
	"reflect"
	"time"
)

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
