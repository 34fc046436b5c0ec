// SPDX-License-Identifier: Apache-2.0

package store

import "context"

// Secret returns the stored secret of the name. When there is none yet it
// stores fresh, and of several callers at once all get the same.
func (db *DB) Secret(ctx context.Context, name string, fresh []byte) ([]byte, error) {
	const query = "SELECT value FROM secrets WHERE name = $1"
	secret, found, err := first(ctx, db.engine, (*row).blob, query, name)
	if err != nil || found {
		return secret, err
	}
	if _, err = db.exec(ctx, "INSERT INTO secrets (name, value) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING", name, fresh); err != nil {
		return nil, err
	}
	secret, _, err = first(ctx, db.engine, (*row).blob, query, name)
	return secret, err
}
