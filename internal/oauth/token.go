// SPDX-License-Identifier: Apache-2.0

package oauth

import (
	"net/http"
	"net/url"
	"slices"
	"time"

	"github.com/zitadel/oidc/v3/pkg/oidc"

	"github.com/convoke/convoke/internal/access"
	"github.com/convoke/convoke/internal/convoke"
)

// tokenResponse is RFC 6749's answer with Zoom's api_url.
type tokenResponse struct {
	AccessToken  string `json:"access_token"`
	TokenType    string `json:"token_type"`
	RefreshToken string `json:"refresh_token"`
	ExpiresIn    int64  `json:"expires_in"` // seconds
	Scope        string `json:"scope"`
	APIURL       string `json:"api_url"`
	IDToken      string `json:"id_token,omitempty"`
}

// clientOf reads how the app says who it is: by Basic authentication, or in the
// form, in which a public app names itself.
func clientOf(r *http.Request, form url.Values) access.Client {
	c := access.Client{
		ID: convoke.ClientID(form.Get("client_id")), Secret: form.Get("client_secret"), Address: convoke.ClientAddress(r.RemoteAddr),
	}
	if id, secret, ok := r.BasicAuth(); ok {
		c.ID, c.Secret = convoke.ClientID(id), secret
	}
	return c
}

// token is POST /oauth/token with a grant type of user-level OAuth.
func (d *door) token(w http.ResponseWriter, r *http.Request) error {
	form, err := readForm(w, r)
	if err != nil {
		return err
	}
	var tokens access.UserTokens
	switch client := clientOf(r, form); oidc.GrantType(form.Get("grant_type")) {
	case oidc.GrantTypeCode:
		tokens, err = d.Access.RedeemCode(r.Context(), client, form.Get("code"), form.Get("redirect_uri"), form.Get("code_verifier"))
	case oidc.GrantTypeRefreshToken:
		tokens, err = d.Access.Refresh(r.Context(), client, form.Get("refresh_token"))
	case oidc.GrantTypeDeviceCode:
		tokens, err = d.Access.RedeemDevice(r.Context(), client, form.Get("device_code"))
	default:
		return errUnsupportedGrant
	}
	if err != nil {
		return err
	}
	return d.writeTokens(w, tokens)
}

func (d *door) writeTokens(w http.ResponseWriter, t access.UserTokens) error {
	body := tokenResponse{
		AccessToken: t.AccessToken, TokenType: "bearer", RefreshToken: t.RefreshToken, ExpiresIn: int64(t.ExpiresIn / time.Second),
		Scope: t.Scopes.String(), APIURL: d.PublicURL,
	}
	if slices.Contains(t.Scopes, convoke.ScopeOpenID) {
		var err error
		if body.IDToken, err = d.idToken(t); err != nil {
			return err
		}
	}
	return writeJSON(w, http.StatusOK, body)
}

// revoke is POST /oauth/revoke.
func (d *door) revoke(w http.ResponseWriter, r *http.Request) error {
	form, err := readForm(w, r)
	if err != nil {
		return err
	}
	if err := d.Access.RevokeToken(r.Context(), clientOf(r, form), form.Get("token")); err != nil {
		return err
	}
	return writeJSON(w, http.StatusOK, map[string]string{"status": "success"})
}
