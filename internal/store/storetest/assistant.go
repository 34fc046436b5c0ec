// SPDX-License-Identifier: Apache-2.0

package storetest

import "github.com/convoke/convoke/internal/convoke"

func (w *world) delegate(user convoke.User, d convoke.Delegation) {
	w.Helper()
	w.must(w.byUser(w.account, user.ID, func(u convoke.User) (convoke.Change, error) {
		return convoke.Change{Before: &u, After: &u, Delegation: &d}, nil
	}))
}

// wantAssistants checks who may schedule for the user, and for how many the first may.
func (w *world) wantAssistants(user convoke.User, count int) {
	w.Helper()
	if list, err := w.db.Assistants(w.ctx(), user.ID); err != nil || len(list) != count {
		w.Errorf("%d assistants, want %d: %v", len(list), count, err)
	}
}

var assistantTests = map[string]func(*world){
	"added, taken away, and gone with either": func(w *world) {
		host, second, one, two := w.bound("h"), w.bound("h2"), w.bound("1"), w.bound("2")
		w.delegate(host, convoke.Delegation{Add: []convoke.UserID{one.ID, two.ID}})
		w.delegate(second, convoke.Delegation{Add: []convoke.UserID{one.ID}})
		w.wantAssistants(host, 2)
		if list, err := w.db.Schedulers(w.ctx(), one.ID, 10); err != nil || len(list) != 2 {
			w.Errorf("schedules for %d: %v", len(list), err)
		}
		if list, err := w.db.Schedulers(w.ctx(), one.ID, 1); err != nil || len(list) != 1 {
			w.Errorf("a page of one has %d: %v", len(list), err)
		}
		w.delegate(host, convoke.Delegation{Remove: []convoke.UserID{two.ID}})
		w.wantAssistants(host, 1)
		w.wantAssistants(second, 1)
		w.remove(one.ID)
		w.wantAssistants(host, 0)
		w.delegate(host, convoke.Delegation{Add: []convoke.UserID{two.ID, second.ID}})
		w.delegate(host, convoke.Delegation{All: true})
		w.wantAssistants(host, 0)
	},
	"never more than there may be": func(w *world) {
		host, refused := w.bound("h"), 0
		others := make([]convoke.UserID, convoke.MaxAssistants+5)
		for i := range others {
			others[i] = w.bound(newID()).ID
		}
		for _, err := range parallel(len(others), func(i int) error {
			lookup := convoke.Lookup{AccountID: w.account.ID, UserID: host.ID, Assistants: true}
			return w.db.Change(w.ctx(), lookup, func(found convoke.Found) (convoke.Change, error) {
				return convoke.AddAssistants(*found.Target, found.Assistants, []convoke.User{{ID: others[i]}}, w.mark())
			})
		}) {
			switch {
			case convoke.HasCode(err, convoke.CodeAssistantRefused):
				refused++
			default:
				w.must(err)
			}
		}
		if refused != 5 {
			w.Errorf("%d were refused, want the 5 too many", refused)
		}
		w.wantAssistants(host, convoke.MaxAssistants)
		if list, err := w.db.Schedulers(w.ctx(), others[0], 10); err != nil || len(list) > 1 {
			w.Errorf("%d: %v", len(list), err)
		}
	},
}
