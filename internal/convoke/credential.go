// SPDX-License-Identifier: Apache-2.0

package convoke

import "time"

// App is a client of an account: the host app's back end. Its secret is stored
// as a hash only.
type App struct {
	ClientID      ClientID
	AccountID     AccountID
	Name          string
	SecretHash    []byte // SHA-256; the secret has 256 random bits, so no salt is needed
	WebhookSecret string // signs what is delivered to the app, so it must be kept readable
	Scopes        Scopes
	OwnerID       UserID // whom "me" means for the app's tokens; may be empty
	CreatedAt     time.Time
	RevokedAt     time.Time
}

// Revoked reports whether the app and all its tokens are dead.
func (a App) Revoked() bool { return !a.RevokedAt.IsZero() }

// Token is an access token (RFC 6750) of an app. Only its hash is stored.
type Token struct {
	Hash      []byte // SHA-256 of the token
	ClientID  ClientID
	AccountID AccountID
	ExpiresAt time.Time
}

// SessionKind says what a session lets its holder do.
type SessionKind string

// The kinds. An operator code is good for one exchange into an operator session.
const (
	SessionUser         SessionKind = "user"
	SessionOperator     SessionKind = "operator"
	SessionOperatorCode SessionKind = "operator_code"
)

// Session is a sign-in to the portal. Only the hash of its cookie is stored.
type Session struct {
	Hash      []byte // SHA-256 of the cookie's value
	Kind      SessionKind
	AccountID AccountID
	UserID    UserID // SessionUser only
	CreatedAt time.Time
	ExpiresAt time.Time
}

// Mail is a message to one person, written by the mail sink.
type Mail struct {
	ID        int64 // given out by the store
	AccountID AccountID
	To        string
	Subject   string
	Text      string
	CreatedAt time.Time
}
