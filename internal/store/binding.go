// SPDX-License-Identifier: Apache-2.0

package store

import (
	"context"

	"github.com/convoke/convoke/internal/convoke"
)

const bindingColumns = "b.account_id, b.source, b.external_id, b.user_id, b.generation, b.created_at"

func scanBinding(r *row) convoke.Binding {
	return convoke.Binding{
		AccountID: convoke.AccountID(r.text()), Source: convoke.Source(r.text()), ExternalID: string(r.blob()),
		UserID: convoke.UserID(r.text()), Generation: int(r.number()), CreatedAt: r.time(),
	}
}

// Bindings returns the next bindings of the source after the given external id,
// in the order of the ids' bytes; an empty id begins.
func (db *DB) Bindings(ctx context.Context, account convoke.AccountID, source convoke.Source, after string, limit int) ([]convoke.Binding, error) {
	return list(ctx, db.engine, scanBinding, "SELECT "+bindingColumns+` FROM bindings b
		WHERE b.account_id = $1 AND b.source = $2 AND b.external_id > $3 ORDER BY b.external_id LIMIT $4`,
		string(account), string(source), []byte(after), limit)
}

// BindingsOf returns the bindings of one user, by source. The account is asked of
// the user: asked of the bindings, it would lead a planner through all of them.
func (db *DB) BindingsOf(ctx context.Context, account convoke.AccountID, user convoke.UserID) ([]convoke.Binding, error) {
	return list(ctx, db.engine, scanBinding, "SELECT "+bindingColumns+` FROM bindings b
		WHERE b.user_seq = (SELECT u.seq FROM users u WHERE u.id = $1 AND u.account_id = $2) ORDER BY b.source`, string(user), string(account))
}

// saveBinding inserts the first generation, and replaces the former one after.
// It is stale when the user is gone, or when somebody replaced the former one.
func saveBinding(b convoke.Binding) step {
	args := []any{string(b.AccountID), string(b.Source), []byte(b.ExternalID), string(b.UserID), b.Generation, millis(b.CreatedAt)}
	if b.Generation <= 1 {
		return step{args: args, sql: `INSERT INTO bindings
			(account_id, source, external_id, user_id, user_seq, generation, created_at)
			VALUES ($1, $2, $3, $4, (SELECT seq FROM users WHERE id = $4), $5, $6)`}
	}
	return step{args: args, check: unlessNone(errStale), sql: `UPDATE bindings SET user_id = users.id,
		user_seq = users.seq, generation = $5, created_at = $6 FROM users WHERE users.id = $4
		AND bindings.account_id = $1 AND source = $2 AND external_id = $3 AND generation + 1 = $5`}
}

func deleteBinding(b convoke.Binding) step {
	return step{
		sql: `DELETE FROM bindings WHERE account_id = $1 AND source = $2 AND external_id = $3
			AND user_id = $4 AND generation = $5`,
		args:  []any{string(b.AccountID), string(b.Source), []byte(b.ExternalID), string(b.UserID), b.Generation},
		check: unlessNone(errStale),
	}
}
