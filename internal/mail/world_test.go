// SPDX-License-Identifier: Apache-2.0

package mail

import (
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/convoke/convoke/internal/convoke"
	"github.com/convoke/convoke/internal/store"
	"github.com/convoke/convoke/internal/store/storetest"
)

const home = convoke.AccountID("home-account-000000000")

var start = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// world is a real store, and a sink whose mails stay in its outbox.
type world struct {
	*testing.T

	db   *store.DB
	sink *Sink
	log  strings.Builder
	now  time.Time
}

func newWorld(t *testing.T, accountName string) *world {
	t.Helper()
	db := storetest.SQLite(t)
	w := &world{T: t, db: db, now: start}
	account, err := convoke.NewAccount(home, accountName, start)
	w.check(err)
	w.check(db.CreateAccount(t.Context(), account))
	w.sink = w.newSink("")
	return w
}

func (w *world) newSink(smtpURL string) *Sink {
	w.Helper()
	sink, err := New(Config{
		Invitations: w.db, Codes: codes{}, PublicURL: "https://meet.example.com/", Outbox: w.db, SMTPURL: smtpURL,
		Now: func() time.Time { return w.now }, Logger: slog.New(slog.NewTextHandler(&w.log, nil)),
	})
	w.check(err)
	return sink
}

// codes derives a code that shows what it was derived from.
type codes struct{}

func (codes) ActivationCode(id convoke.InvitationID) string { return "code-of-" + string(id) }

// invite makes a pending user, set changes it first, and returns the event.
func (w *world) invite(set func(*convoke.User)) convoke.Event {
	w.Helper()
	u := convoke.User{
		ID: "user-00000000000000000", AccountID: home, Action: convoke.ActionCreate, Email: "ada@example.org",
		FirstName: "Ada", LastName: "Lovelace", Type: convoke.TypeBasic,
		Status: convoke.StatusPending, StatusReason: convoke.ReasonInvited, PMI: 2345678901, HostKey: "482913",
		CreatedAt: start, UpdatedAt: start,
	}
	set(&u)
	w.change(func(convoke.Found) (convoke.Change, error) { return convoke.Change{After: &u}, nil })
	return w.again("invitation-00000000001")
}

// again sends the user a new invitation, as a resend does.
func (w *world) again(id convoke.InvitationID) convoke.Event {
	w.Helper()
	var event convoke.Event
	w.change(func(f convoke.Found) (convoke.Change, error) {
		change, err := convoke.Invite(*f.Target, convoke.Fresh{InvitationID: id}, convoke.Mark{At: w.now, By: convoke.Operator(home)})
		event = change.Events[0]
		return change, err
	})
	return event
}

func (w *world) change(decide func(convoke.Found) (convoke.Change, error)) {
	w.Helper()
	lookup := convoke.Lookup{AccountID: home, UserID: "user-00000000000000000"}
	w.check(w.db.Change(w.Context(), lookup, decide))
}

func (w *world) mails() []convoke.Mail {
	w.Helper()
	list, err := w.db.Mails(w.Context(), home, 0, 100)
	w.check(err)
	return list
}

func (w *world) check(err error) {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
}

func (w *world) contains(what, text string, parts ...string) {
	w.Helper()
	for _, part := range parts {
		if !strings.Contains(text, part) {
			w.Errorf("%s lacks %q:\n%s", what, part, text)
		}
	}
}
