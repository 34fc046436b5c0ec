// SPDX-License-Identifier: Apache-2.0

package events

import (
	"context"
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/convoke/convoke/internal/convoke"
)

// maxFaults is how many faults a Report names; the rest are counted.
const maxFaults = 100

// Report is what Verify found. Head names the end of the chain: kept elsewhere
// and handed to a later Verify, it shows when links were taken off the end.
type Report struct {
	Seals      int64           `json:"seals"`
	Entries    int64           `json:"entries"` // vouched for
	Expired    int64           `json:"expired"` // of those, no longer kept
	Unsealed   int64           `json:"unsealed"`
	Faults     []convoke.Fault `json:"faults"`
	FaultCount int64           `json:"fault_count"`
	Head       string          `json:"head"`
}

// Intact reports whether nothing was found wrong.
func (r Report) Intact() bool { return r.FaultCount == 0 }

func (r *Report) add(faults ...convoke.Fault) {
	r.FaultCount += int64(len(faults))
	r.Faults = append(r.Faults, faults[:min(len(faults), maxFaults-len(r.Faults))]...)
}

// Verify reads the whole log of all accounts and compares it with its chain,
// for the operator. An entry that is not there any more is no fault when its
// seal was made before keptSince: the log is kept only for so long. A head that
// an earlier Report gave, or "", must be in the chain. It returns
// CodeInvalidField for what is no head.
func (a *Audit) Verify(ctx context.Context, p convoke.Principal, keptSince time.Time, head string) (Report, error) {
	if err := p.RequireOperator(); err != nil {
		return Report{}, err
	}
	v := verifier{Audit: a, keptSince: keptSince, report: Report{Faults: []convoke.Fault{}}}
	if err := v.expect(head); err != nil {
		return Report{}, err
	}
	if err := v.run(ctx); err != nil {
		return Report{}, err
	}
	return v.report, nil
}

type verifier struct {
	*Audit
	keptSince  time.Time
	wanted     int64 // the number of the seal that must have wantedHash; 0: none
	wantedHash string
	previous   convoke.Seal
	report     Report
}

// expect reads a head: the seal's number, a colon and its hash.
func (v *verifier) expect(head string) error {
	if head == "" {
		return nil
	}
	number, hash, _ := strings.Cut(head, ":")
	n, err := strconv.ParseInt(number, 10, 64)
	if raw, bad := hex.DecodeString(hash); err != nil || n < 1 || bad != nil || len(raw) != 32 {
		return convoke.Invalid(convoke.CodeInvalidField, "head", "The head must be what an earlier verify printed, such as 12:9f86….")
	}
	v.wanted, v.wantedHash = n, strings.ToLower(hash)
	return nil
}

// sealsAtOnce bounds the memory: a seal has some 24 KB.
const sealsAtOnce = 20

func (v *verifier) run(ctx context.Context) error {
	for {
		seals, err := v.store.Seals(ctx, v.previous.Number, sealsAtOnce)
		if err != nil {
			return err
		}
		for _, s := range seals {
			if err := v.check(ctx, s); err != nil {
				return err
			}
		}
		if len(seals) < sealsAtOnce {
			return v.finish(ctx)
		}
	}
}

func (v *verifier) check(ctx context.Context, s convoke.Seal) error {
	broken := v.key.CheckLink(v.previous, s)
	v.report.add(broken...)
	if s.Number == v.wanted && hex.EncodeToString(s.Hash) == v.wantedHash {
		v.wanted = 0
	}
	previous := v.previous
	v.previous = s
	v.report.Seals++
	if len(broken) > 0 {
		return nil // what it vouches for is worth nothing
	}
	entries, err := v.between(ctx, previous.LastID, s.LastID)
	if err != nil {
		return err
	}
	v.report.Entries += int64(s.Count())
	for _, fault := range v.key.CheckEntries(s, entries) {
		if fault.Kind == convoke.EntryMissing && s.At.Before(v.keptSince) {
			v.report.Expired++
			continue
		}
		v.report.add(fault)
	}
	return nil
}

// between reads the log's entries after one id, up to another.
func (v *verifier) between(ctx context.Context, after, last int64) (entries []convoke.Event, err error) {
	for {
		page, err := v.store.Events(ctx, "", after, convoke.SealedAtOnce)
		if err != nil {
			return nil, err
		}
		for _, e := range page {
			if e.ID > last {
				return entries, nil
			}
			entries, after = append(entries, e), e.ID
		}
		if len(page) < convoke.SealedAtOnce {
			return entries, nil
		}
	}
}

// finish counts what has no seal yet.
func (v *verifier) finish(ctx context.Context) error {
	if v.wanted != 0 {
		v.report.add(convoke.Fault{Kind: convoke.HeadUnmatched, Seal: v.wanted})
	}
	if v.previous.Number > 0 {
		v.report.Head = fmt.Sprintf("%d:%x", v.previous.Number, v.previous.Hash)
	}
	for after := v.previous.LastID; ; {
		page, err := v.store.Events(ctx, "", after, convoke.SealedAtOnce)
		if err != nil {
			return err
		}
		v.report.Unsealed += int64(len(page))
		if len(page) < convoke.SealedAtOnce {
			return nil
		}
		after = page[len(page)-1].ID
	}
}
