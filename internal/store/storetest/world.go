// SPDX-License-Identifier: Apache-2.0

package storetest

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"math/big"
	"sync"
	"testing"
	"time"

	"github.com/convoke/convoke/internal/convoke"
	"github.com/convoke/convoke/internal/store"
)

// now is when everything in these tests happens, with the store's precision.
var now = time.Date(2025, 6, 1, 12, 0, 0, 0, time.UTC)

// world is a store with one account that may use custCreate and create.
type world struct {
	testing.TB
	db      *store.DB
	account convoke.Account

	expectNew bool // as Work.New
	joining   func(decisions []convoke.Decision, refused []error) map[convoke.GroupID][]convoke.User
}

func newWorld(t *testing.T, open func(*testing.T) *store.DB) *world {
	t.Helper()
	w := &world{TB: t, db: open(t)}
	w.account = w.newAccount(convoke.NoSeatLimit)
	return w
}

func (w *world) newAccount(seats int64) convoke.Account {
	w.Helper()
	a, err := convoke.NewAccount(convoke.AccountID(newID()), "Acme", now)
	w.must(err)
	a.APIPartner, a.LicensedSeats = true, seats
	w.must(w.db.CreateAccount(context.Background(), a))
	return a
}

func (w *world) ctx() context.Context { return context.Background() }

func (w *world) must(err error) {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
}

func (w *world) wantCode(err error, code convoke.Code) {
	w.Helper()
	if !convoke.HasCode(err, code) {
		w.Fatalf("error is %v, want code %s", err, code)
	}
}

func (w *world) mark() convoke.Mark {
	return convoke.Mark{At: now, By: convoke.Operator(w.account.ID)}
}

// newID is a random id as the use cases make them.
func newID() string {
	raw := make([]byte, 16)
	_, _ = rand.Read(raw) // never fails
	return base64.RawURLEncoding.EncodeToString(raw)
}

func newFresh() convoke.Fresh {
	return convoke.Fresh{
		UserID: convoke.UserID(newID()), InvitationID: convoke.InvitationID(newID()), PMI: newPMI(),
		Link: "a" + newDigits(), HostKey: newDigits()[:6], PasswordHash: "hash",
	}
}

func newPMI() convoke.MeetingID {
	for {
		n, _ := rand.Int(rand.Reader, big.NewInt(8_000_000_000))
		if id := convoke.MeetingID(n.Int64() + 2_000_000_000); convoke.CheckPMI(id) == nil {
			return id
		}
	}
}

func newDigits() string {
	n, _ := rand.Int(rand.Reader, big.NewInt(9_000_000_000))
	return n.Add(n, big.NewInt(1_000_000_000)).String()
}

// ensure is the smallest use case: what provision does, without its checks of rights.
func (w *world) ensure(account convoke.Account, r convoke.Request) (convoke.Decision, error) {
	action := convoke.DefaultAction(account)
	if r.Action != "" {
		action = convoke.Action(r.Action)
	}
	draft, err := convoke.NewDraft(r, action)
	if err != nil {
		return convoke.Decision{}, err
	}
	var decision convoke.Decision
	err = w.db.Change(w.ctx(), draft.Lookup(account.ID), func(found convoke.Found) (convoke.Change, error) {
		decision, err = convoke.Decide(draft, found, newFresh(), convoke.Mark{At: now, By: convoke.Operator(account.ID)})
		return decision.Change, err
	})
	return decision, err
}

// bound makes, or finds, the user of the external id.
func (w *world) bound(externalID string) convoke.User {
	w.Helper()
	d, err := w.ensure(w.account, convoke.Request{Source: convoke.SourceApp, ExternalID: externalID})
	w.must(err)
	return d.User
}

// byUser runs a change of one existing user.
func (w *world) byUser(account convoke.Account, id convoke.UserID, decide func(convoke.User) (convoke.Change, error)) error {
	return w.db.Change(w.ctx(), convoke.Lookup{AccountID: account.ID, UserID: id}, func(f convoke.Found) (convoke.Change, error) {
		if f.Target == nil {
			return convoke.Change{}, convoke.NotFound(convoke.CodeUserNotFound, "gone")
		}
		return decide(*f.Target)
	})
}

func (w *world) remove(id convoke.UserID) {
	w.Helper()
	w.must(w.byUser(w.account, id, func(u convoke.User) (convoke.Change, error) {
		return convoke.Remove(u, convoke.Delete, convoke.Policy{}, w.mark())
	}))
}

// user returns the user as the store has it now, or nil.
func (w *world) user(id convoke.UserID) *convoke.User {
	w.Helper()
	found, err := w.db.Find(w.ctx(), convoke.Lookup{AccountID: w.account.ID, UserID: id})
	w.must(err)
	return found.Target
}

// events waits until the account's log has at least count events, because on
// PostgreSQL others' open transactions hold events back, and returns it.
func (w *world) events(account convoke.AccountID, count int) []convoke.Event {
	w.Helper()
	deadline := time.Now().Add(30 * time.Second)
	for {
		events, err := w.db.Events(w.ctx(), account, 0, 10_000)
		w.must(err)
		if len(events) >= count {
			return events
		}
		if time.Now().After(deadline) {
			w.Fatalf("%d events, want %d", len(events), count)
		}
	}
}

// count returns how many events have the name.
func count(events []convoke.Event, name convoke.EventName) int {
	n := 0
	for _, e := range events {
		if e.Name == name {
			n++
		}
	}
	return n
}

// parallel runs f n times at once and returns the errors in the order of i.
func parallel(n int, f func(i int) error) []error {
	errs := make([]error, n)
	begin := make(chan struct{})
	var group sync.WaitGroup
	for i := range n {
		group.Go(func() {
			<-begin
			errs[i] = f(i)
		})
	}
	close(begin)
	group.Wait()
	return errs
}
