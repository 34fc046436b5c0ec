// SPDX-License-Identifier: Apache-2.0

package zoomapi

import (
	"errors"
	"net/http"
	"time"

	"github.com/convoke/convoke/internal/convoke"
	"github.com/convoke/convoke/zoom"
)

// tokenCall is the one call with error bodies of its own.
const tokenCall = "POST /oauth/token"

var (
	errInvalidClient    = &zoom.TokenError{Status: 400, Code: zoom.TokenInvalidClient, Reason: "Invalid client_id or client_secret"}
	errUnsupportedGrant = &zoom.TokenError{Status: 400, Code: zoom.TokenUnsupportedGrant, Reason: "unsupported grant type"}
	errTokenRequest     = &zoom.TokenError{Status: 400, Code: zoom.TokenInvalidRequest, Reason: "The parameters of the request could not be read"}
	errTokenTooLarge    = &zoom.TokenError{Status: 413, Code: zoom.TokenInvalidRequest, Reason: "The request body may have at most 1 MiB"}
)

// createToken: POST /oauth/token. The parameters may come as a form, in the
// query or split over both; the client is named by Basic authentication.
func (a *api) createToken(w http.ResponseWriter, r *http.Request, _ convoke.Principal) error {
	r.Body = http.MaxBytesReader(w, r.Body, maxBody)
	if err := r.ParseForm(); err != nil {
		if _, tooLarge := errors.AsType[*http.MaxBytesError](err); tooLarge {
			return errTokenTooLarge
		}
		return errTokenRequest
	}
	if r.Form.Get("grant_type") != zoom.GrantAccountCredentials {
		return a.createUserToken(w, r)
	}
	id, secret, _ := r.BasicAuth()
	grant, err := a.Access.Token(r.Context(), convoke.ClientAddress(r.RemoteAddr), convoke.ClientID(id), secret, convoke.AccountID(r.Form.Get("account_id")))
	if convoke.HasCode(err, convoke.CodeInvalidClient) {
		return errInvalidClient
	}
	if err != nil {
		return err
	}
	return reply(w, http.StatusOK, zoom.TokenResponse{
		AccessToken: grant.AccessToken, TokenType: "bearer", ExpiresIn: int64(grant.ExpiresIn / time.Second),
		Scope: grant.Scopes.String(), APIURL: a.PublicURL,
	})
}

// createUserToken hands the request on, its form already read.
func (a *api) createUserToken(w http.ResponseWriter, r *http.Request) error {
	if a.UserTokens == nil {
		return errUnsupportedGrant
	}
	a.UserTokens.ServeHTTP(w, r)
	return nil
}

// readZAK: GET /v2/users/{userId}/token.
func (a *api) readZAK(w http.ResponseWriter, r *http.Request, p convoke.Principal) error {
	query := r.URL.Query()
	if query.Get("type") != "zak" {
		return invalidField(zoom.FieldError{Field: "type", Message: "Only host tokens are served. Ask with type=zak."})
	}
	ttl, err := positive(query, "ttl")
	if err != nil {
		return err
	}
	token, err := a.Meetings.HostToken(r.Context(), p, r.PathValue("userId"), time.Duration(ttl)*time.Second)
	if err != nil {
		return err
	}
	return reply(w, http.StatusOK, zoom.ZAK{Token: token})
}

// readOwnZAK: GET /v2/users/me/zak.
func (a *api) readOwnZAK(w http.ResponseWriter, r *http.Request, p convoke.Principal) error {
	token, err := a.Meetings.OwnHostToken(r.Context(), p)
	if err != nil {
		return err
	}
	return reply(w, http.StatusOK, zoom.ZAK{Token: token})
}
