// SPDX-License-Identifier: Apache-2.0

package oidc

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"time"

	"github.com/convoke/convoke/internal/convoke"
	"github.com/convoke/convoke/internal/signon"
)

// skew is by how much the provider's clock may differ from ours.
const skew = 90 * time.Second

// purpose is what a request was made for.
type purpose byte

const (
	toSignIn purpose = 's'
	toTest   purpose = 't' // show what would be, and change nothing
)

// request is one sign-in on its way: its state travels through the provider and
// comes back, and nothing of it is kept here. Nonce and verifier follow from the
// state and the browser's secret, so only that browser's answer fits them.
type request struct {
	state    string
	nonce    string
	verifier string // of PKCE (RFC 7636)
	why      purpose
	back     string // the path to end at
	until    time.Time
}

// asker makes requests, and knows its own again.
type asker struct{ key []byte }

const (
	randomSize = 16
	headSize   = 1 + 8 + randomSize
)

// ask makes a request of the browser to the account's provider.
func (a asker) ask(c convoke.SSOConnection, browser string, why purpose, back string, now time.Time) request {
	raw := binary.BigEndian.AppendUint64([]byte{byte(why)}, uint64(now.Unix()))
	random := make([]byte, randomSize)
	rand.Read(random) // never fails
	raw = append(append(raw, random...), back...)
	return a.derive(c, browser, append(raw, a.mac("state", c, browser, raw)...))
}

// derive makes of a state what belongs to it.
func (a asker) derive(c convoke.SSOConnection, browser string, state []byte) request {
	encode := base64.RawURLEncoding.EncodeToString
	return request{
		state: encode(state), nonce: encode(a.mac("nonce", c, browser, state)), verifier: encode(a.mac("verifier", c, browser, state)),
		why: purpose(state[0]), back: string(state[headSize : len(state)-sha256.Size]),
		until: time.Unix(int64(binary.BigEndian.Uint64(state[1:9])), 0).Add(signon.RequestLife + skew),
	}
}

// mac is over the provider too: an answer of the former one does not fit the
// request to the present one.
func (a asker) mac(label string, c convoke.SSOConnection, browser string, raw []byte) []byte {
	h := hmac.New(sha256.New, a.key)
	for _, text := range []string{"oidc " + label, string(c.AccountID), c.EntityID, c.OIDC.ClientID, browser, string(raw)} {
		h.Write(binary.BigEndian.AppendUint64(nil, uint64(len(text))))
		h.Write([]byte(text))
	}
	return h.Sum(nil)
}

// made returns the request that an answer's state is of. It must be of this
// account, provider and browser, and not too old.
func (a asker) made(c convoke.SSOConnection, browser, state string, now time.Time) (request, error) {
	raw, err := base64.RawURLEncoding.Strict().DecodeString(state)
	if err != nil || len(raw) < headSize+sha256.Size {
		return request{}, refuse(wrongState, "an answer to no request of ours")
	}
	head, seal := raw[:len(raw)-sha256.Size], raw[len(raw)-sha256.Size:]
	if browser == "" || !hmac.Equal(seal, a.mac("state", c, browser, head)) {
		return request{}, refuse(wrongState, "an answer to what this browser did not ask")
	}
	q := a.derive(c, browser, raw)
	if now.After(q.until) {
		return request{}, refuse(wrongState, "an answer to a request that was over at %s", q.until.UTC().Format(time.RFC3339))
	}
	return q, nil
}
