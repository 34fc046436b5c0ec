// SPDX-License-Identifier: Apache-2.0

package api

import (
	"context"
	"encoding/json"
	"net/http"
	"time"

	"github.com/convoke/convoke/internal/conference"
	"github.com/convoke/convoke/internal/convoke"
)

// Conference is what the door asks of package conference.
type Conference interface {
	// ForKey returns the host's meeting with the host app's own key, and whether
	// it was made now.
	ForKey(ctx context.Context, p convoke.Principal, externalUserID, externalMeetingID string, patch convoke.MeetingPatch) (conference.View, bool, error)
	// Ticket makes a link for one person in one role, and says how long it works.
	Ticket(ctx context.Context, p convoke.Principal, id convoke.MeetingID, request conference.TicketRequest) (string, time.Time, error)
}

// meetingBody is the body of a meeting's PUT, in the words of Zoom's POST
// /v2/users/{userId}/meetings.
type meetingBody struct {
	Topic      *string              `json:"topic"`
	Agenda     *string              `json:"agenda"`
	Type       *convoke.MeetingType `json:"type"`
	StartTime  *string              `json:"start_time"`
	Duration   *int                 `json:"duration"`
	Timezone   *string              `json:"timezone"`
	Password   *string              `json:"password"`
	Recurrence json.RawMessage      `json:"recurrence"`
	Settings   json.RawMessage      `json:"settings"`
}

func (b meetingBody) patch() convoke.MeetingPatch {
	return convoke.MeetingPatch{
		Topic: b.Topic, Agenda: b.Agenda, Type: b.Type, StartTime: b.StartTime, Duration: b.Duration,
		Timezone: b.Timezone, Passcode: b.Password, Recurrence: b.Recurrence, Settings: b.Settings,
	}
}

// meeting is a meeting on the wire. The links are for the host app to hand on:
// start_url to the host alone.
type meeting struct {
	MeetingID         convoke.MeetingID    `json:"meeting_id"`
	ExternalMeetingID string               `json:"external_meeting_id"`
	ExternalID        string               `json:"external_id"`
	HostID            convoke.UserID       `json:"host_id"`
	Created           bool                 `json:"created"`
	UUID              string               `json:"uuid"`
	Topic             string               `json:"topic"`
	Agenda            string               `json:"agenda"`
	Type              convoke.MeetingType  `json:"type"`
	Status            convoke.MeetingState `json:"status"`
	StartTime         *string              `json:"start_time"` // null without a fixed time
	Duration          int                  `json:"duration"`
	Timezone          string               `json:"timezone"`
	Password          string               `json:"password"`
	StartURL          string               `json:"start_url"`
	JoinURL           string               `json:"join_url"`
	Recurrence        *convoke.Recurrence  `json:"recurrence,omitempty"`
	Occurrences       []occurrence         `json:"occurrences,omitempty"`
	Settings          convoke.Settings     `json:"settings"`
	CreatedAt         string               `json:"created_at"`
}

type occurrence struct {
	OccurrenceID string `json:"occurrence_id"`
	StartTime    string `json:"start_time"`
	Duration     int    `json:"duration"`
}

// ensureMeeting is PUT /bindings/{external_id}/meetings/{external_meeting_id}.
func (a *api) ensureMeeting(w http.ResponseWriter, r *http.Request, p convoke.Principal) error {
	host, err := externalID(r)
	if err != nil {
		return err
	}
	var body meetingBody
	if err := decodeBody(w, r, maxBody, &body); err != nil {
		return err
	}
	view, created, err := a.Conference.ForKey(r.Context(), p, host, r.PathValue("external_meeting_id"), body.patch())
	if err != nil {
		return err
	}
	status := http.StatusOK
	if created {
		status = http.StatusCreated
	}
	return reply(w, status, newMeeting(host, view, created))
}

func newMeeting(host string, v conference.View, created bool) meeting {
	m := v.Meeting
	answer := meeting{
		MeetingID: m.ID, ExternalMeetingID: m.ExternalID, ExternalID: host, HostID: m.HostID, Created: created,
		UUID: m.UUID, Topic: m.Topic, Agenda: m.Agenda, Type: m.Type, Status: m.State,
		Duration: m.Duration, Timezone: m.Timezone, Password: m.Passcode, StartURL: v.StartURL, JoinURL: v.JoinURL,
		Recurrence: m.Recurrence, Settings: m.Settings, CreatedAt: stamp(m.CreatedAt),
	}
	if start := stamp(m.StartTime); start != "" {
		answer.StartTime = &start
	}
	for _, o := range v.Occurrences {
		answer.Occurrences = append(answer.Occurrences, occurrence{o.ID, stamp(o.StartTime), o.Duration})
	}
	return answer
}
