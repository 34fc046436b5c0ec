// SPDX-License-Identifier: Apache-2.0

package provision_test

import (
	"strings"
	"testing"

	"github.com/convoke/convoke/internal/convoke"
)

func TestAccountsAreTheOperatorsAlone(t *testing.T) {
	t.Parallel()
	w := newWorld(t, partner)
	abroad := w.newAccount(t, convoke.AccountChange{})
	seats := convoke.AccountChange{LicensedSeats: new(int64(5))}
	for name, c := range map[string]struct {
		p    convoke.Principal
		code convoke.Code // of an act on this account
		all  convoke.Code // of an act on all accounts
	}{
		"an app":                 {w.app, convoke.CodeNotOperator, convoke.CodeNotOperator},
		"a person":               {convoke.Principal{Kind: convoke.UserCaller, AccountID: w.id}, convoke.CodeNotOperator, convoke.CodeNotOperator},
		"nobody":                 {convoke.Principal{}, convoke.CodeNotOperator, convoke.CodeNotOperator},
		"another's operator":     {convoke.Operator(abroad.id), convoke.CodeAccountNotFound, convoke.CodeAccountNotFound},
		"its own operator":       {convoke.Operator(w.id), "", convoke.CodeAccountNotFound},
		"the operator of it all": {convoke.Operator(""), "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := w.SetAccount(t.Context(), c.p, w.id, seats)
			wantCode(t, err, c.code)
			_, err = w.CreateAccount(t.Context(), c.p, "Another", convoke.AccountChange{})
			wantCode(t, err, c.all)
			accounts, err := w.Accounts(t.Context(), c.p)
			wantCode(t, err, c.all)
			if (len(accounts) > 0) != (c.all == "") {
				t.Errorf("sees %d accounts", len(accounts))
			}
		})
	}
}

func TestSetAccount(t *testing.T) {
	t.Parallel()
	w := newWorld(t, partner)
	account, err := w.SetAccount(t.Context(), convoke.Operator(""), w.id, convoke.AccountChange{
		SSO: new(true), Provisioning: new(convoke.PriorToSignIn), LicensedSeats: new(int64(0)),
		SeatMode: new(convoke.SeatPool), BasicUsers: new(int64(7)),
	})
	check(t, err)
	stored, err := w.Account(t.Context(), w.app)
	check(t, err)
	if stored != account || !stored.APIPartner || !stored.SSO || stored.AutoCreate || stored.LicensedSeats != 0 ||
		stored.SeatMode != convoke.SeatPool || stored.BasicUsers != 7 {
		t.Errorf("the account is %+v, the answer was %+v", stored, account)
	}
	for name, change := range map[string]convoke.AccountChange{
		"seats":        {LicensedSeats: new(int64(-2))},
		"basic users":  {BasicUsers: new(int64(-2))},
		"seat mode":    {SeatMode: new(convoke.SeatMode("shared"))},
		"provisioning": {Provisioning: new(convoke.Provisioning("never"))},
	} {
		_, err := w.SetAccount(t.Context(), convoke.Operator(""), w.id, change)
		if !convoke.HasCode(err, convoke.CodeInvalidField) {
			t.Errorf("%s: %v", name, err)
		}
	}
	_, err = w.SetAccount(t.Context(), convoke.Operator(""), "nobody", convoke.AccountChange{SSO: new(true)})
	wantCode(t, err, convoke.CodeAccountNotFound)
	for _, name := range []string{"", "  ", strings.Repeat("x", 129), "a\x00b"} {
		_, err := w.CreateAccount(t.Context(), convoke.Operator(""), name, convoke.AccountChange{})
		wantCode(t, err, convoke.CodeInvalidName)
	}
}
