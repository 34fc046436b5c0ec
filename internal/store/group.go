// SPDX-License-Identifier: Apache-2.0

package store

import (
	"context"
	"fmt"
	"strings"

	"github.com/convoke/convoke/internal/convoke"
)

const groupColumns = "g.id, g.account_id, g.name, g.alias, COALESCE(g.external_id, ''), g.members, g.created_at, g.updated_at"

func scanGroup(r *row) convoke.Group {
	return convoke.Group{
		ID: convoke.GroupID(r.text()), AccountID: convoke.AccountID(r.text()), Name: r.text(), Alias: r.text(),
		ExternalID: r.text(), Members: r.number(), CreatedAt: r.time(), UpdatedAt: r.time(),
	}
}

var groupMembersQuery = "SELECT " + userColumns("u") + ` FROM group_members m JOIN users u ON u.id = m.user_id
	WHERE m.group_id = $1 AND m.user_id > $2 ORDER BY m.user_id LIMIT $3`

// Group returns the account's group that the key names, or CodeGroupNotFound.
func (db *DB) Group(ctx context.Context, account convoke.AccountID, key convoke.GroupKey) (convoke.Group, error) {
	column, value := "id", string(key.ID)
	switch {
	case key.Name != "":
		column, value = "name_key", convoke.GroupNameKey(key.Name)
	case key.ExternalID != "":
		column, value = "external_id", key.ExternalID
	}
	return must(ctx, db.engine, convoke.GroupNotFound(convoke.GroupID(value)), scanGroup,
		"SELECT "+groupColumns+" FROM user_groups g WHERE g.account_id = $1 AND g."+column+" = $2", string(account), value)
}

// Groups returns the account's next groups after the given one, by id.
func (db *DB) Groups(ctx context.Context, account convoke.AccountID, after convoke.GroupID, limit int) ([]convoke.Group, error) {
	return list(ctx, db.engine, scanGroup, "SELECT "+groupColumns+` FROM user_groups g
		WHERE g.account_id = $1 AND g.id > $2 ORDER BY g.id LIMIT $3`, string(account), string(after), limit)
}

// CountGroups returns how many groups the account has; that is never more than
// convoke.MaxGroups, or a few when several are made at once.
func (db *DB) CountGroups(ctx context.Context, account convoke.AccountID) (int64, error) {
	count, _, err := first(ctx, db.engine, (*row).number, groupCountQuery, string(account))
	return count, err
}

const groupCountQuery = "SELECT COUNT(*) FROM user_groups WHERE account_id = $1"

// GroupMembers returns the next members of the group after the given one, by id.
func (db *DB) GroupMembers(ctx context.Context, group convoke.GroupID, after convoke.UserID, limit int) ([]convoke.User, error) {
	return list(ctx, db.engine, scanUser, groupMembersQuery, string(group), string(after), limit)
}

// GroupsOf returns the next groups that the user is in after the given one, by id.
func (db *DB) GroupsOf(ctx context.Context, user convoke.UserID, after convoke.GroupID, limit int) ([]convoke.Group, error) {
	return list(ctx, db.engine, scanGroup, "SELECT "+groupColumns+` FROM group_members m JOIN user_groups g ON g.id = m.group_id
		WHERE m.user_id = $1 AND m.group_id > $2 ORDER BY m.group_id LIMIT $3`, string(user), string(after), limit)
}

// GroupIDsOf returns the ids of the groups that each of the users is in, by id, at
// most so many for each. Who is in none is left out.
func (db *DB) GroupIDsOf(ctx context.Context, users []convoke.UserID, most int) (map[convoke.UserID][]convoke.GroupID, error) {
	if len(users) == 0 {
		return nil, nil
	}
	groups := make(map[convoke.UserID][]convoke.GroupID)
	places, args := placesFor(users, most-1)
	err := db.engine.query(ctx, func(r *row) {
		user := convoke.UserID(r.text())
		groups[user] = append(groups[user], convoke.GroupID(r.text()))
	}, `SELECT u.id, m.group_id FROM users u JOIN group_members m ON m.user_id = u.id AND m.group_id <= COALESCE(
			(SELECT x.group_id FROM group_members x WHERE x.user_id = u.id ORDER BY x.group_id LIMIT 1 OFFSET $1), '~') -- above all ids
		JOIN user_groups g ON g.id = m.group_id WHERE u.id IN (`+places+`) ORDER BY u.id, m.group_id`, args...)
	return groups, err
}

// placesFor returns the placeholders of the users in a list, and the arguments of
// the query: the first one before them.
func placesFor(users []convoke.UserID, first any) (places string, args []any) {
	list := make([]string, len(users))
	args = append(args, first)
	for i, user := range users {
		list[i], args = fmt.Sprintf("$%d", i+2), append(args, string(user))
	}
	return strings.Join(list, ", "), args
}

// ChangeGroup gives decide the account's group with the id and which of the
// users are in it, and writes the change, in one transaction; decide may run
// more than once. A user that is gone by then is left out. CodeGroupTaken:
// another group of the account has the name, the alias or the external id.
func (db *DB) ChangeGroup(
	ctx context.Context, account convoke.AccountID, id convoke.GroupID, users []convoke.UserID,
	decide func(convoke.GroupFound) (convoke.GroupChange, error),
) error {
	return db.engine.write(ctx, func(t tx) error {
		found, err := db.findGroup(ctx, t, account, id, users)
		if err != nil {
			return err
		}
		change, err := decide(found)
		if err != nil || change.Empty() {
			return err
		}
		err = t.run(ctx, plan{steps: groupSteps(change), events: change.Events})
		if taken := groupTaken(err, change); taken != nil {
			return taken
		}
		return orAgain(err)
	})
}

// findGroup locks the group: changes of one group's members wait for each other.
func (db *DB) findGroup(
	ctx context.Context, t tx, account convoke.AccountID, id convoke.GroupID, users []convoke.UserID,
) (found convoke.GroupFound, err error) {
	group, there, err := first(ctx, t, scanGroup, "SELECT "+groupColumns+" FROM user_groups g WHERE g.account_id = $1 AND g.id = $2"+
		db.dialect.forUpdate, string(account), string(id))
	if err != nil {
		return found, err
	}
	if !there {
		found.Count, _, err = first(ctx, t, (*row).number, groupCountQuery, string(account))
		return found, err
	}
	found.Group = &group
	if len(users) == 0 {
		return found, nil
	}
	places, args := placesFor(users, string(id))
	found.Present, err = list(ctx, t, func(r *row) convoke.UserID { return convoke.UserID(r.text()) },
		"SELECT user_id FROM group_members WHERE group_id = $1 AND user_id IN ("+places+")", args...)
	return found, err
}

func groupSteps(c convoke.GroupChange) []step {
	if c.After == nil {
		id := string(c.Before.ID)
		return []step{
			{sql: "INSERT INTO removed_groups (id) VALUES ($1)", args: []any{id}},
			{sql: "DELETE FROM user_groups WHERE id = $1", args: []any{id}},
		}
	}
	var steps []step
	if c.Before == nil || *c.Before != *c.After {
		steps = append(steps, saveGroup(*c.After, c.Before == nil))
	}
	for _, user := range c.Add {
		steps = append(steps, step{
			sql: `INSERT INTO group_members (group_id, user_id) SELECT $1, u.id FROM users u WHERE u.id = $2 AND u.account_id = $3
				ON CONFLICT DO NOTHING`,
			args: []any{string(c.After.ID), string(user), string(c.After.AccountID)},
		})
	}
	for _, user := range c.Remove {
		steps = append(steps, step{
			sql: "DELETE FROM group_members WHERE group_id = $1 AND user_id = $2", args: []any{string(c.After.ID), string(user)},
		})
	}
	return steps
}

func saveGroup(g convoke.Group, fresh bool) step {
	args := []any{
		string(g.ID), string(g.AccountID), g.Name, convoke.GroupNameKey(g.Name), g.Alias, orNull(convoke.EmailKey(g.Alias)),
		orNull(g.ExternalID), millis(g.UpdatedAt),
	}
	if fresh {
		return step{
			sql: `INSERT INTO user_groups (id, account_id, name, name_key, alias, alias_key, external_id, members, created_at, updated_at)
				VALUES ($1, $2, $3, $4, $5, $6, $7, 0, $8, $8)`,
			args: args,
		}
	}
	return step{
		sql: `UPDATE user_groups SET name = $3, name_key = $4, alias = $5, alias_key = $6, external_id = $7, updated_at = $8
			WHERE id = $1 AND account_id = $2`,
		args: args,
	}
}

func groupTaken(err error, c convoke.GroupChange) error {
	switch {
	case breaks(err, groupNameKey):
		return convoke.GroupTaken("name", c.After.Name)
	case breaks(err, groupAliasKey):
		return convoke.GroupTaken("email", c.After.Alias)
	case breaks(err, groupExternalKey):
		return convoke.GroupTaken("external_id", c.After.ExternalID)
	}
	return nil
}

// sweepGroups forgets who was in the groups that are gone, a few at a time.
func (db *DB) sweepGroups(ctx context.Context) error {
	for {
		id, some, err := first(ctx, db.engine, (*row).text, "SELECT id FROM removed_groups WHERE id > '' ORDER BY id LIMIT 1")
		if err != nil || !some {
			return err
		}
		for affected := int64(expiredAtOnce); affected == expiredAtOnce; {
			affected, err = db.exec(ctx, `DELETE FROM group_members WHERE group_id = $1 AND user_id IN
				(SELECT user_id FROM group_members WHERE group_id = $1 LIMIT $2)`, id, expiredAtOnce)
			if err != nil {
				return err
			}
		}
		if _, err := db.exec(ctx, "DELETE FROM removed_groups WHERE id = $1", id); err != nil {
			return err
		}
	}
}
