// SPDX-License-Identifier: Apache-2.0

package convoke

import (
	"encoding/base64"
	"strconv"
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
