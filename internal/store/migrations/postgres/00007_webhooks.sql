-- Webhook subscriptions, what their receivers did not take, and how far the log is purged.

-- +goose Up
CREATE TABLE webhooks (
    id            TEXT COLLATE "C" PRIMARY KEY NOT NULL,
    account_id    TEXT COLLATE "C" NOT NULL,
    client_id     TEXT COLLATE "C" NOT NULL REFERENCES apps (client_id),
    url           TEXT COLLATE "C" NOT NULL,
    events        TEXT COLLATE "C" NOT NULL, -- names between spaces; empty: all
    enabled       BOOLEAN NOT NULL,
    validated_at  BIGINT NOT NULL,
    checked_at    BIGINT NOT NULL,
    next_check_at BIGINT NOT NULL,
    failing_since BIGINT NOT NULL,
    failure       TEXT COLLATE "C" NOT NULL,
    replays       BIGINT NOT NULL,
    created_at    BIGINT NOT NULL,
    updated_at    BIGINT NOT NULL,
    position      BIGINT NOT NULL -- the last event that is done with
);
CREATE INDEX webhooks_account ON webhooks (account_id, client_id);
CREATE INDEX webhooks_check ON webhooks (next_check_at);

CREATE TABLE webhook_deliveries (
    webhook_id TEXT COLLATE "C" NOT NULL REFERENCES webhooks (id) ON DELETE CASCADE,
    event_id   BIGINT NOT NULL,
    event      TEXT COLLATE "C" NOT NULL,
    subject    TEXT COLLATE "C" NOT NULL,
    state      TEXT COLLATE "C" NOT NULL,
    attempts   BIGINT NOT NULL,
    since      BIGINT NOT NULL,
    next_at    BIGINT NOT NULL,
    status     BIGINT NOT NULL,
    error      TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (webhook_id, event_id)
);
CREATE INDEX webhook_deliveries_event ON webhook_deliveries (event_id);
CREATE INDEX webhook_deliveries_state ON webhook_deliveries (webhook_id, state, event_id);

-- A ring for each subscription: the newest attempts overwrite the oldest.
CREATE TABLE webhook_attempts (
    webhook_id TEXT COLLATE "C" NOT NULL REFERENCES webhooks (id) ON DELETE CASCADE,
    slot       BIGINT NOT NULL,
    number     BIGINT NOT NULL,
    event_id   BIGINT NOT NULL,
    event      TEXT COLLATE "C" NOT NULL,
    at         BIGINT NOT NULL,
    duration   BIGINT NOT NULL, -- in microseconds
    status     BIGINT NOT NULL,
    answer     TEXT COLLATE "C" NOT NULL,
    error      TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (webhook_id, slot)
);

-- Who of several processes does a thing, and until when.
CREATE TABLE leases (
    name       TEXT COLLATE "C" PRIMARY KEY NOT NULL,
    owner      TEXT COLLATE "C" NOT NULL,
    expires_at BIGINT NOT NULL
);

-- The last event of an account that was purged from the log.
CREATE TABLE event_floors (
    account_id TEXT COLLATE "C" PRIMARY KEY NOT NULL,
    position   BIGINT NOT NULL
);

-- +goose Down
DROP TABLE event_floors;
DROP TABLE leases;
DROP TABLE webhook_attempts;
DROP TABLE webhook_deliveries;
DROP TABLE webhooks;
