-- Times are milliseconds since 1970, 0 for none. Texts are
-- ordered by their bytes.
-- The paired file in migrations/sqlite has the same tables and indexes.

-- +goose Up
CREATE TABLE accounts (
    id             TEXT COLLATE "C" PRIMARY KEY NOT NULL,
    name           TEXT COLLATE "C" NOT NULL,
    api_partner    BOOLEAN NOT NULL,
    auto_create    BOOLEAN NOT NULL,
    sso            BOOLEAN NOT NULL,
    provisioning   TEXT COLLATE "C" NOT NULL,
    licensed_seats BIGINT NOT NULL, -- -1: no limit
    created_at     BIGINT NOT NULL
);

-- The counters of an account are the sums over its shards.
CREATE TABLE counters (
    account_id       TEXT COLLATE "C" NOT NULL,
    shard            BIGINT NOT NULL,
    active           BIGINT NOT NULL DEFAULT 0,
    inactive         BIGINT NOT NULL DEFAULT 0,
    pending          BIGINT NOT NULL DEFAULT 0,
    licensed_used    BIGINT NOT NULL DEFAULT 0,
    licensed_granted BIGINT, -- NULL: no limit
    PRIMARY KEY (account_id, shard)
) WITH (fillfactor = 50); -- updates stay on their page and touch no index

CREATE TABLE domains (
    account_id  TEXT COLLATE "C" NOT NULL REFERENCES accounts (id),
    name        TEXT COLLATE "C" NOT NULL,
    verified_at BIGINT NOT NULL,
    created_at  BIGINT NOT NULL,
    PRIMARY KEY (account_id, name)
);
CREATE UNIQUE INDEX domains_verified ON domains (name) WHERE verified_at > 0;

-- Ids are random, so each index on them costs each new user a page of its own in
-- the log. Lists and bindings therefore go by seq, which grows. There is no
-- foreign key to accounts: each new user would lock the account's row for it,
-- and accounts are never deleted.
CREATE TABLE users (
    seq               BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    id                TEXT COLLATE "C" NOT NULL,
    account_id        TEXT COLLATE "C" NOT NULL,
    action            TEXT COLLATE "C" NOT NULL,
    email             TEXT COLLATE "C" NOT NULL,
    email_key         TEXT COLLATE "C" NOT NULL,
    first_name        TEXT COLLATE "C" NOT NULL,
    last_name         TEXT COLLATE "C" NOT NULL,
    display_name      TEXT COLLATE "C" NOT NULL,
    type              BIGINT NOT NULL,
    status            TEXT COLLATE "C" NOT NULL,
    status_reason     TEXT COLLATE "C" NOT NULL,
    password_hash     TEXT COLLATE "C" NOT NULL,
    pmi               BIGINT NOT NULL,
    personal_link     TEXT COLLATE "C" NOT NULL,
    personal_link_key TEXT COLLATE "C", -- NULL: none
    host_key          TEXT COLLATE "C" NOT NULL,
    profile           TEXT COLLATE "C" NOT NULL,
    created_at        BIGINT NOT NULL,
    updated_at        BIGINT NOT NULL,
    last_login_at     BIGINT NOT NULL,
    revision          BIGINT NOT NULL -- grows with each change, so that none is lost
);
CREATE UNIQUE INDEX users_id ON users (id);
CREATE UNIQUE INDEX users_email ON users (email_key, account_id);
CREATE UNIQUE INDEX users_pmi ON users (pmi);
CREATE UNIQUE INDEX users_personal_link ON users (personal_link_key) WHERE personal_link_key IS NOT NULL;
CREATE INDEX users_list ON users (account_id, status, seq);

-- Where removed users stood in their lists, so that a list goes on after them.
CREATE TABLE removed_users (
    id         TEXT COLLATE "C" PRIMARY KEY NOT NULL,
    seq        BIGINT NOT NULL,
    removed_at BIGINT NOT NULL
);
CREATE INDEX removed_users_age ON removed_users (removed_at);

-- A binding outlives its user, so that the next one gets the next generation.
CREATE TABLE bindings (
    account_id  TEXT COLLATE "C" NOT NULL,
    source      TEXT COLLATE "C" NOT NULL,
    external_id BYTEA NOT NULL,
    user_id     TEXT COLLATE "C" NOT NULL,
    user_seq    BIGINT NOT NULL,
    generation  BIGINT NOT NULL,
    created_at  BIGINT NOT NULL,
    PRIMARY KEY (account_id, source, external_id)
);
CREATE UNIQUE INDEX bindings_user ON bindings (user_seq, source);

CREATE TABLE invitations (
    id         TEXT COLLATE "C" PRIMARY KEY NOT NULL,
    account_id TEXT COLLATE "C" NOT NULL,
    user_id    TEXT COLLATE "C" NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    email      TEXT COLLATE "C" NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    used_at    BIGINT NOT NULL,
    revoked_at BIGINT NOT NULL
);
CREATE INDEX invitations_user ON invitations (user_id);

CREATE TABLE apps (
    client_id      TEXT COLLATE "C" PRIMARY KEY NOT NULL,
    account_id     TEXT COLLATE "C" NOT NULL REFERENCES accounts (id),
    name           TEXT COLLATE "C" NOT NULL,
    secret_hash    BYTEA NOT NULL,
    webhook_secret TEXT COLLATE "C" NOT NULL,
    scopes         TEXT COLLATE "C" NOT NULL,
    owner_id       TEXT COLLATE "C" NOT NULL,
    created_at     BIGINT NOT NULL,
    revoked_at     BIGINT NOT NULL
);
CREATE INDEX apps_account ON apps (account_id);

CREATE TABLE tokens (
    hash       BYTEA PRIMARY KEY NOT NULL,
    client_id  TEXT COLLATE "C" NOT NULL,
    account_id TEXT COLLATE "C" NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX tokens_expiry ON tokens (expires_at);

CREATE TABLE sessions (
    hash       BYTEA PRIMARY KEY NOT NULL,
    kind       TEXT COLLATE "C" NOT NULL,
    account_id TEXT COLLATE "C" NOT NULL,
    user_id    TEXT COLLATE "C" REFERENCES users (id) ON DELETE CASCADE, -- NULL: the operator
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX sessions_expiry ON sessions (expires_at);
CREATE INDEX sessions_user ON sessions (user_id) WHERE user_id IS NOT NULL;

CREATE TABLE meetings (
    id          BIGINT PRIMARY KEY NOT NULL,
    uuid        TEXT COLLATE "C" NOT NULL,
    account_id  TEXT COLLATE "C" NOT NULL,
    host_id     TEXT COLLATE "C" NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    external_id BYTEA, -- NULL: none
    topic       TEXT COLLATE "C" NOT NULL,
    agenda      TEXT COLLATE "C" NOT NULL,
    type        BIGINT NOT NULL,
    start_time  BIGINT NOT NULL,
    duration    BIGINT NOT NULL,
    timezone    TEXT COLLATE "C" NOT NULL,
    passcode    TEXT COLLATE "C" NOT NULL,
    settings    TEXT COLLATE "C" NOT NULL,
    recurrence  TEXT COLLATE "C" NOT NULL, -- empty: none
    state       TEXT COLLATE "C" NOT NULL,
    started_at  BIGINT NOT NULL,
    ended_at    BIGINT NOT NULL,
    created_at  BIGINT NOT NULL,
    updated_at  BIGINT NOT NULL
);
CREATE INDEX meetings_list ON meetings (host_id, id);
CREATE UNIQUE INDEX meetings_external ON meetings (host_id, external_id) WHERE external_id IS NOT NULL;

CREATE TABLE participants (
    id         TEXT COLLATE "C" PRIMARY KEY NOT NULL,
    account_id TEXT COLLATE "C" NOT NULL,
    meeting_id BIGINT NOT NULL REFERENCES meetings (id) ON DELETE CASCADE,
    room       TEXT COLLATE "C" NOT NULL,
    user_id    TEXT COLLATE "C" REFERENCES users (id) ON DELETE CASCADE, -- NULL: a guest
    name       TEXT COLLATE "C" NOT NULL,
    role       TEXT COLLATE "C" NOT NULL,
    presence   TEXT COLLATE "C" NOT NULL,
    joined_at  BIGINT NOT NULL,
    left_at    BIGINT NOT NULL
);
CREATE INDEX participants_room ON participants (room, presence);
CREATE INDEX participants_meeting ON participants (meeting_id);
CREATE INDEX participants_user ON participants (user_id) WHERE user_id IS NOT NULL;

CREATE TABLE tickets (
    hash       BYTEA PRIMARY KEY NOT NULL,
    account_id TEXT COLLATE "C" NOT NULL,
    meeting_id BIGINT NOT NULL REFERENCES meetings (id) ON DELETE CASCADE,
    role       TEXT COLLATE "C" NOT NULL,
    user_id    TEXT COLLATE "C" NOT NULL,
    name       TEXT COLLATE "C" NOT NULL,
    expires_at BIGINT NOT NULL,
    used_at    BIGINT NOT NULL
);
CREATE INDEX tickets_meeting ON tickets (meeting_id);
CREATE INDEX tickets_expiry ON tickets (expires_at);

-- An event's id is its transaction's number and its place in it, so that ids
-- grow in the order in which transactions began to write. All events below
-- event_horizon() are settled: no transaction that is still open can add one
-- there, and a reader that goes by id alone skips none. A transaction has room
-- for 4096 events. event_clock.base is raised when the data is restored on a
-- server that counts its transactions from a smaller number.
CREATE TABLE event_clock (base BIGINT NOT NULL);
INSERT INTO event_clock VALUES (0);

-- +goose StatementBegin
CREATE FUNCTION event_id(place INTEGER) RETURNS BIGINT LANGUAGE sql VOLATILE AS $$
    SELECT ((pg_current_xact_id()::text::bigint + base) << 12) + place FROM event_clock
$$;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE FUNCTION event_horizon() RETURNS BIGINT LANGUAGE sql STABLE AS $$
    SELECT (pg_snapshot_xmin(pg_current_snapshot())::text::bigint + base) << 12 FROM event_clock
$$;
-- +goose StatementEnd

CREATE TABLE events (
    id         BIGINT PRIMARY KEY, -- by event_id
    account_id TEXT COLLATE "C" NOT NULL,
    name       TEXT COLLATE "C" NOT NULL,
    at         BIGINT NOT NULL,
    payload    TEXT COLLATE "C" NOT NULL
);
CREATE INDEX events_account ON events (account_id, id);

CREATE TABLE cursors (
    name     TEXT COLLATE "C" PRIMARY KEY NOT NULL,
    position BIGINT NOT NULL
);

CREATE TABLE mails (
    id         BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    account_id TEXT COLLATE "C" NOT NULL,
    recipient  TEXT COLLATE "C" NOT NULL,
    subject    TEXT COLLATE "C" NOT NULL,
    body       TEXT COLLATE "C" NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE INDEX mails_account ON mails (account_id, id);

CREATE TABLE secrets (
    name  TEXT COLLATE "C" PRIMARY KEY NOT NULL,
    value BYTEA NOT NULL
);

-- +goose Down
DROP TABLE secrets;
DROP TABLE mails;
DROP TABLE cursors;
DROP TABLE events;
DROP FUNCTION event_horizon;
DROP FUNCTION event_id;
DROP TABLE event_clock;
DROP TABLE tickets;
DROP TABLE participants;
DROP TABLE meetings;
DROP TABLE sessions;
DROP TABLE tokens;
DROP TABLE apps;
DROP TABLE invitations;
DROP TABLE bindings;
DROP TABLE removed_users;
DROP TABLE users;
DROP TABLE domains;
DROP TABLE counters;
DROP TABLE accounts;
