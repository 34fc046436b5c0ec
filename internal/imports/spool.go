// SPDX-License-Identifier: Apache-2.0

package imports

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"slices"

	"github.com/convoke/convoke/internal/convoke"
)

const (
	chunkRows  = 1000      // rows that share a transaction
	chunkBytes = 256 << 10 // at most, before the last row of a chunk
	chunkHash  = 20        // passwords: hashing them takes about a second of a processor
	storeAtOne = 16        // chunks that are stored in one transaction
)

// spool reads a file to its end and stores its rows, a few chunks at a time.
type spool struct {
	*Service
	job      convoke.Import
	layout   layout
	seen     [fieldCount]bool // NDJSON: fields that some line gives
	repeats  duplicates
	chunk    convoke.ImportChunk
	secrets  int // passwords of the chunk
	pending  []convoke.ImportChunk
	firsts   []int64 // the first row of each chunk: 8 bytes for 1,000 rows
	rows     int64
	warnings []string
	unknown  map[string]bool // at most maxWarnings
	ways     map[naming]bool // in which rows name their users
}

// receive stores the rows of the file and returns the job as it is then.
func (s *Service) receive(ctx context.Context, job convoke.Import, body io.Reader) (convoke.Import, error) {
	sp := &spool{Service: s, job: job, chunk: convoke.ImportChunk{First: 1}, unknown: map[string]bool{}, ways: map[naming]bool{}}
	defer sp.repeats.close()
	digest := sha256.New()
	in := newSplitter(io.TeeReader(body, digest), job.Options.Format)
	if err := sp.readAll(ctx, in); err != nil {
		return job, err
	}
	if err := sp.markDuplicates(ctx); err != nil {
		return job, err
	}
	job = sp.job.Received(sp.rows, len(sp.firsts))
	job.Digest = hex.EncodeToString(digest.Sum(nil))
	job.Columns, job.Warnings, job.Mixed = sp.columns(), sp.warnings, len(sp.ways) > 1
	return job, nil
}

func (sp *spool) columns() []string {
	if sp.job.Options.Format == convoke.FormatCSV {
		return sp.layout.columns
	}
	var columns []string
	for f, seen := range sp.seen {
		if seen {
			columns = append(columns, fieldNames[f])
		}
	}
	return columns
}

func (sp *spool) readAll(ctx context.Context, in *splitter) error {
	if err := sp.begin(in); err != nil {
		return err
	}
	for {
		record, _, err := in.next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err == nil {
			err = ctx.Err()
		}
		if err != nil {
			return err
		}
		if err := sp.add(ctx, record); err != nil {
			return err
		}
	}
	if sp.rows == 0 {
		return badFile("The file has no rows.")
	}
	if err := sp.endChunk(ctx); err != nil {
		return err
	}
	return sp.store(ctx)
}

// begin reads the header of a CSV file.
func (sp *spool) begin(in *splitter) error {
	if sp.job.Options.Format == convoke.FormatNDJSON {
		sp.layout = objectLayout()
		return nil
	}
	record, line, err := in.next()
	if errors.Is(err, io.EOF) {
		return badFile("The file is empty.")
	}
	if err != nil {
		return err
	}
	if line > 1 {
		return badFile("Line 1 is blank; it must hold the names of the columns.")
	}
	sp.layout.header, sp.warnings, err = readHeader(record)
	return err
}

// add takes one row in.
func (sp *spool) add(ctx context.Context, record []byte) error {
	sp.rows++
	if p := sp.take(record); p != nil {
		sp.ways[p.naming(sp.job.Options)] = true
		if err := sp.repeats.add(sp.rows, p, sp.job.Options); err != nil {
			return err
		}
	}
	sp.chunk.Rows++
	if sp.chunk.Rows < chunkRows && len(sp.chunk.Data) < chunkBytes && sp.secrets < chunkHash {
		return nil
	}
	return sp.endChunk(ctx)
}

// take appends the row to the chunk, and returns its person where it has one.
func (sp *spool) take(record []byte) *person {
	if sp.job.Options.Format == convoke.FormatNDJSON {
		return sp.takeObject(record)
	}
	cells, p, err := sp.layout.read(record)
	if err != nil && sp.layout.secret() >= 0 {
		sp.chunk.Data = appendCSV(sp.chunk.Data, sp.layout.withheld(err)...)
		return nil
	}
	if err != nil { // the worker will say so of this row
		sp.chunk.Data = append(append(sp.chunk.Data, record...), '\n')
		return nil
	}
	if p[password] == "" {
		sp.chunk.Data = append(append(sp.chunk.Data, record...), '\n')
		return &p
	}
	cells[sp.layout.secret()] = sp.sealer.seal(p[password])
	sp.hide()
	sp.chunk.Data = appendCSV(sp.chunk.Data, cells...)
	return &p
}

// hide counts a password of the chunk.
func (sp *spool) hide() {
	sp.chunk.Secrets = true
	sp.secrets++
}

func (sp *spool) takeObject(line []byte) *person {
	p, unknown, err := parseObject(line)
	for _, name := range unknown {
		if !sp.unknown[name] && len(sp.unknown) < maxWarnings {
			sp.unknown[name] = true
			sp.warnings = append(sp.warnings, `The member "`+shorten(name)+`" is not known here and is left out.`)
		}
	}
	for f, value := range p {
		sp.seen[f] = sp.seen[f] || value != ""
	}
	cells := append(slices.Clone(p[:]), "")
	if p[password] != "" {
		cells[password] = sp.sealer.seal(p[password])
		sp.hide()
	}
	if err != nil {
		cells[fieldCount] = convoke.AsError(err).Message
	}
	sp.chunk.Data = appendCSV(sp.chunk.Data, cells...)
	if err != nil {
		return nil
	}
	return &p
}

func (sp *spool) endChunk(ctx context.Context) error {
	if sp.chunk.Rows == 0 {
		return nil
	}
	sp.pending = append(sp.pending, sp.chunk)
	sp.firsts = append(sp.firsts, sp.chunk.First)
	sp.chunk, sp.secrets = convoke.ImportChunk{Number: len(sp.firsts), First: sp.rows + 1}, 0
	if len(sp.pending) < storeAtOne {
		return nil
	}
	return sp.store(ctx)
}

func (sp *spool) store(ctx context.Context) error {
	if len(sp.pending) == 0 {
		return nil
	}
	err := sp.spools.AddImportChunks(ctx, sp.job.ID, sp.pending)
	sp.pending = nil
	return err
}

// markDuplicates stores with each chunk which of its rows repeat earlier ones.
func (sp *spool) markDuplicates(ctx context.Context) error {
	at := -1
	var list []convoke.ImportDuplicate
	flush := func() error {
		if len(list) == 0 {
			return nil
		}
		defer func() { list = list[:0] }()
		return sp.spools.MarkImportDuplicates(ctx, sp.job.ID, at, list)
	}
	err := sp.repeats.each(func(d convoke.ImportDuplicate) error {
		number := sp.chunkOf(d.Row)
		if number != at {
			if err := flush(); err != nil {
				return err
			}
			at = number
		}
		if n := len(list); n == 0 || list[n-1].Row != d.Row {
			list = append(list, d)
		}
		return nil
	})
	if err != nil {
		return err
	}
	return flush()
}

// chunkOf finds the chunk of a row.
func (sp *spool) chunkOf(row int64) int {
	at, found := slices.BinarySearch(sp.firsts, row)
	if found {
		return at
	}
	return at - 1
}
