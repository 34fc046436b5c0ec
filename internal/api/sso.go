// SPDX-License-Identifier: Apache-2.0

package api

import (
	"context"
	"net/http"

	"github.com/convoke/convoke/internal/convoke"
)

// SingleSignOn is what the door asks of package provision about an account's
// single sign-on.
type SingleSignOn interface {
	SSO(context.Context, convoke.Principal) (convoke.SSOConnection, error)
	SetSSO(context.Context, convoke.Principal, convoke.SSOForm) (convoke.SSOConnection, error)
	RemoveSSO(context.Context, convoke.Principal) error
}

// findSSO is GET /sso.
func (a *api) findSSO(w http.ResponseWriter, r *http.Request, p convoke.Principal) error {
	connection, err := a.SSO.SSO(r.Context(), p)
	if err != nil {
		return err
	}
	return reply(w, http.StatusOK, connection.View(convoke.PublicURL(a.PublicURL)))
}

// setSSO is PATCH /sso.
func (a *api) setSSO(w http.ResponseWriter, r *http.Request, p convoke.Principal) error {
	var body convoke.SSOForm
	if err := decodeBody(w, r, maxBody, &body); err != nil {
		return err
	}
	connection, err := a.SSO.SetSSO(r.Context(), p, body)
	if err != nil {
		return err
	}
	return reply(w, http.StatusOK, connection.View(convoke.PublicURL(a.PublicURL)))
}

// removeSSO is DELETE /sso.
func (a *api) removeSSO(w http.ResponseWriter, r *http.Request, p convoke.Principal) error {
	if err := a.SSO.RemoveSSO(r.Context(), p); err != nil {
		return err
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}
