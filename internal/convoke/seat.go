// SPDX-License-Identifier: Apache-2.0

package convoke

// SeatMode says who takes the licensed seats of an account.
type SeatMode string

// The modes. With SeatsAssigned each licensed user who is not inactive takes a
// seat. With SeatPool there may be any number of them, and each running meeting
// of a licensed host leases a seat from its start to its end.
const (
	SeatsAssigned SeatMode = "assigned"
	SeatPool      SeatMode = "pool"
)

// NoSeatLimit as a limit lets an account have any number.
const NoSeatLimit int64 = -1

// SeatCounts counts the three things of which an account may have a limit. All
// are counted in either mode, so that a change of the mode finds the right count.
type SeatCounts struct {
	Licensed int64 // licensed users who are not inactive
	Leased   int64 // running meetings that a licensed host started
	Basic    int64 // basic users who are not inactive
}

// Plus returns the sum of both.
func (c SeatCounts) Plus(d SeatCounts) SeatCounts {
	return SeatCounts{c.Licensed + d.Licensed, c.Leased + d.Leased, c.Basic + d.Basic}
}

// Minus returns the difference of both.
func (c SeatCounts) Minus(d SeatCounts) SeatCounts {
	return SeatCounts{c.Licensed - d.Licensed, c.Leased - d.Leased, c.Basic - d.Basic}
}

// Positive reports whether c takes anything.
func (c SeatCounts) Positive() bool { return c.Licensed > 0 || c.Leased > 0 || c.Basic > 0 }

// MayExceed reports whether c takes more of something that has a limit.
func (c SeatCounts) MayExceed(limits SeatCounts) bool {
	return c.Licensed > 0 && limits.Licensed != NoSeatLimit ||
		c.Leased > 0 && limits.Leased != NoSeatLimit ||
		c.Basic > 0 && limits.Basic != NoSeatLimit
}

// SeatLimits are the limits that hold for the account; NoSeatLimit where none does.
func (a Account) SeatLimits() SeatCounts {
	limits := SeatCounts{Licensed: a.LicensedSeats, Leased: NoSeatLimit, Basic: a.BasicUsers}
	if a.SeatMode == SeatPool {
		limits.Licensed, limits.Leased = NoSeatLimit, a.LicensedSeats
	}
	return limits
}

// Seats is what an account has of seats and what takes them.
type Seats struct {
	Mode   SeatMode
	Total  int64 // licensed seats; NoSeatLimit where there is no limit
	Limits SeatCounts
	Used   SeatCounts
}

// Seats returns the account's seats with what takes them.
func (a Account) Seats(used SeatCounts) Seats {
	return Seats{Mode: a.SeatMode, Total: a.LicensedSeats, Limits: a.SeatLimits(), Used: used}
}

// Take returns the seats after what is wanted was taken, or CodeSeatsExhausted,
// CodePoolExhausted or CodeBasicExhausted. What is given back is never refused,
// even while more is taken than the limit allows, as after it was lowered.
func (s Seats) Take(wanted SeatCounts) (Seats, error) {
	switch {
	case exceeds(s.Limits.Licensed, s.Used.Licensed, wanted.Licensed):
		return s, SeatsExhausted(s.Limits.Licensed)
	case exceeds(s.Limits.Leased, s.Used.Leased, wanted.Leased):
		return s, Errorf(KindExhausted, CodePoolExhausted,
			"All %d licensed seats of the account are leased by meetings that are going on. Try again when one of them has ended.", s.Limits.Leased)
	case exceeds(s.Limits.Basic, s.Used.Basic, wanted.Basic):
		return s, Errorf(KindExhausted, CodeBasicExhausted,
			"All %d basic users that the account may have are there. Fix: convoke account set --basic-users N", s.Limits.Basic)
	}
	s.Used = s.Used.Plus(wanted)
	return s, nil
}

func exceeds(limit, used, wanted int64) bool {
	return wanted > 0 && limit != NoSeatLimit && used+wanted > limit
}

// SeatsExhausted is the refusal of who wants a seat when none of total is free.
func SeatsExhausted(total int64) error {
	return Errorf(KindExhausted, CodeSeatsExhausted,
		"All %d licensed seats of the account are in use. Fix: convoke account set --licensed-seats N", total)
}

// Allowance is a limit and what is taken of it, for those who are shown it.
// Total and Free are nil where there is no limit.
type Allowance struct {
	Total *int64 `json:"total"`
	Used  int64  `json:"used"`
	Free  *int64 `json:"free"`
}

func newAllowance(total, used int64) Allowance {
	if total == NoSeatLimit {
		return Allowance{Used: used}
	}
	free := max(0, total-used) // the operator may have lowered the limit
	return Allowance{&total, used, &free}
}

// Licensed is what the account's mode counts against the licensed seats.
func (s Seats) Licensed() Allowance {
	if s.Mode == SeatPool {
		return newAllowance(s.Total, s.Used.Leased)
	}
	return newAllowance(s.Total, s.Used.Licensed)
}

// Basic is the allowance of basic users.
func (s Seats) Basic() Allowance { return newAllowance(s.Limits.Basic, s.Used.Basic) }
