// SPDX-License-Identifier: Apache-2.0

package convoke

import (
	"crypto/ecdsa"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// SSOBinding is the way in which a request for a sign-in travels to the
// identity provider (SAML bindings 3.4 and 3.5).
type SSOBinding string

// The bindings.
const (
	SSOPost     SSOBinding = "HTTP-POST"
	SSORedirect SSOBinding = "HTTP-Redirect"
)

// What a connection may hold.
const (
	MaxSSOCertificates = 2 // the identity provider's: the one in use, and the one that follows it
	maxSSOText         = 1024
	minVanity          = 4
	maxVanity          = 63
	minRSABits         = 2048
	maxRelogin         = 90 * 24 * 60 // minutes
)

// How often an identity provider's metadata is fetched again: after a success,
// and after a failure.
const (
	SSORefresh     = 24 * time.Hour
	SSORefreshSoon = time.Hour
)

// SSOConnection is an account's single sign-on: its name here, the identity
// provider, and Convoke's own keys as the account's service provider. It is by
// SAML 2.0, or by OpenID Connect where it has a client; then EntityID is the
// issuer, SignInURL the authorization endpoint and MetadataURL the discovery
// document, and what is SAML's alone is empty.
type SSOConnection struct {
	AccountID     AccountID
	Vanity        string // names the account in addresses, for all accounts: 4 to 63 of a-z, 0-9 and hyphen
	EntityID      string // the identity provider's own name for itself, the issuer of its assertions
	SignInURL     string // of the identity provider
	SignOutURL    string // of the identity provider, by HTTP-Redirect; empty: no single logout
	Binding       SSOBinding
	Certificates  [][]byte      // of the identity provider's signing keys, X.509 in DER, one or two
	SignRequests  bool          // requests for a sign-in are signed
	WantEncrypted bool          // an assertion that comes in the clear is refused
	IDPInitiated  bool          // a sign-in that nobody asked for here is let in
	Provisioning  Provisioning  // the account's: when its users come into being
	ReloginAfter  time.Duration // the longest since a person proved who they are, and that a session lasts; 0: no such limit

	MetadataURL    string    // where the identity provider's metadata is fetched again; empty: it is not
	RefreshedAt    time.Time // of the last fetch that succeeded
	NextRefreshAt  time.Time // of the next fetch; zero: none is due
	RefreshFailure string    // why the last fetch failed, in one sentence
	SetByHand      []string  // what the metadata leaves alone: the names of SSOForm for fields that were given other values

	OIDC *OIDCClient // nil: SAML

	Certificate []byte // Convoke's own for this account, X.509 in DER
	PrivateKey  []byte // to it; sealed, so that the database alone does not give it away
	CreatedAt   time.Time
	UpdatedAt   time.Time
}

// SSOKeyPair is what an account's service provider signs and decrypts with.
type SSOKeyPair struct {
	Certificate []byte // X.509 in DER
	PrivateKey  []byte // sealed
}

// SSOMetadata is what an identity provider's metadata says.
type SSOMetadata struct {
	EntityID     string
	SignInURL    string
	Binding      SSOBinding
	SignOutURL   string
	Certificates [][]byte // X.509 in DER

	OIDC *OIDCEndpoints // of an OpenID provider; nil: of SAML
}

// SSODraft is what a caller asks a connection to be. A nil field leaves the
// value as it is. Metadata is applied first, so that a field given beside it wins.
type SSODraft struct {
	Protocol      *SSOProtocol
	Metadata      *SSOMetadata
	Vanity        *string
	EntityID      *string
	SignInURL     *string
	SignOutURL    *string
	Binding       *SSOBinding
	Certificates  [][]byte // nil: as they are
	SignRequests  *bool
	WantEncrypted *bool
	IDPInitiated  *bool
	Provisioning  *Provisioning
	ReloginAfter  *time.Duration
	MetadataURL   *string

	// Of OpenID Connect alone.
	ClientID     *string
	ClientSecret []byte // sealed
	Scopes       []string
	HostedDomain *string
}

// NewSSOConnection is the connection of an account before a draft is applied:
// requests are signed, and nothing comes in unasked.
func NewSSOConnection(account Account, keys SSOKeyPair, now time.Time) SSOConnection {
	return SSOConnection{
		AccountID: account.ID, Provisioning: account.Provisioning, Binding: SSORedirect, SignRequests: true,
		Certificate: keys.Certificate, PrivateKey: keys.PrivateKey, CreatedAt: now,
	}
}

// SSONotFound is the answer where an account has no single sign-on.
func SSONotFound() error { return NotFound(CodeSSONotFound, "Single sign-on is not set up here.") }

// Apply returns the connection as the draft makes it, or CodeInvalidField.
func (c SSOConnection) Apply(d SSODraft, now time.Time) (SSOConnection, error) {
	if d.Protocol != nil {
		c = c.speaking(*d.Protocol)
	}
	if err := d.checkSpoken(c.Protocol()); err != nil {
		return c, err
	}
	former := c.EntityID
	if m := d.Metadata; m != nil {
		c.SetByHand = nil
		c = c.published(*m, now)
		c.EntityID, c.RefreshedAt, c.RefreshFailure = m.EntityID, now, ""
		c.MetadataURL = "" // a document of which no address is given is not fetched again
	}
	published := c
	set(&c.Vanity, d.Vanity)
	set(&c.EntityID, d.EntityID)
	set(&c.SignInURL, d.SignInURL)
	set(&c.SignOutURL, d.SignOutURL)
	set(&c.Binding, d.Binding)
	set(&c.SignRequests, d.SignRequests)
	set(&c.WantEncrypted, d.WantEncrypted)
	set(&c.IDPInitiated, d.IDPInitiated)
	set(&c.Provisioning, d.Provisioning)
	set(&c.ReloginAfter, d.ReloginAfter)
	set(&c.MetadataURL, d.MetadataURL)
	if d.Certificates != nil {
		c.Certificates = d.Certificates
	}
	c.SetByHand = c.setByHand(published)
	c.applyOIDC(d)
	if c.EntityID != former {
		c.leaveProvider(d)
	}
	c.Vanity = vanityOf(c.Vanity)
	c.UpdatedAt, c.NextRefreshAt = now, time.Time{}
	if c.MetadataURL != "" {
		c.NextRefreshAt = now.Add(SSORefresh)
	}
	return c, c.check(now)
}

// publishedFields are what metadata that is fetched again takes over, by their names
// in SSOForm.
var publishedFields = []struct {
	name string
	same func(a, b SSOConnection) bool
	take func(c *SSOConnection, from SSOConnection)
}{
	{
		"sign_in_url", func(a, b SSOConnection) bool { return a.SignInURL == b.SignInURL },
		func(c *SSOConnection, from SSOConnection) { c.SignInURL = from.SignInURL },
	},
	{
		"sign_out_url", func(a, b SSOConnection) bool { return a.SignOutURL == b.SignOutURL },
		func(c *SSOConnection, from SSOConnection) { c.SignOutURL = from.SignOutURL },
	},
	{
		"binding", func(a, b SSOConnection) bool { return a.Binding == b.Binding },
		func(c *SSOConnection, from SSOConnection) { c.Binding = from.Binding },
	},
	{
		"certificates", func(a, b SSOConnection) bool { return slices.EqualFunc(a.Certificates, b.Certificates, slices.Equal) },
		func(c *SSOConnection, from SSOConnection) { c.Certificates = from.Certificates },
	},
}

// setByHand is which of them stay as they are: those that did before, and those that
// differ from what was published.
func (c SSOConnection) setByHand(published SSOConnection) []string {
	if c.MetadataURL == "" {
		return nil
	}
	var names []string
	for _, field := range publishedFields {
		if !field.same(c, published) || slices.Contains(c.SetByHand, field.name) {
			names = append(names, field.name)
		}
	}
	return names
}

// lasting returns as many certificates of the metadata as a connection holds: the
// first that have not expired. Providers publish what they used before as well. Of
// expired ones alone it returns one, for check to say so.
func lasting(certificates [][]byte, now time.Time) [][]byte {
	good := slices.DeleteFunc(slices.Clone(certificates), func(der []byte) bool {
		c, err := x509.ParseCertificate(der)
		return err != nil || now.After(c.NotAfter)
	})
	if len(good) == 0 {
		return certificates[:min(len(certificates), 1)]
	}
	return good[:min(len(good), MaxSSOCertificates)]
}

func (c SSOConnection) check(now time.Time) error {
	if err := checkVanity(c.Vanity); err != nil {
		return err
	}
	if c.ReloginAfter < 0 || c.ReloginAfter%time.Minute != 0 || c.ReloginAfter > maxRelogin*time.Minute {
		return badRelogin()
	}
	if c.OIDC != nil {
		return c.checkOIDC()
	}
	if c.EntityID == "" || len(c.EntityID) > maxSSOText || !utf8.ValidString(c.EntityID) || strings.ContainsFunc(c.EntityID, isControl) {
		return Invalid(CodeInvalidField, "entity_id",
			"The identity provider's entity id is needed: the issuer of its assertions, in at most %d bytes.", maxSSOText)
	}
	if err := checkSSOURL("sign_in_url", c.SignInURL, true); err != nil {
		return err
	}
	if err := checkSSOURL("sign_out_url", c.SignOutURL, false); err != nil {
		return err
	}
	if err := checkSSOURL("metadata_url", c.MetadataURL, false); err != nil {
		return err
	}
	if c.Binding != SSOPost && c.Binding != SSORedirect {
		return Invalid(CodeInvalidField, "binding", "The binding must be HTTP-POST or HTTP-Redirect.")
	}
	return checkCertificates(c.Certificates, now)
}

func badRelogin() error {
	return Invalid(CodeInvalidField, "relogin_after_minutes", "The interval must be 0 to %d minutes; 0 sets no limit.", maxRelogin)
}

func isControl(r rune) bool { return r < ' ' || r == 0x7f }

func vanityOf(text string) string { return strings.ToLower(strings.TrimSpace(text)) }

func checkVanity(name string) error {
	bad := strings.ContainsFunc(name, func(r rune) bool { return (r < 'a' || r > 'z') && (r < '0' || r > '9') && r != '-' })
	if bad || len(name) < minVanity || len(name) > maxVanity || strings.HasPrefix(name, "-") || strings.HasSuffix(name, "-") {
		return Invalid(CodeInvalidField, "vanity",
			"The account needs a name for its sign-in address: %d to %d letters, digits and hyphens, with no hyphen at an end.", minVanity, maxVanity)
	}
	return nil
}

// checkSSOURL takes https, and http on this machine alone, where nobody listens
// in between.
func checkSSOURL(field, text string, needed bool) error {
	if text == "" && !needed {
		return nil
	}
	u, err := url.Parse(text)
	if err != nil || len(text) > maxSSOText || !utf8.ValidString(text) || u.Hostname() == "" || u.User != nil || u.Fragment != "" ||
		strings.ContainsFunc(text, func(r rune) bool { return r <= ' ' || r == 0x7f }) ||
		u.Scheme != "https" && (u.Scheme != "http" || !isThisMachine(u.Hostname())) {
		return Invalid(CodeInvalidField, field, "The address must look like https://idp.example.com/sso, in at most %d bytes.", maxSSOText)
	}
	return nil
}

func isThisMachine(host string) bool {
	address, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && address.IsLoopback()
}

func checkCertificates(list [][]byte, now time.Time) error {
	refuse := func(format string, args ...any) error {
		return Invalid(CodeInvalidField, "certificates", format, args...)
	}
	if len(list) == 0 || len(list) > MaxSSOCertificates {
		return refuse("One or %d certificates of the identity provider are needed.", MaxSSOCertificates)
	}
	current := false
	for _, der := range list {
		certificate, err := x509.ParseCertificate(der)
		if err != nil {
			return badCertificate()
		}
		if !strongKey(certificate) {
			return refuse("A certificate's key is too weak: it must be RSA of %d bits or more, or ECDSA.", minRSABits)
		}
		current = current || now.Before(certificate.NotAfter)
	}
	if !current {
		return refuse("The identity provider's certificate has expired. Give the new one.")
	}
	return nil
}

func strongKey(certificate *x509.Certificate) bool {
	switch key := certificate.PublicKey.(type) {
	case *rsa.PublicKey:
		return key.N.BitLen() >= minRSABits
	case *ecdsa.PublicKey:
		return true
	}
	return false
}

// SSOChange is what one commit writes about an account's single sign-on. The
// account's flag goes with it, so that it is set exactly while there is one.
type SSOChange struct {
	Account Account
	Before  *SSOConnection // nil: there was none
	After   *SSOConnection // nil: it is removed
	SignOut bool           // the sessions end that came through it
	Events  []Event
}

// SetSSO makes the connection the account's.
func SetSSO(account Account, before *SSOConnection, after SSOConnection, m Mark) SSOChange {
	payload := Payload{Object: newSSOObject(after)}
	if before != nil {
		payload.OldObject = newSSOObject(*before)
	}
	return changeSSO(account, before, &after, m, m.event(EventSSOUpdated, account.ID, payload))
}

// RemoveSSO takes the connection away. The account's users stay.
func RemoveSSO(account Account, before SSOConnection, m Mark) SSOChange {
	return changeSSO(account, &before, nil, m, m.event(EventSSORemoved, account.ID, Payload{Object: newSSOObject(before)}))
}

func changeSSO(account Account, before, after *SSOConnection, m Mark, event Event) SSOChange {
	changed := account
	changed.SSO = after != nil
	if changed.SSO {
		changed.Provisioning = after.Provisioning
	}
	return SSOChange{
		Account: changed, Before: before, After: after, SignOut: before != nil && (after == nil || after.EntityID != before.EntityID),
		Events: append([]Event{event}, m.AccountUpdated(account, changed)...),
	}
}

// Refreshed is the connection after its metadata was fetched again. It keeps
// the identity provider's name: metadata of another one is a failure, since who
// holds the address could hand the account to anybody. m is nil when the fetch
// failed, and failure says why.
func (c SSOConnection) Refreshed(m *SSOMetadata, failure string, now time.Time) SSOConnection {
	if m != nil && m.EntityID != c.EntityID {
		m, failure = nil, "The metadata is that of another identity provider now."
	}
	if m != nil {
		next := c.published(*m, now)
		next.applyOIDC(SSODraft{Metadata: m})
		next.RefreshedAt, next.RefreshFailure, next.NextRefreshAt = now, "", now.Add(SSORefresh)
		err := next.check(now)
		if err == nil {
			return next
		}
		failure = AsError(err).Message
	}
	c.RefreshFailure, c.NextRefreshAt = failure, now.Add(SSORefreshSoon)
	return c
}

// published is the connection with what the metadata says, but for what was set by hand.
func (c SSOConnection) published(m SSOMetadata, now time.Time) SSOConnection {
	from := SSOConnection{SignInURL: m.SignInURL, SignOutURL: m.SignOutURL, Binding: m.Binding, Certificates: lasting(m.Certificates, now)}
	for _, field := range publishedFields {
		if !slices.Contains(c.SetByHand, field.name) {
			field.take(&c, from)
		}
	}
	return c
}

// SameProvider reports whether two connections send people to the same place
// and trust the same keys.
func (c SSOConnection) SameProvider(o SSOConnection) bool {
	for _, field := range publishedFields {
		if !field.same(c, o) {
			return false
		}
	}
	return c.EntityID == o.EntityID && c.endpoints() == o.endpoints()
}

func (c SSOConnection) endpoints() OIDCEndpoints {
	if c.OIDC == nil {
		return OIDCEndpoints{}
	}
	return c.OIDC.OIDCEndpoints
}

// SSOObject is a connection in a payload, without its keys.
type SSOObject struct {
	Protocol     SSOProtocol `json:"protocol"`
	ClientID     string      `json:"client_id,omitempty"`
	Scopes       []string    `json:"scopes,omitempty"`
	Vanity       string      `json:"vanity"`
	EntityID     string      `json:"entity_id"`
	SignInURL    string      `json:"sign_in_url"`
	SignOutURL   string      `json:"sign_out_url"`
	Binding      SSOBinding  `json:"binding"`
	Certificates []string    `json:"certificates"` // SHA-256 of each, in hexadecimal digits
	SignRequests bool        `json:"sign_requests"`
	Encrypted    bool        `json:"want_encrypted"`
	IDPInitiated bool        `json:"idp_initiated"`
	Relogin      int         `json:"relogin_after_minutes"`
	MetadataURL  string      `json:"metadata_url"`
}

func newSSOObject(c SSOConnection) SSOObject {
	object := SSOObject{
		Protocol: c.Protocol(), Vanity: c.Vanity, EntityID: c.EntityID, SignInURL: c.SignInURL, SignOutURL: c.SignOutURL, Binding: c.Binding,
		Certificates: []string{}, SignRequests: c.SignRequests, Encrypted: c.WantEncrypted, IDPInitiated: c.IDPInitiated,
		Relogin: int(c.ReloginAfter / time.Minute), MetadataURL: c.MetadataURL,
	}
	if c.OIDC != nil {
		object.ClientID, object.Scopes = c.OIDC.ClientID, c.OIDC.Scopes
	}
	for _, der := range c.Certificates {
		object.Certificates = append(object.Certificates, Fingerprint(der))
	}
	return object
}

// Fingerprint is the SHA-256 of a certificate in hexadecimal digits.
func Fingerprint(der []byte) string {
	sum := sha256.Sum256(der)
	return hex.EncodeToString(sum[:])
}

// SSOName is how an identity provider names a person (SAML core 2.2.3). It is
// handed back in full to sign the person out there.
type SSOName struct {
	Value           string `json:"value"`
	Format          string `json:"format,omitempty"`
	NameQualifier   string `json:"name_qualifier,omitempty"`
	SPNameQualifier string `json:"sp_name_qualifier,omitempty"`
}

// SSOLogin is what a portal session rests on that came through single sign-on.
type SSOLogin struct {
	NameID SSOName   `json:"name_id"`
	Index  string    `json:"index,omitempty"` // the identity provider's name for its own session; may be empty
	Hint   []byte    `json:"hint,omitempty"`  // of OpenID Connect: the ID token, sealed, which signs the person out there
	Until  time.Time `json:"-"`               // when the session must end at the latest; zero: not said
	At     time.Time `json:"at,omitzero"`     // when the person proved there who they are, as far as the provider says
}
