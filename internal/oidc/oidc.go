// SPDX-License-Identifier: Apache-2.0

package oidc

import (
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	gooidc "github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"github.com/convoke/convoke/internal/access"
	"github.com/convoke/convoke/internal/convoke"
	"github.com/convoke/convoke/internal/signon"
)

type door struct {
	signon.Desk

	client  *http.Client // that of Protocol
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

// New returns the door of the accounts that speak OpenID Connect. What it asks
// providers goes out by the client, which is that of Protocol.
func New(desk signon.Desk, out *http.Client) signon.Door {
	d := &door{
		Desk: desk, client: out, asker: asker{desk.Key}, keys: &keyrings{client: out},
		answers: access.NewThrottle(answerTries, answerRefill),
	}
	return signon.DoorOf(d.clientOf, map[string]func(http.ResponseWriter, *http.Request, client) error{
		"GET /sso/{vanity}":              d.signIn,
		"POST /sso/{vanity}":             d.signIn,
		"GET /sso/{vanity}/callback":     d.callback,
		"GET /sso/{vanity}/test":         d.test,
		"GET /sso/{vanity}/logout":       d.signOut,
		"POST /sso/{vanity}/backchannel": d.backchannel,
	})
}

func (d *door) clientOf(c convoke.SSOConnection) client {
	now := d.Now()
	return client{
		connection: c, base: convoke.PublicURL(d.PublicURL).SSO(c.Vanity), http: d.client, keys: d.keys.at(c.OIDC.KeysURL, now), now: now,
	}
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
func (d *door) signIn(w http.ResponseWriter, r *http.Request, c client) error {
	r.Body = http.MaxBytesReader(w, r.Body, maxForm)
	if err := r.ParseForm(); err != nil {
		return refuse(badRequest, "the form cannot be read")
	}
	s, err := c.start(r.Form, d.PublicURL)
	if err != nil {
		return err
	}
	s.afresh = signon.Afresh(r)
	return d.send(w, r, c, signon.ToSignIn, s)
}

// maxForm bounds what is posted here, in bytes.
const maxForm = 64 << 10

// test is GET /sso/{vanity}/test?code=CODE, which the operator's page makes.
func (d *door) test(w http.ResponseWriter, r *http.Request, c client) error {
	if err := d.CheckTest(r, c.connection); err != nil {
		return err
	}
	return d.send(w, r, c, signon.ToTest, start{back: signon.Home})
}

func (d *door) send(w http.ResponseWriter, r *http.Request, c client, why signon.Purpose, s start) error {
	browser := d.Browser(w, r, c.connection.Vanity, c.now, false)
	q := d.asker.ask(c.connection, browser, signon.Request{Why: why, At: c.now, Back: s.back})
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
func (d *door) callback(w http.ResponseWriter, r *http.Request, c client) error {
	err := d.heard(w, r, c)
	d.NoteRefusal(r, c.connection, err)
	return err
}

// heard takes an answer unless too many of the same source were refused.
func (d *door) heard(w http.ResponseWriter, r *http.Request, c client) error {
	source := string(c.connection.AccountID) + " " + convoke.ClientAddress(r.RemoteAddr)
	if !d.answers.Allows(source, c.now) {
		return refuse(tooManyAnswers, "of this address")
	}
	err := d.take(w, r, c)
	if _, refused := errors.AsType[*signon.RefusedError](err); refused {
		d.answers.Fail(source, c.now)
	}
	return err
}

// take believes or refuses the answer.
func (d *door) take(w http.ResponseWriter, r *http.Request, c client) error {
	q, err := d.asker.made(c.connection, signon.BrowserOf(r), r.URL.Query().Get("state"), c.now)
	if err != nil {
		return err
	}
	err = d.answered(w, r, c, q)
	if q.Why == signon.ToTest {
		err = signon.InRehearsal(err)
	}
	return err
}

// answered takes the answer to the request.
func (d *door) answered(w http.ResponseWriter, r *http.Request, c client, q request) error {
	answer := r.URL.Query()
	if err := c.checkAnswer(answer); err != nil {
		return err
	}
	if err := d.Access.UseOnce(r.Context(), c.connection.AccountID, q.Until(), "oidc answer "+q.state); err != nil {
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
	return said.About(d.admit(w, r, c, q, said))
}

// admit signs the person in whom a believed answer is about.
func (d *door) admit(w http.ResponseWriter, r *http.Request, c client, q request, said statement) error {
	if q.Why == signon.ToTest {
		return d.Show(w, r, said.Statement)
	}
	if c.connection.SignOutURL != "" {
		hint, err := safe(d.Key).Seal(c.connection.AccountID, []byte(said.token))
		if err != nil {
			return err
		}
		said.Login.Hint = hint
	}
	return d.Enter(w, r, c.connection, said.Statement, q.Back)
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
