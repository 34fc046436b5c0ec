// SPDX-License-Identifier: Apache-2.0

package portal_test

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/convoke/convoke/internal/conference"
	"github.com/convoke/convoke/internal/convoke"
	"github.com/convoke/convoke/internal/store"
)

func storeAt(url string) store.Config { return store.Config{URL: url} }

func multi(readers ...io.Reader) io.Reader { return io.MultiReader(readers...) }

type brokenFS struct{}

func (brokenFS) Open(string) (fs.File, error) { return nil, errors.New("disk on fire") }

// seat is the Session of roomapi's JSON.
type seat struct {
	Session       string                `json:"session"`
	ParticipantID convoke.ParticipantID `json:"participant_id"`
	Name          string                `json:"name"`
	Role          convoke.Role          `json:"role"`
	State         string                `json:"state"`
	Reason        string                `json:"reason"`
	Media         *struct{ URL, Token string }
	Meeting       struct {
		ID       string `json:"id"`
		Topic    string `json:"topic"`
		JoinURL  string `json:"join_url"`
		Passcode string `json:"passcode"`
	}
	answer *httptest.ResponseRecorder
}

// linkBody turns a link's address into the body that the room page sends.
func linkBody(t testing.TB, target, name string) string {
	t.Helper()
	u, err := url.Parse(target)
	check(t, err)
	parts := strings.Split(strings.TrimPrefix(u.Path, "/"), "/")
	link := map[string]string{}
	switch parts[0] {
	case "s":
		link = map[string]string{"kind": "start", "meeting_id": parts[1], "zak": u.Query().Get("zak")}
	case "j":
		link = map[string]string{"kind": "join", "meeting_id": parts[1], "pwd": u.Query().Get("pwd")}
	case "t":
		link = map[string]string{"kind": "ticket", "ticket": parts[1]}
	case "my":
		link = map[string]string{"kind": "personal", "name": parts[1], "pwd": u.Query().Get("pwd")}
	}
	return jsonOf(t, map[string]any{"link": link, "name": name})
}

// join brings somebody in by a link that must be good.
func (w *world) join(t testing.TB, target, name string, options ...option) seat {
	t.Helper()
	answer := w.post(t, "/room/v1/join", linkBody(t, target, name), options...)
	s := decoded[seat](t, answer, http.StatusOK)
	s.answer = answer
	return s
}

// now asks how somebody stands.
func (w *world) now(t testing.TB, s seat) seat {
	t.Helper()
	return decoded[seat](t, w.get(t, "/room/v1/session", bearer(s.Session)), http.StatusOK)
}

// room is a running meeting with people in every position.
type room struct {
	*world
	view                                  conference.View
	host, cohost, guest, waiting, removed seat
	elsewhere                             seat // the host of another running meeting
}

func newRoom(t testing.TB) *room {
	t.Helper()
	r := &room{world: newWorld(t)}
	r.view = r.schedule(t, convoke.TypeScheduled, `{"waiting_room":true}`)
	join := path(t, r.view.JoinURL)
	r.host = r.join(t, path(t, r.view.StartURL), "")
	r.cohost = r.join(t, r.ticket(t, r.view.Meeting.ID, conference.TicketRequest{DisplayName: "Cora", Role: convoke.RoleCohost}), "")
	r.guest, r.waiting, r.removed = r.join(t, join, "Gary"), r.join(t, join, "Wendy"), r.join(t, join, "Rick")
	wantStatus(t, r.act(t, r.host, "/participants/%s/admit", r.guest), http.StatusNoContent)
	wantStatus(t, r.act(t, r.host, "/participants/%s/remove", r.removed), http.StatusNoContent)
	r.elsewhere = r.join(t, path(t, r.schedule(t, convoke.TypeScheduled, `{}`).StartURL), "")
	r.media.take()
	return r
}

// act does something to somebody.
func (r *room) act(t testing.TB, by seat, call string, to seat) *httptest.ResponseRecorder {
	t.Helper()
	if strings.Contains(call, "%s") {
		call = fmt.Sprintf(call, to.ParticipantID)
	}
	body := ""
	if strings.HasSuffix(call, "/mute") {
		body = `{"source":"microphone"}`
	}
	return r.post(t, "/room/v1"+call, body, bearer(by.Session))
}

func TestAHostWhoFindsNoSeatIsToldToTryAgain(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	set := func(seats int64) {
		t.Helper()
		_, err := w.provision.SetAccount(t.Context(), convoke.Operator(""), w.account, convoke.AccountChange{
			SeatMode: new(convoke.SeatPool), LicensedSeats: &seats,
		})
		check(t, err)
	}
	set(0)
	target := path(t, w.schedule(t, convoke.TypeScheduled, `{}`).StartURL)
	wantProblem(t, w.post(t, "/room/v1/join", linkBody(t, target, "")), 429, convoke.CodePoolExhausted) // the page offers another try at 429
	set(1)
	w.join(t, target, "")
}

func TestWhoJoinsWithoutEndIsToldToWait(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	body := linkBody(t, path(t, w.schedule(t, convoke.TypeScheduled, `{}`).JoinURL), "Gary")
	for range 1000 {
		answer := w.post(t, "/room/v1/join", body)
		if answer.Code == http.StatusOK {
			continue
		}
		wantProblem(t, answer, 429, convoke.CodeTooManyJoins)
		if wait := answer.Header().Get("Retry-After"); wait != "1" {
			t.Errorf("Retry-After is %q", wait)
		}
		return
	}
	t.Error("a thousand joins from one address in a row")
}

func TestTheLobbyTellsWhatThePageMayShow(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	v := w.schedule(t, convoke.TypeScheduled, `{"host_video":true,"mute_upon_entry":true}`)
	type lobby struct {
		Meeting struct {
			ID, Topic, Status string
			HostName          string `json:"host_name"`
		}
		Role, Name string
		NameFixed  bool `json:"name_fixed"`
		Settings   map[string]bool
	}
	for target, want := range map[string]struct {
		role, name string
		fixed      bool
	}{
		path(t, v.StartURL): {"host", "Jane Doe", true},
		path(t, v.JoinURL):  {"attendee", "", false},
		w.ticket(t, v.Meeting.ID, conference.TicketRequest{DisplayName: "Cora", Role: convoke.RoleCohost}): {"cohost", "Cora", true},
	} {
		answer := w.post(t, "/room/v1/lobby", linkBody(t, target, ""))
		got := decoded[lobby](t, answer, http.StatusOK)
		if got.Role != want.role || got.Name != want.name || got.NameFixed != want.fixed {
			t.Errorf("%s: %+v, want %+v", target, got, want)
		}
		if got.Meeting.ID != fmt.Sprint(v.Meeting.ID) || got.Meeting.Topic != "Algebra" || got.Meeting.HostName != "Jane Doe" || got.Meeting.Status != "waiting" ||
			!got.Settings["host_video"] || !got.Settings["mute_upon_entry"] || got.Settings["waiting_room"] {
			t.Errorf("%s: the meeting is %+v", target, got)
		}
		for _, secret := range []string{v.Meeting.Passcode, w.host.Email, string(w.host.ID), string(w.account)} {
			if strings.Contains(answer.Body.String(), secret) {
				t.Errorf("%s: the lobby tells %q: %s", target, secret, answer.Body)
			}
		}
		if len(answer.Result().Cookies()) != 0 {
			t.Errorf("%s: looking sets a cookie", target)
		}
	}
}

// wantOutside fails when somebody who is not in the room was given a way in, or
// the means to invite others.
func wantOutside(t *testing.T, s seat) {
	t.Helper()
	if s.Media != nil || s.Meeting.Passcode != "" || s.Meeting.JoinURL != "" {
		t.Errorf("who is not in the room gets %+v, %+v", s.Media, s.Meeting)
	}
}

func TestTheWayThroughARoom(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	v := w.schedule(t, convoke.TypeScheduled, `{"waiting_room":true}`)
	guest := w.join(t, path(t, v.JoinURL), "  Gary\tG. ")
	if guest.State != "waiting" || guest.Reason != "host_not_started" || guest.Name != "Gary G." || guest.Role != convoke.RoleAttendee {
		t.Fatalf("before the host: %+v", guest)
	}
	wantOutside(t, guest)
	host := w.join(t, path(t, v.StartURL), "Somebody Else")
	if host.State != "admitted" || host.Role != convoke.RoleHost || host.Name != "Jane Doe" {
		t.Fatalf("the host: %+v", host)
	}
	if host.Media == nil || host.Media.URL != "wss://meet.example.com" || host.Media.Token != "media token of "+string(host.ParticipantID) {
		t.Errorf("the host's media: %+v", host.Media)
	}
	if host.Meeting.JoinURL != v.JoinURL || host.Meeting.Passcode != v.Meeting.Passcode || host.Meeting.ID != fmt.Sprint(v.Meeting.ID) {
		t.Errorf("the host's meeting: %+v", host.Meeting)
	}
	in := w.now(t, guest)
	if in.State != "waiting" || in.Reason != "waiting_room" || in.Session != "" {
		t.Errorf("in the waiting room: %+v", in)
	}
	wantOutside(t, in)
	type list struct {
		Participants []struct{ ID, Name string }
	}
	waiting := decoded[list](t, w.get(t, "/room/v1/waiting", bearer(host.Session)), http.StatusOK)
	if len(waiting.Participants) != 1 || waiting.Participants[0].ID != string(guest.ParticipantID) || waiting.Participants[0].Name != "Gary G." {
		t.Errorf("waiting: %+v", waiting)
	}
	r := &room{world: w}
	wantStatus(t, r.act(t, host, "/participants/%s/admit", guest), http.StatusNoContent)
	if in = w.now(t, guest); in.State != "admitted" || in.Media == nil || in.Meeting.JoinURL != v.JoinURL {
		t.Errorf("admitted: %+v", in)
	}
	wantStatus(t, r.act(t, host, "/participants/%s/mute", guest), http.StatusNoContent)
	wantStatus(t, r.act(t, host, "/mute-all", seat{}), http.StatusNoContent)
	wantStatus(t, r.act(t, host, "/participants/%s/remove", guest), http.StatusNoContent)
	if in = w.now(t, guest); in.State != "removed" {
		t.Errorf("removed: %+v", in)
	}
	wantOutside(t, in)
	wantStatus(t, r.act(t, host, "/end", seat{}), http.StatusNoContent)
	if in = w.now(t, host); in.State != "ended" {
		t.Errorf("ended: %+v", in)
	}
	wantOutside(t, in)
	id := string(guest.ParticipantID)
	if calls := w.media.take(); len(calls) != 4 || !slices.Equal(calls[:3], []string{"mute " + id + " microphone", "mute " + id + " microphone", "remove " + id}) ||
		!strings.HasPrefix(calls[3], "close ") {
		t.Errorf("the media server was told %q", calls)
	}
}

// Who holds which credential may do what to others. The role comes from the link
// alone.
func TestModerationNeedsTheRole(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	type refusal struct {
		status int
		code   convoke.Code
	}
	notHost, noToken := refusal{403, convoke.CodeNotHost}, refusal{401, convoke.CodeTokenInvalid}
	for name, c := range map[string]struct {
		by   seat
		want refusal
	}{
		"attendee":      {r.guest, notHost},
		"waiting":       {r.waiting, notHost},
		"removed":       {r.removed, refusal{403, convoke.CodeRemoved}},
		"nobody":        {seat{}, noToken},
		"forged":        {seat{Session: string(r.host.ParticipantID) + ".AAAA"}, noToken},
		"id alone":      {seat{Session: string(r.host.ParticipantID)}, noToken},
		"another's mac": {seat{Session: string(r.host.ParticipantID) + r.guest.Session[22:]}, noToken},
		"media token":   {seat{Session: r.host.Media.Token}, noToken},
		"odd bytes":     {seat{Session: "\xff.\xff"}, noToken},
	} {
		before := len(r.events(t))
		for _, call := range []string{"/participants/%s/admit", "/participants/%s/remove", "/participants/%s/mute", "/mute-all", "/end"} {
			answer := r.act(t, c.by, call, r.waiting)
			wantProblem(t, answer, c.want.status, c.want.code)
		}
		wantProblem(t, r.get(t, "/room/v1/waiting", bearer(c.by.Session)), c.want.status, c.want.code)
		if calls := r.media.take(); len(calls) != 0 || len(r.events(t)) != before {
			t.Errorf("%s: the media server was told %q, %d events", name, calls, len(r.events(t))-before)
		}
	}
	wantProblem(t, r.act(t, r.cohost, "/end", seat{}), 403, convoke.CodeNotHost)
	wantProblem(t, r.act(t, r.cohost, "/participants/%s/remove", r.host), 403, convoke.CodeNotHost)
	for _, call := range []string{"/participants/%s/admit", "/participants/%s/remove", "/participants/%s/mute"} {
		wantProblem(t, r.act(t, r.elsewhere, call, r.guest), 404, convoke.CodePersonNotInRoom)
		wantProblem(t, r.act(t, r.host, call, seat{ParticipantID: "nobody"}), 404, convoke.CodePersonNotInRoom)
	}
	wantProblem(t, r.post(t, "/room/v1/participants/"+string(r.guest.ParticipantID)+"/mute", `{"source":"brain"}`, bearer(r.host.Session)), 400, convoke.CodeInvalidField)
	if got := r.now(t, r.guest); got.State != "admitted" {
		t.Errorf("the guest is %s", got.State)
	}
	wantStatus(t, r.act(t, r.cohost, "/participants/%s/admit", r.waiting), 204)
	wantStatus(t, r.act(t, r.cohost, "/participants/%s/mute", r.waiting), 204)
	wantStatus(t, r.act(t, r.cohost, "/participants/%s/remove", r.waiting), 204)
	if got := r.now(t, r.elsewhere); got.State != "admitted" {
		t.Errorf("the other meeting's host is %s", got.State)
	}
}

func TestAHostWhoLeftOrWhoseMeetingEndedModeratesNoMore(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	wantStatus(t, r.act(t, r.cohost, "/leave", seat{}), 204)
	wantStatus(t, r.act(t, r.cohost, "/leave", seat{}), 204) // sent twice, on leaving and on closing the page
	wantProblem(t, r.act(t, r.cohost, "/participants/%s/remove", r.guest), 410, convoke.CodeMeetingEnded)
	wantStatus(t, r.act(t, r.host, "/end", seat{}), 204)
	for _, call := range []string{"/participants/%s/remove", "/participants/%s/admit", "/mute-all", "/end"} {
		wantProblem(t, r.act(t, r.host, call, r.guest), 410, convoke.CodeMeetingEnded)
	}
	again := r.join(t, path(t, r.view.StartURL), "") // the next run
	r.media.take()
	wantProblem(t, r.act(t, r.host, "/end", seat{}), 410, convoke.CodeMeetingEnded)
	if got := r.now(t, again); got.State != "admitted" {
		t.Errorf("the credential of the former run touched the next: %+v", got)
	}
	if got := r.now(t, r.guest); got.State != "ended" {
		t.Errorf("the guest of the former run is %s", got.State)
	}
}

func TestWhoWasRemovedCannotReturn(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	browser := cookie(r.removed.answer)
	for _, target := range []string{path(t, r.view.JoinURL), fmt.Sprintf("/j/%d?pwd=%s", r.view.Meeting.ID, r.view.Meeting.Passcode)} {
		wantErrorPage(t, r.get(t, target, browser), 403, convoke.CodeRemoved)
		wantProblem(t, r.post(t, "/room/v1/lobby", linkBody(t, target, ""), browser), 403, convoke.CodeRemoved)
		wantProblem(t, r.post(t, "/room/v1/join", linkBody(t, target, "Rick again"), browser), 403, convoke.CodeRemoved)
	}
	detour := r.join(t, path(t, r.schedule(t, convoke.TypeScheduled, `{}`).JoinURL), "Rick", browser)
	wantProblem(t, r.post(t, "/room/v1/join", linkBody(t, path(t, r.view.JoinURL), "Rick"), cookie(detour.answer)), 403, convoke.CodeRemoved)
	other := r.join(t, path(t, r.view.JoinURL), "Somebody", cookie(r.guest.answer)) // another browser is free to
	if other.State != "waiting" {
		t.Errorf("another browser is %+v", other)
	}
	if got := r.now(t, r.removed); got.State != "removed" || got.Media != nil {
		t.Errorf("the old credential gives %+v", got)
	}
	wantStatus(t, r.act(t, r.removed, "/leave", seat{}), 204) // leaving does not wipe it away
	wantProblem(t, r.post(t, "/room/v1/join", linkBody(t, path(t, r.view.JoinURL), "Rick"), browser), 403, convoke.CodeRemoved)

	r.user(t, convoke.Request{Source: convoke.SourceApp, ExternalID: "42", DisplayName: "Una"})
	ticket := func() string {
		return r.ticket(t, r.view.Meeting.ID, conference.TicketRequest{ExternalID: "42"})
	}
	known := r.join(t, ticket(), "")
	wantStatus(t, r.act(t, r.host, "/participants/%s/remove", known), 204)
	again := ticket()
	wantErrorPage(t, r.get(t, again), 403, convoke.CodeRemoved) // known by the user, whatever the browser
	wantProblem(t, r.post(t, "/room/v1/join", linkBody(t, again, "")), 403, convoke.CodeRemoved)
}

func TestAGuestCannotMakeItselfHost(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	u, err := url.Parse(r.view.JoinURL)
	check(t, err)
	pwd := u.Query().Get("pwd")
	id := fmt.Sprint(r.view.Meeting.ID)
	for name, body := range map[string]string{
		"a role in the body":   jsonOf(t, map[string]any{"link": map[string]any{"kind": "join", "meeting_id": id, "pwd": pwd, "role": "host"}, "name": "x", "role": "host"}),
		"a zak beside":         jsonOf(t, map[string]any{"link": map[string]any{"kind": "join", "meeting_id": id, "pwd": pwd, "zak": "forged"}, "name": "x"}),
		"the host's own name":  jsonOf(t, map[string]any{"link": map[string]any{"kind": "join", "meeting_id": id, "pwd": pwd}, "name": "Jane Doe"}),
		"the host's cookie":    jsonOf(t, map[string]any{"link": map[string]any{"kind": "join", "meeting_id": id, "pwd": pwd}, "name": "x"}),
		"a participant beside": jsonOf(t, map[string]any{"link": map[string]any{"kind": "join", "meeting_id": id, "pwd": pwd}, "name": "x", "participant_id": r.host.ParticipantID}),
	} {
		got := decoded[seat](t, r.post(t, "/room/v1/join", body, cookie(r.host.answer)), http.StatusOK)
		if got.Role != convoke.RoleAttendee || got.State != "waiting" || got.ParticipantID == r.host.ParticipantID {
			t.Errorf("%s: %+v", name, got)
		}
	}
	for name, link := range map[string]map[string]any{
		"a passcode as zak":  {"kind": "start", "meeting_id": id, "zak": pwd},
		"a session as zak":   {"kind": "start", "meeting_id": id, "zak": r.guest.Session},
		"a cookie as ticket": {"kind": "ticket", "ticket": r.host.ParticipantID},
	} {
		answer := r.post(t, "/room/v1/join", jsonOf(t, map[string]any{"link": link, "name": "x"}))
		if answer.Code != 401 && answer.Code != 404 {
			t.Errorf("%s: %d %s", name, answer.Code, answer.Body)
		}
	}
}

// A page that waits is answered as soon as something changes.
func TestALongPollAnswersAChangeAtOnce(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	answers := make(chan *httptest.ResponseRecorder)
	go func() {
		answers <- r.get(t, "/room/v1/session?wait=25&state=waiting", bearer(r.waiting.Session))
	}()
	wantStatus(t, r.act(t, r.host, "/participants/%s/admit", r.waiting), 204)
	if got := decoded[seat](t, <-answers, 200); got.State != "admitted" || got.Media == nil {
		t.Errorf("the poll gave %+v", got)
	}
	for _, query := range []string{"", "?wait=25", "?wait=25&state=waiting", "?wait=x&state=admitted", "?wait=-1&state=admitted", "?wait=99999&state=admitted", "?wait=0&state=admitted"} {
		if got := decoded[seat](t, r.get(t, "/room/v1/session"+query, bearer(r.guest.Session)), 200); got.State != "admitted" {
			t.Errorf("%q gave %+v", query, got)
		}
	}
}

func TestABrokenMediaServerIsSaidToBeSo(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	r.media.setDown(true)
	wantProblem(t, r.act(t, r.host, "/participants/%s/mute", r.guest), 503, convoke.CodeMediaUnavailable)
	wantStatus(t, r.act(t, r.host, "/participants/%s/remove", r.guest), 204) // done; the store has it
	wantStatus(t, r.act(t, r.host, "/end", seat{}), 204)
	if !strings.Contains(r.log.String(), "media_unavailable") {
		t.Errorf("the fault is not in the log: %s", r.log)
	}
}
