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
func (d *door) signOut(w http.ResponseWriter, r *http.Request) error {
	p, err := d.provider(r)
	if err != nil {
		return err
	}
	if from := r.Header.Get("Sec-Fetch-Site"); from != "" && from != "same-origin" && from != "none" {
		return refuse(badRequest, "a sign-out that another site asked for")
	}
	cookie := signon.SessionOf(r)
	account, login, err := d.Access.SSOLogin(r.Context(), cookie)
	if err != nil || account != p.connection.AccountID {
		login = nil // over, or never there: then there is nobody to sign out
	}
	if login != nil {
		if err := d.Access.SignOut(r.Context(), cookie); err != nil {
			return err
		}
	}
	d.desk.ClearCookies(w, p.connection.Vanity)
	if login == nil || p.connection.SignOutURL == "" {
		return signon.Redirect(w, signon.Home)
	}
	browser := d.desk.Browser(w, r, p.connection.Vanity, p.now, true)
	to, err := p.askLogout(d.asker.id(p.connection, browser, toLeave, p.now), *login)
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
func (d *door) singleLogout(w http.ResponseWriter, r *http.Request) error {
	p, err := d.provider(r)
	if err != nil {
		return err
	}
	message, relay, err := p.receive(w, r)
	if err != nil {
		return err
	}
	switch {
	case is(message, nsProtocol, "LogoutRequest"):
		return d.leave(w, r, p, message, relay)
	case is(message, nsProtocol, "LogoutResponse"):
		return d.left(w, r, p, message)
	}
	return refuse(wrongShape, "a %s is no logout message", message.Tag)
}

// receive reads a signed logout message from the query or the form. What it
// returns is what was signed.
func (p provider) receive(w http.ResponseWriter, r *http.Request) (*etree.Element, string, error) {
	message, relay, err := p.receiveSigned(w, r)
	if err != nil {
		return nil, "", err
	}
	if to := attr(message, "Destination"); to != p.at.logout() {
		return nil, "", refuse(wrongDestination, "%q", to)
	}
	if issuer := textOf(only(message, nsAssertion, "Issuer")); issuer != p.connection.EntityID {
		return nil, "", refuse(wrongIssuer, "%q", issuer)
	}
	issued, err := instant(message, "IssueInstant")
	if err != nil {
		return nil, "", err
	}
	if p.now.Sub(issued) > signon.RequestLife || issued.Sub(p.now) > skew {
		return nil, "", refuse(expired, "issued at %s", issued.Format(time.RFC3339))
	}
	return message, relay, nil
}

func (p provider) receiveSigned(w http.ResponseWriter, r *http.Request) (*etree.Element, string, error) {
	if r.Method == http.MethodPost {
		return p.receiveForm(w, r)
	}
	query, err := readQuery(r.URL.RawQuery)
	if err != nil {
		return nil, "", err
	}
	kind := "SAMLRequest"
	if query[kind] == "" {
		kind = "SAMLResponse"
	}
	if err := query.check(kind, p.connection.Certificates, p.now); err != nil {
		return nil, "", err
	}
	packed, err := decode64(query.value(kind))
	if err != nil {
		return nil, "", err
	}
	text, err := inflate(packed)
	if err != nil {
		return nil, "", err
	}
	message, err := parse(text)
	return message, query.value("RelayState"), err
}

func (p provider) receiveForm(w http.ResponseWriter, r *http.Request) (*etree.Element, string, error) {
	form, err := readForm(w, r)
	if err != nil {
		return nil, "", err
	}
	text := form.Get("SAMLRequest")
	if text == "" {
		text = form.Get("SAMLResponse")
	}
	document, err := decode64(text)
	if err != nil {
		return nil, "", err
	}
	message, err := parse(document)
	if err != nil {
		return nil, "", err
	}
	if !placed(message, "Signature", children(message, nsSignature, "Signature")...) {
		return nil, "", refuse(wrongShape, "a signature where none belongs")
	}
	message, err = verify(message, p.connection.Certificates, p.now)
	return message, form.Get("RelayState"), err
}

// leave ends the person's sessions here and tells the identity provider so.
func (d *door) leave(w http.ResponseWriter, r *http.Request, p provider, request *etree.Element, relay string) error {
	id, subject := attr(request, "ID"), textOf(only(request, nsAssertion, "NameID"))
	if id == "" || subject == "" {
		return refuse(badSubject, "a LogoutRequest without an id or a NameID")
	}
	if err := d.Access.UseOnce(r.Context(), p.connection.AccountID, p.now.Add(signon.RequestLife+skew), "logout "+id); err != nil {
		return err
	}
	var indexes []string
	for _, index := range children(request, nsProtocol, "SessionIndex") {
		indexes = append(indexes, textOf(index))
	}
	if err := d.Access.EndSSOSessions(r.Context(), p.connection.AccountID, subject, indexes); err != nil {
		return err
	}
	d.desk.ClearCookies(w, p.connection.Vanity)
	if p.connection.SignOutURL == "" {
		return signon.Redirect(w, signon.Home)
	}
	sp, err := p.library()
	if err != nil {
		return err
	}
	answer, err := sp.BuildLogoutResponseDocumentNoSig(success, id)
	if err != nil {
		return err
	}
	to, err := redirectURL(sp, p.connection.SignOutURL, "SAMLResponse", answer, relay, true)
	if err != nil {
		return err
	}
	return signon.Redirect(w, to)
}

// left is the answer to a LogoutRequest of ours. The session here is over
// already; the person goes where they can sign in again.
func (d *door) left(w http.ResponseWriter, r *http.Request, p provider, answer *etree.Element) error {
	why, err := d.asker.made(p.connection, signon.BrowserOf(r), attr(answer, "InResponseTo"), p.now)
	if err != nil {
		return err
	}
	if why != toLeave {
		return refuse(wrongRequest, "the answer to another kind of request")
	}
	d.desk.ClearCookies(w, p.connection.Vanity)
	return signon.Redirect(w, signon.Home)
}
