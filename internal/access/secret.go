// SPDX-License-Identifier: Apache-2.0

package access

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"

	"github.com/convoke/convoke/internal/convoke"
)

// Sizes in bytes, and in characters once they are base64url without padding.
const (
	secretBytes = 32
	secretChars = 43
)

// newSecret returns 256 random bits in base64url (RFC 4648 section 5). It is
// enough for a plain SHA-256 to be a safe thing to store: there is nothing to guess.
func newSecret() string { return randomText(secretBytes) }

func newID() string { return convoke.DrawID(rand.Read) }

func randomText(n int) string {
	raw := make([]byte, n)
	rand.Read(raw) // never fails: crypto/rand ends the program first
	return base64.RawURLEncoding.EncodeToString(raw)
}

// digest is the hash under which a secret is stored.
func digest(secret string) [sha256.Size]byte { return sha256.Sum256([]byte(secret)) }

// looksLikeSecret keeps out what we never gave out, before it costs a look-up.
func looksLikeSecret(s string) bool { return len(s) == secretChars && convoke.IsBase64URL(s) }
