// SPDX-License-Identifier: Apache-2.0

package oidc

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	gooidc "github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"github.com/convoke/convoke/internal/access"
	"github.com/convoke/convoke/internal/convoke"
	"github.com/convoke/convoke/internal/provision"
	"github.com/convoke/convoke/internal/signon"
)

// Connections finds the accounts' single sign-on.
type Connections interface {
	// SSOByVanity returns the connection with the name, or CodeSSONotFound.
	SSOByVanity(ctx context.Context, vanity string) (convoke.SSOConnection, error)
	// CheckSSOTest refuses a code that does not open the account's test sign-in.
	CheckSSOTest(account convoke.AccountID, code string) error
}

// SignIns makes users of assertions.
type SignIns interface {
	// SignIn returns the user whom a verified assertion is about, who may come in.
	SignIn(ctx context.Context, a convoke.Assertion) (convoke.User, error)
	// TestSignIn tells what SignIn would make of it, and changes nothing.
	TestSignIn(ctx context.Context, a convoke.Assertion) (provision.Rehearsed, error)
}

// Access makes sessions, and knows what was used.
type Access interface {
	StartSSOSession(ctx context.Context, from string, user convoke.User, login convoke.SSOLogin) (access.SignedIn, error)
	UseOnce(ctx context.Context, account convoke.AccountID, until time.Time, keys ...string) error
	EndSSOSessions(ctx context.Context, account convoke.AccountID, subject string, indexes []string) error
	EndSSOSession(ctx context.Context, account convoke.AccountID, index string) error
	SSOLogin(ctx context.Context, cookie string) (convoke.AccountID, *convoke.SSOLogin, error)
	SignOut(ctx context.Context, cookie string) error
	NoteRefusal(ctx context.Context, account convoke.AccountID, from, code string)
}

// Config is everything that the door needs.
type Config struct {
	Connections Connections
	SignIns     SignIns
	Access      Access

	Key       []byte           // that of Protocol; 32 bytes
	Client    *http.Client     // that of Protocol
	PublicURL string           // without a slash at its end; https makes cookies secure
	Now       func() time.Time // nil: time.Now
	Logger    *slog.Logger
}

type door struct {
	Config

	desk    signon.Desk
	asker   asker
	keys    *keyrings
	answers *access.Throttle // of answers that were refused, by account and address
}

// Each answer is taken to the provider with the client's secret: whoever invents
// them soon stops being heard.
const (
	answerTries  = 100
	answerRefill = time.Second
)

// New returns the handler for the addresses under signon.Prefix of accounts that
// speak OpenID Connect.
func New(c Config) http.Handler {
	if c.Now == nil {
		c.Now = time.Now
	}
	d := &door{
		Config: c, desk: signon.NewDesk(c.PublicURL, c.Logger), asker: asker{c.Key}, keys: &keyrings{client: c.Client},
		answers: access.NewThrottle(answerTries, answerRefill),
	}
	mux := http.NewServeMux()
	for pattern, h := range map[string]signon.Handler{
		"GET /sso/{vanity}":          d.signIn,
		"POST /sso/{vanity}":         d.signIn,
		"GET /sso/{vanity}/callback": d.callback,
		"GET /sso/{vanity}/test":     d.test,
		"GET /sso/{vanity}/logout":   d.signOut,
		"/":                          signon.NoPage,
	} {
		mux.Handle(pattern, d.desk.Page(h))
	}
	mux.HandleFunc("POST /sso/{vanity}/backchannel", d.backchannel)
	return mux
}

// client reads whose client is asked for.
func (d *door) client(r *http.Request) (client, error) {
	c, err := d.Connections.SSOByVanity(r.Context(), r.PathValue("vanity"))
	if err == nil && c.OIDC == nil {
		err = convoke.SSONotFound()
	}
	if err != nil {
		return client{}, err
	}
	now := d.Now()
	return client{
		connection: c, base: convoke.PublicURL(d.PublicURL).SSO(c.Vanity), http: d.Client, keys: d.keys.at(c.OIDC.KeysURL, now), now: now,
	}, nil
}

// start is what a sign-in begins with: by a person, or by the provider as a third
// party (OpenID Connect Core 4), which only begins an ordinary one.
type start struct {
	back string // the path to end at
	hint string // whom the provider is to ask first; it proves nothing

	afresh bool // they are to prove anew who they are
}

// maxHint is the longest login_hint that is passed on, in bytes.
const maxHint = 256

func (c client) start(form url.Values, public string) (start, error) {
	if issuer := form.Get("iss"); issuer != "" && issuer != c.connection.EntityID {
		return start{}, refuse(wrongStart, "by %q", issuer)
	}
	s := start{back: signon.OwnPath(form.Get("return")), hint: form.Get("login_hint")}
	if path, ours := strings.CutPrefix(form.Get("target_link_uri"), public+"/"); ours {
		s.back = signon.OwnPath("/" + path)
	}
	if len(s.hint) > maxHint {
		s.hint = ""
	}
	return s, nil
}

// signIn is GET /sso/{vanity}?return=PATH, and GET and POST by the provider: on
// to the provider.
func (d *door) signIn(w http.ResponseWriter, r *http.Request) error {
	c, err := d.client(r)
	if err != nil {
		return err
	}
	r.Body = http.MaxBytesReader(w, r.Body, maxForm)
	if err := r.ParseForm(); err != nil {
		return refuse(badRequest, "the form cannot be read")
	}
	s, err := c.start(r.Form, d.PublicURL)
	if err != nil {
		return err
	}
	s.afresh = signon.Afresh(r)
	return d.send(w, r, c, toSignIn, s)
}

// maxForm bounds what is posted here, in bytes.
const maxForm = 64 << 10

// test is GET /sso/{vanity}/test?code=CODE, which the operator's page makes.
func (d *door) test(w http.ResponseWriter, r *http.Request) error {
	c, err := d.client(r)
	if err != nil {
		return err
	}
	if err := d.Connections.CheckSSOTest(c.connection.AccountID, r.URL.Query().Get("code")); err != nil {
		return err
	}
	return d.send(w, r, c, toTest, start{back: signon.Home})
}

func (d *door) send(w http.ResponseWriter, r *http.Request, c client, why purpose, s start) error {
	browser := d.desk.Browser(w, r, c.connection.Vanity, c.now, false)
	q := d.asker.ask(c.connection, browser, why, s.back, c.now)
	options := []oauth2.AuthCodeOption{gooidc.Nonce(q.nonce), oauth2.S256ChallengeOption(q.verifier)}
	if limit := c.connection.ReloginAfter; limit > 0 {
		options = append(options, oauth2.SetAuthURLParam("max_age", strconv.Itoa(int(limit/time.Second))))
	}
	if s.afresh {
		options = append(options, oauth2.SetAuthURLParam("prompt", "login"))
	}
	if domain := c.connection.OIDC.HostedDomain; domain != "" {
		options = append(options, oauth2.SetAuthURLParam("hd", domain))
	}
	if s.hint != "" {
		options = append(options, oauth2.SetAuthURLParam("login_hint", s.hint))
	}
	return signon.Redirect(w, c.oauth("").AuthCodeURL(q.state, options...))
}

// callback is GET /sso/{vanity}/callback: the provider's answer, through the
// person's browser.
func (d *door) callback(w http.ResponseWriter, r *http.Request) error {
	c, err := d.client(r)
	if err != nil {
		return err
	}
	from := convoke.ClientAddress(r.RemoteAddr)
	err = d.heard(w, r, c, string(c.connection.AccountID)+" "+from)
	if code := signon.ReasonOf(err); err != nil && code != "" {
		d.Access.NoteRefusal(r.Context(), c.connection.AccountID, from, code)
	}
	return err
}

// heard takes an answer unless too many of the same source were refused.
func (d *door) heard(w http.ResponseWriter, r *http.Request, c client, source string) error {
	if !d.answers.Allows(source, c.now) {
		return refuse(tooManyAnswers, "of this address")
	}
	err := d.take(w, r, c)
	if _, refused := errors.AsType[*signon.RefusedError](err); refused {
		d.answers.Fail(source, c.now)
	}
	return err
}

// take signs the person in whom the answer is about.
func (d *door) take(w http.ResponseWriter, r *http.Request, c client) error {
	answer := r.URL.Query()
	q, err := d.asker.made(c.connection, signon.BrowserOf(r), answer.Get("state"), c.now)
	if err != nil {
		return err
	}
	if err := c.checkAnswer(answer); err != nil {
		return err
	}
	if err := d.Access.UseOnce(r.Context(), c.connection.AccountID, q.until, "oidc answer "+q.state); err != nil {
		return err
	}
	secret, err := safe(d.Key).Open(c.connection.AccountID, c.connection.OIDC.Secret)
	if err != nil {
		return err
	}
	said, err := c.redeem(r.Context(), q, answer.Get("code"), string(secret))
	if err != nil {
		return err
	}
	if q.why == toTest {
		return d.show(w, r, said)
	}
	return d.enter(w, r, c, said, q.back)
}

// checkAnswer wants a code, of this provider where it says so (RFC 9207).
func (c client) checkAnswer(answer url.Values) error {
	if issuer := answer.Get("iss"); issuer != c.connection.EntityID && (issuer != "" || c.connection.OIDC.NamesIssuer) {
		return refuse(wrongIssuer, "the answer is of %q", issuer)
	}
	if fault := answer.Get("error"); fault != "" {
		return refuse(failedThere, "%q: %q", fault, answer.Get("error_description"))
	}
	if answer.Get("code") == "" || len(answer["code"]) > 1 || len(answer["state"]) > 1 {
		return refuse(badRequest, "no code, or several")
	}
	return nil
}

// enter signs the person in and goes to the path that they came for.
func (d *door) enter(w http.ResponseWriter, r *http.Request, c client, said statement, back string) error {
	user, err := d.SignIns.SignIn(r.Context(), said.assertion)
	if err != nil {
		return err
	}
	if c.connection.SignOutURL != "" {
		if said.login.Hint, err = safe(d.Key).Seal(c.connection.AccountID, []byte(said.token)); err != nil {
			return err
		}
	}
	signedIn, err := d.Access.StartSSOSession(r.Context(), convoke.ClientAddress(r.RemoteAddr), user, said.login)
	if err != nil {
		return err
	}
	d.desk.SetCookies(w, c.connection.Vanity, signedIn)
	return signon.Redirect(w, back)
}

// show is the end of a test sign-in.
func (d *door) show(w http.ResponseWriter, r *http.Request, said statement) error {
	rehearsed, err := d.SignIns.TestSignIn(r.Context(), said.assertion)
	return signon.Show(w, said.login.NameID, said.assertion.Attributes, rehearsed, err)
}
