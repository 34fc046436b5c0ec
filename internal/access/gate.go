// SPDX-License-Identifier: Apache-2.0

package access

import (
	"net/netip"
	"sync"
	"time"

	"github.com/hashicorp/golang-lru/v2/simplelru"
)

// Looser limits beside the one of an e-mail from one address: against many
// addresses that guess for one e-mail, and one address that guesses for many.
const (
	emailTries    = 100
	emailRefill   = time.Minute
	addressTries  = 100
	addressRefill = 6 * time.Second
	friendsMax    = 10_000 // pairs remembered
)

// gate says who may try a password. Wrong passwords for an e-mail hold up the
// address that they come from; a person's own address, where they have signed in
// before, is not held up by what others do elsewhere.
type gate struct {
	pairs, emails, addresses *Throttle

	mu      sync.Mutex
	friends *simplelru.LRU[string, bool] // pairs that were right once
}

func newGate() *gate {
	return &gate{
		pairs: NewThrottle(GuessTries, GuessRefill), emails: NewThrottle(emailTries, emailRefill),
		addresses: NewThrottle(addressTries, addressRefill), friends: newLRU[bool](friendsMax),
	}
}

func pair(email, from string) string { return email + "\n" + from }

// allows reports whether the address may try a password for the e-mail.
func (g *gate) allows(email, from string, now time.Time) bool {
	if !g.pairs.Allows(pair(email, from), now) {
		return false
	}
	if block := publicBlock(from); block != "" && !g.addresses.Allows(block, now) {
		return false
	}
	return g.isFriend(pair(email, from)) || g.emails.Allows(email, now)
}

// fail counts a wrong password.
func (g *gate) fail(email, from string, now time.Time) {
	g.pairs.Fail(pair(email, from), now)
	g.emails.Fail(email, now)
	if block := publicBlock(from); block != "" {
		g.addresses.Fail(block, now)
	}
}

// welcome remembers where a right password came from.
func (g *gate) welcome(email, from string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.friends.Add(pair(email, from), true)
}

func (g *gate) isFriend(pair string) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	_, known := g.friends.Get(pair)
	return known
}

// publicBlock is what one customer of a network has: an IPv4 address, or an IPv6
// block of 64 bits. It is empty for addresses of a private network, behind which
// a proxy may hide everybody.
func publicBlock(from string) string {
	address, err := netip.ParseAddr(from)
	if err != nil || !address.IsGlobalUnicast() || address.IsPrivate() {
		return ""
	}
	if address.Is4() {
		return address.String()
	}
	block, _ := address.Prefix(64) // cannot fail: an IPv6 address has 128 bits
	return block.String()
}
