// SPDX-License-Identifier: Apache-2.0

package store

import (
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// What is committed while the log is copied back in the background would keep it
// from ever beginning anew under load: the writer copies that itself.
func TestTheLogBeginsAnewAfterItWasCopiedBack(t *testing.T) {
	t.Parallel()
	db, err := Open(t.Context(), Config{Path: filepath.Join(t.TempDir(), "convoke.db")})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	engine := db.engine.(*sqliteEngine)
	position := int64(0)
	write := func(count int) (end int64) {
		for range count {
			position++
			if err := db.SaveCursor(t.Context(), "name", position); err != nil {
				t.Fatal(err)
			}
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
	db, err := Open(t.Context(), Config{Path: filepath.Join(t.TempDir(), "convoke.db")})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	back := db.engine.(*sqliteEngine).back
	back.limit = 1
	for i := range 1000 {
		if err := db.SaveCursor(t.Context(), "name", int64(i)); err != nil {
			t.Fatal(err)
		}
		if back.state.Load() != idle {
			return
		}
	}
	t.Error("nobody copies the log back")
}

// Nor is a log left as it is because nobody writes any more.
func TestALogIsCopiedBackWhenNobodyWrites(t *testing.T) {
	t.Parallel()
	db, err := Open(t.Context(), Config{Path: filepath.Join(t.TempDir(), "convoke.db")})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if err := db.SaveCursor(t.Context(), "name", 1); err != nil {
		t.Fatal(err)
	}
	engine := db.engine.(*sqliteEngine)
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
	db, err := Open(t.Context(), Config{Path: filepath.Join(t.TempDir(), "convoke.db")})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	back := db.engine.(*sqliteEngine).back
	body := strings.Repeat("x", 200*4096)
	if err := db.SaveCursor(t.Context(), body, 1); err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	back.run(back.conn)
	if rested := back.file.pages / pagesAtOnce; rested == 0 || time.Since(began) < time.Duration(rested)*restFor {
		t.Errorf("%d pages were copied in %v", back.file.pages, time.Since(began))
	}
}
