// SPDX-License-Identifier: Apache-2.0

package store

import (
	"context"

	"github.com/convoke/convoke/internal/convoke"
)

// The members of an account are found by the index of all its users, of whom
// only the few others are passed over. The others have an index of their own.
var (
	membersQuery = "SELECT " + userColumns("u") + ` FROM users u
		WHERE u.account_id = $1 AND u.status = $2 AND u.seq > $3 AND u.role = '' ORDER BY u.seq LIMIT $4`
	usersInRoleQuery = "SELECT " + userColumns("u") + ` FROM users u
		WHERE u.account_id = $1 AND u.status = $2 AND u.seq > $3 AND u.role = $5 AND u.role <> '' ORDER BY u.seq LIMIT $4`
)

// UsersInRole is Users, but of those alone who have the role.
func (db *DB) UsersInRole(
	ctx context.Context, account convoke.AccountID, role convoke.AccountRole, status convoke.Status, after convoke.UserID, limit int,
) ([]convoke.User, error) {
	place, err := db.userPlace(ctx, after)
	if err != nil {
		return nil, err
	}
	if role == convoke.AccountMember {
		return list(ctx, db.engine, scanUser, membersQuery, string(account), string(status), place, limit)
	}
	return list(ctx, db.engine, scanUser, usersInRoleQuery, string(account), string(status), place, limit, string(role))
}

// CountInRole returns how many users of the status have the role, which is not
// AccountMember; that is never more than convoke.MaxAdmins, or a few when
// several are made at once.
func (db *DB) CountInRole(ctx context.Context, account convoke.AccountID, role convoke.AccountRole, status convoke.Status) (int64, error) {
	count, _, err := first(ctx, db.engine, (*row).number,
		"SELECT COUNT(*) FROM users WHERE account_id = $1 AND role = $2 AND role <> '' AND status = $3",
		string(account), string(role), string(status))
	return count, err
}
