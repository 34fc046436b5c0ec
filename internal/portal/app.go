// SPDX-License-Identifier: Apache-2.0

package portal

import (
	"net/http"
	"time"

	"github.com/convoke/convoke/internal/convoke"
)

type registeredApp struct {
	ClientID     convoke.ClientID `json:"client_id"`
	Name         string           `json:"name"`
	Kind         string           `json:"kind"`
	Scopes       []string         `json:"scopes"`
	RedirectURIs []string         `json:"redirect_uris"`
	CreatedAt    time.Time        `json:"created_at"`
	Revoked      bool             `json:"revoked"`
}

// apps is GET /portal/api/apps: the account's apps, revoked ones among them.
func (d *door) apps(w http.ResponseWriter, r *http.Request) error {
	p, err := d.administratorOf(r)
	if err != nil {
		return err
	}
	list, err := d.Apps.Apps(r.Context(), p)
	if err != nil {
		return err
	}
	views := make([]registeredApp, len(list))
	for i, app := range list {
		views[i] = registeredApp{
			app.ClientID, app.Name, app.Kind.String(), app.Scopes, append([]string{}, app.RedirectURIs...), app.CreatedAt, app.Revoked(),
		}
	}
	return write(w, http.StatusOK, map[string]any{"apps": views})
}
