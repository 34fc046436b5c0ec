// SPDX-License-Identifier: Apache-2.0

package webhook

import (
	"cmp"
	"context"
	"crypto/rand"
	"log/slog"
	"sync"
	"time"

	"github.com/convoke/convoke/internal/convoke"
)

// Store is the log of committed events, and where the lanes remember how far
// they are.
type Store interface {
	// Events returns committed events with ids above after, in the order of their
	// ids, of one account or, for "", of all.
	Events(ctx context.Context, account convoke.AccountID, after int64, limit int) ([]convoke.Event, error)
	// Cursor returns how far the named reader of the log has come.
	Cursor(ctx context.Context, name string) (int64, error)
	// Lanes returns all that is delivered to, and the revision of that list; of the
	// known revision nothing but its number.
	Lanes(ctx context.Context, known int64) (lanes []convoke.Lane, revision int64, err error)
	// Deliveries returns what is kept for a subscription, of one state or of all.
	Deliveries(ctx context.Context, id convoke.SubscriptionID, state convoke.DeliveryState, after int64, limit int) ([]convoke.Delivery, error)
	// LastAttempts returns the numbers of the last attempts that were taken and failed.
	LastAttempts(ctx context.Context, id convoke.SubscriptionID) (taken, failed int64, err error)
	// SaveProgress writes what a lane has done, unless the owner has lost the lease.
	SaveProgress(ctx context.Context, lease, owner string, p convoke.Progress) (held bool, err error)
	// HoldLease takes or keeps the lease, and reports whether the owner has it.
	HoldLease(ctx context.Context, name, owner string, now, until time.Time) (bool, error)
	// DropLease lets go of it.
	DropLease(ctx context.Context, name, owner string) error
}

// Config is what a Deliverer is made of; all but Owner is needed.
type Config struct {
	Store  Store
	Client *Client
	// Owner names the process to the others that serve the same database. Where
	// there can be no other, a fixed name lets it go on at once after a crash;
	// empty: a name of its own.
	Owner  string
	Logger *slog.Logger
}

// Deliverer delivers events to every receiver.
type Deliverer struct {
	store    Store
	client   *Client
	logger   *slog.Logger
	owner    string // of the lease: this process
	nudges   chan struct{}
	lanes    map[convoke.SubscriptionID]*lane
	pages    pages
	head     int64 // of the log, as far as lanes were woken for it
	revision int64 // that the lanes are of; 0: they are to be read anew

	lease   time.Duration // until another process takes over from one that died
	looks   time.Duration // how soon a new or changed subscription is seen
	reloads time.Duration // how often all are read, although nothing tells of a change
}

// New makes a Deliverer; Run starts it.
func New(c Config) *Deliverer {
	return &Deliverer{
		store: c.Store, client: c.Client, logger: c.Logger, owner: cmp.Or(c.Owner, rand.Text()), nudges: make(chan struct{}, 1),
		lease: 10 * time.Second, looks: time.Second, reloads: time.Minute,
	}
}

// Nudge tells that the log may have grown. It returns at once.
func (d *Deliverer) Nudge() {
	select {
	case d.nudges <- struct{}{}:
	default:
	}
}

const (
	leaseName   = "webhook"
	sinksCursor = "sinks" // how far the reader of the other sinks is
	wakeBatch   = 1000    // events looked at together
)

// Run delivers until ctx ends, then lets requests in flight end and returns nil
// within seconds. While another process delivers it waits to take over. Faults
// are logged, and tried again.
func (d *Deliverer) Run(ctx context.Context) error {
	failing := false
	for ctx.Err() == nil {
		held, err := d.hold(ctx)
		if err != nil && ctx.Err() == nil && !failing {
			d.logger.ErrorContext(ctx, "webhooks are not being delivered; trying again", slog.Any("error", err))
		}
		failing = err != nil
		if held {
			d.lead(ctx)
			continue
		}
		select {
		case <-ctx.Done():
		case <-time.After(d.lease / 4):
		}
	}
	return nil
}

func (d *Deliverer) hold(ctx context.Context) (bool, error) {
	now := time.Now()
	return d.store.HoldLease(ctx, leaseName, d.owner, now, now.Add(d.lease))
}

// lead runs the lanes until ctx ends or the lease is lost.
func (d *Deliverer) lead(ctx context.Context) {
	work, stop := context.WithCancel(ctx)
	d.lanes = make(map[convoke.SubscriptionID]*lane)
	var running sync.WaitGroup
	defer func() {
		stop()
		running.Wait()
		if err := d.store.DropLease(context.WithoutCancel(ctx), leaseName, d.owner); err != nil {
			d.logger.Warn("the lease of the webhooks was not given back", slog.Any("error", err))
		}
	}()
	var err error
	if d.head, err = d.store.Cursor(work, sinksCursor); err != nil {
		d.fault(work, "reading the log", err)
		return
	}
	d.follow(work, func(l *lane) { running.Go(func() { l.run(stop) }) })
}

// follow keeps the lease and the list of lanes, and wakes lanes.
func (d *Deliverer) follow(ctx context.Context, start func(*lane)) {
	renew, look, reload := time.NewTicker(d.lease/4), time.NewTicker(d.looks), time.NewTicker(d.reloads)
	defer renew.Stop()
	defer look.Stop()
	defer reload.Stop()
	until := time.Now().Add(d.lease)
	d.pages.grown()
	d.revision = 0
	d.reload(ctx, start)
	for ctx.Err() == nil {
		select {
		case <-ctx.Done():
		case <-renew.C:
			held, err := d.hold(ctx)
			if err == nil && held {
				until = time.Now().Add(d.lease)
			}
			if err == nil && !held || time.Now().After(until) {
				d.logger.Warn("another process delivers the webhooks now")
				return
			}
		case <-look.C:
			d.reload(ctx, start)
		case <-reload.C:
			d.revision = 0
			d.reload(ctx, start)
		case <-d.nudges:
			d.wake(ctx)
		}
	}
}

// reload starts, changes and stops lanes, when any subscription has changed. One
// that is pending has no lane: nothing is kept for it.
func (d *Deliverer) reload(ctx context.Context, start func(*lane)) {
	list, revision, err := d.store.Lanes(ctx, d.revision)
	if err != nil {
		d.fault(ctx, "reading the subscriptions", err)
		return
	}
	if revision == d.revision {
		return
	}
	seen := make(map[convoke.SubscriptionID]bool, len(list))
	for _, target := range list {
		if target.State() == convoke.SubscriptionPending {
			continue
		}
		seen[target.ID] = true
		switch l := d.lanes[target.ID]; {
		case l == nil:
			d.lanes[target.ID] = newLane(ctx, d, target)
			start(d.lanes[target.ID])
		case l.ctx.Err() == nil:
			l.update(target)
		}
	}
	if d.revision = revision; !d.stopOthers(seen) {
		d.revision = 0 // what is ending may be wanted again
	}
}

// stopOthers stops the lanes that are not wanted any more. One stays in the list
// until it has ended, so that no second one begins before; ended reports whether
// there is none such.
func (d *Deliverer) stopOthers(seen map[convoke.SubscriptionID]bool) (ended bool) {
	ended = true
	for id, l := range d.lanes {
		if !seen[id] {
			l.stop()
		}
		select {
		case <-l.ended:
			delete(d.lanes, id)
		default:
			ended = ended && l.ctx.Err() == nil
		}
	}
	return ended
}

// wake tells the lanes of those accounts that have new events. Without lanes the
// log is not read: a lane that starts later begins at its own place.
func (d *Deliverer) wake(ctx context.Context) {
	if len(d.lanes) == 0 {
		d.skip(ctx)
		return
	}
	accounts := make(map[convoke.AccountID]bool)
	for {
		list, err := d.store.Events(ctx, "", d.head, wakeBatch)
		if err != nil {
			d.fault(ctx, "reading the log", err)
			break
		}
		for _, e := range list {
			accounts[e.AccountID], d.head = true, e.ID
		}
		if len(list) < wakeBatch {
			break
		}
	}
	d.pages.grown()
	for _, l := range d.lanes {
		if accounts[l.account] {
			l.wake()
		}
	}
}

// skip follows the sinks' reader instead of the log, so that the first lane does
// not look through all that came before it.
func (d *Deliverer) skip(ctx context.Context) {
	head, err := d.store.Cursor(ctx, sinksCursor)
	if err != nil {
		d.fault(ctx, "reading the log", err)
		return
	}
	d.head = head
}

// fault logs what went wrong, unless it is the end.
func (d *Deliverer) fault(ctx context.Context, doing string, err error) {
	if ctx.Err() == nil {
		d.logger.ErrorContext(ctx, "delivering webhooks: "+doing+" failed; trying again", slog.Any("error", err))
	}
}
