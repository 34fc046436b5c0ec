// SPDX-License-Identifier: Apache-2.0

package saml

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"sync"

	roundtrip "github.com/mattermost/xml-roundtrip-validator"
)

// checkRoundTrip refuses a document that encoding/xml would write otherwise than
// it read it. It is the validator's own Validate, token by token, but looks at a
// token that it knows by its very bytes once: what an identity provider sends is
// the same tags over and over, and writing each again took longer than verifying
// the signature.
func checkRoundTrip(document []byte) error {
	decoder := xml.NewDecoder(bytes.NewReader(document)) //nolint:gosec // reading what nobody vouches for is what this is for
	decoder.Strict = false                               // as the validator reads; what it lets pass, the parser may refuse. No other encoding than UTF-8 is
	for start := int64(0); ; {
		token, err := decoder.RawToken()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		end := decoder.InputOffset()
		if err := checkToken(token, document[start:end]); err != nil {
			return err
		}
		start = end
	}
}

// checkToken has the validator check the token, unless its bytes are known. The
// end of an element that has no end tag has no bytes, and takes its name's.
func checkToken(token xml.Token, text []byte) error {
	key := text
	if end, ok := token.(xml.EndElement); ok && len(text) == 0 {
		key = []byte("</" + end.Name.Space + ":" + end.Name.Local + "/>")
	}
	if known.has(key) {
		return nil
	}
	if err := roundtrip.CheckToken(token); err != nil {
		return err
	}
	known.add(string(key))
	return nil
}

// What is remembered of tokens: tags, which recur, and no long text.
const (
	maxKnown      = 4096
	maxKnownBytes = 256
)

// knownTokens are tokens that survive the round trip, by their bytes. It is
// bounded and may be lost at any time.
type knownTokens struct {
	mu     sync.RWMutex
	tokens map[string]struct{}
}

var known = knownTokens{tokens: map[string]struct{}{}}

func (k *knownTokens) has(token []byte) bool {
	k.mu.RLock()
	defer k.mu.RUnlock()
	_, found := k.tokens[string(token)]
	return found
}

func (k *knownTokens) add(token string) {
	if len(token) > maxKnownBytes || token == "" {
		return
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if len(k.tokens) >= maxKnown {
		clear(k.tokens)
	}
	k.tokens[token] = struct{}{}
}
