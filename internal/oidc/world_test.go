// SPDX-License-Identifier: Apache-2.0

package oidc_test

import (
	"bytes"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"math/big"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/convoke/convoke/internal/access"
	"github.com/convoke/convoke/internal/convoke"
	"github.com/convoke/convoke/internal/oidc"
	"github.com/convoke/convoke/internal/provision"
	"github.com/convoke/convoke/internal/saml"
	"github.com/convoke/convoke/internal/signon"
	"github.com/convoke/convoke/internal/store"
	"github.com/convoke/convoke/internal/store/storetest"
)

const (
	clientID     = "convoke-at-acme"
	clientSecret = "a secret: & more"
)

// provider is an OpenID provider that does as the test tells it. A real one signs
// people in in web/e2e.
type provider struct {
	server *httptest.Server
	key    *rsa.PrivateKey

	mu       sync.Mutex
	granted  map[string]url.Values // what was asked, by the code
	codes    int
	asked    atomic.Int64               // for its keys
	discover func(map[string]any)       // changes the discovery document
	claim    func(jwt.MapClaims)        // changes the ID token's claims
	sign     func(jwt.MapClaims) string // nil: RS256 with the key
	userinfo map[string]any
}

var theKey = sync.OnceValue(func() *rsa.PrivateKey {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err)
	}
	return key
})

func newProvider(t *testing.T) *provider {
	t.Helper()
	p := &provider{key: theKey(), granted: map[string]url.Values{}, userinfo: map[string]any{"sub": "ann-1"}}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /.well-known/openid-configuration", p.configuration)
	mux.HandleFunc("GET /keys", p.keys)
	mux.HandleFunc("POST /token", p.token)
	mux.HandleFunc("GET /me", func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "Bearer access" {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		writeJSON(w, p.userinfo)
	})
	p.server = httptest.NewServer(mux)
	t.Cleanup(p.server.Close)
	return p
}

func writeJSON(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(v)
}

func (p *provider) configuration(w http.ResponseWriter, _ *http.Request) {
	document := map[string]any{
		"issuer": p.server.URL, "authorization_endpoint": p.server.URL + "/auth", "token_endpoint": p.server.URL + "/token",
		"jwks_uri": p.server.URL + "/keys", "userinfo_endpoint": p.server.URL + "/me", "end_session_endpoint": p.server.URL + "/end",
		"id_token_signing_alg_values_supported": []string{"RS256"},
	}
	if p.discover != nil {
		p.discover(document)
	}
	writeJSON(w, document)
}

func (p *provider) keys(w http.ResponseWriter, _ *http.Request) {
	p.asked.Add(1)
	encode := base64.RawURLEncoding.EncodeToString
	writeJSON(w, map[string]any{"keys": []any{map[string]string{
		"kty": "RSA", "use": "sig", "kid": "1", "n": encode(p.key.N.Bytes()), "e": encode(big.NewInt(int64(p.key.E)).Bytes()),
	}}})
}

// token gives an ID token for a code, once, to who has the secret and the verifier.
func (p *provider) token(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	asked, known := p.granted[r.PostFormValue("code")]
	delete(p.granted, r.PostFormValue("code"))
	p.mu.Unlock()
	id, secret, _ := r.BasicAuth()
	verifier := sha256.Sum256([]byte(r.PostFormValue("code_verifier")))
	if !known || id != clientID || secret != url.QueryEscape(clientSecret) || r.PostFormValue("redirect_uri") != asked.Get("redirect_uri") ||
		asked.Get("code_challenge_method") != "S256" || asked.Get("code_challenge") != base64.RawURLEncoding.EncodeToString(verifier[:]) {
		w.WriteHeader(http.StatusBadRequest)
		writeJSON(w, map[string]string{"error": "invalid_grant"})
		return
	}
	claims := p.claims(asked.Get("nonce"))
	if p.claim != nil {
		p.claim(claims)
	}
	answer := map[string]any{"access_token": "access", "token_type": "Bearer"}
	if p.sign == nil {
		answer["id_token"] = p.signed(claims)
	} else {
		answer["id_token"] = p.sign(claims)
	}
	writeJSON(w, answer)
}

func (p *provider) claims(nonce string) jwt.MapClaims {
	now := time.Now()
	return jwt.MapClaims{
		"iss": p.server.URL, "sub": "ann-1", "aud": clientID, "exp": now.Add(time.Minute).Unix(), "iat": now.Unix(), "nonce": nonce,
		"auth_time": now.Unix(), "sid": "there-1", "hd": "people.example", "email": "ann@people.example", "email_verified": true, "given_name": "Ann", "family_name": "Test",
	}
}

// logout are the claims of a logout token with the id.
func (p *provider) logout(id string) jwt.MapClaims {
	now := time.Now()
	return jwt.MapClaims{
		"iss": p.server.URL, "aud": clientID, "sub": "ann-1", "sid": "there-1", "jti": id, "iat": now.Unix(), "exp": now.Add(time.Minute).Unix(),
		"events": map[string]any{"http://schemas.openid.net/event/backchannel-logout": map[string]any{}},
	}
}

func (p *provider) signed(claims jwt.MapClaims) string {
	return sign(jwt.SigningMethodRS256, p.key, claims)
}

func sign(method jwt.SigningMethod, key any, claims jwt.MapClaims) string {
	token := jwt.NewWithClaims(method, claims)
	token.Header["kid"] = "1"
	text, err := token.SignedString(key)
	if err != nil {
		panic(err)
	}
	return text
}

// world is the door of one account on the real use cases and a real database.
type world struct {
	*provision.Service

	access   *access.Service
	db       *store.DB
	at       time.Time     // where the clock stands; zero: it goes
	by       time.Duration // how far the clock is ahead
	log      bytes.Buffer
	server   *httptest.Server
	provider *provider
	operator convoke.Principal
	base     string // the account's address
}

func (w *world) now() time.Time {
	if !w.at.IsZero() {
		return w.at.Add(w.by)
	}
	return time.Now().Add(w.by)
}

func newWorld(t *testing.T) *world {
	t.Helper()
	key := bytes.Repeat([]byte("k"), 32)
	w := &world{db: storetest.SQLite(t), provider: newProvider(t)}
	protocol := oidc.Protocol{Key: key, Client: http.DefaultClient}
	w.Service = provision.New(provision.Config{
		Store: w.db, Accounts: w.db, Domains: w.db, SSO: w.db, Mappings: w.db, Protocol: saml.Protocol{Key: key, Client: http.DefaultClient},
		OIDC: protocol, PageKey: key, CodeKey: key, Now: w.now,
	})
	w.access = access.New(access.Config{
		Apps: w.db, Tokens: w.db, Sessions: w.db, Domains: w.db, SSO: w.db, Now: w.now, Logger: slog.New(slog.DiscardHandler),
	})
	account, err := w.CreateAccount(t.Context(), convoke.Operator(""), "Acme", convoke.AccountChange{})
	check(t, err)
	w.operator = convoke.Operator(account.ID)
	_, err = w.AddDomain(t.Context(), w.operator, "people.example", true)
	check(t, err)
	mux := http.NewServeMux()
	w.server = httptest.NewServer(mux)
	t.Cleanup(w.server.Close)
	desk := signon.NewDesk(signon.Config{
		Connections: w, SignIns: w, Access: w.access, Key: key, PublicURL: w.server.URL, Now: w.now, Logger: slog.New(slog.NewTextHandler(&w.log, nil)),
	})
	mux.Handle("/sso/", desk.Handler(map[convoke.SSOProtocol]signon.Door{convoke.SSOOIDC: oidc.New(desk, http.DefaultClient)}))
	mux.HandleFunc("/portal/", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "the portal") })
	mux.HandleFunc("/portal", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "the portal") })
	w.base = w.server.URL + "/sso/acme"
	w.set(t, convoke.SSOForm{
		Protocol: new(convoke.SSOOIDC), Vanity: new("acme"), Issuer: &w.provider.server.URL, ClientID: new(clientID), ClientSecret: new(clientSecret),
		HostedDomain: new("people.example"),
	})
	return w
}

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func (w *world) set(t *testing.T, form convoke.SSOForm) convoke.SSOConnection {
	t.Helper()
	connection, err := w.SetSSO(t.Context(), w.operator, form)
	check(t, err)
	return connection
}

// browser has cookies of its own, and stops at the provider's door.
func (w *world) browser(t *testing.T) *http.Client {
	t.Helper()
	jar, err := cookiejar.New(nil)
	check(t, err)
	return &http.Client{Jar: jar, CheckRedirect: func(r *http.Request, _ []*http.Request) error {
		if strings.HasPrefix(r.URL.String(), w.provider.server.URL) {
			return http.ErrUseLastResponse
		}
		return nil
	}}
}

// visit goes to the address and returns where that ended, with its page.
func visit(t *testing.T, browser *http.Client, address string) (*http.Response, string) {
	t.Helper()
	answer, err := browser.Get(address)
	check(t, err)
	defer answer.Body.Close()
	page, err := io.ReadAll(answer.Body)
	check(t, err)
	return answer, string(page)
}

// begin starts a sign-in and returns what the provider is asked.
func (w *world) begin(t *testing.T, browser *http.Client, address string) url.Values {
	t.Helper()
	answer, page := visit(t, browser, address)
	to, err := answer.Location()
	if err != nil || to.Path != "/auth" {
		t.Fatalf("not on to the provider, but %d\n%s\n%s", answer.StatusCode, page, w.log.String())
	}
	return to.Query()
}

// consent is the provider's answer to what it was asked, as an address of ours.
func (w *world) consent(asked url.Values) string {
	w.provider.mu.Lock()
	defer w.provider.mu.Unlock()
	w.provider.codes++
	code := fmt.Sprintf("code-%d", w.provider.codes)
	w.provider.granted[code] = asked
	return w.base + "/callback?" + url.Values{"code": {code}, "state": asked["state"]}.Encode()
}

func (w *world) signIn(t *testing.T, browser *http.Client, address string) (*http.Response, string) {
	t.Helper()
	return visit(t, browser, w.consent(w.begin(t, browser, address)))
}

// session returns who the browser's portal session belongs to, or the refusal.
func (w *world) session(t *testing.T, browser *http.Client) (convoke.Principal, error) {
	t.Helper()
	at, err := url.Parse(w.server.URL + "/portal/api")
	check(t, err)
	for _, cookie := range browser.Jar.Cookies(at) {
		if cookie.Name == "convoke_session" {
			return w.access.Session(t.Context(), cookie.Value)
		}
	}
	return w.access.Session(t.Context(), "")
}

var logged = regexp.MustCompile(`code=(\w+)`)

// wantPage holds an answer to a refusal page of the code, and the log to its own.
func (w *world) wantPage(t *testing.T, answer *http.Response, page, code, reason string) {
	t.Helper()
	text := w.log.String()
	w.log.Reset()
	found := logged.FindStringSubmatch(text)
	if !strings.Contains(page, `data-testid="error-page" data-code="`+code+`"`) || answer.StatusCode < 400 || answer.StatusCode >= 500 ||
		found == nil || found[1] != reason {
		t.Errorf("the answer is %d\n%s\nwant the page %s for %s; the log: %s", answer.StatusCode, page, code, reason, text)
	}
}

func (w *world) users(t *testing.T) int {
	t.Helper()
	census, err := w.Census(t.Context(), w.operator)
	check(t, err)
	return int(census.Total())
}
