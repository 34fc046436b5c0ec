// SPDX-License-Identifier: Apache-2.0

package storetest

import (
	"errors"
	"reflect"
	"slices"
	"time"

	"github.com/convoke/convoke/internal/convoke"
)

// newMeeting is a scheduled meeting with every field set.
func newMeeting(host convoke.User, externalID string) convoke.Meeting {
	return convoke.Meeting{
		ID: newPMI() * 10, UUID: newID() + "==", AccountID: host.AccountID, HostID: host.ID, ExternalID: externalID,
		Topic: "Stand-up", Agenda: "All", Type: convoke.TypeSeries, StartTime: now.Add(time.Hour), Duration: 30,
		Timezone: "Europe/Lisbon", Passcode: "abc123", Settings: convoke.DefaultSettings(),
		Recurrence: &convoke.Recurrence{Type: 2, WeeklyDays: "2,4", EndTimes: 3}, State: convoke.MeetingWaiting,
		CreatedAt: now, UpdatedAt: now,
	}
}

func (w *world) schedule(m convoke.Meeting) {
	w.Helper()
	w.must(w.meeting(convoke.MeetingLookup{HostID: m.HostID}, convoke.MeetingChange{After: &m}))
}

// meeting writes the change, whatever is found.
func (w *world) meeting(l convoke.MeetingLookup, c convoke.MeetingChange) error {
	return w.db.ChangeMeeting(w.ctx(), l, func(convoke.MeetingFound) (convoke.MeetingChange, error) { return c, nil })
}

var meetingTests = map[string]func(*world){
	"found by number and by key": func(w *world) {
		host := w.bound("42")
		m := newMeeting(host, "room\x001")
		w.schedule(m)
		for _, l := range []convoke.MeetingLookup{
			{ID: m.ID}, {ID: m.ID, AccountID: w.account.ID}, {HostID: host.ID, ExternalID: m.ExternalID, AccountID: w.account.ID},
		} {
			found, err := w.db.FindMeeting(w.ctx(), l)
			w.must(err)
			if found.Meeting == nil || !reflect.DeepEqual(*found.Meeting, m) || found.Host == nil || found.Host.ID != host.ID {
				w.Errorf("%+v found %+v", l, found)
			}
		}
	},
	"not found": func(w *world) {
		host := w.bound("42")
		m := newMeeting(host, "")
		w.schedule(m)
		other := w.newAccount(0).ID
		for _, c := range []struct {
			lookup convoke.MeetingLookup
			host   bool
		}{
			{convoke.MeetingLookup{ID: 1}, false},
			{convoke.MeetingLookup{ID: m.ID, AccountID: other}, false},
			{convoke.MeetingLookup{HostID: host.ID, AccountID: other}, false},
			{convoke.MeetingLookup{HostID: host.ID}, true},
			{convoke.MeetingLookup{HostID: host.ID, ExternalID: "other", AccountID: w.account.ID}, true},
			{convoke.MeetingLookup{ID: host.PMI}, true},
			{convoke.MeetingLookup{ID: host.PMI, AccountID: other}, false},
		} {
			found, err := w.db.FindMeeting(w.ctx(), c.lookup)
			w.must(err)
			if found.Meeting != nil || (found.Host != nil) != c.host {
				w.Errorf("%+v found %+v", c.lookup, found)
			}
		}
	},
	"made once for a key, by 50 at the same time": func(w *world) {
		host := w.bound("42")
		ids := make([]convoke.MeetingID, 50)
		w.must(errors.Join(parallel(len(ids), func(i int) error {
			l := convoke.MeetingLookup{AccountID: w.account.ID, HostID: host.ID, ExternalID: "daily"}
			return w.db.ChangeMeeting(w.ctx(), l, func(f convoke.MeetingFound) (convoke.MeetingChange, error) {
				if f.Meeting != nil {
					ids[i] = f.Meeting.ID
					return convoke.MeetingChange{}, nil
				}
				m := newMeeting(*f.Host, "daily")
				ids[i] = m.ID
				return convoke.MeetingChange{After: &m}, nil
			})
		})...))
		for _, id := range ids {
			if id != ids[0] {
				w.Fatalf("two meetings: %d and %d", id, ids[0])
			}
		}
	},
	"loses no change": func(w *world) {
		m := newMeeting(w.bound("42"), "")
		w.schedule(m)
		w.must(errors.Join(parallel(50, func(int) error {
			return w.db.ChangeMeeting(w.ctx(), convoke.MeetingLookup{ID: m.ID}, func(f convoke.MeetingFound) (convoke.MeetingChange, error) {
				after := *f.Meeting
				after.Duration++
				return convoke.MeetingChange{Before: f.Meeting, After: &after}, nil
			})
		})...))
		found, err := w.db.FindMeeting(w.ctx(), convoke.MeetingLookup{ID: m.ID})
		w.must(err)
		if found.Meeting.Duration != m.Duration+50 {
			w.Errorf("duration is %d", found.Meeting.Duration)
		}
	},
	"number taken: run again": func(w *world) {
		host := w.bound("42")
		m := newMeeting(host, "")
		w.schedule(m)
		tries := 0
		w.must(w.db.ChangeMeeting(w.ctx(), convoke.MeetingLookup{HostID: host.ID}, func(convoke.MeetingFound) (convoke.MeetingChange, error) {
			next := newMeeting(host, "")
			if tries++; tries == 1 {
				next.ID = m.ID
			}
			return convoke.MeetingChange{After: &next}, nil
		}))
		if tries != 2 {
			w.Errorf("%d tries", tries)
		}
	},
	"deleted, and with its host": func(w *world) {
		host := w.bound("42")
		one, two := newMeeting(host, ""), newMeeting(host, "")
		w.schedule(one)
		w.schedule(two)
		w.must(w.meeting(convoke.MeetingLookup{ID: one.ID}, convoke.MeetingChange{Before: &one}))
		w.remove(host.ID)
		for _, m := range []convoke.Meeting{one, two} {
			found, err := w.db.FindMeeting(w.ctx(), convoke.MeetingLookup{ID: m.ID})
			w.must(err)
			if found.Meeting != nil {
				w.Errorf("meeting %d is still there", m.ID)
			}
		}
	},
	"listed while they run, in whatever account": func(w *world) {
		var ids []convoke.MeetingID
		for range 2 {
			_, made := w.host(w.newAccount(convoke.NoSeatLimit), 3)
			w.runAll(made[:2], "start")
			ids = append(ids, made[:2]...)
		}
		slices.Sort(ids)
		running := convoke.MeetingFilter{State: convoke.MeetingStarted}
		list, err := w.db.Meetings(w.ctx(), running, 0, 3)
		w.must(err)
		rest, err := w.db.Meetings(w.ctx(), running, list[len(list)-1].ID, 3)
		w.must(err)
		var got []convoke.MeetingID
		for _, m := range append(list, rest...) {
			got = append(got, m.ID)
		}
		if !slices.Equal(got, ids) {
			w.Errorf("the running meetings are %v, want %v", got, ids)
		}
	},
	"filtered, counted, paged": func(w *world) {
		host, other := w.bound("42"), w.bound("43")
		w.schedule(newMeeting(other, ""))
		for i := range 10 {
			m := newMeeting(host, "")
			m.StartTime = now.Add(time.Duration(i) * time.Hour)
			m.Type = []convoke.MeetingType{convoke.TypeScheduled, convoke.TypeSeries}[i%2]
			if i < 3 {
				m.State = convoke.MeetingEnded
			}
			w.schedule(m)
		}
		all := convoke.MeetingFilter{AccountID: w.account.ID, HostID: host.ID}
		ended, notEnded, typed, ranged, foreign := all, all, all, all, all
		ended.State, notEnded.NotState = convoke.MeetingEnded, convoke.MeetingEnded
		typed.Types = []convoke.MeetingType{convoke.TypeScheduled, convoke.TypeInstant}
		ranged.From, ranged.To = now.Add(2*time.Hour), now.Add(5*time.Hour)
		foreign.AccountID = "another"
		for i, c := range []struct {
			filter convoke.MeetingFilter
			want   int
		}{{all, 10}, {ended, 3}, {notEnded, 7}, {typed, 5}, {ranged, 4}, {foreign, 0}} {
			n, err := w.db.CountMeetings(w.ctx(), c.filter)
			w.must(err)
			if listed := w.pages(c.filter); n != c.want || listed != c.want {
				w.Errorf("filter %d: counted %d, listed %d, want %d", i, n, listed, c.want)
			}
		}
	},
}

// pages lists all that the filter lets through, three at a time, and returns
// how many there are.
func (w *world) pages(f convoke.MeetingFilter) int {
	w.Helper()
	n, after := 0, convoke.MeetingID(0)
	for {
		page, err := w.db.Meetings(w.ctx(), f, after, 3)
		w.must(err)
		for _, m := range page {
			if m.ID <= after || m.HostID != f.HostID {
				w.Fatalf("meeting %d of %s after %d", m.ID, m.HostID, after)
			}
			after = m.ID
			n++
		}
		if len(page) < 3 {
			return n
		}
	}
}
