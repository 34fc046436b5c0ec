// SPDX-License-Identifier: Apache-2.0

package media

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/livekit/protocol/auth"
	"github.com/livekit/protocol/livekit"
	"github.com/twitchtv/twirp"

	"github.com/convoke/convoke/internal/convoke"
)

const (
	// callTimeout bounds one call of LiveKit's server API. The server itself
	// gives up on a room's node after about three seconds.
	callTimeout = 5 * time.Second
	// callTokenTTL is how long the token of one such call lives.
	callTokenTTL = time.Minute
	// signalAnswer bounds the wait for the answer to a join. LiveKit tries three
	// times, with three, six and nine seconds.
	signalAnswer = 20 * time.Second
)

// Config says where the LiveKit server is and how to prove who we are.
type Config struct {
	// URL is the server's base address as this process reaches it: http, https,
	// ws or wss, with an optional path.
	URL string
	// PublicURL is the base address that browsers connect to when an external
	// cluster is used directly. It is empty when they come through SignalProxy,
	// which is the only way to keep a removed person out for certain: a LiveKit
	// server that is reached directly accepts a token until it expires.
	PublicURL string
	// RoomPrefix begins the name of each of our rooms on the server. It is empty on
	// a server that nobody else uses; on a shared one it keeps installs apart: a
	// Client sees, and touches, the rooms with its prefix alone.
	RoomPrefix string
	// Key and Secret are LiveKit's API key and secret. Tokens are signed with them.
	Key, Secret string
	// HTTPClient makes the calls; its transport also carries the proxied signal
	// connections. Nil means a client of our own with short timeouts.
	HTTPClient *http.Client
}

// Client speaks to one LiveKit server or cluster. It is safe for concurrent use.
type Client struct {
	base   *url.URL
	public string
	prefix string
	key    string
	secret string
	rooms  livekit.RoomService
	wire   http.RoundTripper
}

// New makes a Client. It opens no connection; Ready does. The error says which
// field of the Config is wrong.
func New(cfg Config) (*Client, error) {
	base, err := baseURL(cfg.URL, "http")
	if err != nil {
		return nil, fmt.Errorf("media: LiveKit URL: %w", err)
	}
	public := ""
	if cfg.PublicURL != "" {
		u, err := baseURL(cfg.PublicURL, "ws")
		if err != nil {
			return nil, fmt.Errorf("media: public LiveKit URL: %w", err)
		}
		public = u.String()
	}
	if cfg.Key == "" || cfg.Secret == "" {
		return nil, errors.New("media: the LiveKit key and secret must both be set")
	}
	client := cfg.HTTPClient
	if client == nil {
		client = &http.Client{Transport: newTransport()}
	}
	wire := client.Transport
	if wire == nil {
		wire = http.DefaultTransport
	}
	return &Client{
		base:   base,
		public: public,
		prefix: cfg.RoomPrefix,
		key:    cfg.Key,
		secret: cfg.Secret,
		rooms:  livekit.NewRoomServiceProtobufClient(base.String(), client),
		wire:   wire,
	}, nil
}

// BrowserURL is the base address that livekit-client is given: the public
// address of an external cluster when one is configured, else ours, that is
// publicURL with its scheme turned into ws or wss.
func (c *Client) BrowserURL(publicURL string) (string, error) {
	if c.public != "" {
		return c.public, nil
	}
	u, err := baseURL(publicURL, "ws")
	if err != nil {
		return "", fmt.Errorf("media: public URL: %w", err)
	}
	return u.String(), nil
}

// Remove cuts a participant's connections and takes them out of the room
// (RoomService.RemoveParticipant). An absent participant or room is no error.
// The caller must have recorded the removal before, so that SignalProxy already
// refuses the way back. Errors: KindUnavailable, media_unavailable.
func (c *Client) Remove(ctx context.Context, room string, id convoke.ParticipantID) error {
	room = c.prefix + room
	return c.call(ctx, adminGrant(room), func(ctx context.Context) error {
		_, err := c.rooms.RemoveParticipant(ctx, &livekit.RoomParticipantIdentity{Room: room, Identity: string(id)})
		return err
	})
}

// Mute mutes every track of the given source that a participant publishes
// (RoomService.MutePublishedTrack). They may unmute themselves. Nothing to mute
// is no error. Errors: KindUnavailable, media_unavailable.
func (c *Client) Mute(ctx context.Context, room string, id convoke.ParticipantID, source convoke.TrackSource) error {
	room = c.prefix + room
	return c.call(ctx, adminGrant(room), func(ctx context.Context) error {
		p, err := c.rooms.GetParticipant(ctx, &livekit.RoomParticipantIdentity{Room: room, Identity: string(id)})
		if err != nil {
			return err
		}
		for _, track := range p.GetTracks() {
			if track.GetMuted() || !carries(track, source) {
				continue
			}
			req := &livekit.MuteRoomTrackRequest{Room: room, Identity: string(id), TrackSid: track.GetSid(), Muted: true}
			if _, err := c.rooms.MutePublishedTrack(ctx, req); err != nil {
				return err
			}
		}
		return nil
	})
}

// Close ends a room and disconnects everyone in it (RoomService.DeleteRoom). An
// absent room is no error. Errors: KindUnavailable, media_unavailable.
func (c *Client) Close(ctx context.Context, room string) error {
	return c.call(ctx, &auth.VideoGrant{RoomCreate: true}, func(ctx context.Context) error {
		_, err := c.rooms.DeleteRoom(ctx, &livekit.DeleteRoomRequest{Room: c.prefix + room})
		return err
	})
}

// Rooms lists the names of our rooms that exist now (RoomService.ListRooms).
func (c *Client) Rooms(ctx context.Context) ([]string, error) {
	var names []string
	err := c.call(ctx, &auth.VideoGrant{RoomList: true}, func(ctx context.Context) error {
		list, err := c.rooms.ListRooms(ctx, &livekit.ListRoomsRequest{})
		for _, room := range list.GetRooms() {
			if name, ours := strings.CutPrefix(room.GetName(), c.prefix); ours {
				names = append(names, name)
			}
		}
		return err
	})
	return names, err
}

// Ready reports whether the server answers and accepts our key. Errors:
// KindUnavailable, media_unavailable.
func (c *Client) Ready(ctx context.Context) error {
	return c.call(ctx, &auth.VideoGrant{RoomList: true}, func(ctx context.Context) error {
		// One name that no room has: the answer stays small however many rooms there are.
		_, err := c.rooms.ListRooms(ctx, &livekit.ListRoomsRequest{Names: []string{"-"}})
		return err
	})
}

// call runs one use of the server API under a token with just the given grant.
// What the server does not know is gone already, so not found is success.
func (c *Client) call(ctx context.Context, grant *auth.VideoGrant, do func(context.Context) error) error {
	token, err := auth.NewAccessToken(c.key, c.secret).SetVideoGrant(grant).SetValidFor(callTokenTTL).ToJWT()
	if err != nil {
		return unavailable(err)
	}
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	ctx, err = twirp.WithHTTPRequestHeaders(ctx, http.Header{"Authorization": {"Bearer " + token}})
	if err != nil {
		return unavailable(err)
	}
	err = do(ctx)
	if e, ok := errors.AsType[twirp.Error](err); ok && e.Code() == twirp.NotFound {
		return nil
	}
	if err != nil {
		return unavailable(err)
	}
	return nil
}

func adminGrant(room string) *auth.VideoGrant { return &auth.VideoGrant{RoomAdmin: true, Room: room} }

// carries reports whether a track belongs to a source as a moderator means it:
// the sound of a shared screen goes with the screen, and a track whose
// publisher named no source counts by its kind.
func carries(track *livekit.TrackInfo, source convoke.TrackSource) bool {
	screen := track.GetSource() == livekit.TrackSource_SCREEN_SHARE ||
		track.GetSource() == livekit.TrackSource_SCREEN_SHARE_AUDIO
	switch source {
	case convoke.SourceMicrophone:
		return !screen && track.GetType() == livekit.TrackType_AUDIO
	case convoke.SourceCamera:
		return !screen && track.GetType() == livekit.TrackType_VIDEO
	case convoke.SourceScreenShare:
		return screen
	}
	return false
}

// baseURL parses an address and gives it the scheme of one family: "http" or
// "ws", with the s that the address has.
func baseURL(raw, family string) (*url.URL, error) {
	u, err := url.Parse(raw)
	if err != nil {
		return nil, errors.New("it is not a URL")
	}
	if u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		return nil, errors.New("it must be a scheme and a host, with an optional port and path")
	}
	switch u.Scheme {
	case "http", "ws":
		u.Scheme = family
	case "https", "wss":
		u.Scheme = family + "s"
	default:
		return nil, errors.New("its scheme must be http, https, ws or wss")
	}
	u.Path = strings.TrimSuffix(u.Path, "/")
	return u, nil
}

// newTransport is http.DefaultTransport with tighter limits and without HTTP/2,
// over which a WebSocket cannot be opened.
func newTransport() *http.Transport {
	return &http.Transport{
		Proxy:                 http.ProxyFromEnvironment,
		DialContext:           (&net.Dialer{Timeout: 3 * time.Second}).DialContext,
		TLSHandshakeTimeout:   5 * time.Second,
		ResponseHeaderTimeout: signalAnswer,
		IdleConnTimeout:       time.Minute,
		MaxIdleConnsPerHost:   16,
	}
}
