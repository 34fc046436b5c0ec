// SPDX-License-Identifier: Apache-2.0

package events_test

import (
	"testing"
	"time"

	"github.com/convoke/convoke/internal/convoke"
	"github.com/convoke/convoke/internal/events"
	"github.com/convoke/convoke/internal/store/storetest"
)

func TestAReaderWhoComesTooLateIsTold(t *testing.T) {
	t.Parallel()
	for name, url := range map[string]string{"SQLite": "", "PostgreSQL": storetest.PostgreSQL(t)} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			readLate(newWorldOn(t, url))
		})
	}
}

func readLate(w *world) {
	t := w.t
	s := events.New(events.Config{Store: w.db})
	list := func(account convoke.AccountID, after int64) ([]convoke.Event, error) {
		page, _, err := s.List(t.Context(), convoke.Operator(account), after, 1000)
		return page, err
	}
	w.commit(w.db, abroad, convoke.EventUserCreated)
	for range 600 { // more than one commit of the purge
		w.commit(w.db, home, convoke.EventUserUpdated)
	}
	var all []convoke.Event
	w.eventually("all are settled", func() bool {
		var err error
		all, err = list(home, 0)
		w.check(err)
		return len(all) == 600
	})
	foreign, err := list(abroad, 0)
	w.check(err)
	last := all[599].ID
	w.check(w.db.SaveCursor(t.Context(), "sinks", last))
	_, err = w.db.AppendSeal(t.Context(), convoke.Seal{Number: 1, LastID: all[598].ID, Entries: []byte{}, Hash: []byte{}, At: time.Now()})
	w.check(err)
	n, err := s.Purge(t.Context(), time.Now().Add(time.Minute))
	w.check(err)
	if n != 600 { // one of abroad, and all of home but the one that is not sealed
		t.Errorf("%d events were purged", n)
	}
	if _, err := list(home, all[10].ID); !convoke.HasCode(err, convoke.CodeEventsExpired) {
		t.Errorf("a reader who has lost events is not told: %v", err)
	}
	for _, after := range []int64{0, all[598].ID} {
		page, err := list(home, after)
		if err != nil || len(page) != 1 || page[0].ID != last {
			t.Errorf("after %d there are %d events, error %v", after, len(page), err)
		}
	}
	if page, err := list(abroad, foreign[0].ID); err != nil || len(page) != 0 {
		t.Errorf("a reader who has lost nothing: %d events, error %v", len(page), err)
	}
}
