// SPDX-License-Identifier: Apache-2.0

package events

import (
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"

	"github.com/convoke/convoke/internal/convoke"
)

// delivery is a job: one event for one sink. It names the event instead of
// holding it, so that nothing about a person is stored a second time.
type delivery struct {
	Sink    string `json:"sink"`
	EventID int64  `json:"event_id"`
}

// Kind is the job's name in River's tables.
func (delivery) Kind() string { return "delivery" }

// options make a delivery unique for as long as River remembers it (a day after
// it was done), and give each sink a queue of its own.
func (d delivery) options(attempts int) *river.InsertOpts {
	return &river.InsertOpts{
		Queue: d.Sink, MaxAttempts: attempts,
		UniqueOpts: river.UniqueOpts{ByArgs: true, ByState: rivertype.JobStates()},
	}
}

// worker does the jobs.
type worker struct {
	river.WorkerDefaults[delivery]

	store  Store
	sinks  map[string]Sink
	logger *slog.Logger
}

func newWorker(s *Service) *worker {
	w := &worker{store: s.store, sinks: make(map[string]Sink), logger: s.logger}
	for _, sink := range s.sinks {
		w.sinks[sink.Name()] = sink
	}
	return w
}

// Work hands the event to its sink.
func (w *worker) Work(ctx context.Context, job *river.Job[delivery]) error {
	event, err := w.event(ctx, job.Args.EventID)
	if err != nil {
		return err
	}
	return w.sinks[job.Args.Sink].Deliver(ctx, event)
}

// event reads the event from the log. One that is not there any more is not
// looked for again.
func (w *worker) event(ctx context.Context, id int64) (convoke.Event, error) {
	list, err := w.store.Events(ctx, "", id-1, 1)
	if err != nil {
		return convoke.Event{}, err
	}
	if len(list) == 0 || list[0].ID != id {
		w.logger.WarnContext(ctx, "an event is gone from the log before it was delivered", slog.Int64("event_id", id))
		return convoke.Event{}, river.JobCancel(fmt.Errorf("event %d is not in the log", id))
	}
	return list[0], nil
}

// retryPolicy spaces the attempts out. It implements river.ClientRetryPolicy.
type retryPolicy []time.Duration

// NextRetry adds up to a tenth, so that what failed together does not come back
// together.
func (p retryPolicy) NextRetry(job *rivertype.JobRow) time.Time {
	wait := p[min(max(job.Attempt, 1), len(p))-1]
	return time.Now().Add(wait + rand.N(wait/10+1))
}

// failureLog writes failed deliveries to the log. It implements river.ErrorHandler.
type failureLog struct{ logger *slog.Logger }

// HandleError logs a failed attempt, and the last one as a dead letter.
func (f failureLog) HandleError(ctx context.Context, job *rivertype.JobRow, err error) *river.ErrorHandlerResult {
	level, text := slog.LevelWarn, "delivery failed; it will be tried again"
	if job.Attempt >= job.MaxAttempts {
		level, text = slog.LevelError, "delivery given up: dead letter"
	}
	f.logger.Log(ctx, level, text,
		slog.String("sink", job.Queue), slog.String("job", string(job.EncodedArgs)),
		slog.Int("attempt", job.Attempt), slog.Any("error", err))
	return nil
}

// HandlePanic logs a sink that panicked as a failed attempt.
func (f failureLog) HandlePanic(ctx context.Context, job *rivertype.JobRow, value any, _ string) *river.ErrorHandlerResult {
	return f.HandleError(ctx, job, fmt.Errorf("panic: %v", value))
}
