// SPDX-License-Identifier: Apache-2.0

package access

import (
	"fmt"
	"testing"
	"time"
)

var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

func TestOthersGuessesDoNotLockAPersonOut(t *testing.T) {
	t.Parallel()
	const ada, own = "ada@example.com", "198.51.100.7"
	g := newGate()
	g.welcome(ada, own)
	for i := range emailTries {
		from := fmt.Sprintf("203.0.113.%d", i)
		if !g.allows(ada, from, noon) {
			t.Fatalf("guess %d, the first of its address, is not allowed", i)
		}
		g.fail(ada, from, noon)
	}
	if g.allows(ada, "192.0.2.1", noon) {
		t.Error("an address never seen before may guess on")
	}
	if !g.allows(ada, own, noon) {
		t.Error("the person is locked out at their own address")
	}
	for range GuessTries {
		g.fail(ada, own, noon)
	}
	if g.allows(ada, own, noon) || !g.allows(ada, own, noon.Add(GuessRefill)) {
		t.Error("an address that was right once may guess on, or never again")
	}
}

func TestOneAddressCannotGuessForEverybody(t *testing.T) {
	t.Parallel()
	g := newGate()
	for n := range addressTries {
		g.fail(fmt.Sprintf("person%d@example.com", n), fmt.Sprintf("2001:db8::%x", n), noon) // one customer's block
		g.fail(fmt.Sprintf("person%d@example.com", n), "10.0.0.1", noon)                     // perhaps a proxy
	}
	const other = "somebody@example.com"
	if g.allows(other, "2001:db8::ffff", noon) {
		t.Error("the block may guess for others")
	}
	if !g.allows(other, "2001:db8:0:1::1", noon) || !g.allows(other, "10.0.0.1", noon) || !g.allows(other, "", noon) {
		t.Error("others are held up, too")
	}
	if !g.allows(other, "2001:db8::ffff", noon.Add(addressRefill)) {
		t.Error("the block is held up for ever")
	}
}

func TestACrowdIsSentAwayAtOnce(t *testing.T) {
	t.Parallel()
	s := New(Config{})
	s.queued.Store(int64(queueFor * cap(s.hashing)))
	if _, err := s.matching(t.Context(), "", "ada@example.com", nil, "Correct-horse7"); err == nil || s.queued.Load() != int64(queueFor*cap(s.hashing)) {
		t.Errorf("error %v, %d queued", err, s.queued.Load())
	}
}
