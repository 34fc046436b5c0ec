-- Who is really in a room, and for whom a personal meeting id is kept.

-- +goose Up
-- The people of a run outlive a user who is deleted, until they have been put out
-- of the room. Rows that are swept need no foreign key to clean them up.
ALTER TABLE participants DROP CONSTRAINT participants_user_id_fkey;
ALTER TABLE participants ADD COLUMN connected_at BIGINT NOT NULL DEFAULT 0; -- 0: never
ALTER TABLE participants ADD COLUMN seen_at BIGINT NOT NULL DEFAULT 0;
UPDATE participants SET connected_at = CASE WHEN presence = 'waiting' THEN 0 ELSE joined_at END, seen_at = joined_at;
ALTER TABLE participants ALTER COLUMN connected_at DROP DEFAULT, ALTER COLUMN seen_at DROP DEFAULT;
DROP INDEX participants_room;
DROP INDEX participants_meeting;
DROP INDEX participants_user;
CREATE INDEX participants_room ON participants (room, presence, joined_at);
CREATE INDEX participants_meeting ON participants (meeting_id, presence);
CREATE INDEX participants_user ON participants (user_id, presence) WHERE user_id IS NOT NULL;
CREATE INDEX participants_gone ON participants (left_at) WHERE presence IN ('left', 'removed');
CREATE INDEX participants_waiting ON participants (seen_at) WHERE presence = 'waiting';

-- Personal meeting ids that were a user's once. They are good in invitations for
-- years, so no other account gets them.
CREATE TABLE freed_numbers (
    pmi        BIGINT PRIMARY KEY NOT NULL,
    account_id TEXT COLLATE "C" NOT NULL
);

-- +goose Down
DROP TABLE freed_numbers;
DROP INDEX participants_waiting;
DROP INDEX participants_gone;
DROP INDEX participants_user;
DROP INDEX participants_meeting;
DROP INDEX participants_room;
CREATE INDEX participants_room ON participants (room, presence);
CREATE INDEX participants_meeting ON participants (meeting_id);
CREATE INDEX participants_user ON participants (user_id) WHERE user_id IS NOT NULL;
ALTER TABLE participants DROP COLUMN seen_at, DROP COLUMN connected_at;
DELETE FROM participants WHERE user_id IS NOT NULL AND user_id NOT IN (SELECT id FROM users);
ALTER TABLE participants ADD CONSTRAINT participants_user_id_fkey FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE;
