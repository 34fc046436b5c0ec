// SPDX-License-Identifier: Apache-2.0

package oidc

import (
	"context"
	"net/http"
	"net/url"

	gooidc "github.com/coreos/go-oidc/v3/oidc"

	"github.com/convoke/convoke/internal/convoke"
	"github.com/convoke/convoke/internal/signon"
)

// signOut is GET /sso/{vanity}/logout: the person's own wish. The session here
// ends whatever becomes of it there.
func (d *door) signOut(w http.ResponseWriter, r *http.Request, c client) error {
	login, err := d.EndOwnSession(w, r, c.connection)
	if err != nil {
		return err
	}
	if login == nil || c.connection.SignOutURL == "" {
		return signon.Redirect(w, signon.Home)
	}
	return signon.Redirect(w, d.signOutURL(c, *login))
}

// signOutURL asks the provider to sign the person out and to send them back
// (OpenID Connect RP-Initiated Logout 2).
func (d *door) signOutURL(c client, login convoke.SSOLogin) string {
	to, err := url.Parse(c.connection.SignOutURL)
	if err != nil {
		return signon.Home // none that was checked is like that
	}
	query := to.Query()
	query.Set("client_id", c.connection.OIDC.ClientID)
	query.Set("post_logout_redirect_uri", d.PublicURL+signon.Home)
	if token, err := safe(d.Key).Open(c.connection.AccountID, login.Hint); err == nil {
		query.Set("id_token_hint", string(token))
	}
	to.RawQuery = query.Encode()
	return to.String()
}

// backchannel is POST /sso/{vanity}/backchannel: the provider signs a person out,
// from server to server (OpenID Connect Back-Channel Logout 2.5 to 2.8).
func (d *door) backchannel(w http.ResponseWriter, r *http.Request, c client) error {
	r.Body = http.MaxBytesReader(w, r.Body, maxForm)
	if err := d.endSessions(r, c); err != nil {
		status := http.StatusBadRequest
		if e := d.Log(r, err); e.Kind == convoke.KindInternal || e.Kind == convoke.KindUnavailable {
			status = http.StatusServiceUnavailable
		}
		http.Error(w, "The logout token was not accepted.", status)
	}
	return nil
}

func (d *door) endSessions(r *http.Request, c client) error {
	token, err := c.logout(gooidc.ClientContext(r.Context(), c.http), r.PostFormValue("logout_token"))
	if err != nil {
		return err
	}
	until := token.Expiry.Add(signon.Skew)
	if err := d.Access.UseOnce(r.Context(), c.connection.AccountID, until, "oidc logout "+token.TokenID); err != nil {
		return err
	}
	if token.Subject == "" {
		return d.Access.EndSSOSession(r.Context(), c.connection.AccountID, token.SessionID)
	}
	var indexes []string
	if token.SessionID != "" {
		indexes = []string{token.SessionID}
	}
	return d.Access.EndSSOSessions(r.Context(), c.connection.AccountID, convoke.OIDCSubject(c.connection.EntityID, token.Subject), indexes)
}

// logout believes or refuses a logout token, which names a person, a session of the
// provider's, or both.
func (c client) logout(ctx context.Context, raw string) (*gooidc.LogoutToken, error) {
	keys := &witness{KeySet: c.keys}
	token, err := c.verifier(keys).VerifyLogout(ctx, raw)
	if err != nil {
		return nil, c.explain(raw, keys, err)
	}
	if token.Subject != "" && !isSubject(token.Subject) {
		return nil, refuse(badSubject, "a logout token whose sub is no text")
	}
	if token.SessionID != "" && !isSubject(token.SessionID) {
		return nil, refuse(badSubject, "a logout token whose sid is no text")
	}
	if token.IssuedAt.After(c.now.Add(signon.Skew)) {
		return nil, refuse(notYetValid, "issued at %s", token.IssuedAt)
	}
	return token, nil
}
