// SPDX-License-Identifier: Apache-2.0

package lantern

import (
	"crypto/rand"
	"sync"

	"golang.org/x/crypto/bcrypt"
)

// nobodysPassword is checked against when there is nobody to check against.
var nobodysPassword = sync.OnceValue(func() string {
	hash, _ := hashPassword(rand.Text()) // not too long
	return hash
})

// hashPassword returns what the database keeps of a password. bcrypt refuses one
// of more than 72 bytes.
func hashPassword(password string) (string, error) {
	hash, err := bcrypt.GenerateFromPassword([]byte(password), bcrypt.DefaultCost)
	return string(hash), err
}

func checkPassword(stored, password string) bool {
	return bcrypt.CompareHashAndPassword([]byte(stored), []byte(password)) == nil
}
