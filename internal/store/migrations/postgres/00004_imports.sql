-- Bulk jobs. Rows are kept by the chunk; results are rows of their own, so that
-- a chunk is not written anew when it is done.
-- The paired file in migrations/sqlite has the same tables and indexes.

-- +goose Up
CREATE TABLE imports (
    seq        BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    id         TEXT COLLATE "C" NOT NULL,
    account_id TEXT COLLATE "C" NOT NULL,
    state      TEXT COLLATE "C" NOT NULL,
    digest     TEXT COLLATE "C" NOT NULL,
    created_at BIGINT NOT NULL,
    job        TEXT COLLATE "C" NOT NULL -- all of it, as JSON
);
CREATE UNIQUE INDEX imports_id ON imports (id);
CREATE INDEX imports_account ON imports (account_id, seq);
CREATE INDEX imports_open ON imports (state) WHERE state IN ('receiving', 'waiting', 'running');
CREATE INDEX imports_age ON imports (created_at);

CREATE TABLE import_chunks (
    import_id  TEXT COLLATE "C" NOT NULL REFERENCES imports (id) ON DELETE CASCADE,
    number     BIGINT NOT NULL,
    first_row  BIGINT NOT NULL,
    row_count  BIGINT NOT NULL,
    secrets    BOOLEAN NOT NULL,
    duplicates TEXT COLLATE "C" NOT NULL, -- JSON; empty: none
    data       BYTEA NOT NULL,
    PRIMARY KEY (import_id, number)
);

CREATE TABLE import_results (
    import_id TEXT COLLATE "C" NOT NULL REFERENCES imports (id) ON DELETE CASCADE,
    number    BIGINT NOT NULL,
    problems  BIGINT NOT NULL,
    data      BYTEA NOT NULL,
    PRIMARY KEY (import_id, number)
);
CREATE INDEX import_results_problems ON import_results (import_id, number) WHERE problems > 0;

-- +goose Down
DROP TABLE import_results;
DROP TABLE import_chunks;
DROP TABLE imports;
