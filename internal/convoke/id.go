// SPDX-License-Identifier: Apache-2.0

package convoke

import "strconv"

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
