// SPDX-License-Identifier: Apache-2.0

package store

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/convoke/convoke/internal/convoke"
)

var entriesQuery = "SELECT u.seq, " + userColumns("u") + `, b.external_id FROM users u
	LEFT JOIN bindings b ON b.user_seq = u.seq AND b.source = $5
	WHERE u.account_id = $1 AND u.status = $2 AND u.seq > $3 ORDER BY u.seq LIMIT $4`

// placed is an entry and where it stands.
type placed struct {
	place int64
	entry convoke.Entry
}

func scanPlaced(r *row) placed {
	return placed{r.number(), convoke.Entry{User: scanUser(r), ExternalID: string(r.blob())}}
}

// Entries returns the next users of the account after the given one, whatever
// their status, in the order in which they were made and with their keys of
// SourceSCIM. It goes on after a removed user as Users does. It reads the next of
// each status by the index of their lists, and keeps the first of those: an index
// over all statuses would cost each new user a page.
func (db *DB) Entries(ctx context.Context, account convoke.AccountID, after convoke.UserID, limit int) ([]convoke.Entry, error) {
	place, err := db.userPlace(ctx, after)
	if err != nil {
		return nil, err
	}
	var all []placed
	for _, status := range []convoke.Status{convoke.StatusActive, convoke.StatusInactive, convoke.StatusPending} {
		next, err := list(ctx, db.engine, scanPlaced, entriesQuery, string(account), string(status), place, limit, string(convoke.SourceSCIM))
		if err != nil {
			return nil, err
		}
		all = append(all, next...)
	}
	slices.SortFunc(all, func(x, y placed) int { return cmp.Compare(x.place, y.place) })
	all = slices.CompactFunc(all, func(x, y placed) bool { return x.place == y.place }) // one whose status changed between the reads
	entries := make([]convoke.Entry, 0, min(limit, len(all)))
	for _, p := range all[:min(limit, len(all))] {
		entries = append(entries, p.entry)
	}
	return entries, nil
}

// ListPlace returns the last place at or before the position that a reader of the
// list has come by: its position, and the user just before it. Where none is kept
// it is the beginning, position 1.
func (db *DB) ListPlace(ctx context.Context, account convoke.AccountID, list string, position int64) (int64, convoke.UserID, error) {
	type place struct {
		position int64
		after    convoke.UserID
	}
	p, found, err := first(ctx, db.engine, func(r *row) place { return place{r.number(), convoke.UserID(r.text())} },
		`SELECT position, after_id FROM list_places WHERE account_id = $1 AND list = $2 AND position <= $3
		ORDER BY position DESC LIMIT 1`, string(account), list, position)
	if err != nil || !found {
		return 1, "", err
	}
	return p.position, p.after, nil
}

// KeepListPlace remembers until the given time that the list's entry at the
// position comes after the user.
func (db *DB) KeepListPlace(
	ctx context.Context, account convoke.AccountID, list string, position int64, after convoke.UserID, until time.Time,
) error {
	_, err := db.exec(ctx, `INSERT INTO list_places (account_id, list, position, after_id, expires_at) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (account_id, list, position) DO UPDATE SET after_id = excluded.after_id, expires_at = excluded.expires_at`,
		string(account), list, position, string(after), millis(until))
	return err
}
