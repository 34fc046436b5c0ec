// SPDX-License-Identifier: Apache-2.0

package imports

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"unicode/utf8"

	"github.com/convoke/convoke/internal/convoke"
)

// maxRecord is the longest row, in bytes.
const maxRecord = 1 << 20

// splitter cuts a file into rows. A row of CSV goes on over a line end inside a
// quoted cell.
type splitter struct {
	in     *bufio.Reader
	quotes bool // a quote opens a cell that may hold line ends
	line   int  // lines read so far
	record []byte
}

func newSplitter(in io.Reader, format convoke.ImportFormat) *splitter {
	return &splitter{in: bufio.NewReaderSize(in, 64<<10), quotes: format == convoke.FormatCSV}
}

// next returns the next row that is not blank, without its line end, and the
// number of its first line. It is good until the next call. io.EOF: no more.
// CodeInvalidFile: the file cannot be read on.
func (s *splitter) next() (record []byte, line int, err error) {
	for {
		s.record, line = s.record[:0], s.line+1
		if err := s.readLine(line); err != nil {
			return nil, line, err
		}
		if err := s.closeQuotes(line); err != nil {
			return nil, line, err
		}
		if line == 1 {
			s.record = bytes.TrimPrefix(s.record, []byte("\xEF\xBB\xBF"))
		}
		if !utf8.Valid(s.record) {
			return nil, line, badFile("Line %d is not UTF-8 text. Save the file as UTF-8 and send it again.", line)
		}
		if len(bytes.TrimSpace(s.record)) > 0 {
			return s.record, line, nil
		}
	}
}

// closeQuotes reads on while a quoted cell of the record, which begins at the
// given line, is open. Each byte is looked at once.
func (s *splitter) closeQuotes(begin int) error {
	if !s.quotes {
		return nil
	}
	for seen, open := 0, false; ; {
		open = open != (bytes.Count(s.record[seen:], []byte{'"'})%2 == 1)
		if !open {
			return nil
		}
		seen = len(s.record)
		s.record = append(s.record, '\n')
		if err := s.readLine(begin); errors.Is(err, io.EOF) {
			return badFile("Line %d: a quoted cell that begins here is never closed.", begin)
		} else if err != nil {
			return err
		}
	}
}

// readLine appends one line to the record, which begins at the given line.
func (s *splitter) readLine(begin int) error {
	start := len(s.record)
	for {
		part, err := s.in.ReadSlice('\n')
		s.record = append(s.record, part...)
		if len(s.record) > maxRecord {
			return badFile("Line %d is longer than 1 MiB. A row that long is not one of users; check the file's line ends and quotes.", begin)
		}
		if errors.Is(err, bufio.ErrBufferFull) {
			continue
		}
		if errors.Is(err, io.EOF) && len(s.record) == start {
			return io.EOF
		}
		if err != nil && !errors.Is(err, io.EOF) {
			return err
		}
		break
	}
	s.line++
	s.record = bytes.TrimSuffix(bytes.TrimSuffix(s.record, []byte{'\n'}), []byte{'\r'})
	return nil
}

func badFile(format string, args ...any) error {
	return convoke.Invalid(convoke.CodeInvalidFile, "", format, args...)
}
