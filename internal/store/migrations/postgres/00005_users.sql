-- Until when a pending user's latest activation link works; 0 without one.

-- +goose Up
ALTER TABLE users ADD COLUMN invited_until BIGINT NOT NULL DEFAULT 0;
UPDATE users SET invited_until = COALESCE((SELECT MAX(i.expires_at) FROM invitations i
    WHERE i.user_id = users.id AND i.used_at = 0 AND i.revoked_at = 0), 0) WHERE status = 'pending';

-- +goose Down
ALTER TABLE users DROP COLUMN invited_until;
