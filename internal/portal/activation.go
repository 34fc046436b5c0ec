// SPDX-License-Identifier: Apache-2.0

package portal

import (
	"net/http"

	"github.com/convoke/convoke/internal/convoke"
)

type activationView struct {
	Email         string     `json:"email"`
	DisplayName   string     `json:"display_name"`
	AccountName   string     `json:"account_name"`
	NeedsPassword bool       `json:"needs_password"`
	PasswordRules []ruleView `json:"password_rules"`
}

type ruleView struct {
	Code convoke.Code `json:"code"`
	Text string       `json:"text"`
}

// activation is GET /portal/api/activation/{code}. It changes nothing, so that
// a mail filter that opens links does no harm.
func (d *door) activation(w http.ResponseWriter, r *http.Request) error {
	a, err := d.Activations.Activation(r.Context(), r.PathValue("code"))
	if err != nil {
		return err
	}
	view := activationView{
		Email: a.User.Email, DisplayName: a.User.Name(), AccountName: a.AccountName,
		NeedsPassword: a.NeedsPassword, PasswordRules: []ruleView{},
	}
	if a.NeedsPassword {
		for _, rule := range convoke.PasswordRules() {
			view.PasswordRules = append(view.PasswordRules, ruleView{rule.Code, rule.Text})
		}
	}
	return write(w, http.StatusOK, view)
}

// activate is POST /portal/api/activation/{code}: the person becomes active and,
// having a password now, is signed in, unless the domain wants that to go through
// the identity provider. Somebody else who is signed in here, such
// as an operator trying the link, stays signed in.
func (d *door) activate(w http.ResponseWriter, r *http.Request) error {
	var body struct{ Password string }
	if err := read(w, r, &body); err != nil {
		return err
	}
	from := convoke.ClientAddress(r.RemoteAddr)
	user, err := d.Activations.Activate(r.Context(), from, r.PathValue("code"), body.Password)
	if err != nil {
		return err
	}
	if !user.SignsInWithPassword() {
		return nothing(w, nil) // signs in through the identity provider
	}
	if _, err := d.caller(r); err == nil {
		return nothing(w, nil)
	}
	signedIn, err := d.Access.StartSession(r.Context(), from, user)
	if convoke.HasCode(err, convoke.CodeSSORequired) {
		return nothing(w, nil)
	}
	if err != nil {
		return err
	}
	return d.enter(w, r, signedIn)
}
