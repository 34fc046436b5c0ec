// SPDX-License-Identifier: Apache-2.0

package lantern

import (
	"cmp"
	"crypto/rand"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

type homePage struct {
	Person          person
	FirstName       string
	Alert           string // what went wrong with the conferences
	Coming, Earlier []meeting
	Form            scheduleForm
}

// Durations are the choices of the form, in minutes.
func (homePage) Durations() []string { return []string{"30", "45", "60", "90", "120"} }

// home shows the person's meetings.
func (a *App) home(w http.ResponseWriter, r *http.Request, p person) error {
	var page homePage
	if r.FormValue("meetings") == "unavailable" {
		page.Alert = unavailable
	}
	return a.showHome(w, r, p, http.StatusOK, page)
}

func (a *App) showHome(w http.ResponseWriter, r *http.Request, p person, status int, page homePage) error {
	list, err := a.store.meetings(r.Context(), p.ID)
	if err != nil {
		return err
	}
	for _, m := range list {
		if m.Start.Add(m.Duration).Before(time.Now()) {
			page.Earlier = append(page.Earlier, m)
		} else {
			page.Coming = append(page.Coming, m)
		}
	}
	slices.Reverse(page.Coming) // what comes first is on top
	page.Person = p
	page.FirstName, _, _ = strings.Cut(p.Name, " ")
	page.Form.Duration = cmp.Or(page.Form.Duration, "60")
	return a.render(w, status, "home.html", page)
}

// startNewMeeting makes a meeting of this moment and sends the person into it.
func (a *App) startNewMeeting(w http.ResponseWriter, r *http.Request, p person) error {
	return a.enter(w, r, p, meeting{
		ID: rand.Text(), Topic: "Meeting with " + p.Name, Start: time.Now().UTC().Truncate(time.Second), Duration: time.Hour,
	})
}

// startMeeting sends the person into one of their own meetings.
func (a *App) startMeeting(w http.ResponseWriter, r *http.Request, p person) error {
	m, err := a.store.meeting(r.Context(), p.ID, r.PathValue("id"))
	if errors.Is(err, errNoSuchRow) {
		return problem{http.StatusNotFound, "There is no such meeting of yours."}
	}
	if err != nil {
		return err
	}
	return a.enter(w, r, p, m)
}

// enter redirects the host to a fresh start link.
func (a *App) enter(w http.ResponseWriter, r *http.Request, p person, m meeting) error {
	m, link, err := a.startLink(r.Context(), p, m)
	if err != nil {
		told := a.explain(r.Context(), p, err)
		return a.showHome(w, r, p, told.status, homePage{Alert: told.text})
	}
	if err := a.store.saveMeeting(r.Context(), p.ID, m); err != nil {
		return err
	}
	w.Header().Set("Cache-Control", "no-store")
	http.Redirect(w, r, link, http.StatusSeeOther)
	return nil
}

// scheduleMeeting makes a meeting for later and shows it in the list.
func (a *App) scheduleMeeting(w http.ResponseWriter, r *http.Request, p person) error {
	form := scheduleForm{
		Topic: strings.TrimSpace(r.PostFormValue("topic")), Start: r.PostFormValue("start"),
		Timezone: r.PostFormValue("timezone"), Duration: r.PostFormValue("duration"),
	}
	m := form.meeting(time.Now())
	if form.Error != "" {
		return a.showHome(w, r, p, http.StatusUnprocessableEntity, homePage{Form: form})
	}
	found, err := a.conference(r.Context(), p, m)
	if err != nil {
		told := a.explain(r.Context(), p, err)
		return a.showHome(w, r, p, told.status, homePage{Alert: told.text, Form: form})
	}
	m.JoinURL = found.JoinURL
	if err := a.store.saveMeeting(r.Context(), p.ID, m); err != nil {
		return err
	}
	http.Redirect(w, r, "/", http.StatusSeeOther)
	return nil
}

// scheduleForm is what the person typed, to be shown again if it is not right.
type scheduleForm struct{ Topic, Start, Timezone, Duration, Error string }

// meeting makes a meeting of the form, or says in Error what is wrong with it.
func (f *scheduleForm) meeting(now time.Time) meeting {
	zone, err := time.LoadLocation(f.Timezone) // empty: UTC
	if err != nil {
		zone = time.UTC
	}
	start, startErr := time.ParseInLocation("2006-01-02T15:04", f.Start, zone)
	minutes, _ := strconv.Atoi(f.Duration)
	switch {
	case f.Topic == "" || utf8.RuneCountInString(f.Topic) > 200:
		f.Error = "Please give the meeting a topic of at most 200 characters."
	case startErr != nil:
		f.Error = "Please choose a date and a time."
	case start.Before(now.Add(-time.Hour)):
		f.Error = "Please choose a time that is not over."
	case minutes < 5 || minutes > 24*60:
		f.Error = "Please choose how long the meeting will be."
	}
	return meeting{ID: rand.Text(), Topic: f.Topic, Start: start.UTC(), Duration: time.Duration(minutes) * time.Minute}
}
