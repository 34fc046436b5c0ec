// SPDX-License-Identifier: Apache-2.0

package app

import (
	"context"
	"encoding/json"
	"io"
	"time"

	"github.com/convoke/convoke/internal/convoke"
	"github.com/convoke/convoke/internal/events"
)

// VerifyAudit compares the audit log of all accounts with its chain; see
// events.Audit.Verify. Entries sealed longer than kept ago may be gone.
func (a *Admin) VerifyAudit(ctx context.Context, kept time.Duration, head string) (events.Report, error) {
	return a.audit.Verify(ctx, operator, time.Now().Add(-kept), head)
}

// auditLine is an entry as the export writes it. Secrets are hidden, so a line
// cannot be checked against the chain; its id can be looked up.
type auditLine struct {
	ID        int64             `json:"id"`
	AccountID convoke.AccountID `json:"account_id"`
	Action    convoke.EventName `json:"action"`
	At        time.Time         `json:"at"`
	Actor     convoke.Actor     `json:"actor"`
	Payload   json.RawMessage   `json:"payload"`
}

// ExportAudit writes the audit log after an id, one JSON object a line, oldest
// first: of one account, or of all when account is empty.
func (a *Admin) ExportAudit(ctx context.Context, account string, after int64, w io.Writer) error {
	p := operator
	if account != "" {
		var err error
		if p, err = a.principal(ctx, account); err != nil {
			return err
		}
	}
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false)
	return a.audit.Export(ctx, p, after, func(e convoke.Event) error {
		return encoder.Encode(auditLine{e.ID, e.AccountID, e.Name, e.At, e.Actor, e.AuditView()})
	})
}
