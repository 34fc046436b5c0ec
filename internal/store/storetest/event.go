// SPDX-License-Identifier: Apache-2.0

package storetest

import (
	"context"
	"errors"
	"fmt"

	"github.com/convoke/convoke/internal/convoke"
)

var eventTests = map[string]func(*world){
	"read in order, page by page, by account": func(w *world) {
		for i := range 5 {
			w.bound(fmt.Sprint(i))
		}
		other := w.newAccount(convoke.NoSeatLimit)
		_, err := w.ensure(other, convoke.Request{Source: convoke.SourceApp, ExternalID: "1"})
		w.must(err)
		all := w.events("", 12)
		for i := 1; i < len(all); i++ {
			if all[i].ID <= all[i-1].ID {
				w.Fatalf("ids do not grow: %d after %d", all[i].ID, all[i-1].ID)
			}
		}
		mine := w.events(w.account.ID, 10)
		if len(mine) != 10 || mine[0].Name != convoke.EventUserCreated || mine[1].Name != convoke.EventBindingCreated {
			w.Fatalf("%d events, first %+v", len(mine), mine[0])
		}
		if mine[0].AccountID != w.account.ID || !mine[0].At.Equal(now) || mine[0].Payload[0] != '{' {
			w.Errorf("event is %+v", mine[0])
		}
		page, err := w.db.Events(w.ctx(), w.account.ID, mine[3].ID, 2)
		w.must(err)
		if len(page) != 2 || page[0].ID != mine[4].ID || page[1].ID != mine[5].ID {
			w.Errorf("the page is %+v", page)
		}
	},
	"many in one commit keep their order": func(w *world) {
		const n = 100
		w.must(w.db.Change(w.ctx(), convoke.Lookup{AccountID: w.account.ID}, func(convoke.Found) (convoke.Change, error) {
			var c convoke.Change
			for i := range n {
				c.Events = append(c.Events, convoke.Event{
					AccountID: w.account.ID, Name: convoke.EventName(fmt.Sprint(i)), At: now, Payload: []byte("{}"),
				})
			}
			return c, nil
		}))
		for i, e := range w.events(w.account.ID, n) {
			if e.Name != convoke.EventName(fmt.Sprint(i)) {
				w.Fatalf("event %d is %s", i, e.Name)
			}
		}
	},
	"none is skipped by a reader that follows writers": func(w *world) {
		const writers, each = 16, 25
		ctx, cancel := context.WithCancel(w.ctx())
		defer cancel()
		written := make(chan error, 1)
		go func() {
			written <- errors.Join(parallel(writers, func(i int) error {
				for j := range each {
					if _, err := w.ensure(w.account, convoke.Request{Source: convoke.SourceApp, ExternalID: fmt.Sprint(i, j)}); err != nil {
						cancel()
						return err
					}
				}
				return nil
			})...)
		}()
		seen, after := 0, int64(0)
		for seen < 2*writers*each && ctx.Err() == nil {
			page, err := w.db.Events(ctx, "", after, 7)
			w.must(err)
			for _, e := range page {
				seen, after = seen+1, e.ID
			}
		}
		w.must(<-written)
		rest, err := w.db.Events(w.ctx(), "", after, 10)
		w.must(err)
		if seen != 2*writers*each || len(rest) != 0 {
			w.Errorf("saw %d of %d events, and then %d", seen, 2*writers*each, len(rest))
		}
	},
	"cursor": func(w *world) {
		for _, want := range []int64{0, 7, 1 << 60} {
			if want != 0 {
				w.must(w.db.SaveCursor(w.ctx(), "sink", want))
			}
			got, err := w.db.Cursor(w.ctx(), "sink")
			w.must(err)
			if got != want {
				w.Errorf("cursor is %d, want %d", got, want)
			}
		}
	},
}
