// SPDX-License-Identifier: Apache-2.0

package api

import (
	"context"
	"io"
	"mime"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/convoke/convoke/internal/convoke"
)

// Imports is what the door asks of package imports.
type Imports interface {
	Start(ctx context.Context, p convoke.Principal, o convoke.ImportOptions, file io.Reader) (convoke.Import, error)
	Import(ctx context.Context, p convoke.Principal, id convoke.ImportID) (convoke.Import, error)
	Imports(ctx context.Context, p convoke.Principal, token string, limit int) (list []convoke.Import, next string, err error)
	Rows(ctx context.Context, p convoke.Principal, id convoke.ImportID, after int64, limit int, problems bool) ([]convoke.ImportRow, int64, error)
	Results(ctx context.Context, p convoke.Principal, id convoke.ImportID, to io.Writer) error
	Cancel(ctx context.Context, p convoke.Principal, id convoke.ImportID) (convoke.Import, error)
}

// Page sizes of an import's rows and of the list of imports.
const (
	defaultRows = 100
	maxRows     = 1000
	importPage  = 30
)

// uploadLimit is how long a file may take to arrive.
const uploadLimit = time.Hour

// job is a bulk job on the wire.
type job struct {
	ID            convoke.ImportID     `json:"id"`
	State         convoke.ImportState  `json:"state"`
	Reason        string               `json:"reason"` // empty unless Convoke cancelled it
	DryRun        bool                 `json:"dry_run"`
	Format        convoke.ImportFormat `json:"format"`
	FileName      string               `json:"file_name"`
	Action        string               `json:"action"` // empty: the account's default
	Source        convoke.Source       `json:"source"`
	RowsTotal     int64                `json:"rows_total"`
	RowsDone      int64                `json:"rows_done"`
	RowsPerSecond float64              `json:"rows_per_second"`
	SecondsLeft   *int64               `json:"seconds_left"` // null while it is not known
	Counts        convoke.ImportCounts `json:"counts"`
	Warnings      []string             `json:"warnings"`
	CreatedAt     string               `json:"created_at"`
	StartedAt     string               `json:"started_at"`
	FinishedAt    string               `json:"finished_at"`
}

func newJob(i convoke.Import) job {
	j := job{
		ID: i.ID, State: i.State, Reason: i.Reason, DryRun: i.Options.DryRun, Format: i.Options.Format, FileName: i.Options.FileName,
		Action: i.Options.Action, Source: i.Options.Source, RowsTotal: i.Rows, RowsDone: i.Done,
		RowsPerSecond: float64(int64(i.PerSecond()*10)) / 10, Counts: i.Counts, Warnings: i.Warnings,
		CreatedAt: stamp(i.CreatedAt), StartedAt: stamp(i.StartedAt), FinishedAt: stamp(i.FinishedAt),
	}
	if j.Warnings == nil {
		j.Warnings = []string{}
	}
	if left := int64(i.Left().Seconds() + 0.5); i.State.Over() || i.Done > 0 {
		j.SecondsLeft = &left
	}
	return j
}

// startImport is POST /imports?dry_run&action&source&file_name. The body is the
// file, of any length.
func (a *api) startImport(w http.ResponseWriter, r *http.Request, p convoke.Principal) error {
	options, err := importOptions(r)
	if err != nil {
		return err
	}
	// A file may take longer than the listener gives a request; a writer that has
	// no such limit is none of ours.
	_ = http.NewResponseController(w).SetReadDeadline(time.Now().Add(uploadLimit))
	started, err := a.Imports.Start(r.Context(), p, options, r.Body)
	if err != nil {
		return err
	}
	w.Header().Set("Location", Prefix+"/imports/"+string(started.ID))
	return reply(w, http.StatusAccepted, newJob(started))
}

func importOptions(r *http.Request) (convoke.ImportOptions, error) {
	q := r.URL.Query()
	o := convoke.ImportOptions{FileName: q.Get("file_name"), Action: q.Get("action"), Source: convoke.Source(q.Get("source"))}
	name, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	switch {
	case err == nil && name == "text/csv":
		o.Format = convoke.FormatCSV
	case err == nil && name == "application/x-ndjson":
		o.Format = convoke.FormatNDJSON
	default:
		return o, errFileType
	}
	o.DryRun, err = truth(r, "dry_run")
	return o, err
}

// truth reads a query parameter that is true or false; absent is false.
func truth(r *http.Request, name string) (bool, error) {
	switch r.URL.Query().Get(name) {
	case "", "false":
		return false, nil
	case "true":
		return true, nil
	}
	return false, convoke.Invalid(convoke.CodeInvalidField, name, "%s must be true or false.", name)
}

// findImport is GET /imports/{import_id}.
func (a *api) findImport(w http.ResponseWriter, r *http.Request, p convoke.Principal) error {
	found, err := a.Imports.Import(r.Context(), p, convoke.ImportID(r.PathValue("import_id")))
	if err != nil {
		return err
	}
	return reply(w, http.StatusOK, newJob(found))
}

type jobPage struct {
	Imports       []job  `json:"imports"`
	NextPageToken string `json:"next_page_token"` // empty on the last page
}

// listImports is GET /imports?next_page_token: the newest first.
func (a *api) listImports(w http.ResponseWriter, r *http.Request, p convoke.Principal) error {
	list, next, err := a.Imports.Imports(r.Context(), p, r.URL.Query().Get("next_page_token"), importPage)
	if err != nil {
		return err
	}
	page := jobPage{make([]job, len(list)), next}
	for i, one := range list {
		page.Imports[i] = newJob(one)
	}
	return reply(w, http.StatusOK, page)
}

// cancelImport is POST /imports/{import_id}/cancel. What was done stays done.
func (a *api) cancelImport(w http.ResponseWriter, r *http.Request, p convoke.Principal) error {
	cancelled, err := a.Imports.Cancel(r.Context(), p, convoke.ImportID(r.PathValue("import_id")))
	if err != nil {
		return err
	}
	return reply(w, http.StatusOK, newJob(cancelled))
}

// jobRow is a row of a job on the wire.
type jobRow struct {
	Row     int64                 `json:"row"`
	Outcome convoke.ImportOutcome `json:"outcome"` // empty while the row waits
	Code    convoke.Code          `json:"code"`
	Message string                `json:"message"`
	UserID  convoke.UserID        `json:"user_id"`
	Input   map[string]string     `json:"input"`
}

type jobRows struct {
	Rows          []jobRow `json:"rows"`
	NextPageToken string   `json:"next_page_token"` // empty on the last page
}

// listImportRows is GET /imports/{import_id}/rows?page_size&next_page_token&problems,
// or the whole results file for who accepts text/csv.
func (a *api) listImportRows(w http.ResponseWriter, r *http.Request, p convoke.Principal) error {
	found, err := a.Imports.Import(r.Context(), p, convoke.ImportID(r.PathValue("import_id")))
	if err != nil {
		return err
	}
	if strings.Contains(r.Header.Get("Accept"), "text/csv") {
		return a.importFile(w, r, p, found.ID)
	}
	size, err := pageSize(r)
	if err != nil {
		return err
	}
	after, err := number(r, "next_page_token")
	if err != nil || after < 0 {
		return convoke.Invalid(convoke.CodeInvalidPageToken, "next_page_token", "The page token is not one of this list.")
	}
	problems, err := truth(r, "problems")
	if err != nil {
		return err
	}
	rows, next, err := a.Imports.Rows(r.Context(), p, found.ID, after, size, problems)
	if err != nil {
		return err
	}
	page := jobRows{Rows: make([]jobRow, len(rows))}
	for i, row := range rows {
		page.Rows[i] = newJobRow(found, row)
	}
	if next > 0 {
		page.NextPageToken = strconv.FormatInt(next, 10)
	}
	return reply(w, http.StatusOK, page)
}

func pageSize(r *http.Request) (int, error) {
	size, err := number(r, "page_size")
	if err != nil {
		return 0, err
	}
	if size == 0 {
		size = defaultRows
	}
	if size < 1 || size > maxRows {
		return 0, convoke.Invalid(convoke.CodeInvalidField, "page_size", "page_size must be from 1 to %d.", maxRows)
	}
	return int(size), nil
}

func newJobRow(i convoke.Import, r convoke.ImportRow) jobRow {
	input := make(map[string]string, len(r.Cells))
	for at, cell := range r.Cells {
		input[i.Columns[at]] = cell
	}
	return jobRow{r.Number, r.Outcome, r.Code, r.Message, r.UserID, input}
}

// importFile streams the results file. What fails after its first byte can only
// be shown by breaking the connection off.
func (a *api) importFile(w http.ResponseWriter, r *http.Request, p convoke.Principal, id convoke.ImportID) error {
	w.Header().Set("Content-Type", "text/csv; charset=utf-8")
	w.Header().Set("Content-Disposition", `attachment; filename="import-`+string(id)+`.csv"`)
	if err := a.Imports.Results(r.Context(), p, id, w); err != nil {
		_ = a.judge(r, requestID(r), err) // logs it
		panic(http.ErrAbortHandler)
	}
	return nil
}
