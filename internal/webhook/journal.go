// SPDX-License-Identifier: Apache-2.0

package webhook

import (
	"context"
	"time"

	"github.com/convoke/convoke/internal/convoke"
)

// journal gathers what a lane has done until it is saved.
type journal struct {
	position int64 // every event up to it is done with, or written below
	written  map[int64]convoke.Delivery
	erased   []int64
	attempts []convoke.Attempt
	taken    int64 // the number of the last attempt that was taken
	failed   int64 // and of the last that failed

	saveAt time.Time // zero: there is nothing to save
	broken bool      // the database is at fault; nothing new is begun until it could be saved
}

func newJournal(target convoke.Lane) journal {
	return journal{position: target.Position, written: make(map[int64]convoke.Delivery)}
}

// due makes the journal be saved within the time.
func (j *journal) due(within time.Duration) {
	if at := time.Now().Add(within); j.saveAt.IsZero() || at.Before(j.saveAt) {
		j.saveAt = at
	}
}

// passed moves the position up to the first event that is still open.
func (j *journal) passed(read int64, open []*item) {
	if len(open) > 0 {
		read = open[0].event.ID - 1
	}
	if read > j.position {
		j.position = read
		j.due(skipAfter)
	}
}

func (j *journal) write(d convoke.Delivery) {
	j.written[d.EventID] = d
	j.due(saveAfter)
}

func (j *journal) erase(event int64) {
	delete(j.written, event)
	j.erased = append(j.erased, event)
	j.due(saveAfter)
}

func (j *journal) record(a convoke.Attempt) {
	if a.OK() {
		j.taken++
		a.Number = j.taken
	} else {
		j.failed++
		a.Number = j.failed
	}
	j.attempts = append(j.attempts, a)
	j.due(saveAfter)
}

func (j *journal) progress(id convoke.SubscriptionID) convoke.Progress {
	p := convoke.Progress{Subscription: id, Position: j.position, Done: j.erased, Attempts: j.attempts}
	for _, d := range j.written {
		p.Kept = append(p.Kept, d)
	}
	return p
}

func (j *journal) clear() {
	clear(j.written)
	j.erased, j.attempts, j.saveAt, j.broken = nil, j.attempts[:0], time.Time{}, false
}

// save writes the journal when it is time, or now. It reports false when another
// process has taken over.
func (l *lane) save(ctx context.Context, now bool) bool {
	if l.saveAt.IsZero() || !now && time.Now().Before(l.saveAt) {
		return true
	}
	held, err := l.store.SaveProgress(ctx, leaseName, l.owner, l.progress(l.target.ID))
	if err != nil {
		l.fault(ctx, "saving the progress", err)
		l.pause()
		return true
	}
	l.clear()
	return held
}

// pause begins nothing new until the database had time to recover.
func (l *lane) pause() {
	l.broken = true
	l.saveAt = time.Now().Add(faultWait)
}
