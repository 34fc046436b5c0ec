// SPDX-License-Identifier: Apache-2.0

package portal_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/convoke/convoke/internal/conference"
	"github.com/convoke/convoke/internal/convoke"
)

// cookieNamed is the named cookie that an answer sets.
func cookieNamed(t testing.TB, answer *httptest.ResponseRecorder, name string) *http.Cookie {
	t.Helper()
	for _, c := range answer.Result().Cookies() {
		if c.Name == name {
			return c
		}
	}
	t.Fatalf("no cookie %s among %v", name, answer.Result().Cookies())
	return nil
}

func with(cookies ...*http.Cookie) option {
	return func(r *http.Request) {
		for _, c := range cookies {
			r.AddCookie(c)
		}
	}
}

// The page takes the host token out of its address; the browser keeps it.
func TestAStartLinkWorksWithoutItsTokenAfterwards(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	v, second := w.schedule(t, convoke.TypeScheduled, `{}`), w.schedule(t, convoke.TypeScheduled, `{}`)
	clean := func(v conference.View) string { return fmt.Sprintf("/s/%d", v.Meeting.ID) }
	first := cookieNamed(t, w.get(t, path(t, v.StartURL)), "convoke_start")
	if !first.HttpOnly || !first.Secure || !first.Expires.IsZero() || first.SameSite != http.SameSiteLaxMode {
		t.Errorf("the cookie is %v", first)
	}
	both := cookieNamed(t, w.get(t, path(t, second.StartURL), with(first)), "convoke_start")
	for _, v := range []conference.View{v, second} {
		wantStatus(t, w.get(t, clean(v), with(both)), http.StatusOK)
		if s := w.join(t, clean(v), "", with(both)); s.Role != convoke.RoleHost || s.State != "admitted" {
			t.Errorf("without the token in the link: %+v", s)
		}
	}
	again := cookieNamed(t, w.get(t, path(t, second.StartURL), with(both)), "convoke_start")
	if len(again.Value) != len(both.Value) {
		t.Errorf("a meeting is kept twice: %s", again.Value)
	}
	wantErrorPage(t, w.get(t, clean(second), with(first)), 401, convoke.CodeInvalidHostToken)
	wantErrorPage(t, w.get(t, clean(second)), 401, convoke.CodeInvalidHostToken)
	wantErrorPage(t, w.get(t, clean(v)+"?zak=forged", with(both)), 401, convoke.CodeInvalidHostToken)
	guest := w.join(t, path(t, v.JoinURL), "Gary", with(both)) // a guest's link stays a guest's
	if guest.Role != convoke.RoleAttendee {
		t.Errorf("the cookie made a guest %s", guest.Role)
	}
	for range 9 {
		v := w.schedule(t, convoke.TypeScheduled, `{}`)
		both = cookieNamed(t, w.get(t, path(t, v.StartURL), with(both)), "convoke_start")
	}
	if n := strings.Count(both.Value, "|") + 1; n != 5 || len(both.Value) > 4000 {
		t.Errorf("%d host tokens are kept, in %d bytes", n, len(both.Value))
	}
}

func TestATicketsPageCanBeLoadedAgain(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	v := w.schedule(t, convoke.TypeScheduled, `{}`)
	w.join(t, path(t, v.StartURL), "")
	ticket := w.ticket(t, v.Meeting.ID, conference.TicketRequest{DisplayName: "Ann"})
	in := w.join(t, ticket, "")
	if c := cookieNamed(t, in.answer, "convoke_tickets"); !c.HttpOnly || !c.Secure {
		t.Errorf("the cookie is %v", c)
	}
	wantStatus(t, w.post(t, "/room/v1/leave", "", bearer(in.Session)), http.StatusNoContent)
	wantErrorPage(t, w.get(t, ticket), 410, convoke.CodeTicketUsed)
	wantStatus(t, w.get(t, ticket, cookie(in.answer)), http.StatusOK)
	for range 7 {
		in = w.join(t, ticket, "", cookie(in.answer))
		if in.State != "admitted" || in.Name != "Ann" {
			t.Fatalf("back as %+v", in)
		}
	}
	if n := strings.Count(cookieNamed(t, in.answer, "convoke_tickets").Value, "|") + 1; n != 5 {
		t.Errorf("%d sessions are kept", n)
	}
	_, answer, _ := strings.Cut(w.join(t, path(t, v.JoinURL), "Gary").answer.Header().Get("Set-Cookie"), "convoke_tickets")
	if answer != "" {
		t.Error("a join without a ticket keeps its session")
	}
}

func TestALinkThatLacksItsPasscodeAsksForIt(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	v := w.schedule(t, convoke.TypeScheduled, `{}`)
	target := fmt.Sprintf("/j/%d", v.Meeting.ID)
	for query, want := range map[string]string{
		"":            "Enter the passcode",
		"?pwd=":       "Enter the passcode",
		"?pwd=wrong1": "Try the passcode again",
	} {
		answer := w.get(t, target+query)
		wantErrorPage(t, answer, 403, convoke.CodeWrongPasscode)
		for _, part := range []string{"<h1>" + want + "</h1>", `<form action="` + target + `"`, `name="pwd"`} {
			if !strings.Contains(answer.Body.String(), part) {
				t.Errorf("%q: the page lacks %s: %s", query, part, answer.Body)
			}
		}
		if strings.Contains(answer.Body.String(), "wrong1") {
			t.Errorf("the page repeats what was sent: %s", answer.Body)
		}
	}
	wantStatus(t, w.get(t, target+"?pwd="+v.Meeting.Passcode), http.StatusOK) // what the form sends
	for _, other := range []string{"/j/21000000000", "/t/none", fmt.Sprintf("/s/%d", v.Meeting.ID)} {
		if body := w.get(t, other).Body.String(); strings.Contains(body, "<form") {
			t.Errorf("%s asks for a passcode: %s", other, body)
		}
	}
}

func TestAGuestOfAMeetingThatIsOverIsToldWhetherItMayGoOn(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for kind, may := range map[convoke.MeetingType]bool{convoke.TypeScheduled: true, convoke.TypeInstant: false} {
		v := w.schedule(t, kind, `{}`)
		host := w.join(t, path(t, v.StartURL), "")
		wantStatus(t, w.post(t, "/room/v1/end", "", bearer(host.Session)), http.StatusNoContent)
		answer := w.get(t, path(t, v.JoinURL))
		wantErrorPage(t, answer, 410, convoke.CodeMeetingEnded)
		if strings.Contains(answer.Body.String(), "The host may start it again") != may {
			t.Errorf("a meeting of type %d: %s", kind, answer.Body)
		}
	}
}
