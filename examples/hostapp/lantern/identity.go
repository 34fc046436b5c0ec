// SPDX-License-Identifier: Apache-2.0

package lantern

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/big"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/crewjam/saml"
)

// The app is an identity provider, too: whoever is signed in to Lantern can be
// signed in to other services by SAML 2.0, among them Convoke's portal. It has
// nothing to do with the four places of conferencing.go.

// rsaSHA256 names the signatures (RFC 6931 section 2.3.2).
const rsaSHA256 = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"

// newIdentityProvider makes the identity provider that lives under the app's own
// address, with the key that the database keeps.
func (a *App) newIdentityProvider(ctx context.Context) (*saml.IdentityProvider, error) {
	own, err := url.Parse(a.config.URL)
	if err != nil || own.Host == "" {
		return nil, fmt.Errorf("lantern: URL %q is not an address like https://lantern.example.com", a.config.URL)
	}
	key, certificate, err := a.signingKey(ctx)
	if err != nil {
		return nil, err
	}
	return &saml.IdentityProvider{
		Key: key, Certificate: certificate, SignatureMethod: rsaSHA256, RejectSHA1Signatures: true,
		MetadataURL: *own.JoinPath("saml/metadata"), SSOURL: *own.JoinPath("saml/sso"),
		NameIDFormats:           []saml.NameIDFormat{saml.PersistentNameIDFormat},
		ServiceProviderProvider: a, SessionProvider: a, ResponseFormTemplate: a.pages.Lookup("saml.html"),
		Logger: slog.NewLogLogger(a.logger.Handler(), slog.LevelWarn),
	}, nil
}

// Metadata is the identity provider's description, for whoever it is to sign
// people in to. Requests come by HTTP-Redirect only: a person who must sign in
// first is then sent back to the same address.
func (a *App) Metadata() ([]byte, error) {
	description := a.identity.Metadata()
	sso := &description.IDPSSODescriptors[0].SingleSignOnServices
	*sso = (*sso)[:1]
	return xml.Marshal(description)
}

func (a *App) metadata(w http.ResponseWriter, _ *http.Request) error {
	document, err := a.Metadata()
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/samlmetadata+xml")
	_, err = w.Write(document)
	return err
}

// singleSignOn answers a service's question who this is.
func (a *App) singleSignOn(w http.ResponseWriter, r *http.Request) error {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	a.identity.ServeSSO(w, r)
	return nil
}

// GetSession implements saml.SessionProvider: the person who is signed in to
// Lantern, since the service asked if it wants that anew.
func (a *App) GetSession(w http.ResponseWriter, r *http.Request, request *saml.IdpAuthnRequest) *saml.Session {
	p, since, err := a.whoIs(r)
	again := request.Request.ForceAuthn != nil && *request.Request.ForceAuthn
	if errors.Is(err, errNoSuchRow) || err == nil && again && since.Before(request.Request.IssueInstant) {
		http.Redirect(w, r, "/login?next="+url.QueryEscape(r.URL.RequestURI()), http.StatusSeeOther)
		return nil
	}
	if err != nil {
		a.handle(func(http.ResponseWriter, *http.Request) error { return err })(w, r)
		return nil
	}
	given, family, _ := strings.Cut(p.Name, " ")
	return &saml.Session{
		ID: rand.Text(), Index: rand.Text(), CreateTime: since, ExpireTime: since.Add(sessionLife),
		NameID: strconv.FormatInt(p.ID, 10), NameIDFormat: string(saml.PersistentNameIDFormat),
		UserEmail: p.Email, UserCommonName: p.Name, UserGivenName: given, UserSurname: family,
		CustomAttributes: []saml.Attribute{{
			Name: "displayName", Values: []saml.AttributeValue{{Type: "xs:string", Value: p.Name}},
		}},
	}
}

// GetServiceProvider implements saml.ServiceProviderProvider: Lantern knows one
// service, by the metadata at its address.
func (a *App) GetServiceProvider(r *http.Request, id string) (*saml.EntityDescriptor, error) {
	request, err := http.NewRequestWithContext(r.Context(), http.MethodGet, a.config.Service, nil)
	if err != nil {
		return nil, err
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	document, err := io.ReadAll(io.LimitReader(answer.Body, 1<<20))
	if err != nil {
		return nil, err
	}
	var service saml.EntityDescriptor
	if err := xml.Unmarshal(document, &service); err != nil {
		return nil, fmt.Errorf("the metadata at %s: %w", a.config.Service, err)
	}
	if service.EntityID != id {
		return nil, os.ErrNotExist
	}
	return &service, nil
}

// signingKey returns the key and its certificate, made at the first use.
func (a *App) signingKey(ctx context.Context) (*rsa.PrivateKey, *x509.Certificate, error) {
	key, certificate, err := a.store.signingKey(ctx)
	if errors.Is(err, errNoSuchRow) {
		key, certificate, err = newSigningKey(time.Now())
		if err == nil {
			err = a.store.saveSigningKey(ctx, key, certificate)
		}
	}
	if err != nil {
		return nil, nil, fmt.Errorf("lantern: signing key: %w", err)
	}
	private, err := x509.ParsePKCS1PrivateKey(key)
	if err != nil {
		return nil, nil, err
	}
	public, err := x509.ParseCertificate(certificate)
	return private, public, err
}

func newSigningKey(now time.Time) (key, certificate []byte, err error) {
	private, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		return nil, nil, err
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(now.UnixNano()), Subject: pkix.Name{CommonName: "Lantern Tutoring"},
		NotBefore: now.Add(-time.Hour), NotAfter: now.AddDate(10, 0, 0), KeyUsage: x509.KeyUsageDigitalSignature,
	}
	certificate, err = x509.CreateCertificate(rand.Reader, template, template, &private.PublicKey, private)
	return x509.MarshalPKCS1PrivateKey(private), certificate, err
}
