// SPDX-License-Identifier: Apache-2.0

package app

import (
	"context"
	"net/http"
	"strings"

	"github.com/convoke/convoke/internal/convoke"
	"github.com/convoke/convoke/internal/oidc"
	"github.com/convoke/convoke/internal/outbound"
	"github.com/convoke/convoke/internal/pictures"
	"github.com/convoke/convoke/internal/provision"
	"github.com/convoke/convoke/internal/saml"
	"github.com/convoke/convoke/internal/signon"
)

// newSAML makes the part of single sign-on that knows keys and metadata. It
// reaches private addresses only where the operator says so: whoever may set
// single sign-on up chooses the address.
func newSAML(k keys, private bool) saml.Protocol {
	return saml.Protocol{Key: k.sso, Client: outbound.New(outbound.Config{Redirects: 3, AllowPrivate: private})}
}

// newOIDC is the same of OpenID Connect. No redirect is followed: the requests
// carry secrets.
func newOIDC(k keys, private bool) oidc.Protocol {
	return oidc.Protocol{Key: k.sso, Client: outbound.New(outbound.Config{AllowPrivate: private})}
}

// newPictures makes the part that fetches the pictures of people who sign in. It
// never reaches private addresses: people often choose the address themselves.
func newPictures() pictures.Fetcher {
	return pictures.Fetcher{Client: outbound.New(outbound.Config{Redirects: 3, MaxBytes: 2 * convoke.MaxPictureFile})}
}

// singleSignOn hands a request to the door of what the account speaks. An address
// of no account is the SAML door's, which says so.
func (a *App) singleSignOn() http.Handler {
	bySAML, byOIDC := a.saml(), a.oidc()
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		vanity, _, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, signon.Prefix+"/"), "/")
		c, err := a.provision.SSOByVanity(r.Context(), vanity)
		door := bySAML
		if err == nil {
			r = r.WithContext(context.WithValue(r.Context(), connectionKey{}, c))
			if c.Protocol() == convoke.SSOOIDC {
				door = byOIDC
			}
		}
		door.ServeHTTP(w, r)
	})
}

// connectionKey is where a request's context has the connection by which its door
// was chosen.
type connectionKey struct{}

// chosen gives a door that connection, so that it is read once.
type chosen struct{ *provision.Service }

// SSOByVanity is provision's, but for what the request was read for already.
func (s chosen) SSOByVanity(ctx context.Context, vanity string) (convoke.SSOConnection, error) {
	if c, found := ctx.Value(connectionKey{}).(convoke.SSOConnection); found && strings.EqualFold(c.Vanity, vanity) {
		return c, nil
	}
	return s.Service.SSOByVanity(ctx, vanity)
}

func (a *App) saml() http.Handler {
	return saml.New(saml.Config{
		Connections: chosen{a.provision}, SignIns: a.provision, Access: a.access, Key: a.keys.sso, PublicURL: a.url, Logger: a.logger,
	})
}

func (a *App) oidc() http.Handler {
	return oidc.New(oidc.Config{
		Connections: chosen{a.provision}, SignIns: a.provision, Access: a.access, Key: a.keys.sso, Client: a.provider.Client, PublicURL: a.url, Logger: a.logger,
	})
}

// SSOInfo is an account's single sign-on as the commands print it.
type SSOInfo = convoke.SSOView

// SSOForm is what the commands read to set it up.
type SSOForm = convoke.SSOForm

// SSOProtocol is what single sign-on speaks.
type SSOProtocol = convoke.SSOProtocol

// SSOBinding is how a request for a sign-in travels.
type SSOBinding = convoke.SSOBinding

// Provisioning says when an account's users come into being.
type Provisioning = convoke.Provisioning

// SSO returns an account's single sign-on.
func (a *Admin) SSO(ctx context.Context, account string) (SSOInfo, error) {
	p, err := a.principal(ctx, account)
	if err != nil {
		return SSOInfo{}, err
	}
	connection, err := a.provision.SSO(ctx, p)
	return a.ssoInfo(ctx, connection, err)
}

// ssoInfo shows a connection with the address that a server had last.
func (a *Admin) ssoInfo(ctx context.Context, c convoke.SSOConnection, err error) (SSOInfo, error) {
	if err != nil {
		return SSOInfo{}, err
	}
	url, err := a.ServerURL(ctx)
	return c.View(convoke.PublicURL(url)), err
}

// SetSSO sets an account's single sign-on up, or changes it.
func (a *Admin) SetSSO(ctx context.Context, account string, form SSOForm) (SSOInfo, error) {
	p, err := a.principal(ctx, account)
	if err != nil {
		return SSOInfo{}, err
	}
	connection, err := a.provision.SetSSO(ctx, p, form)
	return a.ssoInfo(ctx, connection, err)
}

// RemoveSSO takes single sign-on from an account; its users stay.
func (a *Admin) RemoveSSO(ctx context.Context, account string) error {
	p, err := a.principal(ctx, account)
	if err != nil {
		return err
	}
	return a.provision.RemoveSSO(ctx, p)
}
