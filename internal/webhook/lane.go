// SPDX-License-Identifier: Apache-2.0

package webhook

import (
	"context"
	"log/slog"
	"reflect"
	"time"

	"github.com/convoke/convoke/internal/convoke"
)

const (
	laneWidth  = 16  // requests at a time to one receiver
	retryWidth = 8   // of them, for events that it did not take before
	window     = 512 // events in memory that were read and are not done
	pageSize   = 256
	maxKept    = 10_000 // then no more is read until some are done or dead

	restAfter  = 20          // failures in a row: the receiver is taken to be down
	probeEvery = time.Minute // how often it is then tried with one more event

	saveAfter = 250 * time.Millisecond // at the latest after something was done
	skipAfter = time.Second            // likewise, when only events were passed that nobody wants
	faultWait = time.Second
)

// lane delivers to one receiver. All but the channels belongs to the goroutine
// of run.
type lane struct {
	*Deliverer
	account convoke.AccountID
	ctx     context.Context //nolint:containedctx // the life of the lane, which stop ends
	stop    context.CancelFunc
	woken   chan struct{}
	changed chan convoke.Lane // holds the newest
	results chan result
	ended   chan struct{} // closed at the end of run
	sent    convoke.Lane  // to changed; of the Deliverer

	target   convoke.Lane
	read     int64 // events up to this one were read
	more     bool  // there may be events after it
	unread   bool  // what is kept has changed, and is to be read again
	open     []*item
	busy     map[string][]*item // of each subject in flight: what comes after it
	ready    []*item
	flight   int
	failures int // in a row
	probeAt  time.Time
	agedAt   time.Time

	shelf
	journal
}

// item is one event on its way for the first time.
type item struct {
	event   convoke.Event
	subject string
	done    bool
}

// result is the outcome of an attempt; item is nil when it was on a kept event.
type result struct {
	item    *item
	subject string
	gone    bool // a kept event that is no longer in the log
	attempt convoke.Attempt
}

func newLane(ctx context.Context, d *Deliverer, target convoke.Lane) *lane {
	l := &lane{
		Deliverer: d, account: target.AccountID, target: target, read: target.Position, more: true,
		woken: make(chan struct{}, 1), changed: make(chan convoke.Lane, 1), results: make(chan result, laneWidth),
		ended: make(chan struct{}), sent: target,
		busy: make(map[string][]*item), shelf: newShelf(), journal: newJournal(target),
	}
	l.ctx, l.stop = context.WithCancel(ctx)
	return l
}

// wake tells that there are events; it never blocks.
func (l *lane) wake() {
	select {
	case l.woken <- struct{}{}:
	default:
	}
}

// update tells what the subscription is now; only the newest counts.
func (l *lane) update(target convoke.Lane) {
	target.Position = l.sent.Position // the lane knows better
	if reflect.DeepEqual(target, l.sent) {
		return
	}
	l.sent = target
	select {
	case <-l.changed:
	default:
	}
	l.changed <- target
}

// run goes on until the lane is stopped. lost is called when another process
// has taken over.
func (l *lane) run(lost func()) {
	defer close(l.ended)
	for !l.load() {
		select {
		case <-l.ctx.Done():
			return
		case <-time.After(faultWait):
		}
	}
	timer := time.NewTimer(0)
	defer timer.Stop()
	for l.ctx.Err() == nil {
		l.step()
		if !l.save(l.ctx, false) {
			lost()
			return
		}
		timer.Reset(time.Until(l.nextTime()))
		select {
		case <-l.ctx.Done():
		case <-timer.C:
		case <-l.woken:
			l.more = true
		case target := <-l.changed:
			l.retarget(target)
		case r := <-l.results:
			l.settle(r)
			l.settleMore()
		}
	}
	l.finish()
}

// step reads and starts what there is room for.
func (l *lane) step() {
	l.unread = l.unread && !l.load()
	l.age()
	l.fill()
	if l.target.State() == convoke.SubscriptionActive {
		l.startKept()
	}
	l.startReady()
}

// settleMore takes what else has come in, so that one save serves many.
func (l *lane) settleMore() {
	for {
		select {
		case r := <-l.results:
			l.settle(r)
		default:
			return
		}
	}
}

// finish lets what is in flight come to its end, which Timeout bounds.
func (l *lane) finish() {
	for l.flight > 0 {
		l.settle(<-l.results)
	}
	l.save(context.WithoutCancel(l.ctx), true)
}

// retarget goes on with what the subscription is now.
func (l *lane) retarget(target convoke.Lane) {
	replayed := target.Replays != l.target.Replays
	l.target = target
	l.unread = l.unread || replayed
	l.more = true
}

// resting reports whether the receiver is taken to be down.
func (l *lane) resting() bool { return l.failures >= restAfter }

// blocked reports whether events must stay in the log for now.
func (l *lane) blocked() bool {
	return l.target.State() != convoke.SubscriptionActive || l.size >= maxKept || l.broken
}

// fill reads events while there is room for them.
func (l *lane) fill() {
	for l.more && !l.blocked() && len(l.open) <= window-pageSize && (!l.resting() || len(l.ready) == 0) {
		list, err := l.page(l.ctx, l.account, l.read)
		if err != nil {
			l.fault(l.ctx, "reading the log", err)
			l.pause()
			return
		}
		l.more = len(list) == pageSize
		for _, e := range list {
			l.read = e.ID
			l.take(e)
		}
		l.passed(l.read, l.open)
	}
}

// take finds the event its place.
func (l *lane) take(e logged) {
	if !l.target.Wants(e.Event) {
		return
	}
	it := &item{event: e.Event, subject: e.subject}
	if l.holds(it.subject) {
		l.keepWaiting(it)
		return
	}
	l.open = append(l.open, it)
	if queue, flying := l.busy[it.subject]; flying {
		l.busy[it.subject] = append(queue, it)
		return
	}
	l.busy[it.subject] = nil
	l.ready = append(l.ready, it)
}

// startReady sends what is ready: to a receiver that is down, one event a
// minute, which shows when it is up again.
func (l *lane) startReady() {
	for len(l.ready) > 0 && l.flight < laneWidth && !l.blocked() {
		if l.resting() {
			if l.flight > 0 || time.Now().Before(l.probeAt) {
				return
			}
			l.probeAt = time.Now().Add(probeEvery)
		}
		it := l.ready[0]
		l.ready[0] = nil
		l.ready = l.ready[1:]
		l.flight++
		url, secret, ctx := l.target.URL, l.target.Secret, context.WithoutCancel(l.ctx)
		go func() {
			l.results <- result{item: it, subject: it.subject, attempt: l.client.send(ctx, url, secret, it.event)}
		}()
	}
}

// settle draws the conclusions from an attempt.
func (l *lane) settle(r result) {
	l.flight--
	if !r.gone {
		l.record(r.attempt)
		l.failures++
		if r.attempt.OK() {
			l.failures = 0
		}
	}
	if r.item == nil {
		l.settleKept(r)
	} else {
		l.settleFirst(r)
	}
	l.tidy()
}

// tidy forgets what is done at the head of the open events.
func (l *lane) tidy() {
	for len(l.open) > 0 && l.open[0].done {
		l.open[0] = nil
		l.open = l.open[1:]
	}
	l.passed(l.read, l.open)
}

// settleFirst lets the next event of the subject go, or keeps all of them.
func (l *lane) settleFirst(r result) {
	r.item.done = true
	queue := l.busy[r.subject]
	switch {
	case !r.attempt.OK():
		delete(l.busy, r.subject)
		l.keepFailed(r)
		for _, it := range queue {
			it.done = true
			l.keepWaiting(it)
		}
	case len(queue) == 0:
		delete(l.busy, r.subject)
	default:
		l.busy[r.subject] = queue[1:]
		l.ready = append(l.ready, queue[0])
	}
}

// age gives up, once in a while, on events that could not even be tried for
// DeliveryLife because the receiver was down all the time.
func (l *lane) age() {
	if now := time.Now(); l.broken || !l.blocked() && !l.resting() || now.Before(l.agedAt) {
		return
	}
	l.agedAt = time.Now().Add(probeEvery)
	old := time.Now().Add(-convoke.DeliveryLife)
	l.ageReady(old)
	for len(l.open) == 0 {
		list, err := l.store.Events(l.ctx, l.account, l.read, pageSize)
		if err != nil {
			l.fault(l.ctx, "reading the log", err)
			return
		}
		for _, e := range list {
			if e.At.After(old) {
				return
			}
			l.read = e.ID
			if l.target.Wants(e) {
				l.writeDead(e)
			}
		}
		l.passed(l.read, l.open)
		if len(list) < pageSize {
			return
		}
	}
}

// ageReady does so for the events in memory that are not in flight.
func (l *lane) ageReady(old time.Time) {
	var ready []*item
	for _, it := range l.ready {
		for queue := l.busy[it.subject]; it != nil && !it.event.At.After(old); {
			l.writeDead(it.event)
			it.done = true
			if len(queue) == 0 {
				delete(l.busy, it.subject)
				it = nil
				continue
			}
			it, queue = queue[0], queue[1:]
			l.busy[it.subject] = queue
		}
		if it != nil {
			ready = append(ready, it)
		}
	}
	l.ready = ready
	l.tidy()
}

func (l *lane) writeDead(e convoke.Event) {
	l.write(convoke.Delivery{
		Subscription: l.target.ID, EventID: e.ID, Event: e.Name, Subject: e.Subject(), State: convoke.DeliveryDead, Since: e.At,
		Error: "The receiver took no events for three days.",
	})
}

// nextTime is when there is something to do even if nothing happens.
func (l *lane) nextTime() time.Time {
	next := time.Now().Add(probeEvery)
	sooner := func(at time.Time) {
		if !at.IsZero() && at.Before(next) {
			next = at
		}
	}
	sooner(l.saveAt)
	if l.unread {
		sooner(time.Now().Add(faultWait))
	}
	if l.target.State() == convoke.SubscriptionActive {
		sooner(l.dueAt)
	}
	if l.resting() && len(l.ready) > 0 && l.flight == 0 && !l.blocked() {
		sooner(l.probeAt)
	}
	return next
}

// logDead writes a dead letter to the log.
func (l *lane) logDead(d convoke.Delivery) {
	l.logger.Error("webhook given up: dead letter", slog.String("webhook_id", string(d.Subscription)),
		slog.Int64("event_id", d.EventID), slog.Int("attempts", d.Attempts), slog.String("error", d.Error))
}
