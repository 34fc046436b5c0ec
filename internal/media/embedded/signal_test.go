// SPDX-License-Identifier: Apache-2.0

package embedded_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/livekit/protocol/auth"

	"github.com/convoke/convoke/internal/convoke"
	"github.com/convoke/convoke/internal/media"
)

// signed makes a token that Client.Token would not.
func signed(t *testing.T, key, secret string, ttl time.Duration, grant *auth.VideoGrant) string {
	t.Helper()
	token, err := auth.NewAccessToken(key, secret).SetIdentity("ada-1").SetVideoGrant(grant).SetValidFor(ttl).ToJWT()
	if err != nil {
		t.Fatal(err)
	}
	return token
}

func TestSignalRefusals(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	join := &auth.VideoGrant{RoomJoin: true, Room: "run-1"}
	good := h.token(t, "run-1", "ada-1")
	short := h.token(t, "run-1", "ada-2")
	h.refuse("ada-2")
	cases := []struct {
		name, token string
		extra       url.Values
		status      int
		code        convoke.Code
	}{
		{"no token", "", nil, 401, convoke.CodeTokenMissing},
		{"no token at all", "rubbish", nil, 401, convoke.CodeTokenInvalid},
		{"forged", signed(t, key, strings.Repeat("x", 32), time.Minute, join), nil, 401, convoke.CodeTokenInvalid},
		{"altered", good[:strings.LastIndex(good, ".")] + "." + strings.Repeat("A", 43), nil, 401, convoke.CodeTokenInvalid},
		{"another key", signed(t, "other", secret, time.Minute, join), nil, 401, convoke.CodeTokenInvalid},
		{"of the server API", signed(t, key, secret, time.Minute, &auth.VideoGrant{RoomAdmin: true, Room: "run-1"}), nil, 401, convoke.CodeTokenInvalid},
		{"no room", signed(t, key, secret, time.Minute, &auth.VideoGrant{RoomJoin: true}), nil, 401, convoke.CodeTokenInvalid},
		{"refused", short, nil, 403, convoke.CodeRemoved},
		{"second presence", good, url.Values{"publish": {"camera"}}, 403, convoke.CodeInvalidField},
	}
	for _, c := range cases {
		_, res, err := dial(h.front.URL, c.token, c.extra)
		if err == nil || res == nil {
			t.Errorf("%s: not refused (%v)", c.name, err)
			continue
		}
		var body struct{ Code convoke.Code }
		if err := json.NewDecoder(res.Body).Decode(&body); err != nil {
			t.Errorf("%s: %v", c.name, err)
		}
		if res.StatusCode != c.status || body.Code != c.code || res.Header.Get("Content-Type") != "application/problem+json" {
			t.Errorf("%s: %d %q %s", c.name, res.StatusCode, body.Code, res.Header.Get("Content-Type"))
		}
	}
}

// The server itself would let an expired token in for another minute.
func TestSignalExpired(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	p := convoke.Participant{ID: "ada-1", Room: "run-1", Role: convoke.RoleHost}
	token, err := h.client.Token(p, time.Nanosecond)
	if err != nil {
		t.Fatal(err)
	}
	_, res, err := dial(h.front.URL, token, nil)
	if err == nil || res == nil || res.StatusCode != http.StatusUnauthorized {
		t.Fatalf("%v, %v", res, err)
	}
}

func TestSignalPaths(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	good := "?access_token=" + h.token(t, "run-1", "ada-1")
	for path, want := range map[string]int{
		"/rtc/validate":                         200,
		"/rtc/v1/validate":                      400, // LiveKit's: the join request is missing
		"/rtc":                                  404, // LiveKit's: not a WebSocket
		"/":                                     404,
		"/rtc/v2":                               404,
		"/rtc/../twirp/livekit.RoomService":     404,
		"/rtc/%2e%2e/whip/v1":                   404,
		"/twirp/livekit.RoomService/ListRooms":  404,
		"//twirp/livekit.RoomService/ListRooms": 404,
		"/rtc/validate/twirp/livekit.Room/ListRoom": 404,
		"/whip/v1": 404,
		"/agent":   404,
	} {
		res, err := http.Get(h.front.URL + path + good)
		if err != nil {
			t.Fatal(err)
		}
		body, _ := io.ReadAll(res.Body)
		res.Body.Close()
		if res.StatusCode != want {
			t.Errorf("%s: %d %s, want %d", path, res.StatusCode, body, want)
		}
	}
	res, err := http.Post(h.front.URL+"/rtc/validate"+good, "application/x-www-form-urlencoded", strings.NewReader("publish=x"))
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	if res.StatusCode != http.StatusMethodNotAllowed {
		t.Errorf("POST: %d", res.StatusCode)
	}
}

func TestSignalServerAway(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	closeServer(t, h.server)
	_, res, err := dial(h.front.URL, h.token(t, "run-1", "ada-1"), nil)
	if err == nil || res == nil || res.StatusCode != http.StatusServiceUnavailable {
		t.Fatalf("%v, %v", res, err)
	}
	if err := h.client.Ready(t.Context()); !convoke.HasCode(err, convoke.CodeMediaUnavailable) {
		t.Errorf("ready: %v", err)
	}
	if strings.Contains(h.log.String(), "eyJ") {
		t.Errorf("a token is in the log:\n%s", h.log)
	}
}

func TestReadyWantsOurKey(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	if err := h.client.Ready(t.Context()); err != nil {
		t.Fatal(err)
	}
	other, err := media.New(media.Config{URL: h.server.URL(), Key: key, Secret: strings.Repeat("x", 32)})
	if err != nil {
		t.Fatal(err)
	}
	err = other.Ready(t.Context())
	if !convoke.HasCode(err, convoke.CodeMediaUnavailable) {
		t.Fatalf("with another secret: %v", err)
	}
	if text := err.Error() + h.log.String(); strings.Contains(text, "eyJ") {
		t.Errorf("a token is in the error or the log: %s", text)
	}
}
