// SPDX-License-Identifier: Apache-2.0

package provision_test

import (
	"context"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"github.com/convoke/convoke/internal/convoke"
)

// managed is a world that manages example.com, with a user who has a password.
func managed(t *testing.T) (*world, convoke.User) {
	t.Helper()
	w := newWorld(t, everything)
	_, err := w.AddDomain(t.Context(), convoke.Operator(w.id), "example.com", true)
	check(t, err)
	return w, w.made(t, convoke.Request{Action: "autoCreate", Email: "ada@example.com", Password: goodPassword})
}

func TestAnEmailChangesThreeTimesADay(t *testing.T) {
	t.Parallel()
	w, user := managed(t)
	var changed atomic.Int64
	parallel(20, func(i int) {
		err := w.SetEmail(context.Background(), w.app, string(user.ID), fmt.Sprintf("ada%d@example.com", i))
		if err == nil {
			changed.Add(1)
			return
		}
		wantCode(t, err, convoke.CodeDailyLimit)
	})
	if changed.Load() != convoke.MaxEmailChanges || len(w.events(t, convoke.EventUserUpdated)) != convoke.MaxEmailChanges {
		t.Errorf("%d changes, %d events", changed.Load(), len(w.events(t, convoke.EventUserUpdated)))
	}
	w.clock.advance(24 * time.Hour)
	check(t, w.SetEmail(t.Context(), w.app, string(user.ID), "ada@example.com"))
}

func TestAnEmailThatCannotBe(t *testing.T) {
	t.Parallel()
	w, user := managed(t)
	w.made(t, bound("42", "ben@example.com"))
	waiting := w.pending(t, "eve@example.com")
	before := w.picture(t)
	for _, c := range []struct {
		ref, email string
		code       convoke.Code
	}{
		{string(user.ID), "BEN@example.com", convoke.CodeEmailTaken},
		{string(user.ID), "ada@elsewhere.example", convoke.CodeDomainNotManaged},
		{string(user.ID), "ada", convoke.CodeInvalidEmail},
		{string(user.ID), "a\x00b@example.com", convoke.CodeInvalidEmail},
		{string(user.ID), "ada@example.com", ""}, // is so already
		{string(waiting.ID), "eva@example.com", convoke.CodeUserPending},
		{"nobody", "eva@example.com", convoke.CodeUserNotFound},
	} {
		wantCode(t, w.SetEmail(t.Context(), w.app, c.ref, c.email), c.code)
	}
	w.unchanged(t, before)
	other := newWorld(t, everything)
	person := other.made(t, bound("42", "ada@example.com"))
	wantCode(t, other.SetEmail(t.Context(), other.app, string(person.ID), "eva@example.com"), convoke.CodeNoManagedDomain)
}

func TestAPasswordIsNotTakenAgain(t *testing.T) {
	t.Parallel()
	w, user := managed(t)
	set := func(password string) error {
		w.clock.advance(24 * time.Hour)
		return w.SetPassword(t.Context(), w.app, string(user.ID), password)
	}
	wantCode(t, set(goodPassword), convoke.CodePasswordSame)
	for i := range convoke.FormerPasswords {
		check(t, set(fmt.Sprintf("Rainy-Day-%d", i)))
		wantCode(t, set(goodPassword), convoke.CodePasswordReused)
	}
	check(t, set("Rainy-Day-99"))
	check(t, set(goodPassword)) // long enough ago
	if got := len(w.events(t, convoke.EventUserPasswordChanged)); got != convoke.FormerPasswords+2 {
		t.Errorf("%d events tell of it", got)
	}
}

func TestAPasswordChangesFiveTimesADayWhoeverAsks(t *testing.T) {
	t.Parallel()
	w, user := managed(t)
	var changed atomic.Int64
	parallel(12, func(i int) {
		if w.SetPassword(context.Background(), w.app, string(user.ID), fmt.Sprintf("Rainy-Day-%d", i)) == nil {
			changed.Add(1)
		}
	})
	former, err := w.db.FormerPasswords(t.Context(), user.ID)
	check(t, err)
	if changed.Load() < 1 || changed.Load() > convoke.MaxPasswordChanges || int64(len(former)) != changed.Load() {
		t.Errorf("changed %d times, %d are kept", changed.Load(), len(former))
	}
}

func TestWhoHasNoPasswordGetsNone(t *testing.T) {
	t.Parallel()
	w, _ := managed(t)
	waiting := w.pending(t, "eve@example.com")
	cust := w.made(t, bound("42", ""))
	sso := w.made(t, convoke.Request{Action: "ssoCreate", Email: "sso@example.com"})
	before := w.picture(t)
	wantCode(t, w.SetPassword(t.Context(), w.app, string(waiting.ID), goodPassword), convoke.CodeUserPending)
	wantCode(t, w.SetPassword(t.Context(), w.app, string(cust.ID), goodPassword), convoke.CodeNoPassword)
	wantCode(t, w.SetPassword(t.Context(), w.app, string(sso.ID), goodPassword), convoke.CodeNoPassword)
	wantCode(t, w.SetPassword(t.Context(), w.app, "nobody", goodPassword), convoke.CodeUserNotFound)
	w.unchanged(t, before)
}
