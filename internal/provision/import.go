// SPDX-License-Identifier: Apache-2.0

package provision

import (
	"cmp"
	"context"
	"maps"
	"slices"

	"golang.org/x/sync/errgroup"

	"github.com/convoke/convoke/internal/convoke"
)

// Row is one user of a bulk job: to be ensured, or, with an Amendment, to be
// changed.
type Row struct {
	Request   convoke.Request
	Amendment *Amendment
	Group     string // the name of a group that the user is put into; empty: none
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
// needs RightCreateUser; amendments need RightUpdateUser, a new e-mail
// RightUpdateEmail and a group RightAddMember, or are refused.
//
// expectNew makes it quicker where all users are new, and slower where they are
// not.
func (s *Service) Import(ctx context.Context, p convoke.Principal, job convoke.ImportID, rows []Row, expectNew bool, record Record) error {
	var values *batch
	var group errgroup.Group
	group.Go(func() (err error) { // meanwhile, because it takes longer the more users there are
		values, err = s.newBatch(ctx)
		return err
	})
	draw := func() convoke.Fresh { return values.fresh() }
	cases, err := s.prepare(ctx, p, rows, draw, s.counted(p))
	if err := cmp.Or(err, group.Wait()); err != nil {
		return err
	}
	open := stillOpen(cases)
	work := s.work(p, open)
	if expectNew {
		work.New = func(i int) bool { return open[i].plain }
	}
	work.Record = func(job convoke.Import, refused []error) (convoke.Import, convoke.ImportResults, []convoke.Event, error) {
		for i, err := range refused {
			open[i].result.Err = err
		}
		return record(job, results(cases))
	}
	return s.bulk.ChangeMany(ctx, job, work)
}

// work is what the rows are to do, without what is recorded of it.
func (s *Service) work(p convoke.Principal, open []*rowCase) convoke.Work {
	work := convoke.Work{
		Lookups: make([]convoke.Lookup, len(open)),
		Decide: func(i int, found convoke.Found) (convoke.Change, error) {
			return open[i].decide(found, s.mark(p))
		},
	}
	for i, c := range open {
		work.Lookups[i] = c.lookup
	}
	if slices.ContainsFunc(open, func(c *rowCase) bool { return c.group != "" }) {
		work.Joining = func(refused []error) map[convoke.GroupID][]convoke.User { return joining(open, refused) }
		work.Join = func(found convoke.GroupFound, users []convoke.User) convoke.GroupChange {
			change := convoke.ChangeMembers(found, users, nil, s.mark(p))
			noteJoined(open, change)
			return change
		}
	}
	return work
}

// joining is whom the rows put into which groups.
func joining(open []*rowCase, refused []error) map[convoke.GroupID][]convoke.User {
	groups := map[convoke.GroupID][]convoke.User{}
	for i, c := range open {
		if c.group != "" && refused[i] == nil {
			groups[c.group] = append(groups[c.group], c.result.User)
		}
	}
	return groups
}

// noteJoined makes an update of a row that changed nothing but who is in a group.
func noteJoined(open []*rowCase, change convoke.GroupChange) {
	added := make(map[convoke.UserID]bool, len(change.Add))
	for _, id := range change.Add {
		added[id] = true
	}
	for _, c := range open {
		if c.result.Outcome == convoke.OutcomeFound && added[c.result.User.ID] && c.group == change.After.ID {
			c.result.Outcome = convoke.OutcomeUpdated
		}
	}
}

// Prospect is what a dry run of some rows carries over to the next ones.
type Prospect struct {
	Borrowed convoke.SeatCounts // what the rows would take of the account's seats
	Forecast convoke.Forecast
}

// Preview tells what Import would make of the rows, and stores nothing but the
// record, which is told what the job's next rows must know of these. The job is
// as the rows before left it.
func (s *Service) Preview(
	ctx context.Context, p convoke.Principal, job convoke.Import, rows []Row,
	record func(job convoke.Import, results []RowResult, p Prospect) (convoke.Import, convoke.ImportResults, []convoke.Event, error),
) error {
	cases, err := s.prepare(ctx, p, rows, newFresh, unhashed)
	if err != nil {
		return err
	}
	seats, _, err := s.store.Tally(ctx, p.AccountID)
	if err != nil {
		return err
	}
	seats.Used = seats.Used.Plus(job.Borrowed)
	v := preview{Service: s, job: job, mark: s.mark(p), seats: seats, Prospect: Prospect{Forecast: convoke.Forecast{}}}
	for _, c := range stillOpen(cases) {
		err := v.row(ctx, c)
		if err != nil && convoke.AsError(err).Kind == convoke.KindInternal {
			return err
		}
		c.result.Err = err
	}
	return s.bulk.ChangeMany(ctx, job.ID, convoke.Work{
		Record: func(job convoke.Import, _ []error) (convoke.Import, convoke.ImportResults, []convoke.Event, error) {
			return record(job, results(cases), v.Prospect)
		},
	})
}

// preview is a run of rows that are decided one after the other, and not done.
type preview struct {
	*Service
	Prospect

	job   convoke.Import
	mark  convoke.Mark
	seats convoke.Seats // with what the rows before would take
}

func (v *preview) row(ctx context.Context, c *rowCase) error {
	found, err := v.find(ctx, c.lookup)
	if err != nil {
		return err
	}
	change, err := c.decide(found, v.mark)
	if err != nil {
		return err
	}
	wanted := change.SeatDelta()
	if v.seats, err = v.seats.Take(wanted); err != nil {
		return err
	}
	v.Borrowed = v.Borrowed.Plus(wanted)
	v.Forecast.Note(c.lookup, change, v.job.Mixed)
	return v.join(ctx, c)
}

// join tells that a row would change nothing but who is in a group.
func (v *preview) join(ctx context.Context, c *rowCase) error {
	if c.group == "" || c.result.Outcome != convoke.OutcomeFound {
		return nil
	}
	id := c.result.User.ID
	groups, err := v.groups.GroupIDsOf(ctx, []convoke.UserID{id}, groupsLooked)
	if err == nil && !slices.Contains(groups[id], c.group) {
		c.result.Outcome = convoke.OutcomeUpdated
	}
	return err
}

// find is what would be found after the rows before. What those of this run would
// have changed is in memory, the rest is where the job is.
func (v *preview) find(ctx context.Context, l convoke.Lookup) (convoke.Found, error) {
	found, err := v.store.Find(ctx, l)
	if err != nil {
		return found, err
	}
	known := convoke.Forecast{}
	var older []string
	for _, key := range convoke.ForecastKeys(l, found) {
		if said, ok := v.Forecast[key]; ok {
			known[key] = said
		} else if v.job.Foreseen > 0 {
			older = append(older, key)
		}
	}
	if len(older) > 0 {
		before, err := v.bulk.ImportForecast(ctx, v.job.ID, older)
		if err != nil {
			return found, err
		}
		maps.Copy(known, before)
	}
	return known.Apply(l, found)
}

// rowCase is a row on its way.
type rowCase struct {
	lookup convoke.Lookup
	plain  bool            // a new user of it asks for nothing that only a look-up can tell
	group  convoke.GroupID // that the user is put into; empty: none
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

// hashing makes of a draft's password what is kept of it, as hashDraft does.
type hashing func(context.Context, convoke.Draft, convoke.Lookup, convoke.Mark) (string, error)

// counted counts the draft's invitation, if it will send one, and hashes.
func (s *Service) counted(p convoke.Principal) hashing {
	return func(ctx context.Context, draft convoke.Draft, l convoke.Lookup, m convoke.Mark) (string, error) {
		if err := s.takeInvite(ctx, p, draft, convoke.Found{}); err != nil {
			return "", err
		}
		return s.hashDraft(ctx, draft, l, m)
	}
}

// unhashed is for a dry run, which keeps nothing and invites nobody.
func unhashed(context.Context, convoke.Draft, convoke.Lookup, convoke.Mark) (string, error) {
	return "", nil
}

// prepare does for each row what needs no transaction: its checks, and the slow
// hashing. Errors of the domain become the row's own. draw gives the random values
// of a new user.
func (s *Service) prepare(ctx context.Context, p convoke.Principal, rows []Row, draw func() convoke.Fresh, hash hashing) ([]rowCase, error) {
	if err := p.Require(convoke.RightCreateUser); err != nil {
		return nil, err
	}
	found, err := s.store.Find(ctx, convoke.Lookup{AccountID: p.AccountID})
	if err != nil {
		return nil, err
	}
	cases := make([]rowCase, len(rows))
	named, err := s.groupsNamed(ctx, p, rows)
	if err != nil {
		return nil, err
	}
	for i, r := range rows {
		c := &cases[i]
		c.group, err = groupOf(p, r, named)
		switch {
		case err != nil:
		case r.Amendment != nil:
			err = s.prepareAmendment(ctx, p, *r.Amendment, c)
		default:
			err = s.prepareEnsure(ctx, p, r.Request, found.Policy.Account, draw, hash, c)
		}
		if err != nil && convoke.AsError(err).Kind == convoke.KindInternal {
			return nil, err
		}
		c.result.Err = err
	}
	return cases, nil
}

// groupsNamed finds the groups that rows name; a name that none has is left out.
func (s *Service) groupsNamed(ctx context.Context, p convoke.Principal, rows []Row) (map[string]convoke.GroupID, error) {
	ids := map[string]convoke.GroupID{}
	for _, r := range rows {
		if _, known := ids[r.Group]; known || r.Group == "" {
			continue
		}
		group, err := s.group(ctx, p, convoke.GroupKey{Name: r.Group})
		if err != nil && !convoke.HasCode(err, convoke.CodeGroupNotFound) {
			return nil, err
		}
		ids[r.Group] = group.ID
	}
	return ids, nil
}

// groupOf is the group that the row's user is put into, empty for none.
func groupOf(p convoke.Principal, r Row, named map[string]convoke.GroupID) (convoke.GroupID, error) {
	if r.Group == "" {
		return "", nil
	}
	if err := p.Require(convoke.RightAddMember); err != nil {
		return "", err
	}
	if named[r.Group] == "" {
		return "", convoke.NoGroupNamed(r.Group)
	}
	return named[r.Group], nil
}

func (s *Service) prepareEnsure(
	ctx context.Context, p convoke.Principal, r convoke.Request, account convoke.Account, draw func() convoke.Fresh, hash hashing, c *rowCase,
) error {
	draft, err := newDraft(r, convoke.FileAction(account, r))
	if err != nil {
		return err
	}
	c.lookup, c.plain = draft.Lookup(p.AccountID), draft.NeedsBindingOnly(convoke.Found{})
	passwordHash, err := hash(ctx, draft, c.lookup, s.mark(p))
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
		if found.Target == nil || convoke.EmailKey(found.Target.Email) != convoke.EmailKey(email) {
			return convoke.Change{}, convoke.UserNotFound(email) // a row before this one took the e-mail away
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
