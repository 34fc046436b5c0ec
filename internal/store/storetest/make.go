// SPDX-License-Identifier: Apache-2.0

package storetest

import (
	"fmt"
	"sync/atomic"

	"github.com/convoke/convoke/internal/convoke"
)

// ahead decides on an account without users, as a caller does that looked a
// moment too early, and makes what came of it.
func (w *world) ahead(account convoke.Account, r convoke.Request) (convoke.User, bool) {
	w.Helper()
	draft, err := convoke.NewDraft(r, convoke.DefaultAction(account))
	w.must(err)
	d, err := convoke.Decide(draft, convoke.Found{Policy: convoke.Policy{Account: account}}, newFresh(), w.mark())
	w.must(err)
	made, err := w.db.Make(w.ctx(), account, d.Change)
	w.must(err)
	return d.User, made
}

var makeTests = map[string]func(*world){
	"writes user, binding, counters and events": func(w *world) {
		user, made := w.ahead(w.account, convoke.Request{Source: convoke.SourceApp, ExternalID: "42", Email: "a@example.com"})
		found, err := w.db.Find(w.ctx(), convoke.Lookup{AccountID: w.account.ID, Source: convoke.SourceApp, ExternalID: "42"})
		w.must(err)
		if !made || found.Bound == nil || found.Bound.ID != user.ID {
			w.Fatalf("made %v, bound to %+v", made, found.Bound)
		}
		if seats, census, err := w.db.Tally(w.ctx(), w.account.ID); err != nil || seats.Used.Licensed != 1 || census.Active != 1 {
			w.Errorf("seats %+v, census %+v, %v", seats, census, err)
		}
		if events := w.events(w.account.ID, 2); len(events) != 2 {
			w.Errorf("%d events", len(events))
		}
	},
	"is refused, and writes nothing, when the external id or the e-mail was taken meanwhile": func(w *world) {
		w.ahead(w.account, convoke.Request{Source: convoke.SourceApp, ExternalID: "42", Email: "a@example.com"})
		for _, r := range []convoke.Request{
			{Source: convoke.SourceApp, ExternalID: "42", Email: "b@example.com"},
			{Source: convoke.SourceApp, ExternalID: "43", Email: "A@example.com"},
			{Email: "a@example.com"},
		} {
			if user, made := w.ahead(w.account, r); made || w.user(user.ID) != nil {
				w.Errorf("%+v was made", r)
			}
		}
		if _, census, err := w.db.Tally(w.ctx(), w.account.ID); err != nil || census.Active != 1 {
			w.Errorf("census %+v, %v", census, err)
		}
		if events := w.events(w.account.ID, 2); len(events) != 2 {
			w.Errorf("%d events", len(events))
		}
	},
	"is refused when no seat is free": func(w *world) {
		account := w.newAccount(1)
		_, first := w.ahead(account, convoke.Request{Source: convoke.SourceApp, ExternalID: "1"})
		user, second := w.ahead(account, convoke.Request{Source: convoke.SourceApp, ExternalID: "2"})
		if second || w.user(user.ID) != nil {
			w.Errorf("made %v, then %v", first, second)
		}
	},
	"is refused when the account has changed": func(w *world) {
		w.must(w.db.ChangeAccount(w.ctx(), w.account.ID, func(a convoke.Account) (convoke.Account, []convoke.Event, error) {
			a.APIPartner = false
			return a, nil, nil
		}))
		user, made := w.ahead(w.account, convoke.Request{Source: convoke.SourceApp, ExternalID: "42"})
		if made || w.user(user.ID) != nil {
			w.Error("a user was made under the former policy")
		}
		now, err := w.db.Account(w.ctx(), w.account.ID)
		w.must(err)
		now.APIPartner = true
		if _, made := w.ahead(now, convoke.Request{Source: convoke.SourceApp, ExternalID: "42"}); !made {
			w.Error("the account as it is was taken for an older one")
		}
	},
	"lets one of many win, and harms no other": func(w *world) {
		var won atomic.Int64
		parallel(100, func(i int) error {
			_, made := w.ahead(w.account, convoke.Request{Source: convoke.SourceApp, ExternalID: fmt.Sprint(i % 2 * i)})
			if made && i%2 == 0 {
				won.Add(1)
			}
			if !made && i%2 == 1 {
				w.Errorf("%d was not made", i)
			}
			return nil
		})
		if won.Load() != 1 {
			w.Errorf("%d of the same were made", won.Load())
		}
	},
	"is for new users only": func(w *world) {
		user := w.bound("42")
		if _, err := w.db.Make(w.ctx(), w.account, convoke.Change{Before: &user, After: &user}); err == nil {
			w.Error("an existing user was made")
		}
	},
}
