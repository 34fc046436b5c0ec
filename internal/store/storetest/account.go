// SPDX-License-Identifier: Apache-2.0

package storetest

import (
	"errors"

	"github.com/convoke/convoke/internal/convoke"
)

var accountTests = map[string]func(*world){
	"created once": func(w *world) {
		got, err := w.db.Account(w.ctx(), w.account.ID)
		w.must(err)
		if got != w.account {
			w.Errorf("read back %+v, want %+v", got, w.account)
		}
		w.wantCode(w.db.CreateAccount(w.ctx(), w.account), convoke.CodeAccountTaken)
	},
	"unknown": func(w *world) {
		_, err := w.db.Account(w.ctx(), "nobody")
		w.wantCode(err, convoke.CodeAccountNotFound)
		_, err = w.db.Find(w.ctx(), convoke.Lookup{AccountID: "nobody"})
		w.wantCode(err, convoke.CodeAccountNotFound)
		_, _, err = w.db.Tally(w.ctx(), "nobody")
		w.wantCode(err, convoke.CodeAccountNotFound)
		w.wantCode(w.db.ChangeAccount(w.ctx(), "nobody", nil), convoke.CodeAccountNotFound)
	},
	"listed by id": func(w *world) {
		other := w.newAccount(5)
		all, err := w.db.Accounts(w.ctx())
		w.must(err)
		if len(all) != 2 || all[0].ID > all[1].ID {
			w.Fatalf("got %+v", all)
		}
		if all[0] != other && all[1] != other {
			w.Errorf("%+v is missing from %+v", other, all)
		}
	},
	"changed": func(w *world) {
		w.must(w.db.ChangeAccount(w.ctx(), w.account.ID, func(a convoke.Account) (convoke.Account, []convoke.Event, error) {
			a.SSO, a.AutoCreate, a.APIPartner, a.Provisioning = true, true, false, convoke.PriorToSignIn
			return a, nil, nil
		}))
		got, err := w.db.Account(w.ctx(), w.account.ID)
		w.must(err)
		if !got.SSO || !got.AutoCreate || got.APIPartner || got.Provisioning != convoke.PriorToSignIn {
			w.Errorf("got %+v", got)
		}
	},
	"left alone by a failing change": func(w *world) {
		refusal := errors.New("no")
		err := w.db.ChangeAccount(w.ctx(), w.account.ID, func(a convoke.Account) (convoke.Account, []convoke.Event, error) { return a, nil, refusal })
		if !errors.Is(err, refusal) {
			w.Errorf("error is %v", err)
		}
	},
	"loses no change": func(w *world) {
		for _, err := range parallel(50, func(int) error {
			return w.db.ChangeAccount(w.ctx(), w.account.ID, func(a convoke.Account) (convoke.Account, []convoke.Event, error) {
				a.Name += "x"
				return a, nil, nil
			})
		}) {
			w.must(err)
		}
		got, err := w.db.Account(w.ctx(), w.account.ID)
		w.must(err)
		if len(got.Name) != len(w.account.Name)+50 {
			w.Errorf("the name %q misses changes", got.Name)
		}
	},
}
