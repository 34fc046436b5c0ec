// SPDX-License-Identifier: Apache-2.0

package store

import (
	"context"
	"errors"
	"maps"
	"runtime"
	"slices"
	"sync"

	"github.com/convoke/convoke/internal/convoke"
)

// ChangeMany runs the work's changes in their order, each decided on what it
// finds after those before it, and records what became of them, all in one
// transaction that has the job locked. A conflict with others runs all of it
// again; one that lasts is an error, and nothing is written.
//
// It promises of seats what Change does. An account with a limit has its seat
// counters locked meanwhile, so others who need a seat there wait.
//
// The first try reads for all changes, decides all, and writes all, which on
// PostgreSQL takes a few round trips, and believes Work.New; the second believes
// nothing. Where a change could have seen another one that way only too late,
// they are done one by one.
func (db *DB) ChangeMany(ctx context.Context, id convoke.ImportID, w convoke.Work) error {
	care := believing
	if w.New == nil {
		care = looking
	}
	return db.engine.write(ctx, func(t tx) error {
		m := many{db: db, tx: t, work: w, refused: make([]error, len(w.Lookups)), care: care}
		err := orAgain(m.run(ctx, id))
		care = min(care+1, oneByOne) // for the next try, if there is one
		return err
	})
}

// How careful a try is.
const (
	believing = iota
	looking
	oneByOne
)

// many is one try of ChangeMany.
type many struct {
	db      *DB
	tx      tx
	work    convoke.Work
	refused []error
	care    int

	account convoke.AccountID
	limited bool
	seats   convoke.Seats // when limited
	steps   []step        // not yet written
	sum     count
	events  []convoke.Event
}

func (m *many) run(ctx context.Context, id convoke.ImportID) error {
	job, err := m.db.lockImport(ctx, m.tx, id)
	if err != nil {
		return err
	}
	m.account = job.AccountID
	m.sum.account = job.AccountID
	if len(m.work.Lookups) > 0 {
		if err := m.openSeats(ctx); err != nil {
			return err
		}
	}
	if err := m.changes(ctx); err != nil {
		return err
	}
	if err := m.join(ctx); err != nil {
		return err
	}
	after, results, events, err := m.work.Record(job, m.refused)
	if err != nil {
		return err
	}
	m.events = append(m.events, events...)
	return m.finish(ctx, after, results)
}

// openSeats locks the counters of an account with a limit and counts its seats.
func (m *many) openSeats(ctx context.Context) error {
	account, err := must(ctx, m.tx, accountNotFound(m.account), scanAccount, accountQuery, string(m.account))
	if err != nil || !anySeats.MayExceed(account.SeatLimits()) {
		return err
	}
	m.limited = true
	m.seats, err = m.db.lockSeats(ctx, m.tx, m.account)
	return err
}

// anySeats is something of all that users can take.
var anySeats = convoke.SeatCounts{Licensed: 1, Basic: 1}

// changes decides all and leaves the writing to finish.
func (m *many) changes(ctx context.Context) error {
	if m.care == oneByOne {
		return m.changesOneByOne(ctx)
	}
	isNew := m.work.New
	if m.care != believing {
		isNew = nil
	}
	all, err := findAll(ctx, m.tx, m.work.Lookups, isNew)
	if err != nil {
		return err
	}
	for i, d := range m.decideAll(all) {
		if err := m.settle(ctx, i, d); err != nil {
			return err
		}
		if m.refused[i] != nil && isNew != nil && isNew(i) {
			return &again{errMustLook} // what is there may tell otherwise
		}
		if m.refused[i] == nil && givesUpKey(d.change) {
			return &again{errKeyGivenUp}
		}
	}
	return nil
}

// These ask for a more careful try; nothing is written yet.
var (
	errMustLook   = errors.New("store: a change that was believed to find nothing is refused")
	errKeyGivenUp = errors.New("store: a later change may want a key that an earlier one gives up")
)

// givesUpKey reports whether somebody else could have, after the change, what
// nobody could have before it.
func givesUpKey(c convoke.Change) bool {
	return c.Before != nil && (c.After == nil || c.After.Email != c.Before.Email ||
		c.After.PersonalLink != c.Before.PersonalLink || c.After.PMI != c.Before.PMI)
}

// changesOneByOne writes each before the next is decided.
func (m *many) changesOneByOne(ctx context.Context) error {
	for i, l := range m.work.Lookups {
		found, err := find(ctx, m.tx, l)
		if err != nil {
			return err
		}
		if err := m.settle(ctx, i, m.decide(i, &found)); err != nil {
			return err
		}
		if err := m.flush(ctx); err != nil {
			return err
		}
	}
	return nil
}

// decision is one change as the work decided it, with the steps that write it.
type decision struct {
	change convoke.Change
	steps  []step
	err    error
}

// fewest is how many decisions are worth a goroutine.
const fewest = 64

// decideAll decides on all processors: what was found is read by then, and no
// decision looks at another one's.
func (m *many) decideAll(all []snapshot) []decision {
	decisions := make([]decision, len(all))
	share := max(fewest, (len(all)+runtime.GOMAXPROCS(0)-1)/runtime.GOMAXPROCS(0))
	var group sync.WaitGroup
	for from := 0; from < len(all); from += share {
		group.Go(func() {
			for i := from; i < min(from+share, len(all)); i++ {
				decisions[i] = m.decide(i, &all[i])
			}
		})
	}
	group.Wait()
	return decisions
}

// decide asks for the i-th change.
func (m *many) decide(i int, found *snapshot) (d decision) {
	d.err = guarded(func() (err error) {
		if d.change, err = m.work.Decide(i, found.Found); err == nil {
			d.steps, err = importSteps(d.change, found)
		}
		return err
	})
	return d
}

// importSteps leaves it to the binding's own key to tell that a new user was there.
func importSteps(c convoke.Change, found *snapshot) (steps []step, err error) {
	if c.Before == nil && c.After != nil {
		steps = append(make([]step, 0, 2), insertUser(*c.After, nil))
	} else if steps, err = userSteps(nil, c, found); err != nil {
		return nil, err
	}
	return bindingSteps(steps, c), nil
}

// settle takes in what was decided for the i-th, or notes why it is refused. An
// error that is nobody's refusal is returned.
func (m *many) settle(ctx context.Context, i int, d decision) error {
	m.refused[i] = nil
	err := d.err
	if err == nil {
		err = m.takeSeats(d.change)
	}
	if err == nil {
		return m.add(ctx, d)
	}
	if refusal, ours := errors.AsType[*convoke.Error](err); ours && refusal.Kind != convoke.KindInternal {
		m.refused[i] = refusal
		return nil
	}
	return err
}

// takeSeats counts down what is free, or refuses.
func (m *many) takeSeats(change convoke.Change) (err error) {
	if m.limited {
		m.seats, err = m.seats.Take(change.SeatDelta())
	}
	return err
}

// add takes a change in; its counters and events come at the end, for all of
// them together.
func (m *many) add(ctx context.Context, d decision) error {
	m.steps = append(m.steps, d.steps...)
	if n := newCount(m.account, d.change); n != nil {
		m.sum.add(*n)
	}
	ended, err := endedLeases(ctx, m.tx, m.db.dialect, d.change)
	if err != nil {
		return err
	}
	m.sum.seats.Leased += ended
	m.events = append(m.events, d.change.Events...)
	return nil
}

// join puts users into groups, once it is known who they are. Groups are locked
// in the order of their ids, so that two runs never wait for each other.
func (m *many) join(ctx context.Context) error {
	if m.work.Joining == nil {
		return nil
	}
	joining := m.work.Joining(m.refused)
	for _, group := range slices.Sorted(maps.Keys(joining)) {
		for users := range slices.Chunk(joining[group], convoke.MaxGroupMembers) {
			if err := m.joinGroup(ctx, group, users); err != nil {
				return err
			}
		}
	}
	return nil
}

func (m *many) joinGroup(ctx context.Context, group convoke.GroupID, users []convoke.User) error {
	ids := make([]convoke.UserID, len(users))
	for i, user := range users {
		ids[i] = user.ID
	}
	found, err := m.db.findGroup(ctx, m.tx, m.account, group, ids)
	if err != nil || found.Group == nil {
		return err
	}
	change := m.work.Join(found, users)
	m.steps = append(m.steps, groupSteps(change)...)
	m.events = append(m.events, change.Events...)
	return nil
}

// flush writes what was added so far.
func (m *many) flush(ctx context.Context) error {
	err := runSteps(ctx, m.tx, m.steps)
	m.steps = m.steps[:0]
	return err
}

func (m *many) finish(ctx context.Context, job convoke.Import, r convoke.ImportResults) error {
	p := plan{events: m.events, steps: append(m.steps, saveImport(job), step{
		sql:  "INSERT INTO import_results (import_id, number, problems, data) VALUES ($1, $2, $3, $4)",
		args: []any{string(job.ID), r.Chunk, r.Problems, r.Data},
	})}
	for _, key := range slices.Sorted(maps.Keys(r.Forecast)) {
		p.steps = append(p.steps, step{
			sql: `INSERT INTO import_forecasts (import_id, key, value) VALUES ($1, $2, $3)
				ON CONFLICT (import_id, key) DO UPDATE SET value = excluded.value`,
			args: []any{string(job.ID), key, r.Forecast[key]},
		})
	}
	if r.Blanked != nil {
		p.steps = append(p.steps, step{
			sql:  "UPDATE import_chunks SET data = $3, secrets = $4 WHERE import_id = $1 AND number = $2",
			args: []any{string(job.ID), r.Chunk, r.Blanked, false},
		})
	}
	if err := m.addCounts(ctx, &p); err != nil {
		return err
	}
	return m.tx.run(ctx, p)
}

// addCounts adds the sum of all changes to the counters. With a limit the seats
// are dealt anew, so that the next one finds a free one at the first try.
func (m *many) addCounts(ctx context.Context, p *plan) error {
	if m.sum.empty() {
		return nil
	}
	if !m.limited {
		p.count = &m.sum
		return nil
	}
	unseated := m.sum
	unseated.seats = convoke.SeatCounts{}
	p.count = &unseated
	_, err := m.tx.exec(ctx, `UPDATE counters SET licensed_used = licensed_used + $2, leased = leased + $3, basic_used = basic_used + $4
		WHERE account_id = $1 AND shard = 0`, string(m.account), m.sum.seats.Licensed, m.sum.seats.Leased, m.sum.seats.Basic)
	if err != nil {
		return err
	}
	deal, err := m.db.dealSeats(ctx, m.tx, m.account, m.seats.Limits)
	p.steps = append(p.steps, deal...)
	return err
}
