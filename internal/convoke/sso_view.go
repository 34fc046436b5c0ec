// SPDX-License-Identifier: Apache-2.0

package convoke

import (
	"cmp"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"strings"
	"time"
)

// ServiceProvider is what an account's identity provider must be told.
type ServiceProvider struct {
	EntityID    string `json:"entity_id"`    // also the audience of assertions
	MetadataURL string `json:"metadata_url"` // all of this as a document
	ConsumerURL string `json:"acs_url"`
	LogoutURL   string `json:"slo_url"`
	SignInURL   string `json:"sign_in_url"` // where people begin
	Certificate string `json:"certificate"` // PEM
}

// SSO is the base of the addresses at which the account with the name signs in.
func (u PublicURL) SSO(vanity string) string { return string(u) + "/sso/" + vanity }

// SSOTest is the operator's link to a test sign-in.
func (u PublicURL) SSOTest(vanity, code string) string { return u.SSO(vanity) + "/test?code=" + code }

// ServiceProvider returns what the connection's identity provider must be told.
func (u PublicURL) ServiceProvider(c SSOConnection) ServiceProvider {
	base := u.SSO(c.Vanity)
	return ServiceProvider{
		EntityID: base, MetadataURL: base + "/metadata", ConsumerURL: base + "/acs", LogoutURL: base + "/slo", SignInURL: base,
		Certificate: string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: c.Certificate})),
	}
}

// SSOView is an account's single sign-on as the API, the portal and the command
// line show it: all but the private key.
type SSOView struct {
	Protocol        SSOProtocol          `json:"protocol"`
	OIDC            *OIDCView            `json:"oidc"` // null for SAML
	Vanity          string               `json:"vanity"`
	EntityID        string               `json:"entity_id"`
	SignInURL       string               `json:"sign_in_url"`
	SignOutURL      string               `json:"sign_out_url"`
	Binding         SSOBinding           `json:"binding"`
	Certificates    []SSOCertificateView `json:"certificates"`
	SignRequests    bool                 `json:"sign_requests"`
	WantEncrypted   bool                 `json:"want_encrypted"`
	IDPInitiated    bool                 `json:"idp_initiated"`
	Provisioning    Provisioning         `json:"provisioning"`
	ReloginAfter    int                  `json:"relogin_after_minutes"` // 0: no limit
	MetadataURL     string               `json:"metadata_url"`
	RefreshedAt     *time.Time           `json:"refreshed_at"`
	NextRefreshAt   *time.Time           `json:"next_refresh_at"`
	RefreshFailure  string               `json:"refresh_failure"`
	SetByHand       []string             `json:"set_by_hand"` // what the metadata leaves alone
	ServiceProvider ServiceProvider      `json:"service_provider"`
}

// SSOCertificateView is one certificate of the identity provider.
type SSOCertificateView struct {
	Subject     string    `json:"subject"`
	Fingerprint string    `json:"sha256"` // hexadecimal digits
	NotAfter    time.Time `json:"not_after"`
}

// View shows the connection, with addresses that begin with the public URL.
func (c SSOConnection) View(u PublicURL) SSOView {
	view := SSOView{
		Protocol: c.Protocol(), OIDC: u.OIDC(c), Vanity: c.Vanity, EntityID: c.EntityID, SignInURL: c.SignInURL, SignOutURL: c.SignOutURL, Binding: c.Binding,
		Certificates: []SSOCertificateView{}, SignRequests: c.SignRequests, WantEncrypted: c.WantEncrypted, IDPInitiated: c.IDPInitiated,
		Provisioning: c.Provisioning, ReloginAfter: int(c.ReloginAfter / time.Minute), MetadataURL: c.MetadataURL, RefreshedAt: utc(c.RefreshedAt),
		NextRefreshAt: utc(c.NextRefreshAt), RefreshFailure: c.RefreshFailure, SetByHand: append([]string{}, c.SetByHand...), ServiceProvider: u.ServiceProvider(c),
	}
	for _, der := range c.Certificates {
		certificate, err := x509.ParseCertificate(der)
		if err != nil {
			continue // none that was checked is like that
		}
		view.Certificates = append(view.Certificates, SSOCertificateView{
			Subject: certificate.Subject.String(), Fingerprint: Fingerprint(der), NotAfter: certificate.NotAfter.UTC(),
		})
	}
	return view
}

func utc(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	t = t.UTC()
	return &t
}

// SSOForm is what a caller sends to set single sign-on up, or to change it. What
// is absent stays as it is. The identity provider's metadata, as a document or by
// its address, is applied first: a value given beside it wins, and so it does over
// the metadata that is fetched later.
type SSOForm struct {
	Protocol      *SSOProtocol  `json:"protocol,omitempty"`
	Metadata      *string       `json:"metadata,omitempty"`     // a document; without MetadataURL beside it nothing is fetched again
	MetadataURL   *string       `json:"metadata_url,omitempty"` // empty: it is not fetched again
	Vanity        *string       `json:"vanity,omitempty"`
	EntityID      *string       `json:"entity_id,omitempty"`
	SignInURL     *string       `json:"sign_in_url,omitempty"`
	SignOutURL    *string       `json:"sign_out_url,omitempty"`
	Binding       *SSOBinding   `json:"binding,omitempty"`
	Certificates  []string      `json:"certificates,omitempty"` // each in PEM, or its Base64 alone
	SignRequests  *bool         `json:"sign_requests,omitempty"`
	WantEncrypted *bool         `json:"want_encrypted,omitempty"`
	IDPInitiated  *bool         `json:"idp_initiated,omitempty"`
	Provisioning  *Provisioning `json:"provisioning,omitempty"` // the account's
	ReloginAfter  *int          `json:"relogin_after_minutes,omitempty"`
	Issuer        *string       `json:"issuer,omitempty"` // of OpenID Connect: its discovery document is fetched, now and every day
	ClientID      *string       `json:"client_id,omitempty"`
	ClientSecret  *string       `json:"client_secret,omitempty"`
	Scopes        []string      `json:"scopes,omitempty"`
	HostedDomain  *string       `json:"hosted_domain,omitempty"`
}

// Draft reads the form, without what Metadata, MetadataURL, Issuer and
// ClientSecret stand for. It returns CodeInvalidField for an address or a name that is none,
// a certificate that cannot be read, and an interval that no time can be.
func (f SSOForm) Draft() (SSODraft, error) {
	draft := SSODraft{
		MetadataURL: f.MetadataURL, Vanity: f.Vanity, EntityID: f.EntityID, SignInURL: f.SignInURL, SignOutURL: f.SignOutURL,
		Binding: f.Binding, SignRequests: f.SignRequests, WantEncrypted: f.WantEncrypted, IDPInitiated: f.IDPInitiated,
		Provisioning: f.Provisioning,
	}
	draft.Protocol, draft.ClientID, draft.Scopes, draft.HostedDomain = f.Protocol, f.ClientID, f.Scopes, f.HostedDomain
	if p := f.Protocol; p != nil && *p != SSOSAML && *p != SSOOIDC {
		return draft, Invalid(CodeInvalidField, "protocol", "The protocol must be saml or oidc.")
	}
	if err := cmp.Or(f.checkName(), f.checkAddresses(), f.Provisioning.check()); err != nil {
		return draft, err
	}
	if f.ReloginAfter != nil {
		if *f.ReloginAfter < 0 || *f.ReloginAfter > maxRelogin {
			return draft, badRelogin()
		}
		draft.ReloginAfter = new(time.Duration(*f.ReloginAfter) * time.Minute)
	}
	for _, text := range f.Certificates {
		der, err := ParseCertificate(text)
		if err != nil {
			return draft, err
		}
		draft.Certificates = append(draft.Certificates, der)
	}
	return draft, nil
}

// checkName comes before anything is fetched, too: whoever types a wrong name would
// first be told of an address that does not answer.
func (f SSOForm) checkName() error {
	if f.Vanity == nil {
		return nil
	}
	return checkVanity(vanityOf(*f.Vanity))
}

// checkAddresses comes before anything is fetched from them.
func (f SSOForm) checkAddresses() error {
	if f.Issuer != nil {
		if err := checkSSOURL("issuer", *f.Issuer, true); err != nil {
			return err
		}
	}
	if f.MetadataURL != nil {
		return checkSSOURL("metadata_url", *f.MetadataURL, false)
	}
	return nil
}

// ParseCertificate reads a certificate from PEM, or from the Base64 between its
// first and last line, as identity providers show it. It returns its DER, or
// CodeInvalidField.
func ParseCertificate(text string) ([]byte, error) {
	text = strings.TrimSpace(text)
	text = strings.TrimPrefix(text, "-----BEGIN CERTIFICATE-----")
	text = strings.TrimSuffix(text, "-----END CERTIFICATE-----")
	der, err := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(text), ""))
	if err == nil {
		_, err = x509.ParseCertificate(der)
	}
	if err != nil {
		return nil, badCertificate()
	}
	return der, nil
}

func badCertificate() error {
	return Invalid(CodeInvalidField, "certificates",
		"A certificate of the identity provider cannot be read: it must be X.509, in PEM or the text between its first and last line.")
}
