-- Where readers of lists by number have come, so that the next page is found by key.

-- +goose Up
CREATE TABLE list_places (
    account_id TEXT NOT NULL,
    list       TEXT NOT NULL, -- whose reading of which list
    position   INTEGER NOT NULL,
    after_id   TEXT NOT NULL, -- the user just before the position
    expires_at INTEGER NOT NULL,
    PRIMARY KEY (account_id, list, position)
) WITHOUT ROWID;
CREATE INDEX list_places_expiry ON list_places (expires_at);

-- +goose Down
DROP TABLE list_places;
