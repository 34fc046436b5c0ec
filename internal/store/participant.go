// SPDX-License-Identifier: Apache-2.0

package store

import (
	"cmp"
	"context"
	"math"
	"time"

	"github.com/convoke/convoke/internal/convoke"
)

const participantFields = "id, account_id, meeting_id, room, user_id, name, role, presence, joined_at, left_at, connected_at, seen_at"

// participantColumns are those of p, joined with its user u.
const participantColumns = `p.id, p.account_id, p.meeting_id, p.room, p.user_id, p.name, p.role, p.presence,
	p.joined_at, p.left_at, p.connected_at, p.seen_at, u.status, u.host_tokens_from FROM participants p LEFT JOIN users u ON u.id = p.user_id`

const participantByID = "SELECT " + participantColumns + " WHERE p.id = $1"

func scanParticipant(r *row) convoke.Participant {
	return convoke.Participant{
		ID: convoke.ParticipantID(r.text()), AccountID: convoke.AccountID(r.text()), MeetingID: convoke.MeetingID(r.number()),
		Room: r.text(), UserID: convoke.UserID(r.text()), Name: r.text(), Role: convoke.Role(r.text()),
		Presence: convoke.Presence(r.text()), JoinedAt: r.time(), LeftAt: r.time(), ConnectedAt: r.time(), SeenAt: r.time(),
		UserStatus: convoke.Status(r.text()), UserTokensFrom: r.time(),
	}
}

// Participant returns the participant, or CodePersonNotInRoom.
func (db *DB) Participant(ctx context.Context, id convoke.ParticipantID) (convoke.Participant, error) {
	missing := convoke.NotFound(convoke.CodePersonNotInRoom, "This person is not in the meeting.")
	return must(ctx, db.engine, missing, scanParticipant, participantByID, string(id))
}

// Participants returns whom the filter chooses, in the order in which they asked
// to come in.
func (db *DB) Participants(ctx context.Context, f convoke.ParticipantFilter) ([]convoke.Participant, error) {
	column, value := "p.room", any(f.Room)
	switch {
	case f.UserID != "":
		column, value = "p.user_id", string(f.UserID)
	case f.MeetingID != 0:
		column, value = "p.meeting_id", int64(f.MeetingID)
	}
	return list(ctx, db.engine, scanParticipant, "SELECT "+participantColumns+" WHERE "+column+` = $1 AND p.presence = $2
		AND p.seen_at >= $3 ORDER BY p.joined_at, p.id LIMIT $4`, value, string(f.Presence), millis(f.SeenSince), cmp.Or(f.Limit, math.MaxInt32))
}

// RoomMeeting returns whose room it is: the meeting of its participants, or
// CodeMeetingNotFound when nobody ever came.
func (db *DB) RoomMeeting(ctx context.Context, room string) (convoke.MeetingLookup, error) {
	missing := convoke.NotFound(convoke.CodeMeetingNotFound, "No meeting has this room.")
	return must(ctx, db.engine, missing, func(r *row) convoke.MeetingLookup {
		return convoke.MeetingLookup{AccountID: convoke.AccountID(r.text()), ID: convoke.MeetingID(r.number())}
	}, "SELECT account_id, meeting_id FROM participants WHERE room = $1 LIMIT 1", room)
}

func saveParticipant(p convoke.Participant) step {
	return step{
		sql: `INSERT INTO participants (` + participantFields + `) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
			ON CONFLICT (id) DO UPDATE SET room = excluded.room, user_id = excluded.user_id, name = excluded.name,
			role = excluded.role, presence = excluded.presence, joined_at = excluded.joined_at, left_at = excluded.left_at,
			connected_at = excluded.connected_at, seen_at = excluded.seen_at`,
		args: []any{
			string(p.ID), string(p.AccountID), int64(p.MeetingID), p.Room, orNull(p.UserID), p.Name, string(p.Role),
			string(p.Presence), millis(p.JoinedAt), millis(p.LeftAt), millis(p.ConnectedAt), millis(p.SeenAt),
		},
	}
}

// endRoom lets everyone leave who still waits or is in the room.
func endRoom(room string, at time.Time) step {
	return step{
		sql:  "UPDATE participants SET presence = 'left', left_at = $2 WHERE room = $1 AND presence IN ('waiting', 'admitted')",
		args: []any{room, millis(at)},
	}
}

// roomEnd is when a change that ends a room took place.
func roomEnd(c convoke.MeetingChange) time.Time {
	switch {
	case c.After != nil && !c.After.EndedAt.IsZero():
		return c.After.EndedAt
	case len(c.Events) > 0:
		return c.Events[len(c.Events)-1].At
	}
	return time.Now()
}
