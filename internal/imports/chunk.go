// SPDX-License-Identifier: Apache-2.0

package imports

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"io"

	"github.com/convoke/convoke/internal/convoke"
	"github.com/convoke/convoke/internal/provision"
)

// storedRow is a row of a chunk that is being done.
type storedRow struct {
	cells   []string
	row     provision.Row
	refused error // before provision was asked
}

// reading is a chunk that was read and understood, or why it could not be.
type reading struct {
	layout layout
	chunk  convoke.ImportChunk
	rows   []storedRow
	err    error
}

// readAhead reads a job's chunks from its next one on, each while the one before
// is being done. It stops after the last one, after an error, and with ctx. Call
// stop in the end; it waits until nothing is read any more.
func (s *Service) readAhead(ctx context.Context, job convoke.Import) (chunks <-chan reading, stop func()) {
	ctx, cancel := context.WithCancel(ctx)
	out := make(chan reading)
	go func() {
		defer close(out)
		for number := job.NextChunk; ; number++ {
			r := s.readChunk(ctx, job, number)
			select {
			case out <- r:
			case <-ctx.Done():
				return
			}
			if r.err != nil || number+1 >= job.Chunks {
				return
			}
		}
	}()
	return out, func() {
		cancel()
		for range out {
		}
	}
}

func (s *Service) readChunk(ctx context.Context, job convoke.Import, number int) reading {
	r := reading{layout: layoutOf(job)}
	if r.chunk, _, r.err = s.spools.ImportChunk(ctx, job.ID, number); r.err == nil {
		r.rows, r.err = s.readRows(ctx, r.layout, job.Options, r.chunk)
	}
	return r
}

// doChunk does the next of the job's chunks and returns the job as it is then.
// expectNew: its users are most likely not there yet.
func (s *Service) doChunk(ctx context.Context, job convoke.Import, chunks <-chan reading, expectNew bool) (after convoke.Import, err error) {
	began := s.now()
	by, err := s.renewed(ctx, job)
	if err != nil {
		return s.withdraw(ctx, job, err)
	}
	in, open := <-chunks
	if !open {
		return job, cmp.Or(ctx.Err(), io.ErrUnexpectedEOF)
	}
	if in.err != nil {
		return job, in.err
	}
	chunk, rows := in.chunk, in.rows
	asked := make([]provision.Row, 0, len(rows))
	for _, r := range rows {
		if r.refused == nil {
			asked = append(asked, r.row)
		}
	}
	blanked := blank(in.layout, chunk, rows)
	record := func(now convoke.Import, results []provision.RowResult, prospect provision.Prospect) (convoke.Import, convoke.ImportResults, []convoke.Event, error) {
		kept, counts := encodeResults(rows, results, job.Options.DryRun)
		kept.Chunk, kept.Blanked, kept.Forecast = chunk.Number, blanked, prospect.Forecast
		step := convoke.ImportStep{
			Owner: job.Owner, Chunk: chunk.Number, Rows: chunk.Rows, Counts: counts,
			Borrowed: prospect.Borrowed, Foreseen: int64(len(prospect.Forecast)),
			Took: s.now().Sub(began), At: s.clock(), Lease: s.clock().Add(lease),
		}
		var events []convoke.Event
		var err error
		after, events, err = now.Advance(step)
		return after, kept, events, err
	}
	if job.Options.DryRun {
		err = s.users.Preview(ctx, by, job, asked, record)
		return after, err
	}
	err = s.users.Import(ctx, by, job.ID, asked, expectNew,
		func(now convoke.Import, results []provision.RowResult) (convoke.Import, convoke.ImportResults, []convoke.Event, error) {
			return record(now, results, provision.Prospect{})
		})
	return after, err
}

// renewed is who began the job, with the rights of now: the app may have been
// revoked, or have lost a scope, since.
func (s *Service) renewed(ctx context.Context, job convoke.Import) (convoke.Principal, error) {
	by, err := s.caller.Renew(ctx, job.By)
	if err == nil {
		err = job.Options.CheckRights(by)
	}
	return by, err
}

// withdraw ends a job that its starter may not do any more. Any other error of
// asking is returned: it stops the job for now only.
func (s *Service) withdraw(ctx context.Context, job convoke.Import, refusal error) (after convoke.Import, err error) {
	switch e := convoke.AsError(refusal); e.Kind {
	case convoke.KindUnauthenticated, convoke.KindForbidden:
		err = s.jobs.ChangeImport(ctx, job.ID, func(now convoke.Import) (_ convoke.Import, events []convoke.Event, err error) {
			after, events, err = now.Withdraw(job.Owner, e.Message, s.clock())
			return after, events, err
		})
		return after, err
	}
	return job, refusal
}

// readRows understands a chunk's rows.
func (s *Service) readRows(ctx context.Context, l layout, o convoke.ImportOptions, chunk convoke.ImportChunk) ([]storedRow, error) {
	repeats := make(map[int64]convoke.ImportDuplicate, len(chunk.Duplicates))
	for _, d := range chunk.Duplicates {
		repeats[d.Row] = d
	}
	rows := make([]storedRow, 0, chunk.Rows)
	for in := newSplitter(bytes.NewReader(chunk.Data), convoke.FormatCSV); ; {
		record, _, err := in.next()
		if errors.Is(err, io.EOF) {
			return rows, nil
		}
		if err == nil {
			err = ctx.Err()
		}
		if err != nil {
			return nil, err
		}
		r, err := s.readRow(l, o, record)
		if err != nil {
			return nil, err
		}
		if d, repeated := repeats[chunk.First+int64(len(rows))]; repeated && r.refused == nil {
			r.refused = &convoke.Error{
				Kind: convoke.KindConflict, Code: convoke.CodeDuplicateRow, Field: d.Field,
				Message: duplicateMessage(d),
			}
		}
		rows = append(rows, r)
	}
}

// readRow returns an error only for a fault of ours.
func (s *Service) readRow(l layout, o convoke.ImportOptions, record []byte) (r storedRow, err error) {
	var p person
	if r.cells, p, r.refused = l.readStored(record, o.Format); r.refused != nil {
		return r, nil
	}
	if p[password] != "" {
		if p[password], err = s.sealer.open(p[password]); err != nil {
			return r, err
		}
	}
	r.row, r.refused = p.row(o)
	return r, nil
}

// blank returns the chunk without its passwords, or nil when it has none.
func blank(l layout, chunk convoke.ImportChunk, rows []storedRow) []byte {
	if !chunk.Secrets {
		return nil
	}
	data := make([]byte, 0, len(chunk.Data))
	for _, r := range rows {
		if at := l.secret(); at < len(r.cells) {
			r.cells[at] = ""
		}
		data = appendCSV(data, r.cells...)
	}
	return data
}
