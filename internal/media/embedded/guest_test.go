// SPDX-License-Identifier: Apache-2.0

package embedded_test

import (
	"encoding/json"
	"maps"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gorilla/websocket"
	"github.com/livekit/protocol/livekit"
	"github.com/pion/webrtc/v4"
	"google.golang.org/protobuf/proto"
)

// signalProtocol is the LiveKit protocol version that the guests speak: recent
// enough for the server to open the connection for receiving by itself.
const signalProtocol = "12"

// guest is a participant without a browser: a signal connection, and peer
// connections that carry as much as the server needs to call it connected.
type guest struct {
	t      *testing.T
	conn   *websocket.Conn
	join   *livekit.JoinResponse
	offers chan string           // the descriptions that the server offered
	muted  chan string           // the ids of tracks that the server muted
	gone   chan struct{}         // closed when the signal connection ends
	leave  *livekit.LeaveRequest // what the server said before gone, if anything

	write sync.Mutex
	down  *webrtc.PeerConnection // what the server sends; the server offers
	up    *webrtc.PeerConnection // what the guest publishes; the guest offers
}

// dial opens a signal connection, and returns the HTTP answer where it is refused.
func dial(base, token string, extra url.Values) (*websocket.Conn, *http.Response, error) {
	query := url.Values{"access_token": {token}, "protocol": {signalProtocol}, "sdk": {"go"}, "auto_subscribe": {"1"}}
	maps.Copy(query, extra)
	return websocket.DefaultDialer.Dial("ws"+strings.TrimPrefix(base, "http")+"/rtc?"+query.Encode(), nil)
}

// enter joins a room through the proxy at base, and reads the join response.
func enter(t *testing.T, base, token string) *guest {
	t.Helper()
	conn, res, err := dial(base, token, nil)
	if err != nil {
		t.Fatalf("the signal connection was refused: %v, %v", err, res)
	}
	g := &guest{
		t: t, conn: conn,
		offers: make(chan string, 16), muted: make(chan string, 16), gone: make(chan struct{}),
	}
	t.Cleanup(func() { conn.Close() })
	first, err := g.read()
	if err != nil {
		t.Fatalf("no join response: %v", err)
	}
	if g.join = first.GetJoin(); g.join == nil {
		t.Fatalf("the first message is %T, not a join response", first.GetMessage())
	}
	g.down, g.up = g.peer(livekit.SignalTarget_SUBSCRIBER), g.peer(livekit.SignalTarget_PUBLISHER)
	go g.listen()
	return g
}

// peer makes a peer connection that also works on a machine without a network.
func (g *guest) peer(target livekit.SignalTarget) *webrtc.PeerConnection {
	var engine webrtc.SettingEngine
	engine.SetIncludeLoopbackCandidate(true)
	pc, err := webrtc.NewAPI(webrtc.WithSettingEngine(engine)).NewPeerConnection(webrtc.Configuration{})
	if err != nil {
		g.t.Fatal(err)
	}
	g.t.Cleanup(func() { pc.Close() })
	pc.OnICECandidate(func(c *webrtc.ICECandidate) {
		if c == nil {
			return
		}
		text, _ := json.Marshal(c.ToJSON())
		g.send(&livekit.SignalRequest{Message: &livekit.SignalRequest_Trickle{
			Trickle: &livekit.TrickleRequest{CandidateInit: string(text), Target: target},
		}})
	})
	return pc
}

func (g *guest) read() (*livekit.SignalResponse, error) {
	_, body, err := g.conn.ReadMessage()
	if err != nil {
		return nil, err
	}
	msg := &livekit.SignalResponse{}
	return msg, proto.Unmarshal(body, msg)
}

// send gives up silently when the connection is gone; listen sees that too.
func (g *guest) send(msg *livekit.SignalRequest) {
	body, err := proto.Marshal(msg)
	if err != nil {
		g.t.Error(err)
		return
	}
	g.write.Lock()
	defer g.write.Unlock()
	_ = g.conn.WriteMessage(websocket.BinaryMessage, body)
}

func (g *guest) listen() {
	defer close(g.gone)
	for {
		msg, err := g.read()
		if err != nil {
			return
		}
		// The end of the test closes the peer connections under a message.
		if err := g.handle(msg); err != nil && g.t.Context().Err() == nil {
			g.t.Errorf("handle %T: %v", msg.GetMessage(), err)
			return
		}
	}
}

func (g *guest) handle(msg *livekit.SignalResponse) error {
	switch m := msg.GetMessage().(type) {
	case *livekit.SignalResponse_Offer:
		g.offers <- m.Offer.GetSdp()
		return g.answer(m.Offer)
	case *livekit.SignalResponse_Answer:
		return g.up.SetRemoteDescription(webrtc.SessionDescription{Type: webrtc.SDPTypeAnswer, SDP: m.Answer.GetSdp()})
	case *livekit.SignalResponse_Trickle:
		var candidate webrtc.ICECandidateInit
		if err := json.Unmarshal([]byte(m.Trickle.GetCandidateInit()), &candidate); err != nil {
			return err
		}
		pc := g.down
		if m.Trickle.GetTarget() == livekit.SignalTarget_PUBLISHER {
			pc = g.up
		}
		return pc.AddICECandidate(candidate)
	case *livekit.SignalResponse_Mute:
		g.muted <- m.Mute.GetSid()
	case *livekit.SignalResponse_Leave:
		g.leave = m.Leave
	}
	return nil
}

func (g *guest) answer(offer *livekit.SessionDescription) error {
	if err := g.down.SetRemoteDescription(webrtc.SessionDescription{Type: webrtc.SDPTypeOffer, SDP: offer.GetSdp()}); err != nil {
		return err
	}
	answer, err := g.down.CreateAnswer(nil)
	if err != nil {
		return err
	}
	if err := g.down.SetLocalDescription(answer); err != nil {
		return err
	}
	g.send(&livekit.SignalRequest{Message: &livekit.SignalRequest_Answer{
		Answer: &livekit.SessionDescription{Type: "answer", Sdp: answer.SDP, Id: offer.GetId()},
	}})
	return nil
}

// speak publishes a microphone and sends silence until the test ends.
func (g *guest) speak() error {
	track, err := webrtc.NewTrackLocalStaticRTP(webrtc.RTPCodecCapability{MimeType: webrtc.MimeTypeOpus}, "voice", "guest")
	if err != nil {
		return err
	}
	if _, err := g.up.AddTrack(track); err != nil {
		return err
	}
	g.send(&livekit.SignalRequest{Message: &livekit.SignalRequest_AddTrack{
		AddTrack: &livekit.AddTrackRequest{Cid: "voice", Type: livekit.TrackType_AUDIO, Source: livekit.TrackSource_MICROPHONE},
	}})
	offer, err := g.up.CreateOffer(nil)
	if err != nil {
		return err
	}
	if err := g.up.SetLocalDescription(offer); err != nil {
		return err
	}
	g.send(&livekit.SignalRequest{Message: &livekit.SignalRequest_Offer{
		Offer: &livekit.SessionDescription{Type: "offer", Sdp: offer.SDP, Id: 1},
	}})
	go g.sendSilence(track)
	return nil
}

func (g *guest) sendSilence(track *webrtc.TrackLocalStaticRTP) {
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for n := uint32(0); ; n++ {
		select {
		case <-g.gone:
			return
		case <-tick.C:
		}
		packet := []byte{0x80, 111, byte(n >> 8), byte(n), 0, 0, byte(n * 960 >> 8), byte(n * 960), 0, 0, 0, 1, 0xf8, 0xff, 0xfe}
		if _, err := track.Write(packet); err != nil {
			return
		}
	}
}

// within waits for a value, and fails the test when none comes.
func within[T any](t *testing.T, what string, c <-chan T) T {
	t.Helper()
	select {
	case v := <-c:
		return v
	case <-time.After(10 * time.Second):
		t.Fatalf("no %s within ten seconds", what)
		panic("unreachable")
	}
}
