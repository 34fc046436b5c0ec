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
	mu      sync.Mutex
	buckets *simplelru.LRU[string, *bucket]
}

type bucket struct {
	tries float64 // that are left
	at    time.Time
}

// NewThrottle returns a Throttle that has seen nothing.
func NewThrottle() *Throttle {
	buckets, err := simplelru.NewLRU[string, *bucket](bucketMax, nil)
	if err != nil {
		panic("access: " + err.Error()) // bucketMax is above zero, which is all that is asked
	}
	return &Throttle{buckets: buckets}
}

// refill adds the tries that time has given back. A clock that was set back
// gives nothing and takes nothing.
func (b *bucket) refill(now time.Time) {
	passed := max(now.Sub(b.at), 0)
	b.tries = min(b.tries+float64(passed)/float64(bucketRefill), bucketSize)
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
	b.refill(now)
	return b.tries >= 1
}

// Fail counts a wrong secret for the key.
func (t *Throttle) Fail(key string, now time.Time) {
	t.mu.Lock()
	defer t.mu.Unlock()
	b, ok := t.buckets.Get(key)
	if !ok {
		b = &bucket{tries: bucketSize, at: now}
		t.buckets.Add(key, b)
	}
	b.refill(now)
	b.tries = max(b.tries-1, 0)
}
