// SPDX-License-Identifier: Apache-2.0

package events_test

import (
	"context"
	"slices"
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
