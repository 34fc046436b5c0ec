// SPDX-License-Identifier: Apache-2.0

package store

import (
	"context"
	"time"

	"github.com/convoke/convoke/internal/convoke"
)

const deviceColumns = "hash, user_code, client_id, scopes, expires_at, interval_ms, asked_at, declined"

func scanDevice(r *row) convoke.DeviceRequest {
	return convoke.DeviceRequest{
		Hash: r.blob(), UserCode: convoke.UserCode(r.text()), ClientID: convoke.ClientID(r.text()), Scopes: words(r.text()),
		ExpiresAt: r.time(), Interval: time.Duration(r.number()) * time.Millisecond, AskedAt: r.time(), Declined: r.flag(),
	}
}

// AddDevice stores a device that waits, and reports false for a user code that
// another one waits with.
func (db *DB) AddDevice(ctx context.Context, d convoke.DeviceRequest) (added bool, err error) {
	rows, err := db.exec(ctx, "INSERT INTO oauth_devices ("+deviceColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
		ON CONFLICT (user_code) DO NOTHING`,
		d.Hash, string(d.UserCode), string(d.ClientID), d.Scopes.String(), millis(d.ExpiresAt), d.Interval.Milliseconds(), millis(d.AskedAt), d.Declined)
	return rows > 0, err
}

// Device returns the device whose code has the hash, or CodeInvalidGrant.
func (db *DB) Device(ctx context.Context, hash []byte) (convoke.DeviceRequest, error) {
	return must(ctx, db.engine, convoke.InvalidGrant(), scanDevice, "SELECT "+deviceColumns+" FROM oauth_devices WHERE hash = $1", hash)
}

// DeviceByCode returns the device with the user code, or CodeUserCode.
func (db *DB) DeviceByCode(ctx context.Context, code convoke.UserCode) (convoke.DeviceRequest, error) {
	return must(ctx, db.engine, convoke.UserCodeUnknown(), scanDevice, "SELECT "+deviceColumns+" FROM oauth_devices WHERE user_code = $1", string(code))
}

// SaveQuestion stores when the device asked, and when it may ask again.
func (db *DB) SaveQuestion(ctx context.Context, d convoke.DeviceRequest) error {
	_, err := db.exec(ctx, "UPDATE oauth_devices SET asked_at = $2, interval_ms = $3 WHERE hash = $1",
		d.Hash, millis(d.AskedAt), d.Interval.Milliseconds())
	return err
}

// DeclineDevice stores that the person declined.
func (db *DB) DeclineDevice(ctx context.Context, hash []byte) error {
	_, err := db.exec(ctx, "UPDATE oauth_devices SET declined = $2 WHERE hash = $1", hash, true)
	return err
}

// AllowDevice stores what the person allows, and the grant that comes of it, in
// place of the device; CodeUserCode: it does not wait any more. CodeTokenInvalid:
// they are gone, or not active any more.
func (db *DB) AllowDevice(
	ctx context.Context, d convoke.DeviceRequest, c convoke.Consent, g convoke.UserGrant, events ...convoke.Event,
) error {
	return db.commit(ctx, events, step{
		sql:  "DELETE FROM oauth_devices WHERE hash = $1 AND declined = $2",
		args: []any{d.Hash, false}, check: unlessNone(convoke.UserCodeUnknown()),
	}, holdActive(c.UserID), upsertConsent(c), insertGrant(g))
}
