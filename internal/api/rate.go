// SPDX-License-Identifier: Apache-2.0

package api

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"github.com/convoke/convoke/internal/convoke"
)

// Limits counts calls and refuses those beyond the account's plan.
type Limits interface {
	// Take counts a call, or returns CodeRateSecond or CodeRateDaily.
	Take(ctx context.Context, p convoke.Principal, c convoke.RateCategory) (convoke.RateState, error)
	// Quotas returns the plan's name and the counts of the account.
	Quotas(ctx context.Context, p convoke.Principal) (string, []convoke.Quota, error)
}

// The categories, as the table of routes writes them.
const (
	light  = convoke.RateLight
	medium = convoke.RateMedium
	heavy  = convoke.RateHeavy
)

// take counts the call and writes the headers about it. Retry-After is in
// seconds (RFC 9110 section 10.2.3).
func (a *api) take(ctx context.Context, h http.Header, p convoke.Principal, c convoke.RateCategory) error {
	state, err := a.Limits.Take(ctx, p, c)
	kind := "QPS"
	if state.Daily {
		kind = "Daily-limit"
	}
	h.Set("X-RateLimit-Category", string(state.Category))
	h.Set("X-RateLimit-Type", kind)
	h.Set("X-RateLimit-Limit", strconv.FormatInt(state.Limit, 10))
	h.Set("X-RateLimit-Remaining", strconv.FormatInt(state.Remaining, 10))
	if convoke.HasCode(err, convoke.CodeRateSecond) || convoke.HasCode(err, convoke.CodeRateDaily) {
		h.Set("X-RateLimit-Reset", strconv.FormatInt(state.Reset.Unix(), 10))
		h.Set("Retry-After", seconds(time.Until(state.Reset)))
	}
	return err
}

// seconds writes a Retry-After, which is 1 at least.
func seconds(d time.Duration) string {
	return strconv.FormatInt(int64(max(time.Second, d.Round(time.Second))/time.Second), 10)
}

type quotas struct {
	Plan   string  `json:"plan"`
	Quotas []quota `json:"quotas"`
}

type quota struct {
	ClientID  convoke.ClientID     `json:"client_id,omitempty"`
	Category  convoke.RateCategory `json:"category"`
	Window    string               `json:"window"` // second, minute or day
	Limit     int64                `json:"limit"`
	Used      int64                `json:"used"`
	Remaining int64                `json:"remaining"`
	ResetsAt  time.Time            `json:"resets_at"`
}

var windowNames = map[time.Duration]string{0: "day", time.Second: "second", time.Minute: "minute"}

// listQuotas is GET /quota.
func (a *api) listQuotas(w http.ResponseWriter, r *http.Request, p convoke.Principal) error {
	plan, list, err := a.Limits.Quotas(r.Context(), p)
	if err != nil {
		return err
	}
	answer := quotas{plan, make([]quota, len(list))}
	for i, q := range list {
		answer.Quotas[i] = quota{
			q.ClientID, q.Category, windowNames[q.Window], q.Limit, q.Used, max(0, q.Limit-q.Used), q.Reset.UTC(),
		}
	}
	return reply(w, http.StatusOK, answer)
}
