// SPDX-License-Identifier: Apache-2.0

package saml

import (
	"crypto/tls"
	"encoding/xml"
	"slices"
	"time"

	"github.com/beevik/etree"
	"github.com/russellhaering/gosaml2/types"

	"github.com/convoke/convoke/internal/convoke"
	"github.com/convoke/convoke/internal/signon"
)

const (
	bearer     = "urn:oasis:names:tc:SAML:2.0:cm:bearer"
	success    = "urn:oasis:names:tc:SAML:2.0:status:Success"
	transient  = "urn:oasis:names:tc:SAML:2.0:nameid-format:transient"
	maxSubject = 255 // bytes of a NameID, as of any external id
)

// provider is one account's service provider while it reads one message.
type provider struct {
	connection convoke.SSOConnection
	at         addresses
	now        time.Time
	key        func() (*tls.Certificate, error) // opens the private key; it is costly
}

// statement is what an assertion says, once it is believed.
type statement struct {
	signon.Statement

	id           string    // of the assertion
	inResponseTo string    // of the request; empty: nobody asked
	until        time.Time // from when the assertion would be refused for its age
}

// believe reads a Response and returns what its one assertion says. Every value
// comes from the element that a signature of the account's identity provider
// covers. It does not know which requests were made, or what was used before.
func (p provider) believe(response *etree.Element) (statement, error) {
	if !is(response, nsProtocol, "Response") {
		return statement{}, refuse(wrongShape, "a %s is no Response", response.Tag)
	}
	envelope, err := locate(response)
	if err != nil {
		return statement{}, err
	}
	if err := p.checkResponse(response); err != nil {
		return statement{}, err
	}
	assertion, err := p.verified(response, envelope)
	if err != nil {
		return statement{}, err
	}
	said, err := p.read(assertion)
	if err != nil {
		return statement{}, err
	}
	if asked := attr(response, "InResponseTo"); asked != said.inResponseTo {
		return statement{}, refuse(wrongRequest, "the response answers %q, its assertion %q", asked, said.inResponseTo)
	}
	return said, nil
}

// locate returns the one assertion of the response, plain or encrypted. There is
// no other anywhere, and no signature but at the response and the assertion: the
// eight ways of wrapping all need one or the other.
func locate(response *etree.Element) (*etree.Element, error) {
	plain, encrypted := children(response, nsAssertion, "Assertion"), children(response, nsAssertion, "EncryptedAssertion")
	found := slices.Concat(plain, encrypted)
	if len(found) > 1 {
		return nil, refuse(notOneAssertion, "%d of them", len(found))
	}
	if !placed(response, "Assertion", found...) || !placed(response, "EncryptedAssertion", found...) {
		return nil, refuse(wrongShape, "an assertion where none belongs")
	}
	signatures := children(response, nsSignature, "Signature")
	for _, e := range plain {
		signatures = append(signatures, children(e, nsSignature, "Signature")...)
	}
	if !placed(response, "Signature", signatures...) {
		return nil, refuse(wrongShape, "a signature where none belongs")
	}
	if len(found) == 0 {
		return nil, nil //nolint:nilnil // a failed sign-in has none
	}
	return found[0], nil
}

// checkResponse holds the envelope to its words. They may be unsigned, so they
// can keep somebody out and never let anybody in.
func (p provider) checkResponse(response *etree.Element) error {
	if err := p.checkDestination(response); err != nil {
		return err
	}
	if issuers := children(response, nsAssertion, "Issuer"); len(issuers) > 1 || len(issuers) == 1 && textOf(issuers[0]) != p.connection.EntityID {
		return refuse(wrongIssuer, "of the response")
	}
	code := ""
	if status := only(response, nsProtocol, "Status"); status != nil {
		if outer := only(status, nsProtocol, "StatusCode"); outer != nil {
			code = attr(outer, "Value")
		}
	}
	if code != success {
		return refuse(failedThere, "status %q", code)
	}
	return nil
}

// checkDestination wants this address, which a response that is signed itself
// must name (SAML bindings 3.5.5.2).
func (p provider) checkDestination(response *etree.Element) error {
	signature, err := signatureOf(response)
	if err != nil {
		return err
	}
	if to := attr(response, "Destination"); to != p.at.consumer() && (to != "" || signature != nil) {
		return refuse(wrongDestination, "%q", to)
	}
	return nil
}

// verified returns the assertion as it was signed, by itself or with the whole
// response. Where both are signed, both must be right.
func (p provider) verified(response, envelope *etree.Element) (*etree.Element, error) {
	if envelope == nil {
		return nil, refuse(notOneAssertion, "none")
	}
	signature, err := signatureOf(response)
	if err != nil {
		return nil, err
	}
	if err := checkSignatures(response, envelope); err != nil {
		return nil, err
	}
	vouched := signature != nil
	if vouched {
		if response, err = verify(response, p.connection.Certificates, p.now); err != nil {
			return nil, err
		}
		if envelope, err = locate(response); err != nil || envelope == nil {
			return nil, refuse(notOneAssertion, "none that is signed")
		}
	}
	if envelope.Tag == "EncryptedAssertion" {
		if envelope, err = p.decrypt(response, envelope); err != nil {
			return nil, err
		}
	} else if p.connection.WantEncrypted {
		return nil, refuse(notEncrypted, "the assertion came in the clear")
	}
	signature, err = signatureOf(envelope)
	if err != nil || signature == nil && vouched {
		return envelope, err
	}
	return verify(envelope, p.connection.Certificates, p.now)
}

// checkSignatures looks at the form of both signatures before a key is tried, so
// that the log tells what was wrong rather than that something was.
func checkSignatures(elements ...*etree.Element) error {
	for _, e := range elements {
		signature, err := signatureOf(e)
		if err == nil && signature != nil {
			err = checkSignature(e, signature)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// Key transport and content encryption that are accepted. RSA with PKCS #1 v1.5
// padding would let an attacker decrypt what they recorded, by asking.
var (
	keyTransports = []string{types.MethodRSAOAEP, types.MethodRSAOAEP2}
	ciphers       = []string{types.MethodAES128GCM, types.MethodAES192GCM, types.MethodAES256GCM, types.MethodAES128CBC, types.MethodAES256CBC}
)

// decrypt opens an encrypted assertion and holds what was inside to the same
// rules, together with the response around it.
func (p provider) decrypt(response, envelope *etree.Element) (*etree.Element, error) {
	detached, err := detach(envelope)
	if err != nil {
		return nil, err
	}
	document := etree.NewDocument()
	document.SetRoot(detached)
	text, err := document.WriteToBytes()
	if err != nil {
		return nil, refuse(badXML, "%v", err)
	}
	var sealed types.EncryptedAssertion
	if err := xml.Unmarshal(text, &sealed); err != nil {
		return nil, refuse(undecryptable, "%v", err)
	}
	transport := sealed.EncryptedKey
	if transport.CipherValue == "" {
		transport = sealed.DetEncryptedKey
	}
	if !slices.Contains(keyTransports, transport.EncryptionMethod.Algorithm) || !slices.Contains(ciphers, sealed.EncryptionMethod.Algorithm) {
		return nil, refuse(badAlgorithm, "encryption %q, key by %q", sealed.EncryptionMethod.Algorithm, transport.EncryptionMethod.Algorithm)
	}
	key, err := p.key()
	if err != nil {
		return nil, err
	}
	plain, err := sealed.DecryptBytes(key)
	if err != nil {
		return nil, refuse(undecryptable, "%v", err)
	}
	return opened(response, plain)
}

func opened(response *etree.Element, plain []byte) (*etree.Element, error) {
	assertion, err := parse(plain)
	if err != nil {
		return nil, err
	}
	if !is(assertion, nsAssertion, "Assertion") {
		return nil, refuse(wrongShape, "a %s was encrypted", assertion.Tag)
	}
	both := checker{} // no id of the one may be in the other
	if err := both.walk(response, 0); err != nil {
		return nil, err
	}
	if err := both.walk(assertion, 0); err != nil {
		return nil, err
	}
	if !placed(assertion, "Assertion") || !placed(assertion, "EncryptedAssertion") ||
		!placed(assertion, "Signature", children(assertion, nsSignature, "Signature")...) {
		return nil, refuse(wrongShape, "an assertion or signature inside the encrypted one")
	}
	return assertion, nil
}
