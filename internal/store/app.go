// SPDX-License-Identifier: Apache-2.0

package store

import (
	"context"
	"strings"
	"time"

	"github.com/convoke/convoke/internal/convoke"
)

const appColumns = `p.client_id, p.account_id, p.name, p.secret_hash, p.webhook_secret, p.scopes, p.owner_id,
	p.created_at, p.revoked_at, p.kind, p.redirect_uris`

func scanApp(r *row) convoke.App {
	return convoke.App{
		ClientID: convoke.ClientID(r.text()), AccountID: convoke.AccountID(r.text()), Name: r.text(),
		SecretHash: r.blob(), WebhookSecret: r.text(), Scopes: strings.Fields(r.text()), OwnerID: convoke.UserID(r.text()),
		CreatedAt: r.time(), RevokedAt: r.time(), Kind: convoke.AppKind(r.text()), RedirectURIs: words(r.text()),
	}
}

// words is strings.Fields, but nil for none.
func words(text string) []string {
	if text == "" {
		return nil
	}
	return strings.Fields(text)
}

func appNotFound(id convoke.ClientID) error {
	return convoke.NotFound(convoke.CodeAppNotFound, "App does not exist: %s.", id)
}

// CreateApp stores a new app, and the events about that.
func (db *DB) CreateApp(ctx context.Context, a convoke.App, events ...convoke.Event) error {
	return db.commit(ctx, events, step{
		sql: `INSERT INTO apps
			(client_id, account_id, name, secret_hash, webhook_secret, scopes, owner_id, created_at, revoked_at, kind, redirect_uris)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
		args: []any{
			string(a.ClientID), string(a.AccountID), a.Name, a.SecretHash, a.WebhookSecret, a.Scopes.String(), string(a.OwnerID),
			millis(a.CreatedAt), millis(a.RevokedAt), string(a.Kind), strings.Join(a.RedirectURIs, " "),
		},
	})
}

// App returns the app, revoked or not, or CodeAppNotFound.
func (db *DB) App(ctx context.Context, id convoke.ClientID) (convoke.App, error) {
	return must(ctx, db.engine, appNotFound(id), scanApp, "SELECT "+appColumns+" FROM apps p WHERE p.client_id = $1", string(id))
}

// Apps returns the account's apps, revoked ones too, by age.
func (db *DB) Apps(ctx context.Context, account convoke.AccountID) ([]convoke.App, error) {
	return list(ctx, db.engine, scanApp, "SELECT "+appColumns+" FROM apps p WHERE p.account_id = $1 ORDER BY p.created_at, p.client_id",
		string(account))
}

// RevokeApp kills the app for good; one that is dead already stays as it is. It
// returns CodeAppNotFound, also for an app of another account. The events about
// it are appended with it.
func (db *DB) RevokeApp(ctx context.Context, account convoke.AccountID, id convoke.ClientID, at time.Time, events ...convoke.Event) error {
	return db.commit(ctx, events, step{
		sql: `UPDATE apps SET revoked_at = CASE WHEN revoked_at = 0 THEN $3 ELSE revoked_at END
			WHERE client_id = $1 AND account_id = $2`,
		args: []any{string(id), string(account), millis(at)}, check: unlessNone(appNotFound(id)),
	}, lanesChanged)
}

// SetRedirectURIs replaces an app's redirect URIs, or returns CodeAppNotFound,
// also for an app of another account. The events about it are appended with it.
func (db *DB) SetRedirectURIs(ctx context.Context, account convoke.AccountID, id convoke.ClientID, uris []string, events ...convoke.Event) error {
	return db.commit(ctx, events, step{
		sql:  "UPDATE apps SET redirect_uris = $3 WHERE client_id = $1 AND account_id = $2",
		args: []any{string(id), string(account), strings.Join(uris, " ")}, check: unlessNone(appNotFound(id)),
	})
}

// SaveToken stores an access token, and the events about that.
func (db *DB) SaveToken(ctx context.Context, t convoke.Token, events ...convoke.Event) error {
	return db.commit(ctx, events, insertToken(t))
}

func insertToken(t convoke.Token) step {
	grant := ""
	if t.Holder != nil {
		grant = t.Holder.GrantID
	}
	return step{
		sql:  "INSERT INTO tokens (hash, client_id, account_id, expires_at, grant_id) VALUES ($1, $2, $3, $4, $5)",
		args: []any{t.Hash, string(t.ClientID), string(t.AccountID), millis(t.ExpiresAt), grant},
	}
}

// DeleteToken ends an access token of the app, if it is there; the events are
// appended only then.
func (db *DB) DeleteToken(ctx context.Context, client convoke.ClientID, hash []byte, events ...convoke.Event) error {
	err := db.commit(ctx, events, step{
		sql: "DELETE FROM tokens WHERE hash = $1 AND client_id = $2", args: []any{hash, string(client)}, check: unlessNone(tokenUnknown()),
	})
	if convoke.HasCode(err, convoke.CodeTokenInvalid) {
		return nil
	}
	return err
}

// TokenApp returns the token with the hash, expired or not, and its app, or
// CodeTokenInvalid, also for a token whose grant is gone.
func (db *DB) TokenApp(ctx context.Context, hash []byte) (convoke.Token, convoke.App, error) {
	type found struct {
		token convoke.Token
		app   convoke.App
		lost  bool
	}
	f, err := must(ctx, db.engine, tokenUnknown(), func(r *row) found {
		f := found{token: convoke.Token{Hash: hash, ExpiresAt: r.time()}}
		grant := r.text()
		if h := scanHolder(r); h.GrantID != "" {
			f.token.Holder = &h
		}
		f.lost = grant != "" && f.token.Holder == nil
		f.app = scanApp(r)
		f.token.ClientID, f.token.AccountID = f.app.ClientID, f.app.AccountID
		return f
	}, "SELECT t.expires_at, t.grant_id, g.id, g.user_id, g.scopes, u.email, u.status, "+appColumns+` FROM tokens t
		JOIN apps p ON p.client_id = t.client_id
		LEFT JOIN oauth_grants g ON g.id = t.grant_id LEFT JOIN users u ON u.id = g.user_id
		WHERE t.hash = $1`, hash)
	if err == nil && f.lost {
		return convoke.Token{}, convoke.App{}, tokenUnknown()
	}
	return f.token, f.app, err
}

func tokenUnknown() error {
	return convoke.Errorf(convoke.KindUnauthenticated, convoke.CodeTokenInvalid, "Invalid access token.")
}

func scanHolder(r *row) convoke.Holder {
	return convoke.Holder{
		GrantID: r.text(), UserID: convoke.UserID(r.text()), Scopes: words(r.text()), Email: r.text(),
		Active: convoke.Status(r.text()) == convoke.StatusActive,
	}
}
