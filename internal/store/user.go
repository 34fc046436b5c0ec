// SPDX-License-Identifier: Apache-2.0

package store

import (
	"context"
	"encoding/json"
	"strings"
	"time"

	"github.com/convoke/convoke/internal/convoke"
)

// userFields are the columns that scanUser reads, in its order.
var userFields = []string{
	"id", "account_id", "action", "email", "first_name", "last_name", "display_name", "type", "status", "status_reason",
	"password_hash", "pmi", "personal_link", "host_key", "profile", "settings", "day_counts", "invited_until",
	"created_at", "updated_at", "last_login_at", "host_tokens_from", "role", "picture",
}

// userColumns lists them for the users table under an alias.
func userColumns(alias string) string {
	return alias + "." + strings.Join(userFields, ", "+alias+".")
}

func scanUser(r *row) convoke.User {
	u := convoke.User{
		ID: convoke.UserID(r.text()), AccountID: convoke.AccountID(r.text()), Action: convoke.Action(r.text()),
		Email: r.text(), FirstName: r.text(), LastName: r.text(), DisplayName: r.text(),
		Type: convoke.UserType(r.number()), Status: convoke.Status(r.text()), StatusReason: convoke.Reason(r.text()),
		PasswordHash: r.text(), PMI: convoke.MeetingID(r.number()), PersonalLink: r.text(), HostKey: r.text(),
	}
	r.json(&u.Profile)
	u.Settings = scanSettings(r.text())
	r.json(&u.DayCounts)
	u.InvitedUntil, u.CreatedAt, u.UpdatedAt, u.LastLoginAt = r.time(), r.time(), r.time(), r.time()
	u.HostTokensFrom, u.Role, u.Picture = r.time(), convoke.AccountRole(r.text()), r.text()
	return u
}

// Most users never set anything, which is nil in memory and {} at rest.
func scanSettings(text string) json.RawMessage {
	if text == "{}" {
		return nil
	}
	return json.RawMessage(text)
}

func settingsText(raw json.RawMessage) string {
	if len(raw) == 0 {
		return "{}"
	}
	return string(raw)
}

var (
	usersQuery = "SELECT " + userColumns("u") + ` FROM users u
		WHERE u.account_id = $1 AND u.status = $2 AND u.seq > $3 ORDER BY u.seq LIMIT $4`
	userPlaceQuery    = "SELECT seq FROM users WHERE id = $1 UNION ALL SELECT seq FROM removed_users WHERE id = $1"
	usersByEmailQuery = "SELECT " + userColumns("u") + " FROM users u WHERE u.email_key = $1 ORDER BY u.account_id LIMIT $2"
	userByLinkQuery   = "SELECT " + userColumns("u") + " FROM users u WHERE u.personal_link_key = $1"
)

// Users returns the next users of the account with the status after the given
// one, in the order in which they were made; an empty id begins. The user after
// which the list goes on may have been removed meanwhile; when it never was, or
// was removed a day ago, the list begins anew.
func (db *DB) Users(ctx context.Context, account convoke.AccountID, status convoke.Status, after convoke.UserID, limit int) ([]convoke.User, error) {
	place, err := db.userPlace(ctx, after)
	if err != nil {
		return nil, err
	}
	return list(ctx, db.engine, scanUser, usersQuery, string(account), string(status), place, limit)
}

// userPlace is where the user is or was in the order; 0: before all.
func (db *DB) userPlace(ctx context.Context, id convoke.UserID) (int64, error) {
	if id == "" {
		return 0, nil
	}
	place, _, err := first(ctx, db.engine, (*row).number, userPlaceQuery, string(id))
	return place, err
}

// UsersByEmail returns users of any account with the e-mail (convoke.EmailKey), by account.
func (db *DB) UsersByEmail(ctx context.Context, emailKey string, limit int) ([]convoke.User, error) {
	return list(ctx, db.engine, scanUser, usersByEmailQuery, emailKey, limit)
}

// UserByPersonalLink returns who has the personal link (convoke.PersonalLinkKey),
// or CodeUserNotFound.
func (db *DB) UserByPersonalLink(ctx context.Context, key string) (convoke.User, error) {
	return must(ctx, db.engine, convoke.UserNotFound(key), scanUser, userByLinkQuery, key)
}

// PMIs returns the first personal meeting ids from one up to another that users
// of any account have, in their order, at most limit.
func (db *DB) PMIs(ctx context.Context, from, to convoke.MeetingID, limit int) ([]convoke.MeetingID, error) {
	return list(ctx, db.engine, func(r *row) convoke.MeetingID { return convoke.MeetingID(r.number()) },
		"SELECT pmi FROM users WHERE pmi >= $1 AND pmi < $2 ORDER BY pmi LIMIT $3", int64(from), int64(to), limit)
}

// unlessNone is a check that some row was touched.
func unlessNone(otherwise error) func(int64) error {
	return func(affected int64) error {
		if affected == 0 {
			return otherwise
		}
		return nil
	}
}

const insertUserQuery = `INSERT INTO users (id, account_id, action, email, email_key, first_name, last_name, display_name,
	type, status, status_reason, password_hash, pmi, personal_link, personal_link_key, host_key, profile,
	settings, day_counts, invited_until, created_at, updated_at, last_login_at, host_tokens_from, role, picture, revision)
	VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, `

// insertUserUnbound is refused, as stale, when the external id has been bound,
// and insertUserAhead also when the account has changed.
const (
	insertUserFree    = insertUserQuery + "1)"
	insertUserUnbound = insertUserQuery + "CASE WHEN NOT EXISTS " + bindingThere + " THEN 1 END)"
	insertUserAhead   = insertUserQuery + "CASE WHEN NOT EXISTS " + bindingThere + `
		AND EXISTS (SELECT 1 FROM accounts WHERE id = $2 AND revision = $29) THEN 1 END)`
	bindingThere = "(SELECT 1 FROM bindings WHERE account_id = $2 AND source = $27 AND external_id = $28)"
)

// insertUser inserts a new user, and is stale when the binding that is to come
// with it was made meanwhile. Then nothing has been written, which spares a
// group of changes on SQLite the roll-back (see writer).
func insertUser(u convoke.User, b *convoke.Binding) step {
	if b == nil || b.Generation > 1 {
		return step{sql: insertUserFree, args: userArgs(u)}
	}
	return step{sql: insertUserUnbound, args: append(userArgs(u), string(b.Source), []byte(b.ExternalID))}
}

// insertUserOf is insertUser for what was decided ahead of the transaction: it is
// stale, too, when the account is not any more what it was then.
func insertUserOf(account convoke.Account, u convoke.User, b *convoke.Binding) step {
	if b == nil {
		b = &convoke.Binding{} // no external id is empty
	}
	return step{sql: insertUserAhead, args: append(userArgs(u), string(b.Source), []byte(b.ExternalID), account.Revision)}
}

func userArgs(u convoke.User) []any {
	return append(make([]any, 0, 29),
		string(u.ID), string(u.AccountID), string(u.Action), u.Email, convoke.EmailKey(u.Email),
		u.FirstName, u.LastName, u.DisplayName, int64(u.Type), string(u.Status), string(u.StatusReason),
		u.PasswordHash, int64(u.PMI), u.PersonalLink, orNull(convoke.PersonalLinkKey(u.PersonalLink)), u.HostKey,
		toJSON(u.Profile), settingsText(u.Settings), toJSON(u.DayCounts), millis(u.InvitedUntil), millis(u.CreatedAt), millis(u.UpdatedAt), millis(u.LastLoginAt),
		millis(u.HostTokensFrom), string(u.Role), u.Picture,
	)
}

const updateUserQuery = `UPDATE users SET email = $3, email_key = $4, first_name = $5, last_name = $6, display_name = $7,
	type = $8, status = $9, status_reason = $10, password_hash = $11, pmi = $12, personal_link = $13,
	personal_link_key = $14, host_key = $15, profile = $16, updated_at = $17, last_login_at = $18, invited_until = $19, day_counts = $20, settings = $21,
	host_tokens_from = $22, role = $23, picture = $24, revision = revision + 1 WHERE id = $1 AND revision = $2`

// updateUser overwrites the user as it was found in the given revision.
func updateUser(u convoke.User, revision int64) step {
	return step{sql: updateUserQuery, check: unlessNone(errStale), args: []any{
		string(u.ID), revision, u.Email, convoke.EmailKey(u.Email), u.FirstName, u.LastName, u.DisplayName,
		int64(u.Type), string(u.Status), string(u.StatusReason), u.PasswordHash, int64(u.PMI), u.PersonalLink,
		orNull(convoke.PersonalLinkKey(u.PersonalLink)), u.HostKey, toJSON(u.Profile), millis(u.UpdatedAt), millis(u.LastLoginAt),
		millis(u.InvitedUntil), toJSON(u.DayCounts), settingsText(u.Settings), millis(u.HostTokensFrom),
		string(u.Role), u.Picture,
	}}
}

// retirePassword keeps the hash among the newest of the user's former ones.
func retirePassword(id convoke.UserID, hash string, at time.Time) []step {
	return []step{{
		sql:  "INSERT INTO former_passwords (user_id, hash, replaced_at) VALUES ($1, $2, $3)",
		args: []any{string(id), hash, millis(at)},
	}, {
		sql: `DELETE FROM former_passwords WHERE user_id = $1 AND seq NOT IN
			(SELECT seq FROM former_passwords WHERE user_id = $1 ORDER BY seq DESC LIMIT $2)`,
		args: []any{string(id), convoke.FormerPasswords},
	}}
}

// FormerPasswords returns the hashes of the user's replaced passwords, the latest first.
func (db *DB) FormerPasswords(ctx context.Context, user convoke.UserID) ([]string, error) {
	return list(ctx, db.engine, (*row).text, "SELECT hash FROM former_passwords WHERE user_id = $1 ORDER BY seq DESC", string(user))
}

func endSessions(id convoke.UserID) step {
	return step{sql: "DELETE FROM sessions WHERE user_id = $1", args: []any{string(id)}}
}

// endGrants ends what apps hold for the user; what the user allowed stays.
func endGrants(id convoke.UserID) step {
	return step{sql: "DELETE FROM oauth_grants WHERE user_id = $1", args: []any{string(id)}}
}

// transferMeetings gives the user's meetings to another, but for the personal
// one, whose number goes with the user. The host app's keys for them were keys
// of the former host's, so they are given up.
func transferMeetings(from convoke.User, heir convoke.UserID) step {
	return step{
		sql:  "UPDATE meetings SET host_id = $2, external_id = NULL WHERE host_id = $1 AND id <> $3",
		args: []any{string(from.ID), string(heir), int64(from.PMI)},
	}
}

// freeNumber keeps the personal meeting id, which the user gives up, for the account.
func freeNumber(u convoke.User) step {
	return step{
		sql: `INSERT INTO freed_numbers (pmi, account_id) VALUES ($1, $2)
			ON CONFLICT (pmi) DO UPDATE SET account_id = excluded.account_id`,
		args: []any{int64(u.PMI), string(u.AccountID)},
	}
}

// deleteUser takes along the user's meetings, sessions and invitations (foreign
// keys); bindings stay, and so does whom the user was in others' meetings.
func deleteUser(id convoke.UserID, revision int64, at time.Time) []step {
	return []step{{
		sql: `INSERT INTO removed_users (id, seq, removed_at)
			VALUES ($1, (SELECT seq FROM users WHERE id = $1 AND revision = $2), $3)`,
		args: []any{string(id), revision, millis(at)},
	}, {
		sql:  "DELETE FROM users WHERE id = $1 AND revision = $2",
		args: []any{string(id), revision}, check: unlessNone(errStale),
	}}
}
