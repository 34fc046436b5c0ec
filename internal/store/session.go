// SPDX-License-Identifier: Apache-2.0

package store

import (
	"context"
	"time"

	"github.com/convoke/convoke/internal/convoke"
)

const sessionColumns = "hash, kind, account_id, user_id, created_at, expires_at"

func scanSession(r *row) convoke.Session {
	return convoke.Session{
		Hash: r.blob(), Kind: convoke.SessionKind(r.text()), AccountID: convoke.AccountID(r.text()),
		UserID: convoke.UserID(r.text()), CreatedAt: r.time(), ExpiresAt: r.time(),
	}
}

func sessionUnknown() error {
	return convoke.Errorf(convoke.KindUnauthenticated, convoke.CodeTokenInvalid, "You are not signed in, or your session has ended. Sign in again.")
}

// SaveSession stores a new session.
func (db *DB) SaveSession(ctx context.Context, s convoke.Session) error {
	_, err := db.exec(ctx, "INSERT INTO sessions ("+sessionColumns+") VALUES ($1, $2, $3, $4, $5, $6)",
		s.Hash, string(s.Kind), string(s.AccountID), orNull(s.UserID), millis(s.CreatedAt), millis(s.ExpiresAt))
	return err
}

// Session returns the session with the hash, expired or not, or CodeTokenInvalid.
func (db *DB) Session(ctx context.Context, hash []byte) (convoke.Session, error) {
	return must(ctx, db.engine, sessionUnknown(), scanSession, "SELECT "+sessionColumns+" FROM sessions WHERE hash = $1", hash)
}

// TakeSession returns the session and does away with it, so that of several
// callers one alone gets it and the others get CodeTokenInvalid.
func (db *DB) TakeSession(ctx context.Context, hash []byte) (s convoke.Session, err error) {
	err = db.engine.write(ctx, func(t tx) error {
		s, err = must(ctx, t, sessionUnknown(), scanSession, "DELETE FROM sessions WHERE hash = $1 RETURNING "+sessionColumns, hash)
		return err
	})
	return s, err
}

// DeleteSession ends the session, if there is one.
func (db *DB) DeleteSession(ctx context.Context, hash []byte) error {
	_, err := db.exec(ctx, "DELETE FROM sessions WHERE hash = $1", hash)
	return err
}

// expiredAtOnce is how many rows DeleteExpired deletes in one commit, so that it
// never keeps others waiting for long.
const expiredAtOnce = 500

// DeleteExpired deletes the tokens, sessions and tickets whose time was over by now.
func (db *DB) DeleteExpired(ctx context.Context, now time.Time) error {
	for _, table := range []string{"tokens", "sessions", "tickets"} {
		sql := "DELETE FROM " + table + " WHERE hash IN (SELECT hash FROM " + table + " WHERE expires_at <= $1 LIMIT $2)"
		for affected := int64(expiredAtOnce); affected == expiredAtOnce; {
			var err error
			if affected, err = db.exec(ctx, sql, millis(now), expiredAtOnce); err != nil {
				return err
			}
		}
	}
	return nil
}
