// SPDX-License-Identifier: Apache-2.0

package events

import (
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"time"

	"github.com/convoke/convoke/internal/convoke"
)

// AuditStore is the log of committed events and the chain that vouches for it.
type AuditStore interface {
	// Events is Store's.
	Events(ctx context.Context, account convoke.AccountID, after int64, limit int) ([]convoke.Event, error)
	// EventsBefore returns an account's events with ids below before, the latest
	// first; 0 begins at the end of the log.
	EventsBefore(ctx context.Context, account convoke.AccountID, before int64, limit int) ([]convoke.Event, error)
	// Seals returns the next links of the chain after the given number.
	Seals(ctx context.Context, after int64, limit int) ([]convoke.Seal, error)
	// LastSeal returns the end of the chain, the zero Seal when there is none.
	LastSeal(ctx context.Context) (convoke.Seal, error)
	// AppendSeal adds a link, and reports false when somebody else has added one
	// with its number.
	AppendSeal(ctx context.Context, s convoke.Seal) (bool, error)
}

// AuditConfig is what an Audit is made of; all of it is needed.
type AuditConfig struct {
	Store  AuditStore
	Key    convoke.AuditKey // the same in every process that serves one database
	Now    func() time.Time
	Logger *slog.Logger
}

// Audit is the audit log: every event with who caused it, in a chain that shows
// when one was changed or removed later. The entries are the event rows, written
// with the change that they tell of; the chain follows a moment after the commit.
type Audit struct {
	store  AuditStore
	key    convoke.AuditKey
	now    func() time.Time
	logger *slog.Logger
}

// NewAudit makes the audit log. Run keeps its chain; the other methods need no Run.
func NewAudit(c AuditConfig) *Audit {
	return &Audit{store: c.Store, key: c.Key, now: c.Now, logger: c.Logger}
}

// An entry waits for its link in the chain for sealEvery at most. While entries
// keep coming, a link is made every sealSoon instead: many small ones disturb who
// is being served less than one pile a second.
const (
	sealEvery = time.Second
	sealSoon  = 50 * time.Millisecond
)

// Run seals what is committed, until ctx ends. Any number of processes may run
// it on one database: each link has its number once, and who comes second
// starts again after it. A fault is logged when it begins, and tried again.
func (a *Audit) Run(ctx context.Context) error {
	timer := time.NewTimer(sealEvery)
	defer timer.Stop()
	failing := false
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-timer.C:
		}
		sealed, err := a.Seal(ctx)
		if err != nil && ctx.Err() == nil && !failing {
			a.logger.ErrorContext(ctx, "the audit log is not being sealed; trying again", slog.Any("error", err))
		}
		failing = err != nil
		timer.Reset(pauseAfter(sealed))
	}
}

func pauseAfter(sealed bool) time.Duration {
	if sealed {
		return sealSoon
	}
	return sealEvery
}

// Seal adds links to the chain until it has caught up with the log, and reports
// whether it added any.
func (a *Audit) Seal(ctx context.Context) (sealed bool, err error) {
	for {
		last, err := a.store.LastSeal(ctx)
		if err != nil {
			return sealed, err
		}
		entries, err := a.store.Events(ctx, "", last.LastID, convoke.SealedAtOnce)
		if err != nil || len(entries) == 0 {
			return sealed, err
		}
		if _, err := a.store.AppendSeal(ctx, a.key.Seal(last, entries, a.now())); err != nil {
			return sealed, err
		}
		sealed = true
		if len(entries) < convoke.SealedAtOnce {
			return true, nil
		}
	}
}

// How many entries one call returns, and how many it looks at for them: a filter
// that few pass costs the reader more calls, and never the server a long one.
const (
	DefaultAuditLimit = 50
	MaxAuditLimit     = 1000
	auditChunk        = 500
	auditChunks       = 20
)

// AuditPage is a part of the audit log, the latest entry first. Next continues
// it; 0 when the log is over. A page can be short, or empty, and yet have a Next.
type AuditPage struct {
	Entries []convoke.Event
	Next    int64
}

// List returns the entries of the principal's account that pass the filter, of
// those with ids below before; 0 begins with the latest, and a limit of 0 means
// DefaultAuditLimit. It needs RightReadAudit. It returns CodeInvalidField.
func (a *Audit) List(ctx context.Context, p convoke.Principal, f convoke.AuditFilter, before int64, limit int) (AuditPage, error) {
	if err := p.Require(convoke.RightReadAudit); err != nil {
		return AuditPage{}, err
	}
	if err := f.Check(); err != nil {
		return AuditPage{}, err
	}
	if before < 0 {
		return AuditPage{}, convoke.Invalid(convoke.CodeInvalidField, "before", "The value of before must be 0 or an entry's id.")
	}
	if limit == 0 {
		limit = DefaultAuditLimit
	}
	if limit < 1 || limit > MaxAuditLimit {
		return AuditPage{}, convoke.Invalid(convoke.CodeInvalidField, "limit", "The limit must be 1 to %d.", MaxAuditLimit)
	}
	return a.collect(ctx, p.AccountID, f, AuditPage{Next: before}, limit)
}

func (a *Audit) collect(ctx context.Context, account convoke.AccountID, f convoke.AuditFilter, page AuditPage, limit int) (AuditPage, error) {
	for range auditChunks {
		chunk, err := a.store.EventsBefore(ctx, account, page.Next, auditChunk)
		if err != nil {
			return AuditPage{}, err
		}
		for _, e := range chunk {
			page.Next = e.ID
			if f.Before(e) {
				page.Next = 0
				return page, nil
			}
			if f.Passes(e) {
				page.Entries = append(page.Entries, e)
			}
			if len(page.Entries) == limit {
				return page, nil
			}
		}
		if len(chunk) < auditChunk {
			page.Next = 0
			return page, nil
		}
	}
	return page, nil
}

// line is an entry as Export writes it. Secrets are hidden, so a line cannot be
// checked against the chain; its id can be looked up.
type line struct {
	ID        int64             `json:"id"`
	AccountID convoke.AccountID `json:"account_id"`
	Action    convoke.EventName `json:"action"`
	At        time.Time         `json:"at"`
	Actor     convoke.Actor     `json:"actor"`
	Payload   json.RawMessage   `json:"payload"`
}

// Export writes the entries with ids above after, one JSON object a line, oldest
// first: of the principal's account or, for an operator of no account, of all.
// It needs RightReadAudit.
func (a *Audit) Export(ctx context.Context, p convoke.Principal, after int64, to io.Writer) error {
	if err := p.Require(convoke.RightReadAudit); err != nil {
		return err
	}
	if p.AccountID == "" && p.RequireOperator() != nil {
		return p.RequireOperator()
	}
	encoder := json.NewEncoder(to)
	encoder.SetEscapeHTML(false)
	for {
		entries, err := a.store.Events(ctx, p.AccountID, after, convoke.SealedAtOnce)
		if err != nil {
			return err
		}
		for _, e := range entries {
			if err := encoder.Encode(line{e.ID, e.AccountID, e.Name, e.At, e.Actor, e.AuditView()}); err != nil {
				return err
			}
			after = e.ID
		}
		if len(entries) < convoke.SealedAtOnce {
			return nil
		}
	}
}
