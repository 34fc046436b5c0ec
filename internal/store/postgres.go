// SPDX-License-Identifier: Apache-2.0

package store

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/url"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"
)

// postgresEngine is a pool of connections to PostgreSQL. Any number of
// processes may share the database.
type postgresEngine struct {
	pool      *pgxpool.Pool
	committed func()
}

// defaultConnections is the size of the pool when the URL names none
// (pool_max_conns).
const defaultConnections = 16

func openPostgres(ctx context.Context, c Config, committed func()) (*postgresEngine, error) {
	config, err := pgxpool.ParseConfig(c.URL)
	if err != nil {
		return nil, fmt.Errorf("store: the database URL is not valid: %w", withoutPassword(err, c.URL))
	}
	if !strings.Contains(c.URL, "pool_max_conns") {
		config.MaxConns = defaultConnections
	}
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return nil, fmt.Errorf("store: %w", err)
	}
	e := &postgresEngine{pool: pool, committed: committed}
	if err := e.prepare(ctx); err != nil {
		pool.Close()
		return nil, err
	}
	return e, nil
}

// withoutPassword takes the URL's password out of an error about the URL.
func withoutPassword(err error, raw string) error {
	u, parseErr := url.Parse(raw)
	if parseErr != nil {
		return fmt.Errorf("it does not parse")
	}
	if password, ok := u.User.Password(); ok && strings.Contains(err.Error(), password) {
		return fmt.Errorf("it does not parse")
	}
	return err
}

// prepare brings the schema up to date, and the event ids past those of a log
// that was restored without its sequence.
func (e *postgresEngine) prepare(ctx context.Context) error {
	db := stdlib.OpenDBFromPool(e.pool)
	defer db.Close()
	if err := migratePostgres(ctx, db); err != nil {
		return err
	}
	_, err := e.pool.Exec(ctx, `SELECT setval('event_ids', newest.id)
		FROM (SELECT MAX(id) AS id FROM events) newest, event_ids WHERE event_ids.last_value < newest.id`)
	if err != nil {
		return fmt.Errorf("store: %w", err)
	}
	return nil
}

func (e *postgresEngine) query(ctx context.Context, each func(*row), sql string, args ...any) error {
	rows, err := e.pool.Query(ctx, sql, args...)
	return readRows(rows, err, each)
}

func (e *postgresEngine) ping(ctx context.Context) error { return e.pool.Ping(ctx) }

func (e *postgresEngine) close() error {
	e.pool.Close()
	return nil
}

// write runs op in a transaction, and again from the start as long as it asks
// for that or PostgreSQL does.
func (e *postgresEngine) write(ctx context.Context, op func(tx) error) error {
	var err error
	for try := range maxTries {
		if err = e.once(ctx, op); err == nil {
			e.committed()
			return nil
		}
		if !wantsAgain(err) {
			return err
		}
		if stop := pause(ctx, try); stop != nil {
			return stop
		}
	}
	return err
}

// pause waits for a random time that grows with the tries, to 50 ms at most.
func pause(ctx context.Context, try int) error {
	if try == 0 {
		return ctx.Err() // mostly the other one has committed: that is why there was a conflict
	}
	longest := min(time.Millisecond<<try, 50*time.Millisecond)
	timer := time.NewTimer(rand.N(longest))
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (e *postgresEngine) once(ctx context.Context, op func(tx) error) error {
	return pgx.BeginFunc(ctx, e.pool, func(t pgx.Tx) error { return op(pgTx{t}) })
}

// pgTx is an open transaction.
type pgTx struct{ tx pgx.Tx }

func (t pgTx) query(ctx context.Context, each func(*row), sql string, args ...any) error {
	rows, err := t.tx.Query(ctx, sql, args...)
	return readRows(rows, err, each)
}

func (t pgTx) exec(ctx context.Context, sql string, args ...any) (int64, error) {
	tag, err := t.tx.Exec(ctx, sql, args...)
	return tag.RowsAffected(), err
}

func (t pgTx) queryAll(ctx context.Context, reads []read) error {
	var batch pgx.Batch
	for _, r := range reads {
		batch.Queue(r.sql, r.args...).Query(func(rows pgx.Rows) error { return readRows(rows, nil, r.each) })
	}
	return t.tx.SendBatch(ctx, &batch).Close()
}

// run sends all of the plan in one round trip.
func (t pgTx) run(ctx context.Context, p plan) (err error) {
	steps := p.steps
	if p.count != nil {
		steps = append(steps, p.count.step(rand.IntN(postgresDialect.shards)))
	}
	if steps = append(steps, appendEvents(p.events)...); len(steps) == 0 {
		return nil
	}
	var batch pgx.Batch
	for _, s := range steps {
		batch.Queue(s.sql, s.args...)
	}
	results := t.tx.SendBatch(ctx, &batch)
	defer func() {
		if closed := results.Close(); err == nil {
			err = closed
		}
	}()
	for _, s := range steps {
		tag, err := results.Exec()
		if err == nil && s.check != nil {
			err = s.check(tag.RowsAffected())
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func readRows(rows pgx.Rows, err error, each func(*row)) error {
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if each == nil {
			continue
		}
		values, err := rows.Values()
		if err != nil {
			return err
		}
		r := row{columns: pgColumns(values)}
		if each(&r); r.err != nil {
			return r.err
		}
	}
	return rows.Err()
}

// pgColumns is a result row, decoded by pgx.
type pgColumns []any

func (c pgColumns) isNull(i int) bool { return c[i] == nil }

func (c pgColumns) text(i int) string {
	s, _ := c[i].(string)
	return s
}

func (c pgColumns) blob(i int) []byte {
	b, _ := c[i].([]byte)
	return b
}

func (c pgColumns) flag(i int) bool {
	b, _ := c[i].(bool)
	return b
}

func (c pgColumns) number(i int) int64 {
	switch n := c[i].(type) {
	case int64:
		return n
	case int32:
		return int64(n)
	}
	return 0
}
