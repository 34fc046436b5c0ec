// SPDX-License-Identifier: Apache-2.0

package convoke

import "cmp"

// MeetingLookup names a meeting by its number, or by its host and the host
// app's key.
type MeetingLookup struct {
	AccountID   AccountID // empty: any account, for who comes by a link
	ID          MeetingID
	HostID      UserID
	ExternalID  string
	Participant ParticipantID // also read this person; may be empty
}

// MeetingFound is what the store knows about a MeetingLookup, read in the
// transaction that will write the change.
type MeetingFound struct {
	Meeting     *Meeting
	Host        *User
	Participant *Participant // whom the lookup names, of whatever meeting; nil: nobody
	NoSeat      bool         // no seat was found for a run, so that only a host can begin one
}

// MeetingChange is what one commit writes about one meeting.
type MeetingChange struct {
	Before       *Meeting      // nil: the meeting is new
	After        *Meeting      // nil with Before: the meeting is deleted
	Participants []Participant // to insert or overwrite
	EndRoom      string        // everyone still waiting or admitted in this room has left
	TicketMade   *Ticket
	TicketSpent  *Ticket // refused with CodeTicketUsed when it was spent meanwhile
	Events       []Event
}

// LeaseDelta is by how much the leased seats of an account change.
func (c MeetingChange) LeaseDelta() (AccountID, SeatCounts) {
	before, after := c.Before != nil && c.Before.Leased, c.After != nil && c.After.Leased
	switch {
	case after && !before:
		return c.After.AccountID, SeatCounts{Leased: 1}
	case before && !after:
		return c.Before.AccountID, SeatCounts{Leased: -1}
	}
	return "", SeatCounts{}
}

// Empty reports whether there is nothing to write.
func (c MeetingChange) Empty() bool {
	return c.Before == nil && c.After == nil && len(c.Participants) == 0 && c.EndRoom == "" &&
		c.TicketMade == nil && c.TicketSpent == nil && len(c.Events) == 0
}

func (m Meeting) change(after Meeting, mark Mark) MeetingChange {
	after.UpdatedAt = mark.At
	return MeetingChange{Before: &m, After: &after}
}

func (c *MeetingChange) add(name EventName, mark Mark, p Payload) {
	c.Events = append(c.Events, NewEvent(name, mark.At, p).By(mark.By))
}

// addByOperator is add for the events that name who did it.
func (c *MeetingChange) addByOperator(name EventName, mark Mark, p Payload) {
	m := cmp.Or(c.After, c.Before)
	p.AccountID, p.Operator, p.OperatorID = m.AccountID, mark.By.Label, mark.By.OperatorID()
	c.add(name, mark, p)
}
