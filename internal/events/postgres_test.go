// SPDX-License-Identifier: Apache-2.0

package events_test

import (
	"context"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/convoke/convoke/internal/convoke"
	"github.com/convoke/convoke/internal/store/storetest"
)

func TestSeveralProcessesShareTheDeliveries(t *testing.T) {
	t.Parallel()
	w := newWorldOn(t, storetest.PostgreSQL(t))
	s := newSink("mail")
	var once atomic.Bool
	s.deliver = func(context.Context, convoke.Event) error {
		if once.CompareAndSwap(false, true) {
			panic("a bug in the sink")
		}
		return nil
	}
	const processes, commits = 3, 100
	for range processes {
		w.run(w.open(), []time.Duration{time.Millisecond}, s) // all three migrate at once, too
	}
	for range commits {
		w.commit(w.db, home, convoke.EventUserInvited)
	}
	ids := make([]int64, 0, commits)
	for range commits {
		ids = append(ids, w.next(s).ID)
	}
	slices.Sort(ids)
	if len(slices.Compact(ids)) != commits {
		t.Error("an event was delivered twice")
	}
	w.eventually("the cursor is saved", func() bool { return w.cursor() == ids[len(ids)-1] })
	if len(s.got) > 0 {
		t.Error("something came twice")
	}
}

func TestAKillBeforeTheCursorIsSavedDeliversOnceOnPostgreSQL(t *testing.T) {
	t.Parallel()
	killBeforeCursor(newWorldOn(t, storetest.PostgreSQL(t)))
}

// Commits overtake one another, and several processes seal at once: the chain
// holds each entry once all the same.
func TestTheChainFollowsParallelCommits(t *testing.T) {
	t.Parallel()
	w := newWorldOn(t, storetest.PostgreSQL(t))
	ctx, stop := context.WithCancel(t.Context())
	var sealers, writers sync.WaitGroup
	for range 3 {
		audit := w.audit()
		sealers.Go(func() {
			for ctx.Err() == nil {
				if _, err := audit.Seal(ctx); err != nil && ctx.Err() == nil {
					t.Error(err)
				}
			}
		})
	}
	const writing, each = 8, 40
	for range writing {
		writers.Go(func() {
			for range each {
				event := convoke.NewEvent(convoke.EventUserUpdated, time.Now(), convoke.Payload{AccountID: home})
				if err := w.db.Record(t.Context(), event, event); err != nil {
					t.Error(err)
				}
			}
		})
	}
	writers.Wait()
	w.eventually("all is sealed", func() bool {
		r := w.verify(march, "")
		if !r.Intact() {
			t.Fatalf("%+v", r)
		}
		return r.Entries == 2*writing*each
	})
	stop()
	sealers.Wait()
}
