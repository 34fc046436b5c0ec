// SPDX-License-Identifier: Apache-2.0

package store

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"runtime"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"

	"github.com/convoke/convoke/internal/convoke"
)

// groupSize is the most changes that share one commit.
const groupSize = 256

// writer owns the one connection of this process that writes to SQLite. Callers
// hand in jobs; the writer runs all that wait in one transaction and answers
// them after its commit, so that many share one fsync.
//
// Jobs of a group see each other's writes. There is no savepoint for each job:
// when one fails after it wrote something, the whole group is rolled back and
// its jobs run again, one by one, each in a transaction of its own. A job may
// therefore run more than once and must be repeatable.
//
// What plans add to counters and to the log is written at the end of the group,
// for all of them together.
type writer struct {
	conn      *connection
	back      *checkpointer // nil: SQLite copies its log back itself
	late      late
	committed func()
	queue     chan *job
	closing   chan struct{}
	stopped   chan struct{}
	close     sync.Once
}

type job struct {
	ctx   context.Context
	run   func(tx) error
	state atomic.Int32
	err   error
	done  chan struct{}
}

// The states of a job. Whoever moves it out of waiting decides its fate.
const (
	waiting int32 = iota
	running
	withdrawn
)

// errDirty marks a failure after which the transaction cannot go on.
var errDirty = errors.New("store: failed after writing")

func startWriter(conn *connection, back *checkpointer, committed func()) *writer {
	w := &writer{
		conn: conn, back: back, committed: committed,
		queue: make(chan *job, groupSize), closing: make(chan struct{}), stopped: make(chan struct{}),
	}
	go w.loop()
	return w
}

// do hands in a job and waits for the commit that holds it. When ctx ends
// before the job ran, it is never run.
func (w *writer) do(ctx context.Context, run func(tx) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	j := &job{ctx: ctx, run: run, done: make(chan struct{})}
	select {
	case <-w.closing:
		return errClosed
	case <-ctx.Done():
		return ctx.Err()
	case w.queue <- j:
	}
	return w.wait(j)
}

func (w *writer) wait(j *job) error {
	select {
	case <-j.done:
		return j.err
	case <-j.ctx.Done():
		if j.state.CompareAndSwap(waiting, withdrawn) {
			return j.ctx.Err()
		}
	case <-w.stopped:
		if j.state.CompareAndSwap(waiting, withdrawn) {
			return errClosed // it came in as the writer left
		}
	}
	<-j.done
	return j.err
}

// stop runs what was handed in and ends the writer.
func (w *writer) stop() {
	w.close.Do(func() { close(w.closing) })
	<-w.stopped
}

func (w *writer) loop() {
	defer close(w.stopped)
	group := make([]*job, 0, groupSize)
	quiet := time.NewTimer(quietAfter)
	defer quiet.Stop()
	for {
		select {
		case j := <-w.queue:
			w.letCome()
			group = w.collect(append(group[:0], j))
			w.commitGroup(group)
			clear(group)
			if w.back != nil {
				w.back.tend(w.conn, len(group))
				quiet.Reset(quietAfter)
			}
		case <-quiet.C:
			if w.back != nil {
				w.back.rest(w.conn)
			}
		case <-w.closing:
			group = w.collect(group[:0])
			if len(group) == 0 {
				return
			}
			w.commitGroup(group)
		}
	}
}

// letCome lets the goroutines run that can, as long as that brings more jobs:
// while there is other work for the processors, a larger group costs nobody
// anything and shares one commit. Without other work it returns at once.
func (w *writer) letCome() {
	for before := -1; len(w.queue) > before && len(w.queue) < groupSize; {
		before = len(w.queue)
		runtime.Gosched()
	}
}

// collect adds the jobs that wait now, without waiting for more.
func (w *writer) collect(group []*job) []*job {
	for len(group) < groupSize {
		select {
		case j := <-w.queue:
			group = append(group, j)
		default:
			return group
		}
	}
	return group
}

// commitGroup runs and answers the jobs.
func (w *writer) commitGroup(group []*job) {
	live := group[:0]
	for _, j := range group {
		if j.ctx.Err() == nil && j.state.CompareAndSwap(waiting, running) {
			live = append(live, j)
		}
	}
	if len(live) == 0 {
		return
	}
	before := w.conn.written()
	if err := w.together(live); errors.Is(err, errDirty) {
		w.oneByOne(live)
	} else if err != nil {
		for _, j := range live {
			j.err = cmp.Or(j.err, err)
		}
	}
	if w.conn.written() != before {
		w.committed()
	}
	for _, j := range live {
		close(j.done)
	}
}

// together runs the jobs in one transaction. errDirty: nothing was kept, and
// they must be run again. Another error concerns all of them.
func (w *writer) together(group []*job) error {
	if _, err := w.conn.exec("BEGIN IMMEDIATE", nil); err != nil {
		return fmt.Errorf("store: begin: %w", err)
	}
	for _, j := range group {
		if j.err = w.attempt(j.run); errors.Is(j.err, errDirty) {
			return errors.Join(errDirty, w.rollback())
		}
	}
	if err := w.late.write(w.tx()); err != nil {
		return errors.Join(errDirty, err, w.rollback())
	}
	return w.commit()
}

// attempt runs an operation inside the open transaction, again while it asks
// for that and has written nothing. Its error is errDirty when it had written.
func (w *writer) attempt(run func(tx) error) error {
	var err error
	for range maxTries {
		before, mark := w.conn.written(), w.late
		if err = guarded(func() error { return run(w.tx()) }); err == nil {
			return nil
		}
		w.late = mark
		if w.conn.written() != before || !w.conn.inTransaction() {
			return fmt.Errorf("%w: %w", errDirty, err)
		}
		if !wantsAgain(err) {
			return err
		}
	}
	return err
}

// oneByOne gives each job a transaction of its own.
func (w *writer) oneByOne(group []*job) {
	for _, j := range group {
		j.err = w.alone(j.run)
	}
}

func (w *writer) alone(run func(tx) error) error {
	var err error
	for range maxTries {
		if _, err := w.conn.exec("BEGIN IMMEDIATE", nil); err != nil {
			return fmt.Errorf("store: begin: %w", err)
		}
		if err = guarded(func() error { return run(w.tx()) }); err == nil {
			err = w.late.write(w.tx())
		}
		if err == nil {
			return w.commit()
		}
		if failed := w.rollback(); failed != nil {
			return errors.Join(err, failed)
		}
		if !wantsAgain(err) {
			return err
		}
	}
	return err
}

func (w *writer) commit() error {
	if _, err := w.conn.exec("COMMIT", nil); err != nil {
		return errors.Join(fmt.Errorf("store: commit: %w", err), w.rollback())
	}
	return nil
}

// rollback leaves the connection alone when the engine has rolled back by itself.
func (w *writer) rollback() error {
	w.late.clear()
	if !w.conn.inTransaction() {
		return nil
	}
	if _, err := w.conn.exec("ROLLBACK", nil); err != nil {
		return fmt.Errorf("store: rollback: %w", err)
	}
	return nil
}

// guarded turns a panic of the operation into its error, so that one caller's
// fault does not take the writer, or the process, from all others.
func guarded(run func() error) (err error) {
	defer func() {
		if fault := recover(); fault != nil {
			err = fmt.Errorf("store: panic in a change: %v\n%s", fault, debug.Stack())
		}
	}()
	return run()
}

// liteTx is the writer's open transaction.
type liteTx struct {
	conn *connection
	late *late
}

func (w *writer) tx() liteTx { return liteTx{w.conn, &w.late} }

func (t liteTx) query(_ context.Context, each func(*row), sql string, args ...any) error {
	return t.conn.query(each, sql, args)
}

func (t liteTx) exec(_ context.Context, sql string, args ...any) (int64, error) {
	return t.conn.exec(sql, args)
}

func (t liteTx) queryAll(ctx context.Context, reads []read) error {
	for _, r := range reads {
		if err := t.query(ctx, r.each, r.sql, r.args...); err != nil {
			return err
		}
	}
	return nil
}

func (t liteTx) run(ctx context.Context, p plan) error {
	if err := runSteps(ctx, t, p.steps); err != nil {
		return err
	}
	t.late.add(p)
	return nil
}

// late is what a group writes at its end.
type late struct {
	counts []count
	events []convoke.Event
}

func (l *late) add(p plan) {
	if p.count != nil {
		l.counts = append(l.counts, *p.count)
	}
	l.events = append(l.events, p.events...)
}

func (l *late) clear() {
	clear(l.events) // so that the payloads can go
	l.counts, l.events = l.counts[:0], l.events[:0]
}

// write writes one sum for each account, and the events in order.
func (l *late) write(t tx) error {
	ctx := context.Background() // of the group, not of one of its jobs
	sums := make(map[convoke.AccountID]count, 1)
	for _, n := range l.counts {
		if sum, ok := sums[n.account]; ok {
			n.add(sum)
		}
		sums[n.account] = n
	}
	for _, sum := range sums {
		if err := runSteps(ctx, t, []step{sum.step(0)}); err != nil {
			return err
		}
	}
	err := runSteps(ctx, t, appendEvents(l.events))
	l.clear()
	return err
}
