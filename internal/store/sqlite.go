// SPDX-License-Identifier: Apache-2.0

package store

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"sync"
)

// sqliteEngine is SQLite in one file: one writing connection and several that
// read. Another process may have the same file open and may write too.
type sqliteEngine struct {
	writer  *writer
	back    *checkpointer
	readers *readers
	shut    sync.Once
}

// How the connections are set up. The caches are small on purpose: memory must
// not grow with the number of users, and the system caches the file anyway. All
// connections of a process share one lock for their caches, and hold it the
// longer the more pages they have; a page that is read again from the system
// costs less.
const (
	busyTimeout = "busy_timeout = 10000" // milliseconds; while another process writes
	writerCache = "cache_size = -2048"   // KiB
	readerCache = "cache_size = -1024"   // KiB
)

func openSQLite(ctx context.Context, c Config, committed func()) (*sqliteEngine, error) {
	if c.Path == "" {
		return nil, errors.New("store: the SQLite database needs a path")
	}
	if err := makePrivate(c.Path); err != nil {
		return nil, err
	}
	if err := migrateSQLite(ctx, c.Path); err != nil {
		return nil, err
	}
	e := &sqliteEngine{readers: newReaders(min(max(runtime.GOMAXPROCS(0), 4), 16))}
	if err := e.openWriter(c, committed); err != nil {
		return nil, err
	}
	if err := e.openReaders(c.Path); err != nil {
		return nil, errors.Join(err, e.close())
	}
	return e, nil
}

func (e *sqliteEngine) openWriter(c Config, committed func()) error {
	full := c.FullSync == nil || *c.FullSync
	synchronous, checkpoint := "synchronous = FULL", "wal_autocheckpoint = 0"
	if !full {
		synchronous, checkpoint = "synchronous = NORMAL", fmt.Sprint("wal_autocheckpoint = ", alonePages)
	}
	conn, err := openConnection(c.Path, busyTimeout, "journal_mode = WAL", synchronous, "foreign_keys = ON",
		writerCache, "temp_store = MEMORY", checkpoint, fmt.Sprint("journal_size_limit = ", logLimit))
	if err != nil {
		return err
	}
	if full {
		if err = conn.gatherLog(); err == nil {
			e.back, err = startCheckpointer(c.Path, c.Logger)
		}
	}
	if err != nil {
		conn.close()
		return err
	}
	e.writer = startWriter(conn, e.back, committed)
	return nil
}

// makePrivate makes the file, readable by its owner only, if it is missing;
// SQLite gives its side files the same mode. An existing file is not opened,
// because closing it would drop the locks that SQLite holds in this process.
func makePrivate(path string) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return fmt.Errorf("store: %w", err)
	}
	file, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_RDWR, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("store: %w", err)
	}
	return file.Close()
}

func (e *sqliteEngine) openReaders(path string) error {
	for range cap(e.readers.tokens) {
		conn, err := openConnection(path, busyTimeout, readerCache, "temp_store = MEMORY", "query_only = ON")
		if err != nil {
			return err
		}
		e.readers.add(conn)
	}
	return nil
}

func (e *sqliteEngine) query(ctx context.Context, each func(*row), sql string, args ...any) error {
	conn, err := e.readers.get(ctx)
	if err != nil {
		return err
	}
	defer e.readers.put(conn)
	return conn.query(each, sql, args)
}

func (e *sqliteEngine) write(ctx context.Context, op func(tx) error) error {
	return e.writer.do(ctx, op)
}

func (e *sqliteEngine) ping(ctx context.Context) error {
	return e.query(ctx, nil, "SELECT 1")
}

func (e *sqliteEngine) close() error {
	e.shut.Do(func() {
		e.writer.stop()
		if e.back != nil {
			e.back.stop()
		}
		e.readers.close()
		e.writer.conn.close()
	})
	return nil
}
