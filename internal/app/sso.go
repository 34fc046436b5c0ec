// SPDX-License-Identifier: Apache-2.0

package app

import (
	"context"
	"net/http"

	"github.com/convoke/convoke/internal/convoke"
	"github.com/convoke/convoke/internal/oidc"
	"github.com/convoke/convoke/internal/outbound"
	"github.com/convoke/convoke/internal/pictures"
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

// singleSignOn joins the doors of both protocols.
func (a *App) singleSignOn() http.Handler {
	desk := signon.NewDesk(signon.Config{
		Connections: a.provision, SignIns: a.provision, Access: a.access, Key: a.keys.sso, PublicURL: a.url, Logger: a.logger,
	})
	return desk.Handler(map[convoke.SSOProtocol]signon.Door{
		convoke.SSOSAML: saml.New(desk), convoke.SSOOIDC: oidc.New(desk, a.provider.Client),
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
