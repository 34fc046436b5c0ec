// SPDX-License-Identifier: Apache-2.0

package app

import (
	"context"
	"errors"
	"time"
)

// round is work that a server does again and again.
type round struct {
	what   string // for the log, when it fails
	every  time.Duration
	atOnce bool // when the server starts too: what became due while none ran is caught up
	work   func(context.Context) error
}

// repeat does the work until ctx is done. What fails is tried again the next
// time, and stops nothing else.
func (a *App) repeat(ctx context.Context, r round) error {
	tick := time.NewTicker(r.every)
	defer tick.Stop()
	for first := true; ; first = false {
		if !first || r.atOnce {
			if err := r.work(ctx); err != nil && ctx.Err() == nil {
				a.logger.Error(r.what+" failed", "error", err)
			}
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}

// rounds are all that a server does so.
func (a *App) rounds() []round {
	return []round{
		{"deleting what has expired", 10 * time.Minute, false, a.sweep},
		{"looking for runs that the media server lost", 30 * time.Second, false, a.conference.Reaper().Look},
		{"challenging webhook receivers", time.Minute, true, a.recheckReceivers},
		{"looking at domains again", 10 * time.Minute, true, a.recheckDomains},
		{"fetching identity providers' metadata again", 10 * time.Minute, true, a.refreshSSO},
		{"deleting old sign-ins", time.Hour, true, a.purgeAssertions},
		{"writing down refused sign-ins", time.Minute, false, a.noteRefusals},
	}
}

// sweep keeps what expires from piling up: tokens, sessions and tickets, letters,
// and events. What cannot be deleted of one keeps nothing of the others.
func (a *App) sweep(ctx context.Context) error {
	now := time.Now()
	_, purging := a.events.Purge(ctx, now.Add(-a.retention))
	return errors.Join(a.db.DeleteExpired(ctx, now), a.db.DeleteLetters(ctx, now.Add(-a.lettersKept)), purging)
}

// recheckReceivers challenges the receivers that are due, a few at a time.
func (a *App) recheckReceivers(ctx context.Context) error {
	for {
		if n, err := a.webhooks.RecheckDue(ctx, operator); n == 0 || err != nil {
			return err
		}
	}
}

// recheckDomains looks at the verified domains that are due; each is once a day.
func (a *App) recheckDomains(ctx context.Context) error {
	n, err := a.provision.RecheckDomains(ctx, operator)
	if n > 0 {
		a.logger.Info("looked at domains again", "domains", n)
	}
	return err
}

// refreshSSO fetches the metadata that is due.
func (a *App) refreshSSO(ctx context.Context) error {
	for {
		n, err := a.provision.RefreshSSO(ctx, operator)
		if n == 0 || err != nil {
			return err
		}
		a.logger.Info("fetched identity providers' metadata again", "connections", n)
	}
}

// purgeAssertions deletes kept sign-ins whose time is over.
func (a *App) purgeAssertions(ctx context.Context) error {
	return a.provision.PurgeAssertions(ctx, operator)
}

// noteRefusals writes those that were only counted so far into the audit log.
func (a *App) noteRefusals(ctx context.Context) error {
	a.access.FlushRefusals(ctx)
	return nil
}
