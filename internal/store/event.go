// SPDX-License-Identifier: Apache-2.0

package store

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/convoke/convoke/internal/convoke"
)

// eventsAtOnce is how many rows one INSERT writes.
const eventsAtOnce = 16

// appendEvents returns the steps that append the events in order.
func appendEvents(events []convoke.Event) []step {
	var steps []step
	for part := range slices.Chunk(events, eventsAtOnce) {
		steps = append(steps, insertEvents(part))
	}
	return steps
}

func insertEvents(events []convoke.Event) step {
	args := make([]any, 0, 5*len(events))
	var who convoke.Actor
	actor := actorJSON(who)
	for _, e := range events {
		if e.Actor != who { // mostly the same does all of them
			who, actor = e.Actor, actorJSON(e.Actor)
		}
		args = append(args, string(e.AccountID), string(e.Name), millis(e.At), string(e.Payload), actor)
	}
	return step{sql: eventsQueries[len(events)], args: args}
}

// eventsQueries holds the INSERT for every number of events.
var eventsQueries = func() (queries [eventsAtOnce + 1]string) {
	for n := range queries {
		queries[n] = eventsQuery(n)
	}
	return queries
}()

func eventsQuery(count int) string {
	var sql strings.Builder
	sql.WriteString("INSERT INTO events (account_id, name, at, payload, actor) VALUES ")
	for i := range count {
		if i > 0 {
			sql.WriteString(", ")
		}
		n := 5 * i
		fmt.Fprintf(&sql, "($%d, $%d, $%d, $%d, $%d)", n+1, n+2, n+3, n+4, n+5)
	}
	return sql.String()
}

// Events returns the next committed events after the given id, in the order of
// their ids; an empty account means all. It never gives out an event while one
// with a smaller id may still be committed, so a reader that remembers the last
// id it saw misses none. On PostgreSQL an event can therefore show a moment
// after its commit.
func (db *DB) Events(ctx context.Context, account convoke.AccountID, after int64, limit int) ([]convoke.Event, error) {
	settled, err := db.settled(ctx)
	if err != nil || settled <= after {
		return nil, err
	}
	sql, args := "SELECT "+eventColumns+" FROM events WHERE id > $1 AND id <= $3", []any{after, limit, settled}
	if account != "" {
		sql, args = sql+" AND account_id = $4", append(args, string(account))
	}
	return list(ctx, db.engine, eventScan(), sql+" ORDER BY id LIMIT $2", args...)
}

// settled returns an id up to which statements that begin from now on see all
// events that there will ever be. SQLite has one writer, and needs none.
func (db *DB) settled(ctx context.Context) (int64, error) {
	if db.dialect.horizon == "" {
		return math.MaxInt64, nil
	}
	id, _, err := first(ctx, db.engine, (*row).number, db.dialect.horizon)
	return id, err
}

const eventColumns = "id, account_id, name, at, payload, actor"

// eventScan returns the scan of one result. Events that stand together mostly
// have one actor, who is decoded once: the log is read by several followers.
func eventScan() func(*row) convoke.Event {
	var text string
	var actor convoke.Actor
	return func(r *row) convoke.Event {
		e := convoke.Event{
			ID: r.number(), AccountID: convoke.AccountID(r.text()), Name: convoke.EventName(r.text()),
			At: r.time(), Payload: json.RawMessage(r.text()),
		}
		if next := r.text(); next != text {
			text, actor = next, convoke.Actor{}
			r.decode(text, &actor)
		}
		e.Actor = actor
		return e
	}
}

// actorJSON stores nobody as nothing.
func actorJSON(a convoke.Actor) string {
	if a == (convoke.Actor{}) {
		return ""
	}
	return toJSON(a)
}

// Cursor returns how far the named reader of events has come; 0 at first.
func (db *DB) Cursor(ctx context.Context, name string) (int64, error) {
	position, _, err := first(ctx, db.engine, (*row).number, "SELECT position FROM cursors WHERE name = $1", name)
	return position, err
}

// SaveCursor remembers how far the named reader has come.
func (db *DB) SaveCursor(ctx context.Context, name string, id int64) error {
	_, err := db.exec(ctx, `INSERT INTO cursors (name, position) VALUES ($1, $2)
		ON CONFLICT (name) DO UPDATE SET position = excluded.position`, name, id)
	return err
}

// EventFloor returns the last of the account's events that was purged, 0 when
// none was.
func (db *DB) EventFloor(ctx context.Context, account convoke.AccountID) (int64, error) {
	floor, _, err := first(ctx, db.engine, (*row).number, "SELECT position FROM event_floors WHERE account_id = $1", string(account))
	return floor, err
}

// PurgeEvents deletes the oldest events that happened before the given time, at
// most limit, in one commit, and with them the dead letters about them. It stops
// at the first that a sink, a webhook or the audit log's chain still needs. It
// returns how many it deleted.
func (db *DB) PurgeEvents(ctx context.Context, before time.Time, limit int) (purged int, err error) {
	err = db.engine.write(ctx, func(t tx) error {
		old, err := oldEvents(ctx, t, before, limit)
		if purged = len(old); err != nil || purged == 0 {
			return err
		}
		last := old[len(old)-1].id
		steps := []step{
			{sql: "DELETE FROM events WHERE id <= $1", args: []any{last}},
			{sql: "DELETE FROM webhook_deliveries WHERE event_id <= $1", args: []any{last}},
		}
		floors := make(map[string]int64)
		for _, e := range old {
			floors[e.account] = e.id
		}
		for _, account := range slices.Sorted(maps.Keys(floors)) { // in one order everywhere: no deadlocks
			steps = append(steps, step{
				sql: `INSERT INTO event_floors (account_id, position) VALUES ($1, $2)
					ON CONFLICT (account_id) DO UPDATE SET position = excluded.position WHERE event_floors.position < excluded.position`,
				args: []any{account, floors[account]},
			})
		}
		return t.run(ctx, plan{steps: steps})
	})
	return purged, err
}

type oldEvent struct {
	id      int64
	account string
	at      time.Time
}

// oldEvents returns the head of the log, up to the first event that must stay.
func oldEvents(ctx context.Context, q querier, before time.Time, limit int) ([]oldEvent, error) {
	const live = "FROM webhooks w JOIN apps p ON p.client_id = w.client_id WHERE w.enabled AND p.revoked_at = 0"
	head, err := list(ctx, q, func(r *row) oldEvent { return oldEvent{r.number(), r.text(), r.time()} },
		`SELECT id, account_id, at FROM events
		WHERE id <= (SELECT COALESCE(MIN(position), 0) FROM cursors WHERE name = 'sinks')
		AND id <= (SELECT COALESCE(MAX(last_id), 0) FROM seals)
		AND id <= (SELECT COALESCE(MIN(w.position), `+fmt.Sprint(math.MaxInt64)+") "+live+` AND w.validated_at > 0)
		ORDER BY id LIMIT $1`, limit)
	if err != nil || len(head) == 0 {
		return nil, err
	}
	if i := slices.IndexFunc(head, func(e oldEvent) bool { return !e.at.Before(before) }); i >= 0 {
		head = head[:i]
	}
	if len(head) == 0 {
		return nil, nil
	}
	needed, found, err := first(ctx, q, (*row).number, `SELECT event_id FROM webhook_deliveries
		WHERE event_id <= $1 AND state <> 'dead' AND webhook_id IN (SELECT w.id `+live+") ORDER BY event_id LIMIT 1", head[len(head)-1].id)
	if found {
		head = head[:slices.IndexFunc(head, func(e oldEvent) bool { return e.id >= needed })]
	}
	return head, err
}
