-- Webhook subscriptions, what their receivers did not take, and how far the log is purged.

-- +goose Up
CREATE TABLE webhooks (
    id            TEXT PRIMARY KEY NOT NULL,
    account_id    TEXT NOT NULL,
    client_id     TEXT NOT NULL REFERENCES apps (client_id),
    url           TEXT NOT NULL,
    events        TEXT NOT NULL, -- names between spaces; empty: all
    enabled       BOOLEAN NOT NULL,
    validated_at  INTEGER NOT NULL,
    checked_at    INTEGER NOT NULL,
    next_check_at INTEGER NOT NULL,
    failing_since INTEGER NOT NULL,
    failure       TEXT NOT NULL,
    replays       INTEGER NOT NULL,
    created_at    INTEGER NOT NULL,
    updated_at    INTEGER NOT NULL,
    position      INTEGER NOT NULL -- the last event that is done with
) WITHOUT ROWID;
CREATE INDEX webhooks_account ON webhooks (account_id, client_id);
CREATE INDEX webhooks_check ON webhooks (next_check_at);

CREATE TABLE webhook_deliveries (
    webhook_id TEXT NOT NULL REFERENCES webhooks (id) ON DELETE CASCADE,
    event_id   INTEGER NOT NULL,
    event      TEXT NOT NULL,
    subject    TEXT NOT NULL,
    state      TEXT NOT NULL,
    attempts   INTEGER NOT NULL,
    since      INTEGER NOT NULL,
    next_at    INTEGER NOT NULL,
    status     INTEGER NOT NULL,
    error      TEXT NOT NULL,
    PRIMARY KEY (webhook_id, event_id)
) WITHOUT ROWID;
CREATE INDEX webhook_deliveries_event ON webhook_deliveries (event_id);
CREATE INDEX webhook_deliveries_state ON webhook_deliveries (webhook_id, state, event_id);

-- A ring for each subscription: the newest attempts overwrite the oldest.
CREATE TABLE webhook_attempts (
    webhook_id TEXT NOT NULL REFERENCES webhooks (id) ON DELETE CASCADE,
    slot       INTEGER NOT NULL,
    number     INTEGER NOT NULL,
    event_id   INTEGER NOT NULL,
    event      TEXT NOT NULL,
    at         INTEGER NOT NULL,
    duration   INTEGER NOT NULL, -- in microseconds
    status     INTEGER NOT NULL,
    answer     TEXT NOT NULL,
    error      TEXT NOT NULL,
    PRIMARY KEY (webhook_id, slot)
) WITHOUT ROWID;

-- Who of several processes does a thing, and until when.
CREATE TABLE leases (
    name       TEXT PRIMARY KEY NOT NULL,
    owner      TEXT NOT NULL,
    expires_at INTEGER NOT NULL
) WITHOUT ROWID;

-- The last event of an account that was purged from the log.
CREATE TABLE event_floors (
    account_id TEXT PRIMARY KEY NOT NULL,
    position   INTEGER NOT NULL
) WITHOUT ROWID;

-- +goose Down
DROP TABLE event_floors;
DROP TABLE leases;
DROP TABLE webhook_attempts;
DROP TABLE webhook_deliveries;
DROP TABLE webhooks;
