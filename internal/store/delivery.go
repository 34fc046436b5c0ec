// SPDX-License-Identifier: Apache-2.0

package store

import (
	"context"
	"time"

	"github.com/convoke/convoke/internal/convoke"
)

const deliveryColumns = "webhook_id, event_id, event, subject, state, attempts, since, next_at, status, error"

func scanDelivery(r *row) convoke.Delivery {
	return convoke.Delivery{
		Subscription: convoke.SubscriptionID(r.text()), EventID: r.number(), Event: convoke.EventName(r.text()), Subject: r.text(),
		State: convoke.DeliveryState(r.text()), Attempts: int(r.number()), Since: r.time(), NextAt: r.time(),
		Status: int(r.number()), Error: r.text(),
	}
}

// Deliveries returns what is kept for the subscription with event ids above
// after, in their order: of one state or, for "", of all.
func (db *DB) Deliveries(
	ctx context.Context, id convoke.SubscriptionID, state convoke.DeliveryState, after int64, limit int,
) ([]convoke.Delivery, error) {
	sql, args := "SELECT "+deliveryColumns+" FROM webhook_deliveries WHERE webhook_id = $1 AND event_id > $2", []any{string(id), after, limit}
	if state != "" {
		sql, args = sql+" AND state = $4", append(args, string(state))
	}
	return list(ctx, db.engine, scanDelivery, sql+" ORDER BY event_id LIMIT $3", args...)
}

// The size of an attempts' ring: one half for those that the receiver took, one
// for those that failed.
const attemptsKept = 1000

// Attempts returns the attempts on the subscription that are still known, the
// latest first: on one event or, for 0, on all.
func (db *DB) Attempts(ctx context.Context, id convoke.SubscriptionID, event int64, limit int) ([]convoke.Attempt, error) {
	sql, args := "SELECT number, event_id, event, at, duration, status, answer, error FROM webhook_attempts WHERE webhook_id = $1",
		[]any{string(id), limit}
	if event != 0 {
		sql, args = sql+" AND event_id = $3", append(args, event)
	}
	return list(ctx, db.engine, func(r *row) convoke.Attempt {
		return convoke.Attempt{
			Number: r.number(), EventID: r.number(), Event: convoke.EventName(r.text()), At: r.time(),
			Duration: time.Duration(r.number()) * time.Microsecond, Status: int(r.number()), Answer: r.text(), Error: r.text(),
		}
	}, sql+" ORDER BY at DESC, number DESC LIMIT $2", args...)
}

// Replay puts dead letters of the account's subscription back, to be tried for
// DeliveryLife once more: the one with the event's id or, for 0, up to limit,
// the oldest first. It returns how many, CodeWebhookNotFound, and
// CodeDeliveryNotFound for an event that is no dead letter.
func (db *DB) Replay(
	ctx context.Context, account convoke.AccountID, id convoke.SubscriptionID, event int64, now time.Time, limit int,
) (replayed int, err error) {
	err = db.engine.write(ctx, func(t tx) error {
		if _, err := must(ctx, t, subscriptionNotFound(), (*row).text,
			"SELECT id FROM webhooks WHERE id = $1 AND account_id = $2"+db.dialect.forUpdate, string(id), string(account)); err != nil {
			return err
		}
		which, args := "event_id = $4", []any{string(id), string(convoke.DeliveryDead), string(convoke.DeliveryWaiting), event, millis(now)}
		if event == 0 {
			which = "event_id IN (SELECT event_id FROM webhook_deliveries WHERE webhook_id = $1 AND state = $2 ORDER BY event_id LIMIT $4)"
			args[3] = limit
		}
		n, err := t.exec(ctx, `UPDATE webhook_deliveries SET state = $3, attempts = 0, since = $5
			WHERE webhook_id = $1 AND state = $2 AND `+which, args...)
		if err != nil {
			return err
		}
		if replayed = int(n); event != 0 && n == 0 {
			return convoke.NotFound(convoke.CodeDeliveryNotFound, "The event %d is not among the dead letters of this webhook.", event)
		}
		return runSteps(ctx, t, []step{
			{sql: "UPDATE webhooks SET replays = replays + 1 WHERE id = $1", args: []any{string(id)}}, lanesChanged,
		})
	})
	return replayed, err
}

// LastAttempts returns the numbers of the last attempts that the receiver took
// and that failed, 0 when there is none.
func (db *DB) LastAttempts(ctx context.Context, id convoke.SubscriptionID) (taken, failed int64, err error) {
	err = db.engine.query(ctx, func(r *row) {
		if number := r.number(); r.flag() {
			failed = number
		} else {
			taken = number
		}
	}, `SELECT MAX(number), slot >= $2 FROM webhook_attempts WHERE webhook_id = $1 GROUP BY slot >= $2`, string(id), attemptsKept)
	return taken, failed, err
}

// SaveProgress writes what the holder of the lease has done. It reports false,
// and writes nothing, when another one holds it now. What concerns a
// subscription that is gone is left out.
func (db *DB) SaveProgress(ctx context.Context, lease, owner string, p convoke.Progress) (held bool, err error) {
	err = db.engine.write(ctx, func(t tx) error {
		_, held, err = first(ctx, t, (*row).text, "SELECT owner FROM leases WHERE name = $1 AND owner = $2"+db.dialect.forShare, lease, owner)
		if err != nil || !held {
			return err
		}
		_, there, err := first(ctx, t, (*row).text, "SELECT id FROM webhooks WHERE id = $1"+db.dialect.forUpdate, string(p.Subscription))
		if err != nil || !there {
			return err
		}
		return t.run(ctx, plan{steps: progressSteps(p)})
	})
	return held, err
}

func progressSteps(p convoke.Progress) []step {
	id := string(p.Subscription)
	steps := make([]step, 0, 1+len(p.Kept)+len(p.Done)+len(p.Attempts))
	steps = append(steps, step{
		sql: "UPDATE webhooks SET position = $2 WHERE id = $1 AND position < $2", args: []any{id, p.Position},
	})
	for _, d := range p.Kept {
		steps = append(steps, step{
			sql: "INSERT INTO webhook_deliveries (" + deliveryColumns + `) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
				ON CONFLICT (webhook_id, event_id) DO UPDATE SET state = excluded.state, attempts = excluded.attempts, since = excluded.since,
				next_at = excluded.next_at, status = excluded.status, error = excluded.error`,
			args: []any{
				id, d.EventID, string(d.Event), d.Subject, string(d.State), d.Attempts, millis(d.Since), millis(d.NextAt), d.Status, d.Error,
			},
		})
	}
	for _, event := range p.Done {
		steps = append(steps, step{sql: "DELETE FROM webhook_deliveries WHERE webhook_id = $1 AND event_id = $2", args: []any{id, event}})
	}
	for _, a := range p.Attempts {
		steps = append(steps, attemptStep(id, a))
	}
	return steps
}

func attemptStep(id string, a convoke.Attempt) step {
	slot := a.Number % attemptsKept
	if !a.OK() {
		slot += attemptsKept
	}
	return step{
		sql: `INSERT INTO webhook_attempts (webhook_id, slot, number, event_id, event, at, duration, status, answer, error)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT (webhook_id, slot) DO UPDATE SET number = excluded.number,
			event_id = excluded.event_id, event = excluded.event, at = excluded.at, duration = excluded.duration,
			status = excluded.status, answer = excluded.answer, error = excluded.error`,
		args: []any{
			id, slot, a.Number, a.EventID, string(a.Event), millis(a.At), a.Duration.Microseconds(), a.Status, a.Answer, a.Error,
		},
	}
}
