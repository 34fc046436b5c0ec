-- The pictures that sign-ins brought, until they are taken; then that there was one.

-- +goose Up
CREATE TABLE picture_offers (
    user_id    TEXT COLLATE "C" PRIMARY KEY NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    digest     BYTEA NOT NULL,
    url        TEXT COLLATE "C" NOT NULL, -- empty: the file came along, or the offer is settled
    offered_at BIGINT NOT NULL,
    file       BYTEA NOT NULL
);

-- +goose Down
DROP TABLE picture_offers;
