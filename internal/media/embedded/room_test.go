// SPDX-License-Identifier: Apache-2.0

package embedded_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/livekit/protocol/livekit"

	"github.com/convoke/convoke/internal/convoke"
	"github.com/convoke/convoke/internal/media"
	"github.com/convoke/convoke/internal/media/embedded"
)

const (
	key    = "convoke-test"
	secret = "0123456789abcdef0123456789abcdef"
)

// house is a LiveKit server with our doors in front of it.
type house struct {
	server *embedded.Server
	client *media.Client
	front  *httptest.Server // the listener that browsers know
	events chan convoke.MediaEvent
	log    *logBuffer

	mu      sync.Mutex
	refused map[convoke.ParticipantID]error
	asked   func(convoke.ParticipantID) // called at each question, when set
}

func newHouse(t *testing.T) *house {
	t.Helper()
	h := &house{
		events:  make(chan convoke.MediaEvent, 64),
		refused: map[convoke.ParticipantID]error{},
		log:     &logBuffer{},
	}
	logger := slog.New(slog.NewTextHandler(h.log, nil))
	mux := http.NewServeMux()
	h.front = httptest.NewServer(mux)
	t.Cleanup(h.front.Close)
	var err error
	h.server, err = embedded.Start(t.Context(), embedded.Config{
		Key: key, Secret: secret, NodeIP: "127.0.0.1", AutoCreate: true,
		WebhookURL: h.front.URL + "/hook", Logger: logger,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { closeServer(t, h.server) })
	h.client = h.install(t, "ours.")
	mux.Handle("/hook", h.client.Webhook(func(_ context.Context, e convoke.MediaEvent) error {
		h.events <- e
		return nil
	}, logger))
	mux.Handle("/", h.client.SignalProxy(h.allow, logger))
	return h
}

// install is the client of one of those who share the server.
func (h *house) install(t *testing.T, prefix string) *media.Client {
	t.Helper()
	client, err := media.New(media.Config{URL: h.server.URL(), Key: key, Secret: secret, RoomPrefix: prefix})
	if err != nil {
		t.Fatal(err)
	}
	return client
}

func closeServer(t *testing.T, s *embedded.Server) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	if err := s.Close(ctx); err != nil {
		t.Errorf("close: %v", err)
	}
}

func (h *house) allow(_ context.Context, _ string, id convoke.ParticipantID) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.asked != nil {
		h.asked(id)
	}
	return h.refused[id]
}

func (h *house) refuse(id convoke.ParticipantID) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.refused[id] = convoke.Errorf(convoke.KindForbidden, convoke.CodeRemoved, "You were removed from this meeting.")
}

func (h *house) token(t *testing.T, room string, id convoke.ParticipantID) string {
	t.Helper()
	token, err := h.client.Token(convoke.Participant{ID: id, Room: room, Name: "Ada", Role: convoke.RoleAttendee}, time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	return token
}

// awaitEvent passes over the events before the one that is meant.
func (h *house) awaitEvent(t *testing.T, name convoke.MediaEventName, room string) convoke.MediaEvent {
	t.Helper()
	for {
		e := within(t, "event "+string(name), h.events)
		if e.Name == name && e.Room == room {
			return e
		}
	}
}

// logBuffer is a log that can be read while it is written.
type logBuffer struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (b *logBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.Write(p)
}

func (b *logBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.String()
}

func TestJoinAndRemove(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	const room, id = "run-1", convoke.ParticipantID("ada-1")
	token := h.token(t, room, id)

	began := time.Now()
	g := enter(t, h.front.URL, token)
	me := g.join.GetParticipant()
	if me.GetIdentity() != string(id) || me.GetName() != "Ada" || me.GetAttributes()[media.AttributeRole] != "attendee" {
		t.Errorf("joined as %v", me)
	}
	if p := me.GetPermission(); !p.GetCanPublish() || !p.GetCanSubscribe() || !p.GetCanPublishData() || p.GetCanUpdateMetadata() {
		t.Errorf("permissions %v", p)
	}
	joined := h.awaitEvent(t, convoke.MediaParticipantJoined, room)
	if joined.Participant != id || time.Since(joined.At).Abs() > time.Minute {
		t.Errorf("joined event %+v", joined)
	}
	t.Logf("from dialling to the event that media flows: %s", time.Since(began))

	h.refuse(id)
	if err := h.client.Remove(t.Context(), room, id); err != nil {
		t.Fatal(err)
	}
	within(t, "end of the signal connection", g.gone)
	if got := g.leave.GetReason(); got != livekit.DisconnectReason_PARTICIPANT_REMOVED {
		t.Errorf("the server left with reason %v", got)
	}
	if left := h.awaitEvent(t, convoke.MediaParticipantLeft, room); left.Participant != id {
		t.Errorf("left event %+v", left)
	}
	_, res, err := dial(h.front.URL, token, nil)
	if err == nil || res == nil || res.StatusCode != http.StatusForbidden {
		t.Fatalf("the removed participant's old token: %v, %v", res, err)
	}
	if text := h.log.String(); strings.Contains(text, "eyJ") || strings.Contains(text, "access_token") {
		t.Errorf("a token is in the log:\n%s", text)
	}
}

// A removal that finds nobody, because the join is still on its way, must hold.
func TestRemovalDuringJoin(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	const room, id = "run-1", convoke.ParticipantID("ada-1")
	questions := 0
	h.asked = func(convoke.ParticipantID) {
		if questions++; questions == 2 {
			h.refused[id] = convoke.Errorf(convoke.KindForbidden, convoke.CodeRemoved, "You were removed from this meeting.")
		}
	}
	_, res, err := dial(h.front.URL, h.token(t, room, id), nil)
	if err == nil || res == nil || res.StatusCode != http.StatusForbidden {
		t.Fatalf("the join went through: %v, %v", res, err)
	}
}

func TestMute(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	const room, id = "run-1", convoke.ParticipantID("ada-1")
	g := enter(t, h.front.URL, h.token(t, room, id))
	h.awaitEvent(t, convoke.MediaParticipantJoined, room)
	if err := h.client.Mute(t.Context(), room, id, convoke.SourceMicrophone); err != nil {
		t.Fatalf("mute without a track: %v", err)
	}
	if err := g.speak(); err != nil {
		t.Fatal(err)
	}
	// The track is there once its first packets are: ask until it is muted.
	deadline := time.After(10 * time.Second)
	for muted := false; !muted; {
		if err := h.client.Mute(t.Context(), room, id, convoke.SourceCamera); err != nil {
			t.Fatal(err)
		}
		if err := h.client.Mute(t.Context(), room, id, convoke.SourceMicrophone); err != nil {
			t.Fatal(err)
		}
		select {
		case <-g.muted:
			muted = true
		case <-time.After(50 * time.Millisecond):
		case <-deadline:
			t.Fatal("the microphone was not muted within ten seconds")
		}
	}
}

// A LiveKit cluster may serve several installs under one key: none touches the
// rooms of another, whatever their names.
func TestInstallsOfOneServerAreApart(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	others := h.install(t, "theirs.")
	door := httptest.NewServer(others.SignalProxy(h.allow, slog.New(slog.DiscardHandler)))
	defer door.Close()
	const room = "run-1"
	enter(t, h.front.URL, h.token(t, room, "ada-1"))
	h.awaitEvent(t, convoke.MediaParticipantJoined, room)

	if rooms, err := others.Rooms(t.Context()); err != nil || len(rooms) != 0 {
		t.Errorf("the others see %q, %v", rooms, err)
	}
	if err := errors.Join(others.Close(t.Context(), room), others.Remove(t.Context(), room, "ada-1")); err != nil {
		t.Fatal(err)
	}
	if _, res, err := dial(door.URL, h.token(t, room, "ada-1"), nil); err == nil || res == nil || res.StatusCode != http.StatusUnauthorized {
		t.Errorf("our token at their door: %v, %v", res, err)
	}
	if rooms, err := h.client.Rooms(t.Context()); err != nil || !slices.Equal(rooms, []string{room}) {
		t.Errorf("we see %q, %v", rooms, err)
	}
}

func TestCloseRoom(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	const room = "run-1"
	g := enter(t, h.front.URL, h.token(t, room, "ada-1"))
	h.awaitEvent(t, convoke.MediaParticipantJoined, room)
	if err := h.client.Close(t.Context(), room); err != nil {
		t.Fatal(err)
	}
	within(t, "end of the signal connection", g.gone)
	if got := g.leave.GetReason(); got != livekit.DisconnectReason_ROOM_DELETED {
		t.Errorf("the server left with reason %v", got)
	}
	if e := h.awaitEvent(t, convoke.MediaRoomFinished, room); e.Participant != "" {
		t.Errorf("finished event %+v", e)
	}
}

func TestCloseWithPeopleInside(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	g := enter(t, h.front.URL, h.token(t, "run-1", "ada-1"))
	h.awaitEvent(t, convoke.MediaParticipantJoined, "run-1")
	began := time.Now()
	closeServer(t, h.server)
	t.Logf("stopped after %s", time.Since(began))
	within(t, "end of the signal connection", g.gone)
}

func TestAbsentIsNoError(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	enter(t, h.front.URL, h.token(t, "there", "ada-1"))
	for _, room := range []string{"there", "nowhere"} {
		if err := h.client.Remove(t.Context(), room, "nobody"); err != nil {
			t.Errorf("remove nobody from %s: %v", room, err)
		}
		if err := h.client.Mute(t.Context(), room, "nobody", convoke.SourceCamera); err != nil {
			t.Errorf("mute nobody in %s: %v", room, err)
		}
	}
	if err := h.client.Close(t.Context(), "nowhere"); err != nil {
		t.Errorf("close nowhere: %v", err)
	}
}

// Browsers are offered the one address that was chosen, and asked to speak to no
// other company's server.
func TestOfferedAddresses(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	g := enter(t, h.front.URL, h.token(t, "run-1", "ada-1"))
	for _, server := range g.join.GetIceServers() {
		for _, u := range server.GetUrls() {
			if u != "stun:127.0.0.1:9" {
				t.Errorf("ICE server %q", u)
			}
		}
	}
	h.awaitEvent(t, convoke.MediaParticipantJoined, "run-1")
	if pair, err := g.down.SCTP().Transport().ICETransport().GetSelectedCandidatePair(); err != nil || pair == nil {
		t.Errorf("no candidate pair: %v, %v", pair, err)
	} else if got := pair.Remote; got.Address != "127.0.0.1" || got.Port != h.server.MediaAddr().Port() {
		t.Errorf("media goes to %s", got)
	}
	offer := within(t, "offer", g.offers)
	if strings.Contains(offer, "a=ice-lite") {
		t.Error("the offer is ICE lite, with which a join can stall for a second: decision 0009")
	}
	for line := range strings.Lines(offer) {
		if strings.HasPrefix(line, "a=candidate:") && !strings.Contains(line, " 127.0.0.1 ") {
			t.Errorf("offered %s", line)
		}
	}
}
