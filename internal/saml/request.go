// SPDX-License-Identifier: Apache-2.0

package saml

import (
	"encoding/base64"
	"strings"
	"time"

	"github.com/beevik/etree"
	saml2 "github.com/russellhaering/gosaml2"
	dsig "github.com/russellhaering/goxmldsig"

	"github.com/convoke/convoke/internal/convoke"
	"github.com/convoke/convoke/internal/signon"
)

// asker makes the ids of requests, and knows its own again.
type asker struct{ key []byte }

func (a asker) seal(c convoke.SSOConnection) signon.Seal {
	return signon.Seal{Key: a.key, Scope: []string{"saml", string(c.AccountID)}}
}

// id makes a request's id, an NCName.
func (a asker) id(c convoke.SSOConnection, browser string, why signon.Purpose, now time.Time) string {
	return "_" + a.seal(c).Close(browser, signon.Request{Why: why, At: now})
}

// made returns what a request of ours was made for, by the id that an answer
// gives. It must be of this account and browser, and not too old.
func (a asker) made(c convoke.SSOConnection, browser, id string, now time.Time) (signon.Purpose, error) {
	sealed, ours := strings.CutPrefix(id, "_")
	if !ours {
		return 0, refuse(wrongRequest, "an answer to %q", id)
	}
	asked, err := a.seal(c).Open(browser, sealed, now)
	if err != nil {
		return 0, refuse(wrongRequest, "an answer to %q: %v", id, err)
	}
	return asked.Why, nil
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
