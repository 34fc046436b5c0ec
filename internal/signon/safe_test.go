// SPDX-License-Identifier: Apache-2.0

package signon_test

import (
	"bytes"
	"testing"

	"github.com/convoke/convoke/internal/signon"
)

func TestASafeOpensForItsAccountAndPurposeOnly(t *testing.T) {
	t.Parallel()
	safe := signon.Safe{Key: bytes.Repeat([]byte{7}, 32), Purpose: "client secrets"}
	sealed, err := safe.Seal("acme", []byte("s3cret"))
	if err != nil {
		t.Fatal(err)
	}
	if plain, err := safe.Open("acme", sealed); err != nil || string(plain) != "s3cret" {
		t.Errorf("%q, %v", plain, err)
	}
	if again, _ := safe.Seal("acme", []byte("s3cret")); bytes.Contains(sealed, []byte("s3cret")) || bytes.Equal(again, sealed) {
		t.Error("the secret, or that it is the same, shows")
	}
	changed := bytes.Clone(sealed)
	changed[len(changed)-1] ^= 1
	for name, open := range map[string]func() ([]byte, error){
		"another account": func() ([]byte, error) { return safe.Open("other", sealed) },
		"another purpose": func() ([]byte, error) {
			return signon.Safe{Key: safe.Key, Purpose: "private keys"}.Open("acme", sealed)
		},
		"another key": func() ([]byte, error) {
			return signon.Safe{Key: bytes.Repeat([]byte{8}, 32), Purpose: safe.Purpose}.Open("acme", sealed)
		},
		"a changed byte": func() ([]byte, error) { return safe.Open("acme", changed) },
		"too little":     func() ([]byte, error) { return safe.Open("acme", sealed[:5]) },
		"nothing":        func() ([]byte, error) { return safe.Open("acme", nil) },
	} {
		if plain, err := open(); err == nil {
			t.Errorf("%s opens it: %q", name, plain)
		}
	}
}
