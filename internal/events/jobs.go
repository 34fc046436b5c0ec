// SPDX-License-Identifier: Apache-2.0

package events

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver"
	"github.com/riverqueue/river/rivermigrate"
)

// jobs keeps the deliveries and works them.
type jobs interface {
	// insert stores the deliveries that are not there yet. When it returns they
	// survive a power cut.
	insert(ctx context.Context, list []delivery) error
	start(ctx context.Context) error
	// stop lets deliveries in flight finish, within seconds.
	stop()
	close()
}

// openJobs opens the database of the jobs and brings its tables up to date.
func (s *Service) openJobs(ctx context.Context) (jobs, error) {
	if strings.HasPrefix(s.databaseURL, "postgres") {
		return s.openPostgres(ctx)
	}
	return s.openSQLite(ctx)
}

const (
	deliveriesAtOnce = 16 // of each sink
	fetchCooldown    = 10 * time.Millisecond
	deliveryTime     = time.Minute
	rescueAfter      = 2 * time.Minute // a delivery that a killed process left behind
)

// riverJobs is jobs on either database; TTx is its driver's transaction.
type riverJobs[TTx any] struct {
	client   *river.Client[TTx]
	attempts int
	sync     func(context.Context) error // makes what was inserted durable
	release  func()
	logger   *slog.Logger
}

func newRiverJobs[TTx any](
	s *Service, driver riverdriver.Driver[TTx], sync func(context.Context) error, release func(),
) (*riverJobs[TTx], error) {
	workers := river.NewWorkers()
	river.AddWorker(workers, newWorker(s))
	client, err := river.NewClient(driver, &river.Config{
		Queues: s.queues(), Workers: workers, FetchCooldown: fetchCooldown, FetchPollInterval: s.poll,
		JobTimeout: deliveryTime, RescueStuckJobsAfter: rescueAfter, SoftStopTimeout: stopTime,
		RetryPolicy: retryPolicy(s.retry), ErrorHandler: failureLog{s.logger}, Logger: quiet(s.logger),
	})
	if err != nil {
		return nil, fmt.Errorf("events: making the job client: %w", err)
	}
	return &riverJobs[TTx]{client: client, attempts: len(s.retry) + 1, sync: sync, release: release, logger: s.logger}, nil
}

// queues gives each sink its own, so that a slow one holds up no other.
func (s *Service) queues() map[string]river.QueueConfig {
	queues := make(map[string]river.QueueConfig)
	for _, sink := range s.sinks {
		queues[sink.Name()] = river.QueueConfig{MaxWorkers: deliveriesAtOnce}
	}
	return queues
}

func (j *riverJobs[TTx]) insert(ctx context.Context, list []delivery) error {
	if len(list) == 0 {
		return nil
	}
	params := make([]river.InsertManyParams, len(list))
	for i, d := range list {
		params[i] = river.InsertManyParams{Args: d, InsertOpts: d.options(j.attempts)}
	}
	if _, err := j.client.InsertMany(ctx, params); err != nil {
		return fmt.Errorf("events: storing deliveries: %w", err)
	}
	return j.sync(ctx)
}

func (j *riverJobs[TTx]) start(ctx context.Context) error {
	if err := j.client.Start(ctx); err != nil {
		return fmt.Errorf("events: starting deliveries: %w", err)
	}
	return nil
}

// stop gives up on a delivery that does not heed its context; it is rescued by
// whoever runs next.
func (j *riverJobs[TTx]) stop() {
	ctx, cancel := context.WithTimeout(context.Background(), stopTime+2*time.Second)
	defer cancel()
	if err := j.client.Stop(ctx); err != nil {
		j.logger.Warn("deliveries did not stop in time", slog.Any("error", err))
	}
}

func (j *riverJobs[TTx]) close() { j.release() }

func migrate[TTx any](ctx context.Context, s *Service, driver riverdriver.Driver[TTx]) error {
	migrator, err := rivermigrate.New(driver, &rivermigrate.Config{Logger: quiet(s.logger)})
	if err != nil {
		return fmt.Errorf("events: reading the migrations of the jobs: %w", err)
	}
	if _, err := migrator.Migrate(ctx, rivermigrate.DirectionUp, nil); err != nil {
		return fmt.Errorf("events: migrating the jobs: %w", err)
	}
	return nil
}

// quiet passes River's warnings and errors on to the logger and drops the rest:
// failed deliveries are logged by failureLog.
func quiet(logger *slog.Logger) *slog.Logger { return slog.New(quietHandler{logger.Handler()}) }

type quietHandler struct{ slog.Handler }

func (h quietHandler) Enabled(ctx context.Context, level slog.Level) bool {
	return level >= slog.LevelWarn && h.Handler.Enabled(ctx, level)
}

func (h quietHandler) WithAttrs(attrs []slog.Attr) slog.Handler {
	return quietHandler{h.Handler.WithAttrs(attrs)}
}

func (h quietHandler) WithGroup(name string) slog.Handler {
	return quietHandler{h.Handler.WithGroup(name)}
}
