// SPDX-License-Identifier: Apache-2.0

package saml

import (
	"context"
	"crypto/x509"
	"encoding/base64"
	"encoding/xml"
	"fmt"
	"io"
	"net/http"
	"slices"
	"time"

	"github.com/beevik/etree"
	"github.com/russellhaering/gosaml2/types"
	dsigtypes "github.com/russellhaering/goxmldsig/types"

	"github.com/convoke/convoke/internal/convoke"
)

const (
	nsMetadata   = "urn:oasis:names:tc:SAML:2.0:metadata"
	postBinding  = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST"
	redirBinding = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect"
)

// maxDescribed is the most elements of metadata, which may list many services.
const maxDescribed = 20_000

func badMetadata(message string) error {
	return convoke.Invalid(convoke.CodeInvalidMetadata, "metadata", "%s", message)
}

// ParseMetadata reads an identity provider's metadata (SAML metadata 2.4), or
// returns CodeInvalidMetadata. Of several providers in one document none is
// chosen. It has all keys, of which the connection takes those that are good.
func (p Protocol) ParseMetadata(document []byte) (convoke.SSOMetadata, error) {
	root, err := parseBy(document, checker{most: maxDescribed, comments: true})
	if err != nil {
		return convoke.SSOMetadata{}, badMetadata("The metadata cannot be read as XML: it must be the provider's document as it is, in at most 1 MiB.")
	}
	entity, idp := theProvider(root)
	if idp == nil {
		return convoke.SSOMetadata{}, badMetadata("The metadata must describe one identity provider (an IDPSSODescriptor).")
	}
	found := convoke.SSOMetadata{EntityID: attr(entity, "entityID"), Certificates: signingCertificates(idp)}
	if found.SignInURL = endpoint(idp, "SingleSignOnService", redirBinding); found.SignInURL != "" {
		found.Binding = convoke.SSORedirect
	} else {
		found.SignInURL, found.Binding = endpoint(idp, "SingleSignOnService", postBinding), convoke.SSOPost
	}
	found.SignOutURL = endpoint(idp, "SingleLogoutService", redirBinding)
	switch {
	case found.SignInURL == "":
		return found, badMetadata("The metadata names no sign-in address with HTTP-Redirect or HTTP-POST.")
	case len(found.Certificates) == 0:
		return found, badMetadata("The metadata holds no certificate of a signing key.")
	}
	return found, nil
}

// theProvider returns the one entity that is an identity provider.
func theProvider(root *etree.Element) (entity, idp *etree.Element) {
	entities := []*etree.Element{root}
	if is(root, nsMetadata, "EntitiesDescriptor") {
		entities = children(root, nsMetadata, "EntityDescriptor")
	}
	for _, e := range entities {
		if !is(e, nsMetadata, "EntityDescriptor") {
			continue
		}
		for _, role := range children(e, nsMetadata, "IDPSSODescriptor") {
			if idp != nil {
				return nil, nil
			}
			entity, idp = e, role
		}
	}
	return entity, idp
}

func endpoint(idp *etree.Element, service, binding string) string {
	for _, e := range children(idp, nsMetadata, service) {
		if attr(e, "Binding") == binding {
			return attr(e, "Location")
		}
	}
	return ""
}

func signingCertificates(idp *etree.Element) [][]byte {
	var found [][]byte
	for _, key := range children(idp, nsMetadata, "KeyDescriptor") {
		if use := attr(key, "use"); use != "" && use != "signing" {
			continue
		}
		for _, e := range certificateElements(key) {
			der, err := convoke.ParseCertificate(textOf(e))
			if err == nil && !slices.ContainsFunc(found, func(one []byte) bool { return slices.Equal(one, der) }) {
				found = append(found, der)
			}
		}
	}
	return found
}

func certificateElements(key *etree.Element) []*etree.Element {
	var found []*etree.Element
	for _, info := range children(key, nsSignature, "KeyInfo") {
		for _, data := range children(info, nsSignature, "X509Data") {
			found = append(found, children(data, nsSignature, "X509Certificate")...)
		}
	}
	return found
}

// FetchMetadata reads what is at the address.
func (p Protocol) FetchMetadata(ctx context.Context, url string) (convoke.SSOMetadata, error) {
	unreachable := func(cause string) error {
		return convoke.Invalid(convoke.CodeInvalidMetadata, "metadata_url", "The metadata could not be fetched: %s.", cause)
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return convoke.SSOMetadata{}, unreachable("the address is not valid")
	}
	request.Header.Set("Accept", "application/samlmetadata+xml, application/xml, text/xml")
	answer, err := p.Client.Do(request)
	if err != nil {
		return convoke.SSOMetadata{}, unreachable("there was no answer from a public address. Check it for slips. For a provider inside your network give its metadata as a file, or have the operator allow private addresses with --sso-allow-private")
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return convoke.SSOMetadata{}, unreachable(fmt.Sprintf("the answer had the status %d", answer.StatusCode))
	}
	document, err := io.ReadAll(io.LimitReader(answer.Body, maxMessage+1))
	if err != nil {
		return convoke.SSOMetadata{}, unreachable("the answer broke off, or was too large")
	}
	return p.ParseMetadata(document)
}

// describe writes the account's own metadata, for its identity provider.
func describe(c convoke.SSOConnection, at addresses) ([]byte, error) {
	until := time.Time{}
	if certificate, err := x509.ParseCertificate(c.Certificate); err == nil {
		until = certificate.NotAfter.UTC()
	}
	info := dsigtypes.KeyInfo{X509Data: dsigtypes.X509Data{X509Certificates: []dsigtypes.X509Certificate{
		{Data: base64.StdEncoding.EncodeToString(c.Certificate)},
	}}}
	encryption := types.KeyDescriptor{Use: "encryption", KeyInfo: info}
	for _, cipher := range ciphers {
		encryption.EncryptionMethods = append(encryption.EncryptionMethods, types.EncryptionMethod{Algorithm: cipher})
	}
	document, err := xml.MarshalIndent(types.EntityDescriptor{
		ValidUntil: until, EntityID: at.entityID(),
		SPSSODescriptor: &types.SPSSODescriptor{
			AuthnRequestsSigned: c.SignRequests, WantAssertionsSigned: true, ProtocolSupportEnumeration: nsProtocol,
			KeyDescriptors: []types.KeyDescriptor{{Use: "signing", KeyInfo: info}, encryption},
			SingleLogoutServices: []types.Endpoint{
				{Binding: redirBinding, Location: at.logout()}, {Binding: postBinding, Location: at.logout()},
			},
			NameIDFormats: []string{
				"urn:oasis:names:tc:SAML:2.0:nameid-format:persistent", "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress",
			},
			AssertionConsumerServices: []types.IndexedEndpoint{{Binding: postBinding, Location: at.consumer(), Index: 0}},
		},
	}, "", "  ")
	return append([]byte(xml.Header), document...), err
}
