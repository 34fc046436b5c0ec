// SPDX-License-Identifier: Apache-2.0

package oauth

import (
	"context"
	"crypto/ecdsa"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/convoke/convoke/internal/access"
	"github.com/convoke/convoke/internal/convoke"
)

// The paths of the door. Those of tokens are Zoom's.
const (
	AuthorizePath = "/oauth/authorize"
	tokenPath     = "/oauth/token"
	RevokePath    = "/oauth/revoke"
	DevicePath    = "/oauth/devicecode"
	UserInfoPath  = "/oauth/userinfo"
	KeysPath      = "/oauth/jwks"
	WellKnown     = "/.well-known"
	discoveryPath = WellKnown + "/openid-configuration"
)

// The pages of the portal that ask the person.
const (
	consentPath = "/portal/connect"
	typePath    = "/portal/device" // for the code that a device shows
)

// Access is what the door asks of package access.
type Access interface {
	AuthRequest(ctx context.Context, values url.Values) (convoke.App, convoke.AuthRequest, error)
	RedeemCode(ctx context.Context, c access.Client, code, redirectURI, verifier string) (access.UserTokens, error)
	Refresh(ctx context.Context, c access.Client, token string) (access.UserTokens, error)
	StartDevice(ctx context.Context, c access.Client, scopes string) (code string, d convoke.DeviceRequest, err error)
	RedeemDevice(ctx context.Context, c access.Client, code string) (access.UserTokens, error)
	RevokeToken(ctx context.Context, c access.Client, token string) error
	Identity(ctx context.Context, token string) (convoke.User, convoke.Scopes, error)
}

// Config is everything that the door needs.
type Config struct {
	Access    Access
	Key       *ecdsa.PrivateKey // P-256; signs ID tokens
	PublicURL string            // without a slash at its end; the issuer
	Now       func() time.Time  // nil: time.Now
	Logger    *slog.Logger
}

type door struct {
	Config
	signer signer
	secure bool
}

// New returns the handler of the paths above, and of the grant types of POST
// /oauth/token by which an app gets tokens for a person. It fails for a key that
// cannot sign.
func New(c Config) (http.Handler, error) {
	if c.Now == nil {
		c.Now = time.Now
	}
	signer, err := newSigner(c.Key)
	if err != nil {
		return nil, err
	}
	d := &door{Config: c, signer: signer, secure: strings.HasPrefix(strings.ToLower(c.PublicURL), "https://")}
	mux := http.NewServeMux()
	mux.Handle("GET "+AuthorizePath, d.page(d.authorize))
	mux.Handle("POST "+AuthorizePath, d.page(d.authorize))
	mux.Handle("POST "+tokenPath, d.call(d.token))
	mux.Handle("POST "+DevicePath, d.call(d.device))
	mux.Handle("POST "+RevokePath, d.call(d.revoke))
	mux.Handle("GET "+UserInfoPath, d.call(d.userInfo))
	mux.Handle("POST "+UserInfoPath, d.call(d.userInfo))
	mux.Handle("GET "+KeysPath, d.call(d.keys))
	mux.Handle("GET "+discoveryPath, d.call(d.discovery))
	return mux, nil
}

// authorize is GET and POST /oauth/authorize: it sends the person to the page
// that asks them, or back to the app that asks for what it may not.
func (d *door) authorize(w http.ResponseWriter, r *http.Request) error {
	values, err := readForm(w, r)
	if err != nil {
		return err
	}
	if values.Get("client_id") == "" {
		return errClientMissing
	}
	_, request, err := d.Access.AuthRequest(r.Context(), values)
	if err == nil {
		return d.goTo(w, r, consentPath+"?"+request.Forwarded(values, d.Now()).Encode())
	}
	if code := authErrors[convoke.AsError(err).Code]; request.RedirectURI != "" && code != "" {
		return d.goTo(w, r, request.Answer(d.PublicURL, url.Values{"error": {code}, "error_description": {convoke.AsError(err).Message}}))
	}
	return err
}

func (d *door) goTo(w http.ResponseWriter, r *http.Request, address string) error {
	http.Redirect(w, r, address, http.StatusSeeOther) //nolint:gosec // ours, or an address that was registered letter by letter
	return nil
}

// maxBody is the largest form that the door reads, in bytes.
const maxBody = 64 << 10

// readForm returns the parameters of the query and of the form.
func readForm(w http.ResponseWriter, r *http.Request) (url.Values, error) {
	if r.Form == nil { // zoomapi has read that of a token request
		r.Body = http.MaxBytesReader(w, r.Body, maxBody)
	}
	if err := r.ParseForm(); err != nil {
		return nil, convoke.Errorf(convoke.KindInvalid, convoke.CodeInvalidAuthRequest, "The parameters of the request could not be read")
	}
	return r.Form, nil
}
