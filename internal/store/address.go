// SPDX-License-Identifier: Apache-2.0

package store

import "context"

// publicURLName is the row of the public URL. It is no secret; it stands in the
// one table of names and values.
const publicURLName = "public url"

// SetPublicURL notes where the servers on this database are reached, for commands
// that run beside them. The last server to start wins.
func (db *DB) SetPublicURL(ctx context.Context, url string) error {
	_, err := db.exec(ctx, `INSERT INTO secrets (name, value) VALUES ($1, $2)
		ON CONFLICT (name) DO UPDATE SET value = excluded.value`, publicURLName, []byte(url))
	return err
}

// PublicURL returns what SetPublicURL noted last, or "" when no server ever ran.
func (db *DB) PublicURL(ctx context.Context) (string, error) {
	url, _, err := first(ctx, db.engine, (*row).blob, "SELECT value FROM secrets WHERE name = $1", publicURLName)
	return string(url), err
}
