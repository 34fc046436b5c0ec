// SPDX-License-Identifier: Apache-2.0

package client

import (
	"cmp"
	"context"
	"fmt"
	"iter"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/convoke/convoke/zoom"
)

// meetingNumber is a meeting's number, which JSON may hold as a number or as text.
type meetingNumber int64

// UnmarshalJSON reads 12345678901 and "12345678901".
func (n *meetingNumber) UnmarshalJSON(b []byte) error {
	v, err := strconv.ParseInt(strings.Trim(string(b), `"`), 10, 64)
	if err != nil {
		return fmt.Errorf("meeting id %s is not a number", b)
	}
	*n = meetingNumber(v)
	return nil
}

// meetingAnswer is the server's answer about a meeting with a key.
type meetingAnswer struct {
	MeetingID meetingNumber `json:"meeting_id"`
	HostID    string        `json:"host_id"`
	Topic     string        `json:"topic"`
	Agenda    string        `json:"agenda"`
	StartTime zoom.Time     `json:"start_time"`
	Duration  int           `json:"duration"` // minutes
	Timezone  string        `json:"timezone"`
	Passcode  string        `json:"password"`
	Status    string        `json:"status"`
	JoinURL   string        `json:"join_url"`
}

func (a meetingAnswer) meeting(key string, created bool) Meeting {
	return Meeting{
		ID: int64(a.MeetingID), Key: key, HostID: a.HostID, Created: created, Topic: a.Topic, Agenda: a.Agenda,
		StartTime: a.StartTime.Time, Duration: minutes(a.Duration), Timezone: a.Timezone,
		Passcode: a.Passcode, Status: a.Status, JoinURL: a.JoinURL,
	}
}

// wholeMinutes rounds up, so that something stays.
func wholeMinutes(d time.Duration) int { return int((d + time.Minute - 1) / time.Minute) }

func minutes(n int) time.Duration { return time.Duration(n) * time.Minute }

// body writes the spec in the words of POST /v2/users/{userId}/meetings.
func (s MeetingSpec) body() zoom.CreateMeetingRequest {
	body := zoom.CreateMeetingRequest{
		Topic: s.Topic, Agenda: s.Agenda, Timezone: s.Timezone, Password: s.Passcode,
		StartTime: zoom.At(s.StartTime).String(), Duration: wholeMinutes(s.Duration),
	}
	if s.JoinBeforeHost || s.WaitingRoom {
		body.Settings = &zoom.MeetingSettings{JoinBeforeHost: &s.JoinBeforeHost, WaitingRoom: &s.WaitingRoom}
	}
	return body
}

// Meeting implements Provider
// (PUT /api/v1/bindings/{external_id}/meetings/{external_meeting_id}).
func (c *Client) Meeting(ctx context.Context, externalID, meetingKey string, spec MeetingSpec) (Meeting, error) {
	if err := cmp.Or(needKey("external_id", externalID), needKey("external_meeting_id", meetingKey)); err != nil {
		return Meeting{}, err
	}
	var answer meetingAnswer
	path := bindingPath(externalID) + "/meetings/" + segment(meetingKey)
	status, err := c.do(ctx, put(path, spec.body(), &answer))
	if err != nil {
		return Meeting{}, err
	}
	return answer.meeting(meetingKey, status == http.StatusCreated), nil
}

// HostURL implements Provider (GET /v2/meetings/{meetingId}, start_url).
func (c *Client) HostURL(ctx context.Context, meetingID int64) (string, error) {
	answer, err := c.findMeeting(ctx, meetingID)
	if err != nil {
		return "", err
	}
	if answer.StartURL == "" {
		return "", &Error{Code: "no_start_link", Message: "The server gave no start link for this meeting; its host may not be able to host now."}
	}
	return answer.StartURL, nil
}

// JoinURL implements Provider (GET /v2/meetings/{meetingId}, join_url).
func (c *Client) JoinURL(ctx context.Context, meetingID int64) (string, error) {
	answer, err := c.findMeeting(ctx, meetingID)
	return answer.JoinURL, err
}

func meetingPath(meetingID int64) string {
	return "/v2/meetings/" + strconv.FormatInt(meetingID, 10)
}

func (c *Client) findMeeting(ctx context.Context, meetingID int64) (zoom.Meeting, error) {
	var answer zoom.Meeting
	_, err := c.do(ctx, get(meetingPath(meetingID), nil, &answer))
	return answer, err
}

// Meetings goes through the scheduled meetings of a user that are not over
// (GET /v2/users/{userId}/meetings). An error ends the sequence.
func (c *Client) Meetings(ctx context.Context, userID string) iter.Seq2[Meeting, error] {
	return pages(func(token string) ([]Meeting, string, error) {
		var page zoom.MeetingList
		_, err := c.do(ctx, get(userPath(userID)+"/meetings", pageQuery(token), &page))
		meetings := make([]Meeting, len(page.Meetings))
		for i, m := range page.Meetings {
			meetings[i] = listedMeeting(m)
		}
		return meetings, page.NextPageToken, err
	})
}

func listedMeeting(m zoom.ListedMeeting) Meeting {
	return Meeting{
		ID: m.ID, HostID: m.HostID, Topic: m.Topic, Agenda: m.Agenda, StartTime: m.StartTime.Time,
		Duration: minutes(m.Duration), Timezone: m.Timezone, JoinURL: m.JoinURL,
	}
}

// MeetingChange says what is to become of a meeting; nil leaves a value as it is.
// The limits are those of MeetingSpec.
type MeetingChange struct {
	Topic, Agenda, Timezone, Passcode *string
	StartTime                         *time.Time
	Duration                          *time.Duration
	JoinBeforeHost, WaitingRoom       *bool
}

func (c MeetingChange) body() zoom.UpdateMeetingRequest {
	body := zoom.UpdateMeetingRequest{Topic: c.Topic, Agenda: c.Agenda, Timezone: c.Timezone, Password: c.Passcode}
	if c.StartTime != nil {
		body.StartTime = new(zoom.At(*c.StartTime).String())
	}
	if c.Duration != nil {
		body.Duration = new(wholeMinutes(*c.Duration))
	}
	if c.JoinBeforeHost != nil || c.WaitingRoom != nil {
		body.Settings = &zoom.MeetingSettings{JoinBeforeHost: c.JoinBeforeHost, WaitingRoom: c.WaitingRoom}
	}
	return body
}

// ChangeMeeting changes a meeting, for instance its time
// (PATCH /v2/meetings/{meetingId}). The join link stays good, unless the
// passcode changes. ErrNotFound: no such meeting.
func (c *Client) ChangeMeeting(ctx context.Context, meetingID int64, change MeetingChange) error {
	_, err := c.do(ctx, patch(meetingPath(meetingID), change.body()))
	return err
}

// CancelMeeting deletes a meeting (DELETE /v2/meetings/{meetingId}). Its links
// end, and its key is free for another one. ErrNotFound: no such meeting,
// perhaps because an attempt whose answer was lost has done it.
func (c *Client) CancelMeeting(ctx context.Context, meetingID int64) error {
	_, err := c.do(ctx, del(meetingPath(meetingID), nil))
	return err
}

// EndMeeting ends a running meeting for everyone (PUT /v2/meetings/{meetingId}/status).
func (c *Client) EndMeeting(ctx context.Context, meetingID int64) error {
	_, err := c.do(ctx, put(meetingPath(meetingID)+"/status", zoom.StatusRequest{Action: zoom.End}, nil))
	return err
}

// Ticket implements Provider (POST /api/v1/meetings/{id}/tickets). It is sent
// once: repeating it could leave a second valid link behind.
func (c *Client) Ticket(ctx context.Context, meetingID int64, who Attendance) (Ticket, error) {
	var ticket Ticket
	path := "/api/v1/meetings/" + strconv.FormatInt(meetingID, 10) + "/tickets"
	_, err := c.do(ctx, post(path, who, &ticket))
	return ticket, err
}
