-- Grows with each change of the account, so that what was decided about an
-- older one shows.

-- +goose Up
ALTER TABLE accounts ADD COLUMN revision BIGINT NOT NULL DEFAULT 0;

-- +goose Down
ALTER TABLE accounts DROP COLUMN revision;
