-- What the sweeper and the imports' workers ask for, without going through what
-- there ever was.

-- +goose Up
CREATE INDEX invitations_expiry ON invitations (expires_at);
CREATE INDEX mails_age ON mails (created_at);
DROP INDEX imports_open;
CREATE INDEX imports_open ON imports (account_id, seq) WHERE state IN ('waiting', 'running');

-- +goose Down
DROP INDEX imports_open;
CREATE INDEX imports_open ON imports (state) WHERE state IN ('receiving', 'waiting', 'running');
DROP INDEX mails_age;
DROP INDEX invitations_expiry;
