// SPDX-License-Identifier: Apache-2.0

package convoke

import (
	"encoding/base64"
	"strconv"
	"strings"
)

// AccountID names an account, which is a tenant. 22 characters: 128 random
// bits in base64url, as Zoom's own ids look.
type AccountID string

// UserID names a conferencing user for ever. 22 characters, as AccountID.
type UserID string

// MeetingID is a meeting's number: 11 digits for a scheduled or instant
// meeting, 10 digits for a user's personal meeting. It fits a JSON number.
type MeetingID int64

// String returns the digits.
func (id MeetingID) String() string { return strconv.FormatInt(int64(id), 10) }

// InvitationID names one activation link. 22 characters.
type InvitationID string

// ClientID names an app of an account (RFC 6749 section 2.2).
type ClientID string

// IDBytes is how many random bytes NewID takes.
const IDBytes = 16

// NewID makes the text of an id of 128 random bits: 22 characters of base64url.
// It reports false for one that begins with a dash, which a command line would
// take for a flag: draw again.
func NewID(random [IDBytes]byte) (string, bool) {
	id := base64.RawURLEncoding.EncodeToString(random[:])
	return id, id[0] != '-'
}

// DrawID draws random bytes, as crypto/rand.Read does, until NewID takes them.
func DrawID(read func([]byte) (int, error)) string {
	for {
		var raw [IDBytes]byte
		_, _ = read(raw[:]) // crypto/rand.Read never fails
		if id, ok := NewID(raw); ok {
			return id
		}
	}
}

// idChars is how long the text of an id is.
const idChars = 22

// IsID reports whether the text could be an id of ours. What could not need not
// be looked for; a NUL, for one, would be an error of PostgreSQL's.
func IsID(text string) bool { return len(text) == idChars && IsBase64URL(text) }

// IsBase64URL reports whether the text is letters of base64url alone (RFC 4648 section 5).
func IsBase64URL(text string) bool {
	return !strings.ContainsFunc(text, func(r rune) bool {
		letter := r|0x20 >= 'a' && r|0x20 <= 'z'
		return !letter && (r < '0' || r > '9') && r != '-' && r != '_'
	})
}
