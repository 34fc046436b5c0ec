// SPDX-License-Identifier: Apache-2.0

package api

import (
	"context"
	"strconv"
	"testing"

	"github.com/convoke/convoke/internal/access"
	"github.com/convoke/convoke/internal/convoke"
	"github.com/convoke/convoke/internal/provision"
)

// plenty are daily counts that are never over.
type plenty struct{}

func (plenty) TakeQuota(_ context.Context, _ convoke.QuotaKey, want, _ int64) (int64, int64, error) {
	return want, want, nil
}

func (plenty) Quota(context.Context, convoke.QuotaKey) (int64, error) { return 60, nil }

func TestTheQuotaEqualsTheLimiter(t *testing.T) {
	t.Parallel()
	w := newWorld(t, partner)
	w.config.Limits = access.NewLimiter(access.LimiterConfig{Plan: "zoom-free", Now: w.now, Store: plenty{}})
	w.handler = New(w.config)
	for range 2 {
		if answer := w.call(t, "GET", Prefix+"/seats", nil, ""); answer.Code != 200 {
			t.Fatalf("%d %s", answer.Code, answer.Body)
		}
	}
	answer := w.call(t, "GET", Prefix+"/quota", nil, "")
	got := read[quotas](t, answer, 200)
	if got.Plan != "zoom-free" || answer.Header().Get("X-RateLimit-Remaining") != "1" || answer.Header().Get("X-RateLimit-Limit") != "4" {
		t.Errorf("plan %s, headers %v", got.Plan, answer.Header())
	}
	counts := map[string]quota{}
	for _, q := range got.Quotas {
		if q.ClientID == "" {
			counts[string(q.Category)+" "+q.Window] = q
		}
	}
	if q := counts["Light second"]; q.Used != 3 || q.Limit != 4 || q.Remaining != 1 { // the call about it is one of them
		t.Errorf("a second's light calls: %+v", q)
	}
	if q := counts["Light day"]; q.Used != 60-57 || q.Limit != 6000 { // 60 were taken from the store, 3 used
		t.Errorf("a day's light calls: %+v", q)
	}
	if q := counts["Invites day"]; q.Limit != 50 {
		t.Errorf("a day's invitations: %+v", q)
	}
	w.call(t, "GET", Prefix+"/seats", nil, "")
	refused := w.call(t, "GET", Prefix+"/seats", nil, "")
	if p := read[problem](t, refused, 429); p.Code != convoke.CodeRateSecond || refused.Header().Get("Retry-After") == "" {
		t.Errorf("answered %s %v", refused.Body, refused.Header())
	}
	w.clock.Add(1)
	if answer := w.call(t, "GET", Prefix+"/seats", nil, ""); answer.Code != 200 {
		t.Errorf("a second later: %d", answer.Code)
	}
}

// spent are daily counts that are over.
type spent struct{ plenty }

func (spent) TakeQuota(_ context.Context, _ convoke.QuotaKey, _, limit int64) (int64, int64, error) {
	return 0, limit, nil
}

func TestAnInvitationTooManyIsRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t, partner)
	w.users.Invites = access.NewLimiter(access.LimiterConfig{Plan: "zoom-free", Now: w.now, Store: spent{}})
	w.config.Provision = provision.New(w.users)
	w.handler = New(w.config)
	refused := w.call(t, "PUT", Prefix+"/bindings/42", nil, `{"action":"create","email":"ada@example.com"}`)
	p := read[problem](t, refused, 429)
	if wait, err := strconv.Atoi(refused.Header().Get("Retry-After")); p.Code != convoke.CodeRateInvites || err != nil || wait < 1 || wait > 86400 {
		t.Errorf("answered %s %v", refused.Body, refused.Header())
	}
	w.put(t, "43", `{"action":"custCreate"}`, 201)
}

func TestADomainIsLookedAtNowAndThen(t *testing.T) {
	t.Parallel()
	w := newWorld(t, partner)
	for _, name := range []string{"proved.example", "other.example"} {
		if answer := w.call(t, "POST", Prefix+"/domains", nil, `{"domain":"`+name+`"}`); answer.Code != 201 {
			t.Fatalf("%d %s", answer.Code, answer.Body)
		}
		if answer := w.call(t, "POST", Prefix+"/domains/"+name+"/verify", nil, ""); answer.Code != 200 {
			t.Fatalf("%d %s", answer.Code, answer.Body)
		}
	}
	refused := w.call(t, "POST", Prefix+"/domains/proved.example/verify", nil, "")
	if p := read[problem](t, refused, 429); p.Code != convoke.CodeDomainTooSoon || refused.Header().Get("Retry-After") != "10" {
		t.Errorf("answered %s %v", refused.Body, refused.Header())
	}
	w.clock.Add(10)
	if answer := w.call(t, "POST", Prefix+"/domains/proved.example/verify", nil, ""); answer.Code != 200 {
		t.Errorf("ten seconds later: %d %s", answer.Code, answer.Body)
	}
}

func TestACallIsAsHeavyByHeadAsByGet(t *testing.T) {
	t.Parallel()
	w := newWorld(t, partner)
	for path, want := range map[string]convoke.RateCategory{"/events": medium, "/imports": medium, "/seats": light} {
		for _, method := range []string{"GET", "HEAD"} {
			answer := w.call(t, method, Prefix+path, nil, "")
			if got := answer.Header().Get("X-RateLimit-Category"); got != string(want) {
				t.Errorf("%s %s is %q, want %q", method, path, got, want)
			}
		}
	}
}

func TestTheAuditLogTellsWhoDidIt(t *testing.T) {
	t.Parallel()
	w := newWorld(t, partner)
	w.put(t, "42", `{"email":"jane@example.com"}`, 201)
	w.put(t, "42", `{"email":"jane@example.com","last_name":"Doe"}`, 200)
	if answer := w.call(t, "GET", Prefix+"/audit", nil, ""); answer.Code != 403 {
		t.Errorf("without the scope: %d %s", answer.Code, answer.Body)
	}
	w.token = w.newToken(t, "report:read:admin")
	page := read[auditPage](t, w.call(t, "GET", Prefix+"/audit?person=jane@example.com&action=user.", nil, ""), 200)
	if len(page.Entries) != 1 || page.Entries[0].Action != convoke.EventUserCreated || page.Entries[0].Actor.Name != "host app" {
		t.Errorf("entries %+v", page)
	}
	first := read[auditPage](t, w.call(t, "GET", Prefix+"/audit?limit=1", nil, ""), 200)
	rest := read[auditPage](t, w.call(t, "GET", Prefix+"/audit?before="+strconv.FormatInt(first.Next, 10), nil, ""), 200)
	if len(first.Entries) != 1 || first.Entries[0].Action != convoke.EventTokenCreated || rest.Next != 0 || rest.Entries[0].ID >= first.Next {
		t.Errorf("first %+v, rest %+v", first, rest)
	}
	for _, query := range []string{"limit=1001", "before=-1", "from=yesterday", "from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z", "person=%00"} {
		if answer := w.call(t, "GET", Prefix+"/audit?"+query, nil, ""); answer.Code != 400 {
			t.Errorf("%s: %d %s", query, answer.Code, answer.Body)
		}
	}
}
