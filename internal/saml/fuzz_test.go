// SPDX-License-Identifier: Apache-2.0

package saml_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/beevik/etree"
)

// relays are where an answer may want the person to go: home, and elsewhere.
var relays = []string{
	"/portal/home?tab=1#x", "https://evil.example/portal", "//evil.example/portal", `/\evil.example/portal`, "/portal/../sso", "/portal/%2e%2e/sso",
	"/portalevil", "javascript:alert(1)", "/portal//evil.example", "https:/portal",
}

// FuzzConsume sends any document as an identity provider's answer. None is a
// fault of ours, and what the provider signed for ann signs nobody else in.
func FuzzConsume(f *testing.F) {
	w := newFuzzWorld(f)
	document := w.sign(f, "0", "ann")
	w.mustEnter(f, document, "/portal/home", "/portal/home")
	start, end := bytes.Index(document, []byte("<saml:Assertion")), bytes.Index(document, []byte("</saml:Assertion>"))
	assertion := document[start:end]
	for _, seed := range [][]byte{
		document, assertion, nil, []byte("<a/>"), []byte("<!DOCTYPE a>"), document[:len(document)/2],
		bytes.Replace(document, []byte(">ann<"), []byte("><!-- -->ann<"), 1), bytes.ReplaceAll(document, []byte("ann"), []byte("bob")),
		bytes.Replace(document, []byte("<saml:Assertion"), append(bytes.Clone(assertion), []byte("</saml:Assertion><saml:Assertion")...), 1),
		bytes.ReplaceAll(document, []byte("saml:Assertion"), []byte("saml:EncryptedAssertion")),
		[]byte(`<samlp:Response xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol"><EncryptedAssertion xmlns="urn:oasis:names:tc:SAML:2.0:assertion"><EncryptedData><EncryptionMethod Algorithm="http://www.w3.org/2001/04/xmlenc#aes128-cbc"/><KeyInfo><EncryptedKey><EncryptionMethod Algorithm="http://www.w3.org/2001/04/xmlenc#rsa-oaep-mgf1p"/><CipherData><CipherValue>AAAA</CipherValue></CipherData></EncryptedKey></KeyInfo><CipherData><CipherValue>AAAA</CipherValue></CipherData></EncryptedData></EncryptedAssertion></samlp:Response>`),
	} {
		f.Add(seed, "")
	}
	for _, relay := range relays {
		f.Add(document, relay)
	}
	f.Fuzz(func(t *testing.T, sent []byte, relay string) {
		w.judge(t, w.consume(sent, relay), "ann")
		w.onlyAnn(t)
	})
}

// A fuzzer's seeds are made in one process and tried in others, which must
// believe the same bytes.
func TestTheFuzzersSeedsAreTheSameEverywhere(t *testing.T) {
	t.Parallel()
	if one, other := newFuzzWorld(t).sign(t, "0", "ann"), newFuzzWorld(t).sign(t, "0", "ann"); !bytes.Equal(one, other) {
		t.Errorf("one signs\n%s\nand the other\n%s", one, other)
	}
}

// assertionParts are what FuzzSigned puts an assertion together from: what stands
// before its attributes, those, its issuer, what comes after that, and the rest.
type assertionParts struct{ head, attributes, issuer, inner, tail string }

func partsOf(f *testing.F, text string) assertionParts {
	f.Helper()
	var p assertionParts
	found := [4]bool{}
	p.head, p.attributes, found[0] = strings.Cut(text, ` ID="_a`)
	p.attributes, p.issuer, found[1] = strings.Cut(` ID="_a`+p.attributes, ">")
	p.issuer, p.inner, found[2] = strings.Cut(p.issuer, "</saml:Issuer>")
	p.inner, p.tail, found[3] = strings.Cut(p.inner, "</saml:Assertion>")
	if found != [4]bool{true, true, true, true} {
		f.Fatalf("not such an answer: %s", text)
	}
	return p
}

// signed is the answer with an assertion of these attributes and insides, which
// the provider signed; nil where that is no XML or cannot be signed.
func (p assertionParts) signed(by signer, attributes, inner string) []byte {
	document := etree.NewDocument()
	text := p.head + attributes + ">" + p.issuer + "</saml:Issuer>" + inner + "</saml:Assertion>" + p.tail
	if document.ReadFromString(text) != nil {
		return nil
	}
	return by.written(document, document.FindElement("./Response/Assertion"))
}

// goodChanges make other assertions of ann's that are as good: their NameID, and
// what is put in another's place.
var goodChanges = [][]string{
	{"ann"},
	{"bob", ">ann</saml:NameID>", ">bob</saml:NameID>", "ann@people", "bob@people"},
	{"ann", "<saml:SubjectConfirmation ", `<saml:SubjectConfirmation Method="urn:oasis:names:tc:SAML:2.0:cm:sender-vouches"/><saml:SubjectConfirmation Method="urn:oasis:names:tc:SAML:2.0:cm:bearer"/><saml:SubjectConfirmation `},
	{"ann", "<saml:AudienceRestriction>", `<saml:OneTimeUse/><saml:ProxyRestriction Count="0"/><saml:AudienceRestriction><saml:Audience>https://other.example</saml:Audience>`},
	{"ann", "</saml:AttributeStatement>", `<saml:Attribute Name="urn:oid:1.3.6.1.4.1.5923.1.1.1.10"><saml:AttributeValue><saml:NameID NameQualifier="q">t</saml:NameID></saml:AttributeValue></saml:Attribute></saml:AttributeStatement><saml:AttributeStatement><saml:Attribute><saml:AttributeValue/><saml:AttributeValue>b</saml:AttributeValue></saml:Attribute></saml:AttributeStatement>`},
	{"ann", "<saml:NameID ", `<saml:NameID NameQualifier="https://idp.example.com" SPNameQualifier="` + benchBase + `" `, ">ann<", "> <![CDATA[ann]]>\n<"},
}

// badChanges make assertions that are refused.
var badChanges = [][]string{
	{">ann<", ">carol<", "ann@people.example", "carol@other.example"},
	{">ann<", "><!-- -->ann<"},
	{">ann<", "><saml:NameID>carol</saml:NameID>ann<"},
	{"<saml:Subject>", "<saml:Subject/><saml:Subject>"},
	{"<saml:NameID ", "<saml:NameID>carol</saml:NameID><saml:NameID "},
	{`Recipient="https://meet`, `Recipient="https://meat`},
	{"<saml:Audience>", "<saml:Audience>x"},
	{"</saml:AttributeStatement>", "</saml:AttributeStatement></saml:Assertion><saml:Assertion>"},
}

// FuzzSigned has the provider sign whatever assertion it is given, so that what
// reads a believed one is tried too. Whom it names may come in, and nobody else.
func FuzzSigned(f *testing.F) {
	w := newFuzzWorld(f)
	other := w.settle(f)
	parts := partsOf(f, w.unsigned("0", "ann"))
	for _, change := range goodChanges {
		inner := strings.NewReplacer(change[1:]...).Replace(parts.inner)
		document := parts.signed(w.signer, parts.attributes, inner)
		w.mustEnter(f, document, "", "/portal")
		if name := namedBy(document); name != change[0] {
			f.Fatalf("names %q: %s", name, document)
		}
		f.Add(parts.attributes, inner, "/portal/home")
	}
	for _, change := range badChanges {
		inner := strings.NewReplacer(change...).Replace(parts.inner)
		if answer := w.consume(parts.signed(w.signer, parts.attributes, inner), ""); answer.Code < 400 {
			f.Fatalf("%q gives %d", change, answer.Code)
		}
		f.Add(parts.attributes, inner, "")
	}
	for _, relay := range relays {
		f.Add(parts.attributes, parts.inner, relay)
	}
	w.seen.take()
	f.Fuzz(func(t *testing.T, attributes, inner, relay string) {
		sent := parts.signed(w.signer, attributes, inner)
		if sent == nil {
			return
		}
		w.judge(t, w.consume(sent, relay), namedBy(sent))
		w.untouched(t, other)
	})
}
