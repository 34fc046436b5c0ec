// SPDX-License-Identifier: Apache-2.0

package events_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/convoke/convoke/internal/convoke"
	"github.com/convoke/convoke/internal/events"
)

func (w *world) audit() *events.Audit {
	return events.NewAudit(events.AuditConfig{
		Store: w.db, Key: convoke.AuditKey(strings.Repeat("k", 32)), Now: time.Now, Logger: slog.New(slog.NewTextHandler(w.logs, nil)),
	})
}

func (w *world) seal() {
	w.t.Helper()
	_, err := w.audit().Seal(w.t.Context())
	w.check(err)
}

// record appends n events by ada, at one-minute steps.
func (w *world) record(n int, at time.Time) {
	w.t.Helper()
	list := make([]convoke.Event, n)
	for i := range list {
		payload := convoke.Payload{AccountID: home, Object: map[string]string{"id": fmt.Sprintf("user-%d", i%10)}}
		list[i] = convoke.NewEvent(convoke.EventUserUpdated, at.Add(time.Duration(i)*time.Minute), payload).
			By(convoke.Principal{Kind: convoke.UserCaller, UserID: "ada", Label: "ada@example.com", Address: "192.0.2.7"})
	}
	w.check(w.db.Record(w.t.Context(), list...))
}

// tamper runs SQL behind Convoke's back.
func (w *world) tamper(statement string) {
	w.t.Helper()
	db, err := sql.Open("sqlite", filepath.Join(w.dir, "convoke.db")+"?_pragma=busy_timeout(10000)")
	w.check(err)
	defer db.Close()
	result, err := db.ExecContext(w.t.Context(), statement)
	w.check(err)
	if n, err := result.RowsAffected(); err != nil || n == 0 {
		w.t.Fatalf("%s touched %d rows, %v", statement, n, err)
	}
}

func (w *world) verify(kept time.Time, head string) events.Report {
	w.t.Helper()
	report, err := w.audit().Verify(w.t.Context(), convoke.Operator(""), kept, head)
	w.check(err)
	return report
}

var march = time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)

func TestTheChainHoldsEveryEntry(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.record(1500, march)
	if r := w.verify(march, ""); !r.Intact() || r.Seals != 0 || r.Unsealed != 1500 || r.Head != "" {
		t.Errorf("before the first seal: %+v", r)
	}
	w.seal()
	first := w.verify(march, "")
	if !first.Intact() || first.Seals != 2 || first.Entries != 1500 || first.Unsealed != 0 {
		t.Errorf("sealed: %+v", first)
	}
	w.record(3, march)
	w.seal()
	w.record(2, march)
	if r := w.verify(march, first.Head); !r.Intact() || r.Seals != 3 || r.Entries != 1503 || r.Unsealed != 2 || r.Head == first.Head {
		t.Errorf("later: %+v", r)
	}
}

// The sealer catches up with what is there, and goes on with what comes.
func TestRunSealsWhatIsCommitted(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.record(2500, march)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- w.audit().Run(ctx) }()
	for _, more := range []int{0, 1, 3} {
		if more > 0 {
			w.record(more, march)
		}
		w.eventually("all is sealed", func() bool { return w.verify(march, "").Unsealed == 0 })
	}
	if r := w.verify(march, ""); !r.Intact() || r.Entries != 2504 {
		t.Errorf("sealed: %+v", r)
	}
	cancel()
	if err := <-done; err != nil {
		t.Errorf("Run: %v", err)
	}
}

// fullDisk has entries to seal and no room for the link.
type fullDisk struct {
	events.AuditStore
	tries int
}

func (*fullDisk) LastSeal(context.Context) (convoke.Seal, error) { return convoke.Seal{}, nil }

func (*fullDisk) Events(context.Context, convoke.AccountID, int64, int) ([]convoke.Event, error) {
	return make([]convoke.Event, convoke.SealedAtOnce), nil
}

func (d *fullDisk) AppendSeal(context.Context, convoke.Seal) (bool, error) {
	d.tries++
	return false, errors.New("disk full")
}

// A link that cannot be written is tried again every second, however much waits.
func TestAFailingSealIsNotTriedWithoutPause(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second+time.Millisecond)
		defer cancel()
		disk := &fullDisk{}
		audit := events.NewAudit(events.AuditConfig{
			Store: disk, Key: convoke.AuditKey(strings.Repeat("k", 32)), Now: time.Now, Logger: slog.New(slog.DiscardHandler),
		})
		if err := audit.Run(ctx); err != nil || disk.tries != 10 {
			t.Errorf("%d tries in ten seconds, %v", disk.tries, err)
		}
	})
}

func TestVerifyNamesWhatWasDone(t *testing.T) {
	t.Parallel()
	for statement, want := range map[string]convoke.FaultKind{
		"UPDATE events SET payload = '{}' WHERE id = 7":   convoke.EntryChanged,
		"UPDATE events SET actor = '' WHERE id = 7":       convoke.EntryChanged,
		"DELETE FROM events WHERE id = 7":                 convoke.EntryMissing,
		"UPDATE seals SET entries = x'' WHERE number = 2": convoke.SealBroken,
		"UPDATE seals SET hash = x'00' WHERE number = 1":  convoke.SealBroken,
		"DELETE FROM seals WHERE number = 1":              convoke.SealMissing,
		"DELETE FROM seals WHERE number = 2":              convoke.HeadUnmatched,
	} {
		t.Run(statement, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			for range 2 {
				w.record(5, march)
				w.seal()
			}
			head := w.verify(march, "").Head
			w.tamper(statement)
			r := w.verify(march, head)
			if r.Intact() || r.Faults[0].Kind != want {
				t.Errorf("%+v, want %s", r, want)
			}
			if want == convoke.EntryMissing {
				if later := w.verify(time.Now().Add(time.Hour), head); !later.Intact() || later.Expired != 1 {
					t.Errorf("kept no longer: %+v", later)
				}
			}
		})
	}
}

func TestVerifyIsTheOperators(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	_, err := w.audit().Verify(t.Context(), convoke.Principal{Kind: convoke.AppCaller, AccountID: home, Scopes: convoke.Scopes{"report:read:admin"}}, march, "")
	if !convoke.HasCode(err, convoke.CodeNotOperator) {
		t.Errorf("an app gets %v", err)
	}
	for _, head := range []string{"x", "0:00", "1:zz", "1:" + strings.Repeat("0", 62)} {
		if _, err := w.audit().Verify(t.Context(), convoke.Operator(""), march, head); !convoke.HasCode(err, convoke.CodeInvalidField) {
			t.Errorf("head %q gives %v", head, err)
		}
	}
}

func TestTheAuditLogIsReadBackwardsThroughItsFilter(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.record(1200, march)
	reader := convoke.Principal{Kind: convoke.AppCaller, AccountID: home, Scopes: convoke.Scopes{"report:read:admin"}}
	list := func(f convoke.AuditFilter) (n, pages int) {
		for before := int64(0); ; {
			page, err := w.audit().List(t.Context(), reader, f, before, 50)
			w.check(err)
			n, pages = n+len(page.Entries), pages+1
			if before = page.Next; before == 0 {
				return n, pages
			}
		}
	}
	for _, c := range []struct {
		filter convoke.AuditFilter
		want   int
	}{
		{convoke.AuditFilter{}, 1200},
		{convoke.AuditFilter{Person: "user-3"}, 120},
		{convoke.AuditFilter{Person: "nobody"}, 0},
		{convoke.AuditFilter{Action: "meeting."}, 0},
		{convoke.AuditFilter{From: march.Add(time.Hour), To: march.Add(2 * time.Hour)}, 60},
	} {
		if got, _ := list(c.filter); got != c.want {
			t.Errorf("%+v chooses %d, want %d", c.filter, got, c.want)
		}
	}
	if page, err := w.audit().List(t.Context(), convoke.Operator(abroad), convoke.AuditFilter{}, 0, 0); err != nil || len(page.Entries) != 0 {
		t.Errorf("another account sees %d entries, %v", len(page.Entries), err)
	}
	_, err := w.audit().List(t.Context(), convoke.Principal{Kind: convoke.AppCaller, AccountID: home, Scopes: convoke.Scopes{"user:write:admin"}}, convoke.AuditFilter{}, 0, 0)
	if !convoke.HasCode(err, convoke.CodeScopeMissing) {
		t.Errorf("without the scope: %v", err)
	}
}

func TestTheFeedLeavesOutWhatIsForTheAuditLogAlone(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	mark := convoke.Mark{At: march, By: convoke.Operator(home)}
	w.check(w.db.Record(t.Context(), mark.OperatorEvent(convoke.EventOperatorSignedIn, home), mark.SignInFailed(convoke.User{AccountID: home})))
	w.record(1, march)
	list, _, err := events.New(events.Config{Store: w.db}).List(t.Context(), convoke.Operator(home), 0, 0)
	if err != nil || len(list) != 1 || list[0].Name != convoke.EventUserUpdated {
		t.Errorf("the feed is %+v, %v", list, err)
	}
}
