// SPDX-License-Identifier: Apache-2.0

package store

import (
	"context"
	"errors"
	"fmt"
	"time"

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
// or CodeBoundElsewhere; without a free seat the error is CodeSeatsExhausted.
func (db *DB) Change(ctx context.Context, l convoke.Lookup, decide func(convoke.Found) (convoke.Change, error)) error {
	c := changing{db: db, lookup: l, decide: decide}
	err := db.engine.write(ctx, func(t tx) error { return c.learn(c.try(ctx, t)) })
	if lasting, ok := errors.AsType[*again](err); ok {
		return c.explain(ctx, lasting.cause)
	}
	return err
}

// changing is one call of Change, with what its failed tries taught it.
type changing struct {
	db       *DB
	lookup   convoke.Lookup
	decide   func(convoke.Found) (convoke.Change, error)
	last     convoke.Change
	contends bool // for a user that others change too: lock it first
	shardBad bool // the shard tried had no seat: deal the seats anew
}

func (c *changing) learn(err error) error {
	c.contends = c.contends || isStale(err)
	c.shardBad = c.shardBad || errors.Is(err, errShardFull)
	return orAgain(err)
}

func (c *changing) try(ctx context.Context, t tx) error {
	if err := c.lockUser(ctx, t); err != nil {
		return err
	}
	found, err := find(ctx, t, c.lookup)
	if err != nil {
		return err
	}
	if c.last, err = c.decide(found.Found); err != nil {
		return err
	}
	steps, err := c.steps(ctx, t, &found)
	if err != nil {
		return err
	}
	return t.run(ctx, steps)
}

// lockUser makes the others who change the same user wait, once a try has shown
// that there are any. SQLite has one writer and needs no lock.
func (c *changing) lockUser(ctx context.Context, t tx) error {
	if !c.contends || c.last.Before == nil || c.db.dialect.forUpdate == "" {
		return nil
	}
	return t.query(ctx, nil, "SELECT 1 FROM users WHERE id = $1"+c.db.dialect.forUpdate, string(c.last.Before.ID))
}

// steps translates the change. What may refuse comes before what writes: on
// SQLite an operation that fails after it wrote costs its group the commit.
func (c *changing) steps(ctx context.Context, t tx, found *snapshot) ([]step, error) {
	change := c.last
	steps := make([]step, 0, 8)
	if change.Accepted != nil {
		steps = append(steps, acceptInvitation(*change.Accepted, change.After.UpdatedAt))
	}
	counting, err := c.counting(ctx, t, found.Policy.Account)
	if err != nil {
		return nil, err
	}
	seatMayLack := change.SeatDelta() > 0 && found.Policy.Account.LicensedSeats != convoke.NoSeatLimit
	if seatMayLack {
		steps = append(steps, counting...)
	}
	if steps, err = userSteps(steps, change, found); err != nil {
		return nil, err
	}
	steps = bindingSteps(steps, change)
	if !seatMayLack {
		steps = append(steps, counting...)
	}
	events, err := c.db.appendEvents(change.Events)
	return append(steps, events...), err
}

func userSteps(steps []step, change convoke.Change, found *snapshot) ([]step, error) {
	if change.Before == nil {
		if change.After != nil {
			steps = append(steps, insertUser(*change.After))
		}
		return steps, nil
	}
	id := change.Before.ID
	revision, ok := found.revision(id)
	if !ok {
		return nil, fmt.Errorf("store: the change is about user %s, which its Lookup did not name", id)
	}
	if change.After == nil {
		return append(steps, deleteUser(id, revision, time.Now())...), nil
	}
	return append(steps, updateUser(*change.After, revision)), nil
}

func bindingSteps(steps []step, change convoke.Change) []step {
	if change.Binding != nil {
		steps = append(steps, saveBinding(*change.Binding))
	}
	if change.Unbind != nil {
		steps = append(steps, deleteBinding(*change.Unbind))
	}
	if i := change.Invitation; i != nil {
		if change.Before != nil {
			steps = append(steps, revokeInvitations(i.UserID, i.CreatedAt))
		}
		steps = append(steps, insertInvitation(*i))
	}
	return steps
}

// counting returns the step for the counters, or none when they stay the same.
func (c *changing) counting(ctx context.Context, t tx, account convoke.Account) ([]step, error) {
	if c.last.SeatDelta() == 0 && c.last.CensusDelta() == (convoke.Census{}) {
		return nil, nil
	}
	if !c.shardBad {
		return []step{c.db.count(account.ID, c.last, -1)}, nil
	}
	if err := c.db.openSeats(ctx, t, account.ID, c.last.SeatDelta()); err != nil {
		return nil, err
	}
	return []step{c.db.count(account.ID, c.last, 0)}, nil
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
