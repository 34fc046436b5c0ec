-- The role of each user in the account, and their pictures.

-- +goose Up
ALTER TABLE users ADD COLUMN role TEXT NOT NULL DEFAULT ''; -- owner or admin; empty: member
ALTER TABLE users ADD COLUMN picture TEXT NOT NULL DEFAULT ''; -- the name of the picture; empty: none
CREATE UNIQUE INDEX users_owner ON users (account_id) WHERE role = 'owner';
CREATE INDEX users_role ON users (account_id, role, status, seq) WHERE role <> '';

CREATE TABLE user_pictures (
    user_id    TEXT PRIMARY KEY NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    name       TEXT NOT NULL UNIQUE,
    media_type TEXT NOT NULL,
    bytes      BLOB NOT NULL
);

-- +goose Down
DROP TABLE user_pictures;
DROP INDEX users_role;
DROP INDEX users_owner;
ALTER TABLE users DROP COLUMN picture;
ALTER TABLE users DROP COLUMN role;
