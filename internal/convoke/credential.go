// SPDX-License-Identifier: Apache-2.0

package convoke

import "time"

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

// Refusal is a single sign-on, or a password in its place, that was refused.
type Refusal struct {
	AccountID AccountID
	Code      string // why, in the words of the server's log
	Address   string // of the client

	// Whom a believed answer of the identity provider was about: by the e-mail that
	// is mapped or else by its own name. Both empty: nobody proved who they were.
	Email      string
	ExternalID string
}

// RefusalObject is the payload of EventSSORefused: why somebody was kept out, how
// often, and who it was where that is certain.
type RefusalObject struct {
	Code       string `json:"code"`
	Times      int    `json:"times"`
	Email      string `json:"email,omitempty"`
	ExternalID string `json:"external_id,omitempty"`
}

// SSORefused is the event of so many refusals that were alike. The mark's
// principal carries the address alone.
func (m Mark) SSORefused(r Refusal, times int) Event {
	return m.event(EventSSORefused, r.AccountID, Payload{Object: RefusalObject{
		Code: r.Code, Times: times, Email: Shorten(r.Email, MaxExternalID), ExternalID: Shorten(r.ExternalID, MaxExternalID),
	}})
}

// OperatorEvent is an event about the operator's way into the portal.
func (m Mark) OperatorEvent(name EventName, account AccountID) Event {
	return m.event(name, account, Payload{Object: struct{}{}})
}
