// SPDX-License-Identifier: Apache-2.0

package store

import (
	"context"

	"github.com/convoke/convoke/internal/convoke"
)

// An account's counters are spread over shards, so that changes made at the
// same time on PostgreSQL do not queue on one row. Each shard is granted a part
// of the account's seats and never gives out more, so the sum never exceeds the
// limit. A seat given back goes to any shard; its used may then be negative.

// shard is one row of an account's seat counters.
type shard struct {
	number  int64
	used    int64
	granted any // int64, or nil for no limit
}

// closed is the grant of every shard while an account has no free seat to deal:
// whichever shard a seat comes back to, it is not given out before the sum of
// all shards was compared with the limit again.
const closed = int64(-1) << 40

// free is how many seats of limit the shards leave.
func free(shards []shard, limit int64) int64 {
	for _, s := range shards {
		limit -= s.used
	}
	return limit
}

// grant deals the free seats of limit evenly; the first shard gets the most.
func grant(shards []shard, limit int64) {
	count, left := int64(len(shards)), free(shards, limit)
	for i := range shards {
		switch {
		case limit == convoke.NoSeatLimit:
			shards[i].granted = nil
		case left <= 0:
			shards[i].granted = closed
		default:
			share := left / count
			if int64(i) < left%count {
				share++
			}
			shards[i].granted = shards[i].used + share
		}
	}
}

// dealSeats locks the account's shards and returns the steps that deal the free
// seats of limit anew.
func (db *DB) dealSeats(ctx context.Context, t tx, account convoke.AccountID, limit int64) ([]step, error) {
	shards, err := db.lockShards(ctx, t, account)
	if err != nil {
		return nil, err
	}
	grant(shards, limit)
	steps := make([]step, len(shards))
	for i, s := range shards {
		steps[i] = step{
			sql:  "UPDATE counters SET licensed_granted = $3 WHERE account_id = $1 AND shard = $2",
			args: []any{string(account), s.number, s.granted},
		}
	}
	return steps, nil
}

func (db *DB) lockShards(ctx context.Context, t tx, account convoke.AccountID) ([]shard, error) {
	return list(ctx, t, func(r *row) shard { return shard{number: r.number(), used: r.number()} },
		"SELECT shard, licensed_used FROM counters WHERE account_id = $1 ORDER BY shard"+db.dialect.forUpdate, string(account))
}

// seatsExhausted returns CodeSeatsExhausted when the account has fewer free
// seats than wanted. It looks at a limit that may be dealt unevenly.
func (db *DB) seatsExhausted(ctx context.Context, q querier, account convoke.AccountID, wanted int64) error {
	seats, _, err := tally(ctx, q, account)
	if err != nil {
		return err
	}
	if seats.Total != convoke.NoSeatLimit && seats.Used+wanted > seats.Total {
		return convoke.SeatsExhausted(seats.Total)
	}
	return nil
}

// openSeats makes room on the first shard after a random one had none, or
// returns CodeSeatsExhausted.
func (db *DB) openSeats(ctx context.Context, t tx, account convoke.AccountID, wanted int64) error {
	if err := db.seatsExhausted(ctx, t, account, wanted); err != nil {
		return err // without a lock; whether a lock would find the same is of no interest
	}
	limit, err := must(ctx, t, accountNotFound(account), (*row).number, "SELECT licensed_seats FROM accounts WHERE id = $1", string(account))
	if err != nil {
		return err
	}
	deal, err := db.dealSeats(ctx, t, account, limit)
	if err != nil {
		return err
	}
	if err := db.seatsExhausted(ctx, t, account, wanted); err != nil {
		return err // somebody else took the last one before the lock
	}
	return runSteps(ctx, t, deal)
}

const countQuery = `UPDATE counters SET active = active + $3, inactive = inactive + $4, pending = pending + $5,
	licensed_used = licensed_used + $6, basic = basic + $7, join_only = join_only + $8
	WHERE account_id = $1 AND shard = $2
	AND ($6 <= 0 OR licensed_granted IS NULL OR licensed_used + $6 <= licensed_granted)`

// count is what a change adds to the counters of an account.
type count struct {
	account convoke.AccountID
	census  convoke.Census
	seats   int64
}

// newCount returns nil for a change that leaves the counters as they are.
func newCount(account convoke.AccountID, c convoke.Change) *count {
	n := count{account, c.CensusDelta(), c.SeatDelta()}
	if n.empty() {
		return nil
	}
	return &n
}

// empty reports whether n leaves the counters as they are.
func (n count) empty() bool { return n.seats == 0 && n.census == (convoke.Census{}) }

// add makes n the sum of both.
func (n *count) add(other count) {
	n.census.Active += other.census.Active
	n.census.Inactive += other.census.Inactive
	n.census.Pending += other.census.Pending
	n.census.Basic += other.census.Basic
	n.census.JoinOnly += other.census.JoinOnly
	n.seats += other.seats
}

// step adds n to one shard. errShardFull: the shard has no seat for it.
func (n count) step(shard int) step {
	return step{
		sql: countQuery,
		args: []any{
			string(n.account), shard, n.census.Active, n.census.Inactive, n.census.Pending, n.seats, n.census.Basic, n.census.JoinOnly,
		},
		check: unlessNone(errShardFull),
	}
}

// Tally returns the seats and the users by status of an account, at the cost of
// reading its shards, or CodeAccountNotFound.
func (db *DB) Tally(ctx context.Context, account convoke.AccountID) (convoke.Seats, convoke.Census, error) {
	return tally(ctx, db.engine, account)
}

func tally(ctx context.Context, q querier, account convoke.AccountID) (convoke.Seats, convoke.Census, error) {
	type sums struct {
		convoke.Seats
		convoke.Census
	}
	s, err := must(ctx, q, accountNotFound(account), func(r *row) sums {
		return sums{
			convoke.Seats{Total: r.number(), Used: r.number()},
			convoke.Census{Active: r.number(), Inactive: r.number(), Pending: r.number(), Basic: r.number(), JoinOnly: r.number()},
		}
	}, `SELECT a.licensed_seats, CAST(SUM(c.licensed_used) AS BIGINT), CAST(SUM(c.active) AS BIGINT),
		CAST(SUM(c.inactive) AS BIGINT), CAST(SUM(c.pending) AS BIGINT),
		CAST(SUM(c.basic) AS BIGINT), CAST(SUM(c.join_only) AS BIGINT)
		FROM accounts a JOIN counters c ON c.account_id = a.id WHERE a.id = $1 GROUP BY a.id, a.licensed_seats`, string(account))
	return s.Seats, s.Census, err
}
