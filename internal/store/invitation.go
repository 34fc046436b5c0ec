// SPDX-License-Identifier: Apache-2.0

package store

import (
	"context"
	"time"

	"github.com/convoke/convoke/internal/convoke"
)

// Invitation returns the activation link, or CodeInvitationNotFound.
func (db *DB) Invitation(ctx context.Context, id convoke.InvitationID) (convoke.Invitation, error) {
	missing := convoke.NotFound(convoke.CodeInvitationNotFound, "This link is not known. Ask the person who invited you to send a new one.")
	return must(ctx, db.engine, missing, func(r *row) convoke.Invitation {
		return convoke.Invitation{
			ID: id, AccountID: convoke.AccountID(r.text()), UserID: convoke.UserID(r.text()), Email: r.text(),
			CreatedAt: r.time(), ExpiresAt: r.time(), UsedAt: r.time(), RevokedAt: r.time(),
		}
	}, "SELECT account_id, user_id, email, created_at, expires_at, used_at, revoked_at FROM invitations WHERE id = $1", string(id))
}

// acceptInvitation spends the link, unless somebody was quicker.
func acceptInvitation(i convoke.Invitation, at time.Time) step {
	used := convoke.Errorf(convoke.KindGone, convoke.CodeInvitationUsed,
		"This link has been used already. Sign in with your e-mail and password.")
	return step{
		sql:  "UPDATE invitations SET used_at = $2 WHERE id = $1 AND used_at = 0 AND revoked_at = 0",
		args: []any{string(i.ID), millis(at)}, check: unlessNone(used),
	}
}

// revokeInvitations kills the user's links that are still open.
func revokeInvitations(user convoke.UserID, at time.Time) step {
	return step{
		sql:  "UPDATE invitations SET revoked_at = $2 WHERE user_id = $1 AND used_at = 0 AND revoked_at = 0",
		args: []any{string(user), millis(at)},
	}
}

func insertInvitation(i convoke.Invitation) step {
	return step{
		sql: `INSERT INTO invitations (id, account_id, user_id, email, created_at, expires_at, used_at, revoked_at)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
		args: []any{
			string(i.ID), string(i.AccountID), string(i.UserID), i.Email,
			millis(i.CreatedAt), millis(i.ExpiresAt), millis(i.UsedAt), millis(i.RevokedAt),
		},
	}
}
