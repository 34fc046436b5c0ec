-- What the sweeper and the imports' workers ask for, without going through what
-- there ever was.

-- +goose Up
CREATE INDEX invitations_expiry ON invitations (expires_at);
CREATE INDEX mails_age ON mails (created_at);
DROP INDEX imports_open;
CREATE INDEX imports_open ON imports (account_id, seq) WHERE state IN ('waiting', 'running');

-- How often the list of what webhooks are delivered to has changed: whoever knows
-- the list of this number need not read it again.
CREATE TABLE revisions (
    name   TEXT PRIMARY KEY NOT NULL,
    number INTEGER NOT NULL
);
INSERT INTO revisions (name, number) VALUES ('lanes', 1);

-- +goose Down
DROP TABLE revisions;
DROP INDEX imports_open;
CREATE INDEX imports_open ON imports (state) WHERE state IN ('receiving', 'waiting', 'running');
DROP INDEX mails_age;
DROP INDEX invitations_expiry;
