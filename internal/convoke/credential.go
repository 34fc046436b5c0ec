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
	Kind          AppKind
	RedirectURIs  []string // where people may be sent back to; of an app for users only
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
	Holder    *Holder // the person for whom it is held; nil: the app acts for its account
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

	// SSO is what the session of a single sign-on rests on; its Until is not kept,
	// since ExpiresAt holds to it. nil: the person signed in another way.
	SSO *SSOLogin
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

// AppObject is an app in a payload, without its secrets.
type AppObject struct {
	ClientID ClientID `json:"client_id"`
	Name     string   `json:"name"`
	Scopes   string   `json:"scopes"`
	OwnerID  UserID   `json:"owner_id,omitempty"`
	Kind     AppKind  `json:"kind,omitempty"` // empty: for the account

	RedirectURIs []string `json:"redirect_uris,omitempty"`
}

// AppEvent is an event about an app: that it was made or revoked, or that it
// was given a token.
func (m Mark) AppEvent(name EventName, a App) Event {
	return m.event(name, a.AccountID, Payload{Object: AppObject{a.ClientID, a.Name, a.Scopes.String(), a.OwnerID, a.Kind, a.RedirectURIs}})
}

// Principal is who calls with a token of the app.
func (a App) Principal() Principal {
	return Principal{
		Kind: AppCaller, AccountID: a.AccountID, ClientID: a.ClientID, Label: a.Name, UserID: a.OwnerID, Scopes: a.Scopes,
	}
}

// SignInFailed is the event that somebody had a wrong password for the user.
// Who it was is not known; the mark's principal carries the address alone.
func (m Mark) SignInFailed(u User) Event {
	return m.event(EventUserSignInFailed, u.AccountID, Payload{Object: NewUserObject(u)})
}

// SSOBypassed is the event that an exception of the domain let the user in by
// password.
func (m Mark) SSOBypassed(u User) Event {
	return m.event(EventSSOBypassed, u.AccountID, Payload{Object: NewUserObject(u)})
}

// SSOBreakGlass is the event that the account's owner signed in by password
// although the domain forces single sign-on.
func (m Mark) SSOBreakGlass(u User) Event {
	return m.event(EventSSOBreakGlass, u.AccountID, Payload{Object: NewUserObject(u)})
}

// RefusalObject is the payload of EventSSORefused: why somebody was kept out, in
// the words of the server's log, and how often from the same address.
type RefusalObject struct {
	Code  string `json:"code"`
	Times int    `json:"times"`
}

// SSORefused is the event that a single sign-on, or a password in its place, was
// refused. Who it was is not known; the mark's principal carries the address alone.
func (m Mark) SSORefused(account AccountID, code string, times int) Event {
	return m.event(EventSSORefused, account, Payload{Object: RefusalObject{code, times}})
}

// OperatorEvent is an event about the operator's way into the portal.
func (m Mark) OperatorEvent(name EventName, account AccountID) Event {
	return m.event(name, account, Payload{Object: struct{}{}})
}
