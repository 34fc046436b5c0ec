// SPDX-License-Identifier: Apache-2.0

package api

import (
	"context"
	"encoding/json"
	"net/http"
	"time"

	"github.com/convoke/convoke/internal/convoke"
	"github.com/convoke/convoke/internal/events"
)

// Audit is the audit log.
type Audit interface {
	// List returns entries that pass the filter, the latest first.
	List(ctx context.Context, p convoke.Principal, f convoke.AuditFilter, before int64, limit int) (events.AuditPage, error)
}

type auditEntry struct {
	ID      int64             `json:"id"`
	Action  convoke.EventName `json:"action"`
	At      time.Time         `json:"at"`
	Actor   convoke.Actor     `json:"actor"`
	Payload json.RawMessage   `json:"payload"`
}

type auditPage struct {
	Entries []auditEntry `json:"entries"`
	Next    int64        `json:"next"` // send it as before; 0: the log is over
}

// listAudit is GET /audit?person&action&from&to&before&limit.
func (a *api) listAudit(w http.ResponseWriter, r *http.Request, p convoke.Principal) error {
	filter, err := auditFilter(r)
	if err != nil {
		return err
	}
	before, limit, err := stretch(r, "before")
	if err != nil {
		return err
	}
	page, err := a.Audit.List(r.Context(), p, filter, before, limit)
	if err != nil {
		return err
	}
	answer := auditPage{make([]auditEntry, len(page.Entries)), page.Next}
	for i, e := range page.Entries {
		answer.Entries[i] = auditEntry{e.ID, e.Name, e.At, e.Actor, e.AuditView()}
	}
	return reply(w, http.StatusOK, answer)
}

func auditFilter(r *http.Request) (f convoke.AuditFilter, err error) {
	query := r.URL.Query()
	f.Person, f.Action = query.Get("person"), query.Get("action")
	if f.From, err = moment("from", query.Get("from")); err != nil {
		return f, err
	}
	f.To, err = moment("to", query.Get("to"))
	return f, err
}

// moment reads a time; nothing is no time.
func moment(name, value string) (time.Time, error) {
	if value == "" {
		return time.Time{}, nil
	}
	t, err := time.Parse(time.RFC3339, value)
	if err != nil {
		return t, convoke.Invalid(convoke.CodeInvalidField, name, "The time in %s must look like 2026-03-01T12:00:00Z.", name)
	}
	return t, nil
}
