// SPDX-License-Identifier: Apache-2.0

package signon

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"time"
)

// RequestLife is for how long a person may take at the identity provider.
const RequestLife = time.Hour

// Purpose is what a request was made for.
type Purpose byte

// The purposes.
const (
	ToSignIn Purpose = 's'
	ToTest   Purpose = 't' // show what would be, and change nothing
	ToLeave  Purpose = 'l'
)

// Request is one to a provider, whose answer must fit it.
type Request struct {
	Why  Purpose
	At   time.Time
	Back string // the path to end at, where it travels along
}

// Until is from when the answer comes too late.
func (r Request) Until() time.Time { return r.At.Add(RequestLife + Skew) }

// Seal makes of a request a text that travels through the provider and comes
// back, so that nothing need be kept for somebody who only opens the sign-in
// address. It is for one scope, such as a protocol and an account, and for one
// browser, by its secret.
type Seal struct {
	Key   []byte
	Scope []string
}

const (
	randomSize = 16
	headSize   = 1 + 8 + randomSize // the purpose, the second, and what tells two requests apart
)

// Close seals a request of the browser, as Base64URL.
func (s Seal) Close(browser string, r Request) string {
	raw := binary.BigEndian.AppendUint64([]byte{byte(r.Why)}, uint64(r.At.Unix()))
	random := make([]byte, randomSize)
	rand.Read(random) // never fails
	raw = append(append(raw, random...), r.Back...)
	return base64.RawURLEncoding.EncodeToString(append(raw, s.MAC("request", browser, string(raw))...))
}

var errUnasked = errors.New("this browser did not ask for it")

// Open returns the request that was sealed, or why it is none of the scope and the
// browser, or over. It takes one spelling alone, since an answer is used once.
func (s Seal) Open(browser, sealed string, now time.Time) (Request, error) {
	raw, err := base64.RawURLEncoding.DecodeString(sealed)
	if err != nil || base64.RawURLEncoding.EncodeToString(raw) != sealed || len(raw) < headSize+sha256.Size || browser == "" {
		return Request{}, errUnasked
	}
	raw, mac := raw[:len(raw)-sha256.Size], raw[len(raw)-sha256.Size:]
	if !hmac.Equal(mac, s.MAC("request", browser, string(raw))) {
		return Request{}, errUnasked
	}
	r := Request{Purpose(raw[0]), time.Unix(int64(binary.BigEndian.Uint64(raw[1:9])), 0), string(raw[headSize:])}
	if now.After(r.Until()) {
		return Request{}, fmt.Errorf("it was over at %s", r.Until().UTC().Format(time.RFC3339))
	}
	return r, nil
}

// MAC derives from a text what nobody can make without the key, for a use that the
// label names. Each part stands after its length, so that no two lists are alike.
func (s Seal) MAC(label, browser, text string) []byte {
	h := hmac.New(sha256.New, s.Key)
	for _, part := range append([]string{label, browser, text}, s.Scope...) {
		h.Write(binary.BigEndian.AppendUint64(nil, uint64(len(part))))
		h.Write([]byte(part))
	}
	return h.Sum(nil)
}
