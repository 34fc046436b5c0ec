// SPDX-License-Identifier: Apache-2.0

package convoke

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"time"
)

// PageTokenLife is how long a next_page_token may be used (GET /v2/users).
const PageTokenLife = 15 * time.Minute

// PageTokens seals and opens next_page_tokens. A token is good for the list and
// filter it was made for, in its account, until it expires; a client can
// neither read it usefully nor make one.
type PageTokens struct{ Key []byte }

const macSize = 16

// Seal makes the token that continues list after the given key. The list's name
// must hold everything that distinguishes it: account, kind and filter.
func (t PageTokens) Seal(list, after string, now time.Time) string {
	body := binary.BigEndian.AppendUint64(nil, uint64(now.Add(PageTokenLife).Unix()))
	body = append(body, after...)
	return base64.RawURLEncoding.EncodeToString(append(t.mac(list, body), body...))
}

// Open returns the key that the token continues after, or CodeInvalidPageToken.
// An empty token opens to the beginning.
func (t PageTokens) Open(list, token string, now time.Time) (string, error) {
	if token == "" {
		return "", nil
	}
	raw, err := base64.RawURLEncoding.DecodeString(token)
	if err != nil || len(raw) < macSize+8 || !hmac.Equal(raw[:macSize], t.mac(list, raw[macSize:])) {
		return "", invalidPageToken()
	}
	body := raw[macSize:]
	if uint64(now.Unix()) > binary.BigEndian.Uint64(body) {
		return "", invalidPageToken()
	}
	return string(body[8:]), nil
}

func invalidPageToken() error {
	return Invalid(CodeInvalidPageToken, "next_page_token", "The next page token is invalid or expired.")
}

func (t PageTokens) mac(list string, body []byte) []byte {
	h := hmac.New(sha256.New, t.Key)
	h.Write(binary.BigEndian.AppendUint64(nil, uint64(len(list))))
	h.Write([]byte(list))
	h.Write(body)
	return h.Sum(nil)[:macSize]
}
