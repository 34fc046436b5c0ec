// SPDX-License-Identifier: Apache-2.0

package client

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"
)

func TestTokenIsFetchedOnceForManyCallers(t *testing.T) {
	t.Parallel()
	server := newServer(t, answer{status: 200, body: boundJane})
	client, _ := newClient(t, server)
	var group sync.WaitGroup
	for range 20 {
		group.Go(func() {
			if _, err := client.Lookup(t.Context(), "42"); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	if got := server.tokensGiven(); got != 1 {
		t.Errorf("%d tokens fetched, want 1", got)
	}
}

func TestTokenIsRenewedShortlyBeforeItExpires(t *testing.T) {
	t.Parallel()
	server := newServer(t, answer{status: 200, body: boundJane})
	client, clock := newClient(t, server)
	for _, step := range []struct {
		advance time.Duration
		tokens  int
	}{{0, 1}, {58 * time.Minute, 1}, {time.Minute, 2}, {58 * time.Minute, 2}} {
		clock.advance(step.advance)
		if _, err := client.Lookup(t.Context(), "42"); err != nil {
			t.Fatal(err)
		}
		if got := server.tokensGiven(); got != step.tokens {
			t.Errorf("%v after the start: %d tokens fetched, want %d", clock.now().Sub(start), got, step.tokens)
		}
	}
	if got := usableFor(10 * time.Second); got != 9*time.Second {
		t.Errorf("usableFor(10s) = %v, want 9s", got)
	}
}

func TestRefusedTokenIsReplacedOnce(t *testing.T) {
	t.Parallel()
	server := newServer(t, answer{status: 200, body: `{"url":"https://meet.example.com/t/x"}`})
	client, _ := newClient(t, server)
	call := func() error {
		_, err := client.Ticket(t.Context(), 81234567890, Attendance{DisplayName: "Guest", Role: RoleAttendee})
		return err
	}
	if err := call(); err != nil {
		t.Fatal(err)
	}
	server.revoke()
	if err := call(); err != nil {
		t.Errorf("after a revoked token: %v", err)
	}
	if got := server.tokensGiven(); got != 2 {
		t.Errorf("%d tokens fetched, want 2", got)
	}
	for n := range 5 {
		server.bad[fmt.Sprintf("Bearer token-%d", n)] = true // the server refuses whatever it gives out
	}
	before := len(server.seen())
	if err := call(); !errors.Is(err, ErrUnauthorized) {
		t.Errorf("error %v, want ErrUnauthorized", err)
	}
	if got := len(server.seen()) - before; got != 2 {
		t.Errorf("%d requests, want 2: the first, and one with a new token", got)
	}
}

func TestTokenRequestIsRepeated(t *testing.T) {
	t.Parallel()
	server := newServer(t, answer{status: 200, body: boundJane})
	server.tokenErr = []answer{{status: 503}, {drop: true}}
	client, clock := newClient(t, server)
	if _, err := client.Lookup(t.Context(), "42"); err != nil {
		t.Error(err)
	}
	if len(clock.pauses) != 2 || len(server.seen()) != 1 {
		t.Errorf("pauses %v and %d calls, want two pauses and one call", clock.pauses, len(server.seen()))
	}
}

func TestWrongCredentials(t *testing.T) {
	t.Parallel()
	server := newServer(t, answer{status: 200, body: boundJane})
	client, err := New(server.URL, Credentials{"acc", "id", "wr0ng"})
	if err != nil {
		t.Fatal(err)
	}
	_, err = client.Lookup(t.Context(), "42")
	if !errors.Is(err, ErrUnauthorized) || errors.Is(err, ErrInvalid) {
		t.Errorf("error %v, want ErrUnauthorized alone", err)
	}
	if strings.Contains(err.Error(), "wr0ng") || !strings.Contains(err.Error(), "invalid_client") {
		t.Errorf("error %q, want invalid_client and no secret", err)
	}
	if got := len(server.seen()); got != 0 {
		t.Errorf("%d calls without a token", got)
	}
}

func TestTokenAnswerWithoutAToken(t *testing.T) {
	t.Parallel()
	server := newServer(t, answer{status: 200})
	server.tokenErr = []answer{{status: 200, body: `{}`}}
	client, _ := newClient(t, server)
	_, err := client.Lookup(t.Context(), "42")
	if e, ok := errors.AsType[*Error](err); !ok || e.Code != CodeBadAnswer {
		t.Errorf("error %v, want bad_answer", err)
	}
}

func TestWaitingForATokenEndsWithTheContext(t *testing.T) {
	t.Parallel()
	server := newServer(t, answer{status: 200, body: boundJane})
	client, _ := newClient(t, server)
	client.tokens.lock <- struct{}{} // another caller is fetching
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := client.Lookup(ctx, "42"); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v, want context.Canceled", err)
	}
}

func TestCredentialsAreNotShown(t *testing.T) {
	t.Parallel()
	c := Credentials{"acc", "id", "s3cret"}
	var log strings.Builder
	slog.New(slog.NewTextHandler(&log, nil)).Info("made", "credentials", c)
	for _, text := range []string{fmt.Sprint(c), fmt.Sprintf("%+v", c), fmt.Sprintf("%#v", c), fmt.Sprintf("%+v", &c), log.String()} {
		if strings.Contains(text, "s3cret") || !strings.Contains(text, "acc") {
			t.Errorf("shown as %q", text)
		}
	}
}
