// SPDX-License-Identifier: Apache-2.0

package api

import (
	"net/http"

	"github.com/convoke/convoke/internal/convoke"
)

type seats struct {
	Licensed licensed `json:"licensed"`
}

// licensed counts seats; total and free are null where there is no limit.
type licensed struct {
	Total *int64 `json:"total"`
	Used  int64  `json:"used"`
	Free  *int64 `json:"free"`
}

// countSeats is GET /seats.
func (a *api) countSeats(w http.ResponseWriter, r *http.Request, p convoke.Principal) error {
	s, err := a.Provision.Seats(r.Context(), p)
	if err != nil {
		return err
	}
	answer := seats{licensed{Used: s.Used}}
	if s.Total != convoke.NoSeatLimit {
		free := max(0, s.Total-s.Used) // the operator may have lowered the limit
		answer.Licensed.Total, answer.Licensed.Free = &s.Total, &free
	}
	return reply(w, http.StatusOK, answer)
}
