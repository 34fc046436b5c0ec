-- Where readers of lists by number have come, so that the next page is found by key.

-- +goose Up
CREATE TABLE list_places (
    account_id TEXT COLLATE "C" NOT NULL,
    list       TEXT COLLATE "C" NOT NULL, -- whose reading of which list
    position   BIGINT NOT NULL,
    after_id   TEXT COLLATE "C" NOT NULL, -- the user just before the position
    expires_at BIGINT NOT NULL,
    PRIMARY KEY (account_id, list, position)
);
CREATE INDEX list_places_expiry ON list_places (expires_at);

-- +goose Down
DROP TABLE list_places;
