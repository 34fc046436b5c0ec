-- Apps on devices that wait for a person who types their code.

-- +goose Up
CREATE TABLE oauth_devices (
    hash        BYTEA PRIMARY KEY NOT NULL,
    user_code   TEXT COLLATE "C" NOT NULL UNIQUE,
    client_id   TEXT COLLATE "C" NOT NULL REFERENCES apps (client_id) ON DELETE CASCADE,
    scopes      TEXT COLLATE "C" NOT NULL,
    expires_at  BIGINT NOT NULL,
    interval_ms BIGINT NOT NULL,
    asked_at    BIGINT NOT NULL,
    declined    BOOLEAN NOT NULL
);
CREATE INDEX oauth_devices_expiry ON oauth_devices (expires_at);
CREATE INDEX oauth_devices_client ON oauth_devices (client_id);

-- +goose Down
DROP TABLE oauth_devices;
