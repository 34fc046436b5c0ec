// SPDX-License-Identifier: Apache-2.0

package storetest

import (
	"fmt"
	"strings"
	"time"

	"github.com/convoke/convoke/internal/convoke"
)

const lease, owner = "webhook", "this process"

func (w *world) hold() {
	w.Helper()
	held, err := w.db.HoldLease(w.ctx(), lease, owner, now, now.Add(time.Minute))
	w.must(err)
	if !held {
		w.Fatal("the lease is not to be had")
	}
}

func (w *world) progress(p convoke.Progress) {
	w.Helper()
	held, err := w.db.SaveProgress(w.ctx(), lease, owner, p)
	w.must(err)
	if !held {
		w.Fatal("the lease is lost")
	}
}

func (w *world) kept(id convoke.SubscriptionID, state convoke.DeliveryState) string {
	w.Helper()
	list, err := w.db.Deliveries(w.ctx(), id, state, 0, 100)
	w.must(err)
	var text strings.Builder
	for _, d := range list {
		fmt.Fprint(&text, d.EventID, d.State, " ")
	}
	return text.String()
}

var deliveryTests = map[string]func(*world){
	"kept, changed, done": func(w *world) {
		s := w.subscribe(w.newApp())
		w.hold()
		d := convoke.Delivery{
			Subscription: s.ID, EventID: 7, Event: "user.created", Subject: "u", State: convoke.DeliveryRetrying, Attempts: 1,
			Since: now, NextAt: now.Add(time.Hour), Status: 500, Error: "It answered 500.",
		}
		waiting := convoke.Delivery{Subscription: s.ID, EventID: 9, Event: "user.updated", Subject: "u", State: convoke.DeliveryWaiting, Since: now}
		w.progress(convoke.Progress{Subscription: s.ID, Position: 9, Kept: []convoke.Delivery{d, waiting}})
		list, err := w.db.Deliveries(w.ctx(), s.ID, convoke.DeliveryRetrying, 0, 10)
		w.must(err)
		if len(list) != 1 || list[0] != d {
			w.Errorf("read back %+v, want %+v", list, d)
		}
		if lane, _ := w.lane(s.ID); lane.Position != 9 {
			w.Errorf("position is %d", lane.Position)
		}
		d.State = convoke.DeliveryDead
		w.progress(convoke.Progress{Subscription: s.ID, Position: 8, Kept: []convoke.Delivery{d}, Done: []int64{9}})
		if got := w.kept(s.ID, ""); got != "7dead " {
			w.Errorf("kept are %s", got)
		}
		if lane, _ := w.lane(s.ID); lane.Position != 9 {
			w.Errorf("the position went back to %d", lane.Position)
		}
	},
	"replayed": func(w *world) {
		s := w.subscribe(w.newApp())
		w.hold()
		var kept []convoke.Delivery
		for id := range int64(5) {
			kept = append(kept, convoke.Delivery{
				EventID: id + 1, Event: "user.created", State: convoke.DeliveryDead, Attempts: 12, Since: now, Error: "No.",
			})
		}
		kept[4].State = convoke.DeliveryRetrying
		w.progress(convoke.Progress{Subscription: s.ID, Position: 5, Kept: kept})
		later := now.Add(100 * time.Hour)
		for _, step := range []struct {
			event int64
			limit int
			n     int
			want  string
		}{
			{2, 0, 1, "1dead 2waiting 3dead 4dead 5retrying "},
			{0, 2, 2, "1waiting 2waiting 3waiting 4dead 5retrying "},
			{0, 10, 1, "1waiting 2waiting 3waiting 4waiting 5retrying "},
			{0, 10, 0, "1waiting 2waiting 3waiting 4waiting 5retrying "},
		} {
			n, err := w.db.Replay(w.ctx(), w.account.ID, s.ID, step.event, later, step.limit)
			w.must(err)
			if got := w.kept(s.ID, ""); n != step.n || got != step.want {
				w.Errorf("%d replayed, kept are %s, want %s", n, got, step.want)
			}
		}
		list, err := w.db.Deliveries(w.ctx(), s.ID, "", 1, 1)
		w.must(err)
		if list[0].Attempts != 0 || !list[0].Since.Equal(later) {
			w.Errorf("replayed as %+v", list[0])
		}
		_, err = w.db.Replay(w.ctx(), w.account.ID, s.ID, 5, later, 0)
		w.wantCode(err, convoke.CodeDeliveryNotFound)
		if lane, _ := w.lane(s.ID); lane.Replays != 4 {
			w.Errorf("%d replays are counted", lane.Replays)
		}
	},
	"attempts in a ring": func(w *world) {
		s := w.subscribe(w.newApp())
		w.hold()
		var attempts []convoke.Attempt
		for n := range int64(1100) {
			attempts = append(attempts, convoke.Attempt{Number: n + 1, EventID: n, Event: "user.created", At: now.Add(time.Duration(n) * time.Second), Status: 204})
		}
		failed := convoke.Attempt{
			Number: 1, EventID: 1099, Event: "user.created", At: now, Duration: 1500 * time.Microsecond, Status: 500, Answer: "oops", Error: "It answered 500.",
		}
		w.progress(convoke.Progress{Subscription: s.ID, Attempts: append(attempts, failed)})
		all, err := w.db.Attempts(w.ctx(), s.ID, 0, 5000)
		w.must(err)
		if len(all) != 1001 || all[0].EventID != 1099 || all[999].Number != 101 {
			w.Errorf("%d attempts, the first %+v", len(all), all[0])
		}
		one, err := w.db.Attempts(w.ctx(), s.ID, 1099, 10)
		w.must(err)
		if len(one) != 2 || one[1] != failed {
			w.Errorf("attempts on one event are %+v", one)
		}
		taken, last, err := w.db.LastAttempts(w.ctx(), s.ID)
		w.must(err)
		if taken != 1100 || last != 1 {
			w.Errorf("the last are %d and %d", taken, last)
		}
	},
	"a lease has one holder, and its time": func(w *world) {
		s := w.subscribe(w.newApp())
		w.hold()
		held, err := w.db.HoldLease(w.ctx(), lease, "another", now.Add(time.Second), now.Add(time.Hour))
		w.must(err)
		if held {
			w.Error("a second one holds the lease")
		}
		w.hold()
		held, err = w.db.HoldLease(w.ctx(), lease, "another", now.Add(time.Minute), now.Add(time.Hour))
		w.must(err)
		if !held {
			w.Error("a lease that is over is not to be had")
		}
		held, err = w.db.SaveProgress(w.ctx(), lease, owner, convoke.Progress{Subscription: s.ID, Position: 99})
		w.must(err)
		if lane, _ := w.lane(s.ID); held || lane.Position == 99 {
			w.Error("who lost the lease still writes")
		}
		w.must(w.db.DropLease(w.ctx(), lease, owner))
		w.must(w.db.DropLease(w.ctx(), lease, "another"))
		w.hold()
	},
	"progress of a subscription that is gone": func(w *world) {
		w.hold()
		w.progress(convoke.Progress{Subscription: "gone", Position: 1, Kept: []convoke.Delivery{{EventID: 1}}})
	},
	"purged up to what is needed": func(w *world) {
		for i := range 10 {
			w.bound(fmt.Sprint(i))
		}
		all := w.events("", 20)
		at := func(i int) int64 { return all[i].ID }
		purge := func(want int) {
			w.Helper()
			n, err := w.db.PurgeEvents(w.ctx(), now.Add(time.Hour), 3)
			w.must(err)
			if n != want {
				w.Errorf("purged %d, want %d", n, want)
			}
		}
		purge(0) // the sinks have read nothing
		w.must(w.db.SaveCursor(w.ctx(), "sinks", at(18)))
		purge(0) // nothing is sealed
		_, err := w.db.AppendSeal(w.ctx(), convoke.Seal{Number: 1, LastID: at(19), Entries: []byte{}, Hash: []byte{}, At: now})
		w.must(err)
		n, err := w.db.PurgeEvents(w.ctx(), now, 3)
		w.must(err)
		if n != 0 {
			w.Errorf("purged %d that are young", n)
		}
		purge(3)
		if floor, err := w.db.EventFloor(w.ctx(), w.account.ID); err != nil || floor != at(2) {
			w.Errorf("the floor is %d, want %d, error %v", floor, at(2), err)
		}
		s := w.subscribe(w.newApp())
		w.hold()
		w.progress(convoke.Progress{Subscription: s.ID, Kept: []convoke.Delivery{
			{EventID: at(4), State: convoke.DeliveryDead}, {EventID: at(5), State: convoke.DeliveryWaiting},
		}})
		purge(2) // up to the delivery that is being tried
		if got := w.kept(s.ID, ""); got != fmt.Sprint(at(5), "waiting ") {
			w.Errorf("kept are %s", got)
		}
		purge(0)
		w.changeSubscription(s.ID, func(s *convoke.Subscription) { s.Enabled = false }) // nobody needs it then
		purge(3)
		floor, err := w.db.EventFloor(w.ctx(), w.newAccount(0).ID)
		w.must(err)
		if rest := w.events("", 12); floor != 0 || rest[0].ID != at(8) {
			w.Errorf("the log begins at %d, want %d; another account's floor is %d", rest[0].ID, at(8), floor)
		}
	},
}
