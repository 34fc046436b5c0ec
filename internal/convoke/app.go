// SPDX-License-Identifier: Apache-2.0

package convoke

import (
	"net/url"
	"slices"
	"strings"
	"time"
)

// App is a client of an account: a host app's back end, or what people sign in to
// (AppKind). Its secret is stored as a hash only.
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

// AppKind says for whom an app gets its tokens, and how it proves who it is.
type AppKind string

// The kinds. An app for users acts as the person who allowed it, and for nobody
// else; an app for the account acts in the whole account.
const (
	AppForAccount AppKind = ""       // grant type account_credentials
	AppForUsers   AppKind = "user"   // it keeps its client secret
	AppPublic     AppKind = "public" // for users as well, and cannot keep a secret: it must use PKCE
)

// ParseAppKind returns the kind that the operator named, or CodeInvalidField.
func ParseAppKind(name string) (AppKind, error) {
	switch kind := AppKind(name); kind {
	case AppForUsers, AppPublic:
		return kind, nil
	case "account", AppForAccount:
		return AppForAccount, nil
	}
	return "", Invalid(CodeInvalidField, "kind", "The kind of an app is account, user or public, not %q.", name)
}

// String is the kind's name, by which ParseAppKind knows it.
func (k AppKind) String() string {
	if k == AppForAccount {
		return "account"
	}
	return string(k)
}

// ForUsers reports whether people sign in to the app and allow it to act for them.
func (a App) ForUsers() bool { return a.Kind != AppForAccount }

const (
	maxRedirectURI  = 1000 // bytes
	maxRedirectURIs = 20
)

// CheckRedirectURIs returns CodeInvalidField for an address that an app may not
// have people sent back to. It must be https, or http to the person's own
// machine (RFC 8252 section 7.3), without a fragment.
func CheckRedirectURIs(kind AppKind, list []string) error {
	if kind == AppForAccount && len(list) > 0 {
		return Invalid(CodeInvalidField, "redirect_uris", "An app for the account has no redirect URI: nobody is sent back to it.")
	}
	if len(list) > maxRedirectURIs {
		return Invalid(CodeInvalidField, "redirect_uris", "An app has at most %d redirect URIs.", maxRedirectURIs)
	}
	for _, uri := range list {
		if !mayRedirectTo(uri) {
			return Invalid(CodeInvalidField, "redirect_uris",
				"The redirect URI %q must be an https address, or an http address on localhost, without a fragment.", uri)
		}
	}
	return nil
}

func mayRedirectTo(uri string) bool {
	u, err := url.Parse(uri)
	plain := !strings.ContainsFunc(uri, func(r rune) bool { return r <= ' ' || r >= 0x7f || r == '\\' })
	if err != nil || !plain || len(uri) > maxRedirectURI || u.Host == "" || u.User != nil || strings.Contains(uri, "#") {
		return false
	}
	return u.Scheme == "https" || u.Scheme == "http" && isLoopback(u)
}

func isLoopback(u *url.URL) bool {
	return slices.Contains([]string{"localhost", "127.0.0.1", "::1"}, u.Hostname())
}

// SaysWhoItIs reports whether what goes to the redirect URI is the app's alone.
// Any program on the person's machine can be sent what goes there, and use it
// where no secret is asked for (RFC 8252 section 8.6).
func (a App) SaysWhoItIs(redirectURI string) bool {
	u, err := url.Parse(redirectURI)
	return a.Kind != AppPublic || err == nil && !isLoopback(u)
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

// PrincipalFor is who calls with a token that the app holds for a person: that
// person, bound by the scopes that were allowed and that the app still has.
func (a App) PrincipalFor(h Holder) Principal {
	return Principal{
		Kind: UserCaller, AccountID: a.AccountID, ClientID: a.ClientID, GrantID: h.GrantID, UserID: h.UserID, Label: h.Email, Scopes: h.Scopes.within(a.Scopes),
	}
}
