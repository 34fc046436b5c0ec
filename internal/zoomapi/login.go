// SPDX-License-Identifier: Apache-2.0

package zoomapi

import (
	"context"
	"net/http"

	"github.com/convoke/convoke/internal/convoke"
	"github.com/convoke/convoke/zoom"
)

// Logins is what the door asks of package provision about e-mails, passwords and
// what is taken.
type Logins interface {
	// SetEmail gives a user another e-mail, in a verified domain of the account.
	SetEmail(ctx context.Context, p convoke.Principal, ref, email string) error
	// SetPassword gives a user another password.
	SetPassword(ctx context.Context, p convoke.Principal, ref, password string) error
	// RevokeTokens signs a user out and makes the host tokens that there are worthless.
	RevokeTokens(ctx context.Context, p convoke.Principal, ref string) error
	// EmailInUse reports whether a user of the account signs in with the e-mail and a password.
	EmailInUse(ctx context.Context, p convoke.Principal, email string) (bool, error)
	// LinkInUse reports whether anybody has the personal link name.
	LinkInUse(ctx context.Context, p convoke.Principal, name string) (bool, error)
	// Summary counts the account's users.
	Summary(ctx context.Context, p convoke.Principal) (convoke.Census, error)
}

// setUserEmail: PUT /v2/users/{userId}/email.
func (a *api) setUserEmail(w http.ResponseWriter, r *http.Request, p convoke.Principal) error {
	var body zoom.EmailRequest
	if _, err := decodeBody(w, r, &body); err != nil {
		return err
	}
	if err := required(need{"email", body.Email != ""}); err != nil {
		return err
	}
	if err := a.Logins.SetEmail(r.Context(), p, r.PathValue("userId"), body.Email); err != nil {
		return err
	}
	return done(w)
}

// setUserPassword: PUT /v2/users/{userId}/password.
func (a *api) setUserPassword(w http.ResponseWriter, r *http.Request, p convoke.Principal) error {
	var body zoom.PasswordRequest
	if _, err := decodeBody(w, r, &body); err != nil {
		return err
	}
	if err := required(need{"password", body.Password != ""}); err != nil {
		return err
	}
	if err := a.Logins.SetPassword(r.Context(), p, r.PathValue("userId"), body.Password); err != nil {
		return err
	}
	return done(w)
}

// checkEmail: GET /v2/users/email.
func (a *api) checkEmail(w http.ResponseWriter, r *http.Request, p convoke.Principal) error {
	email := r.URL.Query().Get("email")
	if email == "" {
		return &zoom.Error{Status: http.StatusBadRequest, Code: zoom.CodeValidation, Message: "Email is required."}
	}
	existed, err := a.Logins.EmailInUse(r.Context(), p, email)
	if err != nil {
		return err
	}
	return reply(w, http.StatusOK, zoom.EmailCheck{ExistedEmail: existed})
}

// checkVanityName: GET /v2/users/vanity_name.
func (a *api) checkVanityName(w http.ResponseWriter, r *http.Request, p convoke.Principal) error {
	name := r.URL.Query().Get("vanity_name")
	if name == "" {
		return &zoom.Error{Status: http.StatusBadRequest, Code: zoom.CodeValidation, Message: "Vanity name is required."}
	}
	existed, err := a.Logins.LinkInUse(r.Context(), p, name)
	if err != nil {
		return err
	}
	return reply(w, http.StatusOK, zoom.VanityNameCheck{Existed: existed})
}

// readSummary: GET /v2/users/summary. Convoke has neither rooms nor on-premises users.
func (a *api) readSummary(w http.ResponseWriter, r *http.Request, p convoke.Principal) error {
	census, err := a.Logins.Summary(r.Context(), p)
	if err != nil {
		return err
	}
	return reply(w, http.StatusOK, zoom.UserSummary{
		Licensed: census.Licensed(), Basic: census.Basic, Pending: census.Pending, JoinOnly: census.JoinOnly, Total: census.Total(),
	})
}

// revokeTokens: DELETE /v2/users/{userId}/token.
func (a *api) revokeTokens(w http.ResponseWriter, r *http.Request, p convoke.Principal) error {
	if err := a.Logins.RevokeTokens(r.Context(), p, r.PathValue("userId")); err != nil {
		return err
	}
	return done(w)
}
