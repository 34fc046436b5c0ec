// SPDX-License-Identifier: Apache-2.0

package storetest

import (
	"fmt"

	"github.com/convoke/convoke/internal/convoke"
)

func (w *world) limit(account convoke.AccountID, seats int64) error {
	return w.set(account, func(a *convoke.Account) { a.LicensedSeats = seats })
}

func (w *world) set(account convoke.AccountID, change func(*convoke.Account)) error {
	return w.db.ChangeAccount(w.ctx(), account, func(a convoke.Account) (convoke.Account, []convoke.Event, error) {
		change(&a)
		return a, nil, nil
	})
}

// fill tries to make n licensed users at once and returns the users made.
func (w *world) fill(account convoke.Account, n int) (made []convoke.UserID) {
	w.Helper()
	ids := make([]convoke.UserID, n)
	for i, err := range parallel(n, func(i int) error {
		d, err := w.ensure(account, convoke.Request{Source: convoke.SourceApp, ExternalID: newID()})
		ids[i] = d.User.ID
		return err
	}) {
		if err == nil {
			made = append(made, ids[i])
		} else {
			w.wantCode(err, convoke.CodeSeatsExhausted)
		}
	}
	return made
}

func (w *world) wantSeats(account convoke.AccountID, total, used int64) {
	w.Helper()
	seats, _, err := w.db.Tally(w.ctx(), account)
	w.must(err)
	if seats.Total != total || seats.Used.Licensed != used {
		w.Errorf("seats are %+v, want %d of %d", seats, used, total)
	}
}

// fillBasic tries to make n pending basic users at once.
func (w *world) fillBasic(account convoke.Account, n int) (made []convoke.UserID) {
	w.Helper()
	ids := make([]convoke.UserID, n)
	for i, err := range parallel(n, func(i int) error {
		d, err := w.ensure(account, convoke.Request{Action: "create", Email: newID() + "@example.com"})
		ids[i] = d.User.ID
		return err
	}) {
		if err == nil {
			made = append(made, ids[i])
		} else {
			w.wantCode(err, convoke.CodeBasicExhausted)
		}
	}
	return made
}

func (w *world) wantBasic(account convoke.AccountID, used int64) {
	w.Helper()
	seats, _, err := w.db.Tally(w.ctx(), account)
	w.must(err)
	if seats.Used.Basic != used {
		w.Errorf("%d basic users are counted, want %d", seats.Used.Basic, used)
	}
}

func (w *world) licence(account convoke.Account, id convoke.UserID, t convoke.UserType) error {
	return w.byUser(account, id, func(u convoke.User) (convoke.Change, error) { return relicensed(u, t), nil })
}

// relicensed gives any user another licence; the rules would not for every one.
func relicensed(u convoke.User, t convoke.UserType) convoke.Change {
	after := u
	after.Type = t
	return convoke.Change{Before: &u, After: &after}
}

var seatTests = map[string]func(*world){
	"exactly as many as there are, to a thousand at once": func(w *world) {
		const seats = 250
		account := w.newAccount(seats)
		if made := w.fill(account, 1000); len(made) != seats {
			w.Errorf("%d users were made", len(made))
		}
		w.wantSeats(account.ID, seats, seats)
		users, err := w.db.Users(w.ctx(), account.ID, convoke.StatusActive, "", 1000)
		w.must(err)
		if len(users) != seats {
			w.Errorf("%d users are there", len(users))
		}
		if n := count(w.events(account.ID, 2*seats), convoke.EventUserCreated); n != seats {
			w.Errorf("%d user.created events", n)
		}
	},
	"given back are free again": func(w *world) {
		account := w.newAccount(20)
		made := w.fill(account, 20)
		for _, id := range made[:7] {
			w.must(w.byUser(account, id, func(u convoke.User) (convoke.Change, error) { return convoke.Deactivate(u, w.mark()) }))
		}
		if again := w.fill(account, 30); len(again) != 7 {
			w.Errorf("%d seats were free, want 7", len(again))
		}
		err := w.byUser(account, made[0], func(u convoke.User) (convoke.Change, error) { return convoke.Activate(u, w.mark()) })
		w.wantCode(err, convoke.CodeSeatsExhausted)
	},
	"lowered below what is used": func(w *world) {
		account := w.newAccount(20)
		made := w.fill(account, 20)
		w.must(w.limit(account.ID, 10))
		for _, err := range parallel(12, func(i int) error {
			return w.byUser(account, made[i], func(u convoke.User) (convoke.Change, error) { return convoke.Deactivate(u, w.mark()) })
		}) {
			w.must(err)
		}
		w.wantSeats(account.ID, 10, 8)
		if again := w.fill(account, 20); len(again) != 2 {
			w.Errorf("%d seats were free, want 2", len(again))
		}
	},
	"raised and lifted": func(w *world) {
		account := w.newAccount(0)
		if made := w.fill(account, 3); len(made) != 0 {
			w.Errorf("%d users were made without a seat", len(made))
		}
		w.must(w.limit(account.ID, 2))
		if made := w.fill(account, 20); len(made) != 2 {
			w.Errorf("%d users were made with 2 seats", len(made))
		}
		w.must(w.limit(account.ID, convoke.NoSeatLimit))
		if made := w.fill(account, 20); len(made) != 20 {
			w.Errorf("%d of 20 users were made without a limit", len(made))
		}
		w.wantSeats(account.ID, convoke.NoSeatLimit, 22)
	},
	"counted right while the limit changes": func(w *world) {
		account := w.newAccount(convoke.NoSeatLimit)
		for i, err := range parallel(150, func(i int) error {
			if i%15 == 0 {
				return w.limit(account.ID, []int64{convoke.NoSeatLimit, 60}[i/15%2])
			}
			_, err := w.ensure(account, convoke.Request{Source: convoke.SourceApp, ExternalID: fmt.Sprint(i)})
			return err
		}) {
			if err != nil && !convoke.HasCode(err, convoke.CodeSeatsExhausted) {
				w.Errorf("call %d: %v", i, err)
			}
		}
		users, err := w.db.Users(w.ctx(), account.ID, convoke.StatusActive, "", 1000)
		w.must(err)
		w.must(w.limit(account.ID, 200))
		w.wantSeats(account.ID, 200, int64(len(users)))
		if made := w.fill(account, 210-len(users)); len(made) != 200-len(users) {
			w.Errorf("%d users fit beside %d of 200", len(made), len(users))
		}
	},
	"of basic users exactly as many as there may be, to a thousand at once": func(w *world) {
		const limit = 250
		account := w.newAccount(0)
		w.must(w.set(account.ID, func(a *convoke.Account) { a.BasicUsers = limit }))
		if made := w.fillBasic(account, 1000); len(made) != limit {
			w.Errorf("%d users were made", len(made))
		}
		w.wantBasic(account.ID, limit)
		users, err := w.db.Users(w.ctx(), account.ID, convoke.StatusPending, "", 1000)
		w.must(err)
		if len(users) != limit {
			w.Errorf("%d users are there", len(users))
		}
		if n := count(w.events(account.ID, 2*limit), convoke.EventUserCreated); n != limit {
			w.Errorf("%d user.created events", n)
		}
	},
	"of basic users are taken and given back by every change": func(w *world) {
		account := w.newAccount(2)
		w.must(w.set(account.ID, func(a *convoke.Account) { a.BasicUsers = 2 }))
		made := w.fill(account, 2)
		w.must(w.licence(account, made[0], convoke.TypeBasic))
		w.must(w.licence(account, made[1], convoke.TypeBasic))
		w.wantBasic(account.ID, 2)
		third := w.fill(account, 1)[0]
		w.wantCode(w.licence(account, third, convoke.TypeBasic), convoke.CodeBasicExhausted)
		w.wantSeats(account.ID, 2, 1) // it kept its seat
		deactivate := func(u convoke.User) (convoke.Change, error) { return convoke.Deactivate(u, w.mark()) }
		activate := func(u convoke.User) (convoke.Change, error) { return convoke.Activate(u, w.mark()) }
		w.must(w.byUser(account, made[0], deactivate))
		w.must(w.licence(account, third, convoke.TypeBasic))
		w.wantCode(w.byUser(account, made[0], activate), convoke.CodeBasicExhausted)
		w.must(w.byUser(account, third, func(u convoke.User) (convoke.Change, error) {
			return convoke.Remove(u, convoke.Delete, convoke.Policy{}, w.mark())
		}))
		w.must(w.byUser(account, made[0], activate))
		w.must(w.licence(account, made[0], convoke.TypeLicensed))
		w.wantBasic(account.ID, 1)
		w.wantSeats(account.ID, 2, 1)
	},
	"not needed by basic users": func(w *world) {
		account := w.newAccount(0)
		for i := range 3 {
			_, err := w.ensure(account, convoke.Request{Action: "create", Email: fmt.Sprintf("u%d@example.com", i)})
			w.must(err)
		}
		_, census, err := w.db.Tally(w.ctx(), account.ID)
		w.must(err)
		if census.Pending != 3 {
			w.Errorf("census is %+v", census)
		}
	},
}
