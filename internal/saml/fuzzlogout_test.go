// SPDX-License-Identifier: Apache-2.0

package saml_test

import (
	"bytes"
	"compress/flate"
	"crypto"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/beevik/etree"
	dsig "github.com/russellhaering/goxmldsig"
)

// logoutRequest is a provider's, of the time %[1]s for the person %[2]s.
const logoutRequest = `<samlp:LogoutRequest xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ID="_l0" Version="2.0" IssueInstant="%[1]s" Destination="` + benchBase + `/slo"><saml:Issuer>` + benchIssuer + `</saml:Issuer><saml:NameID>%[2]s</saml:NameID><samlp:SessionIndex>_s0</samlp:SessionIndex></samlp:LogoutRequest>`

// logoutAnswer is a provider's, of the time %[1]s to the request %[2]s, from the issuer
// %[3]s and with the attributes %[4]s besides.
const logoutAnswer = `<samlp:LogoutResponse xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ID="_r0" Version="2.0" IssueInstant="%[1]s" InResponseTo="%[2]s"%[4]s><saml:Issuer>%[3]s</saml:Issuer><samlp:Status><samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:Success"/></samlp:Status></samlp:LogoutResponse>`

// toUs is where a logout message must say that it goes.
const toUs = ` Destination="` + benchBase + `/slo"`

// deflated is the message as a query carries it.
func deflated(message []byte) string {
	var packed bytes.Buffer
	writer, _ := flate.NewWriter(&packed, flate.DefaultCompression) // fails for an unknown level only
	_, _ = writer.Write(message)
	_ = writer.Close()
	return url.QueryEscape(base64.StdEncoding.EncodeToString(packed.Bytes()))
}

// askedID is the id of the request that a redirect carries to the provider.
func askedID(t testing.TB, answer *httptest.ResponseRecorder) string {
	t.Helper()
	to, err := answer.Result().Location()
	if err != nil {
		t.Fatal(err, answer.Code, answer.Body)
	}
	packed, err := base64.StdEncoding.DecodeString(to.Query().Get("SAMLRequest"))
	if err != nil {
		t.Fatal(err)
	}
	document := etree.NewDocument()
	if _, err := document.ReadFrom(flate.NewReader(bytes.NewReader(packed))); err != nil {
		t.Fatal(err)
	}
	return document.Root().SelectAttrValue("ID", "")
}

// leaving has ann come in and ask to be signed out of both. It returns the id of
// her browser's request to the provider, and the browser's cookies.
func (w *fuzzWorld) leaving(t testing.TB) (string, []*http.Cookie) {
	t.Helper()
	in := w.consume(w.sign(t, "0", "ann"), "")
	asked := w.send(http.MethodGet, "/logout", "", in.Result().Cookies()...)
	w.seen.take()
	return askedID(t, asked), asked.Result().Cookies()
}

// query signs a query, as it is written.
func (s signer) query(t testing.TB, query string) string {
	t.Helper()
	query += "&SigAlg=" + url.QueryEscape(dsig.RSASHA256SignatureMethod)
	sum := sha256.Sum256([]byte(query))
	signature, err := rsa.SignPKCS1v15(nil, s.key, crypto.SHA256, sum[:])
	if err != nil {
		t.Fatal(err)
	}
	return query + "&Signature=" + url.QueryEscape(base64.StdEncoding.EncodeToString(signature))
}

// message signs a whole message; nil where it is no XML or cannot be signed.
func (s signer) message(text []byte) []byte {
	document := etree.NewDocument()
	if document.ReadFromBytes(text) != nil {
		return nil
	}
	return s.written(document, document.Root())
}

// judgeLogout holds the answer to a logout message to what none may change: it
// is no fault of ours, signs nobody in, and leads to the provider or home.
// It returns whom the provider signed out.
func (w *fuzzWorld) judgeLogout(t testing.TB, answer *httptest.ResponseRecorder) []string {
	t.Helper()
	seen, log, location := w.seen.take(), w.log.take(), answer.Header().Get("Location")
	if answer.Code >= http.StatusInternalServerError || len(seen.entered) > 0 {
		t.Errorf("%d %s, and %d came in\n%s", answer.Code, answer.Body, len(seen.entered), log)
	}
	toProvider := strings.HasPrefix(location, providerLogout+"?SAMLResponse=")
	if answer.Code == http.StatusSeeOther && !toProvider && location != "/portal" {
		t.Errorf("leads to %q", location)
	}
	if toProvider != (len(seen.left) == 1) || len(seen.left) > 1 {
		t.Errorf("%q left, and the answer leads to %q", seen.left, location)
	}
	return seen.left
}

// mustLeave holds a seed to be good as it is.
func (w *fuzzWorld) mustLeave(f *testing.F, answer *httptest.ResponseRecorder) {
	f.Helper()
	if left := w.judgeLogout(f, answer); len(left) != 1 || left[0] != "ann" {
		f.Fatalf("the seed gives %d and signs %q out\n%s", answer.Code, left, answer.Body)
	}
}

// FuzzLogout sends any query and any form to the single logout, where nobody
// believes it, and then the query as the provider would have signed it.
func FuzzLogout(f *testing.F) {
	w := newFuzzWorld(f)
	good := "SAMLRequest=" + deflated(fmt.Appendf(nil, logoutRequest, w.stamp(0), "ann"))
	w.mustLeave(f, w.send(http.MethodGet, "/slo", w.signer.query(f, good)))
	for _, seed := range []string{
		"", "SAMLRequest=AAAA", "SAMLRequest=AAAA&SigAlg=x&Signature=AAAA", "SAMLResponse=%zz&SigAlg=%zz&Signature=%zz",
		"SAMLRequest=" + url.QueryEscape(base64.StdEncoding.EncodeToString([]byte("<a/>"))), "SAMLRequest=A&SAMLRequest=A",
		good, good + "&RelayState=x", good + "&RelayState=%zz", "SAMLResponse=" + deflated([]byte("<a/>")),
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, query string) {
		for _, method := range []string{http.MethodPost, http.MethodGet} {
			answer := w.send(method, "/slo", query)
			if left := w.judgeLogout(t, answer); answer.Code != http.StatusForbidden || len(left) > 0 {
				t.Errorf("%q gives %d %s", query, answer.Code, answer.Body)
			}
		}
		w.judgeLogout(t, w.send(http.MethodGet, "/slo", w.signer.query(t, query)))
	})
}

// ours stands in a seed for the id of a request that the browser made: that is
// another in each process.
const ours = "_ours"

// FuzzSignedLogout has the provider sign whatever message it is given, in a
// query and in a form. Whom it names may be signed out, and nobody else, and
// the provider gets its own RelayState back. The same message without a signature
// signs nobody out, and leads home at most the browser whose request it answers.
func FuzzSignedLogout(f *testing.F) {
	w := newFuzzWorld(f)
	id, cookies := w.leaving(f)
	good := fmt.Appendf(nil, logoutRequest, w.stamp(0), "ann")
	byQuery := func(t testing.TB, message []byte, relay string) *httptest.ResponseRecorder {
		return w.send(http.MethodGet, "/slo", w.signer.query(t, "SAMLRequest="+deflated(message)+"&RelayState="+url.QueryEscape(relay)))
	}
	byForm := func(message []byte, relay string) *httptest.ResponseRecorder {
		form := url.Values{"SAMLRequest": {base64.StdEncoding.EncodeToString(message)}, "RelayState": {relay}}
		return w.send(http.MethodPost, "/slo", form.Encode())
	}
	w.mustLeave(f, byQuery(f, good, ""))
	w.mustLeave(f, byForm(w.signer.message(good), ""))
	for _, change := range [][2]string{
		{"", ""}, {"<samlp:SessionIndex>_s0</samlp:SessionIndex>", ""}, {"<samlp:SessionIndex>", "<samlp:SessionIndex/><samlp:SessionIndex>"},
		{">ann<", "><![CDATA[carol]]> <"}, {">ann<", "><a/>ann<"}, {">ann<", "><!-- -->ann<"}, {"LogoutRequest", "LogoutResponse"}, {`ID="_l0"`, `ID="_l0" InResponseTo="_x"`},
		{"<saml:NameID>", "<saml:NameID>carol</saml:NameID><saml:NameID>"}, {"<saml:NameID>", `<saml:NameID Format="x" NameQualifier="y">`},
	} {
		f.Add(bytes.ReplaceAll(good, []byte(change[0]), []byte(change[1])), "token=1&x=%41")
	}
	f.Add(fmt.Appendf(nil, logoutAnswer, w.stamp(0), ours, benchIssuer, toUs), "")
	f.Add(bytes.Replace(good, []byte(`ID="_l0"`), []byte(`ID="_l0" InResponseTo="`+ours+`"`), 1), "")
	f.Fuzz(func(t *testing.T, message []byte, relay string) {
		unsigned := bytes.ReplaceAll(message, []byte(ours), []byte(id))
		w.onlyHome(t, w.send(http.MethodGet, "/slo", "SAMLResponse="+deflated(unsigned), cookies...), unsigned, id)
		form := url.Values{"SAMLResponse": {base64.StdEncoding.EncodeToString(unsigned)}}
		w.onlyHome(t, w.send(http.MethodPost, "/slo", form.Encode(), cookies...), unsigned, id)
		w.onlyNamed(t, byQuery(t, message, relay), message, relay)
		if signed := w.signer.message(message); signed != nil {
			w.onlyNamed(t, byForm(signed, relay), signed, relay)
		}
	})
}

// onlyHome holds the answer to a message that nobody signed to the one thing that
// it may do: lead home who asked for it.
func (w *fuzzWorld) onlyHome(t *testing.T, answer *httptest.ResponseRecorder, message []byte, id string) {
	t.Helper()
	left := w.judgeLogout(t, answer)
	fits := bytes.Contains(message, []byte("LogoutResponse")) && bytes.Contains(message, []byte(id))
	if len(left) > 0 || answer.Code != http.StatusForbidden && !fits {
		t.Errorf("unsigned, %s gives %d and signs %q out", message, answer.Code, left)
	}
}

// onlyNamed holds the answer to a signed message to whom that names.
func (w *fuzzWorld) onlyNamed(t *testing.T, answer *httptest.ResponseRecorder, message []byte, relay string) {
	t.Helper()
	for _, subject := range w.judgeLogout(t, answer) {
		if subject != namedBy(message) {
			t.Errorf("%q was signed out by %s", subject, message)
		}
		to, err := url.Parse(answer.Header().Get("Location"))
		if err != nil || to.Query().Get("RelayState") != relay {
			t.Errorf("the provider sent %q and gets back %s, %v", relay, to, err)
		}
	}
}
