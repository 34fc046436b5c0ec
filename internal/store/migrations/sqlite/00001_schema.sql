-- Times are milliseconds since 1970, 0 for none. Flags are 0 or 1.
-- The paired file in migrations/postgres has the same tables and indexes.

-- +goose Up
CREATE TABLE accounts (
    id             TEXT PRIMARY KEY NOT NULL,
    name           TEXT NOT NULL,
    api_partner    INTEGER NOT NULL,
    auto_create    INTEGER NOT NULL,
    sso            INTEGER NOT NULL,
    provisioning   TEXT NOT NULL,
    licensed_seats INTEGER NOT NULL, -- -1: no limit
    created_at     INTEGER NOT NULL
) WITHOUT ROWID;

-- The counters of an account are the sums over its shards.
CREATE TABLE counters (
    account_id       TEXT NOT NULL,
    shard            INTEGER NOT NULL,
    active           INTEGER NOT NULL DEFAULT 0,
    inactive         INTEGER NOT NULL DEFAULT 0,
    pending          INTEGER NOT NULL DEFAULT 0,
    licensed_used    INTEGER NOT NULL DEFAULT 0,
    licensed_granted INTEGER, -- NULL: no limit
    PRIMARY KEY (account_id, shard)
) WITHOUT ROWID;

CREATE TABLE domains (
    account_id  TEXT NOT NULL REFERENCES accounts (id),
    name        TEXT NOT NULL,
    verified_at INTEGER NOT NULL,
    created_at  INTEGER NOT NULL,
    PRIMARY KEY (account_id, name)
) WITHOUT ROWID;
CREATE UNIQUE INDEX domains_verified ON domains (name) WHERE verified_at > 0;

-- Ids are random, so each index on them costs each new user a page of its own in
-- a commit. Lists and bindings therefore go by seq, which grows. There is no
-- foreign key to accounts: it would cost a look-up, and accounts are never deleted.
CREATE TABLE users (
    seq               INTEGER PRIMARY KEY AUTOINCREMENT,
    id                TEXT NOT NULL,
    account_id        TEXT NOT NULL,
    action            TEXT NOT NULL,
    email             TEXT NOT NULL,
    email_key         TEXT NOT NULL,
    first_name        TEXT NOT NULL,
    last_name         TEXT NOT NULL,
    display_name      TEXT NOT NULL,
    type              INTEGER NOT NULL,
    status            TEXT NOT NULL,
    status_reason     TEXT NOT NULL,
    password_hash     TEXT NOT NULL,
    pmi               INTEGER NOT NULL,
    personal_link     TEXT NOT NULL,
    personal_link_key TEXT, -- NULL: none
    host_key          TEXT NOT NULL,
    profile           TEXT NOT NULL,
    created_at        INTEGER NOT NULL,
    updated_at        INTEGER NOT NULL,
    last_login_at     INTEGER NOT NULL,
    revision          INTEGER NOT NULL -- grows with each change, so that none is lost
);
CREATE UNIQUE INDEX users_id ON users (id);
CREATE UNIQUE INDEX users_email ON users (email_key, account_id);
CREATE UNIQUE INDEX users_pmi ON users (pmi);
CREATE UNIQUE INDEX users_personal_link ON users (personal_link_key) WHERE personal_link_key IS NOT NULL;
CREATE INDEX users_list ON users (account_id, status); -- and seq, by itself

-- Where removed users stood in their lists, so that a list goes on after them.
CREATE TABLE removed_users (
    id         TEXT PRIMARY KEY NOT NULL,
    seq        INTEGER NOT NULL,
    removed_at INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX removed_users_age ON removed_users (removed_at);

-- A binding outlives its user, so that the next one gets the next generation.
CREATE TABLE bindings (
    account_id  TEXT NOT NULL,
    source      TEXT NOT NULL,
    external_id BLOB NOT NULL,
    user_id     TEXT NOT NULL,
    user_seq    INTEGER NOT NULL,
    generation  INTEGER NOT NULL,
    created_at  INTEGER NOT NULL,
    PRIMARY KEY (account_id, source, external_id)
) WITHOUT ROWID;
CREATE UNIQUE INDEX bindings_user ON bindings (user_seq, source);

CREATE TABLE invitations (
    id         TEXT PRIMARY KEY NOT NULL,
    account_id TEXT NOT NULL,
    user_id    TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    email      TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    used_at    INTEGER NOT NULL,
    revoked_at INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX invitations_user ON invitations (user_id);

CREATE TABLE apps (
    client_id      TEXT PRIMARY KEY NOT NULL,
    account_id     TEXT NOT NULL REFERENCES accounts (id),
    name           TEXT NOT NULL,
    secret_hash    BLOB NOT NULL,
    webhook_secret TEXT NOT NULL,
    scopes         TEXT NOT NULL,
    owner_id       TEXT NOT NULL,
    created_at     INTEGER NOT NULL,
    revoked_at     INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX apps_account ON apps (account_id);

CREATE TABLE tokens (
    hash       BLOB PRIMARY KEY NOT NULL,
    client_id  TEXT NOT NULL,
    account_id TEXT NOT NULL,
    expires_at INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX tokens_expiry ON tokens (expires_at);

CREATE TABLE sessions (
    hash       BLOB PRIMARY KEY NOT NULL,
    kind       TEXT NOT NULL,
    account_id TEXT NOT NULL,
    user_id    TEXT REFERENCES users (id) ON DELETE CASCADE, -- NULL: the operator
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX sessions_expiry ON sessions (expires_at);
CREATE INDEX sessions_user ON sessions (user_id) WHERE user_id IS NOT NULL;

CREATE TABLE meetings (
    id          INTEGER PRIMARY KEY NOT NULL,
    uuid        TEXT NOT NULL,
    account_id  TEXT NOT NULL,
    host_id     TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    external_id BLOB, -- NULL: none
    topic       TEXT NOT NULL,
    agenda      TEXT NOT NULL,
    type        INTEGER NOT NULL,
    start_time  INTEGER NOT NULL,
    duration    INTEGER NOT NULL,
    timezone    TEXT NOT NULL,
    passcode    TEXT NOT NULL,
    settings    TEXT NOT NULL,
    recurrence  TEXT NOT NULL, -- empty: none
    state       TEXT NOT NULL,
    started_at  INTEGER NOT NULL,
    ended_at    INTEGER NOT NULL,
    created_at  INTEGER NOT NULL,
    updated_at  INTEGER NOT NULL
);
CREATE INDEX meetings_list ON meetings (host_id, id);
CREATE UNIQUE INDEX meetings_external ON meetings (host_id, external_id) WHERE external_id IS NOT NULL;

CREATE TABLE participants (
    id         TEXT PRIMARY KEY NOT NULL,
    account_id TEXT NOT NULL,
    meeting_id INTEGER NOT NULL REFERENCES meetings (id) ON DELETE CASCADE,
    room       TEXT NOT NULL,
    user_id    TEXT REFERENCES users (id) ON DELETE CASCADE, -- NULL: a guest
    name       TEXT NOT NULL,
    role       TEXT NOT NULL,
    presence   TEXT NOT NULL,
    joined_at  INTEGER NOT NULL,
    left_at    INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX participants_room ON participants (room, presence);
CREATE INDEX participants_meeting ON participants (meeting_id);
CREATE INDEX participants_user ON participants (user_id) WHERE user_id IS NOT NULL;

CREATE TABLE tickets (
    hash       BLOB PRIMARY KEY NOT NULL,
    account_id TEXT NOT NULL,
    meeting_id INTEGER NOT NULL REFERENCES meetings (id) ON DELETE CASCADE,
    role       TEXT NOT NULL,
    user_id    TEXT NOT NULL,
    name       TEXT NOT NULL,
    expires_at INTEGER NOT NULL,
    used_at    INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX tickets_meeting ON tickets (meeting_id);
CREATE INDEX tickets_expiry ON tickets (expires_at);

CREATE TABLE events (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    account_id TEXT NOT NULL,
    name       TEXT NOT NULL,
    at         INTEGER NOT NULL,
    payload    TEXT NOT NULL
);
CREATE INDEX events_account ON events (account_id, id);

CREATE TABLE cursors (
    name     TEXT PRIMARY KEY NOT NULL,
    position INTEGER NOT NULL
) WITHOUT ROWID;

CREATE TABLE mails (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    account_id TEXT NOT NULL,
    recipient  TEXT NOT NULL,
    subject    TEXT NOT NULL,
    body       TEXT NOT NULL,
    created_at INTEGER NOT NULL
);
CREATE INDEX mails_account ON mails (account_id, id);

CREATE TABLE secrets (
    name  TEXT PRIMARY KEY NOT NULL,
    value BLOB NOT NULL
) WITHOUT ROWID;

-- +goose Down
DROP TABLE secrets;
DROP TABLE mails;
DROP TABLE cursors;
DROP TABLE events;
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
