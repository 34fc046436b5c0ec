// SPDX-License-Identifier: Apache-2.0

package client

import (
	"context"
	"net/http"
	"net/url"
	"time"

	"github.com/convoke/convoke/zoom"
)

// tokens keeps the app's access token and fetches a new one when it is needed:
// one fetch at a time, however many calls wait for it.
type tokens struct {
	credentials Credentials
	client      *Client
	lock        chan struct{} // a mutex that a caller can stop waiting for
	value       string
	renewAt     time.Time
}

func newTokens(credentials Credentials, c *Client) *tokens {
	return &tokens{credentials: credentials, client: c, lock: make(chan struct{}, 1)}
}

// get returns a token that is good for the next call, and is not the one that
// the server has just refused. A caller whose context ends while another one
// fetches is let go.
func (t *tokens) get(ctx context.Context, refused string) (string, error) {
	select {
	case t.lock <- struct{}{}:
		defer func() { <-t.lock }()
	case <-ctx.Done():
		return "", unreachable(ctx.Err())
	}
	if t.value != "" && t.value != refused && t.client.now().Before(t.renewAt) {
		return t.value, nil
	}
	return t.fetch(ctx)
}

// fetch asks for a token (RFC 6749 section 4.4, with Zoom's grant type
// account_credentials). Asking twice does no harm, so it is repeated like a GET.
func (t *tokens) fetch(ctx context.Context) (string, error) {
	form := url.Values{"grant_type": {zoom.GrantAccountCredentials}, "account_id": {t.credentials.AccountID}}
	var granted zoom.TokenResponse
	_, err := t.client.send(ctx, call{
		method: http.MethodPost, path: "/oauth/token", repeatable: true, out: &granted,
		body: []byte(form.Encode()), contentType: "application/x-www-form-urlencoded",
	}, func(r *http.Request) {
		r.SetBasicAuth(t.credentials.ClientID, t.credentials.ClientSecret)
	})
	if err != nil {
		return "", err
	}
	if granted.AccessToken == "" {
		return "", &Error{Code: CodeBadAnswer, Message: "The server's answer to the token request holds no token."}
	}
	t.value = granted.AccessToken
	t.renewAt = t.client.now().Add(usableFor(time.Duration(granted.ExpiresIn) * time.Second))
	return t.value, nil
}

// usableFor takes a tenth off a token's life, and at most a minute, so that it
// does not expire on its way to the server.
func usableFor(life time.Duration) time.Duration {
	return life - min(life/10, time.Minute)
}
