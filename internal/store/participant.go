// SPDX-License-Identifier: Apache-2.0

package store

import (
	"context"
	"time"

	"github.com/convoke/convoke/internal/convoke"
)

const participantColumns = "id, account_id, meeting_id, room, user_id, name, role, presence, joined_at, left_at"

const participantByID = "SELECT " + participantColumns + " FROM participants WHERE id = $1"

func scanParticipant(r *row) convoke.Participant {
	return convoke.Participant{
		ID: convoke.ParticipantID(r.text()), AccountID: convoke.AccountID(r.text()), MeetingID: convoke.MeetingID(r.number()),
		Room: r.text(), UserID: convoke.UserID(r.text()), Name: r.text(), Role: convoke.Role(r.text()),
		Presence: convoke.Presence(r.text()), JoinedAt: r.time(), LeftAt: r.time(),
	}
}

// Participant returns the participant, or CodePersonNotInRoom.
func (db *DB) Participant(ctx context.Context, id convoke.ParticipantID) (convoke.Participant, error) {
	missing := convoke.NotFound(convoke.CodePersonNotInRoom, "This person is not in the meeting.")
	return must(ctx, db.engine, missing, scanParticipant, participantByID, string(id))
}

// Participants returns who is in the room with the presence, in the order in
// which they asked to come in.
func (db *DB) Participants(ctx context.Context, room string, presence convoke.Presence) ([]convoke.Participant, error) {
	return list(ctx, db.engine, scanParticipant, "SELECT "+participantColumns+` FROM participants
		WHERE room = $1 AND presence = $2 ORDER BY joined_at, id`, room, string(presence))
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
		sql: `INSERT INTO participants (` + participantColumns + `) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
			ON CONFLICT (id) DO UPDATE SET room = excluded.room, user_id = excluded.user_id, name = excluded.name,
			role = excluded.role, presence = excluded.presence, joined_at = excluded.joined_at, left_at = excluded.left_at`,
		args: []any{
			string(p.ID), string(p.AccountID), int64(p.MeetingID), p.Room, orNull(p.UserID), p.Name, string(p.Role),
			string(p.Presence), millis(p.JoinedAt), millis(p.LeftAt),
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
