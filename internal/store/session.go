// SPDX-License-Identifier: Apache-2.0

package store

import (
	"context"
	"fmt"
	"time"

	"github.com/convoke/convoke/internal/convoke"
)

const sessionColumns = "hash, kind, account_id, user_id, created_at, expires_at, sso"

func scanSession(r *row) convoke.Session {
	s := convoke.Session{
		Hash: r.blob(), Kind: convoke.SessionKind(r.text()), AccountID: convoke.AccountID(r.text()),
		UserID: convoke.UserID(r.text()), CreatedAt: r.time(), ExpiresAt: r.time(),
	}
	r.json(&s.SSO)
	return s
}

func sessionUnknown() error {
	return convoke.Errorf(convoke.KindUnauthenticated, convoke.CodeTokenInvalid, "You are not signed in, or your session has ended. Sign in again.")
}

// SaveSession stores a new session, and the events about that.
func (db *DB) SaveSession(ctx context.Context, s convoke.Session, events ...convoke.Event) error {
	return db.commit(ctx, events, insertSession(s))
}

// SignIn stores a user's new session, writes down that the user signed in when it
// was made, and appends the events, in one transaction. It returns
// CodeUserNotFound when the account has no such active user.
func (db *DB) SignIn(ctx context.Context, s convoke.Session, events ...convoke.Event) error {
	touch := step{
		sql:   `UPDATE users SET last_login_at = $4, revision = revision + 1 WHERE id = $1 AND account_id = $2 AND status = $3`,
		args:  []any{string(s.UserID), string(s.AccountID), string(convoke.StatusActive), millis(s.CreatedAt)},
		check: unlessNone(convoke.UserNotFound(string(s.UserID))),
	}
	return db.commit(ctx, events, touch, insertSession(s))
}

func insertSession(s convoke.Session) step {
	return step{
		sql: "INSERT INTO sessions (" + sessionColumns + ", sso_subject, sso_index) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
		args: append([]any{
			s.Hash, string(s.Kind), string(s.AccountID), orNull(s.UserID), millis(s.CreatedAt), millis(s.ExpiresAt),
		}, ssoColumnsOf(s.SSO)...),
	}
}

func ssoColumnsOf(login *convoke.SSOLogin) []any {
	if login == nil {
		return []any{"", "", ""}
	}
	return []any{toJSON(login), login.NameID.Value, indexed(login.Index)}
}

// maxSSOIndex is the longest name of a provider's session that is looked for, in
// bytes: an index of the database has room for little more.
const maxSSOIndex = 1000

func indexed(name string) string {
	if len(name) > maxSSOIndex {
		return ""
	}
	return name
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

// placesKept is for how long a list can go on after a removed user; a page
// token lives for less (convoke.PageTokenLife).
const placesKept = 24 * time.Hour

// DeleteExpired deletes the tokens, grants, sessions, tickets, used assertions and
// places in lists whose time was over by now, and devices a while after that, so
// that they learn of it. It forgets where users stood who were removed a day ago,
// who was in groups that are gone, and who was in runs that ended long ago.
func (db *DB) DeleteExpired(ctx context.Context, now time.Time) error {
	for _, table := range []string{"tokens", "sessions", "tickets", "sso_used"} {
		if err := db.deleteUntil(ctx, now, table, "hash", "expires_at"); err != nil {
			return err
		}
	}
	if _, err := db.exec(ctx, "DELETE FROM quotas WHERE day < $1", convoke.DayOf(now)); err != nil {
		return err
	}
	if err := db.deleteUntil(ctx, now.Add(-convoke.DeviceLife), "oauth_devices", "hash", "expires_at"); err != nil {
		return err
	}
	if err := db.deleteUntil(ctx, now, "oauth_grants", "id", "expires_at"); err != nil {
		return err
	}
	if err := db.deleteUntil(ctx, now, "list_places", "expires_at", "expires_at"); err != nil {
		return err
	}
	if err := db.sweepGroups(ctx); err != nil {
		return err
	}
	if err := db.deletePeople(ctx, now.Add(-peopleKept)); err != nil {
		return err
	}
	return db.deleteUntil(ctx, now.Add(-placesKept), "removed_users", "id", "removed_at")
}

// peopleKept is for how long the people of a run that is over are remembered, and
// those who wait for one that does not begin; as long as their browsers remember.
const peopleKept = 48 * time.Hour

// deletePeople keeps those of a run that still goes on, whose removal counts.
func (db *DB) deletePeople(ctx context.Context, end time.Time) error {
	for _, choice := range []string{
		"p.presence IN ('left', 'removed') AND p.left_at <= $1 AND (m.state <> 'started' OR m.started_at > p.left_at)",
		"p.presence = 'waiting' AND p.seen_at <= $1",
	} {
		err := db.deleteSome(ctx, "DELETE FROM participants WHERE id IN (SELECT p.id FROM participants p JOIN meetings m ON m.id = p.meeting_id WHERE "+
			choice+" LIMIT $2)", end)
		if err != nil {
			return err
		}
	}
	return nil
}

func (db *DB) deleteUntil(ctx context.Context, end time.Time, table, key, column string) error {
	sql := fmt.Sprintf("DELETE FROM %[1]s WHERE %[2]s IN (SELECT %[2]s FROM %[1]s WHERE %[3]s <= $1 LIMIT $2)", table, key, column)
	return db.deleteSome(ctx, sql, end)
}

// deleteSome runs the statement, which takes a time and a number of rows, until it
// finds less.
func (db *DB) deleteSome(ctx context.Context, sql string, end time.Time) error {
	for {
		affected, err := db.exec(ctx, sql, millis(end), expiredAtOnce)
		if err != nil || affected < expiredAtOnce {
			return err
		}
	}
}
