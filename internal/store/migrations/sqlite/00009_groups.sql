-- Groups and who is in them; from when on a user's host tokens count.

-- +goose Up
ALTER TABLE users ADD COLUMN host_tokens_from INTEGER NOT NULL DEFAULT 0; -- 0: none was ever revoked

CREATE TABLE user_groups (
    id          TEXT PRIMARY KEY NOT NULL,
    account_id  TEXT NOT NULL REFERENCES accounts (id),
    name        TEXT NOT NULL,
    name_key    TEXT NOT NULL,
    alias       TEXT NOT NULL,
    alias_key   TEXT, -- NULL: none
    external_id TEXT, -- NULL: none
    members     INTEGER NOT NULL, -- counted by the triggers below
    created_at  INTEGER NOT NULL,
    updated_at  INTEGER NOT NULL
) WITHOUT ROWID;
CREATE UNIQUE INDEX user_groups_name ON user_groups (account_id, name_key);
CREATE UNIQUE INDEX user_groups_alias ON user_groups (account_id, alias_key);
CREATE UNIQUE INDEX user_groups_external ON user_groups (account_id, external_id);
CREATE INDEX user_groups_list ON user_groups (account_id, id);

-- No key refers to the group, so that removing it takes no longer the more
-- members it has; removed_groups tells whose rows are swept out later.
CREATE TABLE group_members (
    group_id TEXT NOT NULL,
    user_id  TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    PRIMARY KEY (group_id, user_id)
) WITHOUT ROWID;
CREATE INDEX group_members_user ON group_members (user_id, group_id);

CREATE TABLE removed_groups (
    id TEXT PRIMARY KEY NOT NULL
) WITHOUT ROWID;

-- +goose StatementBegin
CREATE TRIGGER group_members_added AFTER INSERT ON group_members BEGIN
    UPDATE user_groups SET members = members + 1 WHERE id = NEW.group_id;
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER group_members_gone AFTER DELETE ON group_members BEGIN
    UPDATE user_groups SET members = members - 1 WHERE id = OLD.group_id;
END;
-- +goose StatementEnd

-- +goose Down
DROP TABLE removed_groups;
DROP TABLE group_members;
DROP TABLE user_groups;
ALTER TABLE users DROP COLUMN host_tokens_from;
