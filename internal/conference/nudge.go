// SPDX-License-Identifier: Apache-2.0

package conference

import (
	"sync"

	"github.com/convoke/convoke/internal/convoke"
)

// nudges wakes who waits in this process for a change, so that they need not ask
// the database often. Changes made by another process are found by asking. The
// zero value is ready to use.
type nudges struct {
	mu      sync.Mutex
	waiting map[convoke.MeetingID]map[listener]struct{}
}

// listener is one waiting call. Its channel holds one wake until it is taken.
type listener struct {
	person convoke.ParticipantID
	woken  chan struct{}
}

// join returns a channel that receives after each wake of the person or of the
// whole meeting; several wakes may come as one. leave ends the listening.
func (n *nudges) join(id convoke.MeetingID, person convoke.ParticipantID) (woken <-chan struct{}, leave func()) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.waiting == nil {
		n.waiting = map[convoke.MeetingID]map[listener]struct{}{}
	}
	if n.waiting[id] == nil {
		n.waiting[id] = map[listener]struct{}{}
	}
	l := listener{person, make(chan struct{}, 1)}
	n.waiting[id][l] = struct{}{}
	return l.woken, func() { n.drop(id, l) }
}

func (n *nudges) drop(id convoke.MeetingID, l listener) {
	n.mu.Lock()
	defer n.mu.Unlock()
	delete(n.waiting[id], l)
	if len(n.waiting[id]) == 0 {
		delete(n.waiting, id)
	}
}

// wake tells one person that they may have been moved; with an empty person, all
// who wait for the meeting.
func (n *nudges) wake(id convoke.MeetingID, person convoke.ParticipantID) {
	n.mu.Lock()
	defer n.mu.Unlock()
	for l := range n.waiting[id] {
		if person != "" && l.person != person {
			continue
		}
		select {
		case l.woken <- struct{}{}:
		default: // a wake is pending already
		}
	}
}
