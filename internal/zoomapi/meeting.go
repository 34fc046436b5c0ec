// SPDX-License-Identifier: Apache-2.0

package zoomapi

import (
	"context"
	"encoding/json"
	"net/http"
	"strconv"
	"time"

	"github.com/convoke/convoke/internal/conference"
	"github.com/convoke/convoke/internal/convoke"
	"github.com/convoke/convoke/zoom"
)

// Meetings is what the door asks of package conference.
type Meetings interface {
	// Schedule makes a meeting for a host: an id, an e-mail or "me".
	Schedule(ctx context.Context, p convoke.Principal, hostRef string, patch convoke.MeetingPatch) (conference.View, error)
	// Meeting returns one meeting with fresh links.
	Meeting(ctx context.Context, p convoke.Principal, id convoke.MeetingID) (conference.View, error)
	// Meetings returns a page of a host's meetings.
	Meetings(ctx context.Context, p convoke.Principal, hostRef string, l conference.MeetingList) (conference.MeetingPage, error)
	// Update changes a meeting.
	Update(ctx context.Context, p convoke.Principal, id convoke.MeetingID, patch convoke.MeetingPatch) error
	// Delete removes a meeting for good.
	Delete(ctx context.Context, p convoke.Principal, id convoke.MeetingID) error
	// End ends a running meeting for everyone.
	End(ctx context.Context, p convoke.Principal, id convoke.MeetingID) error
	// HostToken makes a host token (zak); a ttl of 0 is the user's default.
	HostToken(ctx context.Context, p convoke.Principal, userRef string, ttl time.Duration) (string, error)
	// OwnHostToken makes a short-lived host token for the caller's own user.
	OwnHostToken(ctx context.Context, p convoke.Principal) (string, error)
}

// meetingBody is the body of a meeting's creation and change. It is decoded
// here rather than as the types of package zoom, which do not tell a setting
// that is absent from one that Convoke does not know.
type meetingBody struct {
	Topic           *string              `json:"topic"`
	Agenda          *string              `json:"agenda"`
	Type            *convoke.MeetingType `json:"type"`
	StartTime       *string              `json:"start_time"`
	Duration        *int                 `json:"duration"`
	Timezone        *string              `json:"timezone"`
	Password        *string              `json:"password"`
	DefaultPassword *bool                `json:"default_password"`
	ScheduleFor     *string              `json:"schedule_for"`
	Recurrence      json.RawMessage      `json:"recurrence"`
	Settings        json.RawMessage      `json:"settings"`
}

func (b meetingBody) patch() convoke.MeetingPatch {
	return convoke.MeetingPatch{
		Topic: b.Topic, Agenda: b.Agenda, Type: b.Type, StartTime: b.StartTime, Duration: b.Duration, Timezone: b.Timezone,
		Passcode: b.Password, ScheduleFor: b.ScheduleFor, Recurrence: b.Recurrence, Settings: b.Settings,
	}
}

// createMeeting: POST /v2/users/{userId}/meetings.
func (a *api) createMeeting(w http.ResponseWriter, r *http.Request, p convoke.Principal) error {
	var body meetingBody
	if _, err := decodeBody(w, r, &body); err != nil {
		return err
	}
	if noPasscode := body.DefaultPassword != nil && !*body.DefaultPassword; noPasscode && body.Password == nil {
		body.Password = new("")
	}
	view, err := a.Meetings.Schedule(r.Context(), p, r.PathValue("userId"), body.patch())
	if err != nil {
		return err
	}
	return reply(w, http.StatusCreated, wireMeeting(view))
}

// listMeetings: GET /v2/users/{userId}/meetings.
func (a *api) listMeetings(w http.ResponseWriter, r *http.Request, p convoke.Principal) error {
	query := r.URL.Query()
	size, token, err := pageQuery(query)
	if err != nil {
		return err
	}
	from, to, err := dateQuery(query)
	if err != nil {
		return err
	}
	page, err := a.Meetings.Meetings(r.Context(), p, r.PathValue("userId"), conference.MeetingList{
		Type: query.Get("type"), Size: size, Token: token, From: from, To: to,
	})
	if err != nil {
		return err
	}
	list := zoom.MeetingList{Page: newPage(size, int64(page.Total), page.Next), Meetings: []zoom.ListedMeeting{}}
	for _, view := range page.Meetings {
		listed := listedMeeting(view)
		listed.Agenda = firstRunes(listed.Agenda, listedAgenda)
		list.Meetings = append(list.Meetings, listed)
	}
	return reply(w, http.StatusOK, list)
}

// readMeeting: GET /v2/meetings/{meetingId}.
func (a *api) readMeeting(w http.ResponseWriter, r *http.Request, p convoke.Principal) error {
	id, err := meetingID(r)
	if err != nil {
		return err
	}
	view, err := a.Meetings.Meeting(r.Context(), p, id)
	if err != nil {
		return err
	}
	return reply(w, http.StatusOK, wireMeeting(view))
}

// updateMeeting: PATCH /v2/meetings/{meetingId}.
func (a *api) updateMeeting(w http.ResponseWriter, r *http.Request, p convoke.Principal) error {
	id, err := wholeMeeting(r)
	if err != nil {
		return err
	}
	var body meetingBody
	if _, err := decodeBody(w, r, &body); err != nil {
		return err
	}
	if err := a.Meetings.Update(r.Context(), p, id, body.patch()); err != nil {
		return err
	}
	return done(w)
}

// deleteMeeting: DELETE /v2/meetings/{meetingId}.
func (a *api) deleteMeeting(w http.ResponseWriter, r *http.Request, p convoke.Principal) error {
	id, err := wholeMeeting(r)
	if err != nil {
		return err
	}
	if err := a.Meetings.Delete(r.Context(), p, id); err != nil {
		return err
	}
	return done(w)
}

// errNoRecovery refuses the action recover: nothing is left of a deleted meeting.
var errNoRecovery = &zoom.Error{
	Status: 400, Code: zoom.CodeMeetingRefused, Message: "Deleted meetings are not kept, so none can be recovered. Create a new meeting.",
}

// setMeetingStatus: PUT /v2/meetings/{meetingId}/status.
func (a *api) setMeetingStatus(w http.ResponseWriter, r *http.Request, p convoke.Principal) error {
	id, err := meetingID(r)
	if err != nil {
		return err
	}
	var body zoom.StatusRequest
	if _, err := decodeBody(w, r, &body); err != nil {
		return err
	}
	switch body.Action {
	case zoom.Recover:
		return errNoRecovery
	case zoom.End:
	default:
		return invalidField(zoom.FieldError{Field: "action", Message: "The action must be end or recover."})
	}
	if err := a.Meetings.End(r.Context(), p, id); err != nil {
		return err
	}
	return done(w)
}

// meetingID reads the number in the path. What is not a number names no meeting.
func meetingID(r *http.Request) (convoke.MeetingID, error) {
	id, err := strconv.ParseInt(r.PathValue("meetingId"), 10, 64)
	if err != nil || id <= 0 {
		return 0, convoke.NotFound(convoke.CodeMeetingNotFound, "Meeting does not exist.")
	}
	return convoke.MeetingID(id), nil
}

// wholeMeeting is meetingID for a change. Convoke keeps a series as one, and a
// call that means a single occurrence must not change or delete all of them.
func wholeMeeting(r *http.Request) (convoke.MeetingID, error) {
	if r.URL.Query().Get("occurrence_id") != "" {
		return 0, &zoom.Error{
			Status: 400, Code: zoom.CodeValidation, Message: "Invalid parameter: `occurrence_id`.",
			Errors: []zoom.FieldError{{Field: "occurrence_id", Message: "A series can only be changed or deleted as a whole."}},
		}
	}
	return meetingID(r)
}

// listedAgenda is how many characters of an agenda a list shows.
const listedAgenda = 250

func firstRunes(s string, n int) string {
	for i := range s {
		if n == 0 {
			return s[:i]
		}
		n--
	}
	return s
}

func listedMeeting(v conference.View) zoom.ListedMeeting {
	m := v.Meeting
	listed := zoom.ListedMeeting{
		UUID: m.UUID, ID: int64(m.ID), HostID: string(m.HostID), Topic: m.Topic, Type: zoom.MeetingType(m.Type),
		StartTime: zoom.At(m.StartTime), Duration: m.Duration, Timezone: m.Timezone, Agenda: m.Agenda,
		CreatedAt: zoom.At(m.CreatedAt), JoinURL: v.JoinURL,
	}
	if m.Settings.UsePMI || m.Type == convoke.TypePersonal {
		listed.PMI = v.Host.PMI.String()
	}
	return listed
}

// wireMeeting is everything that an answer tells about a meeting.
func wireMeeting(v conference.View) zoom.Meeting {
	m := v.Meeting
	meeting := zoom.Meeting{
		ListedMeeting: listedMeeting(v), HostEmail: v.Host.Email, Status: zoom.MeetingWaiting, StartURL: v.StartURL,
		Password: m.Passcode, EncryptedPassword: v.EncryptedPasscode, Settings: wireSettings(m.Settings), CreationSource: "open_api",
	}
	if m.State == convoke.MeetingStarted {
		meeting.Status = zoom.MeetingStarted
	}
	if m.Recurrence != nil {
		meeting.Recurrence = new(zoom.Recurrence(*m.Recurrence))
	}
	for _, o := range v.Occurrences {
		meeting.Occurrences = append(meeting.Occurrences, zoom.Occurrence{
			OccurrenceID: o.ID, StartTime: zoom.At(o.StartTime), Duration: o.Duration, Status: "available",
		})
	}
	return meeting
}

// wireSettings tells every setting, so that none is nil.
func wireSettings(s convoke.Settings) zoom.MeetingSettings {
	settings := zoom.MeetingSettings{
		HostVideo: &s.HostVideo, ParticipantVideo: &s.ParticipantVideo, JoinBeforeHost: &s.JoinBeforeHost, JBHTime: &s.JBHTime,
		MuteUponEntry: &s.MuteUponEntry, WaitingRoom: &s.WaitingRoom, UsePMI: &s.UsePMI,
		AllowMultipleDevices: &s.AllowMultipleDevices, AlternativeHosts: &s.AlternativeHosts, ApprovalType: &s.ApprovalType,
		Audio: &s.Audio, AutoRecording: &s.AutoRecording, CNMeeting: &s.CNMeeting, ContactEmail: &s.ContactEmail, ContactName: &s.ContactName,
		EmailNotification: &s.EmailNotification, EncryptionType: &s.EncryptionType,
		EnforceLogin: &s.EnforceLogin, EnforceLoginDomains: &s.EnforceLoginDomains, FocusMode: &s.FocusMode,
		InMeeting: &s.InMeeting, InternalMeeting: &s.InternalMeeting, MeetingAuthentication: &s.MeetingAuthentication,
		PrivateMeeting: &s.PrivateMeeting, ShowShareButton: &s.ShowShareButton, Watermark: &s.Watermark,
	}
	for _, k := range s.CustomKeys {
		settings.CustomKeys = append(settings.CustomKeys, zoom.CustomKey(k))
	}
	for _, i := range s.MeetingInvitees {
		settings.MeetingInvitees = append(settings.MeetingInvitees, zoom.Invitee(i))
	}
	return settings
}
