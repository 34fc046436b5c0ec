// SPDX-License-Identifier: Apache-2.0

package provision_test

import (
	"bytes"
	"context"
	"fmt"
	"sync/atomic"
	"testing"

	"github.com/convoke/convoke/internal/convoke"
	"github.com/convoke/convoke/internal/provision"
	"github.com/convoke/convoke/internal/store"
)

// looks counts what is looked up before anything is written.
type looks struct {
	*store.DB

	count atomic.Int64
}

// Find counts and finds.
func (l *looks) Find(ctx context.Context, key convoke.Lookup) (convoke.Found, error) {
	l.count.Add(1)
	return l.DB.Find(ctx, key)
}

// onboarding is a world in which so many users were made that the next is taken
// for new.
func onboarding(t *testing.T) (*world, *looks) {
	t.Helper()
	w := newWorld(t, partner)
	l := &looks{DB: w.db}
	w.Service = provision.New(provision.Config{
		Store: l, Accounts: w.db, Domains: w.db, HashPassword: w.cheapHash, Now: w.clock.Now,
		PageKey: bytes.Repeat([]byte("p"), 32), CodeKey: bytes.Repeat([]byte("c"), 32),
	})
	for i := range 10 {
		w.made(t, bound(fmt.Sprint("first-", i), ""))
	}
	l.count.Store(0)
	return w, l
}

func TestOneOfManyNewUsersIsNotLookedFor(t *testing.T) {
	t.Parallel()
	w, l := onboarding(t)
	user := w.made(t, bound("42", "ada@example.com"))
	if l.count.Load() != 0 {
		t.Errorf("%d look-ups", l.count.Load())
	}
	again, err := w.Ensure(t.Context(), w.app, bound("42", "ada@example.com"))
	check(t, err)
	if again.Outcome != convoke.OutcomeFound || again.User.ID != user.ID {
		t.Errorf("then the outcome is %s of %s, want %s found", again.Outcome, again.User.ID, user.ID)
	}
	l.count.Store(0)
	w.made(t, bound("43", ""))
	if l.count.Load() == 0 {
		t.Error("after a wrong guess the next was taken for new, too")
	}
}

// A commit then touches a page or two of each index for all of its users.
func TestUsersWhoComeTogetherLieTogether(t *testing.T) {
	t.Parallel()
	w, _ := onboarding(t)
	first := w.made(t, bound("42", ""))
	second := w.made(t, bound("43", ""))
	if first.ID == second.ID || first.ID[:5] != second.ID[:5] {
		t.Errorf("ids %s and %s", first.ID, second.ID)
	}
	if distance := first.PMI - second.PMI; distance == 0 || distance > 10_000_000 || distance < -10_000_000 {
		t.Errorf("personal meeting ids %d and %d", first.PMI, second.PMI)
	}
}

func TestAGuessIsNotAnAnswer(t *testing.T) {
	t.Parallel()
	w, _ := onboarding(t)
	holder := w.made(t, bound("42", "ada@example.com"))
	_, err := w.Ensure(t.Context(), w.app, bound("43", "ada@example.com"))
	wantCode(t, err, convoke.CodeEmailTaken)
	if convoke.AsError(err).UserID != holder.ID {
		t.Error("the holder of the e-mail is not named")
	}
}

func TestAGuessFollowsTheAccount(t *testing.T) {
	t.Parallel()
	w, l := onboarding(t)
	_, err := w.SetAccount(t.Context(), convoke.Operator(""), w.id, convoke.AccountChange{APIPartner: new(false)})
	check(t, err)
	r := bound("42", "ada@example.com")
	r.Action = "custCreate"
	_, err = w.Ensure(t.Context(), w.app, r)
	wantCode(t, err, convoke.CodePartnerRequired)
	if l.count.Load() == 0 {
		t.Error("the refusal rests on a guess")
	}
}
