// SPDX-License-Identifier: Apache-2.0

package signon

import (
	"net/http"
	"time"
)

// LoginTime is when the person proved at the provider who they are, whose clock
// may be behind ours by the skew; never later than now.
func LoginTime(at, now time.Time, skew time.Duration) time.Time {
	if at = at.Add(skew); at.Before(now) {
		return at.UTC()
	}
	return now.UTC()
}

// Afresh reports whether the person is to prove at the provider anew who they
// are, though it may still know them.
func Afresh(r *http.Request) bool { return r.FormValue("fresh") == "true" }
