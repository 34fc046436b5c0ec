-- What accounts make of their identity provider's attributes, the latest of its
-- assertions, and domains whose people sign in there only.

-- +goose Up
CREATE TABLE sso_mappings (
    account_id TEXT PRIMARY KEY NOT NULL REFERENCES accounts (id),
    revision   INTEGER NOT NULL,
    body       TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE sso_assertions (
    seq        INTEGER PRIMARY KEY AUTOINCREMENT,
    id         TEXT NOT NULL UNIQUE,
    account_id TEXT NOT NULL REFERENCES accounts (id),
    at         INTEGER NOT NULL,
    body       TEXT NOT NULL
);
CREATE INDEX sso_assertions_account ON sso_assertions (account_id, seq);
CREATE INDEX sso_assertions_at ON sso_assertions (at);

ALTER TABLE domains ADD COLUMN force_sso BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE domains ADD COLUMN sso_exceptions TEXT NOT NULL DEFAULT '';

-- +goose Down
ALTER TABLE domains DROP COLUMN sso_exceptions;
ALTER TABLE domains DROP COLUMN force_sso;
DROP TABLE sso_assertions;
DROP TABLE sso_mappings;
