// SPDX-License-Identifier: Apache-2.0

package portal_test

import (
	"bytes"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/convoke/convoke/internal/conference"
	"github.com/convoke/convoke/internal/convoke"
	"github.com/convoke/convoke/internal/portal"
	"github.com/convoke/convoke/internal/store/storetest"
)

func TestPages(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	v := w.schedule(t, convoke.TypeScheduled, `{}`)
	personal, err := w.conference.Personal(t.Context(), w.app, string(w.host.ID))
	check(t, err)
	for target, want := range map[string]string{
		"/portal":                 "portal",
		"/portal/":                "portal",
		"/portal/users":           "portal",
		"/portal/operator":        "portal",
		"/activate/whatever":      "portal",
		path(t, v.StartURL):       "room",
		path(t, v.JoinURL):        "room",
		path(t, personal.JoinURL): "room",
		w.ticket(t, v.Meeting.ID, conference.TicketRequest{DisplayName: "Ann"}):                       "room",
		fmt.Sprintf("/j/%d?pwd=%s", v.Meeting.ID, v.Meeting.Passcode):                                 "room", // typed by hand
		fmt.Sprintf("/my/%s?pwd=%s", w.host.PersonalLink, personal.Meeting.Passcode):                  "room",
		fmt.Sprintf("/my/%s?pwd=%s", strings.ToUpper(w.host.PersonalLink), personal.Meeting.Passcode): "room",
	} {
		answer := w.get(t, target)
		if answer.Code != http.StatusOK || !strings.Contains(answer.Body.String(), "<title>"+want+"</title>") {
			t.Errorf("%s: %d %s, want the page of the %s", target, answer.Code, answer.Body, want)
		}
		if answer.Header().Get("Content-Type") != "text/html; charset=utf-8" || answer.Header().Get("Cache-Control") != "no-store" {
			t.Errorf("%s: the headers are %v", target, answer.Header())
		}
		head := w.call(t, http.MethodHead, target, "")
		wantStatus(t, head, http.StatusOK)
	}
	if home := w.get(t, "/"); home.Code != http.StatusFound || home.Header().Get("Location") != "/portal" {
		t.Errorf("/ answers %d to %q", home.Code, home.Header().Get("Location"))
	}
}

func TestAssets(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for target, want := range map[string]struct{ kind, cache string }{
		"/assets/room-1a2b.js":   {"text/javascript; charset=utf-8", "public, max-age=31536000, immutable"},
		"/assets/fonts/a-1.woff": {"font/woff", "public, max-age=31536000, immutable"},
		"/assets/favicon.svg":    {"image/svg+xml", "public, max-age=3600"},
		"/page.css":              {"text/css; charset=utf-8", "public, max-age=3600"},
	} {
		answer := w.get(t, target)
		if answer.Code != http.StatusOK || answer.Header().Get("Content-Type") != want.kind || answer.Header().Get("Cache-Control") != want.cache {
			t.Errorf("%s: %d, %v", target, answer.Code, answer.Header())
		}
	}
	for _, target := range []string{
		"/assets/", "/assets/none.js", "/assets/fonts", "/assets/fonts/", "/assets/%00", "/assets/%ff",
		"/assets/%2e%2e/room/index.html", "/assets/..%2froom%2findex.html", "/assets/%2e%2e%2f%2e%2e%2fetc%2fpasswd",
		"/assets/x/..%2f..%2fportal/index.html", "/assets/%2fetc%2fpasswd", "/assets/..%5croom%5cindex.html",
	} {
		wantErrorPage(t, w.get(t, target), http.StatusNotFound, "page_not_found")
	}
}

func TestUnknownAddresses(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, target := range []string{"/s", "/s/", "/j/1/2", "/t", "/my/", "/portal/a/b", "/robots.txt", "/index.html", "/room/", "/.env"} {
		wantErrorPage(t, w.get(t, target), http.StatusNotFound, "page_not_found")
	}
	for method, target := range map[string]string{
		"GET": "/room/v1/none", "POST": "/portal/api/none", "PUT": "/room/v1/join", "DELETE": "/room/v1/session", "PATCH": "/portal/api/meetings",
	} {
		wantProblem(t, w.call(t, method, target, "{}"), http.StatusNotFound, "unknown_call")
	}
	wantErrorPage(t, w.post(t, "/portal", "{}"), http.StatusNotFound, "page_not_found")
	if way := `href="/portal"`; !strings.Contains(w.get(t, "/nowhere").Body.String(), way) || strings.Contains(w.get(t, "/j/21000000000").Body.String(), way) {
		t.Error("the way to the portal is to be on the page for an unknown address, and on no other")
	}
}

func TestPagesThatWereNotBuilt(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	v := w.schedule(t, convoke.TypeScheduled, `{}`)
	c := w.config
	c.Built = false
	w.handler = portal.New(c)
	for _, target := range []string{"/portal", "/activate/x", path(t, v.JoinURL)} {
		wantErrorPage(t, w.get(t, target), http.StatusServiceUnavailable, "pages_not_built")
	}
	wantErrorPage(t, w.get(t, "/j/1"), http.StatusNotFound, convoke.CodeMeetingNotFound) // a bad link says what is wrong with it all the same
	wantStatus(t, w.get(t, "/page.css"), http.StatusOK)
}

func TestABadLinkGetsAPageThatSaysWhy(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	abroad := w.newAccount(t, "Abroad")
	v, second := w.schedule(t, convoke.TypeScheduled, `{}`), w.schedule(t, convoke.TypeScheduled, `{}`)
	foreign := abroad.schedule(t, convoke.TypeScheduled, `{}`)
	over := w.schedule(t, convoke.TypeInstant, `{}`)
	host := w.join(t, path(t, over.StartURL), "")
	wantStatus(t, w.post(t, "/room/v1/end", "", bearer(host.Session)), http.StatusNoContent)
	used := w.ticket(t, v.Meeting.ID, conference.TicketRequest{DisplayName: "Ann"})
	w.join(t, used, "")
	_, zak, _ := strings.Cut(path(t, v.StartURL), "zak=")
	_, foreignZak, _ := strings.Cut(path(t, foreign.StartURL), "zak=")
	_, pwd, _ := strings.Cut(path(t, second.JoinURL), "pwd=")
	none := strings.Split(zak, ".")
	none[0], none[2] = "eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0", ""
	s, j := fmt.Sprintf("/s/%d", v.Meeting.ID), fmt.Sprintf("/j/%d", v.Meeting.ID)
	type bad struct {
		target string
		status int
		code   convoke.Code
	}
	links := []bad{
		{s, 401, convoke.CodeInvalidHostToken},
		{s + "?zak=", 401, convoke.CodeInvalidHostToken},
		{s + "?zak=forged", 401, convoke.CodeInvalidHostToken},
		{s + "?zak=" + zak[:len(zak)-4] + "AAAA", 401, convoke.CodeInvalidHostToken},
		{s + "?zak=" + strings.Join(none, "."), 401, convoke.CodeInvalidHostToken},
		{s + "?zak=" + foreignZak, 401, convoke.CodeInvalidHostToken},
		{fmt.Sprintf("/s/%d?zak=%s", second.Meeting.ID, zak), 401, convoke.CodeInvalidHostToken},
		{fmt.Sprintf("/s/%d?zak=%s", foreign.Meeting.ID, zak), 401, convoke.CodeInvalidHostToken},
		{"/s/21000000000?zak=" + zak, 401, convoke.CodeInvalidHostToken},
		{path(t, over.StartURL), 410, convoke.CodeMeetingEnded},
		{j, 403, convoke.CodeWrongPasscode},
		{j + "?pwd=", 403, convoke.CodeWrongPasscode},
		{j + "?pwd=wrong", 403, convoke.CodeWrongPasscode},
		{j + "?pwd=" + pwd, 403, convoke.CodeWrongPasscode},
		{j + "?pwd=" + second.Meeting.Passcode, 403, convoke.CodeWrongPasscode},
		{j + "?pwd=%00", 403, convoke.CodeWrongPasscode},
		{"/j/21000000000?pwd=x", 404, convoke.CodeMeetingNotFound},
		{"/j/abc", 404, convoke.CodeMeetingNotFound},
		{"/j/-1", 404, convoke.CodeMeetingNotFound},
		{"/j/0", 404, convoke.CodeMeetingNotFound},
		{"/j/99999999999999999999999", 404, convoke.CodeMeetingNotFound},
		{"/j/%3Cscript%3Ealert(1)%3C%2Fscript%3E", 404, convoke.CodeMeetingNotFound},
		{"/j/%22%20onload=%22alert(1)", 404, convoke.CodeMeetingNotFound},
		{"/s/%00", 404, convoke.CodeMeetingNotFound},
		{path(t, over.JoinURL), 410, convoke.CodeMeetingEnded},
		{"/t/unknown", 404, convoke.CodeTicketNotFound},
		{"/t/%00", 404, convoke.CodeTicketNotFound},
		{used, 410, convoke.CodeTicketUsed},
		{"/my/nobody.here", 404, convoke.CodeMeetingNotFound},
		{"/my/%00", 404, convoke.CodeMeetingNotFound},
		{"/my/%ff", 404, convoke.CodeMeetingNotFound},
	}
	w.get(t, "/my/"+w.host.PersonalLink) // its first visit makes the personal meeting, which anyone may wait for
	before, calls := w.events(t), len(w.media.take())
	try := func(l bad) {
		t.Helper()
		answer := w.get(t, l.target)
		wantErrorPage(t, answer, l.status, l.code)
		if strings.Contains(answer.Body.String(), "alert(1)</script>") || strings.Contains(answer.Body.String(), `" onload`) {
			t.Errorf("%s: the page repeats what it was sent: %s", l.target, answer.Body)
		}
		if answer.Header().Get("Cache-Control") != "no-store" || len(answer.Result().Cookies()) != 0 {
			t.Errorf("%s: the headers are %v", l.target, answer.Header())
		}
	}
	for _, l := range links {
		try(l)
	}
	late := w.ticket(t, v.Meeting.ID, conference.TicketRequest{DisplayName: "Ann"})
	w.clock.advance(conference.TicketLife)
	try(bad{late, 410, convoke.CodeTicketExpired})
	w.clock.advance(conference.HostTokenLife)
	try(bad{path(t, v.StartURL), 401, convoke.CodeHostTokenExpired})
	if after := w.events(t); len(after) != len(before) || len(w.media.take()) != 0 || calls == 0 {
		t.Errorf("bad links changed something: %d events before, %d after", len(before), len(after))
	}
	fresh, err := w.conference.Meeting(t.Context(), w.app, second.Meeting.ID)
	check(t, err)
	check(t, w.provision.SetStatus(t.Context(), w.app, string(w.host.ID), false))
	try(bad{path(t, fresh.StartURL), 403, convoke.CodeUserInactive})
	for _, secret := range []string{zak, foreignZak, pwd, strings.TrimPrefix(used, "/t/")} {
		if strings.Contains(w.log.String(), secret) {
			t.Errorf("the log has a link's secret: %s", w.log)
		}
	}
}

// SQLite takes any bytes as text, PostgreSQL does not.
func TestOddBytesInLinksAreNoFaultOnPostgreSQL(t *testing.T) {
	t.Parallel()
	w := newWorldOn(t, storetest.Open(t, storeAt(storetest.PostgreSQL(t))))
	operator := w.asOperator(t)
	for _, odd := range []string{"%00", "a%00b", "%ff", "a%c3", "%ed%a0%80"} {
		wantErrorPage(t, w.get(t, "/my/"+odd+"?pwd="+odd), http.StatusNotFound, convoke.CodeMeetingNotFound)
		wantErrorPage(t, w.get(t, "/t/"+odd), http.StatusNotFound, convoke.CodeTicketNotFound)
		wantErrorPage(t, w.get(t, "/s/"+odd+"?zak="+odd), http.StatusNotFound, convoke.CodeMeetingNotFound)
		wantProblem(t, w.get(t, "/portal/api/activation/"+odd), http.StatusNotFound, convoke.CodeInvitationNotFound)
		wantProblem(t, w.post(t, "/portal/api/users/"+odd+"/invitation", "", operator), http.StatusNotFound, convoke.CodeUserNotFound)
		wantProblem(t, w.post(t, "/portal/api/users/"+odd+"@example.com/invitation", "", operator), http.StatusNotFound, convoke.CodeUserNotFound)
	}
	wantProblem(t, w.post(t, "/room/v1/lobby", `{"link":{"kind":"personal","name":"a\u0000b"}}`), http.StatusNotFound, convoke.CodeMeetingNotFound)
	wantProblem(t, w.post(t, "/portal/api/session", `{"email":"a\u0000b@example.com","password":"\u0000"}`), http.StatusUnauthorized, convoke.CodeWrongPassword)
	wantProblem(t, w.post(t, "/portal/api/operator", `{"code":"\u0000"}`), http.StatusUnauthorized, convoke.CodeTokenInvalid)
	if log := w.log.String(); log != "" {
		t.Errorf("something failed: %s", log)
	}
}

func TestATicketsPageSpendsNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	v := w.schedule(t, convoke.TypeScheduled, `{}`)
	ticket := w.ticket(t, v.Meeting.ID, conference.TicketRequest{DisplayName: "Ann"})
	before := w.events(t)
	for range 3 { // a mail filter, a chat's preview, the person
		wantStatus(t, w.get(t, ticket), http.StatusOK)
		wantStatus(t, w.call(t, http.MethodHead, ticket, ""), http.StatusOK)
		wantStatus(t, w.post(t, "/room/v1/lobby", linkBody(t, ticket, "")), http.StatusOK)
	}
	if after := w.events(t); len(after) != len(before) {
		t.Errorf("looking at a ticket told %v", after[len(before):])
	}
	if joined := w.join(t, ticket, ""); joined.Name != "Ann" || joined.Role != convoke.RoleAttendee {
		t.Errorf("the ticket let in %+v", joined)
	}
	wantProblem(t, w.post(t, "/room/v1/join", linkBody(t, ticket, "")), http.StatusGone, convoke.CodeTicketUsed)
}

// A page needs no body, so none is read: net/http would take a form of any size
// to memory and disk for who asks for a form value.
func TestAPageDoesNotReadABody(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, target := range []string{"/s/1?zak=x", "/j/1?pwd=x", "/my/nobody?pwd=x", "/room/v1/session?wait=1", "/portal/api/users?status=active", "/portal/api/mails"} {
		for _, kind := range []string{"multipart/form-data; boundary=b", "application/x-www-form-urlencoded"} {
			body := &endless{}
			start := strings.NewReader("--b\r\nContent-Disposition: form-data; name=\"f\"; filename=\"f\"\r\n\r\n")
			r := httptest.NewRequest(http.MethodGet, public+target, multi(start, body))
			r.Header.Set("Content-Type", kind)
			w.asOperator(t)(r)
			w.handler.ServeHTTP(httptest.NewRecorder(), r)
			if body.read > 1<<20 {
				t.Errorf("%s with %s: %d bytes of the body were read", target, kind, body.read)
			}
		}
	}
}

func TestAFileThatIsMissingFromTheBuildIsLoggedOnceAndHidden(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c := w.config
	c.Pages = brokenFS{}
	w.handler = portal.New(c)
	answer := w.get(t, "/portal")
	wantErrorPage(t, answer, http.StatusInternalServerError, convoke.CodeInternal)
	if strings.Contains(answer.Body.String(), "disk on fire") {
		t.Errorf("the page tells what is inside: %s", answer.Body)
	}
	if got := strings.Count(w.log.String(), "disk on fire"); got != 1 {
		t.Errorf("the fault is in the log %d times: %s", got, w.log)
	}
	wantErrorPage(t, w.get(t, "/assets/a.js"), http.StatusInternalServerError, convoke.CodeInternal)
}

func TestALongPollEndsWithItsCaller(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	v := w.schedule(t, convoke.TypeScheduled, `{}`)
	guest := w.join(t, path(t, v.JoinURL), "Ann")
	server := httptest.NewServer(w.handler)
	t.Cleanup(server.Close)
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, server.URL+"/room/v1/session?wait=25&state=waiting", nil)
	check(t, err)
	bearer(guest.Session)(r)
	client := &http.Client{Timeout: 300 * time.Millisecond}
	if answer, err := client.Do(r); err == nil {
		answer.Body.Close()
		t.Errorf("the poll answered %d before anything changed", answer.StatusCode)
	}
	server.Close() // waits for the handler
	if bytes.Contains(w.log.Bytes(), []byte("level=ERROR")) {
		t.Errorf("a caller who went away is in the log: %s", w.log)
	}
}
