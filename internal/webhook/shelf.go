// SPDX-License-Identifier: Apache-2.0

package webhook

import (
	"context"
	"slices"
	"time"

	"github.com/convoke/convoke/internal/convoke"
)

// shelf holds what the receiver did not take, by subject and in the order of the
// events. The first of a subject is being retried, the others wait for it.
type shelf struct {
	kept    map[string][]convoke.Delivery
	known   map[int64]bool  // the events in kept
	flying  map[string]bool // subjects whose first is in flight
	size    int
	retries int       // in flight
	dueAt   time.Time // when to look for the next one; zero: nothing is kept
}

func newShelf() shelf {
	return shelf{kept: make(map[string][]convoke.Delivery), known: make(map[int64]bool), flying: make(map[string]bool)}
}

func (s *shelf) holds(subject string) bool { return len(s.kept[subject]) > 0 }

// put adds a delivery in its place and returns it as it is there: the one in
// flight stays first, and only the first can be retrying.
func (s *shelf) put(d convoke.Delivery) convoke.Delivery {
	list := s.kept[d.Subject]
	at, _ := slices.BinarySearchFunc(list, d.EventID, func(a convoke.Delivery, id int64) int { return int(a.EventID - id) })
	if at == 0 && s.flying[d.Subject] {
		at = 1
	}
	if at > 0 {
		d.State, d.NextAt = convoke.DeliveryWaiting, time.Time{}
	}
	s.kept[d.Subject] = slices.Insert(list, at, d)
	s.known[d.EventID] = true
	s.size++
	s.look(s.kept[d.Subject][0].NextAt)
	return d
}

// pop takes away the first of a subject; the next one is due at once.
func (s *shelf) pop(subject string) {
	list := s.kept[subject]
	delete(s.known, list[0].EventID)
	s.size--
	if len(list) == 1 {
		delete(s.kept, subject)
		return
	}
	s.kept[subject] = list[1:]
	s.look(time.Time{})
}

// look makes the shelf be looked at at the time; a zero time is now.
func (s *shelf) look(at time.Time) {
	if at.IsZero() {
		at = time.Now()
	}
	if s.dueAt.IsZero() || at.Before(s.dueAt) {
		s.dueAt = at
	}
}

// load reads what is kept, and reports whether that went well. What is on the
// shelf stays as it is.
func (l *lane) load() bool {
	for after := int64(0); ; {
		list, err := l.store.Deliveries(l.ctx, l.target.ID, "", after, pageSize)
		if err == nil && l.taken == 0 && l.failed == 0 {
			l.taken, l.failed, err = l.store.LastAttempts(l.ctx, l.target.ID)
		}
		if err != nil {
			l.fault(l.ctx, "reading what is kept", err)
			return false
		}
		for _, d := range list {
			if after = d.EventID; d.State != convoke.DeliveryDead && !l.known[d.EventID] {
				l.put(d)
			}
		}
		if len(list) < pageSize {
			return true
		}
	}
}

// keepWaiting puts an event behind an earlier one of its subject.
func (l *lane) keepWaiting(it *item) {
	l.write(l.put(convoke.Delivery{
		Subscription: l.target.ID, EventID: it.event.ID, Event: it.event.Name, Subject: it.subject,
		State: convoke.DeliveryWaiting, Since: time.Now().UTC().Truncate(time.Millisecond),
	}))
}

// keepFailed keeps an event whose first attempt failed.
func (l *lane) keepFailed(r result) {
	d := convoke.Delivery{
		Subscription: l.target.ID, EventID: r.item.event.ID, Event: r.item.event.Name, Subject: r.subject, Since: r.attempt.At,
	}
	l.write(l.put(d.Failed(r.attempt)))
}

// startKept tries again what is due.
func (l *lane) startKept() {
	now := time.Now()
	if l.dueAt.IsZero() || now.Before(l.dueAt) {
		return
	}
	l.dueAt = time.Time{}
	for subject, list := range l.kept {
		switch {
		case l.flying[subject]:
		case list[0].NextAt.After(now):
			l.look(list[0].NextAt)
		case l.retries >= retryWidth || l.flight >= laneWidth:
			l.look(now.Add(saveAfter)) // at the latest; the end of an attempt makes it look too
		default:
			l.retry(list[0])
		}
	}
}

// retry makes one more attempt on a kept event. It reads the event from the log,
// so that nothing about a person is kept in memory for days.
func (l *lane) retry(d convoke.Delivery) {
	l.flying[d.Subject] = true
	l.retries++
	l.flight++
	url, secret, ctx := l.target.URL, l.target.Secret, context.WithoutCancel(l.ctx)
	go func() {
		r := result{subject: d.Subject}
		list, err := l.store.Events(ctx, l.account, d.EventID-1, 1)
		switch {
		case err != nil:
			r.attempt = convoke.Attempt{EventID: d.EventID, Event: d.Event, At: time.Now().UTC(), Error: "The event could not be read from the log."}
		case len(list) == 0 || list[0].ID != d.EventID:
			r.gone = true
		default:
			r.attempt = l.client.send(ctx, url, secret, list[0])
		}
		l.results <- r
	}()
}

// settleKept draws the conclusions from an attempt on a kept event.
func (l *lane) settleKept(r result) {
	l.retries--
	delete(l.flying, r.subject)
	first := &l.kept[r.subject][0]
	l.look(time.Time{})
	if !r.gone && r.attempt.OK() {
		l.erase(first.EventID)
		l.pop(r.subject)
		return
	}
	if r.gone {
		first.State, first.Error = convoke.DeliveryDead, "The event is no longer kept."
	} else {
		*first = first.Failed(r.attempt)
	}
	l.write(*first)
	if first.State == convoke.DeliveryDead {
		l.logDead(*first)
		l.pop(r.subject)
	}
}
