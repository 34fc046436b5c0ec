// SPDX-License-Identifier: Apache-2.0

package lantern

import (
	"errors"
	"strings"
	"testing"

	"golang.org/x/crypto/bcrypt"
)

func TestPasswords(t *testing.T) {
	t.Parallel()
	one, err := hashPassword("correct horse")
	two, err2 := hashPassword("correct horse")
	if err := errors.Join(err, err2); err != nil {
		t.Fatal(err)
	}
	if one == two {
		t.Error("two hashes of one password are the same: there is no salt")
	}
	if !checkPassword(one, "correct horse") {
		t.Error("the right password is refused")
	}
	for _, stored := range []string{one, "", "plain", nobodysPassword()} {
		if checkPassword(stored, "wrong") || checkPassword(stored, "") {
			t.Errorf("a wrong password is accepted for %q", stored)
		}
	}
	if _, err := hashPassword(strings.Repeat("x", 73)); !errors.Is(err, bcrypt.ErrPasswordTooLong) {
		t.Errorf("a password that bcrypt would cut off: %v", err)
	}
}
