// SPDX-License-Identifier: Apache-2.0

package storetest

import (
	"errors"
	"time"

	"github.com/convoke/convoke/internal/convoke"
)

// run starts, ends or deletes a meeting, as its host.
func (w *world) run(id convoke.MeetingID, how string) error {
	return w.db.ChangeMeeting(w.ctx(), convoke.MeetingLookup{ID: id}, func(found convoke.MeetingFound) (convoke.MeetingChange, error) {
		if found.Meeting == nil || found.Host == nil {
			return convoke.MeetingChange{}, convoke.NotFound(convoke.CodeMeetingNotFound, "gone")
		}
		switch how {
		case "end":
			return found.Meeting.End(nil, *found.Host, w.mark()), nil
		case "delete":
			return found.Meeting.Remove(nil, *found.Host, w.mark())
		}
		host := convoke.Participant{
			ID: convoke.ParticipantID(newID()), AccountID: found.Meeting.AccountID, MeetingID: id, UserID: found.Host.ID,
			Name: "Host", Role: convoke.RoleHost, JoinedAt: now,
		}
		change, _, err := found.Enter(host, newID()+"==", time.LoadLocation, w.mark())
		return change, err
	})
}

// leases counts the user's running meetings that hold a seat.
func (w *world) leases(u convoke.User) (n int64) {
	w.Helper()
	running := convoke.MeetingFilter{AccountID: u.AccountID, HostID: u.ID, State: convoke.MeetingStarted}
	list, err := w.db.Meetings(w.ctx(), running, 0, 2000)
	w.must(err)
	for _, m := range list {
		if m.Leased {
			n++
		}
	}
	return n
}

// pool is an account whose meetings lease its seats.
func (w *world) pool(seats int64) convoke.Account {
	w.Helper()
	account := w.newAccount(seats)
	account.SeatMode = convoke.SeatPool
	w.must(w.set(account.ID, func(a *convoke.Account) { *a = account }))
	return account
}

// host makes a licensed user with n meetings.
func (w *world) host(account convoke.Account, n int) (convoke.User, []convoke.MeetingID) {
	w.Helper()
	d, err := w.ensure(account, convoke.Request{Source: convoke.SourceApp, ExternalID: newID()})
	w.must(err)
	ids := make([]convoke.MeetingID, n)
	w.must(errors.Join(parallel(n, func(i int) error {
		m := newMeeting(d.User, "")
		ids[i] = m.ID
		return w.meeting(convoke.MeetingLookup{HostID: m.HostID}, convoke.MeetingChange{After: &m})
	})...))
	return d.User, ids
}

// runAll does the same to all meetings at once and returns which it was done to.
func (w *world) runAll(ids []convoke.MeetingID, how string) (done []convoke.MeetingID) {
	w.Helper()
	for i, err := range parallel(len(ids), func(i int) error { return w.run(ids[i], how) }) {
		if err == nil {
			done = append(done, ids[i])
		} else {
			w.wantCode(err, convoke.CodePoolExhausted)
		}
	}
	return done
}

func (w *world) wantLeased(account convoke.AccountID, want int64) {
	w.Helper()
	seats, _, err := w.db.Tally(w.ctx(), account)
	w.must(err)
	if seats.Used.Leased != want {
		w.Errorf("%d seats are leased, want %d", seats.Used.Leased, want)
	}
}

var leaseTests = map[string]func(*world){
	"exactly as many as there are, to a thousand at once": func(w *world) {
		const seats = 250
		account := w.pool(seats)
		host, ids := w.host(account, 1000)
		started := w.runAll(ids, "start")
		if len(started) != seats {
			w.Errorf("%d meetings were started", len(started))
		}
		w.wantLeased(account.ID, seats)
		if n := w.leases(host); n != seats {
			w.Errorf("%d meetings run", n)
		}
		if n := count(w.events(account.ID, seats), convoke.EventMeetingStarted); n != seats {
			w.Errorf("%d meeting.started events", n)
		}
		w.runAll(started, "end")
		w.wantLeased(account.ID, 0)
		if again := w.runAll(ids[:300], "start"); len(again) != seats {
			w.Errorf("%d meetings were started again", len(again))
		}
	},
	"by any number of licensed users": func(w *world) {
		account := w.pool(2)
		if made := w.fill(account, 20); len(made) != 20 {
			w.Errorf("%d users were made", len(made))
		}
		w.wantSeats(account.ID, 2, 20)
	},
	"freed with the meeting, and with the host": func(w *world) {
		account := w.pool(3)
		host, ids := w.host(account, 3)
		w.runAll(ids, "start")
		w.must(w.run(ids[0], "delete"))
		w.wantLeased(account.ID, 2)
		w.must(w.byUser(account, host.ID, func(u convoke.User) (convoke.Change, error) {
			return convoke.Remove(u, convoke.Delete, convoke.Policy{}, w.mark())
		}))
		w.wantLeased(account.ID, 0)
		if _, ids := w.host(account, 4); len(w.runAll(ids, "start")) != 3 {
			w.Error("not all of the seats are free")
		}
	},
	"kept by running meetings that are handed over": func(w *world) {
		account := w.pool(3)
		host, ids := w.host(account, 2)
		heir, _ := w.host(account, 0)
		w.runAll(ids, "start")
		lookup := convoke.Lookup{AccountID: account.ID, UserID: host.ID, OtherID: heir.ID}
		w.must(w.db.Change(w.ctx(), lookup, func(f convoke.Found) (convoke.Change, error) {
			return convoke.RemoveTo(*f.Target, convoke.Delete, *f.Other, convoke.Policy{}, w.mark())
		}))
		w.wantLeased(account.ID, 2)
		w.runAll(ids, "end")
		w.wantLeased(account.ID, 0)
	},
	"not needed by the meetings of basic users": func(w *world) {
		account := w.pool(0)
		host, ids := w.host(account, 1)
		w.wantCode(w.run(ids[0], "start"), convoke.CodePoolExhausted)
		w.must(w.licence(account, host.ID, convoke.TypeBasic))
		w.must(w.run(ids[0], "start"))
		w.wantLeased(account.ID, 0)
		w.must(w.licence(account, host.ID, convoke.TypeLicensed))
		w.must(w.run(ids[0], "end"))
		w.wantLeased(account.ID, 0)
	},
	"counted while seats are assigned, for when the mode changes": func(w *world) {
		account := w.newAccount(3)
		_, ids := w.host(account, 5)
		if started := w.runAll(ids, "start"); len(started) != 5 {
			w.Errorf("%d meetings were started", len(started))
		}
		w.must(w.set(account.ID, func(a *convoke.Account) { a.SeatMode = convoke.SeatPool }))
		w.must(w.run(ids[0], "end"))
		w.must(w.run(ids[1], "end"))
		w.wantCode(w.run(ids[0], "start"), convoke.CodePoolExhausted)
		w.must(w.run(ids[2], "end"))
		w.must(w.run(ids[0], "start"))
		if made := w.fill(account, 9); len(made) != 9 {
			w.Errorf("%d users were made", len(made))
		}
		w.must(w.set(account.ID, func(a *convoke.Account) { a.SeatMode = convoke.SeatsAssigned }))
		if made := w.fill(account, 1); len(made) != 0 {
			w.Error("an eleventh user was made with three seats")
		}
		w.must(w.run(ids[1], "start"))
	},
	"counted right while the mode changes": func(w *world) {
		account := w.newAccount(40)
		host, ids := w.host(account, 100)
		for i, err := range parallel(220, func(i int) error {
			switch {
			case i%20 == 0:
				mode := []convoke.SeatMode{convoke.SeatPool, convoke.SeatsAssigned}[i/20%2]
				return w.set(account.ID, func(a *convoke.Account) { a.SeatMode = mode })
			case i%2 == 0:
				_, err := w.ensure(account, convoke.Request{Source: convoke.SourceApp, ExternalID: newID()})
				return err
			}
			return w.run(ids[i%100], "start")
		}) {
			if err != nil && convoke.AsError(err).Kind != convoke.KindExhausted {
				w.Errorf("call %d: %v", i, err)
			}
		}
		users, err := w.db.Users(w.ctx(), account.ID, convoke.StatusActive, "", 1000)
		w.must(err)
		w.wantSeats(account.ID, 40, int64(len(users)))
		w.wantLeased(account.ID, w.leases(host))
	},
	"freed by a host who is removed while meetings start": func(w *world) {
		account := w.pool(convoke.NoSeatLimit)
		host, ids := w.host(account, 40)
		for _, err := range parallel(41, func(i int) error {
			if i < 40 {
				return w.run(ids[i], "start")
			}
			return w.byUser(account, host.ID, func(u convoke.User) (convoke.Change, error) {
				return convoke.Remove(u, convoke.Delete, convoke.Policy{}, w.mark())
			})
		}) {
			if err != nil {
				w.wantCode(err, convoke.CodeMeetingNotFound)
			}
		}
		w.wantLeased(account.ID, 0)
	},
}
