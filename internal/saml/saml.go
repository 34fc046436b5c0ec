// SPDX-License-Identifier: Apache-2.0

package saml

import (
	"crypto/tls"
	"errors"
	"net/http"
	"net/url"

	"github.com/beevik/etree"

	"github.com/convoke/convoke/internal/convoke"
	"github.com/convoke/convoke/internal/signon"
)

type door struct {
	signon.Desk

	asker asker
}

// New returns the door of the accounts that speak SAML.
func New(desk signon.Desk) signon.Door {
	d := &door{Desk: desk, asker: asker{desk.Key}}
	return signon.DoorOf(d.providerOf, map[string]func(http.ResponseWriter, *http.Request, provider) error{
		"GET /sso/{vanity}":          d.signIn,
		"GET /sso/{vanity}/metadata": d.metadata,
		"GET /sso/{vanity}/test":     d.test,
		"POST /sso/{vanity}/acs":     d.consume,
		"GET /sso/{vanity}/acs":      d.again,
		"GET /sso/{vanity}/logout":   d.signOut,
		"GET /sso/{vanity}/slo":      d.singleLogout,
		"POST /sso/{vanity}/slo":     d.singleLogout,
	})
}

func (d *door) providerOf(c convoke.SSOConnection) provider {
	return provider{
		connection: c, at: addressesOf(d.PublicURL, c.Vanity), now: d.Now(),
		key: func() (*tls.Certificate, error) { return openKeys(d.Key, c) },
	}
}

// metadata is GET /sso/{vanity}/metadata.
func (d *door) metadata(w http.ResponseWriter, _ *http.Request, p provider) error {
	document, err := describe(p.connection, p.at)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/samlmetadata+xml")
	_, _ = w.Write(document) // fails only when the client is gone
	return nil
}

// signIn is GET /sso/{vanity}?return=PATH, and &fresh=true: on to the identity provider.
func (d *door) signIn(w http.ResponseWriter, r *http.Request, p provider) error {
	return d.send(w, r, p, signon.ToSignIn, signon.OwnPath(r.URL.Query().Get("return")))
}

// again is GET /sso/{vanity}/acs, by somebody who loads the page of a refusal anew:
// they begin again.
func (d *door) again(w http.ResponseWriter, _ *http.Request, p provider) error {
	return signon.Redirect(w, p.at.entityID())
}

// test is GET /sso/{vanity}/test?code=CODE, which the operator's page makes.
func (d *door) test(w http.ResponseWriter, r *http.Request, p provider) error {
	if err := d.CheckTest(r, p.connection); err != nil {
		return err
	}
	return d.send(w, r, p, signon.ToTest, "")
}

func (d *door) send(w http.ResponseWriter, r *http.Request, p provider, why signon.Purpose, relay string) error {
	browser := d.Browser(w, r, p.connection.Vanity, p.now, true)
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
func (d *door) consume(w http.ResponseWriter, r *http.Request, p provider) error {
	err := d.take(w, r, p)
	d.NoteRefusal(r, p.connection, err)
	return err
}

// take reads the answer, and believes or refuses it.
func (d *door) take(w http.ResponseWriter, r *http.Request, p provider) error {
	form, err := readForm(w, r)
	if err != nil {
		return err
	}
	document, err := decode64(form.Get("SAMLResponse"))
	if err != nil {
		return err
	}
	response, err := parse(document)
	if err != nil {
		return err
	}
	err = d.answered(w, r, p, response, form.Get("RelayState"))
	if err != nil && d.rehearses(r, p, response) {
		err = signon.InRehearsal(err)
	}
	return err
}

// rehearses reports whether an answer that was refused is to a test sign-in of this
// browser. Who sent it does not matter: nobody else can name that request.
func (d *door) rehearses(r *http.Request, p provider, response *etree.Element) bool {
	why, err := d.asker.made(p.connection, signon.BrowserOf(r), attr(response, "InResponseTo"), p.now)
	return err == nil && why == signon.ToTest
}

// answered takes the answer.
func (d *door) answered(w http.ResponseWriter, r *http.Request, p provider, response *etree.Element, relay string) error {
	said, err := p.believe(response)
	if err != nil {
		return err
	}
	return said.About(d.admit(w, r, p, said, relay))
}

// admit signs the person in whom a believed answer is about.
func (d *door) admit(w http.ResponseWriter, r *http.Request, p provider, said statement, relay string) error {
	why, err := d.asked(r, p, said)
	if err != nil {
		return err
	}
	if err := d.Access.UseOnce(r.Context(), p.connection.AccountID, said.until, said.keys()...); err != nil {
		return err
	}
	if why == signon.ToTest {
		return d.Show(w, r, said.Statement)
	}
	return d.Enter(w, r, p.connection, said.Statement, relay)
}

// asked returns what the answered request was for. An answer that nobody asked
// for is let in where the account wants that.
func (d *door) asked(r *http.Request, p provider, said statement) (signon.Purpose, error) {
	if said.inResponseTo == "" {
		if !p.connection.IDPInitiated {
			return 0, refuse(unsolicited, "switch idp_initiated on to allow it")
		}
		return signon.ToSignIn, nil
	}
	why, err := d.asker.made(p.connection, signon.BrowserOf(r), said.inResponseTo, p.now)
	if err == nil && why != signon.ToSignIn && why != signon.ToTest {
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
