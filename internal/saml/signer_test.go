// SPDX-License-Identifier: Apache-2.0

package saml_test

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/beevik/etree"
	dsig "github.com/russellhaering/goxmldsig"
)

// signer signs as somebody.
type signer struct {
	key         *rsa.PrivateKey
	certificate []byte
}

// newAttacker is a key that nobody trusts.
func newAttacker(t testing.TB) signer {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "evil"}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(30 * 24 * time.Hour)}
	certificate, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	return signer{key, certificate}
}

// fixedProvider is where the key of an identity provider lies that is the same
// in every process and run: a fuzzer's workers must believe what its seeds say.
// It is good from 2020 to 2100, and for nothing but tests.
const fixedProvider = "testdata/provider"

// readSigner reads the key and the certificate in a provider's directory.
func readSigner(t testing.TB, dir string) signer {
	t.Helper()
	blocks := [2]*pem.Block{}
	for i, name := range []string{"idp.key", "idp.crt"} {
		text, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		blocks[i], _ = pem.Decode(text)
	}
	key, err := x509.ParsePKCS8PrivateKey(blocks[0].Bytes)
	if err != nil {
		t.Fatal(err)
	}
	return signer{key.(*rsa.PrivateKey), blocks[1].Bytes}
}

// provider is the identity provider's own key: what it would sign if it erred.
func (a *attack) provider() signer {
	a.Helper()
	return readSigner(a, a.world.idp.dir)
}

// resign takes every signature off the answer and signs the element anew, in the
// one place where a signature counts.
func (a *attack) resign(e *etree.Element, by signer, method string) {
	a.Helper()
	for _, signature := range a.document.FindElements("//Signature") {
		signature.Parent().RemoveChild(signature)
	}
	signature, err := by.signatureOf(e, method)
	if err != nil {
		a.Fatal(err)
	}
	e.InsertChildAt(a.must(e, "./Issuer").Index()+1, signature)
}

// signatureOf makes the signature of the element as it stands.
func (s signer) signatureOf(e *etree.Element, method string) (*etree.Element, error) {
	context, err := dsig.NewSigningContext(s.key, [][]byte{s.certificate})
	if err != nil {
		return nil, err
	}
	context.Canonicalizer = dsig.MakeC14N10ExclusiveCanonicalizerWithPrefixList("")
	if err := context.SetSignatureMethod(method); err != nil {
		return nil, err
	}
	return context.ConstructSignature(declared(e), true)
}

// written is the document with its element signed after that one's first child; nil
// where there is none, or it cannot be signed.
func (s signer) written(document *etree.Document, e *etree.Element) []byte {
	if e == nil || len(e.ChildElements()) == 0 {
		return nil
	}
	signature, err := s.signatureOf(e, dsig.RSASHA256SignatureMethod)
	if err != nil {
		return nil
	}
	e.InsertChildAt(e.ChildElements()[0].Index()+1, signature)
	sent, err := document.WriteToBytes()
	if err != nil {
		return nil
	}
	return sent
}

// declared is a copy of the element with the namespaces that it has from around it.
func declared(e *etree.Element) *etree.Element {
	alone := e.Copy()
	for at := e; at != nil; at = at.Parent() {
		for _, declared := range at.Attr {
			if declared.Space == "xmlns" && alone.SelectAttr("xmlns:"+declared.Key) == nil {
				alone.CreateAttr("xmlns:"+declared.Key, declared.Value)
			}
		}
	}
	return alone
}
