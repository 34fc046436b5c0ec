// SPDX-License-Identifier: Apache-2.0

package imports

import (
	"slices"
	"strings"

	"github.com/convoke/convoke/internal/convoke"
)

// layout is how a job's rows are stored: always as CSV. Those of a CSV file are
// kept as they came; but where they have passwords, one that does not fit the
// header becomes empty cells and, last, why it cannot be read (see withheld). So
// does an NDJSON line, which becomes a row of all fields.
type layout struct {
	header
	out []int // which cells the results show
}

// layoutOf returns the layout of a stored job.
func layoutOf(job convoke.Import) layout {
	if job.Options.Format == convoke.FormatNDJSON {
		l := objectLayout()
		for _, name := range job.Columns {
			l.out = append(l.out, slices.Index(l.columns, name))
		}
		return l
	}
	var l layout
	for i, name := range job.Columns {
		l.columns, l.out = append(l.columns, name), append(l.out, i)
		if f, known := fieldOf(name); known {
			l.fields = append(l.fields, int(f))
		} else {
			l.fields = append(l.fields, -1)
		}
	}
	return l
}

func objectLayout() layout {
	var l layout
	for f := range fieldCount {
		l.columns, l.fields = append(l.columns, fieldNames[f]), append(l.fields, int(f))
	}
	l.columns, l.fields = append(l.columns, unreadable), append(l.fields, -1)
	return l
}

// unreadable is the column of why a line cannot be read.
const unreadable = "unreadable"

// read understands a row of a file.
func (l layout) read(record []byte) (cells []string, p person, err error) {
	if cells, err = parseCSV(record, nil); err != nil {
		return []string{string(record)}, p, err
	}
	if p, err = l.person(cells); err != nil {
		cells = slices.Clone(cells[:min(len(cells), len(l.fields)+1)]) // of a million cells few are shown
	}
	return cells, p, err
}

// readStored understands a row that was stored.
func (l layout) readStored(record []byte, format convoke.ImportFormat) (cells []string, p person, err error) {
	cells, p, err = l.read(record)
	switch {
	case format == convoke.FormatNDJSON && err == nil && cells[fieldCount] != "":
		err = badRow("%s", cells[fieldCount])
	case format == convoke.FormatCSV && l.secret() >= 0 && len(cells) == len(l.fields)+1:
		err = badRow("%s", cells[len(l.fields)])
	}
	return cells, p, err
}

// withheld is what is stored of a row that cannot be read and may hold a password
// in any of its cells: why. It has one cell more than the header, as no other row
// of such a file has once it is stored.
func (l layout) withheld(why error) []string {
	cells := make([]string, len(l.fields)+1)
	cells[len(l.fields)] = convoke.AsError(why).Message
	return cells
}

// secret is the column of the passwords, or -1.
func (l layout) secret() int { return slices.Index(l.fields, int(password)) }

// show returns the cells that the results have, without the password.
func (l layout) show(cells []string) []string {
	shown := make([]string, len(l.out))
	for i, at := range l.out {
		if at >= 0 && at < len(cells) && l.fields[at] != int(password) {
			shown[i] = strings.Clone(cells[at]) // not with all of a long row
		}
	}
	return shown
}
