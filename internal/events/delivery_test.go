// SPDX-License-Identifier: Apache-2.0

package events_test

import (
	"context"
	"errors"
	"log/slog"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/convoke/convoke/internal/convoke"
	"github.com/convoke/convoke/internal/events"
)

func TestASinkGetsWhatItWantsOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	all, some := newSink("all"), newSink("some")
	some.wants = convoke.EventUserInvited
	w.commit(w.db, home, convoke.EventUserCreated) // before anybody listens
	w.run(w.db, nil, all, some)
	w.commit(w.db, home, convoke.EventUserInvited)
	w.commit(w.db, abroad, convoke.EventUserDeleted)
	got := map[convoke.EventName]convoke.Event{}
	for range 3 {
		e := w.next(all)
		got[e.Name] = e
	}
	invited := got[convoke.EventUserInvited]
	if len(got) != 3 || invited.ID == 0 || invited.AccountID != home || got[convoke.EventUserDeleted].AccountID != abroad {
		t.Errorf("events are %v", got)
	}
	if e := w.next(some); e.ID != invited.ID || string(e.Payload) != string(invited.Payload) {
		t.Errorf("event is %+v", e)
	}
	w.eventually("the cursor is saved", func() bool { return w.cursor() == got[convoke.EventUserDeleted].ID })
	if len(all.got)+len(some.got) > 0 {
		t.Error("something came twice")
	}
}

func (w *world) cursor() int64 {
	w.t.Helper()
	id, err := w.db.Cursor(w.t.Context(), "sinks")
	w.check(err)
	return id
}

func TestAnEventOfAnotherProcessIsFound(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	s := newSink("mail")
	w.run(deaf{w.db}, nil, s)
	for range 3 {
		w.commit(w.open(), home, convoke.EventUserInvited)
		w.next(s)
	}
}

// deaf is a store that nudges nobody, as when another process commits.
type deaf struct{ events.Store }

func (deaf) Committed() <-chan struct{} { return nil }

func TestAFailedDeliveryIsTriedAgain(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	var tries atomic.Int64
	s := newSink("mail")
	s.deliver = func(context.Context, convoke.Event) error {
		switch tries.Add(1) {
		case 1:
			return errors.New("the server is busy")
		case 2:
			panic("a bug in the sink")
		}
		return nil
	}
	w.run(w.db, []time.Duration{time.Millisecond, time.Millisecond, time.Millisecond}, s)
	w.commit(w.db, home, convoke.EventUserInvited)
	w.next(s)
	if n := tries.Load(); n != 3 {
		t.Errorf("%d tries", n)
	}
	for _, text := range []string{"the server is busy", "panic: a bug in the sink", "sink=mail", "attempt=2"} {
		if !strings.Contains(w.logs.String(), text) {
			t.Errorf("the log does not say %q: %s", text, w.logs)
		}
	}
}

func TestADeliveryIsGivenUpInTheEnd(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	var tries atomic.Int64
	s := newSink("mail")
	s.deliver = func(_ context.Context, e convoke.Event) error {
		if e.Name == convoke.EventUserInvited {
			tries.Add(1)
			return errors.New("no such address")
		}
		return nil
	}
	w.run(w.db, []time.Duration{time.Millisecond, time.Millisecond}, s)
	w.commit(w.db, home, convoke.EventUserInvited)
	w.eventually("a dead letter is logged", func() bool { return strings.Contains(w.logs.String(), "dead letter") })
	w.commit(w.db, home, convoke.EventUserCreated)
	w.next(s)
	if n := tries.Load(); n != 3 {
		t.Errorf("%d tries, want 3", n)
	}
	if n := strings.Count(w.logs.String(), "dead letter"); n != 1 {
		t.Errorf("%d dead letters", n)
	}
}

func TestASlowSinkHoldsUpNoOther(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	slow, quick := newSink("slow"), newSink("quick")
	gate := make(chan struct{})
	slow.deliver = func(ctx context.Context, _ convoke.Event) error {
		select {
		case <-gate:
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	w.run(w.db, nil, slow, quick)
	const many = 40 // more than are delivered at once
	for range many {
		w.commit(w.db, home, convoke.EventUserInvited)
	}
	for range many {
		w.next(quick)
	}
	close(gate)
	for range many {
		w.next(slow)
	}
}

// forgetful is a store whose cursor cannot be saved, as if the process were
// killed each time it tries.
type forgetful struct{ events.Store }

func (forgetful) SaveCursor(context.Context, string, int64) error { return errors.New("killed") }

func TestAKillBeforeTheCursorIsSavedDeliversOnce(t *testing.T) {
	t.Parallel()
	killBeforeCursor(newWorld(t))
}

func killBeforeCursor(w *world) {
	t := w.t
	s := newSink("mail")
	stop := w.run(forgetful{w.db}, nil, s)
	w.commit(w.db, home, convoke.EventUserInvited)
	first := w.next(s)
	w.eventually("the cursor fails", func() bool { return strings.Contains(w.logs.String(), "killed") })
	stop()
	if w.cursor() != 0 {
		t.Fatal("the cursor was saved")
	}
	w.run(w.db, nil, s)
	w.commit(w.db, home, convoke.EventUserInvited)
	if second := w.next(s); second.ID <= first.ID {
		t.Errorf("event %d came again after %d", second.ID, first.ID)
	}
	w.eventually("the cursor is saved", func() bool { return w.cursor() > first.ID })
	if len(s.got) > 0 {
		t.Error("something came twice")
	}
	if n := strings.Count(w.logs.String(), "trying again"); n != 1 {
		t.Errorf("one fault that lasts was logged %d times", n)
	}
}

func TestADeliveryCutOffByAStopComesAfterTheNextStart(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	s := newSink("mail")
	begun := make(chan struct{})
	s.deliver = func(ctx context.Context, _ convoke.Event) error {
		close(begun)
		<-ctx.Done()
		return ctx.Err()
	}
	stop := w.run(w.db, []time.Duration{time.Hour}, s)
	w.commit(w.db, home, convoke.EventUserInvited)
	<-begun
	stop()
	again := newSink("mail")
	w.run(w.db, []time.Duration{time.Hour}, again)
	w.next(again)
}

// countingLog counts the commits that the tail makes.
type countingLog struct {
	events.Store

	saves atomic.Int64
}

func (c *countingLog) SaveCursor(ctx context.Context, name string, id int64) error {
	c.saves.Add(1)
	return c.Store.SaveCursor(ctx, name, id)
}

func TestEventsThatNobodyWantsCostNoCommitEach(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	log := &countingLog{Store: w.db}
	s := newSink("mail")
	s.wants = convoke.EventUserInvited
	w.run(log, nil, s)
	start := time.Now()
	for range 200 {
		w.commit(w.db, home, convoke.EventUserCreated)
	}
	last, _, err := events.New(events.Config{Store: w.db}).List(t.Context(), convoke.Operator(home), 0, 1000)
	w.check(err)
	w.eventually("the cursor is saved in the end", func() bool { return w.cursor() == last[len(last)-1].ID })
	if most := int64(time.Since(start)/time.Second) + 2; log.saves.Load() > most {
		t.Errorf("the cursor was saved %d times, want at most %d", log.saves.Load(), most)
	}
}

// lossy is a store that has lost the event when a job asks for it.
type lossy struct{ events.Store }

func (l lossy) Events(ctx context.Context, account convoke.AccountID, after int64, limit int) ([]convoke.Event, error) {
	if limit == 1 {
		return nil, nil
	}
	return l.Store.Events(ctx, account, after, limit)
}

func TestAnEventThatIsGoneIsNotTriedAgain(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	s := newSink("mail")
	stop := w.run(lossy{w.db}, []time.Duration{time.Millisecond}, s)
	w.commit(w.db, home, convoke.EventUserInvited)
	w.eventually("it is logged", func() bool { return strings.Contains(w.logs.String(), "gone from the log") })
	stop()
	if len(s.got) != 0 || strings.Contains(w.logs.String(), "dead letter") {
		t.Errorf("the sink got %d events: %s", len(s.got), w.logs)
	}
}

func TestJobsThatCannotBeOpenedAreAnError(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	s := events.New(events.Config{
		Store: w.db, Sinks: []events.Sink{newSink("mail")}, Logger: slog.New(slog.DiscardHandler),
		JobsFile: filepath.Join(w.dir, "no", "such", "dir", "jobs.db"),
	})
	if err := s.Run(t.Context()); err == nil {
		t.Error("no error")
	}
}

func TestNothingIsLoggedWhenAllIsWell(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	s := newSink("mail")
	stop := w.run(w.db, nil, s)
	w.commit(w.db, home, convoke.EventUserInvited)
	w.next(s)
	stop()
	if text := w.logs.String(); text != "" {
		t.Errorf("the log says %s", text)
	}
}
