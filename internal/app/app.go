// SPDX-License-Identifier: Apache-2.0

package app

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"github.com/convoke/convoke/internal/access"
	"github.com/convoke/convoke/internal/conference"
	"github.com/convoke/convoke/internal/config"
	"github.com/convoke/convoke/internal/events"
	"github.com/convoke/convoke/internal/httpd"
	"github.com/convoke/convoke/internal/mail"
	"github.com/convoke/convoke/internal/oauth"
	"github.com/convoke/convoke/internal/signon"
	"github.com/convoke/convoke/internal/webhook"
	"github.com/convoke/convoke/web"
)

// App is a whole server: one listener, one store, one media server.
type App struct {
	*core
	url         string
	server      *httpd.Server
	engine      *engine
	conference  *conference.Service
	events      *events.Service
	deliverer   *webhook.Deliverer
	retention   time.Duration // of events
	lettersKept time.Duration // mails of the outbox, and invitations after their end
	pages       fs.FS
	built       bool
	delivery    string
	metrics     *metrics
	oauth       http.Handler
	handler     http.Handler
	polls       context.Context //nolint:containedctx // it is the life of the long polls
	stopPolls   context.CancelFunc
}

// New opens and starts everything but the answering of requests. When it
// returns, the ports are taken and the database is up to date.
func New(ctx context.Context, c config.Config, logger *slog.Logger) (*App, error) {
	spareCollections()
	server, err := httpd.Listen(httpd.Config{Address: c.Listen, CertFile: c.TLSCert, KeyFile: c.TLSKey, Logger: logger})
	if err != nil {
		return nil, err
	}
	a := &App{server: server, url: c.URL(server.Addr().String()), metrics: newMetrics()}
	a.polls, a.stopPolls = context.WithCancel(context.WithoutCancel(ctx))
	if err := a.build(ctx, c, logger); err != nil {
		return nil, errors.Join(err, a.Close())
	}
	return a, nil
}

func (a *App) build(ctx context.Context, c config.Config, logger *slog.Logger) error {
	var err error
	if a.core, err = openCore(ctx, c, logger); err != nil {
		return err
	}
	if a.engine, err = startEngine(ctx, c, a.url, a.keys, logger); err != nil {
		return err
	}
	a.conference, err = conference.New(conference.Config{
		Store: a.db, Users: a.db, Media: a.engine.client, Guesses: access.NewThrottle(access.GuessTries, access.GuessRefill),
		Joins: access.NewThrottle(access.JoinTries, access.JoinRefill), PublicURL: a.url, Key: a.keys.room, Logger: logger,
	})
	if err != nil {
		return err
	}
	if err := a.engine.serve(a.url, a.conference, logger); err != nil {
		return err
	}
	sink, err := mail.New(mail.Config{
		Invitations: a.db, Codes: a.provision, PublicURL: a.url, Outbox: a.db, SMTPURL: c.SMTPURL, Logger: logger,
	})
	if err != nil {
		return err
	}
	a.delivery = "outbox"
	if c.SMTPURL != "" {
		a.delivery = "smtp"
	}
	a.retention, a.lettersKept = c.EventRetention, c.MailRetention
	a.deliverer = webhook.New(webhook.Config{Store: a.db, Client: a.receivers, Owner: owner(c), Logger: logger})
	a.events = events.New(events.Config{
		Store: a.db, Sinks: []events.Sink{sink, a.conference.HostGone(), a.provision.PictureTaker(newPictures(), logger)}, DatabaseURL: c.DatabaseURL, JobsFile: c.JobsPath(),
		Nudge: a.deliverer.Nudge, Logger: logger,
	})
	if err := a.db.SetPublicURL(ctx, a.url); err != nil {
		return fmt.Errorf("noting the public URL: %w", err)
	}
	a.oauth, err = oauth.New(oauth.Config{Access: a.access, Key: a.keys.idToken, PublicURL: a.url, Logger: logger})
	if err != nil {
		return err
	}
	a.pages, a.built = web.FS()
	a.handler = httpd.BehindProxies(c.Proxies(), signon.ByHost(c.SSOHostSuffix, a.url, a.routes()))
	return nil
}

// URL is the public URL, without a slash at its end.
func (a *App) URL() string { return a.url }

// Run answers requests and delivers events until ctx is done; then it stops in
// order: no new connections, requests in flight finished, deliveries in flight
// finished, media and database closed.
func (a *App) Run(ctx context.Context) error {
	a.logger.Info("ready", "url", a.url, "pages_built", a.built)
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	parts := []func() error{
		func() error { return a.server.Serve(ctx, a.handler) },
		func() error { return a.events.Run(ctx) },
		func() error { return a.audit.Run(ctx) },
		func() error { return a.imports.Run(ctx) },
		func() error { return a.deliverer.Run(ctx) },
		func() error { return a.engine.watch(ctx) },
		func() error { <-ctx.Done(); a.stopPolls(); return nil },
	}
	for _, r := range a.rounds() {
		parts = append(parts, func() error { return a.repeat(ctx, r) })
	}
	faults := make([]error, len(parts))
	var group sync.WaitGroup
	for i, run := range parts {
		group.Go(func() {
			defer cancel() // a part that fails stops the others: half a server helps nobody
			faults[i] = run()
		})
	}
	group.Wait()
	return errors.Join(errors.Join(faults...), a.Close())
}

// Close releases everything, for an App that was never run and at the end of Run.
func (a *App) Close() error {
	a.stopPolls()
	var faults []error
	faults = append(faults, ignoreClosed(a.server.Close()))
	if a.engine != nil {
		faults = append(faults, a.engine.close())
	}
	if a.core != nil {
		faults = append(faults, a.close())
	}
	return errors.Join(faults...)
}

// Ready reports whether database and media server answer.
func (a *App) Ready(ctx context.Context) error {
	if err := a.db.Ping(ctx); err != nil {
		return fmt.Errorf("database: %w", err)
	}
	if err := a.engine.client.Ready(ctx); err != nil {
		return fmt.Errorf("media: %w", err)
	}
	return nil
}
