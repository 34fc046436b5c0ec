// SPDX-License-Identifier: Apache-2.0

package store

import (
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func openSQLiteStore(t *testing.T) (*DB, *sqliteEngine) {
	t.Helper()
	db, err := Open(t.Context(), Config{Path: filepath.Join(t.TempDir(), "convoke.db")})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return db, db.engine.(*sqliteEngine)
}

func save(t *testing.T, db *DB, cursor string, position int64) {
	t.Helper()
	if err := db.SaveCursor(t.Context(), cursor, position); err != nil {
		t.Fatal(err)
	}
}

// What is committed while the log is copied back in the background would keep it
// from ever beginning anew under load: the writer copies that itself.
func TestTheLogBeginsAnewAfterItWasCopiedBack(t *testing.T) {
	t.Parallel()
	db, engine := openSQLiteStore(t)
	position := int64(0)
	write := func(count int) (end int64) {
		for range count {
			position++
			save(t, db, "name", position)
		}
		return engine.writer.conn.log.end
	}
	before := write(50)
	engine.back.state.Store(copied) // as if 49 of them had been copied
	write(1)
	if after := write(1); after >= before {
		t.Errorf("the log ends at %d, and at %d before", after, before)
	}
}

// A log over its limit is copied back by itself.
func TestAFullLogIsCopiedBack(t *testing.T) {
	t.Parallel()
	db, engine := openSQLiteStore(t)
	back := engine.back
	back.limit = 1
	for i := range 1000 {
		save(t, db, "name", int64(i))
		if back.state.Load() != idle {
			return
		}
	}
	t.Error("nobody copies the log back")
}

// Nor is a log left as it is because nobody writes any more.
func TestALogIsCopiedBackWhenNobodyWrites(t *testing.T) {
	t.Parallel()
	db, engine := openSQLiteStore(t)
	save(t, db, "name", 1)
	if engine.back.rest(engine.writer.conn); engine.back.state.Load() != idle {
		t.Error("a small log is copied back")
	}
	engine.back.quiet = 1
	if engine.back.rest(engine.writer.conn); engine.back.state.Load() == idle {
		t.Error("nobody copies the log back")
	}
}

// The copy makes room for who is being served.
func TestTheCopyRestsBetweenPages(t *testing.T) {
	t.Parallel()
	db, engine := openSQLiteStore(t)
	back := engine.back
	save(t, db, strings.Repeat("x", 200*4096), 1)
	began := time.Now()
	back.run(back.conn)
	if rested := back.file.pages / pagesAtOnce; rested == 0 || time.Since(began) < time.Duration(rested)*restFor {
		t.Errorf("%d pages were copied in %v", back.file.pages, time.Since(began))
	}
}
