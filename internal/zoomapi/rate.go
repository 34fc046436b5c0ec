// SPDX-License-Identifier: Apache-2.0

package zoomapi

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"github.com/convoke/convoke/internal/convoke"
	"github.com/convoke/convoke/zoom"
)

// Limits counts calls and refuses those beyond the account's plan.
type Limits interface {
	// Announce returns how a caller stands who is not known yet.
	Announce(c convoke.RateCategory) convoke.RateState
	// Take counts a call, or returns CodeRateSecond or CodeRateDaily.
	Take(ctx context.Context, p convoke.Principal, c convoke.RateCategory) (convoke.RateState, error)
}

// The rate labels of the calls that are served.
const (
	light  = convoke.RateLight
	medium = convoke.RateMedium
)

// announce writes the rate headers, which let a client pace itself as it would
// against the Zoom cloud.
func announce(h http.Header, s convoke.RateState) {
	kind := "QPS"
	if s.Daily {
		kind = "Daily-limit"
	}
	h.Set(zoom.HeaderRateCategory, string(s.Category))
	h.Set(zoom.HeaderRateType, kind)
	h.Set(zoom.HeaderRateLimit, strconv.FormatInt(s.Limit, 10))
	h.Set(zoom.HeaderRateRemaining, strconv.FormatInt(s.Remaining, 10))
}

// take counts the call, and says when it may be sent again if it is one too many:
// after a day's limit in Zoom's own form of Retry-After, a time.
func (a *api) take(h http.Header, r *http.Request, p convoke.Principal, c convoke.RateCategory) error {
	state, err := a.Limits.Take(r.Context(), p, c)
	announce(h, state)
	switch {
	case convoke.HasCode(err, convoke.CodeRateDaily):
		h.Set("Retry-After", state.Reset.UTC().Format(time.RFC3339))
	case convoke.HasCode(err, convoke.CodeRateSecond):
		h.Set(zoom.HeaderRateReset, strconv.FormatInt(state.Reset.Unix(), 10))
		h.Set("Retry-After", strconv.FormatInt(max(1, state.Reset.Unix()-a.Now().Unix()), 10))
	}
	return err
}
