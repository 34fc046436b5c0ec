// SPDX-License-Identifier: Apache-2.0

package conference

import (
	"crypto/rand"
	"encoding/base64"
	"math/big"

	"github.com/convoke/convoke/internal/convoke"
)

// Meeting numbers have eleven digits and start with 2 to 9.
const (
	firstMeetingID = 20_000_000_000
	meetingIDs     = 80_000_000_000
)

// freshMeeting draws the random values of a new meeting.
func freshMeeting() convoke.FreshMeeting {
	return convoke.FreshMeeting{
		ID:       convoke.MeetingID(firstMeetingID + randomBelow(meetingIDs)),
		UUID:     freshUUID(),
		Passcode: freshPasscode(),
	}
}

func randomBelow(n int64) int64 {
	i, err := rand.Int(rand.Reader, big.NewInt(n))
	if err != nil {
		panic("conference: no randomness: " + err.Error()) // crypto/rand never fails
	}
	return i.Int64()
}

func freshUUID() string {
	var b [16]byte
	rand.Read(b[:])
	return convoke.NewRunUUID(b)
}

// passcodeAlphabet leaves out what is confused when read aloud or copied by hand.
const passcodeAlphabet = "abcdefghijkmnpqrstuvwxyz23456789"

// freshPasscode has 10 characters and 50 random bits.
func freshPasscode() string {
	b := make([]byte, convoke.MaxPasscode)
	rand.Read(b)
	for i := range b {
		b[i] = passcodeAlphabet[int(b[i])%len(passcodeAlphabet)] // 256 is a multiple of its length
	}
	return string(b)
}

// secret draws 8 n random bits, in base64url.
func secret(n int) string {
	b := make([]byte, n)
	rand.Read(b)
	return base64.RawURLEncoding.EncodeToString(b)
}
