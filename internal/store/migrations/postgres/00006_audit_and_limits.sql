-- The audit log, and what limits count.

-- +goose Up
-- Who did it, for the audit log; empty: Convoke itself, or before there was one.
ALTER TABLE events ADD COLUMN actor TEXT COLLATE "C" NOT NULL DEFAULT '';

-- The audit log's chain. A link vouches for the events up to last_id.
CREATE TABLE seals (
    number  BIGINT PRIMARY KEY NOT NULL,
    last_id BIGINT NOT NULL,
    entries BYTEA NOT NULL,
    hash    BYTEA NOT NULL,
    made_at BIGINT NOT NULL
);

-- What an account used of its daily limits; day counts from 1970 in UTC.
CREATE TABLE quotas (
    account_id TEXT COLLATE "C" NOT NULL,
    name       TEXT COLLATE "C" NOT NULL,
    day        BIGINT NOT NULL,
    used       BIGINT NOT NULL,
    PRIMARY KEY (account_id, name, day)
);
CREATE INDEX quotas_day ON quotas (day);

-- +goose Down
DROP TABLE quotas;
DROP TABLE seals;
ALTER TABLE events DROP COLUMN actor;
