// SPDX-License-Identifier: Apache-2.0

package storetest

import (
	"pgregory.net/rapid"

	"github.com/convoke/convoke/internal/convoke"
)

var counterTests = map[string]func(*world){
	"equal a recount after any changes": func(w *world) {
		rapid.Check(w.TB, func(t *rapid.T) {
			account := w.newAccount(rapid.SampledFrom([]int64{convoke.NoSeatLimit, 2, 30}).Draw(t, "limit"))
			var users []convoke.UserID
			t.Repeat(map[string]func(*rapid.T){
				"make": func(t *rapid.T) {
					action := rapid.SampledFrom([]string{"create", "custCreate"}).Draw(t, "action")
					d, err := w.ensure(account, convoke.Request{Action: action, Email: newID() + "@example.com", Source: convoke.SourceApp, ExternalID: newID()})
					if err == nil {
						users = append(users, d.User.ID)
					} else if !convoke.HasCode(err, convoke.CodeSeatsExhausted) {
						t.Fatal(err)
					}
				},
				"change": func(t *rapid.T) {
					if len(users) == 0 {
						return
					}
					i := rapid.IntRange(0, len(users)-1).Draw(t, "user")
					kind := rapid.SampledFrom([]string{"activate", "deactivate", "license", "basic", "delete"}).Draw(t, "kind")
					if w.anyChange(t, account, users[i], kind) {
						users = append(users[:i], users[i+1:]...)
					}
				},
				"limit": func(t *rapid.T) {
					limit := rapid.SampledFrom([]int64{convoke.NoSeatLimit, 0, 1, 5, 40}).Draw(t, "limit")
					if err := w.limit(account.ID, limit); err != nil {
						t.Fatal(err)
					}
				},
				"": func(t *rapid.T) { w.recount(t, account.ID) },
			})
		})
	},
}

// anyChange does one change of the kind and reports whether the user is gone.
func (w *world) anyChange(t *rapid.T, account convoke.Account, id convoke.UserID, kind string) bool {
	err := w.byUser(account, id, func(u convoke.User) (convoke.Change, error) {
		licence := convoke.TypeLicensed
		switch kind {
		case "activate":
			return convoke.Activate(u, w.mark())
		case "deactivate":
			return convoke.Deactivate(u, w.mark())
		case "delete":
			return convoke.Remove(u, convoke.Delete, convoke.Policy{}, w.mark())
		case "basic":
			licence = convoke.TypeBasic
		}
		return convoke.Update(u, convoke.UserPatch{Type: &licence}, convoke.Found{}, w.mark())
	})
	if err != nil && convoke.AsError(err).Kind == convoke.KindInternal {
		t.Fatal(err)
	}
	return err == nil && kind == "delete"
}

// recount compares the counters with the users themselves.
func (w *world) recount(t *rapid.T, account convoke.AccountID) {
	seats, census, err := w.db.Tally(w.ctx(), account)
	if err != nil {
		t.Fatal(err)
	}
	var used, licensed, basic int64
	for _, status := range []convoke.Status{convoke.StatusActive, convoke.StatusInactive, convoke.StatusPending} {
		users, err := w.db.Users(w.ctx(), account, status, "", 1000)
		if err != nil {
			t.Fatal(err)
		}
		for _, u := range users {
			if u.TakesSeat() {
				used++
			}
			if status == convoke.StatusActive && u.Type == convoke.TypeLicensed {
				licensed++
			}
			if status == convoke.StatusActive && u.Type == convoke.TypeBasic {
				basic++
			}
		}
		if int64(len(users)) != census.Of(status) {
			t.Fatalf("%d users are %s, counted are %+v", len(users), status, census)
		}
	}
	if licensed != census.Licensed() || basic != census.Basic {
		t.Fatalf("%d active users are licensed and %d basic, counted are %+v", licensed, basic, census)
	}
	if used != seats.Used {
		t.Fatalf("%d seats are used, counted are %d", used, seats.Used)
	}
}
