// SPDX-License-Identifier: Apache-2.0

package saml_test

import (
	"bytes"
	"compress/flate"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha1"
	"crypto/x509"
	"encoding/base64"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/beevik/etree"
	dsig "github.com/russellhaering/goxmldsig"

	"github.com/convoke/convoke/internal/convoke"
)

// encrypted is an assertion as only the service provider can read it, with
// %[1]s for the key and %[2]s for the content.
const encrypted = `<saml:EncryptedAssertion xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion"><xenc:EncryptedData xmlns:xenc="http://www.w3.org/2001/04/xmlenc#" Type="http://www.w3.org/2001/04/xmlenc#Element"><xenc:EncryptionMethod Algorithm="http://www.w3.org/2009/xmlenc11#aes256-gcm"/><ds:KeyInfo xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><xenc:EncryptedKey><xenc:EncryptionMethod Algorithm="http://www.w3.org/2001/04/xmlenc#rsa-oaep-mgf1p"/><xenc:CipherData><xenc:CipherValue>%[1]s</xenc:CipherValue></xenc:CipherData></xenc:EncryptedKey></ds:KeyInfo><xenc:CipherData><xenc:CipherValue>%[2]s</xenc:CipherValue></xenc:CipherData></xenc:EncryptedData></saml:EncryptedAssertion>`

// sealedFor encrypts a text to the certificate that the account publishes:
// anybody can.
func sealedFor(t testing.TB, certificate []byte, text []byte) string {
	t.Helper()
	to, err := x509.ParseCertificate(certificate)
	if err != nil {
		t.Fatal(err)
	}
	secret, nonce := make([]byte, 32), make([]byte, 12)
	rand.Read(secret)
	rand.Read(nonce)
	sealedKey, err := rsa.EncryptOAEP(sha1.New(), rand.Reader, to.PublicKey.(*rsa.PublicKey), secret, nil)
	if err != nil {
		t.Fatal(err)
	}
	block, err := aes.NewCipher(secret)
	if err != nil {
		t.Fatal(err)
	}
	gcm, err := cipher.NewGCM(block)
	if err != nil {
		t.Fatal(err)
	}
	return fmt.Sprintf(encrypted, base64.StdEncoding.EncodeToString(sealedKey), base64.StdEncoding.EncodeToString(gcm.Seal(nonce, nonce, text, nil)))
}

// seal puts the assertions of the answer under the account's encryption, as they
// are written: also where they are no XML any more.
func (a *attack) seal(certificate []byte) {
	a.Helper()
	if a.text != nil {
		start, end := bytes.Index(a.text, []byte("<saml:Assertion")), bytes.LastIndex(a.text, []byte("</saml:Assertion>"))
		if start >= 0 && end > start {
			end += len("</saml:Assertion>")
			a.text = slices.Concat(a.text[:start], []byte(sealedFor(a, certificate, a.text[start:end])), a.text[end:])
		}
		return
	}
	for _, assertion := range a.response().SelectElements("saml:Assertion") {
		alone := etree.NewDocument()
		alone.SetRoot(declared(assertion))
		text, err := alone.WriteToBytes()
		if err != nil {
			a.Fatal(err)
		}
		sealed := etree.NewDocument()
		if err := sealed.ReadFromString(sealedFor(a, certificate, text)); err != nil {
			a.Fatal(err)
		}
		a.response().InsertChildAt(assertion.Index(), sealed.Root())
		a.response().RemoveChild(assertion)
	}
}

// sealedWorld is the door of an account whose provider's key is at hand, with
// the SP's own certificate, which everybody knows.
type sealedWorld struct {
	*world

	certificate []byte
}

func newSealedWorld(t *testing.T) *sealedWorld {
	t.Helper()
	w := newAccount(t, &clock{})
	w.idp, w.vanity = &idp{dir: fixedProvider}, benchVanity
	w.serve(t)
	connection := w.set(t, convoke.SSOForm{
		Vanity: &w.vanity, EntityID: new(benchIssuer), SignInURL: new(w.server.URL + "/portal"), WantEncrypted: new(true),
		Certificates: []string{base64.StdEncoding.EncodeToString(readSigner(t, fixedProvider).certificate)},
	})
	return &sealedWorld{w, connection.Certificate}
}

// answer is the provider's to what the browser asked, signed and not encrypted.
func (w *sealedWorld) answer(t *testing.T, browser *http.Client) url.Values {
	t.Helper()
	asked := etree.NewDocument()
	if err := asked.ReadFromBytes(w.request(t, browser)); err != nil {
		t.Fatal(err)
	}
	a := &attack{TB: t, world: w.world, document: etree.NewDocument()}
	text := (&benchWorld{world: w.world}).unsigned("0", "ann")
	if err := a.document.ReadFromString(strings.ReplaceAll(text, benchBase, w.base)); err != nil {
		t.Fatal(err)
	}
	id := asked.Root().SelectAttrValue("ID", "")
	a.response().CreateAttr("InResponseTo", id)
	a.must(a.response(), ".//SubjectConfirmationData").CreateAttr("InResponseTo", id)
	a.resign(a.assertion(), a.provider(), dsig.RSASHA256SignatureMethod)
	return url.Values{"SAMLResponse": {base64.StdEncoding.EncodeToString(a.write())}}
}

// request is what the account asks the provider for the browser.
func (w *sealedWorld) request(t *testing.T, browser *http.Client) []byte {
	t.Helper()
	asked, _ := w.get(t, browser, w.base)
	packed, err := base64.StdEncoding.DecodeString(asked.Request.URL.Query().Get("SAMLRequest"))
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(flate.NewReader(bytes.NewReader(packed)))
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// sealing is the mutation, put under the account's encryption.
func (w *sealedWorld) sealing(m mutation) mutation {
	return mutation{m.reasons, func(a *attack) {
		m.mutate(a)
		a.seal(w.certificate)
	}}
}

// inside changes the text of the signed assertion, which need not stay one, and
// puts that under the encryption.
func (w *sealedWorld) inside(change func(assertion string) string, reasons ...string) mutation {
	return mutation{reasons, func(a *attack) {
		text := string(a.write())
		start, end := strings.Index(text, "<saml:Assertion"), strings.LastIndex(text, "</saml:Assertion>")+len("</saml:Assertion>")
		a.text = []byte(text[:start] + sealedFor(a, w.certificate, []byte(change(text[start:end]))) + text[end:])
	}}
}

// onlyInside are mutations that an encryption hides from whoever looks at the
// answer from outside.
func (w *sealedWorld) onlyInside(t *testing.T) map[string]mutation {
	before := func(text string) func(string) string { return func(a string) string { return text + a } }
	within := func(text string) func(string) string {
		return func(a string) string {
			return strings.Replace(a, "</saml:Subject>", "</saml:Subject><saml:Advice>"+text+"</saml:Advice>", 1)
		}
	}
	const response = `<samlp:Response xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" ID="_inner">`
	return map[string]mutation{
		"a DTD":                         w.inside(before(`<!DOCTYPE x>`), "forbidden_xml", "bad_xml"),
		"an entity":                     w.inside(before(`<!DOCTYPE x [<!ENTITY who SYSTEM "file:///etc/passwd">]>`), "forbidden_xml", "bad_xml"),
		"a comment before":              w.inside(before(`<!-- -->`), "forbidden_xml"),
		"a comment inside NameID":       w.inside(func(a string) string { return strings.Replace(a, ">ann<", ">ann<!-- -->.evil<", 1) }, "forbidden_xml"),
		"another encoding":              w.inside(before(`<?xml version="1.0" encoding="UTF-7"?>`), "bad_xml"),
		"text before":                   w.inside(before("text"), "bad_xml"),
		"nothing":                       w.inside(func(string) string { return "" }, "undecryptable", "bad_xml"),
		"two assertions":                w.inside(func(a string) string { return a + a }, "bad_xml", "duplicate_id"),
		"a whole response":              w.inside(func(a string) string { return response + a + "</samlp:Response>" }, "wrong_shape"),
		"an assertion of no namespace":  w.inside(func(string) string { return `<Assertion ID="_a0"/>` }, "wrong_shape"),
		"encrypted twice":               w.inside(func(a string) string { return sealedFor(t, w.certificate, []byte(a)) }, "wrong_shape"),
		"an assertion in another":       w.inside(within(`<saml:Assertion ID="_x"/>`), "wrong_shape"),
		"an encrypted one in another":   w.inside(within(`<saml:EncryptedAssertion/>`), "wrong_shape"),
		"a signature in another place":  w.inside(within(`<ds:Signature xmlns:ds="http://www.w3.org/2000/09/xmldsig#"/>`), "wrong_shape"),
		"an id twice":                   w.inside(within(`<x ID="_a0"/>`), "duplicate_id"),
		"an id of the response":         w.inside(within(`<x id="_r0"/>`), "duplicate_id"),
		"very deep":                     w.inside(within(strings.Repeat("<a>", 70)+strings.Repeat("</a>", 70)), "too_deep"),
		"more elements than both allow": w.inside(within(strings.Repeat("<a/>", 1000)), "too_deep"),
		"what was not signed":           w.inside(within("<x/>"), "bad_signature"),
		"to another certificate": {[]string{"undecryptable"}, func(a *attack) {
			a.seal(newAttacker(a).certificate)
		}},
	}
}

// TestTheCorpusInsideTheEncryption encrypts every mutation of a signed assertion,
// as anybody can who has the account's metadata, in a response that nobody
// signed. All are refused, and the same assertion as it came is not.
func TestTheCorpusInsideTheEncryption(t *testing.T) {
	t.Parallel()
	w := newSealedWorld(t)
	browser := newBrowser(t)
	form := w.answer(t, browser)
	corpus := w.onlyInside(t)
	for name, m := range corpusFor("assertion", func(a *attack) *etree.Element { return a.assertion() }) {
		corpus["of the corpus: "+name] = w.sealing(m)
	}
	for name, m := range corpus {
		if err := w.attack(t, browser, form, m); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	t.Logf("%d mutations", len(corpus))
	w.accepted(t, browser, w.sealed(t, form))
}

// sealed is the answer as it came, encrypted.
func (w *sealedWorld) sealed(t *testing.T, form url.Values) url.Values {
	t.Helper()
	a, _ := w.attackOn(t, form)
	a.seal(w.certificate)
	return url.Values{"SAMLResponse": {base64.StdEncoding.EncodeToString(a.write())}}
}
