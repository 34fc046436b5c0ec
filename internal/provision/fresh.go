// SPDX-License-Identifier: Apache-2.0

package provision

import (
	"context"
	"crypto/rand"
	"encoding/binary"
	"strconv"
	"sync"

	"github.com/convoke/convoke/internal/convoke"
)

// newFresh draws the random values of one decision.
func newFresh() convoke.Fresh { return freshAs(convoke.UserID(newID()), newPMI()) }

func freshAs(id convoke.UserID, pmi convoke.MeetingID) convoke.Fresh {
	return convoke.Fresh{
		UserID:       id,
		InvitationID: convoke.InvitationID(newID()),
		PMI:          pmi,
		Link:         newLink(),
		HostKey:      strconv.FormatUint(100_000+below(900_000), 10),
	}
}

func newID() string { return convoke.DrawID(rand.Read) }

// A batch draws the values of many new users so that they come to lie side by side
// in the indexes, where a thousand users then touch a few pages instead of a few
// thousand. Ids begin with 32 random bits that the batch shares, and 96 are each
// user's own. Personal meeting ids come from one stretch of the numbers, in which
// about one in ten thousand is the batch's, and are not those of users who are
// there: among a million drawn from all numbers, every tenth thousand would have
// one that is taken.
type batch struct {
	prefix [4]byte
	from   convoke.MeetingID
	width  uint64

	mu    sync.Mutex
	taken map[convoke.MeetingID]bool // of the stretch, those of the batch among them
}

const (
	stretch   = 10_000_000 // personal meeting ids that a batch draws from
	takenMost = 4000       // that are looked at; where people are dense the stretch is shorter
)

// newBatch chooses where the batch is to lie.
func (s *Service) newBatch(ctx context.Context) (*batch, error) {
	from := newStretch()
	taken, err := s.bulk.PMIs(ctx, from, from+stretch, takenMost)
	return batchFrom(from, taken), err
}

func newStretch() convoke.MeetingID { return convoke.MeetingID(firstPMI + below(countPMI-stretch)) }

// batchFrom is told which personal meeting ids are taken from there on, at most
// takenMost.
func batchFrom(from convoke.MeetingID, taken []convoke.MeetingID) *batch {
	b := &batch{from: from, width: stretch, taken: make(map[convoke.MeetingID]bool, len(taken))}
	rand.Read(b.prefix[:])
	b.prefix[0] %= 0xf8 // see convoke.NewID: a dash is 62, in the first six bits
	for _, id := range taken {
		b.taken[id] = true
	}
	if len(taken) == takenMost {
		b.width = uint64(taken[takenMost-1] - from)
	}
	return b
}

// fresh draws the random values of one decision.
func (b *batch) fresh() convoke.Fresh {
	var raw [convoke.IDBytes]byte
	rand.Read(raw[copy(raw[:], b.prefix[:]):])
	id, _ := convoke.NewID(raw) // the prefix sees to it
	return freshAs(convoke.UserID(id), b.pmi())
}

// pmi gives up the stretch when it has next to none that keep the rules: whole
// prefixes are toll-free numbers.
func (b *batch) pmi() convoke.MeetingID {
	for range 50 {
		id := b.from + convoke.MeetingID(below(b.width))
		if convoke.CheckPMI(id) == nil && b.take(id) {
			return id
		}
	}
	return newPMI()
}

// take reports false for a number that somebody has.
func (b *batch) take(id convoke.MeetingID) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.taken[id] {
		return false
	}
	b.taken[id] = true
	return true
}

// The numbers that personal meeting ids are drawn from.
const (
	firstPMI = 2_000_000_000
	countPMI = 8_000_000_000
)

// newPMI draws until a number keeps the rules; about four in five do.
func newPMI() convoke.MeetingID {
	for {
		id := convoke.MeetingID(firstPMI + below(countPMI))
		if convoke.CheckPMI(id) == nil {
			return id
		}
	}
}

// newLink returns a random personal link name of 12 letters and digits.
func newLink() string {
	const letters, all = "abcdefghjkmnpqrstuvwxyz", "abcdefghjkmnpqrstuvwxyz23456789"
	var raw [12]byte
	rand.Read(raw[:])
	name := raw[:]
	name[0] = letters[int(raw[0])%len(letters)]
	for i := 1; i < len(name); i++ {
		name[i] = all[int(raw[i])%len(all)]
	}
	return string(name)
}

// below returns a random number from 0 to n-1. The bias of the remainder is
// under n / 2^64, which does not matter for numbers that are not secrets.
func below(n uint64) uint64 {
	var raw [8]byte
	rand.Read(raw[:])
	return binary.BigEndian.Uint64(raw[:]) % n
}
