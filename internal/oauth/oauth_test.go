// SPDX-License-Identifier: Apache-2.0

package oauth_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"github.com/convoke/convoke/internal/access"
	"github.com/convoke/convoke/internal/convoke"
	"github.com/convoke/convoke/internal/oauth"
	"github.com/convoke/convoke/internal/provision"
	"github.com/convoke/convoke/internal/store/storetest"
)

const back = "https://app.example/back?from=convoke"

// world is the door on the real use cases and a real database. Its people press
// the buttons of the page by calling what the page's door calls.
type world struct {
	*access.Service

	users    *provision.Service
	server   *httptest.Server
	operator convoke.Principal
	person   convoke.Principal
	user     convoke.User
	app      convoke.App
	secret   string
	mu       sync.Mutex
	moved    time.Duration
}

func (w *world) Now() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return time.Now().Add(w.moved)
}

func (w *world) advance(d time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.moved += d
}

func newWorld(t *testing.T) *world {
	t.Helper()
	db := storetest.SQLite(t)
	quiet := slog.New(slog.DiscardHandler)
	w := &world{}
	w.Service = access.New(access.Config{Apps: db, Tokens: db, Sessions: db, Domains: db, SSO: db, Consents: db, Grants: db, Devices: db, Now: w.Now, Logger: quiet})
	key := []byte(strings.Repeat("k", 32))
	w.users = provision.New(provision.Config{
		Store: db, Accounts: db, Domains: db, SSO: db, Mappings: db, Passwords: db, PageKey: key, CodeKey: key, Now: w.Now,
	})
	account, err := w.users.CreateAccount(t.Context(), convoke.Operator(""), "Acme", convoke.AccountChange{APIPartner: new(true)})
	check(t, err)
	w.operator = convoke.Operator(account.ID)
	outcome, err := w.users.Ensure(t.Context(), w.operator, convoke.Request{
		Source: convoke.SourceApp, ExternalID: "42", Action: string(convoke.ActionCustCreate), Email: "ada@example.com", FirstName: "Ada", LastName: "L",
	})
	check(t, err)
	w.user = outcome.User
	w.person = convoke.Principal{Kind: convoke.UserCaller, AccountID: account.ID, UserID: w.user.ID, Label: w.user.Email}
	w.app, w.secret = w.newApp(t, convoke.AppForUsers)
	var handler http.Handler
	w.server = httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) { handler.ServeHTTP(rw, r) }))
	t.Cleanup(w.server.Close)
	signing, err := ecdsa.ParseRawPrivateKey(elliptic.P256(), key)
	check(t, err)
	handler, err = oauth.New(oauth.Config{Access: w, Key: signing, PublicURL: w.server.URL, Now: w.Now, Logger: quiet})
	check(t, err)
	return w
}

func (w *world) newApp(t *testing.T, kind convoke.AppKind) (convoke.App, string) {
	t.Helper()
	app, secret, err := w.CreateApp(t.Context(), w.operator, access.AppDraft{
		Name: "Lantern", Kind: kind, RedirectURIs: []string{back}, Scopes: convoke.Scopes{"openid", "profile", "email", "user:read", "meeting:write"},
	})
	check(t, err)
	return app, secret
}

func (w *world) newAccountApp(t *testing.T) (convoke.App, string) {
	t.Helper()
	app, secret, err := w.CreateApp(t.Context(), w.operator, access.AppDraft{Name: "Office", Scopes: convoke.Scopes{"user:read:admin"}})
	check(t, err)
	return app, secret
}

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func (w *world) config(app convoke.App, secret string) *oauth2.Config {
	return &oauth2.Config{
		ClientID: string(app.ClientID), ClientSecret: secret, RedirectURL: back, Scopes: []string{"openid", "email", "user:read"},
		Endpoint: oauth2.Endpoint{AuthURL: w.server.URL + "/oauth/authorize", TokenURL: w.server.URL + "/oauth/token"},
	}
}

// open asks for the address as a browser does and returns where it is sent, or
// the page that it is shown instead.
func (w *world) open(t *testing.T, address string) (*url.URL, *http.Response, string) {
	t.Helper()
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	answer, err := client.Get(address)
	check(t, err)
	defer answer.Body.Close()
	page, err := io.ReadAll(answer.Body)
	check(t, err)
	to, _ := answer.Location()
	return to, answer, string(page)
}

// code lets the person allow the request at the address.
func (w *world) code(t *testing.T, address string) string {
	t.Helper()
	to, answer, page := w.open(t, address)
	if to == nil || to.Path != "/portal/connect" {
		t.Fatalf("sent to %v, status %d: %s", to, answer.StatusCode, page)
	}
	_, code, err := w.Allow(t.Context(), w.person, to.Query())
	check(t, err)
	return code
}

// wantRefusal wants Zoom's body of an error.
func wantRefusal(t *testing.T, err error, code string) {
	t.Helper()
	refused, ok := errors.AsType[*oauth2.RetrieveError](err)
	if !ok {
		t.Fatalf("the error is %v, want %s", err, code)
	}
	var body struct{ Reason, Error string }
	check(t, json.Unmarshal(refused.Body, &body))
	if body.Error != code || body.Reason == "" || refused.Response.StatusCode != http.StatusBadRequest {
		t.Errorf("answered %d %s, want %s", refused.Response.StatusCode, refused.Body, code)
	}
}

func (w *world) wantDead(t *testing.T, token string) {
	t.Helper()
	if _, err := w.Bearer(t.Context(), token); !convoke.HasCode(err, convoke.CodeTokenInvalid) {
		t.Errorf("the token gives %v", err)
	}
}

func TestAPersonSignsInToAnApp(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ctx := t.Context()
	provider, err := oidc.NewProvider(ctx, w.server.URL)
	check(t, err)
	config, verifier := w.config(w.app, w.secret), oauth2.GenerateVerifier()
	config.Endpoint = provider.Endpoint()
	code := w.code(t, config.AuthCodeURL("the state", oauth2.S256ChallengeOption(verifier), oidc.Nonce("n-1")))
	token, err := config.Exchange(ctx, code, oauth2.VerifierOption(verifier))
	check(t, err)
	if token.Extra("api_url") != w.server.URL || token.RefreshToken == "" || token.Extra("scope") != "email openid user:read" {
		t.Errorf("the answer is %+v", token)
	}
	raw, _ := token.Extra("id_token").(string)
	id, err := provider.Verifier(&oidc.Config{ClientID: config.ClientID}).Verify(ctx, raw)
	check(t, err)
	if id.Subject != string(w.user.ID) || id.Nonce != "n-1" || id.VerifyAccessToken(token.AccessToken) != nil {
		t.Errorf("the ID token says %+v", id)
	}
	info, err := provider.UserInfo(ctx, oauth2.StaticTokenSource(token))
	if err != nil || info.Subject != id.Subject || info.Email != "ada@example.com" {
		t.Errorf("userinfo is %+v, %v", info, err)
	}
	p, err := w.Bearer(ctx, token.AccessToken)
	check(t, err)
	if me, err := w.users.User(ctx, p, "me"); err != nil || me.ID != w.user.ID {
		t.Errorf("me is %+v, %v", me, err)
	}
	for name, err := range map[string]error{
		"another user":      second(w.users.User(ctx, p, "somebody")),
		"the list of users": second(w.users.Users(ctx, p, provision.UserList{})),
		"a missing scope":   p.RequireFor(convoke.RightCreateMeeting, p.UserID),
		"allowing for them": second(w.Asked(ctx, p, url.Values{})),
	} {
		if !convoke.HasCode(err, convoke.CodeScopeMissing) && !convoke.HasCode(err, convoke.CodeNotPerson) {
			t.Errorf("%s gives %v", name, err)
		}
	}
}

// TestAnUnverifiedEMailIsSaidToBeOne: whoever made the user of the tests vouched for
// no address. Without a word some apps would take it for verified.
func TestAnUnverifiedEMailIsSaidToBeOne(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	provider, err := oidc.NewProvider(t.Context(), w.server.URL)
	check(t, err)
	config, token := w.signIn(t)
	raw, _ := token.Extra("id_token").(string)
	id, err := provider.Verifier(&oidc.Config{ClientID: config.ClientID}).Verify(t.Context(), raw)
	check(t, err)
	info, err := provider.UserInfo(t.Context(), oauth2.StaticTokenSource(token))
	check(t, err)
	for name, claims := range map[string]func(any) error{"ID token": id.Claims, "userinfo": info.Claims} {
		var said map[string]any
		check(t, claims(&said))
		if verified, there := said["email_verified"].(bool); !there || verified {
			t.Errorf("the %s says %v", name, said)
		}
	}
}

// TestClaimsComeWithTheirScope: without the scope email nothing is said of it.
func TestClaimsComeWithTheirScope(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	provider, err := oidc.NewProvider(t.Context(), w.server.URL)
	check(t, err)
	config := w.config(w.app, w.secret)
	config.Scopes = []string{"openid"}
	token, err := config.Exchange(t.Context(), w.code(t, config.AuthCodeURL("s")))
	check(t, err)
	info, err := provider.UserInfo(t.Context(), oauth2.StaticTokenSource(token))
	check(t, err)
	var said map[string]any
	if check(t, info.Claims(&said)); len(said) != 1 || said["sub"] != string(w.user.ID) {
		t.Errorf("userinfo is %v", said)
	}
}

func second[T any](_ T, err error) error { return err }

func TestTheStateComesBackAndNothingGoesToAStranger(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	good := w.config(w.app, w.secret).AuthCodeURL("s 1")
	to, _, _ := w.open(t, good)
	request, _, err := w.Allow(t.Context(), w.person, to.Query())
	check(t, err)
	answer, err := url.Parse(request.Answer("https://issuer.example", url.Values{"code": {"c"}}))
	check(t, err)
	if q := answer.Query(); q.Get("state") != "s 1" || q.Get("code") != "c" || q.Get("from") != "convoke" || q.Get("iss") != "https://issuer.example" {
		t.Errorf("the app is told %s", answer)
	}
	for name, uri := range map[string]string{
		"suffix": back + "x", "path": "https://app.example/back/..", "host": "https://app.example.evil.example/back", "none": "",
		"case": strings.ToUpper(back), "user": "https://app.example@evil.example/back",
	} {
		to, answer, page := w.open(t, strings.Replace(good, url.QueryEscape(back), url.QueryEscape(uri), 1))
		if to != nil || answer.StatusCode != http.StatusBadRequest || !strings.Contains(page, "redirect_uri_mismatch") {
			t.Errorf("%s: sent to %v, %d", name, to, answer.StatusCode)
		}
		if answer.Header.Get("X-Frame-Options") != "DENY" || !strings.Contains(answer.Header.Get("Content-Security-Policy"), "frame-ancestors 'none'") {
			t.Errorf("%s: the page can be framed: %v", name, answer.Header)
		}
	}
	for change, want := range map[string]string{
		"response_type=token": "unsupported_response_type", "scope=user%3Aread%3Aadmin": "invalid_scope",
		"code_challenge=short": "invalid_request", "prompt=none+login": "invalid_request", "prompt=create": "invalid_request", "max_age=-1": "invalid_request",
		"state=1&state=2": "invalid_request", "response_mode=fragment": "invalid_request",
		"request=e30.e30.": "request_not_supported", "request_uri=https%3A%2F%2Fapp.example%2Fobject": "request_uri_not_supported",
		"request=e30.e30.&response_type=": "request_not_supported",
	} {
		address, _ := url.Parse(good)
		query := address.Query()
		fresh, _ := url.ParseQuery(change)
		maps.Copy(query, fresh)
		address.RawQuery = query.Encode()
		if to, _, page := w.open(t, address.String()); to == nil || to.Host != "app.example" || to.Query().Get("error") != want {
			t.Errorf("%s: sent to %v: %s", change, to, page)
		}
	}
	w.code(t, good+"&request=&request_uri=") // without a value they are not there (RFC 6749 section 3.1)
}

// TestTheDocumentSaysWhatIsNotServed: of request_uri a client would take silence
// for a yes.
func TestTheDocumentSaysWhatIsNotServed(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	provider, err := oidc.NewProvider(t.Context(), w.server.URL)
	check(t, err)
	var said map[string]any
	check(t, provider.Claims(&said))
	for _, name := range []string{"request_parameter_supported", "request_uri_parameter_supported", "claims_parameter_supported"} {
		if served, there := said[name].(bool); !there || served {
			t.Errorf("%s is %v", name, said[name])
		}
	}
}

// TestTheDocumentNamesTheScopesThatWork asks for all of them, in the browser and
// on a device.
func TestTheDocumentNamesTheScopesThatWork(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	provider, err := oidc.NewProvider(t.Context(), w.server.URL)
	check(t, err)
	var said struct {
		Scopes []string `json:"scopes_supported"`
	}
	check(t, provider.Claims(&said))
	app, secret, err := w.CreateApp(t.Context(), w.operator, access.AppDraft{Name: "Lantern", Kind: convoke.AppForUsers, RedirectURIs: []string{back}, Scopes: said.Scopes})
	check(t, err)
	config := w.config(app, secret)
	config.Endpoint, config.Scopes = provider.Endpoint(), said.Scopes
	token, err := config.Exchange(t.Context(), w.code(t, config.AuthCodeURL("s")))
	check(t, err)
	if want := strings.Join(said.Scopes, " "); len(said.Scopes) < 3 || token.Extra("scope") != want {
		t.Errorf("given are %v, want %s", token.Extra("scope"), want)
	}
	_, _, err = w.StartDevice(t.Context(), access.Client{ID: app.ClientID, Secret: secret}, strings.Join(said.Scopes, " "))
	check(t, err)
}

// TestThePageOfARefusalHasZoomsNumber, by which the app's makers find what it means.
func TestThePageOfARefusalHasZoomsNumber(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	forAccount, _ := w.newAccountApp(t)
	revoked, _ := w.newApp(t, convoke.AppForUsers)
	check(t, w.RevokeApp(t.Context(), w.operator, revoked.ClientID))
	for name, c := range map[string]struct {
		client convoke.ClientID
		back   string
		want   string
	}{
		"unknown":         {"0123456789012345678901", back, "<code>invalid_client</code> (4702)"},
		"for the account": {forAccount.ClientID, back, "<code>invalid_client</code> (4702)"},
		"nobody":          {"", back, "<code>client_id_missing</code> (4706)"},
		"no address":      {w.app.ClientID, "", "<code>redirect_uri_mismatch</code> (4709)"},
		"revoked":         {revoked.ClientID, back, "<code>app_revoked</code> (4717)"},
	} {
		config := w.config(convoke.App{ClientID: c.client}, "")
		config.RedirectURL = c.back
		if to, answer, page := w.open(t, config.AuthCodeURL("s")); to != nil || answer.StatusCode != http.StatusBadRequest || !strings.Contains(page, c.want) {
			t.Errorf("%s: sent to %v, %d: %s", name, to, answer.StatusCode, page)
		}
	}
}

// TestAnAppIsToldThatItsAddressDiffers at the exchange too, also when it sends none.
func TestAnAppIsToldThatItsAddressDiffers(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	config := w.config(w.app, w.secret)
	code := w.code(t, config.AuthCodeURL("s"))
	for _, uri := range []string{"", back + "x"} {
		config.RedirectURL = uri
		_, err := config.Exchange(t.Context(), code)
		wantRefusal(t, err, "invalid_grant")
		if refused, ok := errors.AsType[*oauth2.RetrieveError](err); !ok || !strings.Contains(string(refused.Body), `"reason":"Redirect URI mismatch."`) {
			t.Errorf("with %q the app is told %v", uri, err)
		}
	}
	config.RedirectURL = back
	_, err := config.Exchange(t.Context(), code)
	check(t, err)
}

func TestACodeIsGoodOnceForWhoAskedForIt(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ctx := t.Context()
	config, verifier := w.config(w.app, w.secret), oauth2.GenerateVerifier()
	address := config.AuthCodeURL("s", oauth2.S256ChallengeOption(verifier))
	other, otherSecret := w.newApp(t, convoke.AppForUsers)
	elsewhere := *config
	elsewhere.RedirectURL = "https://app.example/else"
	wrongSecret := *config
	wrongSecret.ClientSecret = otherSecret
	for name, attack := range map[string]struct {
		config   *oauth2.Config
		verifier string
		code     string
	}{
		"another app":          {w.config(other, otherSecret), verifier, "invalid_grant"},
		"another redirect URI": {&elsewhere, verifier, "invalid_grant"},
		"a wrong verifier":     {config, oauth2.GenerateVerifier(), "invalid_grant"},
		"no verifier":          {config, "", "invalid_grant"},
		"a wrong secret":       {&wrongSecret, verifier, "invalid_client"},
	} {
		t.Run(name, func(t *testing.T) {
			var options []oauth2.AuthCodeOption
			if attack.verifier != "" {
				options = append(options, oauth2.VerifierOption(attack.verifier))
			}
			code := w.code(t, address)
			_, err := attack.config.Exchange(ctx, code, options...)
			wantRefusal(t, err, attack.code)
			if _, err := config.Exchange(ctx, code, oauth2.VerifierOption(verifier)); err != nil {
				t.Errorf("the attack used the code up: %v", err)
			}
		})
	}
	code := w.code(t, address)
	token, err := config.Exchange(ctx, code, oauth2.VerifierOption(verifier))
	check(t, err)
	_, err = config.Exchange(ctx, code, oauth2.VerifierOption(verifier))
	wantRefusal(t, err, "invalid_grant")
	w.wantDead(t, token.AccessToken)
	old := w.code(t, address)
	w.advance(convoke.AuthCodeLife)
	_, err = config.Exchange(ctx, old, oauth2.VerifierOption(verifier))
	wantRefusal(t, err, "invalid_grant")
}

func TestAPublicAppMustUsePKCE(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	app, _ := w.newApp(t, convoke.AppPublic)
	config, verifier := w.config(app, ""), oauth2.GenerateVerifier()
	config.Endpoint.AuthStyle = oauth2.AuthStyleInParams
	if to, _, _ := w.open(t, config.AuthCodeURL("s")); to == nil || to.Query().Get("error") != "invalid_request" {
		t.Errorf("without a challenge sent to %v", to)
	}
	token, err := config.Exchange(t.Context(), w.code(t, config.AuthCodeURL("s", oauth2.S256ChallengeOption(verifier))), oauth2.VerifierOption(verifier))
	check(t, err)
	if _, err := w.Bearer(t.Context(), token.AccessToken); err != nil {
		t.Error(err)
	}
}

// signIn gives the app tokens for the person.
func (w *world) signIn(t *testing.T) (*oauth2.Config, *oauth2.Token) {
	t.Helper()
	config := w.config(w.app, w.secret)
	token, err := config.Exchange(t.Context(), w.code(t, config.AuthCodeURL("s")))
	check(t, err)
	return config, token
}

func refresh(ctx context.Context, config *oauth2.Config, token string) (*oauth2.Token, error) {
	return config.TokenSource(ctx, &oauth2.Token{RefreshToken: token}).Token()
}

func TestARefreshTokenIsGoodOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	config, first := w.signIn(t)
	next, err := refresh(t.Context(), config, first.RefreshToken)
	check(t, err)
	if next.RefreshToken == first.RefreshToken {
		t.Error("the refresh token is still the same")
	}
	if _, err := w.Bearer(t.Context(), next.AccessToken); err != nil {
		t.Error(err)
	}
	_, err = refresh(t.Context(), config, first.RefreshToken) // the thief, or the one robbed
	wantRefusal(t, err, "invalid_grant")
	w.wantDead(t, next.AccessToken)
	_, err = refresh(t.Context(), config, next.RefreshToken)
	wantRefusal(t, err, "invalid_grant")
}

func TestWhatEndsATokenEndsItAtOnce(t *testing.T) {
	t.Parallel()
	for name, end := range map[string]func(*world, *oauth2.Token) error{
		"withdrawn": func(w *world, _ *oauth2.Token) error {
			return w.Withdraw(context.Background(), w.person, w.app.ClientID)
		},
		"the app revoked": func(w *world, _ *oauth2.Token) error {
			return w.RevokeApp(context.Background(), w.operator, w.app.ClientID)
		},
		"revoked":          func(w *world, t *oauth2.Token) error { return w.postRevoke(w.app, w.secret, t.AccessToken) },
		"revoked, refresh": func(w *world, t *oauth2.Token) error { return w.postRevoke(w.app, w.secret, t.RefreshToken) },
		"person deactivated": func(w *world, _ *oauth2.Token) error {
			return w.users.SetStatus(context.Background(), w.operator, string(w.user.ID), false)
		},
		"person deleted": func(w *world, _ *oauth2.Token) error {
			return w.users.Remove(context.Background(), w.operator, string(w.user.ID), convoke.Delete)
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			config, token := w.signIn(t)
			if _, err := w.Bearer(t.Context(), token.AccessToken); err != nil {
				t.Fatal(err)
			}
			check(t, end(w, token))
			w.wantDead(t, token.AccessToken)
			if _, err := refresh(t.Context(), config, token.RefreshToken); err == nil {
				t.Error("the refresh token still works")
			}
		})
	}
}

// TestAnAppOfTheAccountEndsItsOwnToken and nobody else does: the others learn
// nothing of it.
func TestAnAppOfTheAccountEndsItsOwnToken(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	app, secret := w.newAccountApp(t)
	other, otherSecret := w.newAccountApp(t)
	grant, err := w.Token(t.Context(), "", app.ClientID, secret, app.AccountID)
	check(t, err)
	_, persons := w.signIn(t)
	check(t, w.postRevoke(other, otherSecret, grant.AccessToken))
	check(t, w.postRevoke(w.app, w.secret, grant.AccessToken))
	check(t, w.postRevoke(app, secret, persons.AccessToken))
	if err := w.postRevoke(app, otherSecret, grant.AccessToken); err == nil || !strings.Contains(err.Error(), `"invalid_client"`) {
		t.Errorf("a wrong secret gives %v", err)
	}
	for _, token := range []string{grant.AccessToken, persons.AccessToken} {
		if _, err := w.Bearer(t.Context(), token); err != nil {
			t.Error(err)
		}
	}
	check(t, w.postRevoke(app, secret, grant.AccessToken))
	w.wantDead(t, grant.AccessToken)
	check(t, w.postRevoke(app, secret, grant.AccessToken))
}

func (w *world) postRevoke(app convoke.App, secret, token string) error {
	request, err := http.NewRequest(http.MethodPost, w.server.URL+"/oauth/revoke?token="+token, nil)
	if err != nil {
		return err
	}
	request.SetBasicAuth(string(app.ClientID), secret)
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err == nil && string(body) != `{"status":"success"}` {
		err = errors.New(string(body))
	}
	return err
}

func TestAConsentIsRememberedUntilMoreIsAsked(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.signIn(t)
	config := w.config(w.app, w.secret)
	for scope, want := range map[string]bool{"email": true, "openid user:read": true, "meeting:write": false} {
		to, _, _ := w.open(t, config.AuthCodeURL("s", oauth2.SetAuthURLParam("scope", scope)))
		asked, err := w.Asked(t.Context(), w.person, to.Query())
		if err != nil || asked.Remembered != want {
			t.Errorf("%s is remembered: %v, %v", scope, asked.Remembered, err)
		}
	}
	stranger := convoke.Principal{Kind: convoke.UserCaller, AccountID: "another", UserID: "user"}
	to, _, _ := w.open(t, config.AuthCodeURL("s"))
	if _, _, err := w.Allow(t.Context(), stranger, to.Query()); !convoke.HasCode(err, convoke.CodeInvalidClient) {
		t.Errorf("somebody of another account: %v", err)
	}
}
