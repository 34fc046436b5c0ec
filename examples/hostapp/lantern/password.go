// SPDX-License-Identifier: Apache-2.0

package lantern

import (
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"strings"
	"sync"

	"golang.org/x/crypto/argon2"
)

// The cost of argon2id (RFC 9106): 19 MiB, two passes, one lane.
const (
	argonMemory = 19 << 10 // KiB
	argonPasses = 2
	argonLanes  = 1
)

// A stored password is a PHC string, so that the cost can be raised later.
const phc = "$argon2id$v=%d$m=%d,t=%d,p=%d$"

// nobodysPassword is checked against when there is nobody to check against.
var nobodysPassword = sync.OnceValue(func() string { return hashPassword(rand.Text()) })

func hashPassword(password string) string {
	salt := make([]byte, 16)
	rand.Read(salt)
	sum := argon2.IDKey([]byte(password), salt, argonPasses, argonMemory, argonLanes, 32)
	encode := base64.RawStdEncoding.EncodeToString
	return fmt.Sprintf(phc, argon2.Version, argonMemory, argonPasses, argonLanes) + encode(salt) + "$" + encode(sum)
}

func checkPassword(stored, password string) bool {
	var version int
	var memory, passes uint32
	var lanes uint8
	var text string
	if _, err := fmt.Sscanf(stored, phc+"%s", &version, &memory, &passes, &lanes, &text); err != nil || version != argon2.Version {
		return false
	}
	first, second, _ := strings.Cut(text, "$")
	salt, err := base64.RawStdEncoding.DecodeString(first)
	if err != nil {
		return false
	}
	sum, err := base64.RawStdEncoding.DecodeString(second)
	if err != nil || len(sum) == 0 {
		return false
	}
	got := argon2.IDKey([]byte(password), salt, passes, memory, lanes, uint32(len(sum)))
	return subtle.ConstantTimeCompare(got, sum) == 1
}
