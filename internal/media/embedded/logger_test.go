// SPDX-License-Identifier: Apache-2.0

package embedded

import (
	"bytes"
	"errors"
	"log/slog"
	"strings"
	"testing"

	"github.com/livekit/protocol/livekit"
	"github.com/livekit/protocol/logger"
)

const jwt = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhIn0.c2lnbmF0dXJl"

// TestBridge does not run beside other tests: the target is the process's.
func TestBridge(t *testing.T) {
	var out bytes.Buffer
	before := target.Load()
	target.Store(slog.New(slog.NewTextHandler(&out, &slog.HandlerOptions{Level: slog.LevelDebug})))
	defer target.Store(before)

	var l logger.Logger = bridge{}
	l.Debugw("quiet")
	l.Infow("quiet")
	l.WithComponent("pion.ice").Warnw("quiet", nil)
	if out.Len() != 0 {
		t.Errorf("logged %s", out.String())
	}
	room := l.WithName("livekit").WithValues("room", livekit.RoomName("run-1"))
	room.Warnw("refused", errors.New("invalid token: "+jwt),
		"status", 401, "request", &livekit.JoinResponse{ServerVersion: "secret"}, "raw", jwt)
	text := out.String()
	for _, want := range []string{"level=WARN", "part=livekit", "room=run-1", "status=401", `error="invalid token: (token)"`, "(*livekit.JoinResponse)", "raw=(token)"} {
		if !strings.Contains(text, want) {
			t.Errorf("%s is missing in %s", want, text)
		}
	}
	if strings.Contains(text, "eyJ") || strings.Contains(text, "secret") {
		t.Errorf("too much in %s", text)
	}
}
