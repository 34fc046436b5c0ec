// SPDX-License-Identifier: Apache-2.0

package api

import (
	"net/http"

	"github.com/convoke/convoke/internal/convoke"
)

type seats struct {
	Licensed licensed          `json:"licensed"`
	Basic    convoke.Allowance `json:"basic"`
}

// licensed counts licensed seats; what is used are users or leased, as the mode says.
type licensed struct {
	Mode convoke.SeatMode `json:"mode"`
	convoke.Allowance
	Users  int64 `json:"users"`
	Leased int64 `json:"leased"`
}

// countSeats is GET /seats.
func (a *api) countSeats(w http.ResponseWriter, r *http.Request, p convoke.Principal) error {
	s, err := a.Provision.Seats(r.Context(), p)
	if err != nil {
		return err
	}
	return reply(w, http.StatusOK, seats{
		Licensed: licensed{s.Mode, s.Licensed(), s.Used.Licensed, s.Used.Leased},
		Basic:    s.Basic(),
	})
}
