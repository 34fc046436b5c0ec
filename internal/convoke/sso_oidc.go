// SPDX-License-Identifier: Apache-2.0

package convoke

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"
)

// SSOProtocol is what an account's single sign-on speaks.
type SSOProtocol string

// The protocols. An account speaks one.
const (
	SSOSAML SSOProtocol = "saml"
	SSOOIDC SSOProtocol = "oidc"
)

// What an OpenID Connect client may have.
const (
	maxScopes    = 20
	maxScope     = 64      // bytes of one
	maxOIDCValue = 1 << 10 // bytes of a client id or a client secret
)

// OIDCEndpoints is where an OpenID provider is reached besides its sign-in and
// sign-out, and how.
type OIDCEndpoints struct {
	TokenURL     string `json:"token_url"`
	UserInfoURL  string `json:"userinfo_url,omitempty"` // empty: the ID token says all there is
	KeysURL      string `json:"keys_url"`               // of the keys that sign ID tokens (JWKS)
	SecretInBody bool   `json:"secret_in_body,omitempty"`
	NamesIssuer  bool   `json:"names_issuer,omitempty"` // every answer says whose it is (RFC 9207)
}

// OIDCClient is an account as the client of an OpenID provider.
type OIDCClient struct {
	OIDCEndpoints

	ClientID     string   `json:"client_id"`
	Secret       []byte   `json:"secret"` // sealed, so that the database alone does not give it away
	Scopes       []string `json:"scopes"`
	HostedDomain string   `json:"hosted_domain,omitempty"` // of the organisation whose people alone come in; empty: all of the provider's
}

// googleIssuer signs in people of every Google Workspace, and everybody else who
// has a Google account.
const googleIssuer = "https://accounts.google.com"

// Admits reports whether somebody of the organisation, as the claim hd names it,
// may come in. Google leaves it out for accounts that are of none.
func (o OIDCClient) Admits(hd string) bool {
	return o.HostedDomain == "" || strings.EqualFold(hd, o.HostedDomain)
}

// DefaultScopes are what a client asks for until it is told otherwise.
func DefaultScopes() []string { return []string{"openid", "email", "profile"} }

// DiscoveryURL is where an OpenID provider describes itself (OpenID Connect
// Discovery 4).
func DiscoveryURL(issuer string) string {
	return strings.TrimSuffix(issuer, "/") + "/.well-known/openid-configuration"
}

// Protocol is what the connection speaks.
func (c SSOConnection) Protocol() SSOProtocol {
	if c.OIDC != nil {
		return SSOOIDC
	}
	return SSOSAML
}

// speaking returns the connection of the protocol: as it is, or without what it
// had of the other's identity provider.
func (c SSOConnection) speaking(p SSOProtocol) SSOConnection {
	if p == c.Protocol() {
		return c
	}
	fresh := NewSSOConnection(Account{ID: c.AccountID, Provisioning: c.Provisioning}, SSOKeyPair{c.Certificate, c.PrivateKey}, c.CreatedAt)
	fresh.Vanity, fresh.ReloginAfter = c.Vanity, c.ReloginAfter
	if p == SSOOIDC {
		fresh.OIDC = &OIDCClient{Scopes: DefaultScopes()}
	}
	return fresh
}

// checkSpoken refuses values of the protocol that the account does not speak.
func (d SSODraft) checkSpoken(p SSOProtocol) error {
	saml := d.EntityID != nil || d.SignInURL != nil || d.SignOutURL != nil || d.Binding != nil || d.Certificates != nil ||
		d.SignRequests != nil || d.WantEncrypted != nil || d.IDPInitiated != nil || d.Metadata != nil && d.Metadata.OIDC == nil
	oidc := d.ClientID != nil || d.ClientSecret != nil || d.Scopes != nil || d.HostedDomain != nil || d.Metadata != nil && d.Metadata.OIDC != nil
	switch {
	case p == SSOSAML && oidc:
		return Invalid(CodeInvalidField, "protocol", "The issuer, client id, client secret, scopes and hosted domain are of OpenID Connect: set the protocol to oidc.")
	case p == SSOOIDC && saml:
		return Invalid(CodeInvalidField, "protocol", "These values are of SAML, and this account signs in by OpenID Connect: set the protocol to saml.")
	}
	return nil
}

// applyOIDC changes what the draft says of the client. It leaves the former one
// alone, which may be in use.
func (c *SSOConnection) applyOIDC(d SSODraft) {
	if c.OIDC == nil {
		return
	}
	client := *c.OIDC
	if d.Metadata != nil && d.Metadata.OIDC != nil {
		client.OIDCEndpoints = *d.Metadata.OIDC
	}
	set(&client.ClientID, d.ClientID)
	set(&client.HostedDomain, d.HostedDomain)
	if d.ClientSecret != nil {
		client.Secret = d.ClientSecret
	}
	if d.Scopes != nil {
		client.Scopes = d.Scopes
	}
	c.OIDC = &client
}

// leaveProvider forgets what was for the former provider and is not in the draft.
// No other one is ever sent its secret: whoever may set the issuer cannot read it.
func (c *SSOConnection) leaveProvider(d SSODraft) {
	if c.OIDC == nil {
		return
	}
	if d.ClientSecret == nil {
		c.OIDC.Secret = nil
	}
	if d.HostedDomain == nil {
		c.OIDC.HostedDomain = ""
	}
}

func (c SSOConnection) checkOIDC() error {
	o := c.OIDC
	if c.EntityID == "" {
		return Invalid(CodeInvalidField, "issuer", "The issuer's address is needed, such as https://login.example.com.")
	}
	for _, at := range []struct {
		url    string
		needed bool
	}{{c.EntityID, true}, {c.SignInURL, true}, {o.TokenURL, true}, {o.KeysURL, true}, {o.UserInfoURL, false}, {c.SignOutURL, false}} {
		if err := checkSSOURL("issuer", at.url, at.needed); err != nil {
			return err
		}
	}
	if o.ClientID == "" || len(o.ClientID) > maxOIDCValue || strings.ContainsFunc(o.ClientID, notPrintable) {
		return Invalid(CodeInvalidField, "client_id", "The client id that the provider gave is needed, in at most %d characters of ASCII.", maxOIDCValue)
	}
	if len(o.Secret) == 0 {
		return Invalid(CodeInvalidField, "client_secret", "The client secret that the provider gave is needed.")
	}
	if err := o.checkHostedDomain(c.EntityID); err != nil {
		return err
	}
	return checkScopes(o.Scopes)
}

func (o OIDCClient) checkHostedDomain(issuer string) error {
	if o.HostedDomain == "" && issuer == googleIssuer {
		return Invalid(CodeInvalidField, "hosted_domain", "Google signs in everybody with a Google account. Give the primary domain of your Workspace, such as example.com, so that its people alone come in.")
	}
	if o.HostedDomain == "" {
		return nil
	}
	if _, err := ParseDomain(o.HostedDomain); err != nil {
		return Invalid(CodeInvalidField, "hosted_domain", "The hosted domain must be a domain such as example.com.")
	}
	return nil
}

// CheckClientSecret returns CodeInvalidField for what no provider gives as a secret.
func CheckClientSecret(secret string) error {
	if secret == "" || len(secret) > maxOIDCValue || strings.ContainsFunc(secret, notPrintable) {
		return Invalid(CodeInvalidField, "client_secret", "The client secret must have 1 to %d characters of ASCII.", maxOIDCValue)
	}
	return nil
}

func notPrintable(r rune) bool { return r < ' ' || r > '~' }

// checkScopes holds scopes to the form of RFC 6749, 3.3.
func checkScopes(scopes []string) error {
	bad := func(scope string) bool {
		return scope == "" || len(scope) > maxScope || strings.ContainsFunc(scope, func(r rune) bool { return r <= ' ' || r > '~' || r == '"' || r == '\\' })
	}
	if !slices.Contains(scopes, "openid") || len(scopes) > maxScopes || slices.ContainsFunc(scopes, bad) {
		return Invalid(CodeInvalidField, "scopes", "The scopes must be a list of at most %d, with openid among them.", maxScopes)
	}
	return nil
}

// OIDCSubject is the key of a person of an OpenID provider, whose own name for
// the person is unique among its people only: both, or their hash where they are
// too long for an external id. An issuer has no spaces, so no two pairs meet.
func OIDCSubject(issuer, subject string) string {
	key := issuer + " " + subject
	if len(key) <= MaxExternalID {
		return key
	}
	sum := sha256.Sum256([]byte(key))
	return "sha256 " + hex.EncodeToString(sum[:])
}

// OIDCView is an account as the client of its OpenID provider, without the
// secret, and what the provider must be told.
type OIDCView struct {
	Issuer         string   `json:"issuer"`
	ClientID       string   `json:"client_id"`
	Scopes         []string `json:"scopes"`
	HostedDomain   string   `json:"hosted_domain"` // empty: people of every organisation at the issuer come in
	RedirectURI    string   `json:"redirect_uri"`
	InitiateURI    string   `json:"initiate_login_uri"`       // where a sign-in that begins at the provider is sent
	SignedOutURI   string   `json:"post_logout_redirect_uri"` // where people land who signed out
	BackchannelURI string   `json:"backchannel_logout_uri"`   // where the provider tells that somebody signed out
}

// OIDC is the client of the connection as it is shown; nil for SAML.
func (u PublicURL) OIDC(c SSOConnection) *OIDCView {
	if c.OIDC == nil {
		return nil
	}
	base := u.SSO(c.Vanity)
	return &OIDCView{
		Issuer: c.EntityID, ClientID: c.OIDC.ClientID, Scopes: c.OIDC.Scopes, HostedDomain: c.OIDC.HostedDomain, RedirectURI: base + "/callback", InitiateURI: base,
		SignedOutURI: string(u) + "/portal", BackchannelURI: base + "/backchannel",
	}
}
