// SPDX-License-Identifier: Apache-2.0

package store

import (
	"context"

	"github.com/convoke/convoke/internal/convoke"
)

// Ticket returns the ticket with the hash, spent and expired ones too, or
// CodeTicketNotFound.
func (db *DB) Ticket(ctx context.Context, hash []byte) (convoke.Ticket, error) {
	missing := convoke.NotFound(convoke.CodeTicketNotFound, "This link is not known. Ask for a new one.")
	return must(ctx, db.engine, missing, func(r *row) convoke.Ticket {
		return convoke.Ticket{
			Hash: hash, AccountID: convoke.AccountID(r.text()), MeetingID: convoke.MeetingID(r.number()),
			Role: convoke.Role(r.text()), UserID: convoke.UserID(r.text()), Name: r.text(), ExpiresAt: r.time(), UsedAt: r.time(),
		}
	}, "SELECT account_id, meeting_id, role, user_id, name, expires_at, used_at FROM tickets WHERE hash = $1", hash)
}

func insertTicket(t convoke.Ticket) step {
	return step{
		sql: `INSERT INTO tickets (hash, account_id, meeting_id, role, user_id, name, expires_at, used_at)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
		args: []any{
			t.Hash, string(t.AccountID), int64(t.MeetingID), string(t.Role), string(t.UserID), t.Name,
			millis(t.ExpiresAt), millis(t.UsedAt),
		},
	}
}

// spendTicket marks the ticket as used at t.UsedAt, unless it is spent.
func spendTicket(t convoke.Ticket) step {
	used := convoke.Errorf(convoke.KindGone, convoke.CodeTicketUsed, "This link has been used already. Ask for a new one.")
	return step{
		sql:  "UPDATE tickets SET used_at = $2 WHERE hash = $1 AND used_at = 0",
		args: []any{t.Hash, millis(t.UsedAt)}, check: unlessNone(used),
	}
}
