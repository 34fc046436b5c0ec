// SPDX-License-Identifier: Apache-2.0

package store_test

import (
	"context"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/convoke/convoke/internal/convoke"
	"github.com/convoke/convoke/internal/store"
	"github.com/convoke/convoke/internal/store/storetest"
)

func TestMain(m *testing.M) { storetest.Main(m) }

func TestPostgreSQL(t *testing.T) {
	t.Parallel()
	storetest.Run(t, func(t *testing.T) *store.DB {
		return storetest.Open(t, store.Config{URL: storetest.PostgreSQL(t)})
	})
}

func TestPostgreSQLSharedByTwo(t *testing.T) {
	t.Parallel()
	url := storetest.PostgreSQL(t)
	storetest.Shared(t, storetest.Open(t, store.Config{URL: url}), storetest.Open(t, store.Config{URL: url}))
}

// begin opens a transaction on a connection of its own.
func begin(t *testing.T, url string) pgx.Tx {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close(context.Background()) })
	tx, err := conn.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return tx
}

func exec(t *testing.T, tx pgx.Tx, sql string) {
	t.Helper()
	if _, err := tx.Exec(t.Context(), sql); err != nil {
		t.Fatal(err)
	}
}

func commit(t *testing.T, tx pgx.Tx) {
	t.Helper()
	if err := tx.Commit(t.Context()); err != nil {
		t.Fatal(err)
	}
}

func addEvent(name string) string {
	return "INSERT INTO events (account_id, name, at, payload) VALUES ('account', '" + name + "', 1, '{}')"
}

// seen reads on from the last event seen, and returns the names of the new ones.
func seen(t *testing.T, db *store.DB, last *int64) (names string) {
	t.Helper()
	page, err := db.Events(t.Context(), "", *last, 10)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range page {
		names, *last = names+string(e.Name), e.ID
	}
	return names
}

// Transactions a and b write side by side. Whichever writes first and commits
// first, a reader that remembers the last id sees both, and none before one that
// may come in with a smaller id.
func TestPostgreSQLEventsOfOpenTransactions(t *testing.T) {
	t.Parallel()
	for _, order := range []struct{ writes, commits, first string }{
		{"ba", "ba", "b"}, {"ba", "ab", ""}, {"ab", "ba", ""}, {"ab", "ab", "a"},
		{"aba", "ba", ""}, {"abb", "ab", "a"}, {"abab", "ba", ""},
	} {
		t.Run("writes "+order.writes+", commits "+order.commits, func(t *testing.T) {
			t.Parallel()
			url := storetest.PostgreSQL(t)
			db := storetest.Open(t, store.Config{URL: url})
			open := map[byte]pgx.Tx{'a': begin(t, url), 'b': begin(t, url)}
			for i := range order.writes {
				exec(t, open[order.writes[i]], addEvent(order.writes[i:i+1]))
			}
			var last int64
			if early := seen(t, db, &last); early != "" {
				t.Errorf("the reader saw %q before anything was committed", early)
			}
			commit(t, open[order.commits[0]])
			names := seen(t, db, &last)
			if names != order.first {
				t.Errorf("after the first commit the reader saw %q, want %q", names, order.first)
			}
			commit(t, open[order.commits[1]])
			if names += seen(t, db, &last); names != order.writes {
				t.Errorf("the reader saw %q, want %q", names, order.writes)
			}
		})
	}
}

// What neither is of this database nor writes events holds no event back,
// however long it stays open, even when it began first.
func TestPostgreSQLEventsBesideOtherTransactions(t *testing.T) {
	t.Parallel()
	url := storetest.PostgreSQL(t)
	db := storetest.Open(t, store.Config{URL: url})
	elsewhere := storetest.PostgreSQL(t)
	storetest.Open(t, store.Config{URL: elsewhere})

	writes := begin(t, elsewhere)
	exec(t, writes, addEvent("other"))
	counts := begin(t, url)
	exec(t, counts, "INSERT INTO cursors (name, position) VALUES ('open', 1)")
	reads := begin(t, url)
	exec(t, reads, "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
	exec(t, reads, "SELECT COUNT(*) FROM events")
	locks := begin(t, url)
	exec(t, locks, "SELECT pg_advisory_xact_lock(1)")
	exec(t, locks, "SELECT pg_advisory_xact_lock(1, 1)")
	undone := begin(t, url)
	exec(t, undone, addEvent("undone"))
	if err := undone.Rollback(t.Context()); err != nil {
		t.Fatal(err)
	}

	writer := begin(t, url)
	exec(t, writer, addEvent("a"))
	commit(t, writer)
	var last int64
	if names := seen(t, db, &last); names != "a" {
		t.Errorf("the reader saw %q, want a", names)
	}
	holds := begin(t, url)
	exec(t, holds, addEvent("b"))
	late := begin(t, url)
	exec(t, late, addEvent("c"))
	commit(t, late)
	if names := seen(t, db, &last); names != "" {
		t.Errorf("the reader saw %q, and b is not committed", names)
	}
	commit(t, holds)
	if names := seen(t, db, &last); names != "bc" {
		t.Errorf("the reader saw %q, want bc", names)
	}
}

// A transaction that takes back what it wrote to a savepoint, and writes anew, is
// seen as one that writes.
func TestPostgreSQLEventsAfterASavepoint(t *testing.T) {
	t.Parallel()
	url := storetest.PostgreSQL(t)
	db := storetest.Open(t, store.Config{URL: url})
	elder := begin(t, url)
	exec(t, elder, "SAVEPOINT s")
	exec(t, elder, addEvent("undone"))
	exec(t, elder, "ROLLBACK TO s")
	exec(t, elder, addEvent("a"))
	younger := begin(t, url)
	exec(t, younger, addEvent("b"))
	commit(t, younger)
	var last int64
	if names := seen(t, db, &last); names != "" {
		t.Errorf("the reader saw %q, and a is not committed", names)
	}
	commit(t, elder)
	if names := seen(t, db, &last); names != "ab" {
		t.Errorf("the reader saw %q, want ab", names)
	}
}

// A log may be restored without its sequence.
func TestPostgreSQLEventsAfterRestore(t *testing.T) {
	t.Parallel()
	url := storetest.PostgreSQL(t)
	tx := begin(t, url)
	const old = int64(1) << 40
	exec(t, tx, "INSERT INTO events (id, account_id, name, at, payload) VALUES (1::bigint << 40, 'account', 'old', 1, '{}')")
	commit(t, tx)
	db := storetest.Open(t, store.Config{URL: url})
	a, err := convoke.NewAccount("a", "A", storetest.Now())
	if err != nil {
		t.Fatal(err)
	}
	if err := db.CreateAccount(t.Context(), a); err != nil {
		t.Fatal(err)
	}
	err = db.Change(t.Context(), convoke.Lookup{AccountID: "a"}, func(convoke.Found) (convoke.Change, error) {
		return convoke.Change{Events: []convoke.Event{{AccountID: "a", Name: "new", Payload: []byte("{}")}}}, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	var last int64
	if names := seen(t, db, &last); names != "oldnew" || last <= old {
		t.Errorf("the reader saw %q, the last with id %d", names, last)
	}
}

// A start, or the making, of a meeting was not committed when its host's removal
// began. The removal waits for it, and its lease goes too.
func TestPostgreSQLRemovalOfAHostWhoseMeetingStarts(t *testing.T) {
	t.Parallel()
	for name, start := range map[string]string{
		"started": "UPDATE meetings SET state = 'started', leased = TRUE",
		"made": `INSERT INTO meetings SELECT id + 1, uuid, account_id, host_id, external_id, topic, agenda, type, start_time, duration,
			timezone, passcode, settings, recurrence, 'started', started_at, ended_at, created_at, updated_at, TRUE FROM meetings`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			url := storetest.PostgreSQL(t)
			db := storetest.Open(t, store.Config{URL: url})
			host := storetest.Host(t, db)
			tx := begin(t, url)
			exec(t, tx, start)
			exec(t, tx, "UPDATE counters SET leased = leased + 1 WHERE shard = 3")
			removed := make(chan error, 1)
			go func() {
				removed <- db.Change(t.Context(), convoke.Lookup{AccountID: host.AccountID, UserID: host.ID}, func(f convoke.Found) (convoke.Change, error) {
					return convoke.Change{Before: f.Target}, nil
				})
			}()
			untilSomebodyWaits(t, url)
			commit(t, tx)
			if err := <-removed; err != nil {
				t.Fatal(err)
			}
			seats, census, err := db.Tally(t.Context(), host.AccountID)
			if err != nil || seats.Used != (convoke.SeatCounts{}) || census.Total() != 0 {
				t.Errorf("counted are %+v and %+v, %v", seats.Used, census, err)
			}
		})
	}
}

// untilSomebodyWaits returns once a transaction waits for another's lock.
func untilSomebodyWaits(t *testing.T, url string) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.Background())
	for waiting := false; !waiting; {
		err := conn.QueryRow(t.Context(), `SELECT EXISTS (SELECT 1 FROM pg_stat_activity
			WHERE datname = current_database() AND wait_event_type = 'Lock')`).Scan(&waiting)
		if err != nil {
			t.Fatal(err)
		}
	}
}

// The plans of look-ups are made, and kept, while the tables are empty. Even then
// they must go by the keys' own indexes.
func TestPostgreSQLPlansLookupsOfAnEmptyDatabase(t *testing.T) {
	t.Parallel()
	tx := begin(t, storetest.PostgreSQL(t))
	exec(t, tx, "SET LOCAL plan_cache_mode = force_generic_plan")
	for sql, params := range store.LookupQueries() {
		exec(t, tx, "PREPARE lookup AS "+sql)
		rows, err := tx.Query(t.Context(), "EXPLAIN EXECUTE lookup(NULL"+strings.Repeat(", NULL", params-1)+")")
		if err != nil {
			t.Fatal(err)
		}
		lines, err := pgx.CollectRows(rows, pgx.RowTo[string])
		if err != nil {
			t.Fatal(err)
		}
		if plan := strings.Join(lines, "\n"); strings.Contains(plan, "users_list") || strings.Contains(plan, "Seq Scan on users") {
			t.Errorf("%s\n%s", sql, plan)
		}
		exec(t, tx, "DEALLOCATE lookup")
	}
}
