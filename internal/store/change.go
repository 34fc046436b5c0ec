// SPDX-License-Identifier: Apache-2.0

package store

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"

	"github.com/convoke/convoke/internal/convoke"
)

// Change finds what the Lookup names, lets decide make a Change of it, and
// writes that, all in one transaction. An error of decide rolls back and comes
// out as it is.
//
// When somebody else was quicker (a unique key, a changed user, a full shard),
// all of it is run again, and then Find sees what they did; decide must bear
// that, must not call the store, and should draw new random values each time.
// A conflict that lasts comes out as CodeEmailTaken, CodePMITaken, CodeLinkTaken
// or CodeBoundElsewhere; beyond a limit the error is that of Seats.Take.
func (db *DB) Change(ctx context.Context, l convoke.Lookup, decide func(convoke.Found) (convoke.Change, error)) error {
	c := changing{db: db, lookup: l, decide: decide}
	err := db.engine.write(ctx, func(t tx) error { return c.learn(c.try(ctx, t)) })
	if lasting, ok := errors.AsType[*again](err); ok {
		return c.explain(ctx, lasting.cause)
	}
	return err
}

// Make writes a change that makes a new user and was decided, ahead of the
// transaction, on an account as it was and an external id believed to be free.
// It reports false, and has written nothing, when that is not so (any more) or
// no seat was found; then Change is the way. On SQLite this leaves to the one
// writer only what must be done there.
func (db *DB) Make(ctx context.Context, account convoke.Account, change convoke.Change) (made bool, err error) {
	if change.Before != nil || change.After == nil || change.Accepted != nil || change.Unbind != nil {
		return false, errors.New("store: Make is for changes that make a user")
	}
	insert := insertUserOf(account, *change.After, change.Binding)
	p := newPlan(account, change, []step{insert}, rand.IntN(db.dialect.shards))
	err = db.engine.write(ctx, func(t tx) error { return t.run(ctx, p) })
	if _, overtaken := errors.AsType[*again](orAgain(err)); overtaken {
		return false, nil
	}
	return err == nil, err
}

// changing is one call of Change, with what its failed tries taught it.
type changing struct {
	db       *DB
	lookup   convoke.Lookup
	decide   func(convoke.Found) (convoke.Change, error)
	last     convoke.Change
	contends bool // for a user that others change too: lock it first
	shardBad bool // the shard tried had nothing free: deal the seats anew
}

// learn remembers what kind of conflict it was and asks for another run.
func (c *changing) learn(err error) error {
	c.contends = c.contends || isStale(err)
	c.shardBad = c.shardBad || errors.Is(err, errShardFull)
	return orAgain(err)
}

func (c *changing) try(ctx context.Context, t tx) error {
	if err := c.lockUser(ctx, t); err != nil {
		return err
	}
	p, err := c.plan(ctx, t)
	if err != nil || p.empty() {
		return err
	}
	if wanted := c.last.SeatDelta(); c.shardBad && wanted.Positive() {
		if err := c.db.openSeats(ctx, t, c.lookup.AccountID, wanted); err != nil {
			return err
		}
	}
	return t.run(ctx, p)
}

// lockUser makes the others who change the same user wait, once a try has shown
// that there are any. SQLite has one writer and needs no lock.
func (c *changing) lockUser(ctx context.Context, t tx) error {
	if !c.contends || c.last.Before == nil || c.db.dialect.forUpdate == "" {
		return nil
	}
	return t.query(ctx, nil, "SELECT 1 FROM users WHERE id = $1"+c.db.dialect.forUpdate, string(c.last.Before.ID))
}

// plan finds, decides and translates the change.
func (c *changing) plan(ctx context.Context, t tx) (plan, error) {
	found, err := find(ctx, t, c.lookup)
	if err != nil {
		return plan{}, err
	}
	if c.last, err = c.decide(found.Found); err != nil {
		return plan{}, err
	}
	user, err := userSteps(nil, c.last, &found)
	if err != nil {
		return plan{}, err
	}
	p := newPlan(found.Policy.Account, c.last, user, c.shard())
	if p.count != nil {
		p.count.seats.Leased, err = endedLeases(ctx, t, c.db.dialect, c.last)
	}
	return p, err
}

// newPlan translates the change; user is what it does to the users. What may
// refuse comes before what writes.
func newPlan(account convoke.Account, change convoke.Change, user []step, shard int) plan {
	var p plan
	p.events, p.count = change.Events, newCount(account.ID, change)
	if change.Accepted != nil {
		p.steps = append(p.steps, acceptInvitation(*change.Accepted, change.After.UpdatedAt))
	}
	if p.count != nil && p.count.seats.MayExceed(account.SeatLimits()) {
		p.steps = append(p.steps, p.count.step(shard))
		p.count = nil
	}
	p.steps = bindingSteps(append(p.steps, user...), change)
	return p
}

// shard is where to take a seat: anywhere, or where openSeats leaves the most.
func (c *changing) shard() int {
	if c.shardBad {
		return 0
	}
	return rand.IntN(c.db.dialect.shards)
}

func userSteps(steps []step, change convoke.Change, found *snapshot) ([]step, error) {
	if change.Before == nil {
		if change.After != nil {
			steps = append(steps, insertUser(*change.After, change.Binding))
		}
		return steps, nil
	}
	id := change.Before.ID
	revision, ok := found.revision(id)
	if !ok {
		return nil, fmt.Errorf("store: the change is about user %s, which its Lookup did not name", id)
	}
	if change.After == nil {
		if change.Heir != "" {
			steps = append(steps, transferMeetings(*change.Before, change.Heir))
		}
		return append(append(steps, freeNumber(*change.Before)), deleteUser(id, revision, change.At)...), nil
	}
	if change.After.PMI != change.Before.PMI {
		steps = append(steps, freeNumber(*change.Before))
	}
	if change.Demoted != nil { // first: an account has one owner
		former, ok := found.revision(change.Demoted.ID)
		if !ok {
			return nil, fmt.Errorf("store: the change is about user %s, which its Lookup did not name", change.Demoted.ID)
		}
		steps = append(steps, updateUser(*change.Demoted, former))
	}
	steps = append(steps, updateUser(*change.After, revision))
	if change.Retired != "" {
		steps = append(steps, retirePassword(id, change.Retired, change.After.UpdatedAt)...)
	}
	if change.Before.Picture != change.After.Picture {
		steps = append(steps, pictureSteps(id, change.Picture)...)
	}
	if change.Delegation != nil {
		steps = append(steps, delegationSteps(id, *change.Delegation)...)
	}
	if change.SignOut {
		steps = append(steps, endSessions(id), endGrants(id))
	}
	return steps, nil
}

func bindingSteps(steps []step, change convoke.Change) []step {
	if change.Unbind != nil { // first: a user has one binding of a source
		steps = append(steps, deleteBinding(*change.Unbind))
	}
	if change.Binding != nil {
		steps = append(steps, saveBinding(*change.Binding))
	}
	if change.Withdrawn {
		steps = append(steps, revokeInvitations(change.After.ID, change.After.UpdatedAt))
	}
	if i := change.Invitation; i != nil {
		if change.Before != nil {
			steps = append(steps, revokeInvitations(i.UserID, i.CreatedAt))
		}
		steps = append(steps, insertInvitation(*i))
	}
	return steps
}

// explain names the conflict that the tries did not resolve.
func (c *changing) explain(ctx context.Context, err error) error {
	conflict := func(code convoke.Code, field, message string) error {
		return &convoke.Error{Kind: convoke.KindConflict, Code: code, Field: field, Message: message, Err: err}
	}
	switch {
	case breaks(err, emailKey):
		return c.emailTaken(ctx, err)
	case breaks(err, pmiKey):
		return conflict(convoke.CodePMITaken, "pmi", "This personal meeting id is already taken. Choose another one.")
	case breaks(err, ownerKey):
		return convoke.OwnerTaken()
	case breaks(err, linkKey):
		return conflict(convoke.CodeLinkTaken, "vanity_name", "This personal link name is already taken. Choose another one.")
	case breaks(err, bindingKey):
		return conflict(convoke.CodeBoundElsewhere, "user_id", "This user is bound to another external id. Unbind that one first.")
	}
	return fmt.Errorf("store: the conflict lasted for %d tries: %w", maxTries, err)
}

func (c *changing) emailTaken(ctx context.Context, cause error) error {
	e := &convoke.Error{
		Kind: convoke.KindConflict, Code: convoke.CodeEmailTaken, Field: "email", Err: cause,
		Message: "Another user of the account has this e-mail.",
	}
	if c.last.After != nil {
		holder, _, err := first(ctx, c.db.engine, (*row).text, "SELECT id FROM users WHERE email_key = $1 AND account_id = $2",
			convoke.EmailKey(c.last.After.Email), string(c.last.After.AccountID))
		if err != nil {
			return fmt.Errorf("store: %w", err)
		}
		e.UserID = convoke.UserID(holder)
	}
	return e
}
