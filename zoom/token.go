// SPDX-License-Identifier: Apache-2.0

package zoom

import "fmt"

// GrantAccountCredentials is the grant_type of POST /oauth/token for an app
// that acts for its account (server to server).
const GrantAccountCredentials = "account_credentials"

// TokenResponse is the answer of POST /oauth/token.
type TokenResponse struct {
	AccessToken string `json:"access_token"`
	TokenType   string `json:"token_type"` // bearer
	ExpiresIn   int64  `json:"expires_in"` // seconds
	Scope       string `json:"scope"`      // separated by spaces
	APIURL      string `json:"api_url,omitempty"`
}

// TokenError is the error body of POST /oauth/token.
type TokenError struct {
	Status int    `json:"-"` // HTTP status
	Reason string `json:"reason"`
	Code   string `json:"error"` // one of the TokenError codes, as RFC 6749 section 5.2
}

// The codes of a TokenError.
const (
	TokenInvalidClient    = "invalid_client"
	TokenInvalidRequest   = "invalid_request"
	TokenUnsupportedGrant = "unsupported_grant_type"
	TokenServerError      = "server_error"
)

// Error returns the code and the reason.
func (e *TokenError) Error() string {
	return fmt.Sprintf("zoom: no access token: %s: %s (HTTP %d)", e.Code, e.Reason, e.Status)
}

// ZAK is the answer of GET /v2/users/{userId}/token and of GET
// /v2/users/me/zak: the host's token, which a start_url carries as zak. Treat
// it as opaque and as secret as a password.
type ZAK struct {
	Token string `json:"token"`
}
