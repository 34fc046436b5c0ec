// SPDX-License-Identifier: Apache-2.0

package storetest

import (
	"sync/atomic"
	"time"

	"github.com/convoke/convoke/internal/convoke"
)

var quotaTests = map[string]func(*world){
	"never exceeds its limit, whoever takes at once": func(w *world) {
		key := convoke.QuotaKey{AccountID: w.account.ID, Count: "Light", Day: 3}
		var total atomic.Int64
		for _, err := range parallel(50, func(int) error {
			granted, _, err := w.db.TakeQuota(w.ctx(), key, 7, 100)
			total.Add(granted)
			return err
		}) {
			w.must(err)
		}
		used, err := w.db.Quota(w.ctx(), key)
		w.must(err)
		if total.Load() != 100 || used != 100 {
			w.Errorf("granted %d, counted %d", total.Load(), used)
		}
		if granted, used, err := w.db.TakeQuota(w.ctx(), key, 1, 100); err != nil || granted != 0 || used != 100 {
			w.Errorf("one more: %d, %d, %v", granted, used, err)
		}
		if granted, _, err := w.db.TakeQuota(w.ctx(), key, 1, 50); err != nil || granted != 0 {
			w.Errorf("under a lowered limit: %d, %v", granted, err)
		}
	},
	"is its own for each account, name and day": func(w *world) {
		for i, key := range []convoke.QuotaKey{
			{AccountID: "a", Count: "Light", Day: 3}, {AccountID: "b", Count: "Light", Day: 3},
			{AccountID: "a", Count: "Heavy", Day: 3}, {AccountID: "a", Count: "Light", Day: 4},
		} {
			granted, used, err := w.db.TakeQuota(w.ctx(), key, 2, 2)
			if w.must(err); granted != 2 || used != 2 {
				w.Errorf("count %d: granted %d, used %d", i, granted, used)
			}
		}
	},
	"is forgotten after its day": func(w *world) {
		today := convoke.DayOf(now)
		for _, day := range []int64{today - 1, today} {
			_, _, err := w.db.TakeQuota(w.ctx(), convoke.QuotaKey{AccountID: "a", Count: "Light", Day: day}, 1, 1)
			w.must(err)
		}
		w.must(w.db.DeleteExpired(w.ctx(), now.Add(time.Minute)))
		for day, want := range map[int64]int64{today - 1: 0, today: 1} {
			if used, err := w.db.Quota(w.ctx(), convoke.QuotaKey{AccountID: "a", Count: "Light", Day: day}); err != nil || used != want {
				w.Errorf("day %d has %d, %v", day, used, err)
			}
		}
	},
}
