// SPDX-License-Identifier: Apache-2.0

package access

import (
	"crypto/sha256"
	"sync"
	"time"

	"github.com/convoke/convoke/internal/convoke"
)

const (
	callerLife = time.Second // how long a looked-up token is believed, and so the longest delay of a revocation
	callerMax  = 4096        // at some 300 bytes each
)

// caller is what a token turned out to be.
type caller struct {
	principal convoke.Principal
	expires   time.Time // of the token
	seen      time.Time // when it was looked up
}

// callerCache spares a busy app the look-up of its token at every call. It
// holds working tokens only, by their hash, and never more than callerMax.
type callerCache struct {
	mu     sync.RWMutex
	byHash map[[sha256.Size]byte]caller
	era    uint64 // of revocations: what was looked up before one may be about what it ended
}

func newCallerCache() *callerCache {
	return &callerCache{byHash: make(map[[sha256.Size]byte]caller)}
}

// get returns a caller that was looked up less than callerLife before now, or else
// the era for put. A clock that was set back makes an entry stale, not immortal.
func (c *callerCache) get(hash [sha256.Size]byte, now time.Time) (known caller, era uint64, ok bool) {
	c.mu.RLock()
	defer c.mu.RUnlock()
	known, ok = c.byHash[hash]
	age := now.Sub(known.seen)
	return known, c.era, ok && age >= 0 && age < callerLife
}

// put keeps a caller that was looked up at seen, which must be taken before the
// look-up began, as the era must: of an earlier one it keeps nothing. A full cache
// starts anew; it fills again within a second.
func (c *callerCache) put(hash [sha256.Size]byte, known caller, seen time.Time, era uint64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if era != c.era {
		return
	}
	if len(c.byHash) >= callerMax {
		clear(c.byHash)
	}
	known.seen = seen
	c.byHash[hash] = known
}

// drop forgets one token, whose revocation then holds here at once.
func (c *callerCache) drop(hash [sha256.Size]byte) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.era++
	delete(c.byHash, hash)
}

// forget empties the cache, so that a revocation made here holds at once.
func (c *callerCache) forget() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.era++
	clear(c.byHash)
}
