// SPDX-License-Identifier: Apache-2.0

package portal

import (
	"net/http"
	"time"

	"github.com/convoke/convoke/internal/conference"
	"github.com/convoke/convoke/internal/convoke"
)

type meetingView struct {
	ID        string               `json:"id"`
	Topic     string               `json:"topic"`
	Type      convoke.MeetingType  `json:"type"`
	StartTime *time.Time           `json:"start_time"`
	Duration  int                  `json:"duration"`
	Status    convoke.MeetingState `json:"status"`
	JoinURL   string               `json:"join_url"`
	StartURL  string               `json:"start_url,omitempty"`
}

func newMeetingView(v conference.View) meetingView {
	m := v.Meeting
	return meetingView{
		m.ID.String(), m.Topic, m.Type, optional(m.StartTime), m.Duration, m.State, v.JoinURL, v.StartURL,
	}
}

// personOf returns who is signed in with a user of their own.
func (d *door) personOf(r *http.Request) (convoke.Principal, error) {
	p, err := d.caller(r)
	if err == nil && p.Kind != convoke.UserCaller {
		err = convoke.Errorf(convoke.KindForbidden, convoke.CodeNotHost, "Sign in with your own user to hold meetings.")
	}
	return p, err
}

// meetingPage is how many meetings a person's page shows at once.
const meetingPage = 100

// meetings is GET /portal/api/meetings?type&next_page_token: the person's own, by
// default all but instant ones; of type live those that take place now, of any kind.
func (d *door) meetings(w http.ResponseWriter, r *http.Request) error {
	p, err := d.personOf(r)
	if err != nil {
		return err
	}
	page, err := d.Meetings.Meetings(r.Context(), p, "me", conference.MeetingList{
		Type: query(r, "type"), Size: meetingPage, Token: query(r, "next_page_token"),
	})
	if err != nil {
		return err
	}
	views := make([]meetingView, 0, len(page.Meetings))
	for _, v := range page.Meetings {
		views = append(views, newMeetingView(v))
	}
	return write(w, http.StatusOK, map[string]any{"meetings": views, "next_page_token": page.Next})
}

// schedule is POST /portal/api/meetings: without a start time an instant
// meeting, which can be started at once.
func (d *door) schedule(w http.ResponseWriter, r *http.Request) error {
	p, err := d.personOf(r)
	if err != nil {
		return err
	}
	var body struct {
		Topic     *string
		StartTime *string `json:"start_time"`
		Duration  *int
	}
	if err := read(w, r, &body); err != nil {
		return err
	}
	kind := convoke.TypeInstant
	if body.StartTime != nil {
		kind = convoke.TypeScheduled
	}
	view, err := d.Meetings.Schedule(r.Context(), p, "me", convoke.MeetingPatch{
		Topic: body.Topic, Type: &kind, StartTime: body.StartTime, Duration: body.Duration,
	})
	if err != nil {
		return err
	}
	return write(w, http.StatusCreated, newMeetingView(view))
}

// start is POST /portal/api/meetings/{id}/start: a fresh start link.
func (d *door) start(w http.ResponseWriter, r *http.Request) error {
	p, err := d.personOf(r)
	if err != nil {
		return err
	}
	id, err := meetingNumber(r.PathValue("id"))
	if err != nil {
		return err
	}
	view, err := d.Meetings.Meeting(r.Context(), p, id)
	if err != nil {
		return err
	}
	return write(w, http.StatusOK, map[string]string{"start_url": view.StartURL})
}

// deleteMeeting is DELETE /portal/api/meetings/{id}.
func (d *door) deleteMeeting(w http.ResponseWriter, r *http.Request) error {
	p, err := d.personOf(r)
	if err != nil {
		return err
	}
	id, err := meetingNumber(r.PathValue("id"))
	if err != nil {
		return err
	}
	return nothing(w, d.Meetings.Delete(r.Context(), p, id))
}
