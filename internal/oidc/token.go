// SPDX-License-Identifier: Apache-2.0

package oidc

import (
	"context"
	"crypto/hmac"
	"encoding/base64"
	"errors"
	"net/http"
	"slices"
	"strings"
	"time"

	gooidc "github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"github.com/convoke/convoke/internal/convoke"
	"github.com/convoke/convoke/internal/signon"
)

// algorithms are the signatures that are accepted: by a public key, which the
// provider alone can make. HMAC could be made with what everybody has.
var algorithms = []string{
	gooidc.RS256, gooidc.RS384, gooidc.RS512, gooidc.ES256, gooidc.ES384, gooidc.ES512, gooidc.PS256, gooidc.PS384, gooidc.PS512,
}

func accepted(algorithm string) bool { return slices.Contains(algorithms, algorithm) }

// client is an account as the client of its provider, while it reads one answer.
type client struct {
	connection convoke.SSOConnection
	base       string // the account's address
	http       *http.Client
	keys       gooidc.KeySet
	now        time.Time
}

// statement is what an ID token says, once it is believed.
type statement struct {
	signon.Statement

	token string // the ID token itself
}

func (c client) callback() string { return c.base + "/callback" }

// oauth is the client without its secret, for what the browser carries.
func (c client) oauth(secret string) *oauth2.Config {
	style := oauth2.AuthStyleInHeader
	if c.connection.OIDC.SecretInBody {
		style = oauth2.AuthStyleInParams
	}
	return &oauth2.Config{
		ClientID: c.connection.OIDC.ClientID, ClientSecret: secret, RedirectURL: c.callback(), Scopes: c.connection.OIDC.Scopes,
		Endpoint: oauth2.Endpoint{AuthURL: c.connection.SignInURL, TokenURL: c.connection.OIDC.TokenURL, AuthStyle: style},
	}
}

// redeem takes the code to the provider, and believes or refuses what comes.
func (c client) redeem(ctx context.Context, q request, code, secret string) (statement, error) {
	ctx = gooidc.ClientContext(ctx, c.http)
	token, err := c.oauth(secret).Exchange(ctx, code, oauth2.VerifierOption(q.verifier))
	if err != nil {
		return statement{}, refuse(noToken, "%s", exchangeFault(err))
	}
	raw, _ := token.Extra("id_token").(string)
	if raw == "" {
		return statement{}, refuse(noToken, "an answer without an ID token; is openid among the scopes?")
	}
	said, err := c.believe(ctx, raw, token.AccessToken, q.nonce)
	if err != nil {
		return statement{}, err
	}
	more, err := c.userInfo(ctx, token, said.text("sub"))
	if err != nil {
		return statement{}, err
	}
	return c.statement(raw, said, more), nil
}

// exchangeFault says what went wrong without the body, which may hold a token.
func exchangeFault(err error) string {
	if answer, ok := errors.AsType[*oauth2.RetrieveError](err); ok {
		return answer.Response.Status + " " + answer.ErrorCode
	}
	return "no answer of the token endpoint, or none of its form"
}

// believe holds an ID token to OpenID Connect Core 3.1.3.7 and returns its claims.
func (c client) believe(ctx context.Context, raw, accessToken, nonce string) (claims, error) {
	keys := &witness{KeySet: c.keys}
	token, err := c.verifier(keys).Verify(ctx, raw)
	if err != nil {
		return nil, c.explain(raw, keys, err)
	}
	var said claims
	if err := token.Claims(&said); err != nil {
		return nil, refuse(malformed, "the claims are no JSON object")
	}
	if err := c.checkParty(token.Audience, said); err != nil {
		return nil, err
	}
	if !hmac.Equal([]byte(token.Nonce), []byte(nonce)) {
		return nil, refuse(wrongNonce, "of another request")
	}
	if token.AccessTokenHash != "" && token.VerifyAccessToken(accessToken) != nil {
		return nil, refuse(wrongTokenHash, "at_hash is not that of the access token")
	}
	if !isSubject(token.Subject) {
		return nil, refuse(badSubject, "no sub of 1 to %d bytes of text", convoke.MaxExternalID)
	}
	if hd := said.text("hd"); !c.connection.OIDC.Admits(hd) {
		return nil, refuse(wrongOrganisation, "hd is %q", hd)
	}
	if sid := said.text("sid"); sid != "" && !isSubject(sid) {
		return nil, refuse(badSubject, "a sid that is no text")
	}
	return said, c.checkTimes(said)
}

// isSubject reports whether it can be a person's name. No database takes a NUL.
func isSubject(sub string) bool {
	return sub != "" && len(sub) <= convoke.MaxExternalID && !strings.Contains(sub, "\x00")
}

// verifier checks the signature, the issuer, the audience and the expiry. Its
// clock is behind by the skew, for what is over by our clock may not be by theirs.
func (c client) verifier(keys gooidc.KeySet) *gooidc.IDTokenVerifier {
	return gooidc.NewVerifier(c.connection.EntityID, keys, &gooidc.Config{
		ClientID: c.connection.OIDC.ClientID, SupportedSigningAlgs: algorithms, Now: func() time.Time { return c.now.Add(-signon.Skew) },
	})
}

// checkParty wants the token to be issued to this client, where it is for several
// or says to whom (OpenID Connect Core 3.1.3.7, 4 and 5).
func (c client) checkParty(audience []string, said claims) error {
	_, named := said["azp"]
	if party := said.text("azp"); (named || len(audience) > 1) && party != c.connection.OIDC.ClientID {
		return refuse(wrongParty, "%q, of %d audiences", party, len(audience))
	}
	return nil
}

// checkTimes refuses what is not valid yet, and a login that is too old for the account.
func (c client) checkTimes(said claims) error {
	for _, name := range []string{"iat", "nbf"} {
		if at, given := said.seconds(name); given && at > c.now.Add(signon.Skew).Unix() {
			return refuse(notYetValid, "%s is %d", name, at)
		}
	}
	if c.connection.ReloginAfter == 0 {
		return nil
	}
	if end, given := c.loginEnd(said); !given || !c.now.Before(end) {
		return refuse(staleLogin, "auth_time is %v", said["auth_time"])
	}
	return nil
}

// loginEnd is when the login is too old for the account, and whether the token
// says when it was.
func (c client) loginEnd(said claims) (time.Time, bool) {
	at, given := said.seconds("auth_time")
	return time.Unix(min(at, c.now.Unix()), 0).Add(c.connection.ReloginAfter + signon.Skew), given
}

// userInfo returns what the provider says besides, about the same person
// (OpenID Connect Core 5.3.2).
func (c client) userInfo(ctx context.Context, token *oauth2.Token, subject string) (claims, error) {
	if c.connection.OIDC.UserInfoURL == "" {
		return claims{}, nil
	}
	provider := (&gooidc.ProviderConfig{
		IssuerURL: c.connection.EntityID, UserInfoURL: c.connection.OIDC.UserInfoURL, JWKSURL: c.connection.OIDC.KeysURL,
	}).NewProvider(ctx)
	found, err := provider.UserInfo(ctx, oauth2.StaticTokenSource(token))
	if err != nil {
		return nil, refuse(noUserInfo, "no answer of its form")
	}
	if found.Subject != subject {
		return nil, refuse(noUserInfo, "it is about another person")
	}
	var said claims
	if err := found.Claims(&said); err != nil {
		return nil, refuse(noUserInfo, "it is no JSON object")
	}
	return said, nil
}

func (c client) statement(raw string, said, more claims) statement {
	subject := convoke.OIDCSubject(c.connection.EntityID, said.text("sub"))
	found := statement{token: raw}
	found.Login.NameID, found.Login.Index = convoke.SSOName{Value: subject}, said.text("sid")
	if at, given := said.seconds("auth_time"); given {
		found.Login.At = signon.LoginTime(time.Unix(at, 0), c.now)
	}
	if c.connection.ReloginAfter > 0 {
		found.Login.Until, _ = c.loginEnd(said)
	}
	found.Assertion = convoke.Assertion{
		AccountID: c.connection.AccountID, Source: convoke.SourceOIDC, Issuer: c.connection.EntityID, Subject: subject,
		Attributes: attributes(said, more), At: c.now,
	}
	return found
}

// witness remembers what became of the signature, so that the log tells what was
// wrong rather than that something was.
type witness struct {
	gooidc.KeySet

	asked   bool
	payload []byte // what a right signature is over
	fault   error
}

// VerifySignature is that of the key set.
func (w *witness) VerifySignature(ctx context.Context, jwt string) ([]byte, error) {
	w.asked = true
	w.payload, w.fault = w.KeySet.VerifySignature(ctx, jwt)
	return w.payload, w.fault
}

// explain makes a refusal of the library's error about a token.
func (c client) explain(raw string, seen *witness, err error) error {
	if late, ok := errors.AsType[*gooidc.TokenExpiredError](err); ok {
		return refuse(expired, "at %s", late.Expiry.UTC().Format(time.RFC3339))
	}
	switch {
	case !seen.asked && !accepted(algorithmOf(raw)):
		return refuse(badAlgorithm, "%q", algorithmOf(raw))
	case !seen.asked:
		return refuse(malformed, "no signed token")
	case seen.fault != nil:
		return refuse(badSignature, "by none of the provider's keys")
	}
	var said claims
	if said.UnmarshalJSON(seen.payload) != nil {
		return refuse(malformed, "the claims are no JSON object")
	}
	if issuer := said.text("iss"); issuer != c.connection.EntityID {
		return refuse(wrongIssuer, "%q", issuer)
	}
	if !said.isFor(c.connection.OIDC.ClientID) {
		return refuse(wrongAudience, "this client is not among them")
	}
	if _, given := said["nbf"]; given {
		return refuse(notYetValid, "%v", err)
	}
	return refuse(malformed, "%v", err)
}

// algorithmOf reads the header of a token that is not believed, for the log.
func algorithmOf(raw string) string {
	head, _, _ := strings.Cut(raw, ".")
	text, err := base64.RawURLEncoding.DecodeString(head)
	var said claims
	if err != nil || said.UnmarshalJSON(text) != nil {
		return ""
	}
	return said.text("alg")
}

// isFor reports whether the client is an audience.
func (c claims) isFor(client string) bool {
	list, ok := c["aud"].([]any)
	if !ok {
		list = []any{c["aud"]}
	}
	return slices.Contains(list, any(client))
}
