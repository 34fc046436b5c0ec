// SPDX-License-Identifier: Apache-2.0

package saml_test

import (
	"bytes"
	"encoding/base64"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/convoke/convoke/internal/provision"
)

// FuzzConsume sends any document as an identity provider's answer. None is a
// fault of ours, and what the provider signed for ann signs nobody else in.
func FuzzConsume(f *testing.F) {
	w := newBenchWorld(f)
	document := w.sign(f, "0", "ann")
	start, end := bytes.Index(document, []byte("<saml:Assertion")), bytes.Index(document, []byte("</saml:Assertion>"))
	assertion := document[start:end]
	for _, seed := range [][]byte{
		document, assertion, nil, []byte("<a/>"), []byte("<!DOCTYPE a>"), document[:len(document)/2],
		bytes.Replace(document, []byte(">ann<"), []byte("><!-- -->ann<"), 1),
		bytes.Replace(document, []byte("<saml:Assertion"), append(bytes.Clone(assertion), []byte("</saml:Assertion><saml:Assertion")...), 1),
		bytes.ReplaceAll(document, []byte("saml:Assertion"), []byte("saml:EncryptedAssertion")),
		[]byte(`<samlp:Response xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol"><EncryptedAssertion xmlns="urn:oasis:names:tc:SAML:2.0:assertion"><EncryptedData><EncryptionMethod Algorithm="http://www.w3.org/2001/04/xmlenc#aes128-cbc"/><KeyInfo><EncryptedKey><EncryptionMethod Algorithm="http://www.w3.org/2001/04/xmlenc#rsa-oaep-mgf1p"/><CipherData><CipherValue>AAAA</CipherValue></CipherData></EncryptedKey></KeyInfo><CipherData><CipherValue>AAAA</CipherValue></CipherData></EncryptedData></EncryptedAssertion></samlp:Response>`),
	} {
		f.Add(seed, "")
	}
	f.Fuzz(func(t *testing.T, sent []byte, relay string) {
		form := url.Values{"SAMLResponse": {base64.StdEncoding.EncodeToString(sent)}, "RelayState": {relay}}
		answer := w.send(http.MethodPost, "/acs", form.Encode())
		switch {
		case answer.Code >= http.StatusInternalServerError:
			t.Errorf("%d %s\n%s", answer.Code, answer.Body, w.log.take())
		case answer.Code == http.StatusSeeOther && !strings.HasPrefix(answer.Header().Get("Location"), "/portal"):
			t.Errorf("leads to %q", answer.Header().Get("Location"))
		case answer.Code == http.StatusSeeOther:
			w.onlyAnn(t)
		}
		w.log.take()
	})
}

// onlyAnn holds the account to the one user whom the provider vouched for.
func (w *benchWorld) onlyAnn(t *testing.T) {
	t.Helper()
	page, err := w.Users(t.Context(), w.operator, provision.UserList{})
	if err != nil || len(page.Users) != 1 || page.Users[0].Email != "ann@people.example" {
		t.Errorf("signed in: %+v, %v", page.Users, err)
	}
}

// FuzzLogout sends any query and any form to the single logout.
func FuzzLogout(f *testing.F) {
	w := newBenchWorld(f)
	for _, seed := range []string{
		"", "SAMLRequest=AAAA", "SAMLRequest=AAAA&SigAlg=x&Signature=AAAA", "SAMLResponse=%zz&SigAlg=%zz&Signature=%zz",
		"SAMLRequest=" + url.QueryEscape(base64.StdEncoding.EncodeToString([]byte("<a/>"))), "SAMLRequest=A&SAMLRequest=A",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, query string) {
		for _, answer := range []*httptest.ResponseRecorder{w.send(http.MethodPost, "/slo", query), w.send(http.MethodGet, "/slo", query)} {
			if answer.Code != http.StatusForbidden {
				t.Errorf("%q gives %d %s", query, answer.Code, answer.Body)
			}
		}
		w.log.take()
	})
}

// send puts the text into a form, or for GET into the query.
func (w *benchWorld) send(method, path, text string) *httptest.ResponseRecorder {
	request := httptest.NewRequest(method, benchBase+path, strings.NewReader(text))
	if method == http.MethodGet {
		request.Body = http.NoBody
		request.URL.RawQuery = text
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	recorded := httptest.NewRecorder()
	w.handler.ServeHTTP(recorded, request)
	return recorded
}
