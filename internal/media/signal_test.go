// SPDX-License-Identifier: Apache-2.0

package media

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/convoke/convoke/internal/convoke"
)

// TestSignalForwards looks at what reaches the LiveKit server.
func TestSignalForwards(t *testing.T) {
	t.Parallel()
	var got *http.Request
	var gotBody string
	livekit := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		got, gotBody = r, string(body)
		_, _ = io.WriteString(w, "success")
	}))
	t.Cleanup(livekit.Close)
	c := testClient(t, livekit.URL+"/behind/")
	token, err := c.Token(convoke.Participant{ID: "p-1", Room: "run-1", Role: convoke.RoleHost}, time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	var asked []string
	h := c.SignalProxy(func(_ context.Context, room string, id convoke.ParticipantID) error {
		asked = append(asked, room+" "+string(id))
		return nil
	}, slog.New(slog.DiscardHandler))

	r := httptest.NewRequest(http.MethodGet, "/rtc/v1/validate?join_request=aGk%3D&access_token="+token, strings.NewReader("publish=x"))
	r.Header.Set("Cookie", "session=ours")
	r.Header.Set("Content-Type", "multipart/form-data; boundary=x")
	r.Header.Set("X-Forwarded-For", "198.51.100.7")
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	if w.Code != http.StatusOK || w.Body.String() != "success" {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	if want := "/behind/rtc/v1/validate?join_request=aGk%3D"; got.URL.String() != want {
		t.Errorf("asked for %s, want %s", got.URL, want)
	}
	if h := got.Header; h.Get("Authorization") != "Bearer "+token || h.Get("Cookie") != "" || h.Get("Content-Type") != "" || h.Get("X-Forwarded-For") != "192.0.2.1" {
		t.Errorf("headers %v", h)
	}
	if gotBody != "" {
		t.Errorf("body %q", gotBody)
	}
	if len(asked) != 1 || asked[0] != "run-1 p-1" {
		t.Errorf("asked %q", asked)
	}
}

// The header wins over the query, as it does in LiveKit: what is checked is what
// is forwarded.
func TestSignalOneToken(t *testing.T) {
	t.Parallel()
	c := testClient(t, "http://127.0.0.1:1")
	token, err := c.Token(convoke.Participant{ID: "p-1", Room: "run-1", Role: convoke.RoleHost}, time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	h := c.SignalProxy(func(context.Context, string, convoke.ParticipantID) error { return nil }, slog.New(slog.DiscardHandler))
	for header, want := range map[string]int{
		"":                 http.StatusServiceUnavailable, // allowed, and nobody is there
		"Bearer " + token:  http.StatusServiceUnavailable,
		"Bearer rubbish":   http.StatusUnauthorized,
		"Basic " + token:   http.StatusUnauthorized,
		"Bearer  " + token: http.StatusUnauthorized,
	} {
		r := httptest.NewRequest(http.MethodGet, "/rtc?access_token="+token, nil)
		if header != "" {
			r.Header.Set("Authorization", header)
		}
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		if w.Code != want {
			t.Errorf("%q: %d, want %d", header, w.Code, want)
		}
	}
}

// The reasons of allow, as livekit-client is told them.
func TestSignalStatus(t *testing.T) {
	t.Parallel()
	c := testClient(t, "http://127.0.0.1:1")
	token, err := c.Token(convoke.Participant{ID: "p-1", Room: "run-1", Role: convoke.RoleHost}, time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	for want, reason := range map[int]error{
		http.StatusForbidden:           convoke.Errorf(convoke.KindGone, convoke.CodeMeetingEnded, "The meeting has ended."),
		http.StatusUnauthorized:        convoke.Errorf(convoke.KindUnauthenticated, convoke.CodeTokenInvalid, "Join again."),
		http.StatusServiceUnavailable:  convoke.Errorf(convoke.KindUnavailable, convoke.CodeMediaUnavailable, "Try again."),
		http.StatusInternalServerError: errors.New("table participants has no column p-1"),
	} {
		h := c.SignalProxy(func(context.Context, string, convoke.ParticipantID) error { return reason }, slog.New(slog.DiscardHandler))
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/rtc/v1?access_token="+token, nil))
		if w.Code != want || strings.Contains(w.Body.String(), "column") {
			t.Errorf("%v: %d %s", reason, w.Code, w.Body)
		}
	}
}
