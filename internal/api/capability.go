// SPDX-License-Identifier: Apache-2.0

package api

import (
	"net/http"

	"github.com/convoke/convoke/internal/convoke"
)

type capabilities struct {
	Actions       []convoke.Capability `json:"actions"`
	DefaultAction convoke.Action       `json:"default_action"` // of an ensure that names none
	SeatMode      convoke.SeatMode     `json:"seat_mode"`
}

// listCapabilities is GET /capabilities.
func (a *api) listCapabilities(w http.ResponseWriter, r *http.Request, p convoke.Principal) error {
	account, list, err := a.Provision.Capabilities(r.Context(), p)
	if err != nil {
		return err
	}
	return reply(w, http.StatusOK, capabilities{list, convoke.DefaultAction(account), account.SeatMode})
}
