// SPDX-License-Identifier: Apache-2.0

package portal_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/convoke/convoke/internal/conference"
	"github.com/convoke/convoke/internal/convoke"
	"github.com/convoke/convoke/internal/portal"
)

// routes is every address of the door, with something in its place-holders.
var routes = [][2]string{
	{"GET", "/"}, {"GET", "/s/1?zak=x"}, {"GET", "/j/1?pwd=x"}, {"GET", "/t/x"}, {"GET", "/my/jane.link"},
	{"GET", "/portal"}, {"GET", "/portal/"}, {"GET", "/portal/users"}, {"GET", "/activate/x"},
	{"GET", "/assets/room-1a2b.js"}, {"GET", "/assets/none"}, {"GET", "/page.css"}, {"GET", "/nothing/here"}, {"GET", "//s//1"},
	{"POST", "/room/v1/lobby"}, {"POST", "/room/v1/join"}, {"GET", "/room/v1/session"}, {"GET", "/room/v1/waiting"},
	{"POST", "/room/v1/participants/x/admit"}, {"POST", "/room/v1/participants/x/remove"}, {"POST", "/room/v1/participants/x/mute"},
	{"GET", "/portal/api/sso"}, {"PUT", "/portal/api/sso"}, {"DELETE", "/portal/api/sso"}, {"POST", "/portal/api/sso/test"},
	{"POST", "/room/v1/mute-all"}, {"POST", "/room/v1/end"}, {"POST", "/room/v1/leave"}, {"GET", "/room/v1/none"},
	{"GET", "/portal/api/session"}, {"POST", "/portal/api/session"}, {"DELETE", "/portal/api/session"}, {"POST", "/portal/api/operator"},
	{"GET", "/portal/api/overview"}, {"GET", "/portal/api/users"}, {"POST", "/portal/api/users/x/invitation"}, {"PUT", "/portal/api/users/x/status"},
	{"GET", "/portal/api/mails"}, {"GET", "/portal/api/mails/1"}, {"GET", "/portal/api/meetings"}, {"POST", "/portal/api/meetings"},
	{"POST", "/portal/api/meetings/1/start"}, {"DELETE", "/portal/api/meetings/1"},
	{"GET", "/portal/api/activation/x"}, {"POST", "/portal/api/activation/x"}, {"GET", "/portal/api/none"},
}

// wantSecure fails unless the answer carries the headers that all carry.
func wantSecure(t testing.TB, what string, answer *httptest.ResponseRecorder) {
	t.Helper()
	for name, want := range map[string]string{
		"Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; " +
			"media-src 'self' blob:; font-src 'self'; worker-src 'self' blob:; connect-src 'self' wss://meet.example.com https://meet.example.com; " +
			"frame-ancestors 'none'; base-uri 'none'; form-action 'self'",
		"Permissions-Policy":           "camera=(self), microphone=(self), display-capture=(self)",
		"Referrer-Policy":              "no-referrer",
		"X-Content-Type-Options":       "nosniff",
		"X-Frame-Options":              "DENY",
		"Cross-Origin-Opener-Policy":   "same-origin",
		"Strict-Transport-Security":    "max-age=31536000",
		"Access-Control-Allow-Origin":  "",
		"Access-Control-Allow-Headers": "",
	} {
		if got := answer.Header().Get(name); got != want {
			t.Errorf("%s: %s is %q, want %q", what, name, got, want)
		}
	}
}

func TestEveryAnswerCarriesTheSecurityHeaders(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, r := range routes {
		answer := w.call(t, r[0], r[1], "{}")
		wantSecure(t, r[0]+" "+r[1], answer)
		if answer.Code >= 500 {
			t.Errorf("%v: %d %s", r, answer.Code, answer.Body)
		}
		api := strings.HasPrefix(r[1], "/room/v1/") || strings.HasPrefix(r[1], "/portal/api/")
		if api && answer.Code >= 400 && answer.Header().Get("Content-Type") != "application/problem+json" {
			t.Errorf("%v: an error is %s", r, answer.Header().Get("Content-Type"))
		}
		if api && answer.Code != http.StatusNoContent && answer.Header().Get("Cache-Control") != "no-store" {
			t.Errorf("%v: the answer may be cached: %v", r, answer.Header())
		}
	}
}

func TestCallsFromOtherSitesAreRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	v := w.schedule(t, convoke.TypeScheduled, `{}`)
	host := w.join(t, path(t, v.StartURL), "")
	jane := w.signedIn(t, "jane@acme.example")
	before := len(w.events(t))
	for name, foreign := range map[string]option{
		"another site":     header("Sec-Fetch-Site", "cross-site"),
		"a sister site":    header("Sec-Fetch-Site", "same-site"),
		"an old browser":   func(r *http.Request) { r.Header.Del("Sec-Fetch-Site"); r.Header.Set("Origin", "https://evil.example") },
		"a sandboxed page": func(r *http.Request) { r.Header.Del("Sec-Fetch-Site"); r.Header.Set("Origin", "null") },
		"a form": func(r *http.Request) {
			r.Header.Set("Sec-Fetch-Site", "cross-site")
			r.Header.Set("Content-Type", "text/plain")
		},
	} {
		for _, r := range routes {
			if r[0] == http.MethodGet {
				continue
			}
			answer := w.call(t, r[0], r[1], "{}", foreign, jane, bearer(host.Session))
			wantProblem(t, answer, 403, "cross_origin")
			wantSecure(t, name, answer)
			if len(answer.Result().Cookies()) != 0 {
				t.Errorf("%s: %v sets a cookie", name, r)
			}
		}
	}
	if after := len(w.events(t)); after != before {
		t.Errorf("%d events were added", after-before)
	}
	for name, own := range map[string]option{
		"this site":                      header("Sec-Fetch-Site", "same-origin"),
		"an old browser, this site":      func(r *http.Request) { r.Header.Del("Sec-Fetch-Site"); r.Header.Set("Origin", public) },
		"a program, which sends neither": func(r *http.Request) { r.Header.Del("Sec-Fetch-Site") },
	} {
		if answer := w.post(t, "/portal/api/meetings", `{}`, own, jane); answer.Code != 201 {
			t.Errorf("%s: %d %s", name, answer.Code, answer.Body)
		}
	}
}

func TestBodies(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	v := w.schedule(t, convoke.TypeScheduled, `{}`)
	host := w.join(t, path(t, v.StartURL), "")
	jane, operator := w.signedIn(t, "jane@acme.example"), w.asOperator(t)
	before := len(w.events(t))
	u := w.user(t, convoke.Request{Action: "create", Email: "ada@acme.example"})
	before += 2
	for call, who := range map[string]option{
		"POST /room/v1/lobby":                            bearer(""),
		"POST /room/v1/join":                             bearer(""),
		"POST /room/v1/participants/x/mute":              bearer(host.Session),
		"POST /portal/api/session":                       bearer(""),
		"POST /portal/api/operator":                      bearer(""),
		"POST /portal/api/meetings":                      jane,
		"PUT /portal/api/users/x/status":                 operator,
		"POST /portal/api/activation/" + w.code(t, u.ID): bearer(""),
	} {
		method, target, _ := strings.Cut(call, " ")
		for name, body := range map[string]string{
			"empty": "", "text": "hello", "cut off": `{"link":`, "a list": `[]`, "a number": `1`, "wrong types": `{"link":1,"source":1,"email":1,"code":1,"topic":1,"action":1,"password":1}`,
			"two objects": `{}{}`, "something after": `{} x`, "a form": "link=x&name=y", "deep": strings.Repeat(`{"link":`, 5_000), "bytes": "\xff\xfe",
		} {
			if answer := w.call(t, method, target, body, who); answer.Code != 400 || !strings.Contains(answer.Body.String(), `"invalid_body"`) {
				t.Errorf("%s with %s: %d %s", call, name, answer.Code, answer.Body)
			}
		}
		for _, body := range []string{`{"x":"` + strings.Repeat("x", 64<<10) + `"}`, `{}` + strings.Repeat(" ", 64<<10)} {
			wantProblem(t, w.call(t, method, target, body, who), 413, convoke.CodeBodyTooLarge)
		}
	}
	if after := len(w.events(t)); after != before {
		t.Errorf("%d events were added", after-before)
	}
}

func TestBadCallsIntoARoom(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	v := w.schedule(t, convoke.TypeScheduled, `{}`)
	for body, want := range map[string]struct {
		status int
		code   convoke.Code
	}{
		`{}`:   {400, convoke.CodeInvalidField},
		`null`: {400, convoke.CodeInvalidField},
		`{"link":{"kind":"sideways"},"name":"x"}`:                                 {400, convoke.CodeInvalidField},
		`{"link":{"kind":"start","meeting_id":"abc"},"name":"x"}`:                 {404, convoke.CodeMeetingNotFound},
		`{"link":{"kind":"join","meeting_id":"1"},"name":"x"}`:                    {404, convoke.CodeMeetingNotFound},
		`{"link":{"kind":"join","meeting_id":1},"name":"x"}`:                      {400, convoke.CodeInvalidBody},
		`{"link":{"kind":"ticket"},"name":"x"}`:                                   {404, convoke.CodeTicketNotFound},
		`{"link":{"kind":"personal"},"name":"x"}`:                                 {404, convoke.CodeMeetingNotFound},
		linkBody(t, path(t, v.JoinURL), ""):                                       {400, convoke.CodeInvalidName},
		linkBody(t, path(t, v.JoinURL), " \u202e\u200f "):                         {400, convoke.CodeInvalidName},
		linkBody(t, path(t, v.JoinURL), strings.Repeat("x", 65)):                  {400, convoke.CodeInvalidName},
		linkBody(t, path(t, v.JoinURL), "a\x00b"):                                 {400, convoke.CodeInvalidName},
		linkBody(t, strings.Replace(path(t, v.JoinURL), "pwd=", "pwd=x", 1), "x"): {403, convoke.CodeWrongPasscode},
	} {
		answer := w.post(t, "/room/v1/join", body)
		wantProblem(t, answer, want.status, want.code)
		if len(answer.Result().Cookies()) != 0 {
			t.Errorf("%s sets a cookie", body)
		}
	}
}

func TestAFaultOfOursIsLoggedAndHidden(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for place, fault := range map[string]func() error{
		"":               func() error { return errors.New("secret detail") },
		"secure_test.go": func() error { panic("secret detail") }, // the log says where
	} {
		w.log.Reset()
		c := w.config
		c.Doorway = faulty{fault}
		w.handler = portal.New(c)
		page, call := w.get(t, "/j/1?pwd=hidden"), w.post(t, "/room/v1/lobby", `{"link":{"kind":"ticket","ticket":"hidden"}}`)
		wantErrorPage(t, page, 500, convoke.CodeInternal)
		wantProblem(t, call, 500, convoke.CodeInternal)
		wantSecure(t, "a fault", page)
		if strings.Contains(page.Body.String()+call.Body.String(), "secret detail") {
			t.Errorf("the answers tell what is inside: %s %s", page.Body, call.Body)
		}
		if log := w.log.String(); strings.Count(log, "secret detail") != 2 || strings.Contains(log, "hidden") || !strings.Contains(log, place) {
			t.Errorf("the log is %s", log)
		}
	}
	c := w.config
	c.Doorway = faulty{func() error { panic(http.ErrAbortHandler) }}
	w.handler = portal.New(c)
	defer func() {
		if fault := recover(); fault != http.ErrAbortHandler { //nolint:errorlint // what was thrown must come out itself
			t.Errorf("an aborted answer ends with %v, want it cut off", fault)
		}
	}()
	w.get(t, "/j/1")
}

// faulty is a way into rooms that fails.
type faulty struct{ fault func() error }

func (f faulty) Lobby(context.Context, conference.Link, ...convoke.ParticipantID) (conference.Lobby, error) {
	return conference.Lobby{}, f.fault()
}

func (f faulty) Join(context.Context, conference.Link, string, ...convoke.ParticipantID) (conference.Session, error) {
	return conference.Session{}, f.fault()
}

func (f faulty) Session(context.Context, string) (conference.Session, error) {
	return conference.Session{}, f.fault()
}

func (f faulty) Await(context.Context, string, conference.State, time.Duration) (conference.Session, error) {
	return conference.Session{}, f.fault()
}

func (f faulty) Leave(context.Context, string) error { return f.fault() }
