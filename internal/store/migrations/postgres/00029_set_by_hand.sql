-- Which values of an identity provider's metadata its daily fetch leaves alone.

-- +goose Up
ALTER TABLE sso_connections ADD COLUMN set_by_hand TEXT NOT NULL DEFAULT ''; -- a JSON list; empty or null: none

-- +goose Down
ALTER TABLE sso_connections DROP COLUMN set_by_hand;
