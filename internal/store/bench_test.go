// SPDX-License-Identifier: Apache-2.0

package store

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"github.com/convoke/convoke/internal/convoke"
)

// sizes are the numbers of users in the account that the benchmarks compare.
var sizes = []int{1_000, 1_000_000}

var benchAccount = convoke.Account{
	ID: "account-of-the-bench-0", Name: "Bench", APIPartner: true, Provisioning: convoke.AtSignIn,
	LicensedSeats: convoke.NoSeatLimit, CreatedAt: time.UnixMilli(1),
}

// benchStore has an account with n users, each bound to the external id user-N.
func benchStore(b *testing.B, n int) *DB {
	b.Helper()
	path := filepath.Join(b.TempDir(), "convoke.db")
	db, err := Open(b.Context(), Config{Path: path})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = db.Close() })
	if err := db.CreateAccount(b.Context(), benchAccount); err != nil {
		b.Fatal(err)
	}
	seedUsers(b, path, n)
	return db
}

// seedUsers writes with another connection, without waiting for the disk. The
// ids are spread as random ones are.
func seedUsers(b *testing.B, path string, n int) {
	b.Helper()
	conn, err := openConnection(path, "synchronous = OFF", "cache_size = -400000")
	if err != nil {
		b.Fatal(err)
	}
	defer conn.close()
	seedSQL(b, conn, n)
}

func seedSQL(b testing.TB, conn *connection, n int) {
	b.Helper()
	const numbers = "WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < $2), " +
		"u(i, id) AS (SELECT i, printf('%011d%011d', (i * 2654435761) % 4294967296, i) FROM n) "
	for _, sql := range []string{
		numbers + `INSERT INTO users (seq, id, account_id, action, email, email_key, first_name, last_name, display_name, type, status,
			status_reason, password_hash, pmi, personal_link, personal_link_key, host_key, profile, created_at, updated_at, last_login_at, revision)
			SELECT i + 1, id, $1, 'custCreate', id || '@users.convoke.invalid', id || '@users.convoke.invalid',
			'First', 'Last', '', 2, 'active', '', '', 2000000000 + (i * 2654435761) % 4294967296, '', NULL, '123456', '{}', 1, 1, 0, 1 FROM u`,
		numbers + "INSERT INTO bindings (account_id, source, external_id, user_id, user_seq, generation, created_at) SELECT $1, 'app', CAST('user-' || i AS BLOB), id, i + 1, 1, 1 FROM u",
		"UPDATE counters SET active = $2, licensed_used = $2 WHERE account_id = $1",
	} {
		if _, err := conn.exec(sql, []any{string(benchAccount.ID), n}); err != nil {
			b.Fatal(err)
		}
	}
	if _, err := conn.exec("PRAGMA wal_checkpoint(TRUNCATE)", nil); err != nil {
		b.Fatal(err)
	}
}

// BenchmarkFindBound is the look-up of a repeated ensure.
func BenchmarkFindBound(b *testing.B) {
	for _, n := range sizes {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			db := benchStore(b, n)
			b.ReportAllocs()
			b.SetParallelism(32)
			b.RunParallel(func(pb *testing.PB) {
				for pb.Next() {
					found, err := db.Find(context.Background(), convoke.Lookup{
						AccountID: benchAccount.ID, Source: convoke.SourceApp, ExternalID: fmt.Sprint("user-", rand.IntN(n)),
					})
					if err != nil || found.Bound == nil {
						b.Error("not found:", err)
						return
					}
				}
			})
		})
	}
}

// BenchmarkMakeUser is the commit of a new ensure, by 64 callers.
func BenchmarkMakeUser(b *testing.B) {
	for _, n := range sizes {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			db := benchStore(b, n)
			var made atomic.Int64
			b.ReportAllocs()
			b.SetParallelism(32)
			b.RunParallel(func(pb *testing.PB) {
				for pb.Next() {
					if err := benchMake(db, fmt.Sprint("new-", made.Add(1))); err != nil {
						b.Error(err)
						return
					}
				}
			})
		})
	}
}

func benchMake(db *DB, externalID string) error {
	draft, err := convoke.NewDraft(convoke.Request{
		Source: convoke.SourceApp, ExternalID: externalID, FirstName: "First", LastName: "Last",
		Email: externalID + "@example.com",
	}, convoke.ActionCustCreate)
	if err != nil {
		return err
	}
	mark := convoke.Mark{At: time.Now(), By: convoke.Operator(benchAccount.ID)}
	return db.Change(context.Background(), draft.Lookup(benchAccount.ID), func(f convoke.Found) (convoke.Change, error) {
		fresh := convoke.Fresh{
			UserID: convoke.UserID(fmt.Sprintf("%022d", rand.Int64())), HostKey: "123456",
			PMI: convoke.MeetingID(7_000_000_000 + rand.Int64N(90_000_000_000)),
		}
		d, err := convoke.Decide(draft, f, fresh, mark)
		return d.Change, err
	})
}

// BenchmarkFloorInsert is what SQLite takes for one small row, written by 64
// callers through the same writer.
func BenchmarkFloorInsert(b *testing.B) {
	db := benchStore(b, 1)
	var made atomic.Int64
	b.ReportAllocs()
	b.SetParallelism(32)
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			if err := db.SaveCursor(context.Background(), fmt.Sprint("cursor-", made.Add(1)), 1); err != nil {
				b.Error(err)
				return
			}
		}
	})
}

// BenchmarkFsync is what one fsync of 4 KiB costs on this disk.
func BenchmarkFsync(b *testing.B) {
	file, err := os.Create(filepath.Join(b.TempDir(), "file"))
	if err != nil {
		b.Fatal(err)
	}
	defer file.Close()
	page := make([]byte, 4096)
	for b.Loop() {
		if _, err := file.Write(page); err != nil {
			b.Fatal(err)
		}
		if err := file.Sync(); err != nil {
			b.Fatal(err)
		}
	}
}
