// SPDX-License-Identifier: Apache-2.0

package lantern

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"time"

	"github.com/convoke/convoke/client"
)

// These limits keep a page quick when Convoke is slow or away.
const (
	loginPatience   = 3 * time.Second
	meetingPatience = 10 * time.Second
)

// key is how Convoke knows a person: by the app's own primary key, which never
// changes, and not by an e-mail address, which may.
func (p person) key() string { return strconv.FormatInt(p.ID, 10) }

// ensure, Convoke, place 2 of 4: at login, have the person's conferencing user
// made or found. Whatever comes of it, the login goes on. The e-mail is a mere
// attribute: if somebody else's user has it, the person's does without.
func (a *App) ensure(ctx context.Context, p person) error {
	known := client.Person{Email: p.Email, DisplayName: p.Name}
	user, err := a.provider.Ensure(ctx, p.key(), known)
	if errors.Is(err, client.ErrEmailTaken) {
		a.logger.WarnContext(ctx, "the e-mail belongs to another conferencing user", "person", p.ID, "error", err)
		known.Email = ""
		user, err = a.provider.Ensure(ctx, p.key(), known)
	}
	if err != nil {
		return err
	}
	return a.store.setConferenceID(ctx, p.ID, user.ID)
}

// conference, Convoke, place 3 of 4: get or make the conference of one of the
// app's meetings, by the app's own key. Not found means that the person's user
// is not there: Convoke was away at login, or an operator has deleted the user
// since. Ensuring heals both.
func (a *App) conference(ctx context.Context, p person, m meeting) (client.Meeting, error) {
	spec := client.MeetingSpec{Topic: m.Topic, StartTime: m.Start, Duration: m.Duration}
	found, err := a.provider.Meeting(ctx, p.key(), m.ID, spec)
	if !errors.Is(err, client.ErrNotFound) {
		return found, err
	}
	if err := a.ensure(ctx, p); err != nil {
		return client.Meeting{}, err
	}
	return a.provider.Meeting(ctx, p.key(), m.ID, spec)
}

// startLink, Convoke, place 4 of 4: make a start link at the moment it is
// needed. It is never stored: it expires, and whoever has it is the host.
func (a *App) startLink(ctx context.Context, conferenceID int64) (string, error) {
	return a.provider.HostURL(ctx, conferenceID)
}

const unavailable = "Meetings are unavailable right now. Everything else works; please try again in a moment."

// explain puts a failed call to Convoke into words for the person, and the
// details into the log.
func (a *App) explain(ctx context.Context, p person, err error) problem {
	a.logger.WarnContext(ctx, "conference call failed", "person", p.ID, "error", err)
	if errors.Is(err, client.ErrUserInactive) || errors.Is(err, client.ErrUserPending) {
		return problem{http.StatusForbidden, "Your account cannot hold meetings at the moment. Please ask the office."}
	}
	if e, ok := errors.AsType[*client.Error](err); ok && errors.Is(err, client.ErrInvalid) {
		return problem{http.StatusUnprocessableEntity, e.Message}
	}
	return problem{http.StatusServiceUnavailable, unavailable}
}
