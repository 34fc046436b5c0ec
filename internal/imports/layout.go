// SPDX-License-Identifier: Apache-2.0

package imports

import (
	"slices"

	"github.com/convoke/convoke/internal/convoke"
)

// layout is how a job's rows are stored: always as CSV. Those of a CSV file are
// kept as they came. An NDJSON line becomes a row of all fields and, last, why
// it cannot be read.
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

// unreadable is the column of a line of NDJSON that is none.
const unreadable = "unreadable"

// read understands a stored row.
func (l layout) read(record []byte, format convoke.ImportFormat) (cells []string, p person, err error) {
	if cells, err = parseCSV(record, make([]string, 0, len(l.fields))); err != nil {
		return []string{string(record)}, p, err
	}
	if p, err = l.person(cells); err == nil && format == convoke.FormatNDJSON && cells[fieldCount] != "" {
		err = badRow("%s", cells[fieldCount])
	}
	return cells, p, err
}

// secret is the column of the passwords, or -1.
func (l layout) secret() int { return slices.Index(l.fields, int(password)) }

// show returns the cells that the results have, without the password.
func (l layout) show(cells []string) []string {
	shown := make([]string, len(l.out))
	for i, at := range l.out {
		if at >= 0 && at < len(cells) && l.fields[at] != int(password) {
			shown[i] = cells[at]
		}
	}
	return shown
}
