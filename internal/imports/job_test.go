// SPDX-License-Identifier: Apache-2.0

package imports

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/convoke/convoke/internal/convoke"
	"github.com/convoke/convoke/internal/provision"
)

// dying is provision in a process that dies now and then: before a chunk, or
// after its commit, when nobody was told.
type dying struct {
	*provision.Service

	calls atomic.Int64
}

var errDied = errors.New("died")

func (d *dying) Import(ctx context.Context, p convoke.Principal, job convoke.ImportID, rows []provision.Row, expectNew bool, record provision.Record) error {
	switch d.calls.Add(1) % 3 {
	case 0:
		return errDied
	case 1:
		return errors.Join(d.Service.Import(ctx, p, job, rows, expectNew, record), errDied)
	}
	return d.Service.Import(ctx, p, job, rows, expectNew, record)
}

func TestAnImportThatIsCutOffLosesAndRepeatsNothing(t *testing.T) {
	t.Parallel()
	const rows = 8200
	calm, cut := newWorld(t, everything), newWorld(t, everything)
	calm.beforehand(t, rows)
	cut.beforehand(t, rows)
	want := calm.finished(t, convoke.ImportOptions{}, mixed(rows))
	broken := &dying{Service: cut.users}
	job := cut.started(t, convoke.ImportOptions{}, mixed(rows))
	deaths := 0
	for !job.State.Over() {
		after, err := cut.process(t, broken).Finish(t.Context(), cut.operator, job.ID, nil)
		if err != nil && !errors.Is(err, errDied) {
			t.Fatal(err)
		}
		if err != nil {
			deaths++
		}
		job, err = cut.Import(t.Context(), cut.operator, after.ID)
		check(t, err)
	}
	if deaths < 5 {
		t.Errorf("it died %d times only", deaths)
	}
	if job.Counts != want.Counts || job.Done != want.Done {
		t.Errorf("counts %+v of %d rows, want %+v of %d", job.Counts, job.Done, want.Counts, want.Done)
	}
	if !slices.EqualFunc(withoutIDs(cut.results(t, job)), withoutIDs(calm.results(t, want)), slices.Equal) {
		t.Error("the results differ")
	}
	if got, want := fmt.Sprint(cut.events(t)), fmt.Sprint(calm.events(t)); got != want {
		t.Errorf("events %s, want %s", got, want)
	}
}

// withoutIDs leaves out the user ids, which are random.
func withoutIDs(table [][]string) [][]string {
	for i, row := range table {
		table[i] = row[:len(row)-1]
	}
	return table
}

func TestManyWorkersDoEachRowOnce(t *testing.T) {
	t.Parallel()
	const rows = 3000
	w := newWorld(t, everything)
	w.beforehand(t, rows)
	job := w.started(t, convoke.ImportOptions{}, mixed(rows))
	var group sync.WaitGroup
	for range 6 {
		other := w.process(t, w.users)
		group.Go(func() {
			if _, err := other.Finish(t.Context(), w.operator, job.ID, nil); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	job, err := w.Import(t.Context(), w.operator, job.ID)
	check(t, err)
	events := w.events(t)
	made := int64(events[convoke.EventUserCreated] - events[convoke.EventBindingReplaced])
	var before int64
	for i := 18; i < rows+20; i++ {
		if i%20 >= 18 || i%20 == 0 {
			before++
		}
	}
	if job.Done != rows || made != before+job.Counts.Create {
		t.Errorf("%d rows done; %d users made, want %d", job.Done, made, before+job.Counts.Create)
	}
	if events[convoke.EventImportStarted] != 2 || events[convoke.EventImportFinished] != 2 {
		t.Errorf("events: %v", events)
	}
}

func TestCancel(t *testing.T) {
	t.Parallel()
	w := newWorld(t, everything)
	job := w.started(t, convoke.ImportOptions{}, mixed(1200))
	first := w.claimed(t, job)
	chunks, stop := w.readAhead(t.Context(), first)
	defer stop()
	_, err := w.doChunk(t.Context(), first, chunks, true)
	check(t, err)
	cancelled, err := w.Cancel(t.Context(), w.operator, job.ID)
	check(t, err)
	if cancelled.State != convoke.ImportCancelled || cancelled.Done != chunkRows {
		t.Errorf("the job is %+v", cancelled)
	}
	if _, err := w.doChunk(t.Context(), first, chunks, true); !convoke.HasCode(err, convoke.CodeImportTaken) {
		t.Errorf("a worker goes on: %v", err)
	}
	if _, err := w.Cancel(t.Context(), w.operator, job.ID); !convoke.HasCode(err, convoke.CodeImportOver) {
		t.Errorf("cancelled twice: %v", err)
	}
	outcomes := w.outcomes(t, cancelled)
	if outcomes[0] != "create" || outcomes[chunkRows] != "" {
		t.Errorf("outcomes: %q and %q", outcomes[0], outcomes[chunkRows])
	}
	if w.events(t)[convoke.EventImportFinished] != 1 {
		t.Errorf("events: %v", w.events(t))
	}
}

// An app is asked before each chunk whether it still may: nothing that it began
// outlives its rights, and the job says so.
func TestAnImportEndsWithTheRightsOfWhoBeganIt(t *testing.T) {
	t.Parallel()
	app := convoke.Principal{Kind: convoke.AppCaller, ClientID: "shop", Label: "shop", Scopes: convoke.Scopes{"user:write:admin"}}
	for name, renew := range map[string]func(convoke.Principal) (convoke.Principal, error){
		"revoked": func(p convoke.Principal) (convoke.Principal, error) {
			return p, convoke.Errorf(convoke.KindUnauthenticated, convoke.CodeInvalidClient, "The app was revoked.")
		},
		"a scope fewer": func(p convoke.Principal) (convoke.Principal, error) {
			p.Scopes = convoke.Scopes{"user:read:admin"}
			return p, nil
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, everything)
			by := app
			by.AccountID = w.operator.AccountID
			w.renew = func(n int64, p convoke.Principal) (convoke.Principal, error) {
				if n == 1 {
					return p, nil
				}
				return renew(p)
			}
			job, err := w.Start(t.Context(), by, convoke.ImportOptions{Format: convoke.FormatCSV}, strings.NewReader(mixed(2200)))
			check(t, err)
			job, err = w.Finish(t.Context(), w.operator, job.ID, nil)
			check(t, err)
			if job.State != convoke.ImportCancelled || job.Reason == "" || job.Done != chunkRows || w.renewals.Load() != 2 {
				t.Errorf("after asking %d times the job is %+v", w.renewals.Load(), job)
			}
			if ended := w.ended(t); ended.State != convoke.ImportCancelled || ended.Reason != job.Reason {
				t.Errorf("the event says %+v", ended)
			}
		})
	}
}

// A database that does not answer is no reason to give up a job.
func TestAnImportOutlivesAFaultOfAsking(t *testing.T) {
	t.Parallel()
	w := newWorld(t, everything)
	w.renew = func(n int64, p convoke.Principal) (convoke.Principal, error) {
		if n == 1 {
			return p, io.ErrUnexpectedEOF
		}
		return p, nil
	}
	job := w.started(t, convoke.ImportOptions{}, mixed(10))
	if _, err := w.Finish(t.Context(), w.operator, job.ID, nil); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("the fault is %v", err)
	}
	job, err := w.Finish(t.Context(), w.operator, job.ID, nil)
	check(t, err)
	if job.State != convoke.ImportDone {
		t.Errorf("the job is %+v", job)
	}
}

// ended is what the log says of the end of an import.
func (w *world) ended(t testing.TB) convoke.ImportObject {
	t.Helper()
	list, err := w.db.Events(t.Context(), w.operator.AccountID, 0, 5000)
	check(t, err)
	for _, e := range list {
		if e.Name == convoke.EventImportFinished {
			var body struct{ Object convoke.ImportObject }
			check(t, json.Unmarshal(e.Payload, &body))
			return body.Object
		}
	}
	t.Fatal("the log tells of no end")
	return convoke.ImportObject{}
}

func (w *world) claimed(t testing.TB, job convoke.Import) convoke.Import {
	t.Helper()
	job, err := w.claim(t.Context(), job.ID)
	check(t, err)
	return job
}

func TestOthersSeeNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t, everything)
	job := w.finished(t, convoke.ImportOptions{}, "external_id\n42\n")
	other, err := w.users.CreateAccount(t.Context(), convoke.Operator(""), "Elsewhere", everything)
	check(t, err)
	if _, err := w.Import(t.Context(), convoke.Operator(other.ID), job.ID); !convoke.HasCode(err, convoke.CodeImportNotFound) {
		t.Errorf("another account's operator: %v", err)
	}
	person := convoke.Principal{Kind: convoke.UserCaller, AccountID: w.operator.AccountID, UserID: "me"}
	if _, err := w.Import(t.Context(), person, job.ID); !convoke.HasCode(err, convoke.CodeNotOperator) {
		t.Errorf("a person: %v", err)
	}
	reader := convoke.Principal{Kind: convoke.AppCaller, AccountID: w.operator.AccountID, Scopes: convoke.Scopes{"user:read:admin"}}
	if _, err := w.Start(t.Context(), reader, convoke.ImportOptions{Format: convoke.FormatCSV}, strings.NewReader("email\n")); !convoke.HasCode(err, convoke.CodeScopeMissing) {
		t.Errorf("an app that may only read: %v", err)
	}
	if _, err := w.Cancel(t.Context(), reader, job.ID); !convoke.HasCode(err, convoke.CodeScopeMissing) {
		t.Errorf("an app that may only read cancels: %v", err)
	}
}
