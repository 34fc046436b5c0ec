// SPDX-License-Identifier: Apache-2.0

package provision

import (
	"context"
	"fmt"
	"sync"

	"github.com/convoke/convoke/internal/convoke"
)

// Ensure returns the one user that the request means, making or updating it
// where need be. With a source and an external id the user is bound to it for
// good; without, the request is a plain creation and an e-mail that is there
// already is CodeEmailTaken. It needs RightCreateUser. Every door that makes a
// user ends here.
//
// It is idempotent and safe under any race: a call that finds its user reads
// one index and writes nothing, a call that makes one is one commit.
func (s *Service) Ensure(ctx context.Context, p convoke.Principal, r convoke.Request) (convoke.Decision, error) {
	if err := p.Require(convoke.RightCreateUser); err != nil {
		return convoke.Decision{}, err
	}
	return s.ensure(ctx, p, r)
}

func (s *Service) ensure(ctx context.Context, p convoke.Principal, r convoke.Request) (convoke.Decision, error) {
	if !convoke.Nameable(string(r.UserID)) {
		return convoke.Decision{}, convoke.UserNotFound(string(r.UserID))
	}
	if r.Source != "" {
		if err := convoke.CheckExternalID(r.ExternalID); err != nil {
			return convoke.Decision{}, err
		}
	}
	decision, done := s.guess(ctx, p, r)
	if !done {
		var err error
		if decision, err = s.lookFirst(ctx, p, r); err != nil {
			return decision, err
		}
	}
	decision.User = decision.User.AsOf(s.now())
	return decision, nil
}

// lookFirst is the usual way: it begins with the read of an Ensure that finds its user.
func (s *Service) lookFirst(ctx context.Context, p convoke.Principal, r convoke.Request) (convoke.Decision, error) {
	found, err := s.store.Find(ctx, convoke.Lookup{AccountID: p.AccountID, Source: r.Source, ExternalID: r.ExternalID})
	if err != nil {
		return convoke.Decision{}, err
	}
	draft, err := newDraft(r, convoke.DefaultAction(found.Policy.Account))
	if err != nil {
		return convoke.Decision{}, err
	}
	if err := s.takeInvite(ctx, p, draft, found); err != nil {
		return convoke.Decision{}, err
	}
	decision, done, err := s.decideAhead(ctx, p, draft, found, newFresh)
	if !done && err == nil {
		decision, err = s.decide(ctx, p, draft)
	}
	if err == nil {
		s.guesses.learn(found.Policy, decision.Outcome)
	}
	return decision, err
}

// decideAhead is for the two common cases, where the binding is all that must be
// known: the user is bound and nothing is to be written, or is new and asks for
// nothing that somebody else may have, which unique keys confirm. It reports
// false for whatever else there is or came in between.
func (s *Service) decideAhead(
	ctx context.Context, p convoke.Principal, draft convoke.Draft, found convoke.Found, draw func() convoke.Fresh,
) (decision convoke.Decision, done bool, err error) {
	if !draft.NeedsBindingOnly(found) {
		return decision, false, nil
	}
	var fresh convoke.Fresh
	if found.Bound == nil {
		fresh = draw()
	}
	decision, err = convoke.Decide(draft, found, fresh, s.mark(p))
	switch {
	case err != nil:
		return decision, false, err
	case decision.Outcome == convoke.OutcomeFound:
		return decision, true, nil
	case decision.Outcome == convoke.OutcomeMade:
		done, err = s.store.Make(ctx, found.Policy.Account, decision.Change)
		return decision, done, err
	}
	return decision, false, nil
}

// takeInvite counts the invitation that a new user is about to get, or a pending
// one for another address. What will be refused, or finds its user, takes none.
func (s *Service) takeInvite(ctx context.Context, p convoke.Principal, draft convoke.Draft, binding convoke.Found) error {
	if !s.countsInvites() || !mayInvite(draft, binding.Bound) {
		return nil
	}
	found, err := s.store.Find(ctx, draft.Lookup(p.AccountID))
	if err != nil {
		return err
	}
	decision, err := convoke.Decide(draft, found, newFresh(), s.mark(p))
	if err != nil || decision.Change.Invitation == nil {
		return nil // what is wrong, if anything, is told by the decision that counts
	}
	return s.invites.TakeInvite(ctx, p.AccountID)
}

// mayInvite reports whether the draft may lead to an invitation, for the user who
// is bound to its key, if one is.
func mayInvite(draft convoke.Draft, bound *convoke.User) bool {
	if bound == nil {
		return draft.MayInvite()
	}
	return bound.Status == convoke.StatusPending
}

// newDraft checks the request, which means the action when it names none.
func newDraft(r convoke.Request, action convoke.Action) (convoke.Draft, error) {
	if r.Action != "" {
		var err error
		if action, err = convoke.ParseAction(r.Action); err != nil {
			return convoke.Draft{}, err
		}
	}
	return convoke.NewDraft(r, action)
}

// decide takes the decision inside the transaction that writes it.
func (s *Service) decide(ctx context.Context, p convoke.Principal, draft convoke.Draft) (convoke.Decision, error) {
	lookup := draft.Lookup(p.AccountID)
	mark := s.mark(p)
	passwordHash, err := s.hashDraft(ctx, draft, lookup, mark)
	if err != nil {
		return convoke.Decision{}, err
	}
	var decision convoke.Decision
	err = s.store.Change(ctx, lookup, func(found convoke.Found) (convoke.Change, error) {
		fresh := newFresh()
		fresh.PasswordHash = passwordHash
		decided, err := convoke.Decide(draft, found, fresh, mark)
		decision = decided
		return decided.Change, err
	})
	return decision, err
}

// hashDraft hashes an autoCreate's password before the transaction, which must
// not wait for it, and only for a draft that is not refused anyway.
func (s *Service) hashDraft(ctx context.Context, draft convoke.Draft, l convoke.Lookup, m convoke.Mark) (string, error) {
	if draft.Password() == "" {
		return "", nil
	}
	found, err := s.store.Find(ctx, l)
	if err != nil {
		return "", err
	}
	if _, err := convoke.Decide(draft, found, convoke.Fresh{}, m); err != nil {
		return "", err
	}
	return s.hash(ctx, draft.Password())
}

// MaxBatch is the most requests of one EnsureBatch.
const MaxBatch = 1000

// batchWidth is how many requests of a batch are under way at once: enough to
// fill a shared commit, few enough to leave room for others.
const batchWidth = 32

// BatchResult is the outcome of one request of a batch.
type BatchResult struct {
	Decision convoke.Decision
	Err      error
}

// EnsureBatch ensures every request on its own: one that fails leaves the
// others alone. The results are in the order of the requests. More than
// MaxBatch is CodeInvalidField.
func (s *Service) EnsureBatch(ctx context.Context, p convoke.Principal, requests []convoke.Request) ([]BatchResult, error) {
	if len(requests) > MaxBatch {
		return nil, convoke.Invalid(convoke.CodeInvalidField, "bindings", "A batch may have at most %d items; this one has %d.", MaxBatch, len(requests))
	}
	if err := p.Require(convoke.RightCreateUser); err != nil {
		return nil, err
	}
	results := make([]BatchResult, len(requests))
	turns := make(chan struct{}, batchWidth)
	var group sync.WaitGroup
	for i, r := range requests {
		turns <- struct{}{}
		group.Go(func() {
			defer func() {
				if fault := recover(); fault != nil { // no handler's own recovery reaches here
					results[i].Err = fmt.Errorf("panic in a batch: %v", fault)
				}
				<-turns
			}()
			results[i].Decision, results[i].Err = s.Ensure(ctx, p, r)
		})
	}
	group.Wait()
	return results, nil
}
