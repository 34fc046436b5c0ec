// SPDX-License-Identifier: Apache-2.0

package saml_test

import (
	"crypto/x509"
	"encoding/base64"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/beevik/etree"
	dsig "github.com/russellhaering/goxmldsig"

	"github.com/convoke/convoke/internal/convoke"
	"github.com/convoke/convoke/internal/signon"
)

const (
	benchVanity = "bench"
	benchPublic = "https://meet.example.com"
	benchBase   = benchPublic + "/sso/" + benchVanity
	benchIssuer = "https://idp.example.com/metadata"
)

// answer is a response of an identity provider whose assertion is signed: such
// as SimpleSAMLphp's, with %[1]s for its number.
const answer = `<samlp:Response xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ID="_r%[1]s" Version="2.0" IssueInstant="%[2]s" Destination="` + benchBase + `/acs"><saml:Issuer>` + benchIssuer + `</saml:Issuer><samlp:Status><samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:Success"/></samlp:Status><saml:Assertion xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ID="_a%[1]s" Version="2.0" IssueInstant="%[2]s"><saml:Issuer>` + benchIssuer + `</saml:Issuer><saml:Subject><saml:NameID Format="urn:oasis:names:tc:SAML:2.0:nameid-format:persistent">%[4]s</saml:NameID><saml:SubjectConfirmation Method="urn:oasis:names:tc:SAML:2.0:cm:bearer"><saml:SubjectConfirmationData NotOnOrAfter="%[3]s" Recipient="` + benchBase + `/acs"/></saml:SubjectConfirmation></saml:Subject><saml:Conditions NotBefore="%[2]s" NotOnOrAfter="%[3]s"><saml:AudienceRestriction><saml:Audience>` + benchBase + `</saml:Audience></saml:AudienceRestriction></saml:Conditions><saml:AuthnStatement AuthnInstant="%[2]s" SessionNotOnOrAfter="%[3]s" SessionIndex="_s%[1]s"><saml:AuthnContext><saml:AuthnContextClassRef>urn:oasis:names:tc:SAML:2.0:ac:classes:Password</saml:AuthnContextClassRef></saml:AuthnContext></saml:AuthnStatement><saml:AttributeStatement>%[5]s</saml:AttributeStatement></saml:Assertion></samlp:Response>`

// attributes are ten, as an organisation's provider sends them.
func benchAttributes(name string) string {
	var text strings.Builder
	for _, a := range [][2]string{ // in one order, so that the same answer is the same bytes
		{"mail", name + "@people.example"}, {"givenName", "Ann"}, {"sn", "Other"}, {"displayName", "Ann Other"}, {"department", "Research"},
		{"title", "Engineer"}, {"o", "Acme"}, {"l", "Bergen"}, {"memberOf", "staff"}, {"uid", name},
	} {
		fmt.Fprintf(&text, `<saml:Attribute Name="%s" NameFormat="urn:oasis:names:tc:SAML:2.0:attrname-format:basic"><saml:AttributeValue xsi:type="xs:string">%s</saml:AttributeValue></saml:Attribute>`, a[0], a[1])
	}
	return text.String()
}

// benchWorld is the door with a provider whose key is at hand.
type benchWorld struct {
	*world

	handler http.Handler
	signer  signer
}

func newBenchWorld(b testing.TB) *benchWorld {
	b.Helper()
	return newBenchWorldAt(b, &clock{})
}

func newBenchWorldAt(b testing.TB, at *clock) *benchWorld {
	b.Helper()
	w := &benchWorld{world: newAccount(b, at), signer: readSigner(b, fixedProvider)}
	w.set(b, convoke.SSOForm{
		Vanity: new(benchVanity), EntityID: new(benchIssuer), SignInURL: new("https://idp.example.com/sso"), IDPInitiated: new(true),
		Certificates: []string{base64.StdEncoding.EncodeToString(w.signer.certificate)},
	})
	w.handler = doorOf(signon.Config{
		Connections: w, SignIns: w, Access: w.access, Key: key, PublicURL: benchPublic, Now: at.Now,
		Logger: slog.New(slog.NewTextHandler(w.log, nil)),
	})
	return w
}

// stamp is a time by so much from now, as SAML writes it.
func (w *benchWorld) stamp(by time.Duration) string {
	return w.clock.Now().Add(by).UTC().Format(time.RFC3339)
}

// unsigned is the provider's answer of the number for the person, to be signed.
func (w *benchWorld) unsigned(number, name string) string {
	return fmt.Sprintf(answer, number, w.stamp(-time.Minute), w.stamp(time.Hour), name, benchAttributes(name))
}

// sign makes the provider's answer of the number for the person.
func (w *benchWorld) sign(b testing.TB, number, name string) []byte {
	b.Helper()
	a := &attack{TB: b, world: w.world, document: etree.NewDocument()}
	if err := a.document.ReadFromString(w.unsigned(number, name)); err != nil {
		b.Fatal(err)
	}
	a.resign(a.assertion(), w.signer, dsig.RSASHA256SignatureMethod)
	return a.write()
}

// formOf is an answer as a browser sends it.
func formOf(document []byte) []byte {
	return []byte(url.Values{"SAMLResponse": {base64.StdEncoding.EncodeToString(document)}}.Encode())
}

// signIn sends a form to the door and must come out in the portal.
func (w *benchWorld) signIn(b testing.TB, form []byte) {
	recorded := w.send(http.MethodPost, "/acs", string(form))
	if recorded.Code != http.StatusSeeOther {
		b.Errorf("%d\n%s\n%s", recorded.Code, recorded.Body, w.log.take())
	}
}

// floor reads the same document and has goxmldsig alone verify its assertion.
func (w *benchWorld) floor(b testing.TB, document []byte) {
	certificate, err := x509.ParseCertificate(w.signer.certificate)
	if err != nil {
		b.Error(err)
	}
	read := etree.NewDocument()
	if err := read.ReadFromBytes(document); err != nil {
		b.Error(err)
	}
	context := dsig.NewDefaultValidationContext(&dsig.MemoryX509CertificateStore{Roots: []*x509.Certificate{certificate}})
	if _, err := context.Validate(read.FindElement("./Response/Assertion")); err != nil {
		b.Error(err)
	}
}

const (
	benchPeople  = 200
	benchAtOnce  = 256 // people who sign in together, as at nine in the morning
	benchRound   = 3000
	benchRepeats = 5
)

// BenchmarkSignIn signs known people in: one RSA-2048 assertion verified, mapped,
// looked up, and a session. The promise is at most twice the time that goxmldsig
// alone takes for the same documents, with as many at once; they take turns.
func BenchmarkSignIn(b *testing.B) {
	w := newBenchWorld(b)
	for i := range benchPeople {
		w.signIn(b, formOf(w.sign(b, fmt.Sprintf("first-%d", i), fmt.Sprintf("person-%d", i))))
	}
	for b.Loop() {
		var ours, floors []time.Duration
		for round := range benchRepeats {
			documents, forms := make([][]byte, benchRound), make([][]byte, benchRound)
			for i := range documents {
				documents[i] = w.sign(b, fmt.Sprintf("%d-%d", round, i), fmt.Sprintf("person-%d", i%benchPeople))
				forms[i] = formOf(documents[i])
			}
			floors = append(floors, together(documents, func(d []byte) { w.floor(b, d) }))
			ours = append(ours, together(forms, func(f []byte) { w.signIn(b, f) }))
		}
		slices.Sort(ours)
		slices.Sort(floors)
		o, f := ours[benchRepeats/2]/benchRound, floors[benchRepeats/2]/benchRound
		fmt.Printf("%-16s convoke %v | goxmldsig alone %v | time x%.2f\n", "sso sign-in", o, f, float64(o)/float64(f))
		b.ReportMetric(float64(o)/float64(f), "x-floor-time")
	}
}

// together does the work of all documents, benchAtOnce at a time, and returns
// how long that took.
func together(documents [][]byte, work func([]byte)) time.Duration {
	next := make(chan []byte)
	var group sync.WaitGroup
	start := time.Now()
	for range benchAtOnce {
		group.Go(func() {
			for document := range next {
				work(document)
			}
		})
	}
	for _, document := range documents {
		next <- document
	}
	close(next)
	group.Wait()
	return time.Since(start)
}
