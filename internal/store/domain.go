// SPDX-License-Identifier: Apache-2.0

package store

import (
	"context"
	"time"

	"github.com/convoke/convoke/internal/convoke"
)

const domainColumns = `account_id, name, token, trusted, exclusive, verified_at, checked_at, next_check_at,
	failing_since, lapsed_at, created_at, force_sso, sso_exceptions`

func scanDomain(r *row) convoke.Domain {
	return convoke.Domain{
		AccountID: convoke.AccountID(r.text()), Name: r.text(), Token: r.text(), Trusted: r.flag(), Exclusive: r.flag(),
		VerifiedAt: r.time(), CheckedAt: r.time(), NextCheckAt: r.time(), FailingSince: r.time(), LapsedAt: r.time(), CreatedAt: r.time(),
		ForceSSO: r.flag(), Exceptions: r.text(),
	}
}

// Domains returns the account's domains, verified or not, by name.
func (db *DB) Domains(ctx context.Context, account convoke.AccountID) ([]convoke.Domain, error) {
	return list(ctx, db.engine, scanDomain,
		"SELECT "+domainColumns+" FROM domains WHERE account_id = $1 ORDER BY name", string(account))
}

// VerifiedDomain returns the domain of the name whose account has verified it,
// and whether there is one.
func (db *DB) VerifiedDomain(ctx context.Context, name string) (convoke.Domain, bool, error) {
	return first(ctx, db.engine, scanDomain, "SELECT "+domainColumns+" FROM domains WHERE name = $1 AND verified_at > 0", name)
}

// DueDomains returns domains of all accounts whose next look is due, the longest
// overdue first.
func (db *DB) DueDomains(ctx context.Context, now time.Time, limit int) ([]convoke.Domain, error) {
	return list(ctx, db.engine, scanDomain, "SELECT "+domainColumns+` FROM domains
		WHERE next_check_at > 0 AND next_check_at <= $1 ORDER BY next_check_at LIMIT $2`, millis(now), limit)
}

// ChangeDomain gives decide the account's domain of that name, nil when it has
// none, and writes the change, in one transaction; decide may run more than
// once. CodeDomainTaken: another account has it verified. CodeAccountNotFound:
// there is no such account to give a domain to.
func (db *DB) ChangeDomain(
	ctx context.Context, account convoke.AccountID, name string, decide func(*convoke.Domain) (convoke.DomainChange, error),
) error {
	err := db.engine.write(ctx, func(t tx) error {
		change, err := db.decideDomain(ctx, t, account, name, decide)
		if err != nil || change.Empty() {
			return err
		}
		err = t.run(ctx, plan{steps: []step{domainStep(change)}, events: change.Events})
		if breaks(err, domainKey) {
			return domainTaken(name)
		}
		return orAgain(err)
	})
	return err
}

func (db *DB) decideDomain(
	ctx context.Context, t tx, account convoke.AccountID, name string, decide func(*convoke.Domain) (convoke.DomainChange, error),
) (convoke.DomainChange, error) {
	if _, err := must(ctx, t, accountNotFound(account), (*row).text, "SELECT id FROM accounts WHERE id = $1", string(account)); err != nil {
		return convoke.DomainChange{}, err
	}
	before, found, err := first(ctx, t, scanDomain, "SELECT "+domainColumns+
		" FROM domains WHERE account_id = $1 AND name = $2"+db.dialect.forUpdate, string(account), name)
	switch {
	case err != nil:
		return convoke.DomainChange{}, err
	case found:
		return decide(&before)
	}
	return decide(nil)
}

func domainStep(c convoke.DomainChange) step {
	if c.After == nil {
		return step{sql: "DELETE FROM domains WHERE account_id = $1 AND name = $2", args: []any{string(c.Before.AccountID), c.Before.Name}}
	}
	d := c.After
	sql := `UPDATE domains SET token = $3, trusted = $4, exclusive = $5, verified_at = $6, checked_at = $7, next_check_at = $8,
		failing_since = $9, lapsed_at = $10, created_at = $11, force_sso = $12, sso_exceptions = $13 WHERE account_id = $1 AND name = $2`
	if c.Before == nil {
		sql = "INSERT INTO domains (" + domainColumns + ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)"
	}
	return step{sql: sql, args: []any{
		string(d.AccountID), d.Name, d.Token, d.Trusted, d.Exclusive, millis(d.VerifiedAt), millis(d.CheckedAt), millis(d.NextCheckAt),
		millis(d.FailingSince), millis(d.LapsedAt), millis(d.CreatedAt), d.ForceSSO, d.Exceptions,
	}}
}

func domainTaken(name string) error {
	return &convoke.Error{
		Kind: convoke.KindConflict, Code: convoke.CodeDomainTaken, Field: "domain",
		Message: "Another account has verified the domain " + name + " as its own.",
	}
}
