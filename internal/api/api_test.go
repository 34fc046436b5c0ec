// SPDX-License-Identifier: Apache-2.0

package api

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/convoke/convoke/internal/conference"
	"github.com/convoke/convoke/internal/convoke"
)

func TestAnotherAccountIsNotThere(t *testing.T) {
	t.Parallel()
	here := newWorld(t, partner)
	there := here.elsewhere(t)
	jane := here.put(t, "42", `{"email": "jane@example.com"}`, http.StatusCreated)
	here.put(t, "43", "", http.StatusCreated)
	m := read[meeting](t, here.call(t, "PUT", Prefix+"/bindings/42/meetings/m1", nil, ""), http.StatusCreated)
	page := read[bindingPage](t, here.call(t, "GET", Prefix+"/bindings?page_size=1", nil, ""), http.StatusOK)

	for _, c := range []struct {
		method, path, body string
		code               convoke.Code
	}{
		{"GET", "/bindings/42", "", convoke.CodeBindingNotFound},
		{"DELETE", "/bindings/42", "", convoke.CodeBindingNotFound},
		{"PUT", "/bindings/44", `{"user_id": "` + string(jane.UserID) + `"}`, convoke.CodeUserNotFound},
		{"PUT", "/bindings/42/meetings/m1", "", convoke.CodeBindingNotFound},
		{"POST", fmt.Sprintf("/meetings/%d/tickets", m.MeetingID), `{"role": "host"}`, convoke.CodeMeetingNotFound},
		{"GET", "/bindings?next_page_token=" + page.NextPageToken, "", convoke.CodeInvalidPageToken},
	} {
		answer := there.call(t, c.method, Prefix+c.path, nil, c.body)
		if p := read[problem](t, answer, faults[c.code].status); p.Code != c.code {
			t.Errorf("%s %s: code %s, want %s", c.method, c.path, p.Code, c.code)
		}
	}
	if seen := read[eventPage](t, there.call(t, "GET", Prefix+"/events", nil, ""), http.StatusOK); len(seen.Events) != 0 {
		t.Errorf("another account sees %d events", len(seen.Events))
	}
	mine := there.put(t, "42", `{"email": "jane@example.com"}`, http.StatusCreated)
	if mine.UserID == jane.UserID {
		t.Error("two accounts share a user")
	}
}

func TestABodyHasALimit(t *testing.T) {
	t.Parallel()
	w := newWorld(t, partner)
	for _, c := range []struct {
		method, path string
		limit        int
	}{
		{"PUT", "/bindings/42", maxBody},
		{"PUT", "/bindings/42/meetings/m1", maxBody},
		{"POST", "/meetings/12345678901/tickets", maxBody},
		{"POST", "/bindings:batch", maxBatchBody},
	} {
		for _, length := range []string{"known", "unknown"} {
			r, err := w.request(c.method, Prefix+c.path, strings.Repeat(" ", c.limit+1))
			check(t, err)
			if length == "unknown" {
				r.ContentLength = -1
			}
			answer := httptest.NewRecorder()
			w.handler.ServeHTTP(answer, r)
			if p := read[problem](t, answer, http.StatusRequestEntityTooLarge); p.Code != convoke.CodeBodyTooLarge {
				t.Errorf("%s %s, length %s: code %s", c.method, c.path, length, p.Code)
			}
		}
	}
	padded := `{"email": "jane@example.com"}` + strings.Repeat(" ", maxBody-len(`{"email": "jane@example.com"}`))
	w.put(t, "42", padded, http.StatusCreated)
}

func TestABatchOfAThousand(t *testing.T) {
	t.Parallel()
	w := newWorld(t, partner)
	items := make([]string, 1000)
	for i := range items {
		items[i] = fmt.Sprintf(`{"external_id": "user-%d", "email": "user-%d@example.com"}`, i, i)
		if i%3 == 0 {
			items[i] = fmt.Sprintf(`{"external_id": "user-%d", "email": "nobody"}`, i)
		}
	}
	body := `{"bindings": [` + strings.Join(items, ",") + `]}`
	answer := read[batchAnswer](t, w.call(t, "POST", Prefix+"/bindings:batch", nil, body), http.StatusOK)
	if len(answer.Results) != len(items) {
		t.Fatalf("%d results for %d items", len(answer.Results), len(items))
	}
	for i, result := range answer.Results {
		if want := fmt.Sprintf("user-%d", i); result.ExternalID != want {
			t.Fatalf("result %d is of %q, want %q", i, result.ExternalID, want)
		}
		switch {
		case i%3 == 0 && (result.Status != 400 || result.Error == nil || result.Error.Code != convoke.CodeInvalidEmail):
			t.Errorf("item %d: %+v, want invalid_email", i, result)
		case i%3 != 0 && (result.Status != 201 || result.Binding == nil || result.Binding.User.Email != fmt.Sprintf("user-%d@example.com", i)):
			t.Errorf("item %d: %+v, want its own user", i, result)
		}
	}

	// An item that cannot be decoded counts too.
	more := `{"bindings": [` + strings.Join(append(items[1:], `{"external_id": "one-more"}`, `"nobody"`), ",") + `]}`
	if p := read[problem](t, w.call(t, "POST", Prefix+"/bindings:batch", nil, more), http.StatusBadRequest); p.Field != "bindings" {
		t.Errorf("a batch of 1,001 is refused with %+v", p)
	}
	if p := read[problem](t, w.call(t, "GET", Prefix+"/bindings/one-more", nil, ""), http.StatusNotFound); p.Code != convoke.CodeBindingNotFound {
		t.Errorf("a batch of 1,001 left something behind: %+v", p)
	}
}

func TestARaceMakesOneUser(t *testing.T) {
	t.Parallel()
	w := newWorld(t, partner)
	server := httptest.NewServer(w.handler)
	defer server.Close()
	const callers = 200
	answers := make([]*httptest.ResponseRecorder, callers)
	start := make(chan struct{})
	var group sync.WaitGroup
	for i := range callers {
		group.Go(func() {
			<-start
			answers[i] = w.overTheWire(t, server.URL, "PUT", "/bindings/42", `{"email": "jane@example.com"}`)
		})
	}
	close(start)
	group.Wait()

	made, users := 0, map[convoke.UserID]int{}
	for _, answer := range answers {
		status := http.StatusOK
		if answer.Code == http.StatusCreated {
			made, status = made+1, http.StatusCreated
		}
		users[read[bound](t, answer, status).UserID]++
	}
	if made != 1 || len(users) != 1 {
		t.Errorf("%d answers say 201, for %d users", made, len(users))
	}
	created := 0
	for _, e := range read[eventPage](t, w.call(t, "GET", Prefix+"/events", nil, ""), http.StatusOK).Events {
		if e.Event == convoke.EventUserCreated {
			created++
		}
	}
	if created != 1 {
		t.Errorf("%d events user.created", created)
	}
}

func TestAMeetingThatHasEndedGetsNoTickets(t *testing.T) {
	t.Parallel()
	w := newWorld(t, partner)
	meetings := w.config.Conference.(*conference.Service)
	w.put(t, "42", "", http.StatusCreated)
	m := read[meeting](t, w.call(t, "PUT", Prefix+"/bindings/42/meetings/m1", nil, `{"type": 1}`), http.StatusCreated)
	path := fmt.Sprintf("%s/meetings/%d/tickets", Prefix, m.MeetingID)
	host := read[ticket](t, w.call(t, "POST", path, nil, `{"external_id": "42", "role": "host"}`), http.StatusCreated)
	_, secret, _ := strings.Cut(host.URL, "/t/")
	_, err := meetings.Join(t.Context(), conference.Link{Kind: conference.LinkTicket, Ticket: secret}, "", "")
	check(t, err)
	check(t, meetings.End(t.Context(), w.operator, m.MeetingID))

	answer := w.call(t, "POST", path, nil, `{"external_id": "42", "role": "host"}`)
	if p := read[problem](t, answer, http.StatusGone); p.Code != convoke.CodeMeetingEnded {
		t.Errorf("code %s, want meeting_ended", p.Code)
	}
}

// overTheWire sends a call through a real connection.
func (w *world) overTheWire(t *testing.T, base, method, path, body string) *httptest.ResponseRecorder {
	answer := httptest.NewRecorder()
	r, err := http.NewRequestWithContext(t.Context(), method, base+Prefix+path, strings.NewReader(body))
	if err != nil {
		t.Error(err)
		return answer
	}
	r.Header.Set("Authorization", "Bearer "+w.token)
	got, err := http.DefaultTransport.RoundTrip(r) // follows no redirect
	if err != nil {
		t.Error(err)
		return answer
	}
	defer got.Body.Close()
	answer.Code = got.StatusCode
	if _, err := answer.Body.ReadFrom(got.Body); err != nil {
		t.Error(err)
	}
	return answer
}

func TestPathsAreTakenAsTheyAreSent(t *testing.T) {
	t.Parallel()
	w := newWorld(t, partner)
	server := httptest.NewServer(w.handler)
	defer server.Close()
	for path, id := range map[string]string{
		"/bindings/..": "..", "/bindings/%2e": ".", "/bindings/a%2F%2Fb%2F..": "a//b/..", "/bindings/%00": "\x00", "/bindings/a;b=c": "a;b=c",
		"/bindings/%2F": "/", "/bindings/a+b": "a+b", "/bindings/%252F": "%2F",
	} {
		answer := w.overTheWire(t, server.URL, "PUT", path, "")
		if got := read[bound](t, answer, http.StatusCreated); got.ExternalID != id {
			t.Errorf("%s ensured %q, want %q", path, got.ExternalID, id)
		}
	}
	for _, path := range []string{"/bindings/a//b", "//bindings/a", "/bindings/../seats", "/./seats", "/seats/"} {
		answer := w.overTheWire(t, server.URL, "GET", path, "")
		if p := read[problem](t, answer, http.StatusNotFound); p.Code != codeNoSuchCall {
			t.Errorf("GET %s: %s", path, answer.Body)
		}
	}
}

// faulty fails as no real use case should.
type faulty struct {
	Provision
	fail func() error
}

func (f faulty) Seats(context.Context, convoke.Principal) (convoke.Seats, error) {
	return convoke.Seats{}, f.fail()
}

func TestAFaultOfOursIsHiddenAndLoggedOnce(t *testing.T) {
	t.Parallel()
	for name, fail := range map[string]func() error{
		"unknown error": func() error { return errors.New("disk sda1 is on fire") },
		"internal error": func() error {
			return &convoke.Error{Kind: convoke.KindInternal, Code: "disk_fire", Message: "disk sda1 is on fire"}
		},
		"panic": func() error { panic("disk sda1 is on fire") },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, partner)
			config := w.config
			config.Provision = faulty{config.Provision, fail}
			w.handler = New(config)
			answer := w.call(t, "GET", Prefix+"/seats", http.Header{"X-Request-Id": {"r-1"}}, "")
			p := read[problem](t, answer, http.StatusInternalServerError)
			if p.Code != convoke.CodeInternal || strings.Contains(answer.Body.String(), "fire") {
				t.Errorf("the answer is %s", answer.Body)
			}
			log := w.log.String()
			if strings.Count(log, "level=ERROR") != 1 || !strings.Contains(log, "fire") || !strings.Contains(log, "request_id=r-1") {
				t.Errorf("the log is %q", log)
			}
		})
	}
}

func TestWhoHasGoneIsNoFaultOfOurs(t *testing.T) {
	t.Parallel()
	w := newWorld(t, partner)
	r, err := w.request("PUT", Prefix+"/bindings/42", "")
	check(t, err)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	w.handler.ServeHTTP(httptest.NewRecorder(), r.WithContext(ctx))
	if w.log.Len() > 0 {
		t.Errorf("the log is %q", w.log)
	}
}

func TestRequestID(t *testing.T) {
	t.Parallel()
	w := newWorld(t, partner)
	for sent, kept := range map[string]bool{
		"01J-abc_DEF.9": true, "": false, "two words": false, "a\nb": false, "ü": false, strings.Repeat("x", 65): false,
	} {
		answer := w.call(t, "GET", Prefix+"/seats", http.Header{"X-Request-Id": {sent}}, "")
		got := answer.Header().Get("X-Request-Id")
		if (got == sent) != kept || got == "" {
			t.Errorf("X-Request-Id %q was answered with %q", sent, got)
		}
	}
}
