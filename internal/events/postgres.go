// SPDX-License-Identifier: Apache-2.0

package events

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
)

const (
	postgresConns = 4                // one of them listens for new jobs
	migrationLock = 0x636f6e766f6b65 // "convoke": only one process migrates at a time
)

// openPostgres keeps the jobs in the store's database. Commits there are durable
// already, and any number of processes may share the jobs.
func (s *Service) openPostgres(ctx context.Context) (jobs, error) {
	config, err := pgxpool.ParseConfig(s.databaseURL)
	if err != nil {
		return nil, fmt.Errorf("events: the database URL: %w", err)
	}
	config.MaxConns = postgresConns
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return nil, fmt.Errorf("events: opening the database: %w", err)
	}
	if err := s.migratePostgres(ctx, pool); err != nil {
		pool.Close()
		return nil, err
	}
	durable := func(context.Context) error { return nil }
	return newRiverJobs[pgx.Tx](s, riverpgxv5.New(pool), durable, pool.Close)
}

func (s *Service) migratePostgres(ctx context.Context, pool *pgxpool.Pool) error {
	conn, err := pool.Acquire(ctx)
	if err != nil {
		return fmt.Errorf("events: reaching the database: %w", err)
	}
	defer conn.Release()
	if _, err := conn.Exec(ctx, "SELECT pg_advisory_lock($1)", int64(migrationLock)); err != nil {
		return fmt.Errorf("events: waiting to migrate: %w", err)
	}
	defer func() {
		_, _ = conn.Exec(context.WithoutCancel(ctx), "SELECT pg_advisory_unlock($1)", int64(migrationLock))
	}()
	return migrate(ctx, s, riverpgxv5.New(pool))
}
