// SPDX-License-Identifier: Apache-2.0

package convoke

import (
	"maps"
	"net/url"
	"slices"
	"strings"
	"time"
)

const maxAuthValue = 1000 // bytes of state, and of nonce

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
// request is returned beside the error: CodeRequestObject, CodeRequestURI,
// CodeResponseType, CodeInvalidScope, and CodeInvalidAuthRequest.
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
	if err := checkNoRequestObject(values); err != nil {
		return err
	}
	if values.Get("response_type") != "code" {
		return Errorf(KindInvalid, CodeResponseType, "The response_type must be code.")
	}
	if len(r.State) > maxAuthValue || len(r.Nonce) > maxAuthValue || strings.ContainsFunc(r.State+r.Nonce, func(c rune) bool { return c < ' ' || c > '~' }) {
		return invalidAuthRequest("state and nonce are at most %d printable ASCII characters.", maxAuthValue)
	}
	if mode := values.Get("response_mode"); mode != "" && mode != "query" {
		return invalidAuthRequest("Response modes but query are not served.")
	}
	return nil
}

// checkNoRequestObject refuses parameters inside a JWT (OpenID Connect Core section
// 6): what only stands there must not be passed over.
func checkNoRequestObject(values url.Values) error {
	switch {
	case values.Get("request") != "":
		return Errorf(KindInvalid, CodeRequestObject, "Request objects are not served.")
	case values.Get("request_uri") != "":
		return Errorf(KindInvalid, CodeRequestURI, "Request objects are not served, nor fetched.")
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

// withoutEffect are scopes of OpenID Connect that clients send by habit and that
// change nothing here: every app gets a refresh token, and nobody's address or
// telephone number is told.
var withoutEffect = Scopes{"offline_access", "address", "phone"}

// requestedScopes are those that a request names; one that names none asks for
// all that the app has, as Zoom's requests do. What has no effect is dropped, and
// a request that names nothing else is refused: it did not ask for all.
func requestedScopes(app App, list string) (Scopes, error) {
	named := Scopes(strings.Fields(list))
	if len(named) == 0 {
		return app.Scopes, nil
	}
	asked := slices.DeleteFunc(named, func(scope string) bool { return slices.Contains(withoutEffect, scope) })
	if len(asked) == 0 {
		return nil, Errorf(KindInvalid, CodeInvalidScope, "The scopes that the app asks for give nothing here.")
	}
	slices.Sort(asked)
	asked = slices.Compact(asked)
	if !app.Scopes.holds(asked) {
		return nil, Errorf(KindInvalid, CodeInvalidScope, "The app does not have every scope that it asks for.")
	}
	return asked, nil
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
