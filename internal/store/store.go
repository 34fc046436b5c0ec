// SPDX-License-Identifier: Apache-2.0

package store

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"

	"github.com/convoke/convoke/internal/convoke"
)

// Config says where the data is.
type Config struct {
	URL    string       // "" for SQLite at Path, or "postgres://..."
	Path   string       // the SQLite file when URL does not name one; it is made when it is missing
	Logger *slog.Logger // nil: nothing is logged

	// FullSync makes a commit on SQLite outlast a power cut (synchronous=FULL).
	// nil means true. Without it a commit outlasts only the death of the process.
	FullSync *bool
}

// DB is an open store. Its methods may be called from any number of goroutines.
// Every method returns ctx's error when ctx ends first, *convoke.Error for what
// the caller can understand, and any other error for a fault of the database.
type DB struct {
	engine    engine
	dialect   *dialect
	committed chan struct{}
}

// engine is what a database must be able to do. querier's statements run by
// themselves, outside any transaction.
type engine interface {
	querier
	// write runs op in a transaction, and again while it fails with an error that
	// wantsAgain, until it has had its tries.
	write(ctx context.Context, op func(tx) error) error
	ping(ctx context.Context) error
	close() error
}

// querier reads. each sees one row at a time and must not keep it.
type querier interface {
	query(ctx context.Context, each func(*row), sql string, args ...any) error
}

// tx is an open transaction.
type tx interface {
	querier
	// exec returns how many rows the statement inserted, changed or deleted.
	exec(ctx context.Context, sql string, args ...any) (int64, error)
	// queryAll runs the reads in order, in one round trip where there are any.
	queryAll(ctx context.Context, reads []read) error
	// run writes the plan, and stops at the first step whose check fails. It may
	// be called once in a transaction.
	run(ctx context.Context, p plan) error
}

// read is one query of several.
type read struct {
	sql  string
	args []any
	each func(*row)
}

// plan is what a transaction is to write.
type plan struct {
	steps  []step
	count  *count          // what it adds to an account's counters, after the steps
	events []convoke.Event // to append to the log, after that
}

func (p plan) empty() bool { return len(p.steps) == 0 && p.count == nil && len(p.events) == 0 }

// step is one statement of a plan.
type step struct {
	sql   string
	args  []any
	check func(affected int64) error // nil: any number of rows will do
}

// runSteps runs the steps one by one, and stops at the first whose check fails.
func runSteps(ctx context.Context, t tx, steps []step) error {
	for _, s := range steps {
		affected, err := t.exec(ctx, s.sql, s.args...)
		if err == nil && s.check != nil {
			err = s.check(affected)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// maxTries bounds how often a transaction is run after conflicts.
const maxTries = 20

var errClosed = errors.New("store: the database is closed")

// Open opens the database, makes or upgrades its schema, and starts the writer.
func Open(ctx context.Context, c Config) (*DB, error) {
	if c.Logger == nil {
		c.Logger = slog.New(slog.DiscardHandler)
	}
	db := &DB{committed: make(chan struct{}, 1)}
	var err error
	switch scheme, _, _ := strings.Cut(c.URL, ":"); scheme {
	case "":
		db.dialect = sqliteDialect
		db.engine, err = openSQLite(ctx, c, db.nudge)
	case "postgres", "postgresql":
		db.dialect = postgresDialect
		db.engine, err = openPostgres(ctx, c, db.nudge)
	default:
		return nil, fmt.Errorf("store: the database URL must begin with postgres://, not %q", scheme+":")
	}
	if err != nil {
		return nil, err
	}
	return db, nil
}

// Close waits for the changes that were handed in and closes the database.
// Every later call returns an error.
func (db *DB) Close() error { return db.engine.close() }

// Ping asks the database whether it answers.
func (db *DB) Ping(ctx context.Context) error { return db.engine.ping(ctx) }

// Committed tells that this process committed something since the last receive;
// several commits may give one signal. It serves one receiver.
func (db *DB) Committed() <-chan struct{} { return db.committed }

func (db *DB) nudge() {
	select {
	case db.committed <- struct{}{}:
	default:
	}
}

// exec runs one statement as a transaction of its own and returns how many rows
// it touched.
func (db *DB) exec(ctx context.Context, sql string, args ...any) (affected int64, err error) {
	err = db.engine.write(ctx, func(t tx) error {
		affected, err = t.exec(ctx, sql, args...)
		return err
	})
	return affected, err
}
