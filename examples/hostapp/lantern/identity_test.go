// SPDX-License-Identifier: Apache-2.0

package lantern_test

import (
	"bytes"
	"compress/flate"
	"encoding/base64"
	"encoding/xml"
	"errors"
	"fmt"
	"html"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/crewjam/saml"

	"github.com/convoke/convoke/client/clienttest"
	"github.com/convoke/convoke/examples/hostapp/lantern"
)

// service is what Lantern signs people in to.
type service struct {
	*saml.ServiceProvider

	house *house
}

// newService starts Lantern as the identity provider of a service.
func newService(t *testing.T) *service {
	t.Helper()
	h := &house{t: t, meetings: clienttest.New(), log: &strings.Builder{}}
	s := &service{&saml.ServiceProvider{}, h}
	mux := http.NewServeMux()
	mux.HandleFunc("/sp/metadata", func(w http.ResponseWriter, _ *http.Request) {
		document, _ := xml.Marshal(s.Metadata())
		_, _ = w.Write(document)
	})
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	base := must(url.Parse(server.URL))
	s.EntityID, s.MetadataURL, s.AcsURL = server.URL+"/sp", *base.JoinPath("sp/metadata"), *base.JoinPath("sp/acs")

	own := httptest.NewUnstartedServer(nil)
	h.url = "http://" + own.Listener.Addr().String()
	app, err := lantern.New(lantern.Config{
		Provider: h.meetings, LinkURL: clienttest.BaseURL, Path: filepath.Join(t.TempDir(), "lantern.db"), Logger: slog.New(slog.NewTextHandler(h.log, nil)),
		URL: h.url, Service: s.MetadataURL.String(), Portal: clienttest.BaseURL + "/sso/lantern",
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := app.SeedUsers(t.Context(), lantern.DemoPeople(password)); err != nil {
		t.Fatal(err)
	}
	own.Config.Handler = app
	own.Start()
	t.Cleanup(func() { own.Close(); app.Close() })
	s.IDPMetadata = &saml.EntityDescriptor{}
	if err := xml.Unmarshal([]byte(h.browser().get("/saml/metadata").body), s.IDPMetadata); err != nil {
		t.Fatal(err)
	}
	return s
}

// ask returns the path of a request who somebody is.
func (s *service) ask(change func(*saml.AuthnRequest)) (path, id string) {
	s.house.t.Helper()
	at := s.GetSSOBindingLocation(saml.HTTPRedirectBinding)
	request, err := s.MakeAuthenticationRequest(at, saml.HTTPRedirectBinding, saml.HTTPPostBinding)
	if err != nil {
		s.house.t.Fatal(err)
	}
	if change != nil {
		change(request)
	}
	document, err := xml.Marshal(request)
	if err != nil {
		s.house.t.Fatal(err)
	}
	var packed bytes.Buffer
	writer := must(flate.NewWriter(&packed, flate.DefaultCompression))
	_, _ = writer.Write(document)
	writer.Close()
	query := url.Values{"SAMLRequest": {base64.StdEncoding.EncodeToString(packed.Bytes())}, "RelayState": {"/portal"}}
	return "/saml/sso?" + query.Encode(), request.ID
}

// read verifies the answer in the page.
func (s *service) read(b *browser, p page, id string) (*saml.Assertion, error) {
	b.t.Helper()
	answer := b.find(p, `name="SAMLResponse" value="([^"]*)"`)
	b.find(p, fmt.Sprintf(`form method="post" action="(%s)"`, s.AcsURL.String()))
	form := url.Values{"SAMLResponse": {html.UnescapeString(answer)}}
	r := httptest.NewRequest(http.MethodPost, s.AcsURL.String(), nil)
	r.Form, r.PostForm = form, form
	assertion, err := s.ParseResponse(r, []string{id})
	if refused, ok := errors.AsType[*saml.InvalidResponseError](err); ok {
		err = refused.PrivateErr
	}
	return assertion, err
}

func TestSignsPeopleInToAService(t *testing.T) {
	t.Parallel()
	s := newService(t)
	b := s.house.browser()
	path, id := s.ask(nil)
	first := b.get(path)
	if first.status != http.StatusSeeOther || !strings.HasPrefix(first.location, "/login?next=") {
		t.Fatalf("status %d, location %q; want the sign-in page", first.status, first.location)
	}
	next := b.find(b.get(first.location), `name="next" value="([^"]*)"`)
	back := b.post("/login", "email", amara, "password", password, "next", next)
	if back.location != path {
		t.Fatalf("after the sign-in the location is %q, want %q", back.location, path)
	}
	assertion, err := s.read(b, b.get(path), id)
	if err != nil {
		t.Fatal(err)
	}
	if got := assertion.Subject.NameID.Value; got != "1" {
		t.Errorf("the subject is %q, want Amara's key", got)
	}
	values := map[string]string{}
	for _, a := range assertion.AttributeStatements[0].Attributes {
		values[a.Name] = a.Values[0].Value
	}
	for name, want := range map[string]string{
		"urn:oid:0.9.2342.19200300.100.1.3": amara, "urn:oid:2.5.4.42": "Amara", "urn:oid:2.5.4.4": "Diallo", "displayName": "Amara Diallo",
	} {
		if values[name] != want {
			t.Errorf("attribute %s is %q, want %q", name, values[name], want)
		}
	}
	b.want(b.get("/"), http.StatusOK, "Open the portal")
}

func TestAFreshSignInIsAFreshOne(t *testing.T) {
	t.Parallel()
	s := newService(t)
	b := s.house.browser()
	b.login(amara)
	path, _ := s.ask(func(r *saml.AuthnRequest) {
		again := true
		r.ForceAuthn, r.IssueInstant = &again, time.Now().Add(2*time.Second) // a session counts in seconds
	})
	if p := b.get(path); !strings.HasPrefix(p.location, "/login?next=") {
		t.Errorf("status %d, location %q; want the sign-in page", p.status, p.location)
	}
}

func TestOtherServicesAreRefused(t *testing.T) {
	t.Parallel()
	s := newService(t)
	b := s.house.browser()
	b.login(amara)
	for name, change := range map[string]func(*saml.AuthnRequest){
		"an unknown service":   func(r *saml.AuthnRequest) { r.Issuer.Value = "https://evil.example" },
		"an address elsewhere": func(r *saml.AuthnRequest) { r.AssertionConsumerServiceURL = "https://evil.example/acs" },
	} {
		path, _ := s.ask(change)
		if p := b.get(path); p.status < 400 || strings.Contains(p.body, "SAMLResponse") {
			t.Errorf("%s: status %d:\n%s", name, p.status, p.body)
		}
	}
	b.post("/logout")
	if p := b.post("/login", "email", amara, "password", password, "next", "https://evil.example/"); p.location != "/" {
		t.Errorf("a sign-in leads to %q", p.location)
	}
}

func TestTheKeyStays(t *testing.T) {
	t.Parallel()
	c := lantern.Config{
		LinkURL: clienttest.BaseURL, Path: filepath.Join(t.TempDir(), "x.db"), Logger: slog.New(slog.DiscardHandler),
		URL: "https://lantern.example.com", Service: "https://meet.example.com/sso/lantern/metadata",
	}
	var certificates [2]string
	for i := range certificates {
		app, err := lantern.New(c)
		if err != nil {
			t.Fatal(err)
		}
		document := must(app.Metadata())
		app.Close()
		var description saml.EntityDescriptor
		if err := xml.Unmarshal(document, &description); err != nil {
			t.Fatal(err)
		}
		certificates[i] = description.IDPSSODescriptors[0].KeyDescriptors[0].KeyInfo.X509Data.X509Certificates[0].Data
	}
	if certificates[0] == "" || certificates[0] != certificates[1] {
		t.Error("after a restart it is another key")
	}
}
