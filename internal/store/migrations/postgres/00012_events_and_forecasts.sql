-- Which events are settled, told by the transactions that write events and by
-- no others; an index that no look-up takes for its own; and what the rows of a
-- dry run would have changed, for its later rows to see. The paired file in
-- migrations/sqlite has the same table.

-- +goose Up
CREATE TABLE import_forecasts (
    import_id TEXT COLLATE "C" NOT NULL REFERENCES imports (id) ON DELETE CASCADE,
    key       TEXT COLLATE "C" NOT NULL,
    value     TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (import_id, key)
);

-- While users is empty every index on it costs the same to the planner. One that
-- begins with account_id was taken for look-ups by id and by e-mail, and the plan
-- kept: then each row of a first import read all users that were made before it.
DROP INDEX users_list;
CREATE INDEX users_list ON users (status, account_id, seq);

-- Whoever writes an event now ends first.
LOCK TABLE events IN EXCLUSIVE MODE;

-- The ids go on above all that were ever given out.
CREATE SEQUENCE event_ids;
SELECT setval('event_ids', (pg_snapshot_xmax(pg_current_snapshot())::text::bigint + base + 1) << 12) FROM event_clock;
ALTER TABLE events ALTER COLUMN id SET DEFAULT nextval('event_ids');

-- A transaction announces itself before it draws its first id, by a shared
-- advisory lock that it keeps until it has ended: the keys are the table's oid
-- and the lower half of the last id that was given out by then. All its ids are
-- greater.
-- +goose StatementBegin
CREATE FUNCTION announce_events() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    last BIGINT;
BEGIN
    IF current_setting('convoke.announced', true) IS DISTINCT FROM 'yes' THEN
        SELECT last_value INTO last FROM event_ids;
        PERFORM pg_advisory_xact_lock_shared(TG_RELID::bigint::bit(32)::integer, last::bit(32)::integer);
        PERFORM set_config('convoke.announced', 'yes', true); -- until the transaction ends
    END IF;
    RETURN NULL;
END
$$;
-- +goose StatementEnd
CREATE TRIGGER announce_events BEFORE INSERT ON events FOR EACH STATEMENT EXECUTE FUNCTION announce_events();

DROP FUNCTION event_horizon;
DROP FUNCTION event_id;
DROP TABLE event_clock;

-- All events up to event_horizon() are settled: they are committed and visible
-- to every statement that begins after this one has ended, and no transaction
-- can add one there. The last id is read before the locks are. So whoever is not
-- among these either has ended, or announces itself later and draws greater ids.
-- +goose StatementBegin
CREATE FUNCTION event_horizon() RETURNS BIGINT LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    last BIGINT;
    behind BIGINT; -- how far the eldest open transaction's announcement lies behind
BEGIN
    SELECT last_value INTO last FROM event_ids;
    SELECT MAX(lag) INTO behind FROM (
        SELECT (last - objid::bigint) & 4294967295 AS lag FROM pg_locks
        WHERE locktype = 'advisory' AND objsubid = 2 AND classid = 'events'::regclass
        AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
    ) announced WHERE lag < 2147483648; -- the others were made just now
    RETURN last - COALESCE(behind, 0);
END
$$;
-- +goose StatementEnd

-- +goose Down
DROP INDEX users_list;
CREATE INDEX users_list ON users (account_id, status, seq);
DROP TABLE import_forecasts;
CREATE TABLE event_clock (base BIGINT NOT NULL);
INSERT INTO event_clock SELECT (last_value >> 12) + 1 - pg_snapshot_xmin(pg_current_snapshot())::text::bigint FROM event_ids;
DROP FUNCTION event_horizon;
DROP TRIGGER announce_events ON events;
DROP FUNCTION announce_events;
ALTER TABLE events ALTER COLUMN id DROP DEFAULT;
DROP SEQUENCE event_ids;

-- +goose StatementBegin
CREATE FUNCTION event_id(place INTEGER) RETURNS BIGINT LANGUAGE sql VOLATILE AS $$
    SELECT ((pg_current_xact_id()::text::bigint + base) << 12) + place FROM event_clock
$$;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE FUNCTION event_horizon() RETURNS BIGINT LANGUAGE sql STABLE AS $$
    SELECT (pg_snapshot_xmin(pg_current_snapshot())::text::bigint + base) << 12 FROM event_clock
$$;
-- +goose StatementEnd
