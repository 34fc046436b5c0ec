// SPDX-License-Identifier: Apache-2.0

package store

import (
	"context"
	"time"
)

// HoldLease takes the lease, or keeps it, until the given time, and reports
// whether the owner holds it: another one may, until its time is over.
func (db *DB) HoldLease(ctx context.Context, name, owner string, now, until time.Time) (held bool, err error) {
	affected, err := db.exec(ctx, `INSERT INTO leases (name, owner, expires_at) VALUES ($1, $2, $4)
		ON CONFLICT (name) DO UPDATE SET owner = excluded.owner, expires_at = excluded.expires_at
		WHERE leases.owner = excluded.owner OR leases.expires_at <= $3`, name, owner, millis(now), millis(until))
	return affected > 0, err
}

// DropLease lets go of the lease, so that nobody need wait for its end.
func (db *DB) DropLease(ctx context.Context, name, owner string) error {
	_, err := db.exec(ctx, "DELETE FROM leases WHERE name = $1 AND owner = $2", name, owner)
	return err
}
