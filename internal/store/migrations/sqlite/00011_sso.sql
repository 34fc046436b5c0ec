-- Single sign-on: each account's connection, what sessions came through it, and what was used up.

-- +goose Up
CREATE TABLE sso_connections (
    account_id      TEXT PRIMARY KEY NOT NULL REFERENCES accounts (id),
    vanity          TEXT NOT NULL,
    entity_id       TEXT NOT NULL,
    sign_in_url     TEXT NOT NULL,
    sign_out_url    TEXT NOT NULL,
    binding         TEXT NOT NULL,
    certificates    TEXT NOT NULL, -- JSON
    sign_requests   BOOLEAN NOT NULL,
    want_encrypted  BOOLEAN NOT NULL,
    idp_initiated   BOOLEAN NOT NULL,
    relogin_after   INTEGER NOT NULL, -- in milliseconds; 0: no limit
    metadata_url    TEXT NOT NULL,
    refreshed_at    INTEGER NOT NULL,
    next_refresh_at INTEGER NOT NULL,
    refresh_failure TEXT NOT NULL,
    certificate     BLOB NOT NULL,
    private_key     BLOB NOT NULL, -- sealed
    created_at      INTEGER NOT NULL,
    updated_at      INTEGER NOT NULL
) WITHOUT ROWID;
CREATE UNIQUE INDEX sso_connections_vanity ON sso_connections (vanity);
CREATE INDEX sso_connections_refresh ON sso_connections (next_refresh_at) WHERE next_refresh_at > 0;

-- Assertions and answers that were taken, until they would be refused for their age.
CREATE TABLE sso_used (
    hash       BLOB PRIMARY KEY NOT NULL,
    expires_at INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX sso_used_expiry ON sso_used (expires_at);

-- How the identity provider names the person and its session; empty: not by single sign-on.
ALTER TABLE sessions ADD COLUMN sso_subject TEXT NOT NULL DEFAULT '';
ALTER TABLE sessions ADD COLUMN sso TEXT NOT NULL DEFAULT '';
CREATE INDEX sessions_sso ON sessions (account_id, sso_subject) WHERE sso_subject <> '';

-- +goose Down
DROP INDEX sessions_sso;
ALTER TABLE sessions DROP COLUMN sso;
ALTER TABLE sessions DROP COLUMN sso_subject;
DROP TABLE sso_used;
DROP TABLE sso_connections;
