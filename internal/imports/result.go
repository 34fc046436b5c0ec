// SPDX-License-Identifier: Apache-2.0

package imports

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/convoke/convoke/internal/convoke"
	"github.com/convoke/convoke/internal/provision"
)

// codeUnchanged is why a row is skipped.
const codeUnchanged convoke.Code = "unchanged"

func duplicateMessage(d convoke.ImportDuplicate) string {
	return fmt.Sprintf("Row %d of this file has the same %s already. Only that row counts.", d.First, d.Field)
}

// encodeResults writes a line for each row. results are those of the rows that
// provision was asked about, in order.
func encodeResults(rows []storedRow, results []provision.RowResult, dryRun bool) (convoke.ImportResults, convoke.ImportCounts) {
	var kept convoke.ImportResults
	var counts convoke.ImportCounts
	for _, r := range rows {
		result := provision.RowResult{Err: r.refused}
		if r.refused == nil {
			result, results = results[0], results[1:]
		}
		line := newResult(result, dryRun)
		counts.Add(line.Outcome)
		if line.Outcome.Problem() {
			kept.Problems++
		}
		kept.Data = appendCSV(kept.Data, string(line.Outcome), string(line.Code), line.Message, string(line.UserID))
	}
	return kept, counts
}

// newResult is the one table from what provision answers to outcomes.
func newResult(r provision.RowResult, dryRun bool) convoke.ImportRow {
	if r.Err != nil {
		e := convoke.AsError(r.Err)
		outcome := convoke.RowError
		if e.Kind == convoke.KindConflict {
			outcome = convoke.RowConflict
		}
		return convoke.ImportRow{Outcome: outcome, Code: e.Code, Message: e.Message, UserID: e.UserID}
	}
	switch r.Outcome {
	case convoke.OutcomeMade, convoke.OutcomeReplaced:
		if dryRun {
			return convoke.ImportRow{Outcome: convoke.RowCreate} // the user is not there yet
		}
		return convoke.ImportRow{Outcome: convoke.RowCreate, UserID: r.User.ID}
	case convoke.OutcomeUpdated, convoke.OutcomeBound:
		return convoke.ImportRow{Outcome: convoke.RowUpdate, UserID: r.User.ID}
	default:
		return convoke.ImportRow{
			Outcome: convoke.RowSkip, Code: codeUnchanged, Message: "The user is there already, just so.", UserID: r.User.ID,
		}
	}
}

// pageBytes is what the rows of a page hold, each with the names of its columns,
// before its last row.
const pageBytes = 4 << 20

// Rows returns up to limit rows of a job after the given number, fewer where they
// are long, with what became of each: no outcome while that is not known. problems leaves out all
// but conflicts and errors. next is the number to go on after, 0 at the end. It
// needs RightListUsers.
func (s *Service) Rows(ctx context.Context, p convoke.Principal, id convoke.ImportID, after int64, limit int, problems bool) (rows []convoke.ImportRow, next int64, err error) {
	job, err := s.Import(ctx, p, id)
	if err != nil {
		return nil, 0, err
	}
	size, head := 0, lengths(job.Columns)
	err = s.each(ctx, job, after, problems, func(r convoke.ImportRow) error {
		if len(rows) == limit || size >= pageBytes {
			next = rows[len(rows)-1].Number
			return errEnough
		}
		size += head + lengths(r.Cells)
		rows = append(rows, r)
		return nil
	})
	if errors.Is(err, errEnough) {
		err = nil
	}
	return rows, next, err
}

func lengths(cells []string) (sum int) {
	for _, cell := range cells {
		sum += len(cell)
	}
	return sum
}

var errEnough = errors.New("imports: enough rows")

// each shows the rows after the given number.
func (s *Service) each(ctx context.Context, job convoke.Import, after int64, problems bool, show func(convoke.ImportRow) error) error {
	l := layoutOf(job)
	first, err := s.findChunk(ctx, job, after+1)
	if err != nil {
		return err
	}
	for n := first; n < job.Chunks; n++ {
		if problems {
			if n, err = s.spools.NextProblem(ctx, job.ID, n); n < 0 || err != nil {
				return err
			}
		}
		chunk, results, err := s.spools.ImportChunk(ctx, job.ID, n)
		if err != nil {
			return err
		}
		err = eachOf(ctx, l, job.Options.Format, chunk, results, func(r convoke.ImportRow) error {
			if r.Number <= after || problems && !r.Outcome.Problem() {
				return nil
			}
			return show(r)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// findChunk returns the number of the chunk that holds the row. Chunks hold
// chunkRows rows, or fewer when those are long, so the search begins there.
func (s *Service) findChunk(ctx context.Context, job convoke.Import, row int64) (int, error) {
	low, high := int(min(max(row-1, 0)/chunkRows, int64(job.Chunks))), job.Chunks
	for low < high {
		middle := (low + high) / 2
		chunk, _, err := s.spools.ImportChunk(ctx, job.ID, middle)
		if err != nil {
			return 0, err
		}
		switch {
		case row < chunk.First:
			high = middle
		case row >= chunk.First+chunk.Rows:
			low = middle + 1
		default:
			return middle, nil
		}
	}
	return low, nil
}

// eachOf pairs a chunk's rows with its results.
func eachOf(
	ctx context.Context, l layout, format convoke.ImportFormat, chunk convoke.ImportChunk, results convoke.ImportResults,
	show func(convoke.ImportRow) error,
) error {
	in := newSplitter(bytes.NewReader(chunk.Data), convoke.FormatCSV)
	lines := newSplitter(bytes.NewReader(results.Data), convoke.FormatCSV)
	for number := chunk.First; ; number++ {
		record, _, err := in.next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err == nil {
			err = ctx.Err()
		}
		if err != nil {
			return err
		}
		cells, _, _ := l.readStored(record, format) // an unreadable row has its error among the results
		row := convoke.ImportRow{Number: number, Cells: l.show(cells)}
		if len(results.Data) > 0 {
			if err := decodeResult(lines, &row); err != nil {
				return err
			}
		}
		if err := show(row); err != nil {
			return err
		}
	}
}

func decodeResult(lines *splitter, row *convoke.ImportRow) error {
	line, _, err := lines.next()
	if err != nil {
		return fmt.Errorf("imports: the results are shorter than the rows: %w", err)
	}
	cells, err := parseCSV(line, nil)
	if err != nil || len(cells) != 4 {
		return fmt.Errorf("imports: a stored result is damaged: %w", err)
	}
	row.Outcome, row.Code = convoke.ImportOutcome(cells[0]), convoke.Code(cells[1])
	row.Message, row.UserID = cells[2], convoke.UserID(cells[3])
	return nil
}

// Results writes the results file: the input's columns, then outcome, code,
// message and user_id. What a spreadsheet would run as a formula has an
// apostrophe before it. It needs RightListUsers.
func (s *Service) Results(ctx context.Context, p convoke.Principal, id convoke.ImportID, to io.Writer) error {
	job, err := s.Import(ctx, p, id)
	if err != nil {
		return err
	}
	out := bufio.NewWriterSize(to, 64<<10)
	line := appendCSV(nil, guard(append(append([]string{}, job.Columns...), "outcome", "code", "message", "user_id"))...)
	if _, err := out.Write(line); err != nil {
		return err
	}
	err = s.each(ctx, job, 0, false, func(r convoke.ImportRow) error {
		// A user id is ours: an app looks it up as it stands, so it is left alone.
		cells := append(guard(append(r.Cells, string(r.Outcome), string(r.Code), r.Message)), string(r.UserID))
		line = appendCSV(line[:0], cells...)
		_, err := out.Write(line)
		return err
	})
	if err != nil {
		return err
	}
	return out.Flush()
}

func guard(cells []string) []string {
	for i, cell := range cells {
		cells[i] = harmless(cell)
	}
	return cells
}
