-- The audit log, and what limits count.

-- +goose Up
-- Who did it, for the audit log; empty: Convoke itself, or before there was one.
ALTER TABLE events ADD COLUMN actor TEXT NOT NULL DEFAULT '';

-- The audit log's chain. A link vouches for the events up to last_id.
CREATE TABLE seals (
    number  INTEGER PRIMARY KEY NOT NULL,
    last_id INTEGER NOT NULL,
    entries BLOB NOT NULL,
    hash    BLOB NOT NULL,
    made_at INTEGER NOT NULL
);

-- What an account used of its daily limits; day counts from 1970 in UTC.
CREATE TABLE quotas (
    account_id TEXT NOT NULL,
    name       TEXT NOT NULL,
    day        INTEGER NOT NULL,
    used       INTEGER NOT NULL,
    PRIMARY KEY (account_id, name, day)
);
CREATE INDEX quotas_day ON quotas (day);

-- +goose Down
DROP TABLE quotas;
DROP TABLE seals;
ALTER TABLE events DROP COLUMN actor;
