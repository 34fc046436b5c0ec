-- When a person had signed in who let an app act for them, for its ID tokens.

-- +goose Up
ALTER TABLE oauth_grants ADD COLUMN auth_time BIGINT NOT NULL DEFAULT 0; -- 0: not known

-- +goose Down
ALTER TABLE oauth_grants DROP COLUMN auth_time;
