// SPDX-License-Identifier: Apache-2.0

package media

import (
	"context"
	"net"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/livekit/protocol/livekit"

	"github.com/convoke/convoke/internal/convoke"
)

func TestNewRefusals(t *testing.T) {
	t.Parallel()
	for name, cfg := range map[string]Config{
		"no URL":        {Key: "k", Secret: "s"},
		"no host":       {URL: "http://", Key: "k", Secret: "s"},
		"other scheme":  {URL: "ftp://media.example", Key: "k", Secret: "s"},
		"with password": {URL: "http://a:b@media.example", Key: "k", Secret: "s"},
		"with query":    {URL: "http://media.example?a=b", Key: "k", Secret: "s"},
		"public URL":    {URL: "http://media.example", PublicURL: "media.example", Key: "k", Secret: "s"},
		"no key":        {URL: "http://media.example", Secret: "s"},
		"no secret":     {URL: "http://media.example", Key: "k"},
	} {
		if _, err := New(cfg); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}

func TestBrowserURL(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ public, ours, want string }{
		{"", "http://localhost:8080", "ws://localhost:8080"},
		{"", "https://meet.example/", "wss://meet.example"},
		{"", "https://meet.example/sub/", "wss://meet.example/sub"},
		{"https://media.example", "https://meet.example", "wss://media.example"},
		{"ws://media.example:7880", "https://meet.example", "ws://media.example:7880"},
	} {
		client, err := New(Config{URL: "wss://livekit.internal", PublicURL: c.public, Key: "k", Secret: "s"})
		if err != nil {
			t.Fatal(err)
		}
		if got, err := client.BrowserURL(c.ours); err != nil || got != c.want {
			t.Errorf("%q, %q: %q, %v", c.public, c.ours, got, err)
		}
	}
	if _, err := testClient(t, "http://127.0.0.1:1").BrowserURL("localhost"); err == nil {
		t.Error("an address without a scheme was accepted")
	}
}

func TestCarries(t *testing.T) {
	t.Parallel()
	audio, video := livekit.TrackType_AUDIO, livekit.TrackType_VIDEO
	for _, c := range []struct {
		kind   livekit.TrackType
		source livekit.TrackSource
		want   convoke.TrackSource
	}{
		{audio, livekit.TrackSource_MICROPHONE, convoke.SourceMicrophone},
		{audio, livekit.TrackSource_UNKNOWN, convoke.SourceMicrophone},
		{audio, livekit.TrackSource_CAMERA, convoke.SourceMicrophone},
		{video, livekit.TrackSource_CAMERA, convoke.SourceCamera},
		{video, livekit.TrackSource_UNKNOWN, convoke.SourceCamera},
		{video, livekit.TrackSource_SCREEN_SHARE, convoke.SourceScreenShare},
		{audio, livekit.TrackSource_SCREEN_SHARE_AUDIO, convoke.SourceScreenShare},
	} {
		track := &livekit.TrackInfo{Type: c.kind, Source: c.source}
		for _, source := range []convoke.TrackSource{convoke.SourceMicrophone, convoke.SourceCamera, convoke.SourceScreenShare, "other"} {
			if got := carries(track, source); got != (source == c.want) {
				t.Errorf("%s from %s as %s: %v", c.kind, c.source, source, got)
			}
		}
	}
}

// A server that is away, that answers nonsense, and that does not answer.
func TestUnavailable(t *testing.T) {
	t.Parallel()
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	closed.Close()
	nonsense := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		http.Error(w, "no", http.StatusTeapot)
	}))
	t.Cleanup(nonsense.Close)
	release := make(chan struct{})
	silent := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-release }))
	t.Cleanup(silent.Close)
	t.Cleanup(func() { close(release) })

	for name, url := range map[string]string{"away": "http://" + closed.Addr().String(), "nonsense": nonsense.URL, "silent": silent.URL} {
		c := testClient(t, url)
		ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
		for call, err := range map[string]error{
			"ready":  c.Ready(ctx),
			"remove": c.Remove(ctx, "run-1", "p-1"),
			"mute":   c.Mute(ctx, "run-1", "p-1", convoke.SourceMicrophone),
			"close":  c.Close(ctx, "run-1"),
		} {
			e := convoke.AsError(err)
			if err == nil || e.Kind != convoke.KindUnavailable || e.Code != convoke.CodeMediaUnavailable || e.Err == nil {
				t.Errorf("%s, %s: %v", name, call, err)
			}
		}
		cancel()
	}
}
