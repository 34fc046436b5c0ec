// SPDX-License-Identifier: Apache-2.0

package oidc

import (
	"bytes"
	"encoding/json"
	"maps"
	"slices"

	"github.com/convoke/convoke/internal/signon"
)

// maxNesting is how deep objects within claims are looked into.
const maxNesting = 4

// machinery are the claims that are about the token and not about the person.
var machinery = []string{"iss", "aud", "azp", "exp", "iat", "nbf", "jti", "nonce", "at_hash", "c_hash", "s_hash", "sid", "auth_time"}

// claims are what a token or the userinfo endpoint says.
type claims map[string]any

// UnmarshalJSON keeps numbers as they are written: an id is longer than what a
// float holds.
func (c *claims) UnmarshalJSON(raw []byte) error {
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.UseNumber()
	return decoder.Decode((*map[string]any)(c))
}

// attributes are the claims as the mapping looks at them: texts, numbers and
// booleans by the claim's name, all of a list, and what is inside an object by
// both names with a dot between. A claim of the ID token goes before one of the
// userinfo endpoint.
func attributes(token, userinfo claims) map[string][]string {
	merged := maps.Clone(userinfo)
	if merged == nil {
		merged = claims{}
	}
	maps.Copy(merged, token)
	found := map[string][]string{}
	for name, value := range merged {
		if !slices.Contains(machinery, name) {
			collect(found, name, value, 0)
		}
	}
	if _, said := merged["email_verified"]; said && !slices.Equal(found["email_verified"], []string{"true"}) {
		found["email_verified"] = []string{"false"} // whatever else a provider writes for no
	}
	return found
}

func collect(into map[string][]string, name string, value any, depth int) {
	if depth > maxNesting {
		return
	}
	switch v := value.(type) {
	case string:
		into[name] = append(into[name], v)
	case json.Number:
		into[name] = append(into[name], v.String())
	case bool:
		text := "false"
		if v {
			text = "true"
		}
		into[name] = append(into[name], text)
	case []any:
		for _, one := range v {
			collect(into, name, one, depth+1)
		}
	case map[string]any:
		for inner, one := range v {
			collect(into, name+"."+inner, one, depth+1)
		}
	}
}

// text returns a claim that is a text; else "".
func (c claims) text(name string) string {
	value, _ := c[name].(string)
	return value
}

// seconds returns a claim that is a time in Unix seconds, within what
// signon.Bounded allows, and whether it is there.
func (c claims) seconds(name string) (int64, bool) {
	number, ok := c[name].(json.Number)
	if !ok {
		return 0, false
	}
	at, err := number.Float64() // whole in practice, and a fraction by the letter
	return int64(min(max(at, 0), signon.LastSecond)), err == nil
}
