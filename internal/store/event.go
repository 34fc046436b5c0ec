// SPDX-License-Identifier: Apache-2.0

package store

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/convoke/convoke/internal/convoke"
)

// maxEvents is how many events one commit can hold: the ids that a transaction
// has on PostgreSQL (event_id in the schema).
const maxEvents = 4096

// eventsAtOnce is how many rows one INSERT writes.
const eventsAtOnce = 16

// appendEvents returns the steps that append the events in order. It may be used
// once in a transaction.
func (d *dialect) appendEvents(events []convoke.Event) []step {
	var steps []step
	for place := 0; place < len(events); place += eventsAtOnce {
		part := events[place:min(place+eventsAtOnce, len(events))]
		steps = append(steps, d.insertEvents(place, part))
	}
	return steps
}

func (d *dialect) insertEvents(place int, events []convoke.Event) step {
	args := make([]any, 0, 5*len(events))
	for _, e := range events {
		args = append(args, string(e.AccountID), string(e.Name), millis(e.At), string(e.Payload), actorJSON(e.Actor))
	}
	if place == 0 || d.eventID == "NULL" {
		return step{sql: d.firstEvents[len(events)], args: args}
	}
	return step{sql: d.eventsQuery(place, len(events)), args: args}
}

// checkEvents refuses more events than one commit has ids for.
func checkEvents(events []convoke.Event) error {
	if len(events) > maxEvents {
		return fmt.Errorf("store: %d events in one commit; there is room for %d", len(events), maxEvents)
	}
	return nil
}

// eventsQuery is the INSERT of count events, the first being the commit's place-th.
func (d dialect) eventsQuery(place, count int) string {
	var sql strings.Builder
	sql.WriteString("INSERT INTO events (id, account_id, name, at, payload, actor) VALUES ")
	for i := range count {
		if i > 0 {
			sql.WriteString(", ")
		}
		n := 5 * i
		fmt.Fprintf(&sql, "(%s, $%d, $%d, $%d, $%d, $%d)", d.newEventID(place+i), n+1, n+2, n+3, n+4, n+5)
	}
	return sql.String()
}

// Events returns the next committed events after the given id, in the order of
// their ids; an empty account means all. It never gives out an event while one
// with a smaller id may still be committed, so a reader that remembers the last
// id it saw misses none. On PostgreSQL an event can therefore show a moment
// after its commit.
func (db *DB) Events(ctx context.Context, account convoke.AccountID, after int64, limit int) ([]convoke.Event, error) {
	sql, args := "SELECT "+eventColumns+" FROM events WHERE id > $1", []any{after, limit}
	if account != "" {
		sql, args = sql+" AND account_id = $3", append(args, string(account))
	}
	return list(ctx, db.engine, scanEvent, sql+db.dialect.settledOnly+" ORDER BY id LIMIT $2", args...)
}

const eventColumns = "id, account_id, name, at, payload, actor"

func scanEvent(r *row) convoke.Event {
	e := convoke.Event{
		ID: r.number(), AccountID: convoke.AccountID(r.text()), Name: convoke.EventName(r.text()),
		At: r.time(), Payload: json.RawMessage(r.text()),
	}
	r.json(&e.Actor)
	return e
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
