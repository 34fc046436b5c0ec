// SPDX-License-Identifier: Apache-2.0

package convoke

import "net/url"

// PublicURL is the address that links begin with, as https://meet.example.com. The
// links' addresses are spelled here alone; the portal's routes answer them.
type PublicURL string

// Start is the link by which a host token's holder starts or enters a meeting.
func (u PublicURL) Start(id MeetingID, zak string) string {
	return string(u) + "/s/" + id.String() + "?zak=" + url.QueryEscape(zak)
}

// Join is a guest's link. Without a passcode it has no query.
func (u PublicURL) Join(id MeetingID, passcode string) string {
	link := string(u) + "/j/" + id.String()
	if passcode == "" {
		return link
	}
	return link + "?pwd=" + url.QueryEscape(passcode)
}

// Ticket is the link of a single-use ticket.
func (u PublicURL) Ticket(secret string) string { return string(u) + "/t/" + secret }

// Personal is a user's personal link; name holds no sign that a path could not.
func (u PublicURL) Personal(name string) string { return string(u) + "/my/" + name }

// Picture is where a user's picture is served; empty for who has none.
func (u PublicURL) Picture(name string) string {
	if name == "" {
		return ""
	}
	return string(u) + picturePath(name)
}

// picturePath is empty for who has no picture.
func picturePath(name string) string {
	if name == "" {
		return ""
	}
	return "/pictures/" + name
}

// Activation is where an invited person chooses a password.
func (u PublicURL) Activation(code string) string { return string(u) + "/activate/" + code }

// Operator is where an operator's single-use code is exchanged for a session. The
// code is in the fragment, which browsers neither send nor log.
func (u PublicURL) Operator(code string) string { return string(u) + "/portal/operator#" + code }
