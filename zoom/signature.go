// SPDX-License-Identifier: Apache-2.0

package zoom

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"net/http"
	"strconv"
	"time"
)

// DefaultTolerance is how far a delivery's timestamp may lie from the
// receiver's clock: enough for clocks that differ, too little for a replay.
const DefaultTolerance = 5 * time.Minute

// Why Verify refuses a delivery.
var (
	// ErrSignature means that the signature is absent or was not made with the secret over this body.
	ErrSignature = errors.New("zoom: the signature of the webhook does not match its body")
	// ErrTimestamp means that the timestamp is absent, not a number, or outside the tolerance.
	ErrTimestamp = errors.New("zoom: the timestamp of the webhook is missing or too far from now")
)

// Sign returns the value of the x-zm-signature header: "v0=" and the hex form
// of HMAC-SHA256 under the secret over "v0:", the timestamp, ":" and the raw
// body. Timestamp is the value of the x-zm-request-timestamp header, in seconds
// since 1970.
func Sign(secret, timestamp string, body []byte) string {
	return "v0=" + digest(secret, []byte("v0:"+timestamp+":"), body)
}

// Verify returns nil when the headers carry a signature of the body under the
// secret and a timestamp within the tolerance of now, before or after. It
// compares in constant time. Body must be the bytes as they arrived.
func Verify(secret string, headers http.Header, body []byte, now time.Time, tolerance time.Duration) error {
	timestamp := headers.Get(HeaderTimestamp)
	want := Sign(secret, timestamp, body)
	if !hmac.Equal([]byte(want), []byte(headers.Get(HeaderSignature))) {
		return ErrSignature
	}
	seconds, err := strconv.ParseInt(timestamp, 10, 64)
	if err != nil || now.Sub(time.Unix(seconds, 0)).Abs() > tolerance {
		return ErrTimestamp
	}
	return nil
}

// AnswerURLValidation returns the reply to an EventURLValidation: the token
// and its HMAC-SHA256 under the secret, in hex. Answer it with status 200.
func AnswerURLValidation(secret, plainToken string) URLValidation {
	return URLValidation{PlainToken: plainToken, EncryptedToken: digest(secret, []byte(plainToken))}
}

func digest(secret string, parts ...[]byte) string {
	mac := hmac.New(sha256.New, []byte(secret))
	for _, part := range parts {
		mac.Write(part)
	}
	return hex.EncodeToString(mac.Sum(nil))
}
