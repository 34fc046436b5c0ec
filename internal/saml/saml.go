// SPDX-License-Identifier: Apache-2.0

package saml

import (
	"context"
	"crypto/tls"
	"errors"
	"log/slog"
	"net/http"
	"net/url"
	"time"

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
	NoteRefusal(ctx context.Context, account convoke.AccountID, from, code string)
	SSOLogin(ctx context.Context, cookie string) (convoke.AccountID, *convoke.SSOLogin, error)
	SignOut(ctx context.Context, cookie string) error
}

// Config is everything that the door needs.
type Config struct {
	Connections Connections
	SignIns     SignIns
	Access      Access

	Key       []byte           // that of Protocol; 32 bytes
	PublicURL string           // without a slash at its end; https makes cookies secure
	Now       func() time.Time // nil: time.Now
	Logger    *slog.Logger
}

type door struct {
	Config
	desk  signon.Desk
	asker asker
}

// New returns the handler for every address under signon.Prefix.
func New(c Config) http.Handler {
	if c.Now == nil {
		c.Now = time.Now
	}
	d := &door{Config: c, asker: asker{c.Key}, desk: signon.NewDesk(c.PublicURL, c.Logger)}
	mux := http.NewServeMux()
	for pattern, h := range map[string]signon.Handler{
		"GET /sso/{vanity}":          d.signIn,
		"GET /sso/{vanity}/metadata": d.metadata,
		"GET /sso/{vanity}/test":     d.test,
		"POST /sso/{vanity}/acs":     d.consume,
		"GET /sso/{vanity}/acs":      d.again,
		"GET /sso/{vanity}/logout":   d.signOut,
		"GET /sso/{vanity}/slo":      d.singleLogout,
		"POST /sso/{vanity}/slo":     d.singleLogout,
		"/":                          signon.NoPage,
	} {
		mux.Handle(pattern, d.desk.Page(h))
	}
	return mux
}

// provider reads whose service provider is asked for.
func (d *door) provider(r *http.Request) (provider, error) {
	c, err := d.Connections.SSOByVanity(r.Context(), r.PathValue("vanity"))
	if err != nil {
		return provider{}, err
	}
	return d.providerOf(c), nil
}

func (d *door) providerOf(c convoke.SSOConnection) provider {
	return provider{
		connection: c, at: addressesOf(d.PublicURL, c.Vanity), now: d.Now(),
		key: func() (*tls.Certificate, error) { return openKeys(d.Key, c) },
	}
}

// metadata is GET /sso/{vanity}/metadata.
func (d *door) metadata(w http.ResponseWriter, r *http.Request) error {
	p, err := d.provider(r)
	if err != nil {
		return err
	}
	document, err := describe(p.connection, p.at)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/samlmetadata+xml")
	_, _ = w.Write(document) // fails only when the client is gone
	return nil
}

// signIn is GET /sso/{vanity}?return=PATH, and &fresh=true: on to the identity provider.
func (d *door) signIn(w http.ResponseWriter, r *http.Request) error {
	return d.send(w, r, toSignIn, signon.OwnPath(r.URL.Query().Get("return")))
}

// again is GET /sso/{vanity}/acs, by somebody who loads the page of a refusal anew:
// they begin again.
func (d *door) again(w http.ResponseWriter, r *http.Request) error {
	p, err := d.provider(r)
	if err != nil {
		return err
	}
	return signon.Redirect(w, p.at.entityID())
}

// test is GET /sso/{vanity}/test?code=CODE, which the operator's page makes.
func (d *door) test(w http.ResponseWriter, r *http.Request) error {
	p, err := d.provider(r)
	if err != nil {
		return err
	}
	if err := d.Connections.CheckSSOTest(p.connection.AccountID, r.URL.Query().Get("code")); err != nil {
		return err
	}
	return d.send(w, r, toTest, "")
}

func (d *door) send(w http.ResponseWriter, r *http.Request, why purpose, relay string) error {
	p, err := d.provider(r)
	if err != nil {
		return err
	}
	browser := d.desk.Browser(w, r, p.connection.Vanity, p.now, true)
	q, err := p.ask(d.asker.id(p.connection, browser, why, p.now), relay, signon.Afresh(r))
	if err != nil {
		return err
	}
	if q.form != "" {
		return writeForm(w, q)
	}
	return signon.Redirect(w, q.url)
}

// consume is POST /sso/{vanity}/acs: the identity provider's answer, through the
// person's browser.
func (d *door) consume(w http.ResponseWriter, r *http.Request) error {
	p, err := d.provider(r)
	if err != nil {
		return err
	}
	if err = d.take(w, r, p); err != nil {
		d.note(r, p, err)
	}
	return err
}

// note puts the refusal of a sign-in into the account's audit log.
func (d *door) note(r *http.Request, p provider, err error) {
	if code := signon.ReasonOf(err); code != "" {
		d.Access.NoteRefusal(r.Context(), p.connection.AccountID, convoke.ClientAddress(r.RemoteAddr), code)
	}
}

// take signs the person in whom the answer is about.
func (d *door) take(w http.ResponseWriter, r *http.Request, p provider) error {
	form, err := readForm(w, r)
	if err != nil {
		return err
	}
	document, err := decode64(form.Get("SAMLResponse"))
	if err != nil {
		return err
	}
	said, err := p.believe(document)
	if err != nil {
		return err
	}
	why, err := d.asked(r, p, said)
	if err != nil {
		return err
	}
	if err := d.Access.UseOnce(r.Context(), p.connection.AccountID, said.until, said.keys()...); err != nil {
		return err
	}
	if why == toTest {
		return d.show(w, r, said)
	}
	return d.enter(w, r, p, said, form.Get("RelayState"))
}

// asked returns what the answered request was for. An answer that nobody asked
// for is let in where the account wants that.
func (d *door) asked(r *http.Request, p provider, said statement) (purpose, error) {
	if said.inResponseTo == "" {
		if !p.connection.IDPInitiated {
			return 0, refuse(unsolicited, "switch idp_initiated on to allow it")
		}
		return toSignIn, nil
	}
	why, err := d.asker.made(p.connection, signon.BrowserOf(r), said.inResponseTo, p.now)
	if err == nil && why != toSignIn && why != toTest {
		err = refuse(wrongRequest, "the answer to another kind of request")
	}
	return why, err
}

// keys are what can be used once: the assertion, and the answer to a request.
func (s statement) keys() []string {
	keys := []string{"assertion " + s.id}
	if s.inResponseTo != "" {
		keys = append(keys, "answer "+s.inResponseTo)
	}
	return keys
}

// enter signs the person in and goes to the path that they came for.
func (d *door) enter(w http.ResponseWriter, r *http.Request, p provider, said statement, relay string) error {
	user, err := d.SignIns.SignIn(r.Context(), said.assertion)
	if err != nil {
		return err
	}
	signedIn, err := d.Access.StartSSOSession(r.Context(), convoke.ClientAddress(r.RemoteAddr), user, said.login)
	if err != nil {
		return err
	}
	d.desk.SetCookies(w, p.connection.Vanity, signedIn)
	return signon.Redirect(w, signon.OwnPath(relay))
}

// show is the end of a test sign-in.
func (d *door) show(w http.ResponseWriter, r *http.Request, said statement) error {
	rehearsed, err := d.SignIns.TestSignIn(r.Context(), said.assertion)
	return signon.Show(w, said.login.NameID, said.assertion.Attributes, rehearsed, err)
}

// readForm reads a form of at most one message, with room for its Base64 and
// percent signs.
func readForm(w http.ResponseWriter, r *http.Request) (url.Values, error) {
	r.Body = http.MaxBytesReader(w, r.Body, 4*maxMessage)
	err := r.ParseForm()
	if over, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return nil, refuse(tooLarge, "a form of over %d bytes", over.Limit)
	}
	if err != nil {
		return nil, refuse(badRequest, "the form cannot be read: %v", err)
	}
	return r.PostForm, nil
}
