// SPDX-License-Identifier: Apache-2.0

package store

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net/url"

	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
	_ "modernc.org/sqlite" // the driver "sqlite", for migrations only
)

// Each file in one folder has one with the same number in the other.
//
//go:embed migrations/sqlite/*.sql migrations/postgres/*.sql
var migrations embed.FS

// migrateSQLite brings the file to the newest schema. Two processes may start at
// once; the loser of the race finds the work done at its second try.
func migrateSQLite(ctx context.Context, path string) error {
	dsn := "file:" + (&url.URL{Path: path}).EscapedPath() +
		"?_pragma=busy_timeout(10000)&_pragma=journal_mode(WAL)&_pragma=foreign_keys(1)&_txlock=immediate"
	db, err := sql.Open("sqlite", dsn)
	if err != nil {
		return fmt.Errorf("store: %w", err)
	}
	defer db.Close()
	db.SetMaxOpenConns(1)
	first := migrate(ctx, db, goose.DialectSQLite3, "migrations/sqlite")
	if first == nil {
		return nil
	}
	if second := migrate(ctx, db, goose.DialectSQLite3, "migrations/sqlite"); second != nil {
		return errors.Join(first, second)
	}
	return nil
}

// migratePostgres does the same under a lock that all processes share.
func migratePostgres(ctx context.Context, db *sql.DB) error {
	locker, err := lock.NewPostgresSessionLocker(lock.WithLockTimeout(1, 300)) // looks every second, for 5 minutes
	if err != nil {
		return fmt.Errorf("store: %w", err)
	}
	return migrate(ctx, db, goose.DialectPostgres, "migrations/postgres", goose.WithSessionLocker(locker))
}

func migrate(ctx context.Context, db *sql.DB, d goose.Dialect, folder string, options ...goose.ProviderOption) error {
	files, err := fs.Sub(migrations, folder)
	if err != nil {
		return fmt.Errorf("store: %w", err)
	}
	options = append(options, goose.WithDisableGlobalRegistry(true), goose.WithSlog(slog.New(slog.DiscardHandler)))
	provider, err := goose.NewProvider(d, db, files, options...)
	if err != nil {
		return fmt.Errorf("store: migrations: %w", err)
	}
	if _, err := provider.Up(ctx); err != nil {
		return fmt.Errorf("store: migrations: %w", err)
	}
	return nil
}
