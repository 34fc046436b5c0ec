// SPDX-License-Identifier: Apache-2.0

package convoke_test

import (
	"testing"

	"github.com/convoke/convoke/internal/convoke"
)

func TestSeatsRefuseWhatTheModeLimits(t *testing.T) {
	t.Parallel()
	licensed, leased, basic := convoke.SeatCounts{Licensed: 1}, convoke.SeatCounts{Leased: 1}, convoke.SeatCounts{Basic: 1}
	full := convoke.SeatCounts{Licensed: 3, Leased: 3, Basic: 3}
	assigned := convoke.Account{SeatMode: convoke.SeatsAssigned, LicensedSeats: 3, BasicUsers: 3}
	pool := convoke.Account{SeatMode: convoke.SeatPool, LicensedSeats: 3, BasicUsers: convoke.NoSeatLimit}
	lowered := convoke.Account{SeatMode: convoke.SeatsAssigned, LicensedSeats: 0, BasicUsers: 0}
	demoted := basic.Minus(licensed)
	for _, c := range []struct {
		name    string
		account convoke.Account
		used    convoke.SeatCounts
		wanted  convoke.SeatCounts
		code    convoke.Code
	}{
		{"the last seat", assigned, full.Minus(licensed), licensed, ""},
		{"a seat too many", assigned, full, licensed, convoke.CodeSeatsExhausted},
		{"a lease while seats are assigned", assigned, full, leased, ""},
		{"a basic user too many", assigned, full, basic, convoke.CodeBasicExhausted},
		{"a licensed user as a basic one too many", assigned, full, demoted, convoke.CodeBasicExhausted},
		{"a licensed user of a pool", pool, full, licensed, ""},
		{"the last lease", pool, full.Minus(leased), leased, ""},
		{"a lease too many", pool, full, leased, convoke.CodePoolExhausted},
		{"a basic user without a limit", pool, full, basic, ""},
		{"giving back beyond a lowered limit", lowered, full, convoke.SeatCounts{}.Minus(licensed), ""},
	} {
		after, err := c.account.Seats(c.used).Take(c.wanted)
		if c.code == "" && (err != nil || after.Used != c.used.Plus(c.wanted)) ||
			c.code != "" && (!convoke.HasCode(err, c.code) || after.Used != c.used) {
			t.Errorf("%s: %+v, %v", c.name, after.Used, err)
		}
	}
	if s := pool.Seats(convoke.SeatCounts{Licensed: 9, Leased: 4}).Licensed(); *s.Total != 3 || s.Used != 4 || *s.Free != 0 {
		t.Errorf("the pool shows %d of %d used, %d free", s.Used, *s.Total, *s.Free)
	}
}
