// SPDX-License-Identifier: Apache-2.0

package saml

import (
	"net/http"
	"time"

	"github.com/beevik/etree"

	"github.com/convoke/convoke/internal/convoke"
	"github.com/convoke/convoke/internal/signon"
)

// signOut is GET /sso/{vanity}/logout: the person's own wish. The session here
// ends whatever becomes of it there.
func (d *door) signOut(w http.ResponseWriter, r *http.Request, p provider) error {
	login, err := d.EndOwnSession(w, r, p.connection)
	if err != nil {
		return err
	}
	if login == nil || p.connection.SignOutURL == "" {
		return signon.Redirect(w, signon.Home)
	}
	browser := d.Browser(w, r, p.connection.Vanity, p.now, true)
	to, err := p.askLogout(d.asker.id(p.connection, browser, signon.ToLeave, p.now), *login)
	if err != nil {
		return err
	}
	return signon.Redirect(w, to)
}

// askLogout makes a LogoutRequest for the person, signed.
func (p provider) askLogout(id string, login convoke.SSOLogin) (string, error) {
	sp, err := p.library()
	if err != nil {
		return "", err
	}
	document, err := sp.BuildLogoutRequestDocumentNoSig(login.NameID.Value, login.Index)
	if err != nil {
		return "", err
	}
	root := document.Root()
	root.CreateAttr("ID", id)
	name := root.SelectElement("saml:NameID")
	name.Attr = nil
	for _, a := range []struct{ key, value string }{
		{"Format", login.NameID.Format}, {"NameQualifier", login.NameID.NameQualifier}, {"SPNameQualifier", login.NameID.SPNameQualifier},
	} {
		if a.value != "" {
			name.CreateAttr(a.key, a.value)
		}
	}
	if index := root.SelectElement("samlp:SessionIndex"); login.Index == "" && index != nil {
		root.RemoveChild(index)
	}
	return redirectURL(sp, p.connection.SignOutURL, "SAMLRequest", document, "", true)
}

// singleLogout is GET and POST /sso/{vanity}/slo: the identity provider signs a
// person out, or says that it has.
func (d *door) singleLogout(w http.ResponseWriter, r *http.Request, p provider) error {
	sent, err := receive(w, r)
	if err != nil {
		return err
	}
	switch {
	case is(sent.message, nsProtocol, "LogoutRequest"):
		return d.leave(w, r, p, sent)
	case is(sent.message, nsProtocol, "LogoutResponse"):
		return d.left(w, r, p, sent)
	}
	return refuse(wrongShape, "a %s is no logout message", sent.message.Tag)
}

// letter is a logout message as it was sent. Whether anybody signed it is not
// known yet.
type letter struct {
	message *etree.Element
	relay   string
	query   signedQuery // nil: it came by a form, and its signature is inside
}

// receive reads a logout message from the query or the form.
func receive(w http.ResponseWriter, r *http.Request) (letter, error) {
	if r.Method == http.MethodPost {
		return receiveForm(w, r)
	}
	query, err := readQuery(r.URL.RawQuery)
	if err != nil {
		return letter{}, err
	}
	packed, err := decode64(query.value(query.kind()))
	if err != nil {
		return letter{}, err
	}
	text, err := inflate(packed)
	if err != nil {
		return letter{}, err
	}
	message, err := parse(text)
	return letter{message, query.value("RelayState"), query}, err
}

func receiveForm(w http.ResponseWriter, r *http.Request) (letter, error) {
	form, err := readForm(w, r)
	if err != nil {
		return letter{}, err
	}
	text := form.Get("SAMLRequest")
	if text == "" {
		text = form.Get("SAMLResponse")
	}
	document, err := decode64(text)
	if err != nil {
		return letter{}, err
	}
	message, err := parse(document)
	return letter{message: message, relay: form.Get("RelayState")}, err
}

// vouched holds a logout message to a signature of the identity provider, this
// address and a time not long ago. What it returns is what was signed.
func (p provider) vouched(sent letter) (*etree.Element, error) {
	message, err := p.signed(sent)
	if err != nil {
		return nil, err
	}
	if to := attr(message, "Destination"); to != p.at.logout() {
		return nil, refuse(wrongDestination, "%q", to)
	}
	if issuer := textOf(only(message, nsAssertion, "Issuer")); issuer != p.connection.EntityID {
		return nil, refuse(wrongIssuer, "%q", issuer)
	}
	issued, err := instant(message, "IssueInstant")
	if err != nil {
		return nil, err
	}
	if p.now.Sub(issued) > signon.RequestLife || issued.Sub(p.now) > signon.Skew {
		return nil, refuse(expired, "issued at %s", issued.Format(time.RFC3339))
	}
	return message, nil
}

// signed returns the message as it was signed, over the query or inside it.
func (p provider) signed(sent letter) (*etree.Element, error) {
	if sent.query != nil {
		return sent.message, sent.query.check(p.connection.Certificates, p.now)
	}
	if !placed(sent.message, "Signature", children(sent.message, nsSignature, "Signature")...) {
		return nil, refuse(wrongShape, "a signature where none belongs")
	}
	return verify(sent.message, p.connection.Certificates, p.now)
}

// leave ends the person's sessions here and tells the identity provider so.
func (d *door) leave(w http.ResponseWriter, r *http.Request, p provider, sent letter) error {
	request, err := p.vouched(sent)
	if err != nil {
		return err
	}
	id, err := d.endSessions(r, p, request)
	if err != nil {
		return err
	}
	d.ClearCookies(w, p.connection.Vanity)
	if p.connection.SignOutURL == "" {
		return signon.Redirect(w, signon.Home)
	}
	to, err := p.answerLogout(id, sent.relay)
	if err != nil {
		return err
	}
	return signon.Redirect(w, to)
}

// endSessions ends those of the person whom a LogoutRequest that is vouched for
// names, and returns its id.
func (d *door) endSessions(r *http.Request, p provider, request *etree.Element) (string, error) {
	id, subject := attr(request, "ID"), textOf(only(request, nsAssertion, "NameID"))
	if id == "" || subject == "" {
		return "", refuse(badSubject, "a LogoutRequest without an id or a NameID")
	}
	if attr(request, "NotOnOrAfter") != "" {
		if _, err := p.stillValid(request); err != nil {
			return "", err
		}
	}
	if err := d.Access.UseOnce(r.Context(), p.connection.AccountID, p.now.Add(signon.RequestLife+signon.Skew), "logout "+id); err != nil {
		return "", err
	}
	var indexes []string
	for _, index := range children(request, nsProtocol, "SessionIndex") {
		indexes = append(indexes, textOf(index))
	}
	return id, d.Access.EndSSOSessions(r.Context(), p.connection.AccountID, subject, indexes)
}

// answerLogout makes the LogoutResponse to the request of the id, signed.
func (p provider) answerLogout(id, relay string) (string, error) {
	sp, err := p.library()
	if err != nil {
		return "", err
	}
	document, err := sp.BuildLogoutResponseDocumentNoSig(success, id)
	if err != nil {
		return "", err
	}
	return redirectURL(sp, p.connection.SignOutURL, "SAMLResponse", document, relay, true)
}

// left is the answer to a LogoutRequest of ours. The session here is over
// already; the person goes where they can sign in again. That the answer is to a
// request of this browser is enough for that, since nobody else can name it: some
// providers sign no such answer, or do not say whom it is for.
func (d *door) left(w http.ResponseWriter, r *http.Request, p provider, sent letter) error {
	why, err := d.asker.made(p.connection, signon.BrowserOf(r), attr(sent.message, "InResponseTo"), p.now)
	if err != nil {
		return err
	}
	if why != signon.ToLeave {
		return refuse(wrongRequest, "the answer to another kind of request")
	}
	if _, err := p.vouched(sent); err != nil {
		d.Overlook(r, err)
	}
	d.ClearCookies(w, p.connection.Vanity)
	return signon.Redirect(w, signon.Home)
}
