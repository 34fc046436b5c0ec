// SPDX-License-Identifier: Apache-2.0

package media

import (
	"encoding/base64"
	"encoding/json"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/livekit/protocol/auth"

	"github.com/convoke/convoke/internal/convoke"
)

const (
	testKey    = "convoke-test"
	testSecret = "0123456789abcdef0123456789abcdef"
)

func testClient(t *testing.T, url string) *Client {
	t.Helper()
	c, err := New(Config{URL: url, Key: testKey, Secret: testSecret})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// claims reads a token without our own code.
func claims(t *testing.T, token string) map[string]any {
	t.Helper()
	part, err := base64.RawURLEncoding.DecodeString(strings.Split(token, ".")[1])
	if err != nil {
		t.Fatal(err)
	}
	var out map[string]any
	if err := json.Unmarshal(part, &out); err != nil {
		t.Fatal(err)
	}
	return out
}

// The whole of what a token may say is listed here: a grant that LiveKit adds
// to its default, or that somebody adds to ours, fails the test.
func TestTokenGrants(t *testing.T) {
	t.Parallel()
	c := testClient(t, "http://127.0.0.1:1")
	for _, role := range []convoke.Role{convoke.RoleHost, convoke.RoleCohost, convoke.RoleAttendee} {
		token, err := c.Token(convoke.Participant{ID: "p-1", Room: "run-1", Name: "Zoë 🎈", Role: role, UserID: "u-1"}, time.Hour)
		if err != nil {
			t.Fatal(err)
		}
		got := claims(t, token)
		lifetime := got["exp"].(float64) - got["nbf"].(float64)
		if lifetime != 3600 {
			t.Errorf("%s: it lives %v seconds", role, lifetime)
		}
		for _, moment := range []string{"exp", "nbf", "iat"} {
			delete(got, moment)
		}
		want := map[string]any{
			"iss": testKey, "sub": "p-1", "identity": "p-1", "name": "Zoë 🎈",
			"attributes": map[string]any{"role": string(role)},
			"video": map[string]any{
				"roomJoin": true, "room": "run-1",
				"canPublish": true, "canSubscribe": true, "canPublishData": true, "canUpdateOwnMetadata": false,
				"canPublishSources": []any{"camera", "microphone", "screen_share", "screen_share_audio"},
			},
		}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("%s:\ngot  %v\nwant %v", role, got, want)
		}
	}
}

func TestTokenRefusals(t *testing.T) {
	t.Parallel()
	c := testClient(t, "http://127.0.0.1:1")
	good := convoke.Participant{ID: "p-1", Room: "run-1", Role: convoke.RoleHost}
	for name, p := range map[string]convoke.Participant{
		"no id":   {Room: "run-1", Role: convoke.RoleHost},
		"no room": {ID: "p-1", Role: convoke.RoleHost},
		"no role": {ID: "p-1", Room: "run-1"},
	} {
		if _, err := c.Token(p, time.Hour); err == nil {
			t.Errorf("%s: it was made", name)
		}
	}
	for _, ttl := range []time.Duration{0, -time.Second} {
		if _, err := c.Token(good, ttl); err == nil {
			t.Errorf("for %s: it was made", ttl)
		}
	}
}

func TestCheck(t *testing.T) {
	t.Parallel()
	c := testClient(t, "http://127.0.0.1:1")
	token, err := c.Token(convoke.Participant{ID: "p-1", Room: "run-1", Role: convoke.RoleHost}, time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	got, err := c.check(token, time.Now())
	if err != nil || got.room != "run-1" || got.id != "p-1" || got.raw != token {
		t.Errorf("%+v, %v", got, err)
	}
	if _, err := c.check(token, time.Now().Add(time.Minute)); !convoke.HasCode(err, convoke.CodeTokenExpired) {
		t.Errorf("a minute later: %v", err)
	}
	// What LiveKit calls no algorithm, and a token whose holder is nobody.
	head := base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"none","typ":"JWT"}`))
	nobody, err := auth.NewAccessToken(testKey, testSecret).
		SetVideoGrant(&auth.VideoGrant{RoomJoin: true, Room: "run-1"}).ToJWT()
	if err != nil {
		t.Fatal(err)
	}
	for _, raw := range []string{head + "." + strings.Split(token, ".")[1] + ".", nobody, "a.b.c", "."} {
		if _, err := c.check(raw, time.Now()); !convoke.HasCode(err, convoke.CodeTokenInvalid) {
			t.Errorf("%s: %v", raw, err)
		}
	}
}
