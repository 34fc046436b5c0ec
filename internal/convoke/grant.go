// SPDX-License-Identifier: Apache-2.0

package convoke

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"time"
)

// Lives of what user-level OAuth hands out.
const (
	AuthCodeLife     = time.Minute
	RefreshTokenLife = 90 * 24 * time.Hour // from when it was last used
)

// UserGrant is one sign-in of a person to an app: what its authorization code,
// and all tokens that come of it, stand for.
type UserGrant struct {
	ID          string
	ClientID    ClientID
	AccountID   AccountID
	UserID      UserID
	Scopes      Scopes
	RedirectURI string
	Nonce       string
	Challenge   string
	Plain       bool
	AuthTime    time.Time // when the person had signed in; zero: not known
	CodeHash    []byte    // SHA-256 of the authorization code
	CreatedAt   time.Time
	RedeemedAt  time.Time // when the code was used; zero: not yet
	ExpiresAt   time.Time // of the code, and once it is used of the refresh token
}

// CheckRedeem returns CodeInvalidGrant unless the code may be used by the app.
func (g UserGrant) CheckRedeem(app App, redirectURI, verifier string, now time.Time) error {
	switch {
	case g.ClientID != app.ClientID, !now.Before(g.ExpiresAt), !g.provedBy(verifier):
		return InvalidGrant()
	case g.RedirectURI != redirectURI:
		return RedirectMismatch()
	}
	return nil
}

// provedBy holds the verifier against the challenge; where there was no
// challenge there must be no verifier (RFC 9700 section 2.1.1).
func (g UserGrant) provedBy(verifier string) bool {
	if g.Challenge == "" {
		return verifier == ""
	}
	if !isVerifier(verifier) {
		return false
	}
	said := verifier
	if !g.Plain {
		sum := sha256.Sum256([]byte(verifier))
		said = base64.RawURLEncoding.EncodeToString(sum[:])
	}
	return subtle.ConstantTimeCompare([]byte(said), []byte(g.Challenge)) == 1
}

// InvalidGrant is the answer to a code or refresh token that does not work. It
// does not say why.
func InvalidGrant() error { return Errorf(KindInvalid, CodeInvalidGrant, "Invalid Token!") }

// RedirectMismatch is InvalidGrant with a reason, for the commonest slip: a good code
// that came with another redirect URI than it was asked for with, or any code without one.
func RedirectMismatch() error {
	return Errorf(KindInvalid, CodeInvalidGrant, "Redirect URI mismatch.")
}

// RefreshToken is one of the refresh tokens of a grant, of which one works.
type RefreshToken struct {
	Hash   []byte // SHA-256
	UsedAt time.Time
}

// Holder is the person for whom an app holds a token.
type Holder struct {
	GrantID string
	UserID  UserID
	Email   string
	Active  bool
	Scopes  Scopes
}
