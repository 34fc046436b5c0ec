// SPDX-License-Identifier: Apache-2.0

package store

import (
	"context"
	"time"

	"github.com/convoke/convoke/internal/convoke"
)

const consentColumns = "c.client_id, c.account_id, c.user_id, c.scopes, c.given_at"

func scanConsent(r *row) convoke.Consent {
	return convoke.Consent{
		ClientID: convoke.ClientID(r.text()), AccountID: convoke.AccountID(r.text()), UserID: convoke.UserID(r.text()),
		Scopes: words(r.text()), GivenAt: r.time(),
	}
}

const grantColumns = `g.id, g.client_id, g.account_id, g.user_id, g.scopes, g.redirect_uri, g.nonce, g.challenge, g.plain, g.auth_time, g.code_hash,
	g.created_at, g.redeemed_at, g.expires_at`

func scanGrant(r *row) convoke.UserGrant {
	return convoke.UserGrant{
		ID: r.text(), ClientID: convoke.ClientID(r.text()), AccountID: convoke.AccountID(r.text()), UserID: convoke.UserID(r.text()),
		Scopes: words(r.text()), RedirectURI: r.text(), Nonce: r.text(), Challenge: r.text(), Plain: r.flag(), AuthTime: r.time(), CodeHash: r.blob(),
		CreatedAt: r.time(), RedeemedAt: r.time(), ExpiresAt: r.time(),
	}
}

// Consent returns what the person allowed the app, and whether there is anything.
func (db *DB) Consent(ctx context.Context, client convoke.ClientID, user convoke.UserID) (convoke.Consent, bool, error) {
	return first(ctx, db.engine, scanConsent, "SELECT "+consentColumns+" FROM oauth_consents c WHERE c.user_id = $1 AND c.client_id = $2",
		string(user), string(client))
}

// consentedApp is what a person allowed an app, and the app.
type consentedApp struct {
	consent convoke.Consent
	app     convoke.App
}

// Consents returns what the person allowed which apps, revoked ones left out.
func (db *DB) Consents(ctx context.Context, user convoke.UserID) ([]convoke.Consent, []convoke.App, error) {
	found, err := list(ctx, db.engine, func(r *row) consentedApp { return consentedApp{scanConsent(r), scanApp(r)} },
		"SELECT "+consentColumns+", "+appColumns+` FROM oauth_consents c JOIN apps p ON p.client_id = c.client_id
			WHERE c.user_id = $1 AND p.revoked_at = 0 ORDER BY c.given_at, c.client_id`, string(user))
	consents, apps := make([]convoke.Consent, len(found)), make([]convoke.App, len(found))
	for i, f := range found {
		consents[i], apps[i] = f.consent, f.app
	}
	return consents, apps, err
}

// GiveConsent stores what the person allows, in place of what they allowed
// before, and the grant that comes of it. CodeTokenInvalid: they are gone, or not
// active any more.
func (db *DB) GiveConsent(ctx context.Context, c convoke.Consent, g convoke.UserGrant, events ...convoke.Event) error {
	return db.commit(ctx, events, holdActive(c.UserID), upsertConsent(c), insertGrant(g))
}

// holdActive keeps the user from being deactivated until the commit: that ends
// what apps hold, and must not miss what is being given them.
func holdActive(id convoke.UserID) step {
	return step{
		sql:  "UPDATE users SET revision = revision WHERE id = $1 AND status = $2",
		args: []any{string(id), string(convoke.StatusActive)}, check: unlessNone(sessionUnknown()),
	}
}

func upsertConsent(c convoke.Consent) step {
	return step{
		sql: `INSERT INTO oauth_consents (user_id, client_id, account_id, scopes, given_at) VALUES ($1, $2, $3, $4, $5)
			ON CONFLICT (user_id, client_id) DO UPDATE SET scopes = excluded.scopes, given_at = excluded.given_at`,
		args: []any{string(c.UserID), string(c.ClientID), string(c.AccountID), c.Scopes.String(), millis(c.GivenAt)},
	}
}

func insertGrant(g convoke.UserGrant) step {
	return step{
		sql: `INSERT INTO oauth_grants (id, client_id, account_id, user_id, scopes, redirect_uri, nonce, challenge, plain, auth_time, code_hash,
			created_at, redeemed_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)`,
		args: []any{
			g.ID, string(g.ClientID), string(g.AccountID), string(g.UserID), g.Scopes.String(), g.RedirectURI, g.Nonce, g.Challenge,
			g.Plain, millis(g.AuthTime), g.CodeHash, millis(g.CreatedAt), millis(g.RedeemedAt), millis(g.ExpiresAt),
		},
	}
}

// DeleteConsent withdraws what the person allowed the app, with all that came of
// it, or returns CodeAppNotFound.
func (db *DB) DeleteConsent(ctx context.Context, client convoke.ClientID, user convoke.UserID, events ...convoke.Event) error {
	return db.commit(ctx, events, step{
		sql:  "DELETE FROM oauth_consents WHERE user_id = $1 AND client_id = $2",
		args: []any{string(user), string(client)}, check: unlessNone(appNotFound(client)),
	})
}

// GrantByCode returns the grant whose code has the hash, used and expired ones
// too, or CodeInvalidGrant.
func (db *DB) GrantByCode(ctx context.Context, hash []byte) (convoke.UserGrant, error) {
	return must(ctx, db.engine, convoke.InvalidGrant(), scanGrant, "SELECT "+grantColumns+" FROM oauth_grants g WHERE g.code_hash = $1", hash)
}

// GrantHolds reports whether the grant is there, of an app that is not revoked, and
// not expired at the time.
func (db *DB) GrantHolds(ctx context.Context, id string, at time.Time) (bool, error) {
	_, found, err := first(ctx, db.engine, (*row).number, `SELECT g.expires_at FROM oauth_grants g JOIN apps p ON p.client_id = g.client_id
		WHERE g.id = $1 AND g.expires_at > $2 AND p.revoked_at = 0`, id, millis(at))
	return found, err
}

// GrantByRefresh returns the refresh token with the hash and its grant, or
// CodeInvalidGrant.
func (db *DB) GrantByRefresh(ctx context.Context, hash []byte) (convoke.RefreshToken, convoke.UserGrant, error) {
	type pair struct {
		token convoke.RefreshToken
		grant convoke.UserGrant
	}
	found, err := must(ctx, db.engine, convoke.InvalidGrant(), func(r *row) pair {
		return pair{convoke.RefreshToken{Hash: hash, UsedAt: r.time()}, scanGrant(r)}
	}, "SELECT r.used_at, "+grantColumns+" FROM oauth_refreshes r JOIN oauth_grants g ON g.id = r.grant_id WHERE r.hash = $1", hash)
	return found.token, found.grant, err
}

// Redeem stores what comes of a grant's code, for one caller only; any other
// gets CodeInvalidGrant. The grant's RedeemedAt and ExpiresAt are what they are now.
func (db *DB) Redeem(ctx context.Context, g convoke.UserGrant, refresh []byte, t convoke.Token, events ...convoke.Event) error {
	return db.commit(ctx, events, step{
		sql:  "UPDATE oauth_grants SET redeemed_at = $2, expires_at = $3 WHERE id = $1 AND redeemed_at = 0",
		args: []any{g.ID, millis(g.RedeemedAt), millis(g.ExpiresAt)}, check: unlessNone(convoke.InvalidGrant()),
	}, insertRefresh(refresh, g.ID), insertToken(t))
}

// Rotate puts a new refresh token and a new access token in place of a refresh
// token, for one caller only; any other gets CodeInvalidGrant. It forgets the
// tokens that were replaced before the given time.
func (db *DB) Rotate(
	ctx context.Context, g convoke.UserGrant, old convoke.RefreshToken, fresh []byte, t convoke.Token, forget time.Time, events ...convoke.Event,
) error {
	return db.commit(ctx, events, step{
		sql:  "UPDATE oauth_refreshes SET used_at = $2 WHERE hash = $1 AND used_at = 0",
		args: []any{old.Hash, millis(old.UsedAt)}, check: unlessNone(convoke.InvalidGrant()),
	}, step{
		sql:  "DELETE FROM oauth_refreshes WHERE grant_id = $1 AND used_at > 0 AND used_at < $2",
		args: []any{g.ID, millis(forget)},
	}, step{
		sql:  "UPDATE oauth_grants SET expires_at = $2 WHERE id = $1",
		args: []any{g.ID, millis(g.ExpiresAt)}, check: unlessNone(convoke.InvalidGrant()),
	}, insertRefresh(fresh, g.ID), insertToken(t))
}

func insertRefresh(hash []byte, grant string) step {
	return step{sql: "INSERT INTO oauth_refreshes (hash, grant_id, used_at) VALUES ($1, $2, 0)", args: []any{hash, grant}}
}

// DeleteGrant ends a grant with all its tokens, if it is there; the events are
// appended only then.
func (db *DB) DeleteGrant(ctx context.Context, id string, events ...convoke.Event) error {
	err := db.commit(ctx, events, step{
		sql: "DELETE FROM oauth_grants WHERE id = $1", args: []any{id}, check: unlessNone(convoke.InvalidGrant()),
	})
	if convoke.HasCode(err, convoke.CodeInvalidGrant) {
		return nil
	}
	return err
}
