// SPDX-License-Identifier: Apache-2.0

package provision

import (
	"context"

	"github.com/convoke/convoke/internal/convoke"
)

// SignIn is the one road of a single sign-on: it returns the user whom a
// verified assertion is about, who may come in now. The assertion is the
// authority; only a door that has verified one calls this.
//
// Where the account makes users at sign-in, an unknown person becomes a user
// (convoke.CodeSignInBlocked: with no licence); where it wants them to be made
// before, that is CodeNotProvisioned. An existing user is bound, never doubled, or
// CodeCannotLink says why that would not be safe. CodeUserInactive keeps out who
// is deactivated, CodeSeatsExhausted who would be a new licensed user without a
// seat, and CodeUserPending who must confirm an e-mail first whose
// domain the account does not manage; then the user comes with the error, and may
// have been made. An unchanged user writes nothing.
func (s *Service) SignIn(ctx context.Context, a convoke.Assertion) (convoke.User, error) {
	mapper, err := s.mapper(ctx, a.AccountID)
	if err != nil {
		return convoke.User{}, err
	}
	user, err := s.signIn(ctx, a, mapper)
	if mapper.Mapping().KeepAssertions {
		if failed := s.keep(ctx, a, err); failed != nil {
			return user, failed
		}
	}
	return user, err
}

func (s *Service) signIn(ctx context.Context, a convoke.Assertion, mapper *convoke.Mapper) (convoke.User, error) {
	mapped := mapper.Map(a)
	draft, err := convoke.NewSignIn(a, mapped)
	if err != nil {
		return convoke.User{}, err
	}
	decision, err := s.foresee(ctx, a, &draft)
	if err == nil && decision.MakesAdmin() {
		decision, err = s.amongAdmins(ctx, a, &draft, decision)
	}
	if err == nil && decision.Outcome != convoke.OutcomeFound {
		existing := !decision.Created()
		decision, err = s.enter(ctx, a, draft, decision)
		if existing && convoke.HasCode(err, convoke.CodeSeatsExhausted) { // a rule wants more than there is: that keeps nobody out
			decision, err = s.enter(ctx, a, draft.KeepingLicence(), decision)
		}
	}
	user := decision.User.AsOf(s.now())
	if err == nil {
		err = s.mapGroups(ctx, user, mapped)
	}
	if err == nil && user.Status == convoke.StatusPending {
		err = convoke.AwaitsConfirmation(user)
	}
	if err == nil {
		err = s.offerPicture(ctx, user, mapped)
	}
	return user, err
}

// EmailOf returns the e-mail that the account's mapping takes from a verified
// assertion, or "" where there is none or it cannot be told.
func (s *Service) EmailOf(ctx context.Context, a convoke.Assertion) string {
	mapper, err := s.mapper(ctx, a.AccountID)
	if err != nil {
		return ""
	}
	return mapper.Email(a)
}

// amongAdmins leaves the role alone of who would be one admin too many: that
// keeps nobody out.
func (s *Service) amongAdmins(ctx context.Context, a convoke.Assertion, draft *convoke.Draft, foreseen convoke.Decision) (convoke.Decision, error) {
	err := s.roomForAdmins(ctx, a.AccountID, 1)
	if !convoke.HasCode(err, convoke.CodeInvalidField) {
		return foreseen, err
	}
	*draft = draft.KeepingRole()
	return s.foresee(ctx, a, draft)
}

// groupsLooked bounds in how many groups a user may be for a mapping to see to
// those that its rules name.
const groupsLooked = 1000

// mapGroups puts the user into the groups that a rule gave, and takes them out of
// those that other rules name; groups that no rule names are none of its
// business, nor are any when no rule gave some. It comes after the sign-in's own
// transaction and again at the next sign-in, so what fails is mended then. A group
// that is gone is passed over: the preview notes it.
func (s *Service) mapGroups(ctx context.Context, user convoke.User, mapped convoke.Mapped) error {
	if mapped.GroupRule == 0 {
		return nil
	}
	present, err := s.groups.GroupsOf(ctx, user.ID, "", groupsLooked)
	if err != nil {
		return err
	}
	p := signingIn(user)
	join, leave := mapped.GroupChanges(present)
	for _, name := range join {
		group, err := s.groups.Group(ctx, user.AccountID, convoke.GroupKey{Name: name})
		if err == nil {
			err = s.changeMembers(ctx, p, group.ID, []convoke.User{user}, nil)
		}
		if err != nil && !convoke.HasCode(err, convoke.CodeGroupNotFound) {
			return err
		}
	}
	for _, group := range leave {
		err := s.changeMembers(ctx, p, group.ID, nil, []convoke.User{user})
		if err != nil && !convoke.HasCode(err, convoke.CodeGroupNotFound) {
			return err
		}
	}
	return nil
}

// signingIn is the person by whose sign-in something changes.
func signingIn(u convoke.User) convoke.Principal {
	return convoke.Principal{Kind: convoke.UserCaller, AccountID: u.AccountID, UserID: u.ID, Label: u.Email}
}

// keep keeps the assertion for the preview, with what became of the sign-in.
func (s *Service) keep(ctx context.Context, a convoke.Assertion, outcome error) error {
	kept, ok := a.Keep(newID(), outcome, s.mark(convoke.Principal{}))
	if !ok {
		return nil
	}
	return s.mappings.KeepAssertion(ctx, kept, convoke.KeptAssertions)
}

// foresee decides on what is there, outside any transaction. Most sign-ins write
// nothing, and end here.
func (s *Service) foresee(ctx context.Context, a convoke.Assertion, draft *convoke.Draft) (convoke.Decision, error) {
	found, err := s.findPerson(ctx, a, draft)
	if err != nil {
		return convoke.Decision{}, err
	}
	return s.decideSignIn(a, *draft, found)
}

// findPerson looks for whom the assertion is about. An employee who is known by
// the subject only is added to the draft.
func (s *Service) findPerson(ctx context.Context, a convoke.Assertion, draft *convoke.Draft) (convoke.Found, error) {
	found, err := s.store.Find(ctx, draft.Lookup(a.AccountID))
	former := draft.FormerKey()
	if err != nil || former == "" || found.Bound != nil {
		return found, err
	}
	known, err := s.store.Find(ctx, convoke.Lookup{AccountID: a.AccountID, Source: a.Source, ExternalID: former})
	if err != nil || known.Bound == nil {
		return found, err
	}
	*draft = draft.Linking(known.Bound.ID)
	return s.store.Find(ctx, draft.Lookup(a.AccountID))
}

// enter takes the decision again inside the transaction that writes it.
func (s *Service) enter(ctx context.Context, a convoke.Assertion, draft convoke.Draft, foreseen convoke.Decision) (convoke.Decision, error) {
	if s.invites != nil && foreseen.Change.Invitation != nil {
		if err := s.invites.TakeInvite(ctx, a.AccountID); err != nil {
			return convoke.Decision{}, err
		}
	}
	var decision convoke.Decision
	err := s.store.Change(ctx, draft.Lookup(a.AccountID), func(found convoke.Found) (convoke.Change, error) {
		decided, err := s.decideSignIn(a, draft, found)
		decision = decided
		return decided.Change, err
	})
	return decision, err
}

// decideSignIn is Decide by the person who signs in.
func (s *Service) decideSignIn(a convoke.Assertion, draft convoke.Draft, found convoke.Found) (convoke.Decision, error) {
	fresh := newFresh()
	return convoke.Decide(draft, found, fresh, s.mark(draft.Person(a.AccountID, found, fresh)))
}
