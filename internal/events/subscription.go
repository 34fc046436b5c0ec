// SPDX-License-Identifier: Apache-2.0

package events

import (
	"context"
	"crypto/rand"
	"errors"
	"sync"
	"time"

	"github.com/convoke/convoke/internal/convoke"
)

// SubscriptionStore keeps webhook subscriptions.
type SubscriptionStore interface {
	// App returns an app, revoked or not, or CodeAppNotFound.
	App(ctx context.Context, id convoke.ClientID) (convoke.App, error)
	// Subscriptions lists those of an app or, for "", of all the account's apps.
	Subscriptions(ctx context.Context, account convoke.AccountID, app convoke.ClientID) ([]convoke.Subscription, error)
	// Subscription returns one of the account's, or CodeWebhookNotFound.
	Subscription(ctx context.Context, account convoke.AccountID, id convoke.SubscriptionID) (convoke.Subscription, error)
	// DueSubscriptions returns those of all accounts whose challenge is due.
	DueSubscriptions(ctx context.Context, now time.Time, limit int) ([]convoke.Subscription, error)
	// AddSubscription writes what decide makes of the number that the app has.
	AddSubscription(ctx context.Context, account convoke.AccountID, app convoke.ClientID, decide func(others int) (convoke.SubscriptionChange, error)) error
	// ChangeSubscription writes what decide makes of one, or returns CodeWebhookNotFound.
	ChangeSubscription(ctx context.Context, account convoke.AccountID, id convoke.SubscriptionID, decide func(convoke.Subscription) (convoke.SubscriptionChange, error)) error
}

// DeliveryStore keeps what receivers did not take, and the log of attempts.
type DeliveryStore interface {
	Deliveries(ctx context.Context, id convoke.SubscriptionID, state convoke.DeliveryState, after int64, limit int) ([]convoke.Delivery, error)
	Attempts(ctx context.Context, id convoke.SubscriptionID, event int64, limit int) ([]convoke.Attempt, error)
	Replay(ctx context.Context, account convoke.AccountID, id convoke.SubscriptionID, event int64, now time.Time, limit int) (int, error)
}

// Challenger asks a receiver to prove that it knows the app's secret.
type Challenger interface {
	// Challenge returns why the receiver did not, in one sentence, or "".
	Challenge(ctx context.Context, url, secret string) (failure string)
}

// SubscriptionsConfig is what Subscriptions is made of; all but Plain and Now is needed.
type SubscriptionsConfig struct {
	Store      SubscriptionStore
	Deliveries DeliveryStore
	Challenger Challenger
	Plain      bool             // receivers may be at http URLs
	Now        func() time.Time // nil: time.Now
}

// Subscriptions is the use case of webhook subscriptions: an app manages its
// own, the operator those of all apps of an account.
type Subscriptions struct {
	store      SubscriptionStore
	deliveries DeliveryStore
	challenger Challenger
	plain      bool
	now        func() time.Time
}

// NewSubscriptions makes the use case.
func NewSubscriptions(c SubscriptionsConfig) *Subscriptions {
	if c.Now == nil {
		c.Now = time.Now
	}
	return &Subscriptions{c.Store, c.Deliveries, c.Challenger, c.Plain, c.Now}
}

func (s *Subscriptions) mark(p convoke.Principal) convoke.Mark {
	return convoke.Mark{At: s.now().UTC().Truncate(time.Millisecond), By: p}
}

// List returns the subscriptions of the calling app, or of all apps to the
// operator, by age. Like every call here it needs RightListUsers, as List of
// the events does.
func (s *Subscriptions) List(ctx context.Context, p convoke.Principal) ([]convoke.Subscription, error) {
	if err := p.Require(convoke.RightListUsers); err != nil {
		return nil, err
	}
	return s.store.Subscriptions(ctx, p.AccountID, p.ClientID)
}

// Find returns one subscription, or CodeWebhookNotFound, also for another app's.
func (s *Subscriptions) Find(ctx context.Context, p convoke.Principal, id convoke.SubscriptionID) (convoke.Subscription, error) {
	if err := p.Require(convoke.RightListUsers); err != nil {
		return convoke.Subscription{}, err
	}
	if !convoke.IsID(string(id)) {
		return convoke.Subscription{}, unknownSubscription()
	}
	found, err := s.store.Subscription(ctx, p.AccountID, id)
	if err == nil && p.Kind == convoke.AppCaller && found.ClientID != p.ClientID {
		err = unknownSubscription()
	}
	return found, err
}

func unknownSubscription() error {
	return convoke.NotFound(convoke.CodeWebhookNotFound, "There is no webhook subscription with this id.")
}

// Create gives an app a subscription and challenges its receiver at once: when
// it does not answer as it must, the subscription is there all the same, is
// pending, and is challenged again and again. app is the caller itself, or the
// app that the operator means. It returns CodeAppNotFound, CodeInvalidField,
// CodeScopeMissing and CodeTooManySubscriptions.
func (s *Subscriptions) Create(
	ctx context.Context, p convoke.Principal, app convoke.ClientID, d convoke.SubscriptionDraft,
) (convoke.Subscription, error) {
	if err := p.Require(convoke.RightListUsers); err != nil {
		return convoke.Subscription{}, err
	}
	if d.URL == nil {
		d.URL = new(string)
	}
	owner, err := s.owner(ctx, p, app)
	if err != nil {
		return convoke.Subscription{}, err
	}
	mark := s.mark(p)
	fresh := convoke.Subscription{ID: newSubscriptionID(), AccountID: p.AccountID, ClientID: owner.ClientID, Enabled: true, CreatedAt: mark.At}
	if fresh, err = d.Apply(fresh, callerOf(owner), s.plain, mark.At); err != nil {
		return convoke.Subscription{}, err
	}
	err = s.store.AddSubscription(ctx, p.AccountID, owner.ClientID, func(others int) (convoke.SubscriptionChange, error) {
		return convoke.AddSubscription(fresh, others, mark)
	})
	if err != nil || !fresh.Enabled {
		return fresh, err
	}
	return s.challenge(ctx, fresh, owner.WebhookSecret, p)
}

func newSubscriptionID() convoke.SubscriptionID {
	return convoke.SubscriptionID(convoke.DrawID(rand.Read))
}

// owner returns the app that is to have the subscription.
func (s *Subscriptions) owner(ctx context.Context, p convoke.Principal, id convoke.ClientID) (convoke.App, error) {
	unknown := convoke.NotFound(convoke.CodeAppNotFound, "The account has no app with this client id.")
	if p.Kind == convoke.AppCaller {
		if id != "" && id != p.ClientID {
			return convoke.App{}, unknown
		}
		id = p.ClientID
	}
	if !convoke.IsID(string(id)) {
		return convoke.App{}, unknown
	}
	app, err := s.store.App(ctx, id)
	if err == nil && (app.AccountID != p.AccountID || app.Revoked()) {
		err = unknown
	}
	return app, err
}

// callerOf is the app with the scopes that say which events it may see.
func callerOf(a convoke.App) convoke.Principal {
	return convoke.Principal{Kind: convoke.AppCaller, AccountID: a.AccountID, ClientID: a.ClientID, Scopes: a.Scopes}
}

// Change changes a subscription; with another URL, or switched on, its receiver
// is challenged at once. It returns what Find and Create return.
func (s *Subscriptions) Change(
	ctx context.Context, p convoke.Principal, id convoke.SubscriptionID, d convoke.SubscriptionDraft,
) (convoke.Subscription, error) {
	before, err := s.Find(ctx, p, id)
	if err != nil {
		return convoke.Subscription{}, err
	}
	app, err := s.store.App(ctx, before.ClientID)
	if err != nil {
		return convoke.Subscription{}, err
	}
	after := before
	err = s.store.ChangeSubscription(ctx, p.AccountID, id, func(now convoke.Subscription) (convoke.SubscriptionChange, error) {
		before = now
		mark := s.mark(p)
		after, err = d.Apply(now, callerOf(app), s.plain, mark.At)
		return convoke.ChangeSubscription(now, after, mark), err
	})
	if err != nil || !after.Enabled || (after.URL == before.URL && before.Enabled) {
		return after, err
	}
	return s.challenge(ctx, after, app.WebhookSecret, p)
}

// Remove takes a subscription away with all that is kept for it.
func (s *Subscriptions) Remove(ctx context.Context, p convoke.Principal, id convoke.SubscriptionID) error {
	if _, err := s.Find(ctx, p, id); err != nil {
		return err
	}
	return s.store.ChangeSubscription(ctx, p.AccountID, id, func(now convoke.Subscription) (convoke.SubscriptionChange, error) {
		return convoke.RemoveSubscription(now, s.mark(p)), nil
	})
}

// Validate challenges a subscription's receiver now.
func (s *Subscriptions) Validate(ctx context.Context, p convoke.Principal, id convoke.SubscriptionID) (convoke.Subscription, error) {
	found, err := s.Find(ctx, p, id)
	if err != nil {
		return convoke.Subscription{}, err
	}
	app, err := s.store.App(ctx, found.ClientID)
	if err != nil {
		return convoke.Subscription{}, err
	}
	return s.challenge(ctx, found, app.WebhookSecret, p)
}

// challenge asks outside any transaction, since the receiver may take its time,
// and writes the conclusion in one.
func (s *Subscriptions) challenge(
	ctx context.Context, asked convoke.Subscription, secret string, p convoke.Principal,
) (after convoke.Subscription, err error) {
	failure := s.challenger.Challenge(ctx, asked.URL, secret)
	if err := ctx.Err(); err != nil {
		return asked, err // the caller went away: the receiver has not failed
	}
	err = s.store.ChangeSubscription(ctx, asked.AccountID, asked.ID, func(now convoke.Subscription) (convoke.SubscriptionChange, error) {
		change := convoke.Challenged(now, asked.URL, failure, s.mark(p))
		after = *change.After
		return change, nil
	})
	return after, err
}

// challengesAtOnce is how many receivers RecheckDue challenges together: most of
// the time is spent waiting.
const challengesAtOnce = 16

// RecheckDue challenges every receiver of every account whose time has come, and
// returns how many. Only the operator may who is not held to a single account.
func (s *Subscriptions) RecheckDue(ctx context.Context, p convoke.Principal) (int, error) {
	if err := p.RequireOperator(); err != nil || p.AccountID != "" {
		return 0, errors.Join(err, convoke.Errorf(convoke.KindForbidden, convoke.CodeNotOperator, "Only the operator of all accounts may do this."))
	}
	due, err := s.store.DueSubscriptions(ctx, s.mark(p).At, challengesAtOnce)
	faults := make([]error, len(due))
	var group sync.WaitGroup
	for i, subscription := range due {
		group.Go(func() { faults[i] = s.recheck(ctx, subscription) })
	}
	group.Wait()
	return len(due), errors.Join(err, errors.Join(faults...))
}

// recheck challenges one receiver, unless another process does. Nobody is named
// as the operator of the event that may follow. A subscription that was removed
// meanwhile is no fault.
func (s *Subscriptions) recheck(ctx context.Context, due convoke.Subscription) error {
	app, err := s.store.App(ctx, due.ClientID)
	if err != nil {
		return err
	}
	claimed, err := s.claim(ctx, due)
	if claimed {
		_, err = s.challenge(ctx, due, app.WebhookSecret, convoke.Principal{})
	}
	if convoke.HasCode(err, convoke.CodeWebhookNotFound) || ctx.Err() != nil {
		return nil
	}
	return err
}

// claim reports whether this process is the one that makes the challenge.
func (s *Subscriptions) claim(ctx context.Context, due convoke.Subscription) (claimed bool, err error) {
	err = s.store.ChangeSubscription(ctx, due.AccountID, due.ID, func(now convoke.Subscription) (change convoke.SubscriptionChange, _ error) {
		change, claimed = convoke.ClaimSubscription(now, s.mark(convoke.Principal{}).At)
		return change, nil
	})
	return claimed && err == nil, err
}

// Deliveries returns what is kept for a subscription with event ids above after,
// in their order, and the id to go on after; 0 when there are no more. state
// chooses, "" all; a limit of 0 means DefaultLimit.
func (s *Subscriptions) Deliveries(
	ctx context.Context, p convoke.Principal, id convoke.SubscriptionID, state convoke.DeliveryState, after int64, limit int,
) ([]convoke.Delivery, int64, error) {
	if _, err := s.Find(ctx, p, id); err != nil {
		return nil, 0, err
	}
	switch state {
	case "", convoke.DeliveryRetrying, convoke.DeliveryWaiting, convoke.DeliveryDead:
	default:
		return nil, 0, convoke.Invalid(convoke.CodeInvalidField, "state", "The state must be retrying, waiting or dead.")
	}
	limit, err := checkPage(after, limit)
	if err != nil {
		return nil, 0, err
	}
	list, err := s.deliveries.Deliveries(ctx, id, state, after, limit)
	if err != nil || len(list) < limit {
		return list, 0, err
	}
	return list, list[len(list)-1].EventID, nil
}

// Attempts returns the latest attempts on a subscription, the latest first: on
// one event or, for 0, on all. Of each outcome the last 1,000 are known.
func (s *Subscriptions) Attempts(
	ctx context.Context, p convoke.Principal, id convoke.SubscriptionID, event int64, limit int,
) ([]convoke.Attempt, error) {
	if _, err := s.Find(ctx, p, id); err != nil {
		return nil, err
	}
	limit, err := checkPage(event, limit)
	if err != nil {
		return nil, err
	}
	return s.deliveries.Attempts(ctx, id, event, limit)
}

// replayedAtOnce bounds one commit.
const replayedAtOnce = 500

// Replay puts dead letters back to be delivered: the one of an event or, for 0,
// all of them. It returns how many, and CodeDeliveryNotFound for an event that
// is no dead letter.
func (s *Subscriptions) Replay(ctx context.Context, p convoke.Principal, id convoke.SubscriptionID, event int64) (int, error) {
	if _, err := s.Find(ctx, p, id); err != nil {
		return 0, err
	}
	total := 0
	for {
		n, err := s.deliveries.Replay(ctx, p.AccountID, id, event, s.mark(p).At, replayedAtOnce)
		total += n
		if err != nil || event != 0 || n < replayedAtOnce {
			return total, err
		}
	}
}
