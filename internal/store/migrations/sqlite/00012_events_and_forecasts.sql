-- What the rows of a dry run would have changed, for its later rows to see. With
-- one writer there is nothing to tell about events.
-- The paired file in migrations/postgres has the same table.

-- +goose Up
CREATE TABLE import_forecasts (
    import_id TEXT NOT NULL REFERENCES imports (id) ON DELETE CASCADE,
    key       TEXT NOT NULL,
    value     TEXT NOT NULL,
    PRIMARY KEY (import_id, key)
) WITHOUT ROWID;

-- +goose Down
DROP TABLE import_forecasts;
