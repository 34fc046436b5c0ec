// SPDX-License-Identifier: Apache-2.0

package saml

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"time"

	"github.com/beevik/etree"
	saml2 "github.com/russellhaering/gosaml2"
	dsig "github.com/russellhaering/goxmldsig"

	"github.com/convoke/convoke/internal/convoke"
	"github.com/convoke/convoke/internal/signon"
)

// purpose is what a request was made for.
type purpose byte

const (
	toSignIn purpose = 's'
	toTest   purpose = 't' // show what would be, and change nothing
	toLeave  purpose = 'l'
)

// asker makes the ids of requests, and knows its own again. An id says when and
// what for it was made and is sealed for one account and one browser, so that
// nothing need be kept for somebody who only opens the sign-in address.
type asker struct{ key []byte }

const (
	nonceSize = 16
	sealSize  = 20
	idSize    = 1 + 8 + nonceSize
)

// id makes a request's id, an NCName: an underscore and Base64URL.
func (a asker) id(c convoke.SSOConnection, browser string, why purpose, now time.Time) string {
	raw := binary.BigEndian.AppendUint64([]byte{byte(why)}, uint64(now.Unix()))
	nonce := make([]byte, nonceSize)
	rand.Read(nonce) // never fails
	raw = append(raw, nonce...)
	return "_" + base64.RawURLEncoding.EncodeToString(append(raw, a.seal(c, browser, raw)...))
}

func (a asker) seal(c convoke.SSOConnection, browser string, raw []byte) []byte {
	h := hmac.New(sha256.New, a.key)
	for _, text := range []string{"saml request", string(c.AccountID), browser, string(raw)} {
		h.Write(binary.BigEndian.AppendUint64(nil, uint64(len(text))))
		h.Write([]byte(text))
	}
	return h.Sum(nil)[:sealSize]
}

// made returns what a request of ours was made for, by the id that an answer
// gives. It must be of this account and browser, and not too old.
func (a asker) made(c convoke.SSOConnection, browser, id string, now time.Time) (purpose, error) {
	if len(id) < 2 || id[0] != '_' {
		return 0, refuse(wrongRequest, "an answer to %q", id)
	}
	raw, err := base64.RawURLEncoding.Strict().DecodeString(id[1:])
	if err != nil || len(raw) != idSize+sealSize || !hmac.Equal(raw[idSize:], a.seal(c, browser, raw[:idSize])) {
		return 0, refuse(wrongRequest, "an answer to %q, which this browser did not ask", id)
	}
	at := time.Unix(int64(binary.BigEndian.Uint64(raw[1:9])), 0)
	if now.Sub(at) > signon.RequestLife || at.Sub(now) > skew {
		return 0, refuse(wrongRequest, "an answer to a request of %s", at.UTC().Format(time.RFC3339))
	}
	return purpose(raw[0]), nil
}

// library is gosaml2's view of the account, for what it builds.
func (p provider) library() (*saml2.SAMLServiceProvider, error) {
	sp := &saml2.SAMLServiceProvider{
		IdentityProviderSSOURL: p.connection.SignInURL, IdentityProviderSLOURL: p.connection.SignOutURL,
		IdentityProviderIssuer:      p.connection.EntityID,
		AssertionConsumerServiceURL: p.at.consumer(), ServiceProviderSLOURL: p.at.logout(), ServiceProviderIssuer: p.at.entityID(),
		SignAuthnRequests: p.connection.SignRequests, SignAuthnRequestsAlgorithm: dsig.RSASHA256SignatureMethod,
		SignAuthnRequestsCanonicalizer: dsig.MakeC14N10ExclusiveCanonicalizerWithPrefixList(""),
		ForceAuthn:                     p.connection.ReloginAfter > 0,
		Clock:                          dsig.NewFakeClockAt(p.now),
	}
	key, err := p.key()
	if err != nil {
		return nil, err
	}
	return sp, sp.SetSPKeyStore(&saml2.KeyStore{Signer: signer(key), Cert: key.Certificate[0]})
}

// question is a request on its way to the identity provider.
type question struct {
	url   string // to send the browser to, or to post the form to
	form  string // the Base64 of the request; empty: it is in the url
	relay string
}

// ask makes a request for a sign-in, by the account's binding. Afresh: although
// the identity provider may still know the person.
func (p provider) ask(id, relay string, afresh bool) (question, error) {
	sp, err := p.library()
	if err != nil {
		return question{}, err
	}
	sp.ForceAuthn = sp.ForceAuthn || afresh
	document, err := sp.BuildAuthRequestDocumentNoSig()
	if err != nil {
		return question{}, err
	}
	document.Root().CreateAttr("ID", id)
	if p.connection.Binding == convoke.SSORedirect {
		url, err := redirectURL(sp, p.connection.SignInURL, "SAMLRequest", document, relay, p.connection.SignRequests)
		return question{url: url}, err
	}
	if p.connection.SignRequests {
		signed, err := sp.SignAuthnRequest(document.Root())
		if err != nil {
			return question{}, err
		}
		document = etree.NewDocument()
		document.SetRoot(signed)
	}
	text, err := document.WriteToBytes()
	return question{url: p.connection.SignInURL, form: base64.StdEncoding.EncodeToString(text), relay: relay}, err
}
