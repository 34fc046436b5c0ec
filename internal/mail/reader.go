// SPDX-License-Identifier: Apache-2.0

package mail

import (
	"context"

	"github.com/convoke/convoke/internal/convoke"
)

// Archive is where the outbox keeps its mails.
type Archive interface {
	// Mails returns at most limit mails with numbers below before (0: all), the
	// newest first.
	Mails(ctx context.Context, account convoke.AccountID, before int64, limit int) ([]convoke.Mail, error)
	// Mail returns CodeMailNotFound for a number that the account does not have.
	Mail(ctx context.Context, account convoke.AccountID, id int64) (convoke.Mail, error)
}

// Reader shows the outbox to the operator, and to nobody else: its mails hold
// links that work.
type Reader struct{ archive Archive }

// NewReader returns a Reader of the archive.
func NewReader(a Archive) *Reader { return &Reader{a} }

// Mails lists the mails of the operator's account, newest first, below the
// number before; 0 begins with the newest. It returns CodeNotOperator to others.
func (r *Reader) Mails(ctx context.Context, p convoke.Principal, before int64, limit int) ([]convoke.Mail, error) {
	if err := p.RequireOperator(); err != nil {
		return nil, err
	}
	return r.archive.Mails(ctx, p.AccountID, before, limit)
}

// Mail returns one mail of the operator's account, CodeMailNotFound, or
// CodeNotOperator to others.
func (r *Reader) Mail(ctx context.Context, p convoke.Principal, id int64) (convoke.Mail, error) {
	if err := p.RequireOperator(); err != nil {
		return convoke.Mail{}, err
	}
	return r.archive.Mail(ctx, p.AccountID, id)
}
