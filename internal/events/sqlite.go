// SPDX-License-Identifier: Apache-2.0

package events

import (
	"context"
	"database/sql"
	"fmt"
	"net/url"
	"os"

	"github.com/riverqueue/river/riverdriver/riversqlite"
	_ "modernc.org/sqlite" // registers the driver "sqlite"
)

// openSQLite keeps the jobs in a file of their own, so that they never contend
// with the store's one writer. One connection, as SQLite has one writer anyway.
//
// A commit is not flushed (synchronous=NORMAL): losing one to a power cut costs
// a second delivery at most. Only an insertion must last before the cursor
// passes it, and the checkpoint after it flushes the log.
func (s *Service) openSQLite(ctx context.Context) (jobs, error) {
	file, err := os.OpenFile(s.jobsFile, os.O_CREATE|os.O_RDWR, 0o600) // SQLite gives its side files the same mode
	if err == nil {
		err = file.Close()
	}
	if err != nil {
		return nil, fmt.Errorf("events: making %s: %w", s.jobsFile, err)
	}
	db, err := sql.Open("sqlite", sqliteName(s.jobsFile))
	if err != nil {
		return nil, fmt.Errorf("events: opening %s: %w", s.jobsFile, err)
	}
	db.SetMaxOpenConns(1)
	driver := localDriver{riversqlite.New(db)}
	if err := migrate[*sql.Tx](ctx, s, driver); err != nil {
		_ = db.Close() // the first error is the one to tell
		return nil, err
	}
	flush := func(ctx context.Context) error {
		if _, err := db.ExecContext(ctx, "PRAGMA wal_checkpoint(PASSIVE)"); err != nil {
			return fmt.Errorf("events: flushing %s: %w", s.jobsFile, err)
		}
		return nil
	}
	return newRiverJobs[*sql.Tx](s, driver, flush, func() { _ = db.Close() })
}

// localDriver tells River that the file belongs to this process: River then
// wakes its workers itself when a job is inserted, where it would else look
// into the file twenty times a second.
type localDriver struct{ *riversqlite.Driver }

// SupportsListener is part of River's driver.
func (localDriver) SupportsListener() bool { return false }

// SupportsListenNotify is part of River's driver.
func (localDriver) SupportsListenNotify() bool { return false }

func sqliteName(file string) string {
	options := url.Values{
		"_txlock": {"immediate"},
		"_pragma": {"busy_timeout(5000)", "journal_mode(WAL)", "synchronous(NORMAL)"},
	}
	return "file:" + (&url.URL{Path: file}).EscapedPath() + "?" + options.Encode()
}
