// SPDX-License-Identifier: Apache-2.0

package store

import (
	"context"

	"github.com/convoke/convoke/internal/convoke"
)

var (
	assistantsQuery = "SELECT " + userColumns("u") + ` FROM assistants a JOIN users u ON u.id = a.assistant_id
		WHERE a.user_id = $1 ORDER BY a.assistant_id LIMIT $2`
	schedulersQuery = "SELECT " + userColumns("u") + ` FROM assistants a JOIN users u ON u.id = a.user_id
		WHERE a.assistant_id = $1 ORDER BY a.user_id LIMIT $2`
)

// Assistants returns who may schedule for the user, by id.
func (db *DB) Assistants(ctx context.Context, user convoke.UserID) ([]convoke.User, error) {
	return assistants(ctx, db.engine, user)
}

func assistants(ctx context.Context, q querier, user convoke.UserID) ([]convoke.User, error) {
	return list(ctx, q, scanUser, assistantsQuery, string(user), convoke.MaxAssistants)
}

// Schedulers returns at most limit of those for whom the user may schedule, by id.
func (db *DB) Schedulers(ctx context.Context, user convoke.UserID, limit int) ([]convoke.User, error) {
	return list(ctx, db.engine, scanUser, schedulersQuery, string(user), limit)
}

// delegationSteps follow the update of the user's row, which makes changes of one
// user's assistants wait for each other.
func delegationSteps(user convoke.UserID, d convoke.Delegation) []step {
	var steps []step
	if d.All {
		steps = append(steps, step{sql: "DELETE FROM assistants WHERE user_id = $1", args: []any{string(user)}})
	}
	for _, id := range d.Remove {
		steps = append(steps, step{sql: "DELETE FROM assistants WHERE user_id = $1 AND assistant_id = $2", args: []any{string(user), string(id)}})
	}
	for _, id := range d.Add {
		steps = append(steps, step{
			sql:  "INSERT INTO assistants (user_id, assistant_id) SELECT $1, u.id FROM users u WHERE u.id = $2",
			args: []any{string(user), string(id)}, check: unlessNone(convoke.UserNotFound(string(id))), // removed meanwhile
		})
	}
	return steps
}
