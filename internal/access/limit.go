// SPDX-License-Identifier: Apache-2.0

package access

import (
	"cmp"
	"context"
	"slices"
	"sync"
	"time"

	"github.com/convoke/convoke/internal/convoke"
)

// QuotaStore keeps the daily counts, which all processes share.
type QuotaStore interface {
	// TakeQuota adds up to want to a count, so that it never exceeds limit. It
	// returns how much was added, and the count after that.
	TakeQuota(ctx context.Context, k convoke.QuotaKey, want, limit int64) (granted, used int64, err error)
	// Quota returns a count.
	Quota(ctx context.Context, k convoke.QuotaKey) (int64, error)
}

// LimiterConfig says what a Limiter holds callers to.
type LimiterConfig struct {
	Plan     string // of convoke.RatePlans, or "off", which counts and refuses nothing
	AppShare int    // percent of the account's calls in a window that one app may make; 0: all
	Store    QuotaStore
	Now      func() time.Time // nil: time.Now
}

// Limiter counts calls by app and by account, and refuses those beyond the plan.
// The counts of a window (a second or a minute) are this process's own; those of
// a day are shared, and taken from the store in parts.
type Limiter struct {
	plan     convoke.RatePlan
	enforced bool
	share    int
	store    QuotaStore
	now      func() time.Time

	mu      sync.Mutex
	windows map[time.Duration]*window
	daily   map[convoke.QuotaKey]*allowance
}

// window holds the counts of the present second or minute; when it is over all
// are forgotten, so it holds no more than who calls right now.
type window struct {
	number int64
	counts map[counted]int64
}

// counted is what one count of a window is about.
type counted struct {
	account  convoke.AccountID
	client   convoke.ClientID // empty: the whole account
	category convoke.RateCategory
}

// allowance is what this process has taken of a day's count and not used yet.
type allowance struct {
	left  int64
	spent bool // the store had nothing more to give, and will not before the day is over
}

// NewLimiter makes a Limiter. An unknown plan is "off".
func NewLimiter(c LimiterConfig) *Limiter {
	plan, enforced, _ := convoke.FindRatePlan(c.Plan)
	if c.Now == nil {
		c.Now = time.Now
	}
	return &Limiter{
		plan: plan, enforced: enforced, share: cmp.Or(c.AppShare, 100), store: c.Store, now: c.Now,
		windows: map[time.Duration]*window{}, daily: map[convoke.QuotaKey]*allowance{},
	}
}

// Announce returns the state for a call of nobody known, which is not counted.
func (l *Limiter) Announce(c convoke.RateCategory) convoke.RateState {
	limit := l.plan.Limits[c]
	calls := int64(limit.Calls)
	return convoke.RateState{Category: c, Limit: calls, Remaining: calls, Reset: l.now().Truncate(limit.Window).Add(limit.Window)}
}

// Take counts one call of the principal and returns how it stands. A call beyond
// its limit is not counted, and its error is CodeRateSecond or CodeRateDaily.
func (l *Limiter) Take(ctx context.Context, p convoke.Principal, c convoke.RateCategory) (convoke.RateState, error) {
	now := l.now()
	state, ok := l.takeWindow(p, c, now)
	if !ok {
		return state, convoke.RateExceeded(state)
	}
	if limit := l.plan.Limits[c].Daily; l.enforced && limit > 0 {
		key := convoke.QuotaKey{AccountID: p.AccountID, Count: l.plan.DailyCount(c), Day: convoke.DayOf(now)}
		ok, err := l.takeDaily(ctx, key, limit)
		if err != nil {
			return state, err
		}
		if !ok {
			state = convoke.RateState{Category: c, Daily: true, Limit: limit, Reset: convoke.EndOfDay(now)}
			return state, convoke.RateExceeded(state)
		}
	}
	return state, nil
}

// CountsInvites reports whether invitations have a limit.
func (l *Limiter) CountsInvites() bool { return l.enforced }

// TakeInvite counts one invitation of the account's day, or returns CodeRateInvites.
func (l *Limiter) TakeInvite(ctx context.Context, account convoke.AccountID) error {
	if !l.enforced {
		return nil
	}
	ok, err := l.takeDaily(ctx, convoke.QuotaKey{AccountID: account, Count: convoke.InviteCount, Day: convoke.DayOf(l.now())}, l.plan.Invites)
	if err == nil && !ok {
		err = convoke.InvitesExceeded(l.plan.Invites)
	}
	return err
}

func (l *Limiter) takeWindow(p convoke.Principal, c convoke.RateCategory, now time.Time) (convoke.RateState, bool) {
	limit := l.plan.Limits[c]
	l.mu.Lock()
	defer l.mu.Unlock()
	w := l.window(limit.Window, now)
	account, app := counted{p.AccountID, "", c}, counted{p.AccountID, p.ClientID, c}
	calls, share := int64(limit.Calls), l.appLimit(limit)
	state := convoke.RateState{Category: c, Limit: share, Reset: now.Truncate(limit.Window).Add(limit.Window)}
	ok := !l.enforced || w.counts[account] < calls && (p.ClientID == "" || w.counts[app] < share)
	if ok {
		w.counts[account]++
		if p.ClientID != "" {
			w.counts[app]++
		}
	}
	state.Remaining = max(0, min(calls-w.counts[account], share-w.counts[app]))
	if !l.enforced {
		state.Remaining = max(0, share-w.counts[app])
	}
	return state, ok
}

// appLimit is what one app may do of the account's, at least one call.
func (l *Limiter) appLimit(limit convoke.RateLimit) int64 {
	return max(1, int64(limit.Calls)*int64(l.share)/100)
}

func (l *Limiter) window(length time.Duration, now time.Time) *window {
	number := now.UnixNano() / int64(length)
	w := l.windows[length]
	if w == nil || w.number != number {
		w = &window{number, map[counted]int64{}}
		l.windows[length] = w
	}
	return w
}

// takeDaily takes one of the day's count, from what this process holds where it
// can.
func (l *Limiter) takeDaily(ctx context.Context, k convoke.QuotaKey, limit int64) (bool, error) {
	if ok, known := l.spend(k); known {
		return ok, nil
	}
	granted, _, err := l.store.TakeQuota(ctx, k, batchOf(limit), limit)
	if err != nil {
		return false, err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.forgetOtherDays(k.Day)
	a := l.daily[k]
	if a == nil {
		a = &allowance{}
		l.daily[k] = a
	}
	a.left += granted
	a.spent = granted == 0
	if a.left == 0 {
		return false, nil
	}
	a.left--
	return true, nil
}

// spend takes one of what this process holds. It is known when that decides the
// call, and the store need not be asked.
func (l *Limiter) spend(k convoke.QuotaKey) (ok, known bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	a := l.daily[k]
	if a == nil || a.left == 0 {
		return false, a != nil && a.spent
	}
	a.left--
	return true, true
}

func (l *Limiter) forgetOtherDays(day int64) {
	for k := range l.daily {
		if k.Day < day {
			delete(l.daily, k)
		}
	}
}

// batchOf is how much of a day's count a process takes at once: one hundredth,
// and at most 100.
func batchOf(limit int64) int64 { return max(1, min(limit/100, 100)) }

// Quotas returns the limiter's own counts of the principal's account, and the
// name of the plan, "off" where nothing is refused. What other processes hold
// and have not used counts as used. It needs RightReadUser.
func (l *Limiter) Quotas(ctx context.Context, p convoke.Principal) (string, []convoke.Quota, error) {
	if err := p.Require(convoke.RightReadUser); err != nil {
		return "", nil, err
	}
	list := l.windowQuotas(p.AccountID)
	if !l.enforced {
		return "off", list, nil
	}
	day, err := l.dailyQuotas(ctx, p.AccountID)
	return l.plan.Name, append(list, day...), err
}

func (l *Limiter) windowQuotas(account convoke.AccountID) (list []convoke.Quota) {
	now := l.now()
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, c := range convoke.RateCategories() {
		limit := l.plan.Limits[c]
		w := l.window(limit.Window, now)
		reset := now.Truncate(limit.Window).Add(limit.Window)
		list = append(list, convoke.Quota{
			Category: c, Window: limit.Window, Limit: int64(limit.Calls), Used: w.counts[counted{account, "", c}], Reset: reset,
		})
		var apps []convoke.Quota
		for k, used := range w.counts {
			if k.account == account && k.category == c && k.client != "" {
				apps = append(apps, convoke.Quota{ClientID: k.client, Category: c, Window: limit.Window, Limit: l.appLimit(limit), Used: used, Reset: reset})
			}
		}
		slices.SortFunc(apps, func(a, b convoke.Quota) int { return cmp.Compare(a.ClientID, b.ClientID) })
		list = append(list, apps...)
	}
	return list
}

func (l *Limiter) dailyQuotas(ctx context.Context, account convoke.AccountID) (list []convoke.Quota, err error) {
	now := l.now()
	limits := map[string]int64{convoke.InviteCount: l.plan.Invites}
	names := []string{}
	for _, c := range convoke.RateCategories() {
		if name := l.plan.DailyCount(c); l.plan.Limits[c].Daily > 0 && limits[name] == 0 {
			limits[name], names = l.plan.Limits[c].Daily, append(names, name)
		}
	}
	for _, name := range append(names, convoke.InviteCount) {
		key := convoke.QuotaKey{AccountID: account, Count: name, Day: convoke.DayOf(now)}
		used, err := l.store.Quota(ctx, key)
		if err != nil {
			return nil, err
		}
		list = append(list, convoke.Quota{
			Category: convoke.RateCategory(name), Limit: limits[name], Used: used - l.held(key), Reset: convoke.EndOfDay(now),
		})
	}
	return list, nil
}

// held is what this process has taken of the count and not used.
func (l *Limiter) held(k convoke.QuotaKey) int64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	if a := l.daily[k]; a != nil {
		return a.left
	}
	return 0
}
