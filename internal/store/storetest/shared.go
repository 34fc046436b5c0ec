// SPDX-License-Identifier: Apache-2.0

package storetest

import (
	"fmt"
	"testing"
	"time"

	"github.com/convoke/convoke/internal/convoke"
	"github.com/convoke/convoke/internal/store"
)

// Now is when everything in the contract happens.
func Now() time.Time { return now }

// Host makes an account whose only user has one meeting.
func Host(t *testing.T, db *store.DB) convoke.User {
	t.Helper()
	w := newWorld(t, func(*testing.T) *store.DB { return db })
	host, _ := w.host(w.account, 1)
	return host
}

// Shared is the contract of two stores on one database, as two processes have them.
func Shared(t *testing.T, one, two *store.DB) {
	t.Helper()
	w := newWorld(t, func(*testing.T) *store.DB { return one })
	other := *w
	other.db = two
	ids := make([]convoke.UserID, 200)
	for _, err := range parallel(len(ids), func(i int) error {
		world := []*world{w, &other}[i%2]
		d, err := world.ensure(w.account, convoke.Request{Source: convoke.SourceApp, ExternalID: "42"})
		ids[i] = d.User.ID
		return err
	}) {
		w.must(err)
	}
	for _, id := range ids {
		if id != ids[0] {
			t.Fatalf("two users: %s and %s", id, ids[0])
		}
	}
	for _, err := range parallel(100, func(i int) error {
		world := []*world{w, &other}[i%2]
		_, err := world.ensure(w.account, convoke.Request{Source: convoke.SourceApp, ExternalID: fmt.Sprint("user-", i)})
		return err
	}) {
		w.must(err)
	}
	_, census, err := two.Tally(w.ctx(), w.account.ID)
	w.must(err)
	if created := count(w.events(w.account.ID, 202), convoke.EventUserCreated); created != 101 || census.Active != 101 {
		t.Errorf("%d user.created events and %d users, want 101", created, census.Active)
	}
}
