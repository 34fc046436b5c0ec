// SPDX-License-Identifier: Apache-2.0

package access

import (
	"context"
	"fmt"
	"log/slog"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/convoke/convoke/internal/convoke"
)

func TestAPasswordHashIsAPHCStringOfItsOwnSalt(t *testing.T) {
	t.Parallel()
	s := New(Config{Logger: slog.New(slog.DiscardHandler)})
	a, err := s.HashPassword(t.Context(), "Correct-horse7")
	if err != nil {
		t.Fatal(err)
	}
	b, err := s.HashPassword(t.Context(), "Correct-horse7")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(a, "$argon2id$v=19$m=19456,t=2,p=1$") || a == b {
		t.Errorf("hashes are %s and %s", a, b)
	}
	h, ok := parseHash(a)
	if !ok || h.String() != a || !h.matches("Correct-horse7") || h.matches("correct-horse7") || h.matches("") {
		t.Errorf("%s does not verify", a)
	}
}

// The value was made by the reference implementation: argon2 somesalt -id -v 13
// -t 2 -k 65536 -p 1 -l 32, password "password" (its README).
func TestAHashOfTheReferenceImplementationVerifies(t *testing.T) {
	t.Parallel()
	h, ok := parseHash("$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc")
	if !ok || !h.matches("password") || h.matches("Password") {
		t.Error("the hash does not verify")
	}
}

func TestAStrangeHashIsNoPassword(t *testing.T) {
	t.Parallel()
	const salt, key = "c29tZXNhbHQ", "CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc"
	for _, phc := range []string{
		"", "x", "$argon2i$v=19$m=65536,t=2,p=1$" + salt + "$" + key, "$argon2id$v=16$m=65536,t=2,p=1$" + salt + "$" + key,
		"$argon2id$v=19$m=65537,t=2,p=1$" + salt + "$" + key, "$argon2id$v=19$m=65536,t=11,p=1$" + salt + "$" + key,
		"$argon2id$v=19$m=65536,t=2,p=5$" + salt + "$" + key, "$argon2id$v=19$m=65536,t=0,p=1$" + salt + "$" + key,
		"$argon2id$v=19$m=65536,t=2,p=0$" + salt + "$" + key, "$argon2id$v=19$m=1,t=2,p=1$" + salt + "$" + key,
		"$argon2id$v=19$m=65536,t=2,p=1$" + salt + "$", "$argon2id$v=19$m=65536,t=2,p=1$$" + key,
		"$argon2id$v=19$m=65536,t=2,p=1$" + salt + "$!!!!", "$argon2id$v=19$$" + salt + "$" + key,
		"$argon2id$v=19$m=-1,t=2,p=1$" + salt + "$" + key, "$argon2id$v=19$m=65536,t=2,p=257$" + salt + "$" + key,
	} {
		if _, ok := parseHash(phc); ok {
			t.Errorf("%q was accepted", phc)
		}
	}
}

func TestNobodysPasswordMatchesNothing(t *testing.T) {
	t.Parallel()
	for _, password := range []string{"", strings.Repeat("\x00", 32)} {
		if noPassword.matches(password) {
			t.Errorf("%q matches", password)
		}
	}
}

// The same work for a user with a password and for nobody: it is counted in
// memory, which argon2 fills, as time would make a shaky test.
func TestNobodyCostsWhatSomebodyCosts(t *testing.T) {
	users := []convoke.User{{PasswordHash: argonHash{
		memory: argonMemory, passes: argonPasses, lanes: argonLanes, salt: make([]byte, 16), key: make([]byte, 32),
	}.String()}}
	filled := func(users []convoke.User) uint64 {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		verify(users, "Wrong-horse7")
		runtime.ReadMemStats(&after)
		return (after.TotalAlloc - before.TotalAlloc) >> 20
	}
	somebody, nobody, noHash := filled(users), filled(nil), filled([]convoke.User{{}})
	if somebody != nobody || somebody != noHash || somebody < 19 {
		t.Errorf("MiB filled: %d for a user, %d for nobody, %d for one without a password", somebody, nobody, noHash)
	}
}

func TestHashingWaitsForItsTurn(t *testing.T) {
	t.Parallel()
	s := New(Config{})
	for range cap(s.hashing) {
		s.hashing <- struct{}{}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := s.HashPassword(ctx, "Correct-horse7"); err == nil {
		t.Error("more passwords were hashed at once than there are processors")
	}
	<-s.hashing
	if _, err := s.HashPassword(t.Context(), "Correct-horse7"); err != nil {
		t.Error(err)
	}
	if len(s.hashing) != cap(s.hashing)-1 {
		t.Error("the slot was not given back")
	}
}

func TestCallsThatSetPasswordsKeepNobodyFromSigningIn(t *testing.T) {
	t.Parallel()
	s := New(Config{})
	for range cap(s.calls) {
		s.calls <- struct{}{} // at work elsewhere
	}
	ctx, cancel := context.WithCancel(t.Context())
	var batch sync.WaitGroup
	for range 10 * cap(s.hashing) {
		batch.Go(func() {
			if _, err := s.HashPassword(ctx, "Correct-horse7"); err == nil {
				t.Error("hashed beside as many as there may be")
			}
		})
	}
	for range cap(s.hashing) {
		if _, err := s.acquire(t.Context()); err != nil {
			t.Error(err)
		}
	}
	cancel()
	batch.Wait()
	if len(s.calls) != cap(s.calls) {
		t.Error("a slot was given back that was not taken")
	}
}

func TestTheThrottleForgetsTheOldest(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	th := NewThrottle(GuessTries, GuessRefill)
	for i := range bucketMax + 1 {
		for range GuessTries {
			th.Fail(strconv.Itoa(i), now)
		}
	}
	if n := th.buckets.Len(); n != bucketMax {
		t.Errorf("%d buckets", n)
	}
	if !th.Allows("0", now) || th.Allows("1", now) {
		t.Error("it was not the oldest that was forgotten")
	}
	if th.Allows("1", now.Add(-time.Hour)) || !th.Allows("1", now.Add(GuessRefill-time.Hour)) {
		t.Error("a clock set back gives tries, or stops them from coming back")
	}
}

func TestJoinsAreThrottledAndComeBack(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	th := NewThrottle(JoinTries, JoinRefill)
	for i := range JoinTries {
		if wait := th.Take("a", now); wait != 0 {
			t.Fatalf("join %d waits for %v", i, wait)
		}
	}
	if wait := th.Take("a", now); wait != JoinRefill {
		t.Errorf("one too many waits for %v", wait)
	}
	if wait := th.Take("b", now); wait != 0 {
		t.Errorf("another key waits for %v", wait)
	}
	if wait := th.Take("a", now.Add(JoinRefill)); wait != 0 {
		t.Errorf("after the wait: %v", wait)
	}
}

func TestTheCacheIsBounded(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	c := newCallerCache()
	var group sync.WaitGroup
	for worker := range 4 {
		group.Go(func() {
			for i := range callerMax {
				c.put(digest(fmt.Sprint(worker, i)), caller{}, now, 0)
			}
		})
	}
	group.Wait()
	if len(c.byHash) > callerMax {
		t.Errorf("%d callers", len(c.byHash))
	}
	c.put(digest("last"), caller{}, now, 0)
	for moved, fresh := range map[time.Duration]bool{0: true, callerLife - 1: true, callerLife: false, -1: false} {
		if _, _, ok := c.get(digest("last"), now.Add(moved)); ok != fresh {
			t.Errorf("after %v it is fresh: %t", moved, ok)
		}
	}
}

// A look-up that a revocation overtakes must not bring back what that ended.
func TestARevocationOvertakesALookUp(t *testing.T) {
	t.Parallel()
	now, hash := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC), digest("token")
	for name, revoke := range map[string]func(*callerCache){
		"of the token": func(c *callerCache) { c.drop(hash) }, "of an app": func(c *callerCache) { c.forget() },
	} {
		c := newCallerCache()
		_, era, _ := c.get(hash, now)
		revoke(c)
		c.put(hash, caller{}, now, era)
		_, era, kept := c.get(hash, now)
		if kept {
			t.Errorf("a revocation %s is undone", name)
		}
		c.put(hash, caller{}, now, era)
		if _, _, kept = c.get(hash, now); !kept {
			t.Errorf("after a revocation %s nothing is kept any more", name)
		}
	}
}
