// SPDX-License-Identifier: Apache-2.0

package portal

import (
	"net/http"
	"strings"
	"time"

	"github.com/convoke/convoke/internal/access"
	"github.com/convoke/convoke/internal/convoke"
)

type sessionView struct {
	Kind    string       `json:"kind"` // "user" or "operator"
	Account accountView  `json:"account"`
	User    *sessionUser `json:"user,omitempty"`
	Leave   string       `json:"leave,omitempty"` // where a session of single sign-on ends, here and there

	BrokeGlass bool `json:"broke_glass,omitempty"` // this sign-in of the owner went past the identity provider
}

type accountView struct {
	ID   convoke.AccountID `json:"id"`
	Name string            `json:"name"`
}

type sessionUser struct {
	ID          convoke.UserID   `json:"id"`
	Email       string           `json:"email"`
	DisplayName string           `json:"display_name"`
	Type        convoke.UserType `json:"type"`
	Status      convoke.Status   `json:"status"`
	Role        string           `json:"role"` // owner, admin or member
	PersonalURL string           `json:"personal_meeting_url,omitempty"`
}

// session is GET /portal/api/session.
func (d *door) session(w http.ResponseWriter, r *http.Request) error {
	p, err := d.caller(r)
	if err != nil {
		return err
	}
	return d.writeSession(w, r, p, false)
}

// signIn is POST /portal/api/session.
func (d *door) signIn(w http.ResponseWriter, r *http.Request) error {
	var body struct{ Email, Password string }
	if err := read(w, r, &body); err != nil {
		return err
	}
	signedIn, err := d.Access.SignIn(r.Context(), convoke.ClientAddress(r.RemoteAddr), body.Email, body.Password)
	if err != nil {
		return err
	}
	return d.enter(w, r, signedIn)
}

// signOut is DELETE /portal/api/session.
func (d *door) signOut(w http.ResponseWriter, r *http.Request) error {
	if err := d.Access.SignOut(r.Context(), cookieValue(r, sessionCookie)); err != nil {
		return err
	}
	d.setCookie(w, sessionCookie, "", "/portal", time.Unix(1, 0))
	return nothing(w, nil)
}

// operator is POST /portal/api/operator: the single-use code of an operator
// link for a session.
func (d *door) operator(w http.ResponseWriter, r *http.Request) error {
	var body struct{ Code string }
	if err := read(w, r, &body); err != nil {
		return err
	}
	cookie, expires, _, err := d.Access.ExchangeOperatorCode(r.Context(), convoke.ClientAddress(r.RemoteAddr), body.Code)
	if err != nil {
		return err
	}
	return d.enter(w, r, access.SignedIn{Cookie: cookie, ExpiresAt: expires})
}

// enter hands the session over and says whose it is.
func (d *door) enter(w http.ResponseWriter, r *http.Request, in access.SignedIn) error {
	p, err := d.Access.Session(r.Context(), in.Cookie)
	if err != nil {
		return err
	}
	d.setCookie(w, sessionCookie, in.Cookie, "/portal", in.ExpiresAt)
	if cookieValue(r, ssoHintCookie) != "" {
		d.setCookie(w, ssoHintCookie, "", "/portal", time.Unix(1, 0)) // this one came another way
	}
	return d.writeSession(w, r, p, in.BrokeGlass)
}

func (d *door) writeSession(w http.ResponseWriter, r *http.Request, p convoke.Principal, brokeGlass bool) error {
	account, err := d.Users.Account(r.Context(), p)
	if err != nil {
		return err
	}
	view := sessionView{Kind: "operator", Account: accountView{account.ID, account.Name}, BrokeGlass: brokeGlass}
	if p.Kind == convoke.UserCaller {
		user, err := d.Users.User(r.Context(), p, "me")
		if err != nil {
			return err
		}
		view.Kind, view.User, view.Leave = "user", d.sessionUser(user), wayOut(r)
	}
	return write(w, http.StatusOK, view)
}

// wayOut is the path at which single sign-on signs out, for a session that came
// through it.
func wayOut(r *http.Request) string {
	vanity := cookieValue(r, ssoHintCookie)
	if vanity == "" || strings.ContainsFunc(vanity, func(c rune) bool { return c != '-' && (c < '0' || c > '9') && (c < 'a' || c > 'z') }) {
		return ""
	}
	return "/sso/" + vanity + "/logout"
}

func (d *door) sessionUser(u convoke.User) *sessionUser {
	view := &sessionUser{ID: u.ID, Email: u.Email, DisplayName: u.Name(), Type: u.Type, Status: u.Status, Role: u.Role.Text()}
	if u.PersonalLink != "" {
		view.PersonalURL = convoke.PublicURL(d.PublicURL).Personal(u.PersonalLink)
	}
	return view
}
