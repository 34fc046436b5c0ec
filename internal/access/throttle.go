// SPDX-License-Identifier: Apache-2.0

package access

import (
	"sync"
	"time"

	"github.com/hashicorp/golang-lru/v2/simplelru"
)

// Tries and refill of a Throttle whose keys are secrets to be guessed: ten wrong
// ones empty a key's bucket; one more may be tried each minute after that. The
// buckets are kept in this process only: N processes together allow N times as
// many tries, which is still far too few to guess a password that keeps the
// rules, or a passcode of ours.
const (
	GuessTries  = 10
	GuessRefill = time.Minute // until one try is given back
)

const bucketMax = 10_000 // keys remembered; the least recently failed is forgotten first

// Throttle slows down the guessing of short secrets, by a key: passwords by
// e-mail, passcodes by meeting. It counts unknown keys like known ones, so that
// it tells nothing about who exists. It counts failures only: somebody who types
// the secret right is never slowed by themselves, and a success does not wipe
// the failures away.
type Throttle struct {
	tries  float64
	refill time.Duration

	mu      sync.Mutex
	buckets *simplelru.LRU[string, *bucket]
}

type bucket struct {
	tries float64 // that are left
	at    time.Time
}

// NewThrottle returns a Throttle that has seen nothing: each key has so many
// tries, and gets one back after each refill.
func NewThrottle(tries int, refill time.Duration) *Throttle {
	return &Throttle{tries: float64(tries), refill: refill, buckets: newLRU[*bucket](bucketMax)}
}

// A school of a thousand behind one address is in one meeting after two minutes;
// who joins and joins from there holds a quarter of a room at most.
const (
	JoinTries  = 500
	JoinRefill = time.Second / 4
)

func newLRU[V any](size int) *simplelru.LRU[string, V] {
	list, err := simplelru.NewLRU[string, V](size, nil)
	if err != nil {
		panic("access: " + err.Error()) // the size is above zero, which is all that is asked
	}
	return list
}

// give adds the tries that time has given back. A clock that was set back gives
// nothing and takes nothing.
func (t *Throttle) give(b *bucket, now time.Time) {
	passed := max(now.Sub(b.at), 0)
	b.tries = min(b.tries+float64(passed)/float64(t.refill), t.tries)
	b.at = now
}

// Allows reports whether a secret may be tried for the key. Asking does not
// make the key any more recent.
func (t *Throttle) Allows(key string, now time.Time) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	b, ok := t.buckets.Peek(key)
	if !ok {
		return true
	}
	t.give(b, now)
	return b.tries >= 1
}

// Fail counts a wrong secret for the key.
func (t *Throttle) Fail(key string, now time.Time) {
	t.mu.Lock()
	defer t.mu.Unlock()
	b, ok := t.buckets.Get(key)
	if !ok {
		b = &bucket{tries: t.tries, at: now}
		t.buckets.Add(key, b)
	}
	t.give(b, now)
	b.tries = max(b.tries-1, 0)
}

// Take counts one try for the key, or returns how long it takes until there is
// one again.
func (t *Throttle) Take(key string, now time.Time) time.Duration {
	t.mu.Lock()
	defer t.mu.Unlock()
	b, ok := t.buckets.Get(key)
	if !ok {
		b = &bucket{tries: t.tries, at: now}
		t.buckets.Add(key, b)
	}
	t.give(b, now)
	if b.tries < 1 {
		return time.Duration((1 - b.tries) * float64(t.refill))
	}
	b.tries--
	return 0
}
