// SPDX-License-Identifier: Apache-2.0

package conference

import "testing"

func TestNudges(t *testing.T) {
	t.Parallel()
	var n nudges
	n.wake(1, "") // with nobody there
	ann, leaveAnn := n.join(1, "ann")
	bob, leaveBob := n.join(1, "bob")
	other, leaveOther := n.join(2, "ann")
	woken := func(c <-chan struct{}) bool {
		select {
		case <-c:
			return true
		default:
			return false
		}
	}
	n.wake(1, "ann")
	n.wake(1, "ann") // comes as one
	if !woken(ann) || woken(ann) || woken(bob) || woken(other) {
		t.Error("a wake of one person reached somebody else, or came twice")
	}
	n.wake(1, "")
	if !woken(ann) || !woken(bob) || woken(other) {
		t.Error("a wake of a meeting did not reach just its people")
	}
	leaveAnn()
	leaveAnn()
	n.wake(1, "")
	if woken(ann) || !woken(bob) {
		t.Error("who left was woken, or who stayed was not")
	}
	leaveBob()
	leaveOther()
	if len(n.waiting) != 0 {
		t.Errorf("kept after everyone left: %v", n.waiting)
	}
}
