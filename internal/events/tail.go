// SPDX-License-Identifier: Apache-2.0

package events

import (
	"context"
	"log/slog"
	"time"

	"github.com/convoke/convoke/internal/convoke"
)

const (
	cursorName  = "sinks"               // one cursor for all sinks: a new sink starts with new events
	batchSize   = 1000                  // events read at once
	gatherTime  = 25 * time.Millisecond // after a nudge, so that a burst of commits is read together
	cursorEvery = time.Second           // at least, between saves when no event was wanted
)

// tail follows the log of committed events and makes a job of each that a sink
// wants. The order is insert, then save the cursor: after a crash in between,
// the same jobs are inserted again and found to be there.
type tail struct {
	*Service
	jobs     jobs
	position int64 // read so far
	saved    int64 // in the store
	savedAt  time.Time
}

func newTail(s *Service, j jobs) *tail { return &tail{Service: s, jobs: j} }

// follow goes on until ctx ends. A fault is logged and tried again at the next
// poll; while it lasts the log line is not repeated.
func (t *tail) follow(ctx context.Context) {
	ticker := time.NewTicker(t.poll)
	defer ticker.Stop()
	failing := false
	for ctx.Err() == nil {
		t.nudge()
		full, err := t.advance(ctx)
		if err != nil && ctx.Err() == nil && !failing {
			t.logger.ErrorContext(ctx, "events are not being handed to the sinks; trying again", slog.Any("error", err))
		}
		failing = err != nil
		switch {
		case failing:
			waitFor(ctx, ticker.C)
		case !full:
			t.waitForMore(ctx, ticker.C)
		}
	}
}

func waitFor(ctx context.Context, tick <-chan time.Time) {
	select {
	case <-ctx.Done():
	case <-tick:
	}
}

// waitForMore returns after a nudge, or at the poll: another process on the
// same database may have committed.
func (t *tail) waitForMore(ctx context.Context, tick <-chan time.Time) {
	select {
	case <-ctx.Done():
	case <-tick:
	case <-t.store.Committed():
		waitFor(ctx, time.After(gatherTime))
	}
}

// advance reads one batch and reports whether it was full.
func (t *tail) advance(ctx context.Context) (full bool, err error) {
	if t.saved, err = t.store.Cursor(ctx, cursorName); err != nil {
		return false, err
	}
	t.position = max(t.position, t.saved) // another process may be ahead
	list, err := t.store.Events(ctx, "", t.position, batchSize)
	if err != nil {
		return false, err
	}
	wanted := t.wanted(list)
	if err := t.jobs.insert(ctx, wanted); err != nil {
		return false, err
	}
	position := t.position
	if len(list) > 0 {
		position = list[len(list)-1].ID
	}
	if err := t.save(ctx, position, len(wanted) > 0); err != nil {
		return false, err
	}
	t.position = position
	return len(list) == batchSize, nil
}

func (t *tail) wanted(list []convoke.Event) []delivery {
	var wanted []delivery
	for _, e := range list {
		for _, sink := range t.sinks {
			if sink.Wants(e) {
				wanted = append(wanted, delivery{Sink: sink.Name(), EventID: e.ID})
			}
		}
	}
	return wanted
}

// save writes the cursor when jobs were made, and else only now and then: events
// that nobody wants may be read twice for nothing, and cost no commit each time.
func (t *tail) save(ctx context.Context, position int64, atOnce bool) error {
	if position <= t.saved || (!atOnce && time.Since(t.savedAt) < cursorEvery) {
		return nil
	}
	if err := t.store.SaveCursor(ctx, cursorName, position); err != nil {
		return err
	}
	t.savedAt = time.Now()
	return nil
}
