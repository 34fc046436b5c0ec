// SPDX-License-Identifier: Apache-2.0

package provision

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"sync"

	"github.com/convoke/convoke/internal/convoke"
)

// maxMappers is how many accounts' mappings a process keeps ready.
const maxMappers = 1000

// mapperCache keeps mappings ready to work, with the revision that each was made
// of. What it holds may be lost at any time.
type mapperCache struct {
	mu       sync.Mutex
	mappers  map[convoke.AccountID]readyMapper
	defaults *convoke.Mapper // of accounts that have set no mapping
}

type readyMapper struct {
	mapper   *convoke.Mapper
	revision int64
}

func newMapperCache() *mapperCache {
	defaults, err := convoke.NewMapper(convoke.DefaultMapping())
	if err != nil {
		panic("provision: the default mapping breaks a rule: " + err.Error()) // a test holds it to them
	}
	return &mapperCache{mappers: map[convoke.AccountID]readyMapper{}, defaults: defaults}
}

func (c *mapperCache) get(account convoke.AccountID) readyMapper {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.mappers[account]
}

func (c *mapperCache) put(account convoke.AccountID, ready readyMapper) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.mappers) >= maxMappers {
		clear(c.mappers)
	}
	c.mappers[account] = ready
}

// mapper returns the account's mapping, ready to work. Its revision is read each
// time, so that a change holds in every process at once; the rest only when it
// is a new one.
func (s *Service) mapper(ctx context.Context, account convoke.AccountID) (*convoke.Mapper, error) {
	ready := s.mappers.get(account)
	mapping, revision, err := s.mappings.Mapping(ctx, account, ready.revision)
	switch {
	case err != nil:
		return nil, err
	case revision == 0:
		return s.mappers.defaults, nil
	case revision == ready.revision:
		return ready.mapper, nil
	}
	mapper, err := convoke.NewMapper(mapping)
	if err != nil {
		return nil, err
	}
	s.mappers.put(account, readyMapper{mapper, revision})
	return mapper, nil
}

// Mapping returns what the principal's account makes of its identity provider's
// attributes: the default mapping where none is set. It needs RightReadSSO.
func (s *Service) Mapping(ctx context.Context, p convoke.Principal) (convoke.Mapping, error) {
	if err := p.Require(convoke.RightReadSSO); err != nil {
		return convoke.Mapping{}, err
	}
	mapper, err := s.mapper(ctx, p.AccountID)
	if err != nil {
		return convoke.Mapping{}, err
	}
	return mapper.Mapping(), nil
}

// SetMapping gives the account another mapping, whole. It needs RightWriteSSO,
// and RightAssignRole to change rules of which one gives a role.
// CodeInvalidField names what is not allowed.
func (s *Service) SetMapping(ctx context.Context, p convoke.Principal, m convoke.Mapping) (convoke.Mapping, error) {
	if err := p.Require(convoke.RightWriteSSO); err != nil {
		return convoke.Mapping{}, err
	}
	mapper, err := convoke.NewMapper(m)
	if err != nil {
		return convoke.Mapping{}, err
	}
	after, mark := mapper.Mapping(), s.mark(p)
	return after, s.mappings.ChangeMapping(ctx, p.AccountID, func(present *convoke.Mapping) (convoke.Mapping, []convoke.Event, error) {
		before := convoke.DefaultMapping()
		if present != nil {
			before = *present
		}
		if reflect.DeepEqual(before, after) {
			return after, nil, nil
		}
		if err := mayChangeRules(p, before, after); err != nil {
			return after, nil, err
		}
		return after, []convoke.Event{mark.MappingUpdated(p.AccountID, before, after)}, nil
	})
}

// mayChangeRules sees to it that nobody makes admins by a rule who may not make them.
func mayChangeRules(p convoke.Principal, before, after convoke.Mapping) error {
	if !before.GivesRoles() && !after.GivesRoles() || reflect.DeepEqual(before.Rules, after.Rules) {
		return nil
	}
	return p.Require(convoke.RightAssignRole)
}

// Assertions returns the account's latest sign-ins, as far as they are kept, the
// latest first. It needs RightReadSSO.
func (s *Service) Assertions(ctx context.Context, p convoke.Principal) ([]convoke.KeptAssertion, error) {
	if err := p.Require(convoke.RightReadSSO); err != nil {
		return nil, err
	}
	return s.mappings.Assertions(ctx, p.AccountID, s.now().Add(-convoke.KeptAssertionLife))
}

// PurgeAssertions deletes the assertions whose time is over, of every account.
// Only the operator may who is not held to a single account.
func (s *Service) PurgeAssertions(ctx context.Context, p convoke.Principal) error {
	if err := forAccount(p, ""); err != nil {
		return err
	}
	return s.mappings.PurgeAssertions(ctx, s.now().Add(-convoke.KeptAssertionLife))
}

// Rehearsal is a sign-in that is tried out.
type Rehearsal struct {
	Assertion   convoke.Assertion // AccountID is the principal's, whatever it says
	AssertionID string            // take the kept assertion of that id instead; empty: no
	Mapping     *convoke.Mapping  // try this one; nil: the account's own
}

// Rehearsed is what would become of a sign-in.
type Rehearsed struct {
	Mapped  convoke.Mapped
	Outcome convoke.Outcome // empty: refused
	User    convoke.User    // as it would be; random values that it would get are missing
	Before  *convoke.User   // as it is now; nil: it would be made
	Refusal *convoke.Error  // why the person would not come in; nil: who would
	Join    []string        // names of the groups that the user would come into
	Leave   []string        // and of those that the user would leave
}

// Preview describes it for people and clients.
func (r Rehearsed) Preview() convoke.SignInPreview {
	preview := convoke.PreviewSignIn(r.Mapped, r.Outcome, r.Before, r.User, r.Refusal)
	preview.Joined, preview.Left = append(preview.Joined, r.Join...), append(preview.Left, r.Leave...)
	return preview
}

// Rehearse tells what SignIn would make of an assertion, and changes nothing. It
// needs RightReadSSO, and RightReadUser since it tells how the user is now.
// CodeAssertionNotFound: it is not kept any more.
func (s *Service) Rehearse(ctx context.Context, p convoke.Principal, r Rehearsal) (Rehearsed, error) {
	if err := cmp.Or(p.Require(convoke.RightReadSSO), p.Require(convoke.RightReadUser)); err != nil {
		return Rehearsed{}, err
	}
	a, err := s.rehearsed(ctx, p, r)
	if err != nil {
		return Rehearsed{}, err
	}
	mapper, err := s.rehearsalMapper(ctx, p, r)
	if err != nil {
		return Rehearsed{}, err
	}
	outcome := Rehearsed{Mapped: mapper.Map(a)}
	draft, err := convoke.NewSignIn(a, outcome.Mapped)
	if err != nil {
		return Rehearsed{}, err
	}
	found, err := s.findPerson(ctx, a, &draft)
	if err != nil {
		return Rehearsed{}, err
	}
	err = s.foretell(ctx, p, draft, found, &outcome)
	if err == nil && outcome.Outcome != "" {
		err = s.foretellGroups(ctx, p, &outcome)
	}
	return outcome, err
}

// foretellGroups tells what mapGroups would do.
func (s *Service) foretellGroups(ctx context.Context, p convoke.Principal, r *Rehearsed) error {
	if r.Mapped.GroupRule == 0 {
		return nil
	}
	var present []convoke.Group
	if r.Before != nil {
		var err error
		if present, err = s.groups.GroupsOf(ctx, r.Before.ID, "", groupsLooked); err != nil {
			return err
		}
	}
	join, leave := r.Mapped.GroupChanges(present)
	for _, name := range join {
		_, err := s.groups.Group(ctx, p.AccountID, convoke.GroupKey{Name: name})
		switch {
		case convoke.HasCode(err, convoke.CodeGroupNotFound):
			r.Mapped.Notes = append(r.Mapped.Notes, fmt.Sprintf("Rule %d names the group “%s”, which is not there.", r.Mapped.GroupRule, name))
		case err != nil:
			return err
		default:
			r.Join = append(r.Join, name)
		}
	}
	for _, group := range leave {
		r.Leave = append(r.Leave, group.Name)
	}
	return nil
}

// foretell decides as signIn does, and writes nothing.
func (s *Service) foretell(ctx context.Context, p convoke.Principal, draft convoke.Draft, found convoke.Found, r *Rehearsed) error {
	ready := found.Policy.Account.SSO
	found.Policy.Account.SSO = true // whoever sets it up wants to see the rest
	decision, err := s.wouldDecide(ctx, p, draft, found)
	if convoke.HasCode(err, convoke.CodeSeatsExhausted) && !decision.Created() {
		r.Mapped.Notes = append(r.Mapped.Notes, "No licensed seat is free, so that the user keeps the licence there is.")
		decision, err = s.wouldDecide(ctx, p, draft.KeepingLicence(), found)
	}
	if err == nil && decision.MakesAdmin() {
		err = s.roomForAdmins(ctx, p.AccountID, 1)
		if convoke.HasCode(err, convoke.CodeInvalidField) {
			r.Mapped.Notes = append(r.Mapped.Notes, "The account has as many admins as it may, so that the user keeps the role there is.")
			decision, err = s.wouldDecide(ctx, p, draft.KeepingRole(), found)
		}
	}
	r.Outcome, r.User, r.Before = decision.Outcome, decision.User.AsOf(s.now()), decision.Change.Before
	if decision.Outcome == convoke.OutcomeFound {
		r.Before = &decision.User
	}
	if !ready && decision.Outcome != "" && (err == nil || convoke.AsError(err).Kind != convoke.KindInternal) {
		err = convoke.SSOMissing()
	}
	if err == nil {
		return nil
	}
	if r.Refusal = convoke.AsError(err); r.Refusal.Kind == convoke.KindInternal {
		return err
	}
	return nil
}

// wouldDecide takes the decision, and says what stands in its way.
func (s *Service) wouldDecide(ctx context.Context, p convoke.Principal, draft convoke.Draft, found convoke.Found) (convoke.Decision, error) {
	decision, err := convoke.Decide(draft, found, convoke.Fresh{}, s.mark(p))
	if err == nil {
		err = s.wouldEnter(ctx, p, decision)
	}
	return decision, err
}

// wouldEnter says what stands in the way of a decision that is taken.
func (s *Service) wouldEnter(ctx context.Context, p convoke.Principal, d convoke.Decision) error {
	if d.User.Status == convoke.StatusPending {
		return convoke.AwaitsConfirmation(d.User)
	}
	wanted := d.Change.SeatDelta()
	if !wanted.Positive() {
		return nil
	}
	seats, _, err := s.store.Tally(ctx, p.AccountID)
	if err == nil {
		_, err = seats.Take(wanted)
	}
	return err
}

func (s *Service) rehearsed(ctx context.Context, p convoke.Principal, r Rehearsal) (convoke.Assertion, error) {
	a := r.Assertion
	if r.AssertionID != "" {
		kept, err := s.Assertions(ctx, p)
		if err != nil {
			return a, err
		}
		i := slices.IndexFunc(kept, func(k convoke.KeptAssertion) bool { return k.ID == r.AssertionID })
		if i < 0 {
			return a, convoke.NotFound(convoke.CodeAssertionNotFound, "This sign-in is not kept any more, or never was.")
		}
		a = kept[i].Assertion()
	}
	a.AccountID = p.AccountID
	if a.Source != "" {
		return a, nil
	}
	return s.asSaid(ctx, a)
}

// asSaid makes of what somebody typed in what the account's provider would have
// said: whom it names so, in its protocol.
func (s *Service) asSaid(ctx context.Context, a convoke.Assertion) (convoke.Assertion, error) {
	connection, err := s.sso.SSO(ctx, a.AccountID)
	if err != nil && !convoke.HasCode(err, convoke.CodeSSONotFound) {
		return a, err
	}
	a.Source, a.Issuer = convoke.SourceSAML, connection.EntityID
	switch {
	case connection.Protocol() == convoke.SSOOIDC:
		a.Source = convoke.SourceOIDC
		if a.Subject != "" {
			a.Subject = convoke.OIDCSubject(a.Issuer, a.Subject)
		}
	case a.Subject != "" && a.Attributes[convoke.NameID] == nil:
		attributes := map[string][]string{convoke.NameID: {a.Subject}}
		maps.Copy(attributes, a.Attributes)
		a.Attributes = attributes
	}
	return a, nil
}

func (s *Service) rehearsalMapper(ctx context.Context, p convoke.Principal, r Rehearsal) (*convoke.Mapper, error) {
	if r.Mapping != nil {
		return convoke.NewMapper(*r.Mapping)
	}
	return s.mapper(ctx, p.AccountID)
}
