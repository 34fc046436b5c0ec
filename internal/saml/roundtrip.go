// SPDX-License-Identifier: Apache-2.0

package saml

import (
	"encoding/xml"
	"sync"

	roundtrip "github.com/mattermost/xml-roundtrip-validator"
)

// checkToken refuses a token that encoding/xml would write otherwise than it read
// it. It has the validator's own CheckToken say so, but asks once about a token
// that it knows: what an identity provider sends is the same tags over and over,
// and writing each again took longer than verifying the signature.
func checkToken(token xml.Token, text []byte) error {
	var key []byte
	switch t := token.(type) {
	case xml.CharData:
		if plain(t) {
			return nil
		}
		key = text
	case xml.StartElement:
		key = shapeOf(t, text)
	case xml.EndElement: // one without a tag of its own has no bytes, and takes its name's
		if key = text; len(text) == 0 {
			key = []byte("</" + t.Name.Space + ":" + t.Name.Local + "/>")
		}
	default:
		key = text
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

// plain reports whether the text is of characters that stand for themselves in
// whatever place: it is written and read as it is.
func plain[T ~string | ~[]byte](text T) bool {
	for i := range len(text) {
		switch c := text[i]; {
		case c < ' ', c > '~', c == '<', c == '>', c == '&', c == '"', c == '\'':
			return false
		}
	}
	return len(text) > 0
}

// shapeOf is what the round trip of a start tag can depend on: its names, and
// the namespaces that it declares, since the validator undoes by them what was
// done to prefixes. The value of any other attribute is compared with itself, and
// a plain one comes back as it was. A tag with one that is not plain is known by
// its bytes alone. No shape is the bytes of a token: those hold no zero.
func shapeOf(t xml.StartElement, text []byte) []byte {
	shape := make([]byte, 0, maxKnownBytes)
	shape = append(shape, 0)
	shape = appendName(shape, t.Name)
	for _, a := range t.Attr {
		if !plain(a.Value) {
			return text
		}
		shape = appendName(append(shape, ' '), a.Name)
		if a.Name.Space == "xmlns" || a.Name.Local == "xmlns" {
			shape = append(append(append(shape, '"'), a.Value...), '"')
		}
	}
	return shape
}

func appendName(shape []byte, name xml.Name) []byte {
	return append(append(append(shape, name.Space...), ':'), name.Local...)
}

// What is remembered of tokens: tags, which recur, and no long text.
const (
	maxKnown      = 4096
	maxKnownBytes = 512
)

// knownTokens are tokens that survive the round trip, by their bytes or shape. It
// is bounded and may be lost at any time.
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
