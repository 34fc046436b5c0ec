// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/convoke/convoke/internal/app"
)

func newImport() *cobra.Command {
	c := &cobra.Command{
		Use: "import FILE", Args: cobra.ExactArgs(1),
		Short: "Bring in a whole company's users from a CSV or NDJSON file; - reads the standard input",
		Long: "Makes, finds or changes a user for each row of the file. Begun again after it was cut off,\n" +
			"it goes on where it was. One bad row never stops the rest.",
		Example: "  convoke import people.csv --dry-run\n  convoke import people.csv --results results.csv",
	}
	s := addSettings(c, true)
	account := addAccount(c)
	var f app.ImportFile
	flags := c.Flags()
	flags.BoolVar(&f.DryRun, "dry-run", false, "tell what would become of each row, and write nothing")
	flags.StringVar(&f.Action, "action", "", "for rows without one: create, autoCreate, custCreate, ssoCreate or update (default: the account's own)")
	flags.StringVar(&f.Format, "format", "", "csv or ndjson (default: by the file's name)")
	flags.StringVar(&f.Source, "source", "csv", "whose keys the external ids are: csv, or app for the host app's own")
	flags.StringVar(&f.Results, "results", "", "write the results to this CSV file")
	p := addJSON(c)
	c.RunE = func(c *cobra.Command, args []string) error {
		f.Path = args[0]
		return s.withAdmin(c.Context(), func(a *app.Admin) error {
			bar := newProgress(os.Stderr)
			info, err := a.Import(c.Context(), *account, f, bar.show)
			bar.end()
			if err != nil && c.Context().Err() != nil {
				return fmt.Errorf("stopped; a server on this data goes on with it, and so does the same command again: %w", err)
			}
			if err != nil {
				return err
			}
			return p.print(c, info, func(w io.Writer) { printImport(w, info) })
		})
	}
	return c
}

func printImport(w io.Writer, i app.ImportInfo) {
	for _, warning := range i.Warnings {
		row(w, "warning:", warning)
	}
	for _, p := range i.Problems {
		row(w, fmt.Sprintf("row %d:", p.Row), p.Outcome, p.Code, p.Message)
	}
	if more := i.Counts.Conflict + i.Counts.Error - int64(len(i.Problems)); more > 0 {
		row(w, fmt.Sprintf("and %d more with a problem; --results FILE has them all", more))
	}
	if i.Reason != "" {
		row(w, "cancelled:", i.Reason)
	}
	what := "import"
	if i.DryRun {
		what = "dry run"
	}
	c := i.Counts
	row(w, fmt.Sprintf("%s %s %s: %d of %d rows: create %d, update %d, skip %d, conflict %d, error %d",
		what, i.ID, i.State, i.RowsDone, i.RowsTotal, c.Create, c.Update, c.Skip, c.Conflict, c.Error))
}

// progress shows how an import goes: a bar on a terminal, else a line now and
// then.
type progress struct {
	out      *os.File
	terminal bool
	last     time.Time
	drawn    bool
}

func newProgress(out *os.File) *progress {
	info, err := out.Stat()
	return &progress{out: out, terminal: err == nil && info.Mode()&os.ModeCharDevice != 0}
}

const (
	redrawEvery = 100 * time.Millisecond
	lineEvery   = 5 * time.Second
	barWidth    = 30
)

func (p *progress) show(i app.ImportInfo) {
	wait := lineEvery
	if p.terminal {
		wait = redrawEvery
	}
	if time.Since(p.last) < wait && i.RowsDone < i.RowsTotal || i.RowsTotal == 0 {
		return
	}
	p.last = time.Now()
	line := fmt.Sprintf("%d of %d rows, %.0f rows/s, %s left", i.RowsDone, i.RowsTotal, i.RowsPerSecond, i.Left.Round(time.Second))
	if !p.terminal {
		fmt.Fprintln(p.out, "import:", line)
		return
	}
	full := int(barWidth * i.RowsDone / i.RowsTotal)
	fmt.Fprintf(p.out, "\r\033[K[%s%s] %s", strings.Repeat("#", full), strings.Repeat(".", barWidth-full), line)
	p.drawn = true
}

// end leaves the bar's line.
func (p *progress) end() {
	if p.drawn {
		fmt.Fprintln(p.out)
	}
}
