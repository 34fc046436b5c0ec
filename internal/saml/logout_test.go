// SPDX-License-Identifier: Apache-2.0

package saml_test

import (
	"encoding/base64"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"
)

func TestThePersonSignsOutOfBoth(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "")
	browser := newBrowser(t)
	w.signIn(t, browser, w.base, "ann")
	if _, err := w.session(t, browser); err != nil {
		t.Fatal(err)
	}
	var way []string
	browser.CheckRedirect = func(r *http.Request, _ []*http.Request) error {
		way = append(way, r.URL.Path)
		return nil
	}
	answer, page := w.get(t, browser, w.base+"/logout")
	if answer.Request.URL.Path != "/portal" || !strings.Contains(strings.Join(way, " "), "/saml2/idp/SingleLogoutService.php") {
		t.Fatalf("came out at %s by %q\n%s\n%s", answer.Request.URL, way, page, w.log.take())
	}
	if _, err := w.session(t, browser); err == nil {
		t.Error("the session goes on")
	}
	browser.CheckRedirect = nil
	if _, page := w.get(t, browser, w.base); !strings.Contains(page, `name="password"`) {
		t.Errorf("the provider's session goes on:\n%s", page)
	}
}

func TestTheProviderSignsThePersonOut(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "")
	browser := newBrowser(t)
	w.signIn(t, browser, w.base, "ann")
	stolen, err := w.session(t, browser)
	if err != nil {
		t.Fatal(err)
	}
	cookies := browser.Jar.Cookies(must(t, w.server.URL+"/portal"))
	answer, page := w.get(t, browser, w.idp.url+"/saml2/idp/SingleLogoutService.php?ReturnTo="+url.QueryEscape(w.server.URL+"/portal/done"))
	if answer.Request.URL.Path != "/portal/done" {
		t.Fatalf("came out at %s\n%s\n%s", answer.Request.URL, page, w.log.take())
	}
	for _, cookie := range cookies {
		if cookie.Name == "convoke_session" {
			if _, err := w.access.Session(t.Context(), cookie.Value); err == nil {
				t.Errorf("the session of %s goes on", stolen.UserID)
			}
		}
	}
}

// A logout message must be signed, fresh, for this address, and is taken once.
func TestALogoutMessageIsHeldToTheSameRules(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "")
	browser := newBrowser(t)
	w.signIn(t, browser, w.base, "ann")
	var request *url.URL
	browser.CheckRedirect = func(r *http.Request, _ []*http.Request) error {
		if strings.HasSuffix(r.URL.Path, "/slo") {
			request = r.URL
			return http.ErrUseLastResponse
		}
		return nil
	}
	w.get(t, browser, w.idp.url+"/saml2/idp/SingleLogoutService.php?ReturnTo="+url.QueryEscape(w.server.URL+"/portal/done"))
	if request == nil {
		t.Fatal("the provider sent no LogoutRequest")
	}
	stranger := newBrowser(t)
	stranger.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	for name, c := range map[string]struct {
		change func(string) string
		code   string
	}{
		"unsigned":          {func(q string) string { return q[:strings.Index(q, "&SigAlg")] }, "unsigned"},
		"signed otherwise":  {func(q string) string { return strings.Replace(q, "&Signature=", "&Signature=AAAA", 1) }, "bad_signature"},
		"SHA-1":             {func(q string) string { return strings.Replace(q, "xmldsig-more%23rsa-sha256", "xmldsig%23rsa-sha1", 1) }, "bad_algorithm"},
		"with a RelayState": {func(q string) string { return strings.Replace(q, "&SigAlg", "&RelayState=x&SigAlg", 1) }, "bad_request"},
		"twice":             {func(q string) string { return q + "&SAMLRequest=AAAA" }, "bad_request"},
		"as a response":     {func(q string) string { return strings.Replace(q, "SAMLRequest", "SAMLResponse", 1) }, "bad_signature"},
		"nothing":           {func(string) string { return "" }, "bad_request"},
	} {
		query := c.change(request.RawQuery)
		if query == request.RawQuery {
			t.Fatalf("%s: nothing was changed in %s", name, query)
		}
		answer, page := w.get(t, stranger, w.base+"/slo?"+query)
		if code := w.wantPage(t, answer, page, "sso_refused"); code != c.code && (name != "with a RelayState" || code != "bad_signature") {
			t.Errorf("%s: logged %s, want %s", name, code, c.code)
		}
	}
	if _, err := w.session(t, browser); err != nil {
		t.Errorf("a refused message signed the person out: %v", err)
	}
	if answer, page := w.get(t, stranger, request.String()); answer.StatusCode != http.StatusSeeOther {
		t.Fatalf("the message as it came gives %d\n%s\n%s", answer.StatusCode, page, w.log.take())
	}
	if _, err := w.session(t, browser); err == nil {
		t.Error("the session goes on")
	}
	answer, page := w.get(t, stranger, request.String())
	w.wantPage(t, answer, page, "assertion_replayed")
}

// A provider's request may say until when it holds.
func TestALogoutRequestThatIsOver(t *testing.T) {
	t.Parallel()
	w := newFuzzWorld(t)
	for by, over := range map[time.Duration]bool{-91 * time.Second: true, -89 * time.Second: false, time.Hour: false} {
		request := strings.Replace(logoutRequest, ` ID=`, ` NotOnOrAfter="`+w.stamp(by)+`" ID=`, 1)
		answer := w.send(http.MethodGet, "/slo", w.signer.query(t, "SAMLRequest="+deflated(fmt.Appendf(nil, request, w.stamp(0), "ann"))))
		if log := w.log.take(); (len(w.seen.take().left) == 0) != over || strings.Contains(log, "code=expired") != over {
			t.Errorf("until %s: %d\n%s", by, answer.Code, log)
		}
	}
	request := strings.Replace(logoutRequest, ` ID=`, ` NotOnOrAfter="soon" ID=`, 1)
	w.send(http.MethodGet, "/slo", w.signer.query(t, "SAMLRequest="+deflated(fmt.Appendf(nil, request, w.stamp(0), "ann"))))
	if log := w.log.take(); len(w.seen.take().left) > 0 || !strings.Contains(log, "code=bad_time") {
		t.Errorf("until soon: %s", log)
	}
}

// The browser that asked to leave gets home by the answer, also by one as Entra
// sends it: without a signature, a Destination or the issuer that the account
// has. The log says what was missing.
func TestTheAnswerToASignOut(t *testing.T) {
	t.Parallel()
	w := newFuzzWorld(t)
	id, cookies := w.leaving(t)
	begun := w.send(http.MethodGet, "", "", cookies...)
	answer := func(at, to, issuer, more string) []byte { return fmt.Appendf(nil, logoutAnswer, at, to, issuer, more) }
	now, other := w.stamp(0), "https://sts.example/other"
	for name, c := range map[string]struct {
		message []byte
		signed  bool
		code    string // in the log
		home    bool
	}{
		"as it must be":            {answer(now, id, benchIssuer, toUs), true, "", true},
		"as Entra sends it":        {answer(now, id, other, ""), false, "unsigned", true},
		"without a Destination":    {answer(now, id, benchIssuer, ""), true, "wrong_destination", true},
		"of another issuer":        {answer(now, id, other, toUs), true, "wrong_issuer", true},
		"of yesterday":             {answer(w.stamp(-24*time.Hour), id, benchIssuer, toUs), true, "expired", true},
		"to nobody's request":      {answer(now, "_x", benchIssuer, toUs), true, "wrong_in_response", false},
		"by another spelling":      {answer(now, id[1:], benchIssuer, toUs), true, "wrong_in_response", false},
		"to no request":            {answer(now, "", benchIssuer, toUs), true, "wrong_in_response", false},
		"to a request to sign in":  {answer(now, askedID(t, begun), benchIssuer, toUs), true, "wrong_in_response", false},
		"with a DTD":               {append([]byte("<!DOCTYPE x>"), answer(now, id, benchIssuer, toUs)...), false, "forbidden_xml", false},
		"larger than 1 MiB":        {answer(now, id, benchIssuer, strings.Repeat(" ", 1<<20)), false, "too_large", false},
		"not an answer but a wish": {fmt.Appendf(nil, strings.Replace(logoutRequest, " ID=", ` InResponseTo="`+id+`" ID=`, 1), now, "ann"), false, "unsigned", false},
	} {
		for method, text := range w.bothWays(t, c.message, c.signed) {
			w.wantHome(t, name, w.send(method, "/slo", text, cookies...), c.code, c.home)
			w.log.take()
			if stranger := w.send(method, "/slo", text); stranger.Code != http.StatusForbidden {
				t.Errorf("%s: a browser that asked for nothing gets %d", name, stranger.Code)
			}
			w.log.take()
		}
	}
	if left := w.seen.take().left; len(left) > 0 {
		t.Errorf("%q were signed out", left)
	}
}

// bothWays is the logout message as a query and as a form.
func (w *fuzzWorld) bothWays(t *testing.T, message []byte, signed bool) map[string]string {
	t.Helper()
	query, inside := "SAMLResponse="+deflated(message), message
	if signed {
		query, inside = w.signer.query(t, query), w.signer.message(message)
	}
	form := url.Values{"SAMLResponse": {base64.StdEncoding.EncodeToString(inside)}}
	return map[string]string{http.MethodGet: query, http.MethodPost: form.Encode()}
}

// wantHome holds the answer to a logout message to a way home or a refusal, and the
// log to the code.
func (w *fuzzWorld) wantHome(t *testing.T, name string, answer *httptest.ResponseRecorder, code string, home bool) {
	t.Helper()
	log, location := w.log.take(), answer.Header().Get("Location")
	if (answer.Code == http.StatusSeeOther && location == "/portal") != home || !home && answer.Code != http.StatusForbidden {
		t.Errorf("%s: %d to %q\n%s", name, answer.Code, location, log)
	}
	if code == "" && log != "" || !strings.Contains(log, "code="+code) && code != "" {
		t.Errorf("%s: want %s in the log, which has %q", name, code, log)
	}
	if cleared := strings.Contains(strings.Join(answer.Header()["Set-Cookie"], "\n"), "convoke_session=;"); cleared != home {
		t.Errorf("%s: the cookies are cleared: %v", name, cleared)
	}
}

// Another site must not be able to sign people out.
func TestAnotherSiteCannotSignOut(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "")
	browser := newBrowser(t)
	w.signIn(t, browser, w.base, "ann")
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, w.base+"/logout", nil)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Sec-Fetch-Site", "cross-site")
	answer, err := browser.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	if code := w.wantPage(t, answer, read(t, answer), "sso_refused"); code != "foreign_sign_out" {
		t.Errorf("logged %s", code)
	}
	if _, err := w.session(t, browser); err != nil {
		t.Error(err)
	}
}

func must(t *testing.T, text string) *url.URL {
	t.Helper()
	u, err := url.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return u
}
