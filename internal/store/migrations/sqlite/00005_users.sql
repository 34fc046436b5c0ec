-- What the rest of the users surface keeps.

-- +goose Up
-- Until when a pending user's latest activation link works; 0 without one.
ALTER TABLE users ADD COLUMN invited_until INTEGER NOT NULL DEFAULT 0;
UPDATE users SET invited_until = COALESCE((SELECT MAX(i.expires_at) FROM invitations i
    WHERE i.user_id = users.id AND i.used_at = 0 AND i.revoked_at = 0), 0) WHERE status = 'pending';

-- How often the user's e-mail and password were changed on the last such day.
ALTER TABLE users ADD COLUMN day_counts TEXT NOT NULL DEFAULT '{}';

-- The settings that were ever set, by section.
ALTER TABLE users ADD COLUMN settings TEXT NOT NULL DEFAULT '{}';

-- The latest passwords that a user replaced.
CREATE TABLE former_passwords (
    seq         INTEGER PRIMARY KEY AUTOINCREMENT,
    user_id     TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    hash        TEXT NOT NULL,
    replaced_at INTEGER NOT NULL
);
CREATE INDEX former_passwords_user ON former_passwords (user_id, seq);

-- Who may schedule for a user.
CREATE TABLE assistants (
    user_id      TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    assistant_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    PRIMARY KEY (user_id, assistant_id)
) WITHOUT ROWID;
CREATE INDEX assistants_assistant ON assistants (assistant_id, user_id);

-- Active users by licence; what is left of the active ones is licensed.
ALTER TABLE counters ADD COLUMN basic INTEGER NOT NULL DEFAULT 0;
ALTER TABLE counters ADD COLUMN join_only INTEGER NOT NULL DEFAULT 0;
UPDATE counters SET
    basic = (SELECT COUNT(*) FROM users u WHERE u.account_id = counters.account_id AND u.status = 'active' AND u.type = 1),
    join_only = (SELECT COUNT(*) FROM users u WHERE u.account_id = counters.account_id AND u.status = 'active' AND u.type NOT IN (1, 2))
    WHERE shard = 0;

-- +goose Down
ALTER TABLE counters DROP COLUMN join_only;
ALTER TABLE counters DROP COLUMN basic;
DROP TABLE assistants;
DROP TABLE former_passwords;
ALTER TABLE users DROP COLUMN settings;
ALTER TABLE users DROP COLUMN day_counts;
ALTER TABLE users DROP COLUMN invited_until;
