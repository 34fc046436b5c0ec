// SPDX-License-Identifier: Apache-2.0

package store

import (
	"context"
	"errors"

	"github.com/convoke/convoke/internal/convoke"
)

// Record appends the events to the log, in a transaction of their own.
func (db *DB) Record(ctx context.Context, events ...convoke.Event) error {
	return db.commit(ctx, events)
}

// commit writes the steps and the events in one transaction.
func (db *DB) commit(ctx context.Context, events []convoke.Event, steps ...step) error {
	return db.engine.write(ctx, func(t tx) error { return t.run(ctx, plan{steps: steps, events: events}) })
}

// EventsBefore returns the latest events of the account with ids below before,
// the latest first; 0 begins at the end of the log.
func (db *DB) EventsBefore(ctx context.Context, account convoke.AccountID, before int64, limit int) ([]convoke.Event, error) {
	return list(ctx, db.engine, eventScan(), "SELECT "+eventColumns+` FROM events
		WHERE account_id = $1 AND ($2 = 0 OR id < $2) ORDER BY id DESC LIMIT $3`, string(account), before, limit)
}

const sealColumns = "number, last_id, entries, hash, made_at"

func scanSeal(r *row) convoke.Seal {
	return convoke.Seal{Number: r.number(), LastID: r.number(), Entries: r.blob(), Hash: r.blob(), At: r.time()}
}

// Seals returns the next links of the audit log's chain after the given number.
func (db *DB) Seals(ctx context.Context, after int64, limit int) ([]convoke.Seal, error) {
	return list(ctx, db.engine, scanSeal, "SELECT "+sealColumns+" FROM seals WHERE number > $1 ORDER BY number LIMIT $2", after, limit)
}

// LastSeal returns the end of the chain; the zero Seal when there is none yet.
func (db *DB) LastSeal(ctx context.Context) (convoke.Seal, error) {
	seal, _, err := first(ctx, db.engine, scanSeal, "SELECT "+sealColumns+" FROM seals WHERE number = (SELECT MAX(number) FROM seals)")
	return seal, err
}

// AppendSeal adds a link, and reports false when another process has added one
// with the same number before.
func (db *DB) AppendSeal(ctx context.Context, s convoke.Seal) (bool, error) {
	_, err := db.exec(ctx, "INSERT INTO seals ("+sealColumns+") VALUES ($1, $2, $3, $4, $5)",
		s.Number, s.LastID, s.Entries, s.Hash, millis(s.At))
	if _, taken := errors.AsType[*again](orAgain(err)); taken {
		return false, nil
	}
	return err == nil, err
}
