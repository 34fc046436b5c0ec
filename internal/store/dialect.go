// SPDX-License-Identifier: Apache-2.0

package store

import (
	"errors"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"
	sqlite3 "modernc.org/sqlite/lib"
)

// dialect holds what differs between the databases beyond opening them.
type dialect struct {
	shards    int    // rows over which an account's counters are spread
	forUpdate string // appended to a SELECT that locks what it reads
	forShare  string // appended to a SELECT of what nobody may change until the commit
	horizon   string // a SELECT of the last event that none with a smaller id may yet join; empty: all are
}

// sqliteDialect: one writer at a time, so nothing is locked and nothing is spread.
var sqliteDialect = &dialect{shards: 1}

// postgresDialect: event_horizon is a function of the schema.
var postgresDialect = &dialect{
	shards: 16, forUpdate: " FOR UPDATE", forShare: " FOR SHARE", horizon: "SELECT event_horizon()",
}

// The conflicts that a fresh start of the change resolves.
var (
	errStale     = errors.New("store: somebody else changed this meanwhile")
	errShardFull = errors.New("store: no free seat in this shard")
)

// again is the error of an operation that may go through when it is run again
// from the start, because then it sees who was first.
type again struct{ cause error }

func (e *again) Error() string { return e.cause.Error() }
func (e *again) Unwrap() error { return e.cause }

// orAgain asks for another run when err is a conflict with another transaction:
// a stale read, a full shard, or a unique or foreign key.
func orAgain(err error) error {
	if isStale(err) || errors.Is(err, errShardFull) {
		return &again{err}
	}
	if e, ok := errors.AsType[*sqliteError](err); ok {
		switch e.code {
		case sqlite3.SQLITE_CONSTRAINT_UNIQUE, sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY, sqlite3.SQLITE_CONSTRAINT_FOREIGNKEY:
			return &again{err}
		}
	}
	if e, ok := errors.AsType[*pgconn.PgError](err); ok && (e.Code == "23505" || e.Code == "23503") {
		return &again{err}
	}
	return err
}

// isStale reports whether what was found had changed by the time of writing. A
// row that was to be copied and is gone shows as a NULL where none may be.
func isStale(err error) bool {
	if e, ok := errors.AsType[*sqliteError](err); ok {
		return e.code == sqlite3.SQLITE_CONSTRAINT_NOTNULL
	}
	if e, ok := errors.AsType[*pgconn.PgError](err); ok {
		return e.Code == "23502"
	}
	return errors.Is(err, errStale)
}

// wantsAgain reports whether the transaction is to be run again: its operation
// asks for it, or PostgreSQL broke it off (serialisation failure, deadlock).
func wantsAgain(err error) bool {
	if _, ok := errors.AsType[*again](err); ok {
		return true
	}
	e, ok := errors.AsType[*pgconn.PgError](err)
	return ok && (e.Code == "40001" || e.Code == "40P01")
}

// uniqueKey is a unique index whose breach has a meaning to the caller.
type uniqueKey struct {
	columns string // as SQLite names it in its message
	index   string // as PostgreSQL names it
}

var (
	emailKey   = uniqueKey{"users.email_key, users.account_id", "users_email"}
	pmiKey     = uniqueKey{"users.pmi", "users_pmi"}
	linkKey    = uniqueKey{"users.personal_link_key", "users_personal_link"}
	ownerKey   = uniqueKey{"users.account_id", "users_owner"}
	bindingKey = uniqueKey{"bindings.user_seq, bindings.source", "bindings_user"}
	domainKey  = uniqueKey{"domains.name", "domains_verified"}
	accountKey = uniqueKey{"accounts.id", "accounts_pkey"}
	vanityKey  = uniqueKey{"sso_connections.vanity", "sso_connections_vanity"}

	groupNameKey     = uniqueKey{"user_groups.account_id, user_groups.name_key", "user_groups_name"}
	groupAliasKey    = uniqueKey{"user_groups.account_id, user_groups.alias_key", "user_groups_alias"}
	groupExternalKey = uniqueKey{"user_groups.account_id, user_groups.external_id", "user_groups_external"}
)

// breaks reports whether err is a breach of the unique key.
func breaks(err error, key uniqueKey) bool {
	if e, ok := errors.AsType[*sqliteError](err); ok {
		return strings.HasSuffix(e.message, "constraint failed: "+key.columns)
	}
	if e, ok := errors.AsType[*pgconn.PgError](err); ok {
		return e.Code == "23505" && e.ConstraintName == key.index
	}
	return false
}
