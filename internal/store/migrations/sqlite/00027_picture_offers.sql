-- The pictures that sign-ins brought, until they are taken; then that there was one.

-- +goose Up
CREATE TABLE picture_offers (
    user_id    TEXT PRIMARY KEY NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    digest     BLOB NOT NULL,
    url        TEXT NOT NULL, -- empty: the file came along, or the offer is settled
    offered_at INTEGER NOT NULL,
    file       BLOB NOT NULL
);

-- +goose Down
DROP TABLE picture_offers;
