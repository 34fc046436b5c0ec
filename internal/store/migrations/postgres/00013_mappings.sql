-- What accounts make of their identity provider's attributes, the latest of its
-- assertions, and domains whose people sign in there only.

-- +goose Up
CREATE TABLE sso_mappings (
    account_id TEXT COLLATE "C" PRIMARY KEY REFERENCES accounts (id),
    revision   BIGINT NOT NULL,
    body       TEXT NOT NULL
);

CREATE TABLE sso_assertions (
    seq        BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    id         TEXT COLLATE "C" NOT NULL UNIQUE,
    account_id TEXT COLLATE "C" NOT NULL REFERENCES accounts (id),
    at         BIGINT NOT NULL,
    body       TEXT NOT NULL
);
CREATE INDEX sso_assertions_account ON sso_assertions (account_id, seq);
CREATE INDEX sso_assertions_at ON sso_assertions (at);

ALTER TABLE domains ADD COLUMN force_sso BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE domains ADD COLUMN sso_exceptions TEXT COLLATE "C" NOT NULL DEFAULT '';

-- +goose Down
ALTER TABLE domains DROP COLUMN sso_exceptions;
ALTER TABLE domains DROP COLUMN force_sso;
DROP TABLE sso_assertions;
DROP TABLE sso_mappings;
