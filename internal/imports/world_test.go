// SPDX-License-Identifier: Apache-2.0

package imports

import (
	"bytes"
	"context"
	"encoding/csv"
	"log/slog"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/convoke/convoke/internal/convoke"
	"github.com/convoke/convoke/internal/provision"
	"github.com/convoke/convoke/internal/store"
	"github.com/convoke/convoke/internal/store/storetest"
)

// world is the service on a real store, with one account and its operator.
type world struct {
	*Service

	db       *store.DB
	users    *provision.Service
	operator convoke.Principal
	hashes   atomic.Int64 // passwords that were hashed
	renewals atomic.Int64
	renew    func(n int64, p convoke.Principal) (convoke.Principal, error) // nil: the rights stay
}

// Renew counts how often a principal's rights are asked for.
func (w *world) Renew(_ context.Context, p convoke.Principal) (convoke.Principal, error) {
	n := w.renewals.Add(1)
	if w.renew == nil {
		return p, nil
	}
	return w.renew(n, p)
}

// everything grants an account all that the four actions need, but for a domain.
var everything = convoke.AccountChange{
	APIPartner: new(true), AutoCreate: new(true), SSO: new(true), Provisioning: new(convoke.PriorToSignIn),
}

func newWorld(t testing.TB, grants convoke.AccountChange) *world {
	t.Helper()
	return newWorldOn(t, storetest.SQLite(t), grants)
}

func newWorldOn(t testing.TB, db *store.DB, grants convoke.AccountChange) *world {
	t.Helper()
	w := &world{db: db}
	key := bytes.Repeat([]byte("k"), 32)
	w.users = provision.New(provision.Config{
		Store: db, Accounts: db, Domains: db, Bulk: db, Groups: db, PageKey: key, CodeKey: key, Now: time.Now,
		HashPassword: func(_ context.Context, password string) (string, error) {
			w.hashes.Add(1)
			return "hash of " + password, nil
		},
	})
	w.Service = w.process(t, w.users)
	account, err := w.users.CreateAccount(t.Context(), convoke.Operator(""), "Acme", grants)
	check(t, err)
	w.operator = convoke.Operator(account.ID)
	return w
}

// process is the service as one more process has it.
func (w *world) process(t testing.TB, users Users) *Service {
	t.Helper()
	s, err := New(Config{
		Jobs: w.db, Spool: w.db, Users: users, Callers: w, Key: bytes.Repeat([]byte("k"), 32), PageKey: bytes.Repeat([]byte("p"), 32), Now: time.Now, Logger: slog.New(slog.DiscardHandler),
	})
	check(t, err)
	return s
}

// finished takes a file in and does it.
func (w *world) finished(t testing.TB, o convoke.ImportOptions, file string) convoke.Import {
	t.Helper()
	job := w.started(t, o, file)
	job, err := w.Finish(t.Context(), w.operator, job.ID, nil)
	check(t, err)
	return job
}

func (w *world) started(t testing.TB, o convoke.ImportOptions, file string) convoke.Import {
	t.Helper()
	if o.Format == "" {
		o.Format = convoke.FormatCSV
	}
	job, err := w.Start(t.Context(), w.operator, o, strings.NewReader(file))
	check(t, err)
	return job
}

// rows returns all rows of a job.
func (w *world) rows(t testing.TB, job convoke.Import) []convoke.ImportRow {
	t.Helper()
	rows, next, err := w.Rows(t.Context(), w.operator, job.ID, 0, 1_000_000, false)
	check(t, err)
	if next != 0 || int64(len(rows)) != job.Rows {
		t.Fatalf("%d rows and next %d, of %d", len(rows), next, job.Rows)
	}
	return rows
}

// outcomes are the rows' outcomes with their codes.
func (w *world) outcomes(t testing.TB, job convoke.Import) []string {
	t.Helper()
	var list []string
	for _, r := range w.rows(t, job) {
		list = append(list, strings.TrimSuffix(string(r.Outcome)+" "+string(r.Code), " "))
	}
	return list
}

// results is the results file, without the ids of users that it made.
func (w *world) results(t testing.TB, job convoke.Import) [][]string {
	t.Helper()
	var file bytes.Buffer
	check(t, w.Results(t.Context(), w.operator, job.ID, &file))
	table, err := csv.NewReader(&file).ReadAll()
	check(t, err)
	return table
}

// fewInvites lets so many invitations through.
type fewInvites struct{ left int }

func (f *fewInvites) CountsInvites() bool { return true }

func (f *fewInvites) TakeInvite(context.Context, convoke.AccountID) error {
	if f.left--; f.left < 0 {
		return convoke.InvitesExceeded(2)
	}
	return nil
}

func (w *world) user(t testing.TB, email string) convoke.User {
	t.Helper()
	user, err := w.users.User(t.Context(), w.operator, email)
	check(t, err)
	return user
}

func (w *world) group(t testing.TB, name string) convoke.GroupID {
	t.Helper()
	group, err := w.users.CreateGroup(t.Context(), w.operator, convoke.GroupPatch{Name: &name})
	check(t, err)
	return group.ID
}

// members returns the e-mails of who is in the group.
func (w *world) members(t testing.TB, id convoke.GroupID) []string {
	t.Helper()
	page, err := w.users.Members(t.Context(), w.operator, id, provision.PageQuery{Size: 100})
	check(t, err)
	var emails []string
	for _, user := range page.Members {
		emails = append(emails, user.Email)
	}
	return emails
}

func (w *world) events(t testing.TB) map[convoke.EventName]int {
	t.Helper()
	counts := map[convoke.EventName]int{}
	for after := int64(0); ; {
		list, err := w.db.Events(t.Context(), w.operator.AccountID, after, 1000)
		check(t, err)
		if len(list) == 0 {
			return counts
		}
		for _, e := range list {
			counts[e.Name]++
			after = e.ID
		}
	}
}

func check(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
