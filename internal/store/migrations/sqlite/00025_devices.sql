-- Apps on devices that wait for a person who types their code.

-- +goose Up
CREATE TABLE oauth_devices (
    hash        BLOB PRIMARY KEY NOT NULL,
    user_code   TEXT NOT NULL UNIQUE,
    client_id   TEXT NOT NULL REFERENCES apps (client_id) ON DELETE CASCADE,
    scopes      TEXT NOT NULL,
    expires_at  INTEGER NOT NULL,
    interval_ms INTEGER NOT NULL,
    asked_at    INTEGER NOT NULL,
    declined    BOOLEAN NOT NULL
) WITHOUT ROWID;
CREATE INDEX oauth_devices_expiry ON oauth_devices (expires_at);
CREATE INDEX oauth_devices_client ON oauth_devices (client_id);

-- +goose Down
DROP TABLE oauth_devices;
