// SPDX-License-Identifier: Apache-2.0

package app

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"time"

	"github.com/convoke/convoke/internal/access"
	"github.com/convoke/convoke/internal/config"
	"github.com/convoke/convoke/internal/convoke"
	"github.com/convoke/convoke/internal/events"
	"github.com/convoke/convoke/internal/imports"
	"github.com/convoke/convoke/internal/oidc"
	"github.com/convoke/convoke/internal/provision"
	"github.com/convoke/convoke/internal/store"
	"github.com/convoke/convoke/internal/webhook"
)

// core is what the server and the commands have in common: the store and the
// use cases that need no media.
type core struct {
	db        *store.DB
	keys      keys
	access    *access.Service
	provision *provision.Service
	provider  oidc.Protocol
	receivers *webhook.Client
	webhooks  *events.Subscriptions
	audit     *events.Audit
	limiter   *access.Limiter
	imports   *imports.Service
	logger    *slog.Logger
}

// operator is the command line: it holds every right, in every account.
var operator = convoke.Operator("")

// openCore opens the database, making it and the default account when they are
// not there yet.
func openCore(ctx context.Context, c config.Config, logger *slog.Logger) (*core, error) {
	if err := os.MkdirAll(c.DataDir, 0o700); err != nil {
		return nil, fmt.Errorf("cannot make the data dir: %w", err)
	}
	db, err := store.Open(ctx, store.Config{URL: c.DatabaseURL, Path: c.DatabasePath(), Logger: logger})
	if err != nil {
		return nil, err
	}
	k := &core{db: db, logger: logger}
	if k.keys, err = newKeys(ctx, db, c.SecretKey); err != nil {
		return nil, closing(db, err)
	}
	k.provider = newOIDC(k.keys, c.SSOAllowPrivate)
	k.access = access.New(access.Config{Apps: db, Tokens: db, Sessions: db, Domains: db, SSO: db, Consents: db, Grants: db, Devices: db, Logger: logger})
	k.limiter = access.NewLimiter(access.LimiterConfig{Plan: c.RateLimits, AppShare: c.RateAppShare, Store: db})
	k.provision = provision.New(provision.Config{
		Store: db, Accounts: db, Domains: db, Passwords: db, Assistants: db, Groups: db, Pictures: db, Roles: db, Directory: db, SSO: db, Mappings: db, Bulk: db,
		Looker: newLooker(), Protocol: newSAML(k.keys, c.SSOAllowPrivate), OIDC: k.provider, Invites: k.limiter,
		HashPassword: k.access.HashPassword, MatchesPassword: k.access.MatchesPassword,
		PageKey: k.keys.page, CodeKey: k.keys.code, Now: time.Now,
	})
	k.audit = events.NewAudit(events.AuditConfig{Store: db, Key: k.keys.audit, Now: time.Now, Logger: logger})
	k.imports, err = imports.New(imports.Config{
		Jobs: db, Spool: db, Users: k.provision, Callers: k.access, Key: k.keys.files, PageKey: k.keys.page, Now: time.Now, Logger: logger,
	})
	if err != nil {
		return nil, closing(db, err)
	}
	k.receivers = newReceivers(c.WebhookAllowPrivate)
	k.webhooks = events.NewSubscriptions(events.SubscriptionsConfig{
		Store: db, Deliveries: db, Challenger: k.receivers, Plain: c.WebhookAllowPrivate,
	})
	if err := k.provision.EnsureDefaultAccount(ctx, operator, k.keys.defaultAccount, defaultAccountName); err != nil {
		return nil, closing(db, fmt.Errorf("making the default account: %w", err))
	}
	return k, nil
}

func closing(db *store.DB, err error) error {
	db.Close()
	return err
}

// defaultAccountName is what people see in mails and pages until an operator
// gives the account a name of its own.
const defaultAccountName = "Convoke"

func (k *core) close() error { return k.db.Close() }
