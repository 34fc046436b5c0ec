// SPDX-License-Identifier: Apache-2.0

package oidc

import (
	"encoding/base64"
	"time"

	"github.com/convoke/convoke/internal/convoke"
	"github.com/convoke/convoke/internal/signon"
)

// request is one sign-in on its way. Nonce and verifier follow from the state and
// the browser's secret, so only that browser's answer fits them.
type request struct {
	signon.Request

	state    string
	nonce    string
	verifier string // of PKCE (RFC 7636)
}

// asker makes requests, and knows its own again.
type asker struct{ key []byte }

// seal is for the provider too: an answer of the former one does not fit the
// request to the present one.
func (a asker) seal(c convoke.SSOConnection) signon.Seal {
	return signon.Seal{Key: a.key, Scope: []string{"oidc", string(c.AccountID), c.EntityID, c.OIDC.ClientID}}
}

// ask makes a request of the browser to the account's provider.
func (a asker) ask(c convoke.SSOConnection, browser string, asked signon.Request) request {
	seal := a.seal(c)
	return derive(seal, browser, seal.Close(browser, asked), asked)
}

// derive makes of a state what belongs to it.
func derive(seal signon.Seal, browser, state string, asked signon.Request) request {
	encode := base64.RawURLEncoding.EncodeToString
	return request{asked, state, encode(seal.MAC("nonce", browser, state)), encode(seal.MAC("verifier", browser, state))}
}

// made returns the request that an answer's state is of. It must be of this
// account, provider and browser, and not too old.
func (a asker) made(c convoke.SSOConnection, browser, state string, now time.Time) (request, error) {
	seal := a.seal(c)
	asked, err := seal.Open(browser, state, now)
	if err != nil {
		return request{}, refuse(wrongState, "the state: %v", err)
	}
	return derive(seal, browser, state, asked), nil
}
