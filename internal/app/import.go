// SPDX-License-Identifier: Apache-2.0

package app

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/convoke/convoke/internal/convoke"
)

// ImportFile says what is to be done with a file of users.
type ImportFile struct {
	Path    string // "-": the standard input
	Format  string // csv or ndjson; empty: by the file's name
	Action  string
	Source  string
	DryRun  bool
	Results string // where the results file goes; empty: nowhere
}

// ImportInfo is a bulk job as the commands print it.
type ImportInfo struct {
	ID            string               `json:"id"`
	State         string               `json:"state"`
	Reason        string               `json:"reason"` // empty unless Convoke cancelled it
	DryRun        bool                 `json:"dry_run"`
	RowsTotal     int64                `json:"rows_total"`
	RowsDone      int64                `json:"rows_done"`
	RowsPerSecond float64              `json:"rows_per_second"`
	Left          time.Duration        `json:"-"`
	Counts        convoke.ImportCounts `json:"counts"`
	Warnings      []string             `json:"warnings"`
	Resumed       bool                 `json:"resumed"` // an earlier call had begun the same file
	Problems      []ImportProblem      `json:"problems"`
}

// ImportProblem is a row that somebody should look at.
type ImportProblem struct {
	Row     int64  `json:"row"`
	Outcome string `json:"outcome"`
	Code    string `json:"code"`
	Message string `json:"message"`
}

func newImportInfo(i convoke.Import) ImportInfo {
	info := ImportInfo{
		ID: string(i.ID), State: string(i.State), Reason: i.Reason, DryRun: i.Options.DryRun, RowsTotal: i.Rows, RowsDone: i.Done,
		RowsPerSecond: i.PerSecond(), Left: i.Left(), Counts: i.Counts, Warnings: i.Warnings, Problems: []ImportProblem{},
	}
	if info.Warnings == nil {
		info.Warnings = []string{}
	}
	return info
}

// problemsShown is how many rows with a problem a finished import lists.
const problemsShown = 20

// Import takes a file in and does it to its end, here or in a server that runs on
// the same data. When an earlier call for the same file was cut off, it goes on
// where that one was. show is told how it goes.
func (a *Admin) Import(ctx context.Context, account string, f ImportFile, show func(ImportInfo)) (ImportInfo, error) {
	p, err := a.principal(ctx, account)
	if err != nil {
		return ImportInfo{}, err
	}
	job, resumed, err := a.openImport(ctx, p, f)
	if err != nil {
		return ImportInfo{}, err
	}
	job, err = a.imports.Finish(ctx, p, job.ID, func(now convoke.Import) { show(newImportInfo(now)) })
	info := newImportInfo(job)
	info.Resumed = resumed
	if err != nil {
		return info, err
	}
	rows, _, err := a.imports.Rows(ctx, p, job.ID, 0, problemsShown, true)
	if err != nil {
		return info, err
	}
	for _, r := range rows {
		info.Problems = append(info.Problems, ImportProblem{r.Number, string(r.Outcome), string(r.Code), r.Message})
	}
	return info, a.saveResults(ctx, p, job.ID, f.Results)
}

// openImport finds the job that an earlier call began, or begins one.
func (a *Admin) openImport(ctx context.Context, p convoke.Principal, f ImportFile) (job convoke.Import, resumed bool, err error) {
	o := convoke.ImportOptions{Action: f.Action, Source: convoke.Source(f.Source), DryRun: f.DryRun, Format: formatOf(f)}
	if f.Path == "-" {
		job, err = a.imports.Start(ctx, p, o, os.Stdin)
		return job, false, err
	}
	o.FileName = filepath.Base(f.Path)
	file, err := os.Open(f.Path)
	if err != nil {
		return job, false, err
	}
	defer file.Close()
	digest := sha256.New()
	if _, err := io.Copy(digest, file); err != nil {
		return job, false, fmt.Errorf("reading %s: %w", f.Path, err)
	}
	job, err = a.imports.Unfinished(ctx, p, o, hex.EncodeToString(digest.Sum(nil)))
	if err == nil || !convoke.HasCode(err, convoke.CodeImportNotFound) {
		return job, err == nil, err
	}
	if _, err := file.Seek(0, io.SeekStart); err != nil {
		return job, false, fmt.Errorf("reading %s: %w", f.Path, err)
	}
	job, err = a.imports.Start(ctx, p, o, file)
	return job, false, err
}

func formatOf(f ImportFile) convoke.ImportFormat {
	if f.Format != "" {
		return convoke.ImportFormat(f.Format)
	}
	switch strings.ToLower(filepath.Ext(f.Path)) {
	case ".ndjson", ".jsonl":
		return convoke.FormatNDJSON
	}
	return convoke.FormatCSV
}

// saveResults writes the file under another name first, so that a half written
// one is never taken for the whole.
func (a *Admin) saveResults(ctx context.Context, p convoke.Principal, id convoke.ImportID, path string) error {
	if path == "" {
		return nil
	}
	file, err := os.CreateTemp(filepath.Dir(path), ".convoke-results-")
	if err != nil {
		return err
	}
	defer func() { _ = os.Remove(file.Name()) }() // it is gone already when all went well
	err = a.imports.Results(ctx, p, id, file)
	if closed := file.Close(); err == nil {
		err = closed
	}
	if err != nil {
		return fmt.Errorf("writing %s: %w", path, err)
	}
	return os.Rename(file.Name(), path)
}
