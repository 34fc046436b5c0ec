// SPDX-License-Identifier: Apache-2.0

package access_test

import (
	"context"
	"testing"
	"time"

	"github.com/convoke/convoke/internal/access"
	"github.com/convoke/convoke/internal/convoke"
)

// limits is a limiter on the world's store, and its clock.
func (w *world) limits(plan string, share int, now *time.Time) *access.Limiter {
	return access.NewLimiter(access.LimiterConfig{Plan: plan, AppShare: share, Store: w.db, Now: func() time.Time { return *now }})
}

func appOf(account convoke.AccountID, client convoke.ClientID) convoke.Principal {
	return convoke.Principal{Kind: convoke.AppCaller, AccountID: account, ClientID: client, Scopes: convoke.Scopes{"user:read:admin"}}
}

// used returns one count of the limiter's.
func used(t *testing.T, l *access.Limiter, p convoke.Principal, client convoke.ClientID, category convoke.RateCategory, length time.Duration) int64 {
	t.Helper()
	_, list, err := l.Quotas(t.Context(), p)
	check(t, err)
	for _, q := range list {
		if q.ClientID == client && q.Category == category && q.Window == length {
			return q.Used
		}
	}
	return 0
}

func TestACallTooManyInASecondIsRefused(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	l := newWorld(t).limits("zoom-free", 0, &now)
	one, two := appOf(home, "one"), appOf(home, "two")
	for i, p := range []convoke.Principal{one, one, two, one} {
		state, err := l.Take(t.Context(), p, convoke.RateLight)
		if check(t, err); state.Limit != 4 || state.Remaining != int64(3-i) {
			t.Errorf("call %d: %+v", i, state)
		}
	}
	state, err := l.Take(t.Context(), two, convoke.RateLight)
	wantCode(t, err, convoke.CodeRateSecond)
	if state.Remaining != 0 || !state.Reset.Equal(now.Add(time.Second)) {
		t.Errorf("refused with %+v", state)
	}
	if n := used(t, l, one, "", convoke.RateLight, time.Second); n != 4 {
		t.Errorf("the account used %d", n)
	}
	if n := used(t, l, one, "one", convoke.RateLight, time.Second); n != 3 {
		t.Errorf("the app used %d", n)
	}
	_, err = l.Take(t.Context(), appOf("other-account-00000000", "one"), convoke.RateLight)
	check(t, err)
	_, err = l.Take(t.Context(), one, convoke.RateMedium)
	check(t, err)
	now = now.Add(time.Second)
	_, err = l.Take(t.Context(), two, convoke.RateLight)
	check(t, err)
}

func TestAnAppGetsItsShare(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	l := newWorld(t).limits("zoom-free", 50, &now)
	for range 2 {
		_, err := l.Take(t.Context(), appOf(home, "one"), convoke.RateLight)
		check(t, err)
	}
	_, err := l.Take(t.Context(), appOf(home, "one"), convoke.RateLight)
	wantCode(t, err, convoke.CodeRateSecond)
	_, err = l.Take(t.Context(), appOf(home, "two"), convoke.RateLight)
	check(t, err)
}

func TestADaysCallsAreSharedByAllProcesses(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	processes := []*access.Limiter{w.limits("zoom-free", 0, &now), w.limits("zoom-free", 0, &now)}
	p, taken := appOf(home, "one"), 0
	var last error
	for i := 0; last == nil; i++ {
		_, last = processes[i%2].Take(t.Context(), p, convoke.RateHeavy)
		if last == nil {
			taken++
		}
		now = now.Add(time.Second)
	}
	wantCode(t, last, convoke.CodeRateDaily)
	if taken < 990 || taken > 1000 { // the other process may hold a hundredth
		t.Errorf("%d calls of 1,000 were let through", taken)
	}
	if n := used(t, processes[0], p, "", convoke.RateHeavy, 0) + used(t, processes[1], p, "", convoke.RateHeavy, 0); n < int64(taken) {
		t.Errorf("the counts know of %d calls, there were %d", n, taken)
	}
	now = now.Add(24 * time.Hour)
	_, err := processes[0].Take(t.Context(), p, convoke.RateHeavy)
	check(t, err)
	if n := used(t, processes[0], p, "", convoke.RateHeavy, 0); n != 1 {
		t.Errorf("the next day begins with %d", n)
	}
}

func TestOffRefusesNothing(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	l := newWorld(t).limits("off", 0, &now)
	var state convoke.RateState
	for range 100 {
		var err error
		state, err = l.Take(t.Context(), appOf(home, "one"), convoke.RateMedium)
		check(t, err)
	}
	if state.Limit != 60 || state.Remaining != 0 {
		t.Errorf("announced %+v", state)
	}
	for range 100 {
		check(t, l.TakeInvite(t.Context(), home))
	}
	if plan, _, err := l.Quotas(t.Context(), appOf(home, "one")); err != nil || plan != "off" {
		t.Errorf("the plan is %s, %v", plan, err)
	}
}

func TestADaysInvitationsAreLimited(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	l := newWorld(t).limits("zoom-free", 0, &now)
	for range 50 {
		check(t, l.TakeInvite(t.Context(), home))
	}
	wantCode(t, l.TakeInvite(t.Context(), home), convoke.CodeRateInvites)
	now = now.Add(12 * time.Hour)
	check(t, l.TakeInvite(t.Context(), home))
}

// counting counts how often a limiter asks its store.
type counting struct {
	access.QuotaStore
	asked int
}

func (c *counting) TakeQuota(ctx context.Context, k convoke.QuotaKey, want, limit int64) (granted, used int64, err error) {
	c.asked++
	return c.QuotaStore.TakeQuota(ctx, k, want, limit)
}

func TestASpentDayIsNotAskedForAgain(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	store := &counting{QuotaStore: newWorld(t).db}
	l := access.NewLimiter(access.LimiterConfig{Plan: "zoom-free", Store: store, Now: func() time.Time { return now }})
	for range 50 {
		check(t, l.TakeInvite(t.Context(), home))
	}
	wantCode(t, l.TakeInvite(t.Context(), home), convoke.CodeRateInvites)
	asked := store.asked
	for range 10 {
		wantCode(t, l.TakeInvite(t.Context(), home), convoke.CodeRateInvites)
	}
	if store.asked != asked {
		t.Errorf("the store was asked %d times more", store.asked-asked)
	}
	now = now.Add(12 * time.Hour)
	check(t, l.TakeInvite(t.Context(), home))
}
