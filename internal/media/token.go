// SPDX-License-Identifier: Apache-2.0

package media

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/livekit/protocol/auth"
	"github.com/livekit/protocol/livekit"

	"github.com/convoke/convoke/internal/convoke"
)

// AttributeRole is the participant attribute that carries a convoke.Role. The
// server sets it; a participant cannot change it.
const AttributeRole = "role"

// sources are what a participant may publish. LiveKit refuses a track that
// names another source or none, so nobody can publish what Mute cannot find.
var sources = []livekit.TrackSource{
	livekit.TrackSource_CAMERA,
	livekit.TrackSource_MICROPHONE,
	livekit.TrackSource_SCREEN_SHARE,
	livekit.TrackSource_SCREEN_SHARE_AUDIO,
}

// Token makes the token with which a participant joins p.Room, valid for ttl.
// Its holder is p.ID, may publish, subscribe and write, and can change nothing
// about who they are. It gives no rights over the room, whatever p.Role is:
// moderators act through Convoke. LiveKit renews the token of a connected
// client by itself, so ttl needs to cover the way into the room and a
// reconnection, not the meeting.
func (c *Client) Token(p convoke.Participant, ttl time.Duration) (string, error) {
	switch {
	case p.Room == "" || p.ID == "":
		return "", errors.New("media: a join token needs a room and a participant id")
	case !p.Role.Valid():
		return "", fmt.Errorf("media: a join token needs a role, not %q", p.Role)
	case ttl <= 0:
		return "", errors.New("media: a join token needs a time to live")
	}
	grant := &auth.VideoGrant{RoomJoin: true, Room: c.prefix + p.Room}
	grant.SetCanPublish(true)
	grant.SetCanPublishSources(sources)
	grant.SetCanPublishData(true)
	grant.SetCanSubscribe(true)
	grant.SetCanUpdateOwnMetadata(false)
	return auth.NewAccessToken(c.key, c.secret).
		SetIdentity(string(p.ID)).
		SetName(p.Name).
		SetAttributes(map[string]string{AttributeRole: string(p.Role)}).
		SetVideoGrant(grant).
		SetValidFor(ttl).
		ToJWT()
}

// pass is what a valid join token says.
type pass struct {
	raw  string
	room string
	id   convoke.ParticipantID
}

// check verifies a join token. LiveKit's own check, which follows, lets a token
// live a minute longer and takes one without an expiry; ours does neither.
func (c *Client) check(raw string, now time.Time) (pass, error) {
	if raw == "" {
		return pass{}, convoke.Errorf(convoke.KindUnauthenticated, convoke.CodeTokenMissing, "The media token is missing. Please join the meeting again.")
	}
	v, err := auth.ParseAPIToken(raw)
	if err != nil || v.APIKey() != c.key {
		return pass{}, invalidToken()
	}
	claims, grants, err := v.Verify(c.secret)
	if err != nil || claims.ExpiresAt == nil || grants.Video == nil {
		return pass{}, invalidToken()
	}
	if !now.Before(claims.ExpiresAt.Time) {
		return pass{}, convoke.Errorf(convoke.KindUnauthenticated, convoke.CodeTokenExpired, "The media token has expired. Please join the meeting again.")
	}
	room, ours := strings.CutPrefix(grants.Video.Room, c.prefix)
	if !grants.Video.RoomJoin || !ours || room == "" || grants.Identity == "" {
		return pass{}, invalidToken()
	}
	return pass{raw: raw, room: room, id: convoke.ParticipantID(grants.Identity)}, nil
}

// invalidToken says nothing about what is wrong: the text goes to whoever came.
func invalidToken() error {
	return convoke.Errorf(convoke.KindUnauthenticated, convoke.CodeTokenInvalid, "The media token is not valid. Please join the meeting again.")
}
