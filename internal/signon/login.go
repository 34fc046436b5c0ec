// SPDX-License-Identifier: Apache-2.0

package signon

import (
	"net/http"
	"time"
)

// Skew is by how much an identity provider's clock may differ from ours.
const Skew = 90 * time.Second

// LastSecond is the last that times of a sign-in are told apart by, in Unix
// seconds: that of the year 9998, which leaves room for a skew before 9999 ends.
// JSON has no times beyond, and some providers write the last of all for "never".
const LastSecond = 253_370_764_799

// Bounded returns a time of a provider's, or the nearest of 1970 to LastSecond.
func Bounded(at time.Time) time.Time {
	first, last := time.Unix(0, 0).UTC(), time.Unix(LastSecond, 0).UTC()
	switch {
	case at.Before(first):
		return first
	case at.After(last):
		return last
	}
	return at
}

// LoginTime is when the person proved at the provider who they are, whose clock
// may be behind ours by the Skew; never later than now.
func LoginTime(at, now time.Time) time.Time {
	if at = at.Add(Skew); at.Before(now) {
		return at.UTC()
	}
	return now.UTC()
}

// Afresh reports whether the person is to prove at the provider anew who they
// are, though it may still know them.
func Afresh(r *http.Request) bool { return r.FormValue("fresh") == "true" }
