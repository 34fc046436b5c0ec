// SPDX-License-Identifier: Apache-2.0

package convoke

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"maps"
	"net/url"
	"slices"
	"strings"
	"time"
)

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

// Lives of what user-level OAuth hands out.
const (
	AuthCodeLife     = time.Minute
	RefreshTokenLife = 90 * 24 * time.Hour // from when it was last used
)

const (
	maxRedirectURI  = 1000 // bytes
	maxRedirectURIs = 20
	maxAuthValue    = 1000 // bytes of state, and of nonce
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
	loopback := slices.Contains([]string{"localhost", "127.0.0.1", "::1"}, u.Hostname())
	return u.Scheme == "https" || u.Scheme == "http" && loopback
}

// The scopes of OpenID Connect. They are rights about who somebody is, and only
// an app for users can have them.
const (
	ScopeOpenID  = "openid"
	ScopeProfile = "profile"
	ScopeEmail   = "email"
)

// scopeWords say each scope of an app for users to the person whom it asks.
var scopeWords = map[string]string{
	ScopeOpenID:                  "Know that it is you, each time you sign in",
	ScopeProfile:                 "See your name",
	ScopeEmail:                   "See your e-mail address",
	"user:read":                  "See your profile, and start meetings as you",
	"user:write":                 "See your profile, and start meetings as you", // all that is served of it
	"user:read:user":             "See your profile",
	"user:read:token":            "Start meetings as you",
	"user:read:zak":              "Start meetings as you",
	"user_zak:read":              "Start meetings as you",
	"meeting:read":               "See your meetings",
	"meeting:write":              "Plan, change, end and delete your meetings",
	"meeting:read:meeting":       "See a meeting of yours",
	"meeting:read:list_meetings": "See the list of your meetings",
	"meeting:write:meeting":      "Plan meetings for you",
	"meeting:update:meeting":     "Change your meetings",
	"meeting:delete:meeting":     "Delete your meetings",
	"meeting:update:status":      "End your meetings",
}

// UserScopes lists the scopes that an app for users can have, sorted.
func UserScopes() []string {
	list := make([]string, 0, len(scopeWords))
	for scope := range scopeWords {
		list = append(list, scope)
	}
	slices.Sort(list)
	return list
}

// ParseUserScopes is ParseScopes for an app for users.
func ParseUserScopes(list string) (Scopes, error) {
	return parseScopes(list, UserScopes())
}

// ParseAppScopes reads the scopes that an app of the kind is given.
func ParseAppScopes(kind AppKind, list string) (Scopes, error) {
	if kind == AppForAccount {
		return ParseScopes(list)
	}
	return ParseUserScopes(list)
}

// Words say in sentences what the scopes let an app do, each once.
func (s Scopes) Words() []string {
	var words []string
	for _, scope := range s {
		if sentence := scopeWords[scope]; sentence != "" && !slices.Contains(words, sentence) {
			words = append(words, sentence)
		}
	}
	return words
}

// allowOwn reports whether the scopes let an app do for the person who allowed
// it what the right is for: Zoom names such scopes without ":admin".
func (s Scopes) allowOwn(r Right) bool {
	if slices.Contains(s, strings.TrimSuffix(string(r), ":admin")) {
		return true
	}
	return slices.ContainsFunc(classic[r], func(scope string) bool {
		return slices.Contains(s, strings.TrimSuffix(scope, ":admin"))
	})
}

// within returns the scopes that the app still has.
func (s Scopes) within(app Scopes) Scopes {
	kept := Scopes{}
	for _, scope := range s {
		if slices.Contains(app, scope) {
			kept = append(kept, scope)
		}
	}
	return kept
}

// holds reports whether the others are all among the scopes.
func (s Scopes) holds(others Scopes) bool { return len(others.within(s)) == len(others) }

// AuthRequest is what an app asks a person for (RFC 6749 section 4.1.1, RFC 7636
// section 4.3, OpenID Connect Core section 3.1.2.1).
type AuthRequest struct {
	ClientID    ClientID
	RedirectURI string
	Scopes      Scopes
	State       string
	Nonce       string
	Challenge   string         // of PKCE; empty: none
	Plain       bool           // the challenge is the verifier itself
	Prompt      []string       // none alone, or any of login, consent and select_account
	MaxAge      *time.Duration // since the person signed in; nil: no limit
	LoginAfter  time.Time      // when they must have signed in, at the earliest; zero: whenever
}

// NewAuthRequest reads the parameters of a request to the app. A redirect URI
// that the app has not registered is CodeRedirectURI, and the person must then
// not be sent to it. What else is wrong the app is to be told there, so the
// request is returned beside the error: CodeResponseType, CodeInvalidScope, and
// CodeInvalidAuthRequest.
func NewAuthRequest(app App, values url.Values) (AuthRequest, error) {
	r := AuthRequest{
		ClientID: app.ClientID, RedirectURI: values.Get("redirect_uri"), State: values.Get("state"), Nonce: values.Get("nonce"),
		Challenge: values.Get("code_challenge"),
	}
	if len(values["redirect_uri"]) != 1 || len(values["client_id"]) != 1 || !slices.Contains(app.RedirectURIs, r.RedirectURI) {
		return AuthRequest{}, Errorf(KindInvalid, CodeRedirectURI,
			"The app asks to send you back to an address that is not registered for it. You are not sent there.")
	}
	if err := r.checkValues(values); err != nil {
		return r, err
	}
	if err := r.readChallenge(app, values.Get("code_challenge_method")); err != nil {
		return r, err
	}
	if err := r.readPrompt(values); err != nil {
		return r, err
	}
	var err error
	r.Scopes, err = requestedScopes(app, values.Get("scope"))
	return r, err
}

func (r AuthRequest) checkValues(values url.Values) error {
	for name, list := range values {
		if len(list) > 1 {
			return invalidAuthRequest("The parameter %q is there more than once.", name)
		}
	}
	if values.Get("response_type") != "code" {
		return Errorf(KindInvalid, CodeResponseType, "The response_type must be code.")
	}
	if len(r.State) > maxAuthValue || len(r.Nonce) > maxAuthValue || strings.ContainsFunc(r.State+r.Nonce, func(c rune) bool { return c < ' ' || c > '~' }) {
		return invalidAuthRequest("state and nonce are at most %d printable ASCII characters.", maxAuthValue)
	}
	if values.Has("request") || values.Has("request_uri") || values.Get("response_mode") != "" && values.Get("response_mode") != "query" {
		return invalidAuthRequest("Request objects and response modes but query are not served.")
	}
	return nil
}

func (r *AuthRequest) readChallenge(app App, method string) error {
	r.Plain = method == "" || method == "plain"
	if r.Challenge == "" {
		if app.Kind == AppPublic {
			return invalidAuthRequest("A public app must send a code_challenge.")
		}
		return nil
	}
	if !r.Plain && method != "S256" {
		return invalidAuthRequest("The code_challenge_method must be S256 or plain.")
	}
	if !isVerifier(r.Challenge) {
		return invalidAuthRequest("The code_challenge has 43 to 128 letters, digits, dashes, dots, underscores and tildes.")
	}
	return nil
}

func invalidAuthRequest(format string, args ...any) error {
	return Errorf(KindInvalid, CodeInvalidAuthRequest, format, args...)
}

// isVerifier reports whether s has the form of a code verifier (RFC 7636 section 4.1).
func isVerifier(s string) bool {
	return len(s) >= 43 && len(s) <= 128 && !strings.ContainsFunc(s, func(r rune) bool {
		letter := r|0x20 >= 'a' && r|0x20 <= 'z'
		return !letter && (r < '0' || r > '9') && !strings.ContainsRune("-._~", r)
	})
}

// requestedScopes are those that a request names; one that names none asks for
// all that the app has, as Zoom's requests do.
func requestedScopes(app App, list string) (Scopes, error) {
	asked := Scopes(strings.Fields(list))
	if len(asked) == 0 {
		return app.Scopes, nil
	}
	slices.Sort(asked)
	asked = slices.Compact(asked)
	if !app.Scopes.holds(asked) {
		return nil, Errorf(KindInvalid, CodeInvalidScope, "The app does not have every scope that it asks for.")
	}
	return asked, nil
}

// Consent is what a person allowed an app.
type Consent struct {
	ClientID  ClientID
	AccountID AccountID
	UserID    UserID
	Scopes    Scopes
	GivenAt   time.Time
}

// Covers reports whether the person need not be asked again.
func (c Consent) Covers(r AuthRequest) bool {
	return !slices.Contains(r.Prompt, promptConsent) && c.Scopes.holds(r.Scopes)
}

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
	case g.ClientID != app.ClientID, g.RedirectURI != redirectURI, !now.Before(g.ExpiresAt), !g.provedBy(verifier):
		return InvalidGrant()
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

// PrincipalFor is who calls with a token that the app holds for a person: that
// person, bound by the scopes that were allowed and that the app still has.
func (a App) PrincipalFor(h Holder) Principal {
	return Principal{
		Kind: UserCaller, AccountID: a.AccountID, ClientID: a.ClientID, UserID: h.UserID, Label: h.Email, Scopes: h.Scopes.within(a.Scopes),
	}
}

// ConsentObject is the payload of the events about what a person allowed an app.
type ConsentObject struct {
	ClientID ClientID `json:"client_id"`
	Name     string   `json:"name"`
	UserID   UserID   `json:"user_id"`
	Scopes   string   `json:"scopes"`
}

// ConsentEvent is an event about what a person allowed an app.
func (m Mark) ConsentEvent(name EventName, a App, user UserID, scopes Scopes) Event {
	return m.event(name, a.AccountID, Payload{Object: ConsentObject{a.ClientID, a.Name, user, scopes.String()}})
}

// Answer returns the address at which the app learns what became of its request:
// its redirect URI with the parameters, the state and the issuer (RFC 9207).
func (r AuthRequest) Answer(issuer string, params url.Values) string {
	address, err := url.Parse(r.RedirectURI)
	if err != nil {
		return "" // only what parses is registered
	}
	query := address.Query()
	maps.Copy(query, params)
	if r.State != "" {
		query.Set("state", r.State)
	}
	query.Set("iss", issuer)
	address.RawQuery = query.Encode()
	return address.String()
}
