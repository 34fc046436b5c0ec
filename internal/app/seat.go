// SPDX-License-Identifier: Apache-2.0

package app

import (
	"context"

	"github.com/convoke/convoke/internal/convoke"
)

// SeatsInfo is an account's seats as the commands print them.
type SeatsInfo struct {
	Licensed LicensedInfo      `json:"licensed"`
	Basic    convoke.Allowance `json:"basic"`
}

// LicensedInfo counts licensed seats; what is used are users or leased, as the
// mode says.
type LicensedInfo struct {
	Mode convoke.SeatMode `json:"mode"`
	convoke.Allowance
	Users  int64 `json:"users"`
	Leased int64 `json:"leased"`
}

// Seats counts the seats of an account.
func (a *Admin) Seats(ctx context.Context, account string) (SeatsInfo, error) {
	p, err := a.principal(ctx, account)
	if err != nil {
		return SeatsInfo{}, err
	}
	s, err := a.provision.Seats(ctx, p)
	return SeatsInfo{LicensedInfo{s.Mode, s.Licensed(), s.Used.Licensed, s.Used.Leased}, s.Basic()}, err
}
