-- The identity provider's name for its own session, by which it may sign a person out.

-- +goose Up
ALTER TABLE sessions ADD COLUMN sso_index TEXT COLLATE "C" NOT NULL DEFAULT ''; -- empty: none, or too long to look for
CREATE INDEX sessions_sso_index ON sessions (account_id, sso_index) WHERE sso_index <> '';

-- +goose Down
DROP INDEX sessions_sso_index;
ALTER TABLE sessions DROP COLUMN sso_index;
