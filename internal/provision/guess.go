// SPDX-License-Identifier: Apache-2.0

package provision

import (
	"context"
	"sync"

	"github.com/convoke/convoke/internal/convoke"
)

const (
	sureAfter  = 8    // users made in a row, until the next is believed to be new
	maxGuesses = 1024 // accounts remembered, at some 200 bytes each
	batchUsers = 1000 // that lie side by side
)

// guess takes the request's external id for a free one, when those before it
// were, and spares it the look-up. It reports false, and has written nothing,
// when it has no idea or was wrong; then the usual way is to be gone.
func (s *Service) guess(ctx context.Context, p convoke.Principal, r convoke.Request) (decision convoke.Decision, done bool) {
	found, next, sure := s.guesses.take(p.AccountID)
	if !sure || r.Source == "" {
		return decision, false
	}
	draft, err := newDraft(r, convoke.DefaultAction(found.Policy.Account))
	if err != nil {
		return decision, false
	}
	decision, done, err = s.decideAhead(ctx, p, draft, found, next.fresh)
	if !done || err != nil {
		s.guesses.forget(p.AccountID)
	}
	return decision, done && err == nil
}

// guesses remembers the accounts that make user after user, as when a company
// comes in, and their policy as it was found last. None needs to be right: the
// store notices an account that has changed and an external id that is bound.
type guesses struct {
	mu       sync.Mutex
	accounts map[convoke.AccountID]guess
}

type guess struct {
	policy convoke.Policy
	row    int    // users made in a row
	next   *batch // that the next users are drawn from
	left   int    // of them
}

// take returns what the look-up of a free external id would find, whether that
// is to be expected, and then where the new user is drawn from: users who come
// together lie together. A personal meeting id that is taken is one more wrong
// guess, as rare as among numbers drawn from anywhere.
func (g *guesses) take(id convoke.AccountID) (found convoke.Found, next *batch, sure bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	known := g.accounts[id]
	if known.row < sureAfter {
		return found, nil, false
	}
	if known.left == 0 {
		known.next, known.left = batchFrom(newStretch(), nil), batchUsers
	}
	known.left--
	g.accounts[id] = known
	return convoke.Found{Policy: known.policy}, known.next, true
}

// learn takes in what became of an Ensure under the policy.
func (g *guesses) learn(policy convoke.Policy, o convoke.Outcome) {
	id := policy.Account.ID
	if o != convoke.OutcomeMade {
		g.forget(id)
		return
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	known := g.accounts[id]
	known.policy = policy
	known.row++
	if g.accounts == nil || len(g.accounts) >= maxGuesses {
		g.accounts = make(map[convoke.AccountID]guess)
	}
	g.accounts[id] = known
}

func (g *guesses) forget(id convoke.AccountID) {
	g.mu.Lock()
	defer g.mu.Unlock()
	delete(g.accounts, id)
}
