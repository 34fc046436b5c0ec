-- Groups and who is in them; from when on a user's host tokens count.

-- +goose Up
ALTER TABLE users ADD COLUMN host_tokens_from BIGINT NOT NULL DEFAULT 0; -- 0: none was ever revoked

CREATE TABLE user_groups (
    id          TEXT COLLATE "C" PRIMARY KEY NOT NULL,
    account_id  TEXT COLLATE "C" NOT NULL REFERENCES accounts (id),
    name        TEXT COLLATE "C" NOT NULL,
    name_key    TEXT COLLATE "C" NOT NULL,
    alias       TEXT COLLATE "C" NOT NULL,
    alias_key   TEXT COLLATE "C", -- NULL: none
    external_id TEXT COLLATE "C", -- NULL: none
    members     BIGINT NOT NULL, -- counted by the triggers below
    created_at  BIGINT NOT NULL,
    updated_at  BIGINT NOT NULL
);
CREATE UNIQUE INDEX user_groups_name ON user_groups (account_id, name_key);
CREATE UNIQUE INDEX user_groups_alias ON user_groups (account_id, alias_key);
CREATE UNIQUE INDEX user_groups_external ON user_groups (account_id, external_id);
CREATE INDEX user_groups_list ON user_groups (account_id, id);

-- No key refers to the group, so that removing it takes no longer the more
-- members it has; removed_groups tells whose rows are swept out later.
CREATE TABLE group_members (
    group_id TEXT COLLATE "C" NOT NULL,
    user_id  TEXT COLLATE "C" NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    PRIMARY KEY (group_id, user_id)
);
CREATE INDEX group_members_user ON group_members (user_id, group_id);

CREATE TABLE removed_groups (
    id TEXT COLLATE "C" PRIMARY KEY NOT NULL
);

-- +goose StatementBegin
CREATE FUNCTION count_group_member() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        UPDATE user_groups SET members = members + 1 WHERE id = NEW.group_id;
    ELSE
        UPDATE user_groups SET members = members - 1 WHERE id = OLD.group_id;
    END IF;
    RETURN NULL;
END
$$;
-- +goose StatementEnd
CREATE TRIGGER group_members_count AFTER INSERT OR DELETE ON group_members
    FOR EACH ROW EXECUTE FUNCTION count_group_member();

-- +goose Down
DROP TABLE removed_groups;
DROP TABLE group_members;
DROP FUNCTION count_group_member;
DROP TABLE user_groups;
ALTER TABLE users DROP COLUMN host_tokens_from;
