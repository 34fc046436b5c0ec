// SPDX-License-Identifier: Apache-2.0

package imports

import (
	"bufio"
	"bytes"
	"cmp"
	"container/heap"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
)

// entry is a row under a key. The key is a hash, or a row's number when rows
// themselves are sorted.
type entry struct {
	key    [16]byte
	row    int64
	field  uint8
	strict bool // the row must not repeat the key; else it only takes it
}

const entrySize = 16 + 8 + 1 + 1

func compareEntries(a, b entry) int {
	return cmp.Or(bytes.Compare(a.key[:], b.key[:]), cmp.Compare(a.row, b.row), cmp.Compare(a.field, b.field))
}

// entriesInMemory is how many entries are sorted at once; the rest is on disk.
const entriesInMemory = 64 << 10

// sorter sorts any number of entries: runs that fit in memory, which are written
// to a temporary file, which has no name, and merged.
type sorter struct {
	entries []entry
	file    *os.File
	out     *bufio.Writer
	ends    []int64 // where each run ends in the file
	written int64
}

func (s *sorter) add(e entry) error {
	s.entries = append(s.entries, e)
	if len(s.entries) < entriesInMemory {
		return nil
	}
	return s.flush()
}

// flush writes what is in memory as a run.
func (s *sorter) flush() error {
	if s.file == nil {
		file, err := os.CreateTemp("", "convoke-import-")
		if err != nil {
			return fmt.Errorf("imports: %w", err)
		}
		if err := os.Remove(file.Name()); err != nil { // so that it goes with this process, however that ends
			return errors.Join(fmt.Errorf("imports: %w", err), file.Close())
		}
		s.file, s.out = file, bufio.NewWriterSize(file, 64<<10)
	}
	slices.SortFunc(s.entries, compareEntries)
	var raw [entrySize]byte
	for _, e := range s.entries {
		e.encode(&raw)
		if _, err := s.out.Write(raw[:]); err != nil {
			return fmt.Errorf("imports: %w", err)
		}
	}
	s.written += int64(len(s.entries)) * entrySize
	s.ends = append(s.ends, s.written)
	s.entries = s.entries[:0]
	return nil
}

func (e entry) encode(raw *[entrySize]byte) {
	copy(raw[:16], e.key[:])
	binary.BigEndian.PutUint64(raw[16:24], uint64(e.row))
	raw[24], raw[25] = e.field, 0
	if e.strict {
		raw[25] = 1
	}
}

func decodeEntry(raw *[entrySize]byte) entry {
	return entry{
		key: [16]byte(raw[:16]), row: int64(binary.BigEndian.Uint64(raw[16:24])), field: raw[24], strict: raw[25] == 1,
	}
}

// each shows the entries in order.
func (s *sorter) each(show func(entry) error) error {
	if s.file == nil {
		slices.SortFunc(s.entries, compareEntries)
		for _, e := range s.entries {
			if err := show(e); err != nil {
				return err
			}
		}
		return nil
	}
	if err := s.flush(); err != nil {
		return err
	}
	if err := s.out.Flush(); err != nil {
		return fmt.Errorf("imports: %w", err)
	}
	return s.merge(show)
}

func (s *sorter) merge(show func(entry) error) error {
	var runs runHeap
	begin := int64(0)
	for _, end := range s.ends {
		r := &run{in: bufio.NewReaderSize(io.NewSectionReader(s.file, begin, end-begin), 16<<10)}
		begin = end
		if more, err := r.advance(); err != nil {
			return err
		} else if more {
			runs = append(runs, r)
		}
	}
	heap.Init(&runs)
	for len(runs) > 0 {
		if err := show(runs[0].head); err != nil {
			return err
		}
		more, err := runs[0].advance()
		if err != nil {
			return err
		}
		if more {
			heap.Fix(&runs, 0)
		} else {
			heap.Pop(&runs)
		}
	}
	return nil
}

// close gives the space of the temporary file back.
func (s *sorter) close() {
	if s.file != nil {
		_ = s.file.Close() // nobody will read it
	}
}

// run is a sorted part of the file.
type run struct {
	in   *bufio.Reader
	head entry
}

func (r *run) advance() (more bool, err error) {
	var raw [entrySize]byte
	if _, err := io.ReadFull(r.in, raw[:]); errors.Is(err, io.EOF) {
		return false, nil
	} else if err != nil {
		return false, fmt.Errorf("imports: %w", err)
	}
	r.head = decodeEntry(&raw)
	return true, nil
}

type runHeap []*run

func (h runHeap) Len() int           { return len(h) }
func (h runHeap) Less(i, j int) bool { return compareEntries(h[i].head, h[j].head) < 0 }
func (h runHeap) Swap(i, j int)      { h[i], h[j] = h[j], h[i] }

// Push is part of heap.Interface.
func (h *runHeap) Push(x any) { *h = append(*h, x.(*run)) } //nolint:forcetypeassert // nothing else is pushed

// Pop is part of heap.Interface.
func (h *runHeap) Pop() any {
	last := (*h)[len(*h)-1]
	*h = (*h)[:len(*h)-1]
	return last
}
