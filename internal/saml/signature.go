// SPDX-License-Identifier: Apache-2.0

package saml

import (
	"crypto/x509"
	"slices"
	"time"

	"github.com/beevik/etree"
	dsig "github.com/russellhaering/goxmldsig"
	"github.com/russellhaering/goxmldsig/etreeutils"
)

const exclusive = string(dsig.CanonicalXML10ExclusiveAlgorithmId)

// transforms are the two that a reference has, in this order.
var transforms = []string{string(dsig.EnvelopedSignatureAltorithmId), exclusive}

// methods are the signature methods that are good enough: no SHA-1, and none
// that takes a shared key.
var methods = []string{
	dsig.RSASHA256SignatureMethod, dsig.RSASHA384SignatureMethod, dsig.RSASHA512SignatureMethod,
	dsig.ECDSASHA256SignatureMethod, dsig.ECDSASHA384SignatureMethod, dsig.ECDSASHA512SignatureMethod,
}

var digests = []string{
	"http://www.w3.org/2001/04/xmlenc#sha256", "http://www.w3.org/2001/04/xmldsig-more#sha384", "http://www.w3.org/2001/04/xmlenc#sha512",
}

// signatureOf returns the signature that stands where one of the element itself
// does: its first child, or the one after Issuer; nil when there is none.
func signatureOf(e *etree.Element) (*etree.Element, error) {
	found := children(e, nsSignature, "Signature")
	if len(found) == 0 {
		return nil, nil
	}
	list := e.ChildElements()
	second := len(list) > 1 && list[1] == found[0] && is(list[0], nsAssertion, "Issuer")
	if len(found) > 1 || list[0] != found[0] && !second {
		return nil, refuse(wrongShape, "%d signatures in %s, or in another place", len(found), e.Tag)
	}
	return found[0], nil
}

// checkSignature holds a signature of the element to the one form that is
// accepted, before any key is tried: one reference, to the element by its id,
// with the two transforms, and nothing beside.
func checkSignature(e, signature *etree.Element) error {
	info, err := checkParts(signature)
	if err != nil {
		return err
	}
	parts := info.ChildElements()
	if len(parts) != 3 || !is(parts[0], nsSignature, "CanonicalizationMethod") || !is(parts[1], nsSignature, "SignatureMethod") ||
		!is(parts[2], nsSignature, "Reference") {
		return refuse(wrongShape, "SignedInfo does not hold one reference")
	}
	if method := attr(parts[0], "Algorithm"); method != exclusive {
		return refuse(badAlgorithm, "canonicalization %q", method)
	}
	if method := attr(parts[1], "Algorithm"); !slices.Contains(methods, method) {
		return refuse(badAlgorithm, "signature method %q", method)
	}
	return checkReference(e, parts[2])
}

func checkParts(signature *etree.Element) (*etree.Element, error) {
	parts := signature.ChildElements()
	if len(parts) < 2 || len(parts) > 3 || !is(parts[0], nsSignature, "SignedInfo") || !is(parts[1], nsSignature, "SignatureValue") ||
		len(parts) == 3 && !is(parts[2], nsSignature, "KeyInfo") {
		return nil, refuse(wrongShape, "a signature of other parts than SignedInfo, SignatureValue and KeyInfo")
	}
	return parts[0], nil
}

func checkReference(e, reference *etree.Element) error {
	id := attr(e, "ID")
	if uri := attr(reference, "URI"); id == "" || uri != "#"+id {
		return refuse(badReference, "the signature of %q refers to %q", id, uri)
	}
	parts := reference.ChildElements()
	if len(parts) != 3 || !is(parts[0], nsSignature, "Transforms") || !is(parts[1], nsSignature, "DigestMethod") ||
		!is(parts[2], nsSignature, "DigestValue") {
		return refuse(wrongShape, "a reference of other parts")
	}
	var found []string
	for _, transform := range parts[0].ChildElements() {
		if !is(transform, nsSignature, "Transform") {
			return refuse(badAlgorithm, "a transform called %s", transform.Tag)
		}
		found = append(found, attr(transform, "Algorithm"))
	}
	if !slices.Equal(found, transforms) {
		return refuse(badAlgorithm, "transforms %q", found)
	}
	if digest := attr(parts[1], "Algorithm"); !slices.Contains(digests, digest) {
		return refuse(badAlgorithm, "digest %q", digest)
	}
	return nil
}

// verify checks the element's own signature against the certificates that the
// account trusts, and returns the element as it was signed: read anew from the
// very bytes that were hashed. Nothing else of the document was vouched for.
func verify(e *etree.Element, certificates [][]byte, now time.Time) (*etree.Element, error) {
	signature, err := signatureOf(e)
	if err != nil {
		return nil, err
	}
	if signature == nil {
		return nil, refuse(unsigned, "%s has no signature of its own", e.Tag)
	}
	if err := checkSignature(e, signature); err != nil {
		return nil, err
	}
	detached, err := detach(e)
	if err != nil {
		return nil, err
	}
	last := refuse(badSignature, "no certificate of the identity provider is valid now")
	for _, der := range certificates {
		verified, err := verifyBy(detached, der, now)
		if err == nil {
			return verified, nil
		}
		last = err
	}
	return nil, last
}

// detach copies the element out of its document with the namespaces that it
// uses. The certificate that came along is left behind: which keys count is the
// account's choice.
func detach(e *etree.Element) (*etree.Element, error) {
	context, err := etreeutils.NSBuildParentContext(e)
	if err != nil {
		return nil, refuse(badXML, "%v", err)
	}
	detached, err := etreeutils.NSDetatch(context, e)
	if err != nil {
		return nil, refuse(badXML, "%v", err)
	}
	if signature := only(detached, nsSignature, "Signature"); signature != nil {
		if key := only(signature, nsSignature, "KeyInfo"); key != nil {
			signature.RemoveChild(key)
		}
	}
	return detached, nil
}

func verifyBy(e *etree.Element, der []byte, now time.Time) (*etree.Element, error) {
	certificate, err := x509.ParseCertificate(der)
	if err != nil {
		return nil, refuse(badSignature, "a certificate of the account cannot be read: %v", err)
	}
	context := dsig.NewDefaultValidationContext(&dsig.MemoryX509CertificateStore{Roots: []*x509.Certificate{certificate}})
	context.Clock = dsig.NewFakeClockAt(now)
	verified, err := context.Validate(e)
	if err != nil {
		return nil, refuse(badSignature, "%v", err)
	}
	return verified, nil
}
