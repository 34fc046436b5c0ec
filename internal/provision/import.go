// SPDX-License-Identifier: Apache-2.0

package provision

import (
	"context"

	"github.com/convoke/convoke/internal/convoke"
)

// Row is one user of a bulk job: to be ensured, or, with an Amendment, to be
// changed.
type Row struct {
	Request   convoke.Request
	Amendment *Amendment
}

// Amendment changes the user who has the e-mail now.
type Amendment struct {
	Email    string
	NewEmail string // empty: it stays
	Patch    convoke.UserPatch
}

// RowResult is what became of a row. Err holds errors of the domain only.
type RowResult struct {
	Outcome convoke.Outcome // as Ensure's; an amended user is found or updated
	User    convoke.User
	Err     error
}

// Record makes of the rows' results what is to be stored with them: the job as
// it is then, its chunk's results, and events. It may be called again.
type Record func(job convoke.Import, results []RowResult) (convoke.Import, convoke.ImportResults, []convoke.Event, error)

// Import ensures and amends the rows in their order and stores the record of it,
// all in one transaction: either all of it lasts or nothing. Each row is decided
// as Ensure or Update would, and one that is refused leaves the others alone. It
// needs RightCreateUser; amendments need RightUpdateUser, and a new e-mail
// RightUpdateEmail, or are refused.
//
// expectNew makes it quicker where all users are new, and slower where they are
// not.
func (s *Service) Import(ctx context.Context, p convoke.Principal, job convoke.ImportID, rows []Row, expectNew bool, record Record) error {
	batch, err := s.newBatch(ctx)
	if err != nil {
		return err
	}
	cases, err := s.prepare(ctx, p, rows, batch.fresh)
	if err != nil {
		return err
	}
	open := stillOpen(cases)
	work := convoke.Work{
		Lookups: make([]convoke.Lookup, len(open)),
		Decide: func(i int, found convoke.Found) (convoke.Change, error) {
			return open[i].decide(found, s.mark(p))
		},
		Record: func(job convoke.Import, refused []error) (convoke.Import, convoke.ImportResults, []convoke.Event, error) {
			for i, err := range refused {
				open[i].result.Err = err
			}
			return record(job, results(cases))
		},
	}
	for i, c := range open {
		work.Lookups[i] = c.lookup
	}
	if expectNew {
		work.New = func(i int) bool { return open[i].plain }
	}
	return s.bulk.ChangeMany(ctx, job, work)
}

// Preview tells what Import would make of the rows, and stores nothing but the
// record. borrowed counts the licensed seats that the job's earlier rows would
// have taken; record is told what these rows would take.
func (s *Service) Preview(
	ctx context.Context, p convoke.Principal, job convoke.ImportID, rows []Row, borrowed int64,
	record func(job convoke.Import, results []RowResult, borrowed int64) (convoke.Import, convoke.ImportResults, []convoke.Event, error),
) error {
	cases, err := s.prepare(ctx, p, rows, newFresh)
	if err != nil {
		return err
	}
	seats, _, err := s.store.Tally(ctx, p.AccountID)
	if err != nil {
		return err
	}
	lent := borrowed
	for _, c := range stillOpen(cases) {
		found, err := s.store.Find(ctx, c.lookup)
		if err != nil {
			return err
		}
		change, err := c.decide(found, s.mark(p))
		if wanted := change.SeatDelta(); err == nil && wanted > 0 && seats.Total != convoke.NoSeatLimit && seats.Used+lent+wanted > seats.Total {
			err = convoke.SeatsExhausted(seats.Total)
		} else if err == nil {
			lent += wanted
		}
		if err != nil && convoke.AsError(err).Kind == convoke.KindInternal {
			return err
		}
		c.result.Err = err
	}
	return s.bulk.ChangeMany(ctx, job, convoke.Work{
		Record: func(job convoke.Import, _ []error) (convoke.Import, convoke.ImportResults, []convoke.Event, error) {
			return record(job, results(cases), lent-borrowed)
		},
	})
}

// rowCase is a row on its way.
type rowCase struct {
	lookup convoke.Lookup
	plain  bool // a new user of it asks for nothing that only a look-up can tell
	decide func(convoke.Found, convoke.Mark) (convoke.Change, error)
	result RowResult
}

func stillOpen(cases []rowCase) []*rowCase {
	open := make([]*rowCase, 0, len(cases))
	for i := range cases {
		if cases[i].result.Err == nil {
			open = append(open, &cases[i])
		}
	}
	return open
}

func results(cases []rowCase) []RowResult {
	list := make([]RowResult, len(cases))
	for i, c := range cases {
		list[i] = c.result
	}
	return list
}

// prepare does for each row what needs no transaction: its checks, and the slow
// hashing. Errors of the domain become the row's own. draw gives the random values
// of a new user.
func (s *Service) prepare(ctx context.Context, p convoke.Principal, rows []Row, draw func() convoke.Fresh) ([]rowCase, error) {
	if err := p.Require(convoke.RightCreateUser); err != nil {
		return nil, err
	}
	found, err := s.store.Find(ctx, convoke.Lookup{AccountID: p.AccountID})
	if err != nil {
		return nil, err
	}
	cases := make([]rowCase, len(rows))
	for i, r := range rows {
		c := &cases[i]
		if r.Amendment != nil {
			err = s.prepareAmendment(ctx, p, *r.Amendment, c)
		} else {
			err = s.prepareEnsure(ctx, p, r.Request, found.Policy.Account, draw, c)
		}
		if err != nil && convoke.AsError(err).Kind == convoke.KindInternal {
			return nil, err
		}
		c.result.Err = err
	}
	return cases, nil
}

func (s *Service) prepareEnsure(
	ctx context.Context, p convoke.Principal, r convoke.Request, account convoke.Account, draw func() convoke.Fresh, c *rowCase,
) error {
	draft, err := newDraft(r, account)
	if err != nil {
		return err
	}
	c.lookup, c.plain = draft.Lookup(p.AccountID), draft.NeedsBindingOnly(convoke.Found{})
	passwordHash, err := s.hashDraft(ctx, draft, c.lookup, s.mark(p))
	if err != nil {
		return err
	}
	c.decide = func(found convoke.Found, m convoke.Mark) (convoke.Change, error) {
		fresh := draw()
		fresh.PasswordHash = passwordHash
		decision, err := convoke.Decide(draft, found, fresh, m)
		c.result = RowResult{Outcome: decision.Outcome, User: decision.User}
		return decision.Change, err
	}
	return nil
}

func (s *Service) prepareAmendment(ctx context.Context, p convoke.Principal, a Amendment, c *rowCase) error {
	if err := p.Require(convoke.RightUpdateUser); err != nil {
		return err
	}
	email, err := convoke.CheckEmail("email", a.Email)
	if err != nil {
		return err
	}
	if a.NewEmail != "" {
		if err := p.Require(convoke.RightUpdateEmail); err != nil {
			return err
		}
		if a.NewEmail, err = convoke.CheckEmail("new_email", a.NewEmail); err != nil {
			return err
		}
	}
	user, err := s.find(ctx, p, email)
	if err != nil {
		return err
	}
	c.lookup = a.Patch.Lookup()
	c.lookup.AccountID, c.lookup.UserID, c.lookup.Email = p.AccountID, user.ID, a.NewEmail
	c.decide = func(found convoke.Found, m convoke.Mark) (convoke.Change, error) {
		if found.Target == nil {
			return convoke.Change{}, userNotFound(email)
		}
		change, err := convoke.Amend(*found.Target, a.Patch, a.NewEmail, found, m)
		c.result = RowResult{Outcome: convoke.OutcomeFound, User: *found.Target}
		if err == nil && change.After != nil {
			c.result = RowResult{Outcome: convoke.OutcomeUpdated, User: *change.After}
		}
		return change, err
	}
	return nil
}
