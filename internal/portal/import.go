// SPDX-License-Identifier: Apache-2.0

package portal

import (
	"mime"
	"net/http"
	"strconv"
	"time"

	"github.com/convoke/convoke/internal/convoke"
)

type importView struct {
	ID            convoke.ImportID     `json:"id"`
	State         convoke.ImportState  `json:"state"`
	Reason        string               `json:"reason"`
	DryRun        bool                 `json:"dry_run"`
	FileName      string               `json:"file_name"`
	RowsTotal     int64                `json:"rows_total"`
	RowsDone      int64                `json:"rows_done"`
	RowsPerSecond int64                `json:"rows_per_second"`
	SecondsLeft   int64                `json:"seconds_left"`
	Counts        convoke.ImportCounts `json:"counts"`
	Warnings      []string             `json:"warnings"`
	CreatedAt     time.Time            `json:"created_at"`
	FinishedAt    *time.Time           `json:"finished_at"`
}

func newImportView(i convoke.Import) importView {
	return importView{
		ID: i.ID, State: i.State, Reason: i.Reason, DryRun: i.Options.DryRun, FileName: i.Options.FileName, RowsTotal: i.Rows, RowsDone: i.Done,
		RowsPerSecond: int64(i.PerSecond()), SecondsLeft: int64(i.Left().Seconds() + 0.5), Counts: i.Counts,
		Warnings: append([]string{}, i.Warnings...), CreatedAt: i.CreatedAt, FinishedAt: optional(i.FinishedAt),
	}
}

// Sizes of what the page shows at once, and how long a file may take to arrive.
const (
	importPage    = 20
	importProblem = 20
	uploadLimit   = time.Hour
)

// startImport is POST /portal/api/imports?dry_run&action&source&file_name; the
// body is the file.
func (d *door) startImport(w http.ResponseWriter, r *http.Request) error {
	p, err := d.administratorOf(r)
	if err != nil {
		return err
	}
	// A file may take longer than the listener gives a request; a writer that has
	// no such limit is none of ours.
	_ = http.NewResponseController(w).SetReadDeadline(time.Now().Add(uploadLimit))
	job, err := d.Imports.Start(r.Context(), p, convoke.ImportOptions{
		FileName: query(r, "file_name"), Format: formatOf(r), DryRun: query(r, "dry_run") == "true",
		Action: query(r, "action"), Source: convoke.Source(query(r, "source")),
	}, r.Body)
	if err != nil {
		return err
	}
	return write(w, http.StatusAccepted, newImportView(job))
}

// formatOf is empty, which Start refuses, for a file of another type.
func formatOf(r *http.Request) convoke.ImportFormat {
	switch name, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type")); name {
	case "text/csv":
		return convoke.FormatCSV
	case "application/x-ndjson":
		return convoke.FormatNDJSON
	}
	return ""
}

// imports is GET /portal/api/imports?next_page_token: the newest first.
func (d *door) imports(w http.ResponseWriter, r *http.Request) error {
	p, err := d.administratorOf(r)
	if err != nil {
		return err
	}
	list, next, err := d.Imports.Imports(r.Context(), p, query(r, "next_page_token"), importPage)
	if err != nil {
		return err
	}
	views := make([]importView, 0, len(list))
	for _, job := range list {
		views = append(views, newImportView(job))
	}
	return write(w, http.StatusOK, map[string]any{"imports": views, "next_page_token": next})
}

// importJob is GET /portal/api/imports/{id}.
func (d *door) importJob(w http.ResponseWriter, r *http.Request) error {
	p, err := d.administratorOf(r)
	if err != nil {
		return err
	}
	job, err := d.Imports.Import(r.Context(), p, convoke.ImportID(r.PathValue("id")))
	if err != nil {
		return err
	}
	return write(w, http.StatusOK, newImportView(job))
}

type importRowView struct {
	Row     int64                 `json:"row"`
	Outcome convoke.ImportOutcome `json:"outcome"`
	Message string                `json:"message"`
	Input   []string              `json:"input"`
}

// importProblems is GET /portal/api/imports/{id}/problems?after: the next rows
// with a conflict or an error.
func (d *door) importProblems(w http.ResponseWriter, r *http.Request) error {
	p, err := d.administratorOf(r)
	if err != nil {
		return err
	}
	after, err := strconv.ParseInt("0"+query(r, "after"), 10, 64)
	if err != nil {
		return convoke.Invalid(convoke.CodeInvalidPageToken, "after", "This is not the number of a row.")
	}
	rows, next, err := d.Imports.Rows(r.Context(), p, convoke.ImportID(r.PathValue("id")), after, importProblem, true)
	if err != nil {
		return err
	}
	views := make([]importRowView, 0, len(rows))
	for _, row := range rows {
		views = append(views, importRowView{row.Number, row.Outcome, row.Message, row.Cells})
	}
	return write(w, http.StatusOK, map[string]any{"rows": views, "next": next})
}

// importResults is GET /portal/api/imports/{id}/results, a file. What fails after
// its first byte can only be shown by breaking the connection off.
func (d *door) importResults(w http.ResponseWriter, r *http.Request) error {
	p, err := d.administratorOf(r)
	if err != nil {
		return err
	}
	job, err := d.Imports.Import(r.Context(), p, convoke.ImportID(r.PathValue("id")))
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "text/csv; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("Content-Disposition", `attachment; filename="import-`+string(job.ID)+`.csv"`)
	if err := d.Imports.Results(r.Context(), p, job.ID, w); err != nil {
		d.logInternal(r, convoke.AsError(err))
		panic(http.ErrAbortHandler)
	}
	return nil
}

// cancelImport is POST /portal/api/imports/{id}/cancel.
func (d *door) cancelImport(w http.ResponseWriter, r *http.Request) error {
	p, err := d.administratorOf(r)
	if err != nil {
		return err
	}
	job, err := d.Imports.Cancel(r.Context(), p, convoke.ImportID(r.PathValue("id")))
	if err != nil {
		return err
	}
	return write(w, http.StatusOK, newImportView(job))
}
