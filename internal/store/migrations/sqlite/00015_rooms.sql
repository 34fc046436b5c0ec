-- Who is really in a room, and for whom a personal meeting id is kept.

-- +goose Up
-- The people of a run outlive a user who is deleted, until they have been put out
-- of the room. Rows that are swept need no foreign key to clean them up.
CREATE TABLE participants_new (
    id           TEXT PRIMARY KEY NOT NULL,
    account_id   TEXT NOT NULL,
    meeting_id   INTEGER NOT NULL REFERENCES meetings (id) ON DELETE CASCADE,
    room         TEXT NOT NULL,
    user_id      TEXT, -- NULL: a guest
    name         TEXT NOT NULL,
    role         TEXT NOT NULL,
    presence     TEXT NOT NULL,
    joined_at    INTEGER NOT NULL,
    left_at      INTEGER NOT NULL,
    connected_at INTEGER NOT NULL, -- 0: never
    seen_at      INTEGER NOT NULL
) WITHOUT ROWID;
INSERT INTO participants_new SELECT id, account_id, meeting_id, room, user_id, name, role, presence, joined_at, left_at,
    CASE WHEN presence = 'waiting' THEN 0 ELSE joined_at END, joined_at FROM participants;
DROP TABLE participants;
ALTER TABLE participants_new RENAME TO participants;
CREATE INDEX participants_room ON participants (room, presence, joined_at);
CREATE INDEX participants_meeting ON participants (meeting_id, presence);
CREATE INDEX participants_user ON participants (user_id, presence) WHERE user_id IS NOT NULL;
CREATE INDEX participants_gone ON participants (left_at) WHERE presence IN ('left', 'removed');
CREATE INDEX participants_waiting ON participants (seen_at) WHERE presence = 'waiting';

-- Personal meeting ids that were a user's once. They are good in invitations for
-- years, so no other account gets them.
CREATE TABLE freed_numbers (
    pmi        INTEGER PRIMARY KEY NOT NULL,
    account_id TEXT NOT NULL
);

-- +goose Down
DROP TABLE freed_numbers;
CREATE TABLE participants_old (
    id         TEXT PRIMARY KEY NOT NULL,
    account_id TEXT NOT NULL,
    meeting_id INTEGER NOT NULL REFERENCES meetings (id) ON DELETE CASCADE,
    room       TEXT NOT NULL,
    user_id    TEXT REFERENCES users (id) ON DELETE CASCADE,
    name       TEXT NOT NULL,
    role       TEXT NOT NULL,
    presence   TEXT NOT NULL,
    joined_at  INTEGER NOT NULL,
    left_at    INTEGER NOT NULL
) WITHOUT ROWID;
INSERT INTO participants_old SELECT id, account_id, meeting_id, room, user_id, name, role, presence, joined_at, left_at
    FROM participants WHERE user_id IS NULL OR user_id IN (SELECT id FROM users);
DROP TABLE participants;
ALTER TABLE participants_old RENAME TO participants;
CREATE INDEX participants_room ON participants (room, presence);
CREATE INDEX participants_meeting ON participants (meeting_id);
CREATE INDEX participants_user ON participants (user_id) WHERE user_id IS NOT NULL;
