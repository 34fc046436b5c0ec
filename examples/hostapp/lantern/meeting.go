// SPDX-License-Identifier: Apache-2.0

package lantern

import (
	"context"
	"crypto/rand"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/convoke/convoke/client"
)

type homePage struct {
	Person        person
	Meetings      []meeting
	Alert, Notice string
	Form          scheduleForm
}

// NewKey is the key of a meeting that does not exist yet. It stands in the page,
// so that a form sent twice means the same meeting twice.
func (homePage) NewKey() string { return rand.Text() }

// home shows the person's meetings.
func (a *App) home(w http.ResponseWriter, r *http.Request, p person) error {
	page := homePage{Notice: map[string]string{"scheduled": "Your meeting is scheduled."}[r.FormValue("notice")]}
	if r.FormValue("meetings") == "unavailable" {
		page.Alert = unavailable
	}
	return a.showHome(w, r, p, http.StatusOK, page)
}

func (a *App) showHome(w http.ResponseWriter, r *http.Request, p person, status int, page homePage) (err error) {
	page.Person = p
	if page.Form.Duration == "" {
		page.Form.Duration = "60"
	}
	if page.Meetings, err = a.store.meetings(r.Context(), p.ID); err != nil {
		return err
	}
	return a.render(w, status, "home.html", page)
}

// start sends the host into one of their meetings by a fresh start link. A key
// that is new makes a meeting of this moment.
func (a *App) start(w http.ResponseWriter, r *http.Request, p person) error {
	ctx, cancel := context.WithTimeout(r.Context(), meetingPatience)
	defer cancel()
	held, err := a.hold(ctx, p, meeting{
		ID: r.PathValue("id"), Topic: "Meeting with " + p.Name, Start: time.Now().UTC().Truncate(time.Second), Duration: time.Hour,
	})
	var link string
	if err == nil {
		link, err = a.startLink(ctx, held.ID)
	}
	if err != nil {
		return a.failed(w, r, p, err)
	}
	w.Header().Set("Cache-Control", "no-store")
	http.Redirect(w, r, link, http.StatusSeeOther)
	return nil
}

// schedule makes a meeting for later and shows it in the list.
func (a *App) schedule(w http.ResponseWriter, r *http.Request, p person) error {
	form := scheduleForm{
		Topic: strings.TrimSpace(r.PostFormValue("topic")), Start: r.PostFormValue("start"),
		Timezone: r.PostFormValue("timezone"), Duration: r.PostFormValue("duration"),
	}
	m := form.meeting(r.PostFormValue("key"), time.Now())
	if form.Error != "" {
		return a.showHome(w, r, p, http.StatusUnprocessableEntity, homePage{Form: form})
	}
	ctx, cancel := context.WithTimeout(r.Context(), meetingPatience)
	defer cancel()
	if _, err := a.hold(ctx, p, m); err != nil {
		return a.failed(w, r, p, err)
	}
	http.Redirect(w, r, "/?notice=scheduled", http.StatusSeeOther)
	return nil
}

// hold keeps the app's own meeting first, then has its conference made, and at
// last keeps the join link. Whatever breaks in between, the next try goes on
// with the same meeting.
func (a *App) hold(ctx context.Context, p person, m meeting) (client.Meeting, error) {
	m, err := a.store.addMeeting(ctx, p.ID, m)
	if errors.Is(err, errNoSuchRow) {
		return client.Meeting{}, problem{http.StatusNotFound, "There is no such meeting of yours."}
	}
	if err != nil {
		return client.Meeting{}, err
	}
	held, err := a.conference(ctx, p, m)
	if err != nil {
		return held, err
	}
	return held, a.store.setJoinURL(ctx, m.ID, held.JoinURL)
}

// failed shows the person's page with what went wrong between the app and Convoke.
func (a *App) failed(w http.ResponseWriter, r *http.Request, p person, err error) error {
	if _, convokes := errors.AsType[*client.Error](err); !convokes {
		return err
	}
	told := a.explain(r.Context(), p, err)
	return a.showHome(w, r, p, told.status, homePage{Alert: told.text})
}

// scheduleForm is what the person typed, to be shown again if it is not right.
type scheduleForm struct{ Topic, Start, Timezone, Duration, Error string }

// meeting makes a meeting of the form, or says in Error what is wrong with it.
func (f *scheduleForm) meeting(key string, now time.Time) meeting {
	zone, err := time.LoadLocation(f.Timezone) // empty: UTC
	if err != nil {
		zone = time.UTC
	}
	start, err := time.ParseInLocation("2006-01-02T15:04", f.Start, zone)
	minutes, _ := strconv.Atoi(f.Duration)
	switch {
	case f.Topic == "" || utf8.RuneCountInString(f.Topic) > 200:
		f.Error = "Please give the meeting a topic of at most 200 characters."
	case err != nil:
		f.Error = "Please choose a date and a time."
	case start.Before(now.Add(-time.Hour)):
		f.Error = "Please choose a time that is not over."
	case minutes < 5 || minutes > 24*60:
		f.Error = "Please choose how long the meeting will be."
	}
	return meeting{ID: key, Topic: f.Topic, Start: start.UTC(), Duration: time.Duration(minutes) * time.Minute}
}
