// SPDX-License-Identifier: Apache-2.0

package store

import (
	"context"
	"slices"
	"time"

	"github.com/convoke/convoke/internal/convoke"
)

const ssoColumns = `c.account_id, c.vanity, c.entity_id, c.sign_in_url, c.sign_out_url, c.binding, c.certificates,
	c.sign_requests, c.want_encrypted, c.idp_initiated, c.relogin_after, c.metadata_url, c.refreshed_at, c.next_refresh_at,
	c.refresh_failure, c.certificate, c.private_key, c.created_at, c.updated_at, c.oidc, c.set_by_hand,
	(SELECT a.provisioning FROM accounts a WHERE a.id = c.account_id)`

func scanSSO(r *row) convoke.SSOConnection {
	c := convoke.SSOConnection{
		AccountID: convoke.AccountID(r.text()), Vanity: r.text(), EntityID: r.text(), SignInURL: r.text(), SignOutURL: r.text(),
		Binding: convoke.SSOBinding(r.text()),
	}
	r.json(&c.Certificates)
	c.SignRequests, c.WantEncrypted, c.IDPInitiated = r.flag(), r.flag(), r.flag()
	c.ReloginAfter, c.MetadataURL = time.Duration(r.number())*time.Millisecond, r.text()
	c.RefreshedAt, c.NextRefreshAt, c.RefreshFailure = r.time(), r.time(), r.text()
	c.Certificate, c.PrivateKey = r.blob(), r.blob()
	c.CreatedAt, c.UpdatedAt = r.time(), r.time()
	r.json(&c.OIDC)
	r.json(&c.SetByHand)
	c.Provisioning = convoke.Provisioning(r.text())
	return c
}

// SSO returns the account's connection, or CodeSSONotFound.
func (db *DB) SSO(ctx context.Context, account convoke.AccountID) (convoke.SSOConnection, error) {
	return must(ctx, db.engine, convoke.SSONotFound(), scanSSO,
		"SELECT "+ssoColumns+" FROM sso_connections c WHERE c.account_id = $1", string(account))
}

// SSOByVanity returns the connection of the account that has the name, or CodeSSONotFound.
func (db *DB) SSOByVanity(ctx context.Context, vanity string) (convoke.SSOConnection, error) {
	return must(ctx, db.engine, convoke.SSONotFound(), scanSSO, "SELECT "+ssoColumns+" FROM sso_connections c WHERE c.vanity = $1", vanity)
}

// DueSSO returns connections of all accounts whose metadata is to be fetched
// again, the longest overdue first.
func (db *DB) DueSSO(ctx context.Context, now time.Time, limit int) ([]convoke.SSOConnection, error) {
	return list(ctx, db.engine, scanSSO, "SELECT "+ssoColumns+` FROM sso_connections c
		WHERE c.next_refresh_at > 0 AND c.next_refresh_at <= $1 ORDER BY c.next_refresh_at LIMIT $2`, millis(now), limit)
}

// ChangeSSO gives decide the account and its connection, nil when it has none,
// and writes the change, in one transaction; decide may run more than once.
// CodeVanityTaken: another account has the name. CodeAccountNotFound.
func (db *DB) ChangeSSO(
	ctx context.Context, account convoke.AccountID,
	decide func(convoke.Account, *convoke.SSOConnection) (convoke.SSOChange, error),
) error {
	err := db.engine.write(ctx, func(t tx) error {
		owner, err := must(ctx, t, accountNotFound(account), scanAccount, accountQuery+db.dialect.forUpdate, string(account))
		if err != nil {
			return err
		}
		before, found, err := first(ctx, t, scanSSO, "SELECT "+ssoColumns+" FROM sso_connections c WHERE c.account_id = $1", string(account))
		if err != nil {
			return err
		}
		was := &before
		if !found {
			was = nil
		}
		change, err := decide(owner, was)
		if err != nil {
			return err
		}
		return t.run(ctx, plan{steps: ssoSteps(change), events: change.Events})
	})
	if breaks(err, vanityKey) {
		return &convoke.Error{
			Kind: convoke.KindConflict, Code: convoke.CodeVanityTaken, Field: "vanity",
			Message: "Another account has this name for its sign-in address. Choose another.",
		}
	}
	return err
}

func ssoSteps(c convoke.SSOChange) []step {
	id := string(c.Account.ID)
	steps := []step{{
		sql:  "UPDATE accounts SET sso = $2, provisioning = $3, revision = revision + 1 WHERE id = $1",
		args: []any{id, c.Account.SSO, string(c.Account.Provisioning)},
	}}
	if c.Before != nil {
		steps = append(steps, step{sql: "DELETE FROM sso_connections WHERE account_id = $1", args: []any{id}})
	}
	if c.SignOut {
		steps = append(steps, step{sql: "DELETE FROM sessions WHERE account_id = $1 AND sso_subject <> ''", args: []any{id}})
	}
	if c.After == nil {
		return steps
	}
	n := c.After
	return append(steps, step{
		sql: `INSERT INTO sso_connections (account_id, vanity, entity_id, sign_in_url, sign_out_url, binding, certificates, sign_requests,
			want_encrypted, idp_initiated, relogin_after, metadata_url, refreshed_at, next_refresh_at, refresh_failure, certificate,
			private_key, created_at, updated_at, oidc, set_by_hand)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21)`,
		args: []any{
			id, n.Vanity, n.EntityID, n.SignInURL, n.SignOutURL, string(n.Binding), toJSON(n.Certificates), n.SignRequests,
			n.WantEncrypted, n.IDPInitiated, n.ReloginAfter.Milliseconds(), n.MetadataURL, millis(n.RefreshedAt), millis(n.NextRefreshAt),
			n.RefreshFailure, n.Certificate, n.PrivateKey, millis(n.CreatedAt), millis(n.UpdatedAt), oidcColumn(n.OIDC), toJSON(n.SetByHand),
		},
	})
}

// oidcColumn is empty for a connection by SAML.
func oidcColumn(client *convoke.OIDCClient) string {
	if client == nil {
		return ""
	}
	return toJSON(client)
}

// UseOnce writes down that what the hashes stand for was taken, until the time
// at which it would be refused anyway, or returns CodeReplayed when any of it
// was taken before, by whichever process.
func (db *DB) UseOnce(ctx context.Context, until time.Time, hashes ...[]byte) error {
	return db.engine.write(ctx, func(t tx) error {
		for _, hash := range hashes {
			affected, err := t.exec(ctx,
				"INSERT INTO sso_used (hash, expires_at) VALUES ($1, $2) ON CONFLICT (hash) DO NOTHING", hash, millis(until))
			if err != nil {
				return err
			}
			if affected == 0 {
				return convoke.Errorf(convoke.KindForbidden, convoke.CodeReplayed, "This sign-in was used before. Please sign in again.")
			}
		}
		return nil
	})
}

// DeleteSSOSessions ends the portal sessions of the person whom the identity
// provider names so, those of its own sessions that are listed, or all for an
// empty list. It returns how many there were.
func (db *DB) DeleteSSOSessions(ctx context.Context, account convoke.AccountID, subject string, indexes []string) (int, error) {
	ended := 0
	err := db.engine.write(ctx, func(t tx) error {
		ended = 0
		sessions, err := list(ctx, t, scanSession, "SELECT "+sessionColumns+ // the last condition is that of the index
			" FROM sessions WHERE account_id = $1 AND sso_subject = $2 AND sso_subject <> ''", string(account), subject)
		if err != nil {
			return err
		}
		for _, s := range sessions {
			if len(indexes) > 0 && s.SSO.Index != "" && !slices.Contains(indexes, s.SSO.Index) {
				continue
			}
			if _, err := t.exec(ctx, "DELETE FROM sessions WHERE hash = $1", s.Hash); err != nil {
				return err
			}
			ended++
		}
		return nil
	})
	return ended, err
}

// DeleteSSOSession ends the portal sessions that rest on the identity provider's
// session with the name, and returns how many there were.
func (db *DB) DeleteSSOSession(ctx context.Context, account convoke.AccountID, index string) (int, error) {
	ended, err := db.exec(ctx, "DELETE FROM sessions WHERE account_id = $1 AND sso_index = $2 AND sso_index <> ''", string(account), index)
	return int(ended), err
}
