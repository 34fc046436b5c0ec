// SPDX-License-Identifier: Apache-2.0

package access

import (
	"container/list"
	"sync"
	"time"
)

// Ten wrong passwords empty an e-mail's bucket; one more may be tried each
// minute after that. The buckets are kept in this process only: N processes
// together allow N times as many tries, which is still far too few to guess a
// password that keeps the rules.
const (
	bucketSize   = 10
	bucketRefill = time.Minute // until one try is given back
	bucketMax    = 10_000      // e-mails remembered; the least recently failed is forgotten first
)

// throttle slows down the guessing of passwords, by e-mail. It counts unknown
// e-mails like known ones, so that it tells nothing about who exists. It counts
// failures only: somebody who knows the password and types it right is never
// slowed by themselves, and a success does not wipe the failures away.
type throttle struct {
	mu      sync.Mutex
	buckets map[string]*list.Element
	order   *list.List // of *bucket, the most recently failed first
}

type bucket struct {
	key   string
	tries float64 // that are left
	at    time.Time
}

func newThrottle() *throttle {
	return &throttle{buckets: make(map[string]*list.Element), order: list.New()}
}

// refill adds the tries that time has given back. A clock that was set back
// gives nothing and takes nothing.
func (b *bucket) refill(now time.Time) {
	passed := max(now.Sub(b.at), 0)
	b.tries = min(b.tries+float64(passed)/float64(bucketRefill), bucketSize)
	b.at = now
}

// allows reports whether a password may be tried for the key.
func (t *throttle) allows(key string, now time.Time) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	element, ok := t.buckets[key]
	if !ok {
		return true
	}
	b := element.Value.(*bucket)
	b.refill(now)
	return b.tries >= 1
}

// fail counts a wrong password for the key.
func (t *throttle) fail(key string, now time.Time) {
	t.mu.Lock()
	defer t.mu.Unlock()
	element, ok := t.buckets[key]
	if !ok {
		t.makeRoom()
		element = t.order.PushFront(&bucket{key: key, tries: bucketSize, at: now})
		t.buckets[key] = element
	}
	b := element.Value.(*bucket)
	b.refill(now)
	b.tries = max(b.tries-1, 0)
	t.order.MoveToFront(element)
}

// makeRoom forgets the least recently failed key of a full throttle.
func (t *throttle) makeRoom() {
	if t.order.Len() < bucketMax {
		return
	}
	oldest := t.order.Back()
	delete(t.buckets, oldest.Value.(*bucket).key)
	t.order.Remove(oldest)
}
