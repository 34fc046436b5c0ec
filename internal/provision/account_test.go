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
	})
	check(t, err)
	stored, err := w.Account(t.Context(), w.app)
	check(t, err)
	if stored != account || !stored.APIPartner || !stored.SSO || stored.AutoCreate || stored.LicensedSeats != 0 {
		t.Errorf("the account is %+v, the answer was %+v", stored, account)
	}
	for name, change := range map[string]convoke.AccountChange{
		"seats":        {LicensedSeats: new(int64(-2))},
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

func TestDomains(t *testing.T) {
	t.Parallel()
	w := newWorld(t, everything)
	abroad := w.newAccount(t, everything)
	operator := convoke.Operator(w.id)
	for name, p := range map[string]convoke.Principal{
		"an app": w.app, "a person": {Kind: convoke.UserCaller, AccountID: w.id}, "nobody": {},
	} {
		_, err := w.AddDomain(t.Context(), p, "example.com", true)
		wantCode(t, err, convoke.CodeNotOperator)
		if _, err = w.Domains(t.Context(), p); !convoke.HasCode(err, convoke.CodeNotOperator) {
			t.Errorf("%s lists the domains: %v", name, err)
		}
	}
	for _, name := range []string{"", "example", "exa mple.com", "-a.com", "a..com", "https://example.com"} {
		_, err := w.AddDomain(t.Context(), operator, name, true)
		wantCode(t, err, convoke.CodeInvalidField)
	}
	domain, err := w.AddDomain(t.Context(), operator, " Example.COM. ", false)
	check(t, err)
	if domain.Name != "example.com" || domain.Verified() || domain.AccountID != w.id {
		t.Errorf("the domain is %+v", domain)
	}
	_, err = w.AddDomain(t.Context(), convoke.Operator(abroad.id), "example.com", true)
	check(t, err) // nobody had shown that it is theirs
	_, err = w.AddDomain(t.Context(), operator, "example.com", true)
	wantCode(t, err, convoke.CodeDomainTaken)
	domains, err := w.Domains(t.Context(), operator)
	check(t, err)
	if len(domains) != 1 || domains[0].Verified() {
		t.Errorf("the account has %+v", domains)
	}
}

func TestAddingAVerifiedDomainAgainKeepsItVerified(t *testing.T) {
	t.Parallel()
	w := newWorld(t, everything)
	operator := convoke.Operator(w.id)
	first, err := w.AddDomain(t.Context(), operator, "managed.example", true)
	check(t, err)
	w.clock.advance(1e9)
	for _, trusted := range []bool{false, true} {
		again, err := w.AddDomain(t.Context(), operator, "managed.example", trusted)
		check(t, err)
		if !again.VerifiedAt.Equal(first.VerifiedAt) {
			t.Errorf("added again with trusted=%t it is verified at %v, want %v", trusted, again.VerifiedAt, first.VerifiedAt)
		}
	}
	w.made(t, convoke.Request{Action: "autoCreate", Email: "ada@managed.example", Password: goodPassword})
}

func TestDomainsOfAnAccountThatIsNotThere(t *testing.T) {
	t.Parallel()
	w := newWorld(t, partner)
	for _, id := range []convoke.AccountID{"", "nobody"} {
		_, err := w.AddDomain(t.Context(), convoke.Operator(id), "example.com", true)
		wantCode(t, err, convoke.CodeAccountNotFound)
		_, err = w.Domains(t.Context(), convoke.Operator(id))
		wantCode(t, err, convoke.CodeAccountNotFound)
	}
}
