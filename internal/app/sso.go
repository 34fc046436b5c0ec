// SPDX-License-Identifier: Apache-2.0

package app

import (
	"context"
	"time"

	"github.com/convoke/convoke/internal/convoke"
	"github.com/convoke/convoke/internal/outbound"
	"github.com/convoke/convoke/internal/saml"
)

// newProtocol makes the part of single sign-on that knows keys and metadata. It
// never reaches private addresses: whoever may set single sign-on up chooses
// the address.
func newProtocol(k keys) saml.Protocol {
	return saml.Protocol{Key: k.sso, Client: outbound.New(outbound.Config{Redirects: 3})}
}

// refreshEvery is how often the server asks which identity providers' metadata
// is due.
const refreshEvery = 10 * time.Minute

// refreshSSO fetches metadata again until ctx is done.
func (a *App) refreshSSO(ctx context.Context) error {
	tick := time.NewTicker(refreshEvery)
	defer tick.Stop()
	for {
		n, err := a.provision.RefreshSSO(ctx, operator)
		switch {
		case ctx.Err() != nil:
			return nil
		case err != nil:
			a.logger.Error("fetching identity providers' metadata again failed", "error", err)
		case n > 0:
			a.logger.Info("fetched identity providers' metadata again", "connections", n)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}

// refusalsEvery is how often refused sign-ins that were counted are written down.
const refusalsEvery = time.Minute

// noteRefusals writes them into the audit log until ctx is done.
func (a *App) noteRefusals(ctx context.Context) error {
	tick := time.NewTicker(refusalsEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
			a.access.FlushRefusals(ctx)
		}
	}
}

// SSOInfo is an account's single sign-on as the commands print it.
type SSOInfo = convoke.SSOView

// SSOForm is what the commands read to set it up.
type SSOForm = convoke.SSOForm

// SSOBinding is how a request for a sign-in travels.
type SSOBinding = convoke.SSOBinding

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
