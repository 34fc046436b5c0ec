// SPDX-License-Identifier: Apache-2.0

package storetest

import (
	"fmt"
	"slices"

	"github.com/convoke/convoke/internal/convoke"
)

// setRole gives the user the role; a former owner other than nobody makes way.
func (w *world) setRole(id convoke.UserID, role convoke.AccountRole, former convoke.UserID) error {
	return w.db.Change(w.ctx(), convoke.Lookup{AccountID: w.account.ID, UserID: id, OtherID: former},
		func(found convoke.Found) (convoke.Change, error) {
			return convoke.SetRole(*found.Target, role, found.Other, w.mark())
		})
}

// wantRole checks who has the role, and that they are counted.
func (w *world) wantRole(role convoke.AccountRole, want ...convoke.UserID) {
	w.Helper()
	users, err := w.db.UsersInRole(w.ctx(), w.account.ID, role, convoke.StatusActive, "", 100)
	w.must(err)
	var got []convoke.UserID
	for _, u := range users {
		got = append(got, u.ID)
	}
	if !slices.Equal(got, want) {
		w.Errorf("%s: %v, want %v", role.Name(), got, want)
	}
	count, err := w.db.CountInRole(w.ctx(), w.account.ID, role, convoke.StatusActive)
	w.must(err)
	if role != convoke.AccountMember && count != int64(len(want)) {
		w.Errorf("%d are counted as %s, want %d", count, role.Name(), len(want))
	}
}

var roleTests = map[string]func(*world){
	"listed by role, page by page": func(w *world) {
		var all []convoke.UserID
		for i := range 5 {
			all = append(all, w.bound(fmt.Sprint(i)).ID)
		}
		w.must(w.setRole(all[1], convoke.AccountAdmin, ""))
		w.must(w.setRole(all[3], convoke.AccountAdmin, ""))
		w.must(w.setRole(all[4], convoke.AccountOwner, ""))
		w.wantRole(convoke.AccountOwner, all[4])
		w.wantRole(convoke.AccountAdmin, all[1], all[3])
		w.wantRole(convoke.AccountMember, all[0], all[2])
		users, err := w.db.UsersInRole(w.ctx(), w.account.ID, convoke.AccountAdmin, convoke.StatusActive, all[1], 1)
		w.must(err)
		if len(users) != 1 || users[0].ID != all[3] || users[0].Role != convoke.AccountAdmin {
			w.Errorf("after the first admin come %+v", users)
		}
		w.remove(all[4])
		w.wantRole(convoke.AccountOwner)
	},
	"owner handed over in one change": func(w *world) {
		first, second := w.bound("1"), w.bound("2")
		w.must(w.setRole(first.ID, convoke.AccountOwner, ""))
		w.must(w.setRole(second.ID, convoke.AccountOwner, first.ID))
		w.wantRole(convoke.AccountOwner, second.ID)
		w.wantRole(convoke.AccountAdmin, first.ID)
		if n := count(w.events(w.account.ID, 7), convoke.EventUserUpdated); n != 3 {
			w.Errorf("%d users were updated, want 3", n)
		}
	},
	"no second owner": func(w *world) {
		var users []convoke.UserID
		for i := range 10 {
			users = append(users, w.bound(fmt.Sprint(i)).ID)
		}
		made := 0
		for _, err := range parallel(len(users), func(i int) error { return w.setRole(users[i], convoke.AccountOwner, "") }) {
			if err == nil {
				made++
				continue
			}
			w.wantCode(err, convoke.CodeOwnerTaken)
		}
		if made != 1 {
			w.Errorf("%d owners", made)
		}
	},
	"each account has its owner": func(w *world) {
		other := w.newAccount(convoke.NoSeatLimit)
		w.must(w.setRole(w.bound("1").ID, convoke.AccountOwner, ""))
		d, err := w.ensure(other, convoke.Request{Source: convoke.SourceApp, ExternalID: "1"})
		w.must(err)
		w.must(w.byUser(other, d.User.ID, func(u convoke.User) (convoke.Change, error) {
			return convoke.SetRole(u, convoke.AccountOwner, nil, w.mark())
		}))
	},
}
