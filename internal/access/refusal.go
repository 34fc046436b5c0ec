// SPDX-License-Identifier: Apache-2.0

package access

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"github.com/convoke/convoke/internal/convoke"
)

// What the audit log may hold of refused single sign-ons: of each account, code
// and address one entry at once and one for all others of that minute, and of
// the addresses beyond so many one together. So a flood grows it by no more than
// that in a minute, and no refusal is uncounted.
const (
	refusalSpan      = time.Minute
	refusalAddresses = 20     // of an account and code, in one span
	refusalsMax      = 10_000 // that are counted; beyond it they are not told apart by address
)

// refusalKey is what refusals are counted by. Address is empty for all those
// that are not told apart.
type refusalKey struct {
	account convoke.AccountID
	code    string
	address string
}

// refusalCount is how often it came after the first, which the log has.
type refusalCount struct {
	from  string // where the first of them came from
	since time.Time
	more  int
}

// refusals counts those of the latest minute, in this process.
type refusals struct {
	mu        sync.Mutex
	counts    map[refusalKey]*refusalCount
	addresses map[refusalKey]int // by account and code
}

func newRefusals() *refusals {
	return &refusals{counts: map[refusalKey]*refusalCount{}, addresses: map[refusalKey]int{}}
}

// add counts a refusal, and reports whether it is the first of its kind.
func (r *refusals) add(account convoke.AccountID, code, from string, now time.Time) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	group := refusalKey{account, code, ""}
	key := refusalKey{account, code, blockOf(from)}
	if r.counts[key] == nil && (r.addresses[group] >= refusalAddresses || len(r.counts) >= refusalsMax) {
		key, from = group, ""
	}
	if count := r.counts[key]; count != nil {
		count.more++
		return false
	}
	r.counts[key] = &refusalCount{from: from, since: now}
	r.addresses[group]++
	return true
}

// due takes out what was first counted a span ago or earlier.
func (r *refusals) due(now time.Time) map[refusalKey]*refusalCount {
	r.mu.Lock()
	defer r.mu.Unlock()
	over := map[refusalKey]*refusalCount{}
	for key, count := range r.counts {
		if now.Sub(count.since) < refusalSpan && !now.Before(count.since) {
			continue
		}
		over[key] = count
		delete(r.counts, key)
		group := refusalKey{key.account, key.code, ""}
		if r.addresses[group]--; r.addresses[group] == 0 {
			delete(r.addresses, group)
		}
	}
	return over
}

// blockOf is what refusals from an address are counted by.
func blockOf(from string) string {
	if block := publicBlock(from); block != "" {
		return block
	}
	return from
}

// NoteRefusal writes into the account's audit log that a single sign-on, or a
// password in its place, was refused to somebody at the address, and why. A
// first refusal is written at once; those like it are counted, and written by
// FlushRefusals. What cannot be written is in the server's log.
func (s *Service) NoteRefusal(ctx context.Context, account convoke.AccountID, from, code string) {
	if !s.refusals.add(account, code, from, s.now()) {
		return
	}
	s.writeRefusals(ctx, s.refusal(account, from, code, 1))
}

// FlushRefusals writes how many refusals came after the first of each kind,
// those whose minute is over. The app calls it every minute.
func (s *Service) FlushRefusals(ctx context.Context) {
	var events []convoke.Event
	for key, count := range s.refusals.due(s.now()) {
		if count.more > 0 {
			events = append(events, s.refusal(key.account, count.from, key.code, count.more))
		}
	}
	s.writeRefusals(ctx, events...)
}

func (s *Service) refusal(account convoke.AccountID, from, code string, times int) convoke.Event {
	return s.mark(convoke.Principal{Address: from}).SSORefused(account, code, times)
}

func (s *Service) writeRefusals(ctx context.Context, events ...convoke.Event) {
	if len(events) == 0 {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), recordLimit)
	defer cancel()
	if err := s.apps.Record(ctx, events...); err != nil {
		s.logger.ErrorContext(ctx, "refused sign-ins are missing from the audit log", slog.Int("entries", len(events)), slog.Any("error", err))
	}
}

// noted is the error of a sign-in by password, which the forcing domain's
// account has in its log when single sign-on is what is wanted instead.
func (s *Service) noted(ctx context.Context, from string, f forcing, err error) error {
	if convoke.HasCode(err, convoke.CodeSSORequired) {
		s.NoteRefusal(ctx, f.domain.AccountID, from, string(convoke.CodeSSORequired))
	}
	return err
}
