// SPDX-License-Identifier: Apache-2.0

package events

import (
	"context"
	"log/slog"
	"time"

	"github.com/convoke/convoke/internal/convoke"
)

// Store is the log of committed events, and where the tail remembers how far
// it has read.
type Store interface {
	// Events returns events with ids above after, in the order of their ids, of
	// one account or, for "", of all. An event that commits later has a greater
	// id than any that was returned before.
	Events(ctx context.Context, account convoke.AccountID, after int64, limit int) ([]convoke.Event, error)
	// Cursor returns the id saved under the name, 0 when there is none.
	Cursor(ctx context.Context, name string) (int64, error)
	// SaveCursor saves the id under the name.
	SaveCursor(ctx context.Context, name string, id int64) error
	// Committed gets a value soon after this process committed an event.
	Committed() <-chan struct{}
	// EventFloor returns the last of the account's events that was purged; 0: none.
	EventFloor(ctx context.Context, account convoke.AccountID) (int64, error)
	// PurgeEvents deletes the oldest events from before the time, at most limit, as
	// far as nobody needs them, and returns how many.
	PurgeEvents(ctx context.Context, before time.Time, limit int) (int, error)
}

// Sink is a place that events go to.
type Sink interface {
	// Name is letters, digits and dashes. It is stored with each delivery, so it
	// must never change.
	Name() string
	// Wants reports whether the event is to be delivered here. It must be quick.
	Wants(event convoke.Event) bool
	// Deliver acts on the event, within a minute or until ctx ends. After an
	// error it is called again later. It may, rarely, see an event twice. The
	// error is stored and logged, so it must hold no secret.
	Deliver(ctx context.Context, event convoke.Event) error
}

// Config is what the service is made of.
type Config struct {
	Store Store
	Sinks []Sink
	// DatabaseURL is the store's: the jobs of a postgres:// database stand beside
	// the store's tables, and several processes may run. Any other: JobsFile.
	DatabaseURL string
	// JobsFile is the SQLite file that holds the jobs of one process.
	JobsFile string
	// Retry is how long to wait after the first failed delivery, the second and
	// so on; then the delivery is given up and logged. Empty: DefaultRetry.
	Retry []time.Duration
	// Nudge, if set, is called when the log may have grown: soon after a commit of
	// this process, and now and then. It must return at once.
	Nudge  func()
	Logger *slog.Logger
}

// DefaultRetry makes twelve attempts over a day and a half.
func DefaultRetry() []time.Duration {
	return []time.Duration{
		5 * time.Second, time.Minute, 5 * time.Minute, 30 * time.Minute,
		time.Hour, 2 * time.Hour, 4 * time.Hour, 6 * time.Hour, 6 * time.Hour, 6 * time.Hour, 6 * time.Hour,
	}
}

// Service is the use case.
type Service struct {
	store       Store
	sinks       []Sink
	databaseURL string
	jobsFile    string
	retry       []time.Duration
	nudge       func()
	logger      *slog.Logger
	poll        time.Duration // between looks at the log and at the jobs when nothing nudges
}

// New makes the service; Run starts it. List needs no Run.
func New(c Config) *Service {
	if len(c.Retry) == 0 {
		c.Retry = DefaultRetry()
	}
	if c.Nudge == nil {
		c.Nudge = func() {}
	}
	return &Service{
		store: c.Store, sinks: c.Sinks, databaseURL: c.DatabaseURL, jobsFile: c.JobsFile,
		retry: c.Retry, nudge: c.Nudge, logger: c.Logger, poll: time.Second,
	}
}

// stopTime is how long a delivery in flight may go on after Run was told to
// stop. One that is cut off is delivered again after the next start.
const stopTime = 3 * time.Second

// Run delivers events until ctx ends, then finishes what is in flight and
// returns nil within seconds. It returns an error at once when the jobs cannot
// be opened. Faults after that are logged, and tried again.
func (s *Service) Run(ctx context.Context) error {
	jobs, err := s.openJobs(ctx)
	if err != nil && ctx.Err() != nil {
		return nil // told to stop before it began
	}
	if err != nil {
		return err
	}
	defer jobs.close()
	if err := jobs.start(context.WithoutCancel(ctx)); err != nil {
		return err
	}
	newTail(s, jobs).follow(ctx)
	jobs.stop()
	return nil
}
