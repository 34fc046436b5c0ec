// SPDX-License-Identifier: Apache-2.0

package app

import (
	"context"
	"io"
	"time"

	"github.com/convoke/convoke/internal/events"
)

// VerifyAudit compares the audit log of all accounts with its chain; see
// events.Audit.Verify. Entries sealed longer than kept ago may be gone.
func (a *Admin) VerifyAudit(ctx context.Context, kept time.Duration, head string) (events.Report, error) {
	return a.audit.Verify(ctx, operator, time.Now().Add(-kept), head)
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
	return a.audit.Export(ctx, p, after, w)
}
