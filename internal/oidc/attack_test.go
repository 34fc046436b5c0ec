// SPDX-License-Identifier: Apache-2.0

package oidc_test

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/convoke/convoke/internal/convoke"
)

// Each mutation of a token that is otherwise right is refused, for its own reason,
// and the token itself is accepted by the same door.
func TestMutatedTokensAreRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	other, err := rsa.GenerateKey(rand.Reader, 2048)
	check(t, err)
	der, err := x509.MarshalPKIXPublicKey(w.provider.key.Public())
	check(t, err)
	public := pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der})
	ahead, past := time.Now().Add(2*time.Minute).Unix(), time.Now().Add(-2*time.Minute).Unix()
	set := func(name string, value any) func(jwt.MapClaims) { return func(c jwt.MapClaims) { c[name] = value } }
	for name, c := range map[string]struct {
		claim  func(jwt.MapClaims)
		sign   func(jwt.MapClaims) string
		reason string
	}{
		"another issuer":         {set("iss", "https://evil.example"), nil, "wrong_issuer"},
		"an issuer with a slash": {func(c jwt.MapClaims) { c["iss"] = w.provider.server.URL + "/" }, nil, "wrong_issuer"},
		"another audience":       {set("aud", "other"), nil, "wrong_audience"},
		"no audience":            {func(c jwt.MapClaims) { delete(c, "aud") }, nil, "wrong_audience"},
		"two audiences":          {set("aud", []string{clientID, "other"}), nil, "wrong_azp"},
		"another party":          {set("azp", "other"), nil, "wrong_azp"},
		"a party that is none":   {set("azp", 7), nil, "wrong_azp"},
		"over":                   {set("exp", past), nil, "expired"},
		"without an end":         {func(c jwt.MapClaims) { delete(c, "exp") }, nil, "expired"},
		"issued ahead":           {set("iat", ahead), nil, "not_yet_valid"},
		"not yet":                {set("nbf", ahead), nil, "not_yet_valid"},
		"long not yet":           {set("nbf", time.Now().Add(time.Hour).Unix()), nil, "not_yet_valid"},
		"another nonce":          {set("nonce", "AAAA"), nil, "wrong_nonce"},
		"no nonce":               {func(c jwt.MapClaims) { delete(c, "nonce") }, nil, "wrong_nonce"},
		"of another token":       {set("at_hash", "AAAA"), nil, "wrong_token_hash"},
		"nobody":                 {func(c jwt.MapClaims) { delete(c, "sub") }, nil, "bad_subject"},
		"a long name":            {set("sub", strings.Repeat("a", 256)), nil, "bad_subject"},
		"a name that is no text": {set("sub", "ada\x00"), nil, "bad_subject"},
		"a number for a name":    {set("sub", 7), nil, "malformed_token"},
		"a long session":         {set("sid", strings.Repeat("a", 256)), nil, "bad_subject"},
		"another organisation":   {set("hd", "evil.example"), nil, "wrong_organisation"},
		"no organisation":        {func(c jwt.MapClaims) { delete(c, "hd") }, nil, "wrong_organisation"},
		"a session with a NUL":   {set("sid", "there\x00"), nil, "bad_subject"},
		"without a signature": {nil, func(c jwt.MapClaims) string {
			return sign(jwt.SigningMethodNone, jwt.UnsafeAllowNoneSignatureType, c)
		}, "bad_algorithm"},
		"HMAC with the public key": {nil, func(c jwt.MapClaims) string { return sign(jwt.SigningMethodHS256, public, c) }, "bad_algorithm"},
		"HMAC with the secret":     {nil, func(c jwt.MapClaims) string { return sign(jwt.SigningMethodHS256, []byte(clientSecret), c) }, "bad_algorithm"},
		"another key":              {nil, func(c jwt.MapClaims) string { return sign(jwt.SigningMethodRS256, other, c) }, "bad_signature"},
		"other content": {nil, func(c jwt.MapClaims) string {
			right := strings.Split(w.provider.signed(c), ".")
			c["sub"] = "bob-1"
			forged := strings.Split(sign(jwt.SigningMethodRS256, other, c), ".")
			return right[0] + "." + forged[1] + "." + right[2]
		}, "bad_signature"},
		"its signature cut off": {nil, func(c jwt.MapClaims) string {
			parts := strings.Split(w.provider.signed(c), ".")
			return parts[0] + "." + parts[1] + "."
		}, "bad_signature"},
		"no token":      {nil, func(jwt.MapClaims) string { return "" }, "no_token"},
		"no JWT":        {nil, func(jwt.MapClaims) string { return "a.b" }, "bad_algorithm"},
		"five parts":    {nil, func(c jwt.MapClaims) string { return w.provider.signed(c) + ".a.b" }, "malformed_token"},
		"an old format": {nil, func(jwt.MapClaims) string { return `{"payload":"e30","signatures":[]}` }, "bad_algorithm"},
	} {
		w.provider.claim, w.provider.sign = c.claim, c.sign
		browser := w.browser(t)
		answer, page := w.signIn(t, browser, w.base)
		t.Log(name)
		w.wantPage(t, answer, page, "sso_refused", c.reason)
		if _, err := w.session(t, browser); err == nil {
			t.Errorf("%s: signed in", name)
		}
	}
	if w.users(t) != 0 {
		t.Error("a user was made")
	}
	w.provider.claim, w.provider.sign = nil, func(c jwt.MapClaims) string { return sign(jwt.SigningMethodPS256, w.provider.key, c) }
	if answer, page := w.signIn(t, w.browser(t), w.base); answer.Request.URL.Path != "/portal" {
		t.Errorf("PS256 came out at %s\n%s\n%s", answer.Request.URL, page, w.log.String())
	}
	w.provider.sign = nil
	w.provider.claim = func(c jwt.MapClaims) { // the clocks differ by less than they may
		c["exp"], c["iat"], c["aud"], c["azp"] = time.Now().Add(-time.Minute).Unix(), time.Now().Add(time.Minute).Unix(), []string{clientID, "other"}, clientID
	}
	if answer, page := w.signIn(t, w.browser(t), w.base); answer.Request.URL.Path != "/portal" {
		t.Errorf("within the skew it came out at %s\n%s\n%s", answer.Request.URL, page, w.log.String())
	}
}

// Whoever sends tokens by keys that nobody knows has the provider asked for its
// keys a few times, and not for each.
func TestTheProviderIsNotFlooded(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	other, err := rsa.GenerateKey(rand.Reader, 2048)
	check(t, err)
	for range 100 {
		token := sign(jwt.SigningMethodRS256, other, w.provider.logout("1"))
		answer, err := http.PostForm(w.base+"/backchannel", url.Values{"logout_token": {token}})
		check(t, err)
		if answer.Body.Close(); answer.StatusCode != http.StatusBadRequest {
			t.Fatalf("answered with %d", answer.StatusCode)
		}
	}
	if asked := w.provider.asked.Load(); asked == 0 || asked > 6 {
		t.Errorf("the provider was asked %d times", asked)
	}
	if answer, page := w.signIn(t, w.browser(t), w.base); answer.Request.URL.Path != "/portal" {
		t.Errorf("then a sign-in comes out at %s\n%s", answer.Request.URL, page)
	}
}

func TestWhoInventsAnswersIsNotHeardForAWhile(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.at = time.Now() // or tries come back meanwhile
	browser := w.browser(t)
	invent := func(want string) {
		t.Helper()
		asked := w.begin(t, browser, w.base)
		answer, page := visit(t, browser, w.base+"/callback?"+url.Values{"state": {asked.Get("state")}, "code": {"junk"}}.Encode())
		w.wantPage(t, answer, page, "sso_refused", want)
	}
	for range 100 {
		invent("no_token")
	}
	invent("too_many_answers")
	w.by += time.Minute
	if answer, page := w.signIn(t, browser, w.base); answer.Request.URL.Path != "/portal" {
		t.Errorf("a minute later a sign-in comes out at %s\n%s", answer.Request.URL, page)
	}
}

func TestTimesThatCannotBe(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, relogin := range []int{0, 60} {
		w.set(t, convoke.SSOForm{ReloginAfter: &relogin})
		for text, ahead := range map[string]bool{"1e300": true, "253402300799": true, "-1e300": false, "-62167219300": false} {
			w.provider.claim = func(c jwt.MapClaims) { c["auth_time"] = json.Number(text) }
			browser := w.browser(t)
			answer, page := w.signIn(t, browser, w.base)
			if relogin > 0 && !ahead {
				w.wantPage(t, answer, page, "sso_refused", "stale_login")
			} else if answer.Request.URL.Path != "/portal" {
				t.Errorf("%s came out at %s\n%s", text, answer.Request.URL, page)
			}
		}
	}
}

// An answer is for the browser, the account and the provider that asked, and once.
func TestAnswersThatAreNotToThisRequest(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	browser, other := w.browser(t), w.browser(t)
	address := w.consent(w.begin(t, browser, w.base))
	answer, page := visit(t, other, address)
	w.wantPage(t, answer, page, "sso_refused", "wrong_state")
	own := w.begin(t, other, w.base) // now it has a secret of its own
	answer, page = visit(t, other, address)
	w.wantPage(t, answer, page, "sso_refused", "wrong_state")

	stolen, err := url.Parse(address) // the code of one in the answer to the other
	check(t, err)
	query := stolen.Query()
	query.Set("state", own.Get("state"))
	answer, page = visit(t, other, w.base+"/callback?"+query.Encode())
	w.wantPage(t, answer, page, "sso_refused", "no_token")

	address = w.consent(w.begin(t, browser, w.base))
	if answer, _ := visit(t, browser, address); answer.Request.URL.Path != "/portal" {
		t.Fatalf("came out at %s", answer.Request.URL)
	}
	answer, page = visit(t, browser, address)
	w.wantPage(t, answer, page, "assertion_replayed", "assertion_replayed")

	asked := w.begin(t, browser, w.base)
	w.by = time.Hour + 2*time.Minute
	answer, page = visit(t, browser, w.consent(asked))
	w.wantPage(t, answer, page, "sso_refused", "wrong_state")
	w.by = 0

	for _, bad := range []string{"", "AAAA", strings.Repeat("A", 100), asked.Get("state") + "A", asked.Get("state")[1:]} {
		answer, page = visit(t, browser, w.base+"/callback?code=1&state="+bad)
		w.wantPage(t, answer, page, "sso_refused", "wrong_state")
	}
	state := url.QueryEscape(w.begin(t, browser, w.base).Get("state"))
	answer, page = visit(t, browser, w.base+"/callback?error=access_denied&state="+state)
	w.wantPage(t, answer, page, "sso_refused", "failed_at_provider")
	answer, page = visit(t, browser, w.base+"/callback?code=1&code=2&state="+state)
	w.wantPage(t, answer, page, "sso_refused", "bad_request")
}

// An attacker's provider cannot have a code that was meant for another, nor pass
// its own answer off as the other's (RFC 9207).
func TestProvidersAreNotMixedUp(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	browser := w.browser(t)
	mixed := w.consent(w.begin(t, browser, w.base)) + "&iss=" + url.QueryEscape("https://evil.example")
	answer, page := visit(t, browser, mixed)
	w.wantPage(t, answer, page, "sso_refused", "wrong_issuer")

	asked := w.begin(t, browser, w.base)
	second := newProvider(t)
	second.discover = func(d map[string]any) { d["authorization_response_iss_parameter_supported"] = true }
	w.set(t, convoke.SSOForm{Issuer: &second.server.URL, ClientSecret: new(clientSecret)})
	answer, page = visit(t, browser, w.consent(asked)) // asked of the former provider
	w.wantPage(t, answer, page, "sso_refused", "wrong_state")

	w.provider = second
	asked = w.begin(t, browser, w.base)
	answer, page = visit(t, browser, w.consent(asked))
	w.wantPage(t, answer, page, "sso_refused", "wrong_issuer") // it must name itself, and does not
	if answer, _ := visit(t, browser, w.consent(asked)+"&iss="+url.QueryEscape(second.server.URL)); answer.Request.URL.Path != "/portal" {
		t.Errorf("came out at %s\n%s", answer.Request.URL, w.log.String())
	}
}

// The same name at another provider is another person.
func TestAPersonIsOfAProvider(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.signIn(t, w.browser(t), w.base)
	w.provider = newProvider(t)
	w.set(t, convoke.SSOForm{Issuer: &w.provider.server.URL, ClientSecret: new(clientSecret)})
	w.provider.claim = func(c jwt.MapClaims) { c["email"] = "eve@people.example" }
	browser := w.browser(t)
	w.signIn(t, browser, w.base)
	p, err := w.session(t, browser)
	check(t, err)
	if user, err := w.User(t.Context(), p, "me"); err != nil || user.Email != "eve@people.example" || w.users(t) != 2 {
		t.Errorf("signed in as %+v, %v", user, err)
	}
}

func TestAPathLeadsToNoOtherSite(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, path := range []string{"https://evil.example/portal", "//evil.example/portal", "/\\evil.example", "/portal/..//evil.example", "javascript:alert(1)", "/portalevil"} {
		browser := w.browser(t)
		if answer, _ := w.signIn(t, browser, w.base+"?return="+url.QueryEscape(path)); answer.Request.URL.String() != w.server.URL+"/portal" {
			t.Errorf("%q leads to %s", path, answer.Request.URL)
		}
	}
}

func TestAProviderThatIsNoneIsRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	dead := "http://127.0.0.1:1"
	for name, c := range map[string]struct {
		form     convoke.SSOForm
		discover func(map[string]any)
		code     convoke.Code
		field    string
	}{
		"nobody there":      {convoke.SSOForm{Issuer: &dead}, nil, convoke.CodeInvalidMetadata, "issuer"},
		"another name":      {convoke.SSOForm{Issuer: new(w.provider.server.URL + "/")}, nil, convoke.CodeInvalidMetadata, "issuer"},
		"HMAC alone":        {convoke.SSOForm{Issuer: &w.provider.server.URL}, func(d map[string]any) { d["id_token_signing_alg_values_supported"] = []string{"HS256"} }, convoke.CodeInvalidMetadata, "issuer"},
		"a plain endpoint":  {convoke.SSOForm{Issuer: &w.provider.server.URL}, func(d map[string]any) { d["token_endpoint"] = "http://idp.example/token" }, convoke.CodeInvalidField, "issuer"},
		"no keys":           {convoke.SSOForm{Issuer: &w.provider.server.URL}, func(d map[string]any) { delete(d, "jwks_uri") }, convoke.CodeInvalidField, "issuer"},
		"no openid":         {convoke.SSOForm{Scopes: []string{"email"}}, nil, convoke.CodeInvalidField, "scopes"},
		"no client":         {convoke.SSOForm{ClientID: new("")}, nil, convoke.CodeInvalidField, "client_id"},
		"no secret":         {convoke.SSOForm{ClientSecret: new("")}, nil, convoke.CodeInvalidField, "client_secret"},
		"another protocol":  {convoke.SSOForm{Protocol: new(convoke.SSOProtocol("cas"))}, nil, convoke.CodeInvalidField, "protocol"},
		"a value of SAML's": {convoke.SSOForm{EntityID: new("https://idp.example")}, nil, convoke.CodeInvalidField, "protocol"},
	} {
		w.provider.discover = c.discover
		_, err := w.SetSSO(t.Context(), w.operator, c.form)
		if e := convoke.AsError(err); err == nil || e.Code != c.code || e.Field != c.field {
			t.Errorf("%s: %+v", name, e)
		}
	}
}

// The discovery document is fetched again, and what it says by then counts; the
// secret is stored sealed.
func TestTheProviderIsReadAgain(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.provider.discover = func(d map[string]any) { delete(d, "userinfo_endpoint"); delete(d, "end_session_endpoint") }
	w.by = convoke.SSORefresh + time.Minute
	if n, err := w.RefreshSSO(t.Context(), convoke.Operator("")); n != 1 || err != nil {
		t.Fatalf("refreshed %d, %v", n, err)
	}
	c, err := w.SSO(t.Context(), w.operator)
	if err != nil || c.OIDC.UserInfoURL != "" || c.SignOutURL != "" || c.OIDC.ClientID != clientID || c.RefreshFailure != "" {
		t.Errorf("it is %+v, %v", c, err)
	}
	if strings.Contains(string(c.OIDC.Secret), clientSecret) {
		t.Error("the secret is not sealed")
	}
	w.by = 0
	if answer, _ := w.signIn(t, w.browser(t), w.base); answer.Request.URL.Path != "/portal" {
		t.Errorf("came out at %s", answer.Request.URL)
	}
	saml := convoke.SSOForm{Protocol: new(convoke.SSOSAML)}
	if _, err := w.SetSSO(t.Context(), w.operator, saml); convoke.AsError(err).Field != "entity_id" {
		t.Errorf("without a provider of SAML: %v", err)
	}
	if answer, err := http.Get(w.base + "/nowhere"); err != nil || answer.StatusCode != http.StatusNotFound {
		t.Errorf("an address that is none: %v", err)
	}
}
