// SPDX-License-Identifier: Apache-2.0

package store

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"
)

// A log that a busy writer and busy readers share begins anew again and again,
// rather than growing with what is written.
func TestTheLogOfABusyWriterEnds(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "convoke.db")
	db, err := Open(t.Context(), Config{Path: path})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	const limit = 100 * 4096
	db.engine.(*sqliteEngine).back.limit = limit
	reading, stop := context.WithCancel(t.Context())
	var group sync.WaitGroup
	group.Go(func() {
		for reading.Err() == nil {
			_, _ = db.Cursor(reading, "name 1")
		}
	})
	group.Go(func() {
		defer stop()
		for i := range 5000 {
			if err := db.SaveCursor(t.Context(), fmt.Sprint("name ", i), int64(i)); err != nil {
				t.Error(err)
			}
		}
	})
	group.Wait()
	info, err := os.Stat(path + "-wal")
	if err != nil {
		t.Fatal(err)
	}
	const written = 5000 * 4096 // at least; the log is never cut, so its size is the longest it ever was
	if info.Size() < limit || info.Size() > written/4 {
		t.Errorf("the log is %d bytes long after %d were written", info.Size(), written)
	}
}
