// SPDX-License-Identifier: Apache-2.0

package oidc_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/convoke/convoke/internal/convoke"
)

func TestAPersonSignsInAndBecomesAUser(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	browser := w.browser(t)
	answer, page := w.signIn(t, browser, w.base+"?return=/portal/home")
	if answer.Request.URL.Path != "/portal/home" {
		t.Fatalf("came out at %s\n%s\n%s", answer.Request.URL, page, w.log.String())
	}
	p, err := w.session(t, browser)
	check(t, err)
	user, err := w.User(t.Context(), p, "me")
	if err != nil || user.Email != "ann@people.example" || user.FirstName != "Ann" || user.Action != convoke.ActionSSOCreate || user.Status != convoke.StatusActive {
		t.Errorf("signed in as %+v, %v", user, err)
	}
	if answer, _ := w.signIn(t, w.browser(t), w.base); answer.Request.URL.Path != "/portal" {
		t.Errorf("a second time came out at %s", answer.Request.URL)
	}
	bindings, err := w.db.Bindings(t.Context(), w.operator.AccountID, convoke.SourceOIDC, "", 10)
	if err != nil || len(bindings) != 1 || bindings[0].ExternalID != w.provider.server.URL+" ann-1" || w.users(t) != 1 {
		t.Errorf("bound as %+v, %v", bindings, err)
	}
}

// What a provider says at the userinfo endpoint alone counts as well; what the ID
// token says goes before it.
func TestUserInfoIsMerged(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.provider.claim = func(c jwt.MapClaims) { delete(c, "email"); delete(c, "email_verified") }
	w.provider.userinfo = map[string]any{"sub": "ann-1", "email": "ann@people.example", "email_verified": "true", "given_name": "Other"}
	browser := w.browser(t)
	if answer, page := w.signIn(t, browser, w.base); answer.Request.URL.Path != "/portal" {
		t.Fatalf("came out at %s\n%s\n%s", answer.Request.URL, page, w.log.String())
	}
	p, err := w.session(t, browser)
	check(t, err)
	if user, err := w.User(t.Context(), p, "me"); err != nil || user.FirstName != "Ann" || user.Email != "ann@people.example" {
		t.Errorf("signed in as %+v, %v", user, err)
	}
	w.provider.userinfo["sub"] = "bob-1"
	answer, page := w.signIn(t, w.browser(t), w.base)
	w.wantPage(t, answer, page, "sso_refused", "no_userinfo")
}

func TestOnlyWhoWasMadeBeforeComesIn(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	prior := convoke.PriorToSignIn
	_, err := w.SetAccount(t.Context(), convoke.Operator(""), w.operator.AccountID, convoke.AccountChange{Provisioning: &prior})
	check(t, err)
	answer, page := w.signIn(t, w.browser(t), w.base)
	w.wantPage(t, answer, page, "not_provisioned", "not_provisioned")
	if w.users(t) != 0 {
		t.Error("a user was made")
	}
	_, err = w.Ensure(t.Context(), w.operator, convoke.Request{Action: "ssoCreate", Email: "ann@people.example", Type: convoke.TypeBasic})
	check(t, err)
	w.provider.claim = func(c jwt.MapClaims) { c["email_verified"] = false } // then the address is nobody's
	answer, page = w.signIn(t, w.browser(t), w.base)
	w.wantPage(t, answer, page, "not_provisioned", "not_provisioned")
	w.provider.claim = nil
	if answer, page := w.signIn(t, w.browser(t), w.base); answer.Request.URL.Path != "/portal" || w.users(t) != 1 {
		t.Errorf("came out at %s\n%s", answer.Request.URL, page)
	}
}

// The audit log names who was refused when the provider vouched for them, and
// nobody when it did not.
func TestARefusalNamesWhoWasVouchedForAlone(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	prior := convoke.PriorToSignIn
	_, err := w.SetAccount(t.Context(), convoke.Operator(""), w.operator.AccountID, convoke.AccountChange{Provisioning: &prior})
	check(t, err)
	w.signIn(t, w.browser(t), w.base)
	w.provider.claim = func(c jwt.MapClaims) { c["email_verified"] = false }
	w.signIn(t, w.browser(t), w.base)
	w.provider.claim = func(c jwt.MapClaims) { c["nonce"] = "another" }
	w.signIn(t, w.browser(t), w.base)
	w.provider.claim = nil
	w.provider.sign = func(c jwt.MapClaims) string { return w.provider.signed(c) + "AA" }
	w.signIn(t, w.browser(t), w.base)
	events, err := w.db.Events(t.Context(), w.operator.AccountID, 0, 100)
	check(t, err)
	var noted []string
	for _, e := range events {
		if e.Name == convoke.EventSSORefused {
			noted = append(noted, string(e.Payload))
		}
	}
	wants := []string{
		`{"code":"not_provisioned","times":1,"email":"ann@people.example"}`,
		`{"code":"not_provisioned","times":1,"external_id":"` + w.provider.server.URL + ` ann-1"}`,
		`{"code":"wrong_nonce","times":1}`, `{"code":"bad_signature","times":1}`,
	}
	if len(noted) != len(wants) {
		t.Fatalf("the audit log has %q", noted)
	}
	for i, want := range wants {
		if !strings.Contains(noted[i], want) {
			t.Errorf("the audit log has %s, want %s", noted[i], want)
		}
	}
}

// Only a yes is a yes: who is let in by an address that the provider does not
// vouch for may be anybody.
func TestAnAddressIsVerifiedByAYesAlone(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	prior := convoke.PriorToSignIn
	_, err := w.SetAccount(t.Context(), convoke.Operator(""), w.operator.AccountID, convoke.AccountChange{Provisioning: &prior})
	check(t, err)
	_, err = w.Ensure(t.Context(), w.operator, convoke.Request{Action: "ssoCreate", Email: "ann@people.example", Type: convoke.TypeBasic})
	check(t, err)
	for _, value := range []any{
		nil, []any{}, map[string]any{}, false, "false", "", 0, 1, "TRUE", []any{nil}, []any{true, false}, []any{"true", "true"}, map[string]any{"true": true},
	} {
		w.provider.claim = func(c jwt.MapClaims) { c["email_verified"] = value }
		w.provider.userinfo = map[string]any{"sub": "ann-1", "email_verified": true} // the ID token goes before it
		browser := w.browser(t)
		answer, page := w.signIn(t, browser, w.base)
		t.Logf("email_verified: %#v", value)
		w.wantPage(t, answer, page, "not_provisioned", "not_provisioned")
		if _, err := w.session(t, browser); err == nil {
			t.Errorf("signed in by an address of which is said %#v", value)
		}
	}
	w.provider.claim = func(c jwt.MapClaims) { delete(c, "email_verified") }
	w.provider.userinfo = map[string]any{"sub": "ann-1", "email_verified": false}
	answer, page := w.signIn(t, w.browser(t), w.base)
	w.wantPage(t, answer, page, "not_provisioned", "not_provisioned")
	w.provider.userinfo = map[string]any{"sub": "ann-1"} // nothing is said, as by most providers
	if answer, page := w.signIn(t, w.browser(t), w.base); answer.Request.URL.Path != "/portal" {
		t.Errorf("came out at %s\n%s\n%s", answer.Request.URL, page, w.log.String())
	}
}

// Claims of every kind reach the mapping as texts.
func TestATestSignInShowsAndChangesNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.provider.claim = func(c jwt.MapClaims) {
		c["groups"], c["level"], c["staff"] = []string{"lab", "office"}, 9007199254740993, true
		c["realm_access"] = map[string]any{"roles": []string{"admin"}}
	}
	_, code, err := w.SSOTestCode(t.Context(), w.operator)
	check(t, err)
	browser := w.browser(t)
	_, page := w.signIn(t, browser, w.base+"/test?code="+code)
	for _, want := range []string{
		`data-code="would_enter"`, "become a new user: Ann", "lab · office", "9007199254740993", "realm_access.roles", "<dt>staff</dt><dd>true</dd>",
	} {
		if !strings.Contains(page, want) {
			t.Errorf("no %q in\n%s", want, page)
		}
	}
	if strings.Contains(page, "auth_time") || w.users(t) != 0 {
		t.Errorf("%d users, and the page is\n%s", w.users(t), page)
	}
	if _, err := w.session(t, browser); err == nil {
		t.Error("the test signed somebody in")
	}
	answer, page := visit(t, browser, w.base+"/test?code=AA")
	w.wantPage(t, answer, page, "token_invalid", "token_invalid")
}

// Whoever tries the connection is shown what the log says, so that they can mend it.
func TestATestSignInSaysWhyTheAnswerIsRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.provider.claim = func(c jwt.MapClaims) { c["aud"] = "somebody-else" }
	_, code, err := w.SSOTestCode(t.Context(), w.operator)
	check(t, err)
	answer, page := w.signIn(t, w.browser(t), w.base+"/test?code="+code)
	for _, want := range []string{`data-testid="sso-test"`, `data-code="wrong_audience"`, "<code>wrong_audience</code>", "Back to the set-up"} {
		if answer.StatusCode != http.StatusOK || !strings.Contains(page, want) {
			t.Errorf("no %q in %d\n%s", want, answer.StatusCode, page)
		}
	}
}

func TestTheForcedReloginInterval(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.set(t, convoke.SSOForm{ReloginAfter: new(60)})
	browser := w.browser(t)
	asked := w.begin(t, browser, w.base)
	if asked.Get("max_age") != "3600" {
		t.Errorf("asked %v", asked)
	}
	visit(t, browser, w.consent(asked))
	_, err := w.session(t, browser)
	check(t, err)
	w.by = time.Hour + 2*time.Minute
	if _, err := w.session(t, browser); !convoke.HasCode(err, convoke.CodeTokenExpired) {
		t.Errorf("after the interval the session is %v", err)
	}
	w.by = 0
	for name, claim := range map[string]func(jwt.MapClaims){
		"too long ago": func(c jwt.MapClaims) { c["auth_time"] = time.Now().Add(-62 * time.Minute).Unix() },
		"not said":     func(c jwt.MapClaims) { delete(c, "auth_time") },
		"no time":      func(c jwt.MapClaims) { c["auth_time"] = "now" },
	} {
		t.Log(name)
		w.provider.claim = claim
		answer, page := w.signIn(t, w.browser(t), w.base)
		w.wantPage(t, answer, page, "sso_refused", "stale_login")
	}
}

// An app that wants a fresh sign-in has the provider ask anew, and is told when the
// person proved there who they are, by a clock that may be behind.
func TestAFreshSignIn(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	browser := w.browser(t)
	if asked := w.begin(t, browser, w.base); asked.Has("prompt") {
		t.Errorf("unasked for, the provider is told %v", asked)
	}
	asked := w.begin(t, browser, w.base+"?fresh=true")
	if asked.Get("prompt") != "login" {
		t.Errorf("the provider is asked %v", asked)
	}
	proved := time.Now().Add(-time.Hour)
	w.provider.claim = func(c jwt.MapClaims) { c["auth_time"] = proved.Unix() }
	visit(t, browser, w.consent(asked))
	p, err := w.session(t, browser)
	check(t, err)
	if off := p.SignedInAt.Sub(proved); off < time.Minute || off > 90*time.Second {
		t.Errorf("they signed in at %s, and proved who they are at %s", p.SignedInAt, proved)
	}
	w.provider.claim = func(c jwt.MapClaims) { c["auth_time"] = time.Now().Add(time.Hour).Unix() }
	w.signIn(t, browser, w.base)
	if p, err := w.session(t, browser); err != nil || time.Until(p.SignedInAt) > 0 {
		t.Errorf("a provider whose clock is ahead makes it %s, %v", p.SignedInAt, err)
	}
}

// A sign-in that the provider begins is an ordinary one, and ends on this site.
func TestTheProviderBegins(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	begin := func(form url.Values) url.Values {
		t.Helper()
		browser := w.browser(t)
		asked := w.begin(t, browser, w.base+"?"+form.Encode())
		answer, _ := visit(t, browser, w.consent(asked))
		asked.Set("end", answer.Request.URL.String())
		return asked
	}
	asked := begin(url.Values{"iss": {w.provider.server.URL}, "login_hint": {"ann"}, "target_link_uri": {w.server.URL + "/portal/meetings"}})
	if asked.Get("login_hint") != "ann" || asked.Get("end") != w.server.URL+"/portal/meetings" {
		t.Errorf("asked %v", asked)
	}
	for _, to := range []string{"https://evil.example/portal", w.server.URL + ".evil.example/portal", w.server.URL + "@evil.example/portal", w.server.URL + "//evil.example", "//evil.example", "javascript:alert(1)"} {
		if asked := begin(url.Values{"target_link_uri": {to}}); asked.Get("end") != w.server.URL+"/portal" {
			t.Errorf("%s leads to %s", to, asked.Get("end"))
		}
	}
	answer, page := visit(t, w.browser(t), w.base+"?iss=https://evil.example")
	w.wantPage(t, answer, page, "sso_refused", "wrong_login_request")
	post, err := w.browser(t).PostForm(w.base, url.Values{"iss": {w.provider.server.URL}})
	check(t, err)
	post.Body.Close()
	if to, err := post.Location(); err != nil || to.Path != "/auth" {
		t.Errorf("posted, it leads to %s, %v", to, err)
	}
}

func TestSignOutLeadsThroughTheProvider(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	browser := w.browser(t)
	w.signIn(t, browser, w.base)
	p, err := w.session(t, browser)
	check(t, err)
	answer, _ := visit(t, browser, w.base+"/logout")
	to, err := answer.Location()
	check(t, err)
	token, _, err := jwt.NewParser().ParseUnverified(to.Query().Get("id_token_hint"), jwt.MapClaims{})
	if err != nil || to.Path != "/end" || to.Query().Get("client_id") != clientID || to.Query().Get("post_logout_redirect_uri") != w.server.URL+"/portal" {
		t.Fatalf("it leads to %s, %v", to, err)
	}
	if subject, _ := token.Claims.GetSubject(); subject != "ann-1" {
		t.Errorf("the hint is about %s", subject)
	}
	if _, err := w.session(t, browser); err == nil {
		t.Errorf("the session of %s goes on", p.Label)
	}
	if answer, _ := visit(t, browser, w.base+"/logout"); answer.Request.URL.Path != "/portal" {
		t.Errorf("a second time it leads to %s", answer.Request.URL)
	}
}

func TestTheProviderSignsOut(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	post := func(claims jwt.MapClaims, more string) int {
		t.Helper()
		answer, err := http.PostForm(w.base+"/backchannel", url.Values{"logout_token": {w.provider.signed(claims) + more}})
		check(t, err)
		answer.Body.Close()
		return answer.StatusCode
	}
	token := w.provider.logout
	browser := w.browser(t)
	w.signIn(t, browser, w.base)
	for name, change := range map[string]func(jwt.MapClaims){
		"another audience":  func(c jwt.MapClaims) { c["aud"] = "other" },
		"another issuer":    func(c jwt.MapClaims) { c["iss"] = "https://evil.example" },
		"an ID token":       func(c jwt.MapClaims) { c["nonce"] = "n" },
		"no event":          func(c jwt.MapClaims) { delete(c, "events") },
		"over":              func(c jwt.MapClaims) { c["exp"] = time.Now().Add(-2 * time.Minute).Unix() },
		"nobody":            func(c jwt.MapClaims) { delete(c, "sub"); delete(c, "sid") },
		"of the time ahead": func(c jwt.MapClaims) { c["iat"] = time.Now().Add(time.Hour).Unix() },
	} {
		claims := token(name)
		change(claims)
		if status := post(claims, ""); status != http.StatusBadRequest {
			t.Errorf("%s: %d", name, status)
		}
	}
	if status := post(token("cut"), "A"); status != http.StatusBadRequest {
		t.Errorf("a broken signature: %d", status)
	}
	other := token("other session")
	other["sid"] = "there-2"
	if status := post(other, ""); status != http.StatusOK {
		t.Errorf("another session: %d", status)
	}
	delete(other, "sub")
	other["jti"] = "other session alone"
	if status := post(other, ""); status != http.StatusOK {
		t.Errorf("another session alone: %d", status)
	}
	_, err := w.session(t, browser)
	check(t, err)
	byName := w.browser(t)
	w.signIn(t, byName, w.base)
	alone := token("alone")
	delete(alone, "sub")
	if status := post(alone, ""); status != http.StatusOK {
		t.Errorf("the session alone: %d\n%s", status, w.log.String())
	}
	if _, err := w.session(t, byName); err == nil {
		t.Error("the session goes on that was named alone")
	}
	w.signIn(t, browser, w.base)
	if status := post(token("1"), ""); status != http.StatusOK {
		t.Errorf("the sign-out: %d\n%s", status, w.log.String())
	}
	if _, err := w.session(t, browser); err == nil {
		t.Error("the session goes on")
	}
	if status := post(token("1"), ""); status != http.StatusBadRequest {
		t.Errorf("again: %d", status)
	}
}
