// SPDX-License-Identifier: Apache-2.0

package store

import (
	"context"

	"github.com/convoke/convoke/internal/convoke"
)

// An account's counters are spread over shards, so that changes made at the
// same time on PostgreSQL do not queue on one row. Of what has a limit each
// shard is granted a part and never gives out more, so the sum never exceeds the
// limit. What is given back goes to any shard; its count may then be negative.
//
// The account's mode is in the grants alone: what it does not limit is counted
// without one. A change of the mode deals the grants anew, under a lock that
// every count waits for, so no count is made by the former mode after it.

// closed is the grant of every shard while an account has nothing free to deal:
// whichever shard something comes back to, it is not given out before the sum of
// all shards was compared with the limit again.
const closed = int64(-1) << 40

// grants deals what used leaves free of limit evenly over the shards; the first
// gets the most. A nil grant is no limit.
func grants(used []int64, limit int64) []any {
	left, count := limit, int64(len(used))
	for _, n := range used {
		left -= n
	}
	dealt := make([]any, len(used))
	for i, n := range used {
		switch {
		case limit == convoke.NoSeatLimit: // nil
		case left <= 0:
			dealt[i] = closed
		default:
			share := left / count
			if int64(i) < left%count {
				share++
			}
			dealt[i] = n + share
		}
	}
	return dealt
}

// dealSeats locks the account's shards and returns the steps that deal anew what
// is free of the limits.
func (db *DB) dealSeats(ctx context.Context, t tx, account convoke.AccountID, limits convoke.SeatCounts) ([]step, error) {
	var licensed, leased, basic []int64
	_, err := list(ctx, t, func(r *row) struct{} {
		licensed, leased, basic = append(licensed, r.number()), append(leased, r.number()), append(basic, r.number())
		return struct{}{}
	}, "SELECT licensed_used, leased, basic_used"+ofShards+db.dialect.forUpdate, string(account))
	return grantSteps(account, grants(licensed, limits.Licensed), grants(leased, limits.Leased), grants(basic, limits.Basic)), err
}

const ofShards = " FROM counters WHERE account_id = $1 ORDER BY shard"

func grantSteps(account convoke.AccountID, licensed, leased, basic []any) []step {
	steps := make([]step, len(licensed))
	for i := range steps {
		steps[i] = step{
			sql: `UPDATE counters SET licensed_granted = $3, lease_granted = $4, basic_granted = $5
				WHERE account_id = $1 AND shard = $2`,
			args: []any{string(account), i, licensed[i], leased[i], basic[i]},
		}
	}
	return steps
}

// lockSeats makes all others who count in the account wait, and returns its seats.
func (db *DB) lockSeats(ctx context.Context, t tx, account convoke.AccountID) (convoke.Seats, error) {
	if db.dialect.forUpdate != "" {
		if err := t.query(ctx, nil, "SELECT 1"+ofShards+db.dialect.forUpdate, string(account)); err != nil {
			return convoke.Seats{}, err
		}
	}
	seats, _, err := tally(ctx, t, account)
	return seats, err
}

// openSeats makes room on the first shard after a random one had none, or
// returns why there is none (Seats.Take).
func (db *DB) openSeats(ctx context.Context, t tx, account convoke.AccountID, wanted convoke.SeatCounts) error {
	seats, _, err := tally(ctx, t, account)
	if err != nil {
		return err
	}
	if _, err := seats.Take(wanted); err != nil {
		return err // without a lock; whether a lock would find the same is of no interest
	}
	if seats, err = db.lockSeats(ctx, t, account); err != nil {
		return err
	}
	if _, err := seats.Take(wanted); err != nil {
		return err // somebody else took the last one before the lock
	}
	deal, err := db.dealSeats(ctx, t, account, seats.Limits)
	if err != nil {
		return err
	}
	return runSteps(ctx, t, deal)
}

const countQuery = `UPDATE counters SET active = active + $3, inactive = inactive + $4, pending = pending + $5,
	basic = basic + $6, join_only = join_only + $7,
	licensed_used = licensed_used + $8, leased = leased + $9, basic_used = basic_used + $10
	WHERE account_id = $1 AND shard = $2
	AND ($8 <= 0 OR licensed_granted IS NULL OR licensed_used + $8 <= licensed_granted)
	AND ($9 <= 0 OR lease_granted IS NULL OR leased + $9 <= lease_granted)
	AND ($10 <= 0 OR basic_granted IS NULL OR basic_used + $10 <= basic_granted)`

// count is what a change adds to the counters of an account.
type count struct {
	account convoke.AccountID
	census  convoke.Census
	seats   convoke.SeatCounts
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
func (n count) empty() bool {
	return n.seats == (convoke.SeatCounts{}) && n.census == (convoke.Census{})
}

// add makes n the sum of both.
func (n *count) add(other count) {
	n.census.Active += other.census.Active
	n.census.Inactive += other.census.Inactive
	n.census.Pending += other.census.Pending
	n.census.Basic += other.census.Basic
	n.census.JoinOnly += other.census.JoinOnly
	n.seats = n.seats.Plus(other.seats)
}

// step adds n to one shard. errShardFull: the shard was not granted as much.
func (n count) step(shard int) step {
	return step{
		sql: countQuery,
		args: []any{
			string(n.account), shard, n.census.Active, n.census.Inactive, n.census.Pending, n.census.Basic, n.census.JoinOnly,
			n.seats.Licensed, n.seats.Leased, n.seats.Basic,
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
		limits := convoke.Account{SeatMode: convoke.SeatMode(r.text()), LicensedSeats: r.number(), BasicUsers: r.number()}
		return sums{
			limits.Seats(convoke.SeatCounts{Licensed: r.number(), Leased: r.number(), Basic: r.number()}),
			convoke.Census{Active: r.number(), Inactive: r.number(), Pending: r.number(), Basic: r.number(), JoinOnly: r.number()},
		}
	}, `SELECT a.seat_mode, a.licensed_seats, a.basic_users, CAST(SUM(c.licensed_used) AS BIGINT),
		CAST(SUM(c.leased) AS BIGINT), CAST(SUM(c.basic_used) AS BIGINT),
		CAST(SUM(c.active) AS BIGINT), CAST(SUM(c.inactive) AS BIGINT), CAST(SUM(c.pending) AS BIGINT),
		CAST(SUM(c.basic) AS BIGINT), CAST(SUM(c.join_only) AS BIGINT)
		FROM accounts a JOIN counters c ON c.account_id = a.id WHERE a.id = $1
		GROUP BY a.id, a.seat_mode, a.licensed_seats, a.basic_users`, string(account))
	return s.Seats, s.Census, err
}
