// SPDX-License-Identifier: Apache-2.0

package signon_test

import (
	"bytes"
	"testing"
	"time"

	"github.com/convoke/convoke/internal/signon"
)

func sealOf(scope ...string) signon.Seal {
	return signon.Seal{Key: bytes.Repeat([]byte("k"), 32), Scope: scope}
}

// A request opens for the browser that made it, in its scope and its time, and
// says what it was made for.
func TestARequestOpensWhereItWasSealed(t *testing.T) {
	t.Parallel()
	asked := signon.Request{Why: signon.ToTest, At: noon, Back: "/portal/home"}
	seal := sealOf("saml", "a1")
	sealed := seal.Close("ann's", asked)
	if sealed == seal.Close("ann's", asked) {
		t.Error("two requests are one")
	}
	other := sealOf("saml", "a1")
	other.Key = bytes.Repeat([]byte("x"), 32)
	over := signon.RequestLife + signon.Skew
	for name, c := range map[string]struct {
		seal            signon.Seal
		browser, sealed string
		after           time.Duration
		opens           bool
	}{
		"as it was":                {seal, "ann's", sealed, 0, true},
		"at the last moment":       {seal, "ann's", sealed, over, true},
		"too late":                 {seal, "ann's", sealed, over + time.Second, false},
		"in another browser":       {seal, "bob's", sealed, 0, false},
		"in no browser":            {seal, "", seal.Close("", asked), 0, false},
		"of another account":       {sealOf("saml", "a2"), "ann's", sealed, 0, false},
		"of parts cut otherwise":   {sealOf("sam", "la1"), "ann's", sealed, 0, false},
		"of one more part":         {sealOf("saml", "a1", ""), "ann's", sealed, 0, false},
		"with another key":         {other, "ann's", sealed, 0, false},
		"with a line end":          {seal, "ann's", sealed[:8] + "\n" + sealed[8:], 0, false},
		"for another purpose":      {seal, "ann's", "bB" + sealed[2:], 0, false},
		"cut short":                {seal, "ann's", sealed[:len(sealed)-2], 0, false},
		"shorter than a seal":      {seal, "ann's", "AAAA", 0, false},
		"not Base64":               {seal, "ann's", "!" + sealed[1:], 0, false},
		"nothing":                  {seal, "ann's", "", 0, false},
		"another derivation of it": {seal, "ann's", string(seal.MAC("request", "ann's", sealed)), 0, false},
	} {
		got, err := c.seal.Open(c.browser, c.sealed, noon.Add(c.after))
		if (err == nil) != c.opens {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
		if c.opens && (got.Why != asked.Why || !got.At.Equal(asked.At) || got.Back != asked.Back) {
			t.Errorf("%s: %+v, want %+v", name, got, asked)
		}
	}
}
