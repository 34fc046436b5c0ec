// SPDX-License-Identifier: Apache-2.0

package imports

import (
	"bytes"
	"strings"

	"github.com/convoke/convoke/internal/convoke"
)

// parseCSV cuts a row into its cells (RFC 4180). It returns CodeInvalidRow for a
// quote where none may be.
func parseCSV(record []byte, into []string) ([]string, error) {
	text := string(record)
	for {
		cell, rest, more, err := nextCell(text)
		if err != nil {
			return into, err
		}
		into = append(into, cell)
		if !more {
			return into, nil
		}
		text = rest
	}
}

// nextCell reads the cell at the start of the text; more tells whether another
// one follows.
func nextCell(text string) (cell, rest string, more bool, err error) {
	if !strings.HasPrefix(text, `"`) {
		cell, rest, more = strings.Cut(text, ",")
		if strings.Contains(cell, `"`) {
			return "", "", false, badRow("A quote stands inside a cell that is not quoted.")
		}
		return cell, rest, more, nil
	}
	var quoted strings.Builder
	for text = text[1:]; ; {
		part, after, closed := strings.Cut(text, `"`)
		if !closed {
			return "", "", false, badRow("A quoted cell is not closed.")
		}
		quoted.WriteString(part)
		switch {
		case after == "":
			return quoted.String(), "", false, nil
		case after[0] == '"':
			quoted.WriteByte('"')
			text = after[1:]
		case after[0] == ',':
			return quoted.String(), after[1:], true, nil
		default:
			return "", "", false, badRow("Something follows the closing quote of a cell.")
		}
	}
}

func badRow(format string, args ...any) error {
	return convoke.Invalid(convoke.CodeInvalidRow, "", format, args...)
}

// appendCSV appends a row with its line end. A cell is quoted where it must be.
func appendCSV(to []byte, cells ...string) []byte {
	for i, cell := range cells {
		if i > 0 {
			to = append(to, ',')
		}
		if cell != "" && !strings.ContainsAny(cell, ",\"\r\n") && strings.TrimSpace(cell) == cell {
			to = append(to, cell...)
			continue
		}
		if cell == "" && len(cells) > 1 {
			continue
		}
		to = append(to, '"')
		to = append(to, strings.ReplaceAll(cell, `"`, `""`)...)
		to = append(to, '"')
	}
	return append(to, '\n')
}

// harmless puts an apostrophe before what a spreadsheet would run as a formula.
func harmless(cell string) string {
	if cell != "" && strings.ContainsRune("=+-@\t\r", rune(cell[0])) {
		return "'" + cell
	}
	return cell
}

// header is what a CSV file's first row says.
type header struct {
	columns []string
	fields  []int // the field of each column; -1: none
	has     [fieldCount]bool
}

// What a header may hold: every row is shown under all of it.
const (
	maxColumns = 200
	maxHeader  = 64 << 10 // bytes
)

// readHeader understands the first row, or refuses the file. warnings name the
// columns that mean nothing here.
func readHeader(record []byte) (h header, warnings []string, err error) {
	if len(record) > maxHeader {
		return h, nil, badFile("Line 1, the header, is longer than 64 KiB. Shorten the names of the columns, or leave out columns that no user needs.")
	}
	cells, err := parseCSV(bytes.Clone(record), nil)
	if err != nil {
		return h, nil, badFile("Line 1: %s", convoke.AsError(err).Message)
	}
	if len(cells) > maxColumns {
		return h, nil, badFile("Line 1: the header has %d columns; a file may have at most %d. Leave out those that no user needs.", len(cells), maxColumns)
	}
	seen := map[string]bool{}
	for _, cell := range cells {
		name := strings.TrimSpace(cell)
		if seen[normal(name)] && name != "" {
			return h, nil, badFile("Line 1: the column %q is there twice. Keep one of them.", shorten(name))
		}
		seen[normal(name)] = true
		f, known := fieldOf(name)
		switch {
		case known && h.has[f]:
			return h, nil, badFile("Line 1: the column %q means %s, which another column gives already. Keep one of them.", shorten(name), fieldNames[f])
		case known:
			h.has[f] = true
			h.fields = append(h.fields, int(f))
		default:
			h.fields = append(h.fields, -1)
			warnings = warn(warnings, name)
		}
		h.columns = append(h.columns, name)
	}
	if !h.has[email] && !h.has[externalID] {
		return h, nil, badFile("Line 1: the file needs a header with a column email or external_id. Its columns are: %s.", shorten(strings.Join(h.columns, ", ")))
	}
	return h, warnings, nil
}

// maxWarnings bounds what a job says about its file.
const maxWarnings = 50

func warn(warnings []string, name string) []string {
	if len(warnings) >= maxWarnings {
		return warnings
	}
	return append(warnings, `The column "`+shorten(name)+`" is not known here and is left out; the results keep it.`)
}

// shorten keeps a message readable when a name is endless.
func shorten(name string) string { return convoke.Shorten(name, 100) }

// person reads a row under the header.
func (h header) person(cells []string) (p person, err error) {
	if len(cells) != len(h.fields) {
		return p, badRow("The row has %d cells; the header has %d columns.", len(cells), len(h.fields))
	}
	for i, f := range h.fields {
		if f >= 0 {
			p.set(field(f), cells[i])
		}
	}
	return p, nil
}
