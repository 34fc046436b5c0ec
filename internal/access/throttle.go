// SPDX-License-Identifier: Apache-2.0

package access

import (
	"sync"
	"time"

	"github.com/hashicorp/golang-lru/v2/simplelru"
)

// Ten wrong secrets empty a key's bucket; one more may be tried each minute
// after that. The buckets are kept in this process only: N processes together
// allow N times as many tries, which is still far too few to guess a password
// that keeps the rules, or a passcode of ours.
const (
	bucketSize   = 10
	bucketRefill = time.Minute // until one try is given back
	bucketMax    = 10_000      // keys remembered; the least recently failed is forgotten first
)

// Throttle slows down the guessing of short secrets, by a key: passwords by
// e-mail, passcodes by meeting. It counts unknown keys like known ones, so that
// it tells nothing about who exists. It counts failures only: somebody who types
// the secret right is never slowed by themselves, and a success does not wipe
// the failures away.
type Throttle struct {
	size    float64
	refill  time.Duration
	mu      sync.Mutex
	buckets *simplelru.LRU[string, *bucket]
}

type bucket struct {
	tries float64 // that are left
	at    time.Time
}

// NewThrottle returns a Throttle that has seen nothing.
func NewThrottle() *Throttle { return newThrottle(bucketSize, bucketRefill) }

// A school of a thousand behind one address is in one meeting after two minutes;
// who joins and joins from there holds a quarter of a room at most.
const (
	joinSize   = 500
	joinRefill = time.Second / 4
)

// NewJoinThrottle returns a Throttle for joins of one meeting from one address.
func NewJoinThrottle() *Throttle { return newThrottle(joinSize, joinRefill) }

func newThrottle(size float64, refill time.Duration) *Throttle {
	buckets, err := simplelru.NewLRU[string, *bucket](bucketMax, nil)
	if err != nil {
		panic("access: " + err.Error()) // bucketMax is above zero, which is all that is asked
	}
	return &Throttle{size: size, refill: refill, buckets: buckets}
}

// fill adds the tries that time has given back. A clock that was set back
// gives nothing and takes nothing.
func (t *Throttle) fill(b *bucket, now time.Time) {
	passed := max(now.Sub(b.at), 0)
	b.tries = min(b.tries+float64(passed)/float64(t.refill), t.size)
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
	t.fill(b, now)
	return b.tries >= 1
}

// Fail counts a wrong secret for the key.
func (t *Throttle) Fail(key string, now time.Time) {
	t.mu.Lock()
	defer t.mu.Unlock()
	b, ok := t.buckets.Get(key)
	if !ok {
		b = &bucket{tries: t.size, at: now}
		t.buckets.Add(key, b)
	}
	t.fill(b, now)
	b.tries = max(b.tries-1, 0)
}

// Take counts one try for the key, or returns how long it takes until there is
// one again.
func (t *Throttle) Take(key string, now time.Time) time.Duration {
	t.mu.Lock()
	defer t.mu.Unlock()
	b, ok := t.buckets.Get(key)
	if !ok {
		b = &bucket{tries: t.size, at: now}
		t.buckets.Add(key, b)
	}
	t.fill(b, now)
	if b.tries < 1 {
		return time.Duration((1 - b.tries) * float64(t.refill))
	}
	b.tries--
	return 0
}
