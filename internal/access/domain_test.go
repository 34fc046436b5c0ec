// SPDX-License-Identifier: Apache-2.0

package access_test

import (
	"strings"
	"testing"

	"github.com/convoke/convoke/internal/convoke"
)

// forceSSO makes example.com a domain of the home account whose people sign in
// at its identity provider.
func (w *world) forceSSO(t *testing.T, sso bool, exceptions ...string) {
	t.Helper()
	check(t, w.db.ChangeDomain(t.Context(), home, "example.com", func(before *convoke.Domain) (convoke.DomainChange, error) {
		domain := convoke.NewDomain(home, "example.com", "token", w.clock.Now())
		domain.VerifiedAt, domain.ForceSSO, domain.Exceptions = w.clock.Now(), true, strings.Join(exceptions, " ")
		return convoke.DomainChange{Before: before, After: &domain}, nil
	}))
	check(t, w.db.ChangeAccount(t.Context(), home, func(a convoke.Account) (convoke.Account, []convoke.Event, error) {
		a.SSO = sso
		return a, nil, nil
	}))
}

func TestADomainThatForcesSingleSignOnTakesNoPassword(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.addUser(t, home, w.withPassword(t, password))
	w.forceSSO(t, true)
	for email, secret := range map[string]string{
		"ada@example.com": password, "ADA@Example.com": "Wrong-horse7", "nobody@example.com": password, // who it is must not show
	} {
		_, err := w.SignIn(t.Context(), "", email, secret)
		wantCode(t, err, convoke.CodeSSORequired)
	}
	_, err := w.SignIn(t.Context(), "", "ada@elsewhere.example", password)
	wantCode(t, err, convoke.CodeWrongPassword)

	check(t, w.db.ChangeSSO(t.Context(), home, func(a convoke.Account, _ *convoke.SSOConnection) (convoke.SSOChange, error) {
		after := convoke.NewSSOConnection(home, convoke.SSOKeyPair{Certificate: []byte("c"), PrivateKey: []byte("k")}, w.clock.Now())
		after.Vanity, after.EntityID = "acme", "https://idp.example"
		return convoke.SSOChange{Account: a, After: &after}, nil
	}))
	_, err = w.SignIn(t.Context(), "", "ada@example.com", password)
	wantCode(t, err, convoke.CodeSSORequired)
	if got := convoke.AsError(err).Link; got != "/sso/acme" {
		t.Errorf("the refusal leads to %q", got)
	}

	w.forceSSO(t, false)
	_, err = w.SignIn(t.Context(), "", "ada@example.com", password)
	check(t, err)
}

func TestADomainForcesNobodyOfAnotherAccount(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	hash := w.withPassword(t, password)
	w.addUser(t, home, hash)
	w.addUser(t, abroad, hash)
	w.forceSSO(t, true)
	in, err := w.SignIn(t.Context(), "", "ada@example.com", password)
	check(t, err)
	if in.User.AccountID != abroad {
		t.Errorf("signed in to %s", in.User.AccountID)
	}
}

func TestAnExceptionLetsInAndIsNoted(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.addUser(t, home, w.withPassword(t, password))
	w.forceSSO(t, true, "ada@example.com", "eve@example.com")
	in, err := w.SignIn(t.Context(), "192.0.2.7", "Ada@example.com", password)
	check(t, err)
	events, err := w.db.Events(t.Context(), home, 0, 100)
	check(t, err)
	noted := 0
	for _, e := range events {
		if e.Name == convoke.EventSSOBypassed && e.Actor.ID == string(in.User.ID) && e.Actor.Address == "192.0.2.7" && e.Name.AuditOnly() {
			noted++
		}
	}
	if noted != 1 {
		t.Errorf("noted %d times among %+v", noted, events)
	}
	_, err = w.SignIn(t.Context(), "", "ada@example.com", "Wrong-horse7")
	wantCode(t, err, convoke.CodeWrongPassword)
}
