-- Seats that meetings lease, and how many basic users there may be.

-- +goose Up
ALTER TABLE accounts ADD COLUMN seat_mode TEXT COLLATE "C" NOT NULL DEFAULT 'assigned';
ALTER TABLE accounts ADD COLUMN basic_users BIGINT NOT NULL DEFAULT -1; -- -1: no limit

-- Whether the meeting's run holds a licensed seat.
ALTER TABLE meetings ADD COLUMN leased BOOLEAN NOT NULL DEFAULT FALSE;
UPDATE meetings SET leased = TRUE WHERE state = 'started'
    AND EXISTS (SELECT 1 FROM users u WHERE u.id = meetings.host_id AND u.type = 2);
CREATE INDEX meetings_running ON meetings (id) WHERE state = 'started';

-- A count and its grant; a grant that is NULL is no limit.
ALTER TABLE counters ADD COLUMN leased BIGINT NOT NULL DEFAULT 0;
ALTER TABLE counters ADD COLUMN lease_granted BIGINT;
ALTER TABLE counters ADD COLUMN basic_used BIGINT NOT NULL DEFAULT 0; -- as licensed_used: with the pending users
ALTER TABLE counters ADD COLUMN basic_granted BIGINT;
UPDATE counters SET
    leased = (SELECT COUNT(*) FROM meetings m WHERE m.account_id = counters.account_id AND m.state = 'started' AND m.leased),
    basic_used = (SELECT COUNT(*) FROM users u WHERE u.account_id = counters.account_id AND u.status <> 'inactive' AND u.type = 1)
    WHERE shard = 0;

-- +goose Down
ALTER TABLE counters DROP COLUMN basic_granted;
ALTER TABLE counters DROP COLUMN basic_used;
ALTER TABLE counters DROP COLUMN lease_granted;
ALTER TABLE counters DROP COLUMN leased;
DROP INDEX meetings_running;
ALTER TABLE meetings DROP COLUMN leased;
ALTER TABLE accounts DROP COLUMN basic_users;
ALTER TABLE accounts DROP COLUMN seat_mode;
