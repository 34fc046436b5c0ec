// SPDX-License-Identifier: Apache-2.0

package store_test

import (
	"context"
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

// begin opens a transaction on a connection of its own, which begins to write.
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
	exec(t, tx, "SELECT pg_current_xact_id()")
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
	return "INSERT INTO events VALUES (event_id(0), 'account', '" + name + "', 1, '{}')"
}

// follow reads on from the last event seen until as many new ones came, and
// returns their names. Other tests' transactions may hold them back for a while.
func follow(t *testing.T, db *store.DB, last *int64, count int) (names string) {
	t.Helper()
	for n := 0; n < count; {
		page, err := db.Events(t.Context(), "", *last, 10)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range page {
			names, *last, n = names+string(e.Name), e.ID, n+1
		}
	}
	return names
}

// Transaction a began to write before b did. Whichever draws its event's id
// first and commits first, a reader that remembers the last id sees both.
func TestPostgreSQLEventsOfOpenTransactions(t *testing.T) {
	t.Parallel()
	for _, order := range []struct{ writes, commits string }{{"ba", "ba"}, {"ba", "ab"}, {"ab", "ba"}, {"ab", "ab"}} {
		t.Run("writes "+order.writes+", commits "+order.commits, func(t *testing.T) {
			t.Parallel()
			url := storetest.PostgreSQL(t)
			db := storetest.Open(t, store.Config{URL: url})
			open := map[byte]pgx.Tx{'a': begin(t, url)}
			open['b'] = begin(t, url)
			for i := range order.writes {
				exec(t, open[order.writes[i]], addEvent(order.writes[i:i+1]))
			}
			commit(t, open[order.commits[0]])
			var last int64
			seen := ""
			if order.commits[0] == 'a' {
				seen = follow(t, db, &last, 1)
			} else if early, err := db.Events(t.Context(), "", 0, 10); err != nil || len(early) != 0 {
				t.Fatalf("%v, %v: shown while an elder transaction was open", early, err)
			}
			commit(t, open[order.commits[1]])
			if seen += follow(t, db, &last, 2-len(seen)); seen != "ab" {
				t.Errorf("the reader saw %q, want ab", seen)
			}
		})
	}
}

// A restored database lies on a server that counts its transactions anew.
func TestPostgreSQLEventsAfterRestore(t *testing.T) {
	t.Parallel()
	url := storetest.PostgreSQL(t)
	tx := begin(t, url)
	const old = int64(1) << 40
	exec(t, tx, "INSERT INTO events VALUES (1::bigint << 40, 'account', 'old', 1, '{}')")
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
	if names := follow(t, db, &last, 2); names != "oldnew" || last <= old {
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
