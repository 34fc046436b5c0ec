// SPDX-License-Identifier: Apache-2.0

package provision

import (
	"crypto/rand"
	"encoding/binary"
	"strconv"

	"github.com/convoke/convoke/internal/convoke"
)

// newFresh draws the random values of one decision.
func newFresh() convoke.Fresh {
	return convoke.Fresh{
		UserID:       convoke.UserID(newID()),
		InvitationID: convoke.InvitationID(newID()),
		PMI:          newPMI(),
		Link:         newLink(),
		HostKey:      strconv.FormatUint(100_000+below(900_000), 10),
	}
}

// newID draws until convoke.NewID takes it. crypto/rand.Read never fails.
func newID() string {
	for {
		var raw [convoke.IDBytes]byte
		rand.Read(raw[:])
		if id, ok := convoke.NewID(raw); ok {
			return id
		}
	}
}

// newPMI draws until a number keeps the rules; about four in five do.
func newPMI() convoke.MeetingID {
	for {
		id := convoke.MeetingID(2_000_000_000 + below(8_000_000_000))
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
