// SPDX-License-Identifier: Apache-2.0

package storetest

import (
	"slices"

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
					} else if convoke.AsError(err).Kind != convoke.KindExhausted {
						t.Fatal(err)
					}
				},
				"change": func(t *rapid.T) {
					if len(users) == 0 {
						return
					}
					i := rapid.IntRange(0, len(users)-1).Draw(t, "user")
					kind := rapid.SampledFrom([]string{"activate", "deactivate", "license", "basic", "unassigned", "delete", "hand over"}).Draw(t, "kind")
					if w.anyChange(t, account, users[i], kind, rapid.SampledFrom(users).Draw(t, "heir")) {
						users = append(users[:i], users[i+1:]...)
					}
				},
				"meet": func(t *rapid.T) {
					if len(users) > 0 {
						w.anyMeeting(t, account, rapid.SampledFrom(users).Draw(t, "host"))
					}
				},
				"limit": func(t *rapid.T) {
					limits := rapid.SampledFrom([]int64{convoke.NoSeatLimit, 0, 1, 5, 40})
					seats, basic := limits.Draw(t, "seats"), limits.Draw(t, "basic users")
					mode := rapid.SampledFrom([]convoke.SeatMode{convoke.SeatsAssigned, convoke.SeatPool}).Draw(t, "mode")
					if err := w.set(account.ID, func(a *convoke.Account) { a.LicensedSeats, a.BasicUsers, a.SeatMode = seats, basic, mode }); err != nil {
						t.Fatal(err)
					}
				},
				"": func(t *rapid.T) { w.recount(t, account.ID) },
			})
		})
	},
}

// anyChange does one change of the kind and reports whether the user is gone.
func (w *world) anyChange(t *rapid.T, account convoke.Account, id convoke.UserID, kind string, heir convoke.UserID) bool {
	lookup := convoke.Lookup{AccountID: account.ID, UserID: id, OtherID: heir}
	err := w.db.Change(w.ctx(), lookup, func(found convoke.Found) (convoke.Change, error) {
		u := *found.Target
		switch kind {
		case "activate":
			return convoke.Activate(u, w.mark())
		case "deactivate":
			return convoke.Deactivate(u, w.mark())
		case "delete":
			return convoke.Remove(u, convoke.Delete, convoke.Policy{}, w.mark())
		case "hand over":
			return convoke.RemoveTo(u, convoke.Delete, *found.Other, convoke.Policy{}, w.mark())
		case "basic":
			return relicensed(u, convoke.TypeBasic), nil
		case "unassigned":
			return relicensed(u, convoke.TypeUnassigned), nil
		}
		return relicensed(u, convoke.TypeLicensed), nil
	})
	if err != nil && convoke.AsError(err).Kind == convoke.KindInternal {
		t.Fatal(err)
	}
	return err == nil && (kind == "delete" || kind == "hand over")
}

// anyMeeting makes a meeting of the host's, or starts, ends or deletes one.
func (w *world) anyMeeting(t *rapid.T, account convoke.Account, host convoke.UserID) {
	found, err := w.db.Find(w.ctx(), convoke.Lookup{AccountID: account.ID, UserID: host})
	if err != nil {
		t.Fatal(err)
	}
	list, err := w.db.Meetings(w.ctx(), convoke.MeetingFilter{AccountID: account.ID, HostID: host}, 0, 100)
	if err != nil {
		t.Fatal(err)
	}
	kind := rapid.SampledFrom([]string{"make", "personal", "start", "start", "end", "delete"}).Draw(t, "kind of meeting")
	switch {
	case kind == "make":
		w.schedule(newMeeting(*found.Target, ""))
	case kind == "personal" && !slices.ContainsFunc(list, func(m convoke.Meeting) bool { return m.ID == found.Target.PMI }):
		m := newMeeting(*found.Target, "")
		m.ID = found.Target.PMI
		w.schedule(m)
	case kind == "personal", len(list) == 0:
	default:
		err = w.run(rapid.SampledFrom(list).Draw(t, "meeting").ID, kind)
		if err != nil && convoke.AsError(err).Kind == convoke.KindInternal {
			t.Fatal(err)
		}
	}
}

// recount compares the counters with the users themselves.
func (w *world) recount(t *rapid.T, account convoke.AccountID) {
	seats, census, err := w.db.Tally(w.ctx(), account)
	if err != nil {
		t.Fatal(err)
	}
	var used convoke.SeatCounts
	var licensed, basic int64
	for _, status := range []convoke.Status{convoke.StatusActive, convoke.StatusInactive, convoke.StatusPending} {
		users, err := w.db.Users(w.ctx(), account, status, "", 1000)
		if err != nil {
			t.Fatal(err)
		}
		for _, u := range users {
			used = used.Plus(u.Seats())
			used.Leased += w.leases(u)
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
		t.Fatalf("%+v seats are used, counted are %+v", used, seats.Used)
	}
}
