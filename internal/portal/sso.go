// SPDX-License-Identifier: Apache-2.0

package portal

import (
	"context"
	"encoding/json"
	"net/http"

	"github.com/convoke/convoke/internal/convoke"
)

// SingleSignOn is what the operator sees and does about single sign-on.
type SingleSignOn interface {
	SSO(ctx context.Context, p convoke.Principal) (convoke.SSOConnection, error)
	SetSSO(ctx context.Context, p convoke.Principal, form convoke.SSOForm) (convoke.SSOConnection, error)
	RemoveSSO(ctx context.Context, p convoke.Principal) error
	SSOTestCode(ctx context.Context, p convoke.Principal) (convoke.SSOConnection, string, error)
}

// ssoHintCookie names the account whose single sign-on the session came
// through, so that the way out leads there. It is no secret and proves nothing.
const ssoHintCookie = "convoke_sso_at"

// namePlace stands for the name that the account has not chosen yet.
const namePlace = "{name}"

// sso is GET /portal/api/sso: how it is set up, or null, and what any name's
// addresses are, for providers that ask for them first.
func (d *door) sso(w http.ResponseWriter, r *http.Request) error {
	p, err := d.caller(r)
	if err != nil {
		return err
	}
	connection, err := d.SSO.SSO(r.Context(), p)
	public := convoke.PublicURL(d.PublicURL)
	future := futureSSO(public)
	if convoke.HasCode(err, convoke.CodeSSONotFound) {
		return write(w, http.StatusOK, map[string]any{"sso": nil, "future": future})
	}
	if err != nil {
		return err
	}
	return write(w, http.StatusOK, map[string]any{"sso": connection.View(public), "future": future})
}

// futureSSO is what the provider of an account that chooses its name will have to be
// told, in either protocol.
func futureSSO(public convoke.PublicURL) map[string]any {
	c := convoke.SSOConnection{Vanity: namePlace, OIDC: &convoke.OIDCClient{}}
	return map[string]any{"service_provider": public.ServiceProvider(c), "oidc": public.OIDC(c)}
}

// ssoBodyLimit has room for an identity provider's metadata.
const ssoBodyLimit = 3 << 20

// setSSO is PUT /portal/api/sso.
func (d *door) setSSO(w http.ResponseWriter, r *http.Request) error {
	p, err := d.caller(r)
	if err != nil {
		return err
	}
	var form convoke.SSOForm
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, ssoBodyLimit)).Decode(&form); err != nil {
		return convoke.Invalid(convoke.CodeInvalidBody, "", "The request must be a JSON object of the documented form.")
	}
	connection, err := d.SSO.SetSSO(r.Context(), p, form)
	if err != nil {
		return err
	}
	return write(w, http.StatusOK, map[string]any{"sso": connection.View(convoke.PublicURL(d.PublicURL))})
}

// removeSSO is DELETE /portal/api/sso.
func (d *door) removeSSO(w http.ResponseWriter, r *http.Request) error {
	p, err := d.caller(r)
	if err != nil {
		return err
	}
	return nothing(w, d.SSO.RemoveSSO(r.Context(), p))
}

// testSSO is POST /portal/api/sso/test: the link to a test sign-in.
func (d *door) testSSO(w http.ResponseWriter, r *http.Request) error {
	p, err := d.caller(r)
	if err != nil {
		return err
	}
	connection, code, err := d.SSO.SSOTestCode(r.Context(), p)
	if err != nil {
		return err
	}
	return write(w, http.StatusOK, map[string]string{"url": convoke.PublicURL(d.PublicURL).SSOTest(connection.Vanity, code)})
}
