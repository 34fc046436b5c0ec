// SPDX-License-Identifier: Apache-2.0

package portal

import (
	"encoding/json"
	"net/http"
	"strconv"
	"time"

	"github.com/convoke/convoke/internal/convoke"
)

type auditView struct {
	ID      int64             `json:"id"`
	Action  convoke.EventName `json:"action"`
	At      time.Time         `json:"at"`
	Actor   convoke.Actor     `json:"actor"`
	Payload json.RawMessage   `json:"payload"`
}

// audit is GET /portal/api/audit?person&action&next_page_token: the entries that
// pass the filter, the latest first. The page token is an entry's id.
func (d *door) audit(w http.ResponseWriter, r *http.Request) error {
	p, err := d.administratorOf(r)
	if err != nil {
		return err
	}
	before, err := entryNumber(r)
	if err != nil {
		return err
	}
	filter := convoke.AuditFilter{Person: query(r, "person"), Action: query(r, "action")}
	page, err := d.Audit.List(r.Context(), p, filter, before, 0)
	if err != nil {
		return err
	}
	views := make([]auditView, 0, len(page.Entries))
	for _, e := range page.Entries {
		views = append(views, auditView{e.ID, e.Name, e.At, e.Actor, e.AuditView()})
	}
	token := ""
	if page.Next != 0 {
		token = strconv.FormatInt(page.Next, 10)
	}
	return write(w, http.StatusOK, map[string]any{"entries": views, "next_page_token": token})
}

func entryNumber(r *http.Request) (int64, error) {
	token := query(r, "next_page_token")
	if token == "" {
		return 0, nil
	}
	before, err := strconv.ParseInt(token, 10, 64)
	if err != nil || before < 1 {
		return 0, convoke.Invalid(convoke.CodeInvalidPageToken, "next_page_token", "This is not the number of an entry.")
	}
	return before, nil
}

// auditActions is GET /portal/api/audit/actions: what can be asked for.
func (d *door) auditActions(w http.ResponseWriter, r *http.Request) error {
	if _, err := d.administratorOf(r); err != nil {
		return err
	}
	return write(w, http.StatusOK, map[string]any{"actions": convoke.AuditNames()})
}

// verifyAudit is POST /portal/api/audit/verify. It reads the whole log, and goes
// on only as long as the page waits for it.
func (d *door) verifyAudit(w http.ResponseWriter, r *http.Request) error {
	p, err := d.administratorOf(r)
	if err != nil {
		return err
	}
	report, err := d.Audit.Verify(r.Context(), p, time.Now().Add(-d.EventsKept), "")
	if err != nil {
		return err
	}
	return write(w, http.StatusOK, report)
}

// exportAudit is GET /portal/api/audit/export, a file of the whole log. What fails
// after its first byte can only be shown by breaking the connection off.
func (d *door) exportAudit(w http.ResponseWriter, r *http.Request) error {
	p, err := d.administratorOf(r)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/x-ndjson")
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("Content-Disposition", `attachment; filename="audit.ndjson"`)
	if err := d.Audit.Export(r.Context(), p, 0, w); err != nil {
		d.logInternal(r, convoke.AsError(err))
		panic(http.ErrAbortHandler)
	}
	return nil
}
