// SPDX-License-Identifier: Apache-2.0

package storetest

import (
	"reflect"
	"time"

	"github.com/convoke/convoke/internal/convoke"
)

var ticketTests = map[string]func(*world){
	"spent once by 20 at the same time": func(w *world) {
		host := w.bound("42")
		m := newMeeting(host, "")
		w.schedule(m)
		ticket := convoke.Ticket{
			Hash: []byte{1, 0, 2}, AccountID: w.account.ID, MeetingID: m.ID, Role: convoke.RoleHost, UserID: host.ID,
			Name: "Jane", ExpiresAt: now.Add(time.Minute),
		}
		w.must(w.meeting(convoke.MeetingLookup{ID: m.ID}, convoke.MeetingChange{TicketMade: &ticket}))
		got, err := w.db.Ticket(w.ctx(), ticket.Hash)
		w.must(err)
		if !reflect.DeepEqual(got, ticket) {
			w.Errorf("read back %+v, want %+v", got, ticket)
		}
		ticket.UsedAt = now
		done := 0
		for _, err := range parallel(20, func(int) error {
			return w.meeting(convoke.MeetingLookup{ID: m.ID}, convoke.MeetingChange{
				TicketSpent: &ticket, Participants: []convoke.Participant{newParticipant(m, "Jane", convoke.PresenceAdmitted)},
			})
		}) {
			if err == nil {
				done++
			} else {
				w.wantCode(err, convoke.CodeTicketUsed)
			}
		}
		if names := w.present(m.UUID, convoke.PresenceAdmitted); done != 1 || names != "Jane" {
			w.Errorf("spent %d times, in the room: %s", done, names)
		}
		if got, err = w.db.Ticket(w.ctx(), ticket.Hash); err != nil || !got.UsedAt.Equal(now) {
			w.Errorf("used at %v, %v", got.UsedAt, err)
		}
	},
	"unknown and expired": func(w *world) {
		_, err := w.db.Ticket(w.ctx(), []byte("nobody"))
		w.wantCode(err, convoke.CodeTicketNotFound)
		m := newMeeting(w.bound("42"), "")
		w.schedule(m)
		ticket := convoke.Ticket{Hash: []byte("t"), AccountID: w.account.ID, MeetingID: m.ID, ExpiresAt: now}
		w.must(w.meeting(convoke.MeetingLookup{ID: m.ID}, convoke.MeetingChange{TicketMade: &ticket}))
		w.must(w.db.DeleteExpired(w.ctx(), now))
		_, err = w.db.Ticket(w.ctx(), ticket.Hash)
		w.wantCode(err, convoke.CodeTicketNotFound)
	},
}
