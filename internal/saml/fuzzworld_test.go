// SPDX-License-Identifier: Apache-2.0

package saml_test

import (
	"context"
	"encoding/base64"
	"encoding/xml"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/convoke/convoke/internal/access"
	"github.com/convoke/convoke/internal/convoke"
	"github.com/convoke/convoke/internal/provision"
	"github.com/convoke/convoke/internal/signon"
)

// fuzzNow is where the fuzzers' clock stands, so that a seed never gets too old.
var fuzzNow = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)

// providerLogout is where the fuzzers' provider is told that somebody is gone.
const providerLogout = "https://idp.example.com/slo"

// fuzzWorld is a benchWorld in which nothing hides a fault from a fuzzer. Each
// of its worker processes makes one of its own: the provider's key, the clock
// and so the seeds are the same in all.
type fuzzWorld struct {
	*benchWorld

	seen *witness
}

// witness lets the same message in twice, since a fuzzer keeps most of a seed as
// it is, and notes who came in and whom the provider signed out.
type witness struct {
	*access.Service

	believed []convoke.Assertion
	entered  []entry
	left     []string // the subjects
}

type entry struct {
	user  convoke.User
	login convoke.SSOLogin
}

func (*witness) UseOnce(context.Context, convoke.AccountID, time.Time, ...string) error { return nil }

func (s *witness) StartSSOSession(ctx context.Context, from string, user convoke.User, login convoke.SSOLogin) (access.SignedIn, error) {
	s.entered = append(s.entered, entry{user, login})
	return s.Service.StartSSOSession(ctx, from, user, login)
}

func (s *witness) EndSSOSessions(ctx context.Context, account convoke.AccountID, subject string, indexes []string) error {
	s.left = append(s.left, subject)
	return s.Service.EndSSOSessions(ctx, account, subject, indexes)
}

// take returns what was noted, and begins anew.
func (s *witness) take() witness {
	noted := *s
	*s = witness{Service: s.Service}
	return noted
}

// SignIn notes whom a believed assertion is about.
func (w *fuzzWorld) SignIn(ctx context.Context, a convoke.Assertion) (convoke.User, error) {
	w.seen.believed = append(w.seen.believed, a)
	return w.Service.SignIn(ctx, a)
}

func newFuzzWorld(t testing.TB) *fuzzWorld {
	t.Helper()
	w := &fuzzWorld{benchWorld: newBenchWorldAt(t, &clock{at: fuzzNow})}
	w.set(t, convoke.SSOForm{SignOutURL: new(providerLogout)})
	w.seen = &witness{Service: w.access}
	w.handler = doorOf(signon.Config{
		Connections: w, SignIns: w, Access: w.seen, Key: key, PublicURL: benchPublic, Now: w.clock.Now,
		Logger: slog.New(slog.NewTextHandler(w.log, nil)),
	})
	return w
}

// settle makes another account of the same provider, which names carol there, and
// has her come in once.
func (w *fuzzWorld) settle(f *testing.F) convoke.AccountID {
	f.Helper()
	account, err := w.CreateAccount(f.Context(), convoke.Operator(""), "Other", convoke.AccountChange{})
	if err != nil {
		f.Fatal(err)
	}
	other := &world{Service: w.Service, operator: convoke.Operator(account.ID)}
	if _, err := other.AddDomain(f.Context(), other.operator, "other.example", true); err != nil {
		f.Fatal(err)
	}
	other.set(f, convoke.SSOForm{
		Vanity: new("other"), EntityID: new(benchIssuer), SignInURL: new("https://idp.example.com/sso"),
		Certificates: []string{base64.StdEncoding.EncodeToString(w.signer.certificate)},
	})
	if _, err := other.SignIn(f.Context(), convoke.Assertion{
		AccountID: account.ID, Source: convoke.SourceSAML, Issuer: benchIssuer, Subject: "carol", At: fuzzNow,
		Attributes: map[string][]string{convoke.NameID: {"carol"}, "mail": {"carol@other.example"}},
	}); err != nil {
		f.Fatal(err)
	}
	return account.ID
}

// mustEnter holds a seed to be good as it is. Were it refused, all that a fuzzer
// makes of it would be refused too, and nothing behind that would be tried.
func (w *fuzzWorld) mustEnter(f *testing.F, document []byte, relay, to string) {
	f.Helper()
	answer := w.consume(document, relay)
	if seen := w.seen.take(); answer.Code != http.StatusSeeOther || answer.Header().Get("Location") != to || len(seen.entered) != 1 {
		f.Fatalf("the seed gives %d at %q for %+v\n%s\n%s", answer.Code, answer.Header().Get("Location"), seen.entered, w.log.take(), document)
	}
}

// consume posts the document as a provider's answer.
func (w *fuzzWorld) consume(document []byte, relay string) *httptest.ResponseRecorder {
	form := formOf(document)
	return w.send(http.MethodPost, "/acs", string(form)+"&RelayState="+url.QueryEscape(relay))
}

// judge holds the answer to a sign-in to what no document may change: it is no
// fault of ours, who comes in is the one whom the provider named, into this
// account, and they stay on this site.
func (w *fuzzWorld) judge(t *testing.T, answer *httptest.ResponseRecorder, named string) {
	t.Helper()
	seen, log, location := w.seen.take(), w.log.take(), answer.Header().Get("Location")
	if answer.Code >= http.StatusInternalServerError {
		t.Errorf("%d %s\n%s", answer.Code, answer.Body, log)
	}
	if in := answer.Code == http.StatusSeeOther; in != (len(seen.entered) == 1) || len(seen.entered) > 1 || len(seen.left) > 0 {
		t.Errorf("%d, and %d came in and %d left\n%s", answer.Code, len(seen.entered), len(seen.left), log)
	} else if in && !leadsHome(location) {
		t.Errorf("leads to %q", location)
	}
	for _, a := range seen.believed {
		if a.Subject != named || a.AccountID != w.operator.AccountID {
			t.Errorf("%q is taken for %q of account %s", named, a.Subject, a.AccountID)
		}
	}
	for _, e := range seen.entered {
		if e.login.NameID.Value != named || e.user.AccountID != w.operator.AccountID {
			t.Errorf("%q came in as %q, user %s of account %s", named, e.login.NameID.Value, e.user.Email, e.user.AccountID)
		}
	}
}

// onlyAnn holds the account to the one user whom the provider vouched for.
func (w *fuzzWorld) onlyAnn(t *testing.T) {
	t.Helper()
	page, err := w.Users(t.Context(), w.operator, provision.UserList{})
	if err != nil || len(page.Users) != 1 || page.Users[0].Email != "ann@people.example" {
		t.Errorf("signed in: %+v, %v", page.Users, err)
	}
}

// untouched holds the other account to carol, as she was.
func (w *fuzzWorld) untouched(t *testing.T, other convoke.AccountID) {
	t.Helper()
	page, err := w.Users(t.Context(), convoke.Operator(other), provision.UserList{})
	if err != nil || len(page.Users) != 1 || page.Users[0].Email != "carol@other.example" || !page.Users[0].LastLoginAt.IsZero() {
		t.Errorf("the other account has %+v, %v", page.Users, err)
	}
}

// browsers reads an address as browsers do, who are laxer than Go.
var browsers = strings.NewReplacer(`\`, "/", "\t", "", "\n", "", "\r", "", "%2e", ".", "%2E", ".")

// leadsHome reports whether a browser that is sent to the location ends up in
// the portal.
func leadsHome(location string) bool {
	from, err := url.Parse(benchBase + "/acs")
	if err != nil {
		return false
	}
	to, err := from.Parse(browsers.Replace(location))
	return err == nil && to.Scheme == from.Scheme && to.Host == from.Host && to.User == nil &&
		(to.Path == "/portal" || strings.HasPrefix(to.Path, "/portal/"))
}

// people is whom a message names, as read by encoding/xml alone: a second opinion.
// Where not exactly one is named, it is nobody.
type people struct {
	NameID    []string `xml:"urn:oasis:names:tc:SAML:2.0:assertion NameID"` // of a LogoutRequest
	Assertion []struct {
		Subject []struct {
			NameID []string `xml:"urn:oasis:names:tc:SAML:2.0:assertion NameID"`
		} `xml:"urn:oasis:names:tc:SAML:2.0:assertion Subject"`
	} `xml:"urn:oasis:names:tc:SAML:2.0:assertion Assertion"`
}

func namedBy(text []byte) string {
	var message people
	if xml.Unmarshal(text, &message) != nil {
		return ""
	}
	names := message.NameID
	for _, assertion := range message.Assertion {
		for _, subject := range assertion.Subject {
			names = append(names, subject.NameID...)
		}
	}
	if len(names) != 1 {
		return ""
	}
	return strings.TrimSpace(names[0])
}

// send puts the text into a form, or for GET into the query.
func (w *benchWorld) send(method, path, text string, cookies ...*http.Cookie) *httptest.ResponseRecorder {
	request := httptest.NewRequest(method, benchBase+path, strings.NewReader(text))
	if method == http.MethodGet {
		request.Body = http.NoBody
		request.URL.RawQuery = text
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	for _, cookie := range cookies {
		request.AddCookie(cookie)
	}
	recorded := httptest.NewRecorder()
	w.handler.ServeHTTP(recorded, request)
	return recorded
}
