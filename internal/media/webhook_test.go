// SPDX-License-Identifier: Apache-2.0

package media

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/livekit/protocol/auth"

	"github.com/convoke/convoke/internal/convoke"
)

// post sends a body to the webhook, signed as LiveKit signs.
func post(t *testing.T, h http.Handler, secret, signedBody, body string) int {
	t.Helper()
	sum := sha256.Sum256([]byte(signedBody))
	token, err := auth.NewAccessToken(testKey, secret).SetSha256(base64.StdEncoding.EncodeToString(sum[:])).ToJWT()
	if err != nil {
		t.Fatal(err)
	}
	r := httptest.NewRequest(http.MethodPost, "/", strings.NewReader(body))
	r.Header.Set("Authorization", token)
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w.Code
}

func TestWebhookEvents(t *testing.T) {
	t.Parallel()
	at := time.Unix(1700000000, 0).UTC()
	room, person := `"room":{"name":"run-1"}`, `"participant":{"identity":"p-1"}`
	for _, c := range []struct {
		body string
		want *convoke.MediaEvent
	}{
		{`{"event":"participant_joined","createdAt":"1700000000",` + room + `,` + person + `}`,
			&convoke.MediaEvent{Name: convoke.MediaParticipantJoined, Room: "run-1", Participant: "p-1", At: at}},
		{`{"event":"participant_left","createdAt":"1700000000","unheardOf":1,` + room + `,` + person + `}`,
			&convoke.MediaEvent{Name: convoke.MediaParticipantLeft, Room: "run-1", Participant: "p-1", At: at}},
		{`{"event":"room_finished","createdAt":"1700000000",` + room + `}`,
			&convoke.MediaEvent{Name: convoke.MediaRoomFinished, Room: "run-1", At: at}},
		{`{"event":"room_started",` + room + `}`, nil},
		{`{"event":"participant_connection_aborted",` + room + `,` + person + `}`, nil},
		{`{"event":"participant_joined",` + room + `}`, nil},
		{`{"event":"room_finished"}`, nil},
		{`{}`, nil},
	} {
		var got *convoke.MediaEvent
		h := testClient(t, "http://127.0.0.1:1").Webhook(func(_ context.Context, e convoke.MediaEvent) error {
			got = &e
			return nil
		}, slog.New(slog.DiscardHandler))
		if code := post(t, h, testSecret, c.body, c.body); code != http.StatusNoContent {
			t.Errorf("%s: %d", c.body, code)
		}
		if (got == nil) != (c.want == nil) || (got != nil && *got != *c.want) {
			t.Errorf("%s:\ngot  %+v\nwant %+v", c.body, got, c.want)
		}
	}
}

// A cluster reports to every install that it serves.
func TestWebhookOfSharedServer(t *testing.T) {
	t.Parallel()
	c, err := New(Config{URL: "http://127.0.0.1:1", Key: testKey, Secret: testSecret, RoomPrefix: "ours."})
	if err != nil {
		t.Fatal(err)
	}
	var ended []string
	h := c.Webhook(func(_ context.Context, e convoke.MediaEvent) error {
		ended = append(ended, e.Room)
		return nil
	}, slog.New(slog.DiscardHandler))
	for _, room := range []string{"theirs.run-1", "run-1", "ours.run-1"} {
		body := `{"event":"room_finished","room":{"name":"` + room + `"}}`
		if code := post(t, h, testSecret, body, body); code != http.StatusNoContent {
			t.Errorf("%s: %d", room, code)
		}
	}
	if len(ended) != 1 || ended[0] != "run-1" {
		t.Errorf("handed on: %q, want run-1 alone", ended)
	}
}

func TestWebhookRefusals(t *testing.T) {
	t.Parallel()
	body := `{"event":"room_finished","room":{"name":"run-1"}}`
	called := false
	h := testClient(t, "http://127.0.0.1:1").Webhook(func(context.Context, convoke.MediaEvent) error {
		called = true
		return errors.New("the database is away")
	}, slog.New(slog.DiscardHandler))
	long := body + strings.Repeat(" ", maxWebhook)
	for name, c := range map[string]struct {
		secret, signed, body string
		want                 int
	}{
		"other secret": {strings.Repeat("x", 32), body, body, http.StatusUnauthorized},
		"other body":   {testSecret, `{}`, body, http.StatusUnauthorized},
		"no JSON":      {testSecret, "hello", "hello", http.StatusUnauthorized},
		"too long":     {testSecret, long, long, http.StatusRequestEntityTooLarge},
	} {
		if code := post(t, h, c.secret, c.signed, c.body); code != c.want {
			t.Errorf("%s: %d", name, code)
		}
	}
	for _, method := range []string{http.MethodGet, http.MethodPost} {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequest(method, "/", strings.NewReader(body)))
		if w.Code != http.StatusMethodNotAllowed && w.Code != http.StatusUnauthorized {
			t.Errorf("unsigned %s: %d", method, w.Code)
		}
	}
	if called {
		t.Error("a refused webhook was handed on")
	}
	if code := post(t, h, testSecret, body, body); code != http.StatusInternalServerError || !called {
		t.Errorf("a failing handler: %d", code)
	}
}
