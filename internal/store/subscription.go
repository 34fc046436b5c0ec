// SPDX-License-Identifier: Apache-2.0

package store

import (
	"context"
	"strings"
	"time"

	"github.com/convoke/convoke/internal/convoke"
)

const subscriptionColumns = `w.id, w.account_id, w.client_id, w.url, w.events, w.enabled, w.validated_at, w.checked_at,
	w.next_check_at, w.failing_since, w.failure, w.replays, w.created_at, w.updated_at`

func scanSubscription(r *row) convoke.Subscription {
	return convoke.Subscription{
		ID: convoke.SubscriptionID(r.text()), AccountID: convoke.AccountID(r.text()), ClientID: convoke.ClientID(r.text()),
		URL: r.text(), Events: eventNames(r.text()), Enabled: r.flag(), ValidatedAt: r.time(), CheckedAt: r.time(),
		NextCheckAt: r.time(), FailingSince: r.time(), Failure: r.text(), Replays: r.number(), CreatedAt: r.time(), UpdatedAt: r.time(),
	}
}

func eventNames(list string) []convoke.EventName {
	var names []convoke.EventName
	for name := range strings.FieldsSeq(list) {
		names = append(names, convoke.EventName(name))
	}
	return names
}

func joinNames(names []convoke.EventName) string {
	var list strings.Builder
	for i, name := range names {
		if i > 0 {
			list.WriteByte(' ')
		}
		list.WriteString(string(name))
	}
	return list.String()
}

func subscriptionNotFound() error {
	return convoke.NotFound(convoke.CodeWebhookNotFound, "There is no webhook subscription with this id.")
}

// Subscriptions returns the subscriptions of the app, or of all the account's
// apps for "", by age.
func (db *DB) Subscriptions(ctx context.Context, account convoke.AccountID, app convoke.ClientID) ([]convoke.Subscription, error) {
	sql, args := "SELECT "+subscriptionColumns+" FROM webhooks w WHERE w.account_id = $1", []any{string(account)}
	if app != "" {
		sql, args = sql+" AND w.client_id = $2", append(args, string(app))
	}
	return list(ctx, db.engine, scanSubscription, sql+" ORDER BY w.created_at, w.id", args...)
}

// Subscription returns the account's subscription, or CodeWebhookNotFound.
func (db *DB) Subscription(ctx context.Context, account convoke.AccountID, id convoke.SubscriptionID) (convoke.Subscription, error) {
	return must(ctx, db.engine, subscriptionNotFound(), scanSubscription,
		"SELECT "+subscriptionColumns+" FROM webhooks w WHERE w.id = $1 AND w.account_id = $2", string(id), string(account))
}

// DueSubscriptions returns enabled subscriptions of all accounts whose next
// challenge is due, the longest overdue first. Those of revoked apps are none.
func (db *DB) DueSubscriptions(ctx context.Context, now time.Time, limit int) ([]convoke.Subscription, error) {
	return list(ctx, db.engine, scanSubscription, "SELECT "+subscriptionColumns+` FROM webhooks w
		JOIN apps p ON p.client_id = w.client_id
		WHERE w.next_check_at <= $1 AND w.enabled AND p.revoked_at = 0 ORDER BY w.next_check_at LIMIT $2`, millis(now), limit)
}

// AddSubscription gives decide the number of subscriptions that the app has and
// writes its change, in one transaction, so that of many at once none is over
// the limit. It returns CodeAppNotFound, also for an app of another account.
func (db *DB) AddSubscription(
	ctx context.Context, account convoke.AccountID, app convoke.ClientID, decide func(others int) (convoke.SubscriptionChange, error),
) error {
	return db.engine.write(ctx, func(t tx) error {
		if _, err := must(ctx, t, appNotFound(app), (*row).text, "SELECT client_id FROM apps WHERE client_id = $1 AND account_id = $2"+
			db.dialect.forUpdate, string(app), string(account)); err != nil {
			return err
		}
		others, _, err := first(ctx, t, (*row).number,
			"SELECT COUNT(*) FROM webhooks WHERE account_id = $1 AND client_id = $2", string(account), string(app))
		if err != nil {
			return err
		}
		change, err := decide(int(others))
		if err != nil {
			return err
		}
		return db.writeSubscription(ctx, t, change)
	})
}

// ChangeSubscription gives decide the account's subscription and writes the
// change, in one transaction, or returns CodeWebhookNotFound or decide's error.
// decide may run more than once.
func (db *DB) ChangeSubscription(
	ctx context.Context, account convoke.AccountID, id convoke.SubscriptionID,
	decide func(convoke.Subscription) (convoke.SubscriptionChange, error),
) error {
	return db.engine.write(ctx, func(t tx) error {
		before, err := must(ctx, t, subscriptionNotFound(), scanSubscription, "SELECT "+subscriptionColumns+
			" FROM webhooks w WHERE w.id = $1 AND w.account_id = $2"+db.dialect.forUpdate, string(id), string(account))
		if err != nil {
			return err
		}
		change, err := decide(before)
		if err != nil {
			return err
		}
		return db.writeSubscription(ctx, t, change)
	})
}

func (db *DB) writeSubscription(ctx context.Context, t tx, c convoke.SubscriptionChange) error {
	if c.After == nil {
		return t.run(ctx, plan{steps: []step{{sql: "DELETE FROM webhooks WHERE id = $1", args: []any{string(c.Before.ID)}}, lanesChanged}, events: c.Events})
	}
	s := c.After
	sql := `UPDATE webhooks SET account_id = $2, client_id = $3, url = $4, events = $5, enabled = $6, validated_at = $7, checked_at = $8,
		next_check_at = $9, failing_since = $10, failure = $11, replays = $12, created_at = $13, updated_at = $14 WHERE id = $1`
	if c.Before == nil {
		sql = `INSERT INTO webhooks (id, account_id, client_id, url, events, enabled, validated_at, checked_at, next_check_at,
			failing_since, failure, replays, created_at, updated_at, position)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, 0)`
	}
	steps := []step{{sql: sql, args: []any{
		string(s.ID), string(s.AccountID), string(s.ClientID), s.URL, joinNames(s.Events), s.Enabled, millis(s.ValidatedAt),
		millis(s.CheckedAt), millis(s.NextCheckAt), millis(s.FailingSince), s.Failure, s.Replays, millis(s.CreatedAt), millis(s.UpdatedAt),
	}}}
	if c.FromNow() {
		steps = append(steps, step{
			sql:  "UPDATE webhooks SET position = (SELECT COALESCE(MAX(id), 0) FROM events) WHERE id = $1",
			args: []any{string(s.ID)},
		})
	}
	return t.run(ctx, plan{steps: append(steps, lanesChanged), events: c.Events})
}

// lanesChanged goes with every change of what Lanes returns. The row is locked
// until the commit, so the list of a revision is complete.
var lanesChanged = step{sql: "UPDATE revisions SET number = number + 1 WHERE name = 'lanes'"}

// Lanes returns what is delivered to, or will be when its receiver answers the
// challenge: the enabled subscriptions of all accounts whose apps live. The list
// has a revision, from 1; of the one that the caller knows already nothing else is
// returned.
func (db *DB) Lanes(ctx context.Context, known int64) (lanes []convoke.Lane, revision int64, err error) {
	revision, _, err = first(ctx, db.engine, (*row).number, "SELECT number FROM revisions WHERE name = 'lanes'")
	if err != nil || revision == known {
		return nil, revision, err
	}
	lanes, err = list(ctx, db.engine, func(r *row) convoke.Lane {
		return convoke.Lane{Subscription: scanSubscription(r), Secret: r.text(), Scopes: strings.Fields(r.text()), Position: r.number()}
	}, "SELECT "+subscriptionColumns+`, p.webhook_secret, p.scopes, w.position FROM webhooks w
		JOIN apps p ON p.client_id = w.client_id WHERE w.enabled AND p.revoked_at = 0`)
	return lanes, revision, err
}
