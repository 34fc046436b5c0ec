// SPDX-License-Identifier: Apache-2.0

package store

import (
	"context"
	"time"

	"github.com/convoke/convoke/internal/convoke"
)

// Mapping returns the account's mapping and its revision, which grows with each
// change; 0: the account has set none. Whoever knows the present revision is
// spared the reading: then the mapping is empty.
func (db *DB) Mapping(ctx context.Context, account convoke.AccountID, known int64) (convoke.Mapping, int64, error) {
	m, _, err := first(ctx, db.engine, scanMapping,
		"SELECT revision, CASE WHEN revision = $2 THEN '{}' ELSE body END FROM sso_mappings WHERE account_id = $1", string(account), known)
	return m.Mapping, m.revision, err
}

type storedMapping struct {
	convoke.Mapping

	revision int64
}

func scanMapping(r *row) (m storedMapping) {
	m.revision = r.number()
	r.json(&m.Mapping)
	return m
}

// ChangeMapping gives change the account's mapping, nil when it has set none,
// and stores what that makes of it, with the events about that. Where the
// mapping keeps no assertions, those that are kept go. It returns
// CodeAccountNotFound or change's error. change may run more than once.
func (db *DB) ChangeMapping(
	ctx context.Context, account convoke.AccountID, change func(*convoke.Mapping) (convoke.Mapping, []convoke.Event, error),
) error {
	return db.engine.write(ctx, func(t tx) error {
		// the account's row is locked, for there may be none of the mapping yet
		if _, err := must(ctx, t, accountNotFound(account), (*row).text, "SELECT id FROM accounts WHERE id = $1"+db.dialect.forUpdate, string(account)); err != nil {
			return err
		}
		before, found, err := first(ctx, t, scanMapping, "SELECT revision, body FROM sso_mappings WHERE account_id = $1", string(account))
		if err != nil {
			return err
		}
		var present *convoke.Mapping
		if found {
			present = &before.Mapping
		}
		after, events, err := change(present)
		if err != nil {
			return err
		}
		steps := []step{{
			sql: `INSERT INTO sso_mappings (account_id, revision, body) VALUES ($1, 1, $2)
				ON CONFLICT (account_id) DO UPDATE SET revision = sso_mappings.revision + 1, body = excluded.body`,
			args: []any{string(account), toJSON(after)},
		}}
		if !after.KeepAssertions {
			steps = append(steps, step{sql: "DELETE FROM sso_assertions WHERE account_id = $1", args: []any{string(account)}})
		}
		return t.run(ctx, plan{steps: steps, events: events})
	})
}

// KeepAssertion keeps an assertion among the latest of its account.
func (db *DB) KeepAssertion(ctx context.Context, a convoke.KeptAssertion, latest int) error {
	return db.engine.write(ctx, func(t tx) error {
		return t.run(ctx, plan{steps: []step{{
			sql:  "INSERT INTO sso_assertions (id, account_id, at, body) VALUES ($1, $2, $3, $4)",
			args: []any{a.ID, string(a.AccountID), millis(a.At), toJSON(a)},
		}, {
			sql: `DELETE FROM sso_assertions WHERE account_id = $1 AND seq NOT IN
				(SELECT seq FROM sso_assertions WHERE account_id = $1 ORDER BY seq DESC LIMIT $2)`,
			args: []any{string(a.AccountID), latest},
		}}})
	})
}

func scanAssertion(r *row) (a convoke.KeptAssertion) {
	r.json(&a)
	return a
}

// Assertions returns the account's kept assertions that came after the time,
// the latest first.
func (db *DB) Assertions(ctx context.Context, account convoke.AccountID, after time.Time) ([]convoke.KeptAssertion, error) {
	return list(ctx, db.engine, scanAssertion,
		"SELECT body FROM sso_assertions WHERE account_id = $1 AND at > $2 ORDER BY seq DESC", string(account), millis(after))
}

// PurgeAssertions deletes what came before the time, of every account.
func (db *DB) PurgeAssertions(ctx context.Context, before time.Time) error {
	return db.engine.write(ctx, func(t tx) error {
		return t.run(ctx, plan{steps: []step{{sql: "DELETE FROM sso_assertions WHERE at < $1", args: []any{millis(before)}}}})
	})
}
