// SPDX-License-Identifier: Apache-2.0

package saml_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
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
		"nothing":           {func(string) string { return "" }, "unsigned"},
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
	w.wantPage(t, answer, read(t, answer), "sso_refused")
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
