// SPDX-License-Identifier: Apache-2.0

package client

import (
	"context"
	"errors"
	"math/rand/v2"
	"net/http"
	"strconv"
	"time"
)

// The pauses between attempts: a random part of 100 ms, then of 200 ms, and so
// on up to 5 s. A Retry-After is honoured up to a minute; beyond that the
// caller gets the error, with Error.RetryAfter, and decides itself.
const (
	firstPause    = 100 * time.Millisecond
	longestPause  = 5 * time.Second
	maxRetryAfter = time.Minute
)

// mayRepeat waits before the next attempt and reports whether to make it:
// when the fault may pass, attempts are left, and the context lasts that long.
func (c *Client) mayRepeat(ctx context.Context, attempt int, err error) bool {
	e, ok := errors.AsType[*Error](err)
	if !ok || !e.passing() || attempt >= c.attempts || e.RetryAfter > maxRetryAfter {
		return false
	}
	pause := max(e.RetryAfter, c.jitter(ceiling(attempt)))
	if deadline, set := ctx.Deadline(); set && c.now().Add(pause).After(deadline) {
		return false
	}
	return c.sleep(ctx, pause) == nil
}

// ceiling is the longest pause after the given attempt, counted from 1.
func ceiling(attempt int) time.Duration {
	return min(firstPause<<min(attempt-1, 10), longestPause)
}

// fullJitter spreads the pauses of many clients over the whole range.
func fullJitter(limit time.Duration) time.Duration { return rand.N(limit + 1) }

func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// retryAfter reads the header (RFC 9110 section 10.2.3): seconds, or a date.
// What cannot be read, and what is past, is zero.
func retryAfter(h http.Header, now time.Time) time.Duration {
	value := h.Get("Retry-After")
	if seconds, err := strconv.ParseInt(value, 10, 32); err == nil {
		return max(time.Duration(seconds)*time.Second, 0)
	}
	if at, err := http.ParseTime(value); err == nil {
		return max(at.Sub(now), 0)
	}
	return 0
}
