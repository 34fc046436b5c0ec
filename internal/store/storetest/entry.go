// SPDX-License-Identifier: Apache-2.0

package storetest

import (
	"fmt"
	"time"

	"github.com/convoke/convoke/internal/convoke"
)

// entry makes a user whom the directory knows by the key.
func (w *world) entry(key string) convoke.User {
	w.Helper()
	d, err := w.ensure(w.account, convoke.Request{Source: convoke.SourceSCIM, ExternalID: key})
	w.must(err)
	return d.User
}

var entryTests = map[string]func(*world){
	"listed whatever their status, in their order and with their keys": func(w *world) {
		var want []string
		for i := range 5 {
			key := fmt.Sprint("key\x00", i)
			user := w.entry(key)
			if i%2 == 1 {
				w.must(w.byUser(w.account, user.ID, func(u convoke.User) (convoke.Change, error) { return convoke.Deactivate(u, w.mark()) }))
			}
			guest, _ := w.invited()
			bound := w.bound(fmt.Sprint(i))
			want = append(want, string(user.ID)+key, string(guest.ID), string(bound.ID))
		}
		w.newAccount(convoke.NoSeatLimit)
		var got []string
		for after := convoke.UserID(""); ; {
			page, err := w.db.Entries(w.ctx(), w.account.ID, after, 4)
			w.must(err)
			for _, e := range page {
				got = append(got, string(e.User.ID)+e.ExternalID)
			}
			if len(page) < 4 {
				break
			}
			after = page[3].User.ID
			w.remove(after)
		}
		if fmt.Sprint(got) != fmt.Sprint(want) {
			w.Errorf("listed %q, want %q", got, want)
		}
	},
	"another key takes the place of the first in one change": func(w *world) {
		user := w.entry("first")
		entry, other := convoke.Entry{User: user, ExternalID: "first"}, "second"
		patch := convoke.EntryPatch{ExternalID: &other}
		w.must(w.db.Change(w.ctx(), patch.Lookup(entry), func(f convoke.Found) (convoke.Change, error) {
			return convoke.AmendEntry(entry, patch, f, newFresh(), w.mark())
		}))
		page, err := w.db.Entries(w.ctx(), w.account.ID, "", 10)
		w.must(err)
		if len(page) != 1 || page[0].ExternalID != other {
			w.Errorf("entries are %+v", page)
		}
	},
	"places are kept by list, until their time is over": func(w *world) {
		other := w.newAccount(convoke.NoSeatLimit)
		keep := func(account convoke.AccountID, list string, position int64, after convoke.UserID, until time.Time) {
			w.must(w.db.KeepListPlace(w.ctx(), account, list, position, after, until))
		}
		keep(w.account.ID, "mine", 101, "stale", now)
		keep(w.account.ID, "mine", 101, "a", now.Add(time.Hour))
		keep(w.account.ID, "mine", 201, "b", now.Add(time.Hour))
		keep(w.account.ID, "mine", 301, "over", now)
		keep(w.account.ID, "other", 151, "c", now.Add(time.Hour))
		keep(other.ID, "mine", 151, "d", now.Add(time.Hour))
		w.must(w.db.DeleteExpired(w.ctx(), now))
		for position, want := range map[int64]string{1: "1", 100: "1", 101: "101a", 200: "101a", 5_000: "201b"} {
			at, after, err := w.db.ListPlace(w.ctx(), w.account.ID, "mine", position)
			w.must(err)
			if got := fmt.Sprintf("%d%s", at, after); got != want {
				w.Errorf("the place for %d is %s, want %s", position, got, want)
			}
		}
	},
}
