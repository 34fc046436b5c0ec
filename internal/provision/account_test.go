// SPDX-License-Identifier: Apache-2.0

package provision_test

import (
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/convoke/convoke/internal/convoke"
	"github.com/convoke/convoke/internal/store/storetest"
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

func TestAFreshInstallGetsOneAccount(t *testing.T) {
	t.Parallel()
	w := &world{db: storetest.SQLite(t), clock: &clock{at: time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)}, hashes: &atomic.Int64{}, looker: &looker{}}
	w.Service = w.newService(w.cheapHash)
	const id = convoke.AccountID("derived-id-00000000000")
	ensure := func(p convoke.Principal, id convoke.AccountID) error {
		return w.EnsureDefaultAccount(t.Context(), p, id, "Convoke")
	}
	wantCode(t, ensure(convoke.Principal{Kind: convoke.AppCaller, Scopes: convoke.KnownScopes()}, id), convoke.CodeNotOperator)
	parallel(4, func(int) { wantCode(t, ensure(convoke.Operator(""), id), "") })
	check(t, ensure(convoke.Operator(""), "another-id-00000000000"))
	list, err := w.Accounts(t.Context(), convoke.Operator(""))
	check(t, err)
	if len(list) != 1 || list[0].ID != id || !list[0].APIPartner || list[0].Name != "Convoke" {
		t.Errorf("accounts %+v", list)
	}
	all, err := w.db.Events(t.Context(), id, 0, 10)
	check(t, err)
	if len(all) != 1 || all[0].Name != convoke.EventAccountCreated || all[0].Actor.Kind != "operator" {
		t.Errorf("events %+v", all)
	}
}
