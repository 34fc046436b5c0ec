-- Bulk jobs. Rows are kept by the chunk; results are rows of their own, because
-- SQLite writes a row anew whenever a part of it changes.
-- The paired file in migrations/postgres has the same tables and indexes.

-- +goose Up
CREATE TABLE imports (
    seq        INTEGER PRIMARY KEY AUTOINCREMENT,
    id         TEXT NOT NULL,
    account_id TEXT NOT NULL,
    state      TEXT NOT NULL,
    digest     TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    job        TEXT NOT NULL -- all of it, as JSON
);
CREATE UNIQUE INDEX imports_id ON imports (id);
CREATE INDEX imports_account ON imports (account_id); -- and seq, by itself
CREATE INDEX imports_open ON imports (state) WHERE state IN ('receiving', 'waiting', 'running');
CREATE INDEX imports_age ON imports (created_at);

CREATE TABLE import_chunks (
    import_id  TEXT NOT NULL REFERENCES imports (id) ON DELETE CASCADE,
    number     INTEGER NOT NULL,
    first_row  INTEGER NOT NULL,
    row_count  INTEGER NOT NULL,
    secrets    INTEGER NOT NULL,
    duplicates TEXT NOT NULL, -- JSON; empty: none
    data       BLOB NOT NULL,
    PRIMARY KEY (import_id, number)
);

CREATE TABLE import_results (
    import_id TEXT NOT NULL REFERENCES imports (id) ON DELETE CASCADE,
    number    INTEGER NOT NULL,
    problems  INTEGER NOT NULL,
    data      BLOB NOT NULL,
    PRIMARY KEY (import_id, number)
);
CREATE INDEX import_results_problems ON import_results (import_id, number) WHERE problems > 0;

-- +goose Down
DROP TABLE import_results;
DROP TABLE import_chunks;
DROP TABLE imports;
