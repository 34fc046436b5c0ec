-- Apps that people allow to act for them: what they allowed, and what the apps hold.

-- +goose Up
ALTER TABLE apps ADD COLUMN kind TEXT COLLATE "C" NOT NULL DEFAULT ''; -- user or public; empty: for the account
ALTER TABLE apps ADD COLUMN redirect_uris TEXT COLLATE "C" NOT NULL DEFAULT ''; -- with spaces between
ALTER TABLE tokens ADD COLUMN grant_id TEXT COLLATE "C" NOT NULL DEFAULT ''; -- empty: for the account; dead without its grant

CREATE TABLE oauth_consents (
    user_id    TEXT COLLATE "C" NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    client_id  TEXT COLLATE "C" NOT NULL REFERENCES apps (client_id) ON DELETE CASCADE,
    account_id TEXT COLLATE "C" NOT NULL,
    scopes     TEXT COLLATE "C" NOT NULL,
    given_at   BIGINT NOT NULL,
    PRIMARY KEY (user_id, client_id)
);
CREATE INDEX oauth_consents_client ON oauth_consents (client_id);

CREATE TABLE oauth_grants (
    id           TEXT COLLATE "C" PRIMARY KEY NOT NULL,
    user_id      TEXT COLLATE "C" NOT NULL,
    client_id    TEXT COLLATE "C" NOT NULL,
    account_id   TEXT COLLATE "C" NOT NULL,
    scopes       TEXT COLLATE "C" NOT NULL,
    redirect_uri TEXT COLLATE "C" NOT NULL,
    nonce        TEXT COLLATE "C" NOT NULL,
    challenge    TEXT COLLATE "C" NOT NULL,
    plain        BOOLEAN NOT NULL,
    code_hash    BYTEA NOT NULL UNIQUE,
    created_at   BIGINT NOT NULL,
    redeemed_at  BIGINT NOT NULL,
    expires_at   BIGINT NOT NULL,
    FOREIGN KEY (user_id, client_id) REFERENCES oauth_consents (user_id, client_id) ON DELETE CASCADE
);
CREATE INDEX oauth_grants_consent ON oauth_grants (user_id, client_id);
CREATE INDEX oauth_grants_expiry ON oauth_grants (expires_at);

CREATE TABLE oauth_refreshes (
    hash     BYTEA PRIMARY KEY NOT NULL,
    grant_id TEXT COLLATE "C" NOT NULL REFERENCES oauth_grants (id) ON DELETE CASCADE,
    used_at  BIGINT NOT NULL
);
CREATE INDEX oauth_refreshes_grant ON oauth_refreshes (grant_id, used_at);

-- +goose Down
DROP TABLE oauth_refreshes;
DROP TABLE oauth_grants;
DROP TABLE oauth_consents;
ALTER TABLE tokens DROP COLUMN grant_id;
ALTER TABLE apps DROP COLUMN redirect_uris;
ALTER TABLE apps DROP COLUMN kind;
