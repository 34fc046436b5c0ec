// SPDX-License-Identifier: Apache-2.0

package access

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"github.com/convoke/convoke/internal/convoke"
)

// What the audit log may hold of refused single sign-ons: of each account, code,
// address and person one entry at once and one for all others of that minute, and
// of the addresses and people beyond so many one together. So a flood grows it by
// no more than that in a minute, and no refusal is uncounted.
const (
	refusalSpan    = time.Minute
	refusalSources = 20     // of an account and code, in one span
	refusalPeople  = 500    // and of people whom the provider vouches for: on the first day an administrator wants all their names
	refusalsMax    = 10_000 // that are counted; beyond it they are not told apart by source
)

// refusalCount is how often a refusal came after the first, which the log has.
type refusalCount struct {
	first convoke.Refusal
	since time.Time
	more  int
}

// refusals counts those of the latest minute, in this process. A key has the
// address as blockOf has it, and neither that nor a person where they are not
// told apart.
type refusals struct {
	mu      sync.Mutex
	counts  map[convoke.Refusal]*refusalCount
	sources map[convoke.Refusal]int // by account and code
}

func newRefusals() *refusals {
	return &refusals{counts: map[convoke.Refusal]*refusalCount{}, sources: map[convoke.Refusal]int{}}
}

// groupOf is the refusal without where it came from and from whom.
func groupOf(r convoke.Refusal) convoke.Refusal {
	return convoke.Refusal{AccountID: r.AccountID, Code: r.Code}
}

// add counts a refusal, and reports whether it is the first of its kind.
func (r *refusals) add(one convoke.Refusal, now time.Time) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	group, key := groupOf(one), one
	key.Address = blockOf(one.Address)
	if r.counts[key] == nil && (r.sources[group] >= sourcesOf(one) || len(r.counts) >= refusalsMax) {
		key, one = group, group
	}
	if count := r.counts[key]; count != nil {
		count.more++
		return false
	}
	r.counts[key] = &refusalCount{first: one, since: now}
	r.sources[group]++
	return true
}

// sourcesOf is how many of its kind are told apart in one span.
func sourcesOf(r convoke.Refusal) int {
	if r.Email == "" && r.ExternalID == "" {
		return refusalSources
	}
	return refusalPeople
}

// due takes out what was first counted a span ago or earlier.
func (r *refusals) due(now time.Time) []*refusalCount {
	r.mu.Lock()
	defer r.mu.Unlock()
	var over []*refusalCount
	for key, count := range r.counts {
		if now.Sub(count.since) < refusalSpan && !now.Before(count.since) {
			continue
		}
		over = append(over, count)
		delete(r.counts, key)
		group := groupOf(key)
		if r.sources[group]--; r.sources[group] == 0 {
			delete(r.sources, group)
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

// NoteRefusal writes a refusal into the account's audit log. A first one is
// written at once; those like it are counted, and written by FlushRefusals. What
// cannot be written is in the server's log.
func (s *Service) NoteRefusal(ctx context.Context, r convoke.Refusal) {
	if !s.refusals.add(r, s.now()) {
		return
	}
	s.writeRefusals(ctx, s.refusal(r, 1))
}

// FlushRefusals writes how many refusals came after the first of each kind,
// those whose minute is over. The app calls it every minute.
func (s *Service) FlushRefusals(ctx context.Context) {
	var events []convoke.Event
	for _, count := range s.refusals.due(s.now()) {
		if count.more > 0 {
			events = append(events, s.refusal(count.first, count.more))
		}
	}
	s.writeRefusals(ctx, events...)
}

func (s *Service) refusal(r convoke.Refusal, times int) convoke.Event {
	return s.mark(convoke.Principal{Address: r.Address}).SSORefused(r, times)
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
		s.NoteRefusal(ctx, convoke.Refusal{AccountID: f.domain.AccountID, Code: string(convoke.CodeSSORequired), Address: from})
	}
	return err
}
