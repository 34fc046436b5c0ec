// SPDX-License-Identifier: Apache-2.0

package provision_test

import (
	"fmt"
	"slices"
	"sync/atomic"
	"testing"

	"github.com/convoke/convoke/internal/convoke"
)

func TestTwoHundredEnsuresOfOneIDMakeOneUser(t *testing.T) {
	t.Parallel()
	w := newWorld(t, partner)
	second := w.newService(w.cheapHash) // what another request handler would hold
	decisions := make([]convoke.Decision, 200)
	errs := make([]error, len(decisions))
	parallel(len(decisions), func(i int) {
		service := w.Service
		if i%2 == 1 {
			service = second
		}
		decisions[i], errs[i] = service.Ensure(t.Context(), w.app, bound("42", "ada@example.com"))
	})
	created := 0
	for i, d := range decisions {
		check(t, errs[i])
		if d.User.ID != decisions[0].User.ID || d.Binding.Generation != 1 {
			t.Errorf("call %d: user %s, generation %d", i, d.User.ID, d.Binding.Generation)
		}
		if d.Created() {
			created++
		}
	}
	p := w.picture(t)
	if created != 1 || len(p.users) != 1 || len(p.bindings) != 1 || p.census.Active != 1 || p.seats.Used.Licensed != 1 {
		t.Errorf("%d calls say that they made the user; the store has %+v", created, p)
	}
	if got := names(p.events); got != "user.created binding.created" {
		t.Errorf("the events are %q", got)
	}
}

func TestTwoIDsRaceForOneEmail(t *testing.T) {
	t.Parallel()
	w := newWorld(t, partner)
	for round := range 20 {
		email := fmt.Sprintf("ada%d@example.com", round)
		var decisions [2]convoke.Decision
		var errs [2]error
		parallel(2, func(i int) {
			decisions[i], errs[i] = w.Ensure(t.Context(), w.app, bound(fmt.Sprintf("%d-%d", round, i), email))
		})
		loser := slices.IndexFunc(errs[:], func(err error) bool { return err != nil })
		if loser < 0 || errs[1-loser] != nil {
			t.Fatalf("round %d: the errors are %v, want exactly one", round, errs)
		}
		wantCode(t, errs[loser], convoke.CodeEmailTaken)
		if winner := decisions[1-loser].User.ID; blocking(errs[loser]) != winner {
			t.Errorf("round %d: the conflict names %q, want %q", round, blocking(errs[loser]), winner)
		}
		_, _, err := w.Binding(t.Context(), w.app, convoke.SourceApp, fmt.Sprintf("%d-%d", round, loser))
		wantCode(t, err, convoke.CodeBindingNotFound)
	}
	if p := w.picture(t); len(p.users) != 20 || len(p.bindings) != 20 {
		t.Errorf("%d users and %d bindings, want 20 of each", len(p.users), len(p.bindings))
	}
}

// Whatever order ensures and deletions of one external id take, no two live
// users belong to it, and the generation has counted every user made.
func TestEnsureAgainstDeletion(t *testing.T) {
	t.Parallel()
	w := newWorld(t, partner)
	var removed atomic.Int64
	parallel(8, func(i int) {
		for range 10 {
			decision, err := w.Ensure(t.Context(), w.app, bound("42", ""))
			if err != nil {
				t.Errorf("ensure: %v", err)
				return
			}
			if i%2 == 0 {
				continue
			}
			switch err := w.Remove(t.Context(), w.app, string(decision.User.ID), convoke.Delete); {
			case err == nil:
				removed.Add(1)
			case !convoke.HasCode(err, convoke.CodeUserNotFound):
				t.Errorf("remove: %v", err)
			}
		}
	})
	last, err := w.Ensure(t.Context(), w.app, bound("42", ""))
	check(t, err)
	p := w.picture(t)
	created := len(w.events(t, convoke.EventUserCreated))
	if len(p.users) != 1 || int64(created) != removed.Load()+1 {
		t.Errorf("%d users live after %d were made and %d removed", len(p.users), created, removed.Load())
	}
	if len(p.bindings) != 1 || p.bindings[0].Generation != created || p.bindings[0].UserID != last.User.ID {
		t.Errorf("the binding is %+v after %d users", p.bindings, created)
	}
	if seats, census := p.recount(); seats != p.seats.Used || census != p.census {
		t.Errorf("the counters say %+v %+v, a recount %+v %+v", p.seats, p.census, seats, census)
	}
}

func TestSeatsAreNeverOverdrawn(t *testing.T) {
	t.Parallel()
	w := newWorld(t, convoke.AccountChange{APIPartner: new(true), LicensedSeats: new(int64(10))})
	var made, refused atomic.Int64
	parallel(50, func(i int) {
		_, err := w.Ensure(t.Context(), w.app, bound(fmt.Sprint(i), ""))
		switch {
		case err == nil:
			made.Add(1)
		case convoke.HasCode(err, convoke.CodeSeatsExhausted):
			refused.Add(1)
		default:
			t.Error(err)
		}
	})
	p := w.picture(t)
	if made.Load() != 10 || refused.Load() != 40 || len(p.users) != 10 || len(p.bindings) != 10 || p.seats.Used.Licensed != 10 {
		t.Errorf("%d made, %d refused; the store has %d users, %d bindings, %d seats used",
			made.Load(), refused.Load(), len(p.users), len(p.bindings), p.seats.Used.Licensed)
	}
}
