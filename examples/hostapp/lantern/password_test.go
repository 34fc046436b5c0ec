// SPDX-License-Identifier: Apache-2.0

package lantern

import (
	"strings"
	"testing"
)

func TestPasswords(t *testing.T) {
	t.Parallel()
	one, two := hashPassword("correct horse"), hashPassword("correct horse")
	if one == two {
		t.Error("two hashes of one password are the same: there is no salt")
	}
	if !strings.HasPrefix(one, "$argon2id$v=19$m=19456,t=2,p=1$") {
		t.Errorf("hash %q is not argon2id's PHC string", one)
	}
	if !checkPassword(one, "correct horse") {
		t.Error("the right password is refused")
	}
	for _, stored := range []string{one, "", "plain", "$argon2id$v=19$m=19456,t=2,p=1$", "$argon2id$v=19$m=19456,t=2,p=1$!$!", strings.Replace(one, "v=19", "v=16", 1)} {
		if checkPassword(stored, "wrong") || checkPassword(stored, "") {
			t.Errorf("a wrong password is accepted for %q", stored)
		}
	}
}
