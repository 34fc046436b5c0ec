// SPDX-License-Identifier: Apache-2.0

package store

import (
	"context"

	"github.com/convoke/convoke/internal/convoke"
)

// SaveDomain adds the domain to its account, or changes when it was verified.
// CodeDomainTaken: another account has it verified.
func (db *DB) SaveDomain(ctx context.Context, d convoke.Domain) error {
	_, err := db.exec(ctx, `INSERT INTO domains (account_id, name, verified_at, created_at) VALUES ($1, $2, $3, $4)
		ON CONFLICT (account_id, name) DO UPDATE SET verified_at = excluded.verified_at`,
		string(d.AccountID), d.Name, millis(d.VerifiedAt), millis(d.CreatedAt))
	if breaks(err, domainKey) {
		return &convoke.Error{
			Kind: convoke.KindConflict, Code: convoke.CodeDomainTaken, Field: "domain",
			Message: "Another account has verified the domain " + d.Name + " as its own.",
		}
	}
	return err
}

// Domains returns the account's domains, verified or not, by name.
func (db *DB) Domains(ctx context.Context, account convoke.AccountID) ([]convoke.Domain, error) {
	return list(ctx, db.engine, func(r *row) convoke.Domain {
		return convoke.Domain{AccountID: account, Name: r.text(), VerifiedAt: r.time(), CreatedAt: r.time()}
	}, "SELECT name, verified_at, created_at FROM domains WHERE account_id = $1 ORDER BY name", string(account))
}
