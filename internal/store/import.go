// SPDX-License-Identifier: Apache-2.0

package store

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/convoke/convoke/internal/convoke"
)

// importOf decodes a job.
func importOf(r *row) convoke.Import {
	var job convoke.Import
	r.json(&job)
	return job
}

func importNotFound(id convoke.ImportID) error {
	return convoke.NotFound(convoke.CodeImportNotFound, "Import does not exist: %s.", id)
}

// CreateImport stores a new job.
func (db *DB) CreateImport(ctx context.Context, job convoke.Import) error {
	_, err := db.exec(ctx, `INSERT INTO imports (id, account_id, state, digest, created_at, job) VALUES ($1, $2, $3, $4, $5, $6)`,
		string(job.ID), string(job.AccountID), string(job.State), job.Digest, millis(job.CreatedAt), toJSON(job))
	return err
}

// Import returns a job of the account, or CodeImportNotFound.
func (db *DB) Import(ctx context.Context, account convoke.AccountID, id convoke.ImportID) (convoke.Import, error) {
	return must(ctx, db.engine, importNotFound(id), importOf,
		"SELECT job FROM imports WHERE id = $1 AND account_id = $2", string(id), string(account))
}

// Imports returns the account's jobs that were made before the given one, the
// newest first; an empty id begins.
func (db *DB) Imports(ctx context.Context, account convoke.AccountID, before convoke.ImportID, limit int) ([]convoke.Import, error) {
	return list(ctx, db.engine, importOf, `SELECT job FROM imports WHERE account_id = $1
		AND seq < COALESCE((SELECT seq FROM imports WHERE id = $2 AND account_id = $1), 9223372036854775807)
		ORDER BY seq DESC LIMIT $3`, string(account), string(before), limit)
}

// NextImports returns each account's oldest job that waits or runs, the oldest
// first. It goes by the index of the open jobs (imports_open), whose condition it
// repeats word for word, and not through all there ever were.
func (db *DB) NextImports(ctx context.Context, limit int) ([]convoke.Import, error) {
	return list(ctx, db.engine, importOf, `SELECT job FROM imports WHERE seq IN
		(SELECT MIN(seq) FROM imports WHERE state IN ('waiting', 'running') AND account_id > '' GROUP BY account_id)
		ORDER BY seq LIMIT $1`, limit)
}

// ChangeImport replaces a job by what apply makes of it, and appends the events,
// in one transaction. apply may be run again after a conflict.
func (db *DB) ChangeImport(ctx context.Context, id convoke.ImportID, apply func(convoke.Import) (convoke.Import, []convoke.Event, error)) error {
	return db.engine.write(ctx, func(t tx) error {
		before, err := db.lockImport(ctx, t, id)
		if err != nil {
			return err
		}
		after, events, err := apply(before)
		if err != nil {
			return err
		}
		return t.run(ctx, plan{steps: []step{saveImport(after)}, events: events})
	})
}

func (db *DB) lockImport(ctx context.Context, t tx, id convoke.ImportID) (convoke.Import, error) {
	return must(ctx, t, importNotFound(id), importOf, "SELECT job FROM imports WHERE id = $1"+db.dialect.forUpdate, string(id))
}

func saveImport(job convoke.Import) step {
	return step{
		sql:  "UPDATE imports SET state = $2, digest = $3, job = $4 WHERE id = $1",
		args: []any{string(job.ID), string(job.State), job.Digest, toJSON(job)},
	}
}

// AddImportChunks stores rows of a job, and MarkImportDuplicates which of them
// repeat earlier ones.
func (db *DB) AddImportChunks(ctx context.Context, id convoke.ImportID, chunks []convoke.ImportChunk) error {
	steps := make([]step, len(chunks))
	for i, c := range chunks {
		steps[i] = step{
			sql: `INSERT INTO import_chunks (import_id, number, first_row, row_count, secrets, duplicates, data)
				VALUES ($1, $2, $3, $4, $5, '', $6)`,
			args: []any{string(id), c.Number, c.First, c.Rows, c.Secrets, c.Data},
		}
	}
	return db.engine.write(ctx, func(t tx) error { return t.run(ctx, plan{steps: steps}) })
}

// MarkImportDuplicates replaces what is known of one chunk's duplicates.
func (db *DB) MarkImportDuplicates(ctx context.Context, id convoke.ImportID, number int, list []convoke.ImportDuplicate) error {
	_, err := db.exec(ctx, "UPDATE import_chunks SET duplicates = $3 WHERE import_id = $1 AND number = $2",
		string(id), number, toJSON(list))
	return err
}

func chunkOf(r *row) convoke.ImportChunk {
	c := convoke.ImportChunk{Number: int(r.number()), First: r.number(), Rows: r.number(), Secrets: r.flag()}
	if text := r.text(); text != "" {
		if err := json.Unmarshal([]byte(text), &c.Duplicates); err != nil && r.err == nil {
			r.err = fmt.Errorf("store: a chunk's duplicates do not parse: %w", err)
		}
	}
	c.Data = r.blob()
	return c
}

// ImportChunk returns one chunk of a job's rows, and what became of them: no
// Data while that is not known. CodeImportNotFound when there is no such chunk.
func (db *DB) ImportChunk(ctx context.Context, id convoke.ImportID, number int) (convoke.ImportChunk, convoke.ImportResults, error) {
	results := convoke.ImportResults{Chunk: number}
	chunk, err := must(ctx, db.engine, importNotFound(id), func(r *row) convoke.ImportChunk {
		c := chunkOf(r)
		results.Problems, results.Data = r.number(), r.blob()
		return c
	}, `SELECT c.number, c.first_row, c.row_count, c.secrets, c.duplicates, c.data, COALESCE(r.problems, 0), r.data
		FROM import_chunks c LEFT JOIN import_results r ON r.import_id = c.import_id AND r.number = c.number
		WHERE c.import_id = $1 AND c.number = $2`, string(id), number)
	return chunk, results, err
}

// forecastKeys is how many keys of a forecast one statement reads.
const forecastKeys = 6

// ImportForecast returns what the job's forecast says of the keys, at most six.
func (db *DB) ImportForecast(ctx context.Context, id convoke.ImportID, keys []string) (convoke.Forecast, error) {
	if len(keys) == 0 || len(keys) > forecastKeys {
		return nil, fmt.Errorf("store: %d keys of a forecast", len(keys))
	}
	args := []any{string(id)}
	for i := range forecastKeys {
		args = append(args, keys[min(i, len(keys)-1)])
	}
	said := convoke.Forecast{}
	err := db.engine.query(ctx, func(r *row) { said[r.text()] = r.text() },
		"SELECT key, value FROM import_forecasts WHERE import_id = $1 AND key IN ($2, $3, $4, $5, $6, $7)", args...)
	return said, err
}

// NextProblem returns the first chunk at or after the given number that has a
// conflict or an error in it, or -1.
func (db *DB) NextProblem(ctx context.Context, id convoke.ImportID, number int) (int, error) {
	next, found, err := first(ctx, db.engine, (*row).number, `SELECT number FROM import_results
		WHERE import_id = $1 AND number >= $2 AND problems > 0 ORDER BY number LIMIT 1`, string(id), number)
	if !found {
		next = -1
	}
	return int(next), err
}

// UnfinishedImport returns the account's newest job of the digest that has not
// ended, or CodeImportNotFound.
func (db *DB) UnfinishedImport(ctx context.Context, account convoke.AccountID, digest string) (convoke.Import, error) {
	return must(ctx, db.engine, importNotFound(""), importOf, `SELECT job FROM imports
		WHERE state IN ('waiting', 'running') AND account_id = $1 AND digest = $2 ORDER BY seq DESC LIMIT 1`, string(account), digest)
}

// DeleteImports deletes the jobs that ended and were made before the time ended,
// with their rows, and those that were cut off while they were received before
// the time received. It takes many commits, so that it keeps no writer waiting.
func (db *DB) DeleteImports(ctx context.Context, ended, received time.Time) error {
	for choice, before := range map[string]time.Time{
		"state IN ('done', 'cancelled')": ended,
		"state = 'receiving'":            received,
	} {
		for {
			id, some, err := first(ctx, db.engine, (*row).text,
				"SELECT id FROM imports WHERE created_at < $1 AND "+choice+" ORDER BY created_at LIMIT 1", millis(before))
			if err == nil && some {
				err = db.DeleteImport(ctx, convoke.ImportID(id))
			}
			if err != nil {
				return err
			}
			if !some {
				break
			}
		}
	}
	return nil
}

// What DeleteImport deletes in one commit: a chunk has up to a thousand rows of a
// file in it, a note of a forecast is short.
const (
	chunksAtOnce = 20
	notesAtOnce  = 500
)

// DeleteImport deletes one job, after its rows, a few at a time. The job must not
// be waiting or running.
func (db *DB) DeleteImport(ctx context.Context, id convoke.ImportID) error {
	for _, part := range []struct {
		table, key string
		atOnce     int64
	}{
		{"import_results", "number", chunksAtOnce}, {"import_forecasts", "key", notesAtOnce}, {"import_chunks", "number", chunksAtOnce},
	} {
		sql := fmt.Sprintf("DELETE FROM %[1]s WHERE import_id = $1 AND %[2]s IN (SELECT %[2]s FROM %[1]s WHERE import_id = $1 LIMIT $2)", part.table, part.key)
		for affected := part.atOnce; affected == part.atOnce; {
			var err error
			if affected, err = db.exec(ctx, sql, string(id), part.atOnce); err != nil {
				return err
			}
		}
	}
	_, err := db.exec(ctx, "DELETE FROM imports WHERE id = $1", string(id))
	return err
}
