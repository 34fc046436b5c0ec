// SPDX-License-Identifier: Apache-2.0

package client

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"testing"
	"time"
)

func seconds(list ...float64) []time.Duration {
	var out []time.Duration
	for _, s := range list {
		out = append(out, time.Duration(s*float64(time.Second)))
	}
	return out
}

func TestRepeatableCallsAreRepeated(t *testing.T) {
	t.Parallel()
	ok := answer{status: 200, body: boundJane}
	date := start.Add(7 * time.Second).Format(http.TimeFormat)
	for name, c := range map[string]struct {
		script []answer
		pauses []time.Duration
		want   error
	}{
		"a good answer":        {[]answer{ok}, nil, nil},
		"unavailable twice":    {[]answer{{status: 503}, {status: 502}, ok}, seconds(.1, .2), nil},
		"a gateway too slow":   {[]answer{{status: 504}, ok}, seconds(.1), nil},
		"a broken connection":  {[]answer{{drop: true}, ok}, seconds(.1), nil},
		"too many requests":    {[]answer{{status: 429, header: map[string]string{"Retry-After": "3"}}, ok}, seconds(3), nil},
		"until a date":         {[]answer{{status: 429, header: map[string]string{"Retry-After": date}}, ok}, seconds(7), nil},
		"an odd Retry-After":   {[]answer{{status: 429, header: map[string]string{"Retry-After": "soon"}}, ok}, seconds(.1), nil},
		"a long Retry-After":   {[]answer{{status: 429, header: map[string]string{"Retry-After": "61"}}, ok}, nil, ErrRateLimited},
		"unavailable for good": {[]answer{{status: 503}}, seconds(.1, .2, .4), ErrUnavailable},
		"a fault of theirs":    {[]answer{{status: 500}}, nil, ErrUnavailable},
		"a refusal":            {[]answer{{status: 404}}, nil, ErrNotFound},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := newServer(t, c.script...)
			client, clock := newClient(t, server)
			_, err := client.Ensure(t.Context(), "42", Person{})
			if !errors.Is(err, c.want) {
				t.Errorf("error %v, want %v", err, c.want)
			}
			if !slices.Equal(clock.pauses, c.pauses) {
				t.Errorf("pauses %v, want %v", clock.pauses, c.pauses)
			}
			if got := len(server.seen()); got != len(c.pauses)+1 {
				t.Errorf("%d requests, want %d", got, len(c.pauses)+1)
			}
		})
	}
}

func TestTicketIsSentOnce(t *testing.T) {
	t.Parallel()
	for _, a := range []answer{{status: 503}, {status: 429}, {drop: true}} {
		server := newServer(t, a)
		client, clock := newClient(t, server)
		if _, err := client.Ticket(t.Context(), 81234567890, Attendance{DisplayName: "Guest", Role: RoleAttendee}); err == nil {
			t.Errorf("answer %+v: no error", a)
		}
		if len(server.seen()) != 1 || len(clock.pauses) != 0 {
			t.Errorf("answer %+v: %d requests and pauses %v, want one request", a, len(server.seen()), clock.pauses)
		}
	}
}

func TestWithAttempts(t *testing.T) {
	t.Parallel()
	server := newServer(t, answer{status: 503})
	client, _ := newClient(t, server, WithAttempts(1))
	if _, err := client.Lookup(t.Context(), "42"); !errors.Is(err, ErrUnavailable) {
		t.Errorf("error %v, want ErrUnavailable", err)
	}
	if got := len(server.seen()); got != 1 {
		t.Errorf("%d requests, want 1", got)
	}
}

func TestNoPauseBeyondTheDeadline(t *testing.T) {
	t.Parallel()
	server := newServer(t, answer{status: 503, header: map[string]string{"Retry-After": "30"}})
	client, clock := newClient(t, server)
	clock.advance(time.Since(start)) // the deadline is one of the real clock
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	_, err := client.Lookup(ctx, "42")
	if e, ok := errors.AsType[*Error](err); !ok || e.RetryAfter != 30*time.Second {
		t.Errorf("error %v, want the 503 with its 30 s", err)
	}
	if len(clock.pauses) != 0 {
		t.Errorf("pauses %v, want none", clock.pauses)
	}
}

func TestEndedContextEndsTheRetries(t *testing.T) {
	t.Parallel()
	server := newServer(t, answer{status: 503})
	ctx, cancel := context.WithCancel(t.Context())
	pauses := 0
	stop := func(context.Context, time.Duration) error { pauses++; cancel(); return ctx.Err() }
	client, _ := newClient(t, server, withTime(time.Now, stop, fullJitter))
	if _, err := client.Lookup(ctx, "42"); !errors.Is(err, ErrUnavailable) {
		t.Errorf("error %v, want ErrUnavailable", err)
	}
	if pauses != 1 || len(server.seen()) != 1 {
		t.Errorf("%d pauses and %d requests, want one each", pauses, len(server.seen()))
	}
}

func TestPauses(t *testing.T) {
	t.Parallel()
	if got := ceiling(100); got != longestPause {
		t.Errorf("ceiling(100) = %v, want %v", got, longestPause)
	}
	for range 1000 {
		if d := fullJitter(time.Second); d < 0 || d > time.Second {
			t.Fatalf("fullJitter(1s) = %v", d)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := sleep(ctx, time.Hour); !errors.Is(err, context.Canceled) {
		t.Errorf("sleep with an ended context: %v", err)
	}
	if err := sleep(t.Context(), time.Nanosecond); err != nil {
		t.Errorf("sleep: %v", err)
	}
}
