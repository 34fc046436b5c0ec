// SPDX-License-Identifier: Apache-2.0

package app

import (
	"context"
	"time"

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
