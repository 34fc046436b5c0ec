// SPDX-License-Identifier: Apache-2.0

package access

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"strings"

	"github.com/convoke/convoke/internal/convoke"
)

// Sizes in bytes, and in characters once they are base64url without padding.
const (
	secretBytes = 32
	secretChars = 43
	idChars     = 22
)

// newSecret returns 256 random bits in base64url (RFC 4648 section 5). It is
// enough for a plain SHA-256 to be a safe thing to store: there is nothing to guess.
func newSecret() string { return randomText(secretBytes) }

// newID draws until convoke.NewID takes it. crypto/rand.Read never fails.
func newID() string {
	for {
		var raw [convoke.IDBytes]byte
		rand.Read(raw[:])
		if id, ok := convoke.NewID(raw); ok {
			return id
		}
	}
}

func randomText(n int) string {
	raw := make([]byte, n)
	rand.Read(raw) // never fails: crypto/rand ends the program first
	return base64.RawURLEncoding.EncodeToString(raw)
}

// digest is the hash under which a secret is stored.
func digest(secret string) [sha256.Size]byte { return sha256.Sum256([]byte(secret)) }

// looksLikeSecret and looksLikeID keep out what we never gave out, before it
// costs a look-up; a NUL, for one, would be an error to PostgreSQL.
func looksLikeSecret(s string) bool { return len(s) == secretChars && isBase64URL(s) }

func looksLikeID(s string) bool { return len(s) == idChars && isBase64URL(s) }

func isBase64URL(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool {
		letter := r|0x20 >= 'a' && r|0x20 <= 'z'
		return !letter && (r < '0' || r > '9') && r != '-' && r != '_'
	})
}
