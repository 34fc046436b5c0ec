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
		after := convoke.NewSSOConnection(a, convoke.SSOKeyPair{Certificate: []byte("c"), PrivateKey: []byte("k")}, w.clock.Now())
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

// own makes the user the owner of the account.
func own(u *convoke.User) { u.Role = convoke.AccountOwner }

func TestTheOwnerBreaksTheGlass(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	hash := w.withPassword(t, password)
	w.addUser(t, home, func(u *convoke.User) { hash(u); own(u) })
	w.addUser(t, home, func(u *convoke.User) { hash(u); u.Email, u.Role = "admin@example.com", convoke.AccountAdmin })
	w.forceSSO(t, true)
	in, err := w.SignIn(t.Context(), "192.0.2.7", "ada@example.com", password)
	check(t, err)
	if !in.BrokeGlass {
		t.Error("the owner is not told")
	}
	_, err = w.SignIn(t.Context(), "192.0.2.7", "ada@example.com", "Wrong-horse7")
	wantCode(t, err, convoke.CodeSSORequired) // as to anybody: it must not show who the owner is
	_, err = w.SignIn(t.Context(), "192.0.2.7", "admin@example.com", password)
	wantCode(t, err, convoke.CodeSSORequired)
	if noted := w.count(t, convoke.EventSSOBreakGlass); noted != 1 {
		t.Errorf("noted %d times", noted)
	}
	w.forceSSO(t, false)
	in, err = w.SignIn(t.Context(), "192.0.2.7", "ada@example.com", password)
	check(t, err)
	if in.BrokeGlass || w.count(t, convoke.EventSSOBreakGlass) != 1 {
		t.Error("there is no glass to break where nothing is forced")
	}
}

func TestAnOwnerWithoutAPasswordHasNoOtherWay(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	hash := w.withPassword(t, password) // which no such user ever has
	owner := w.addUser(t, home, func(u *convoke.User) { hash(u); own(u); u.Action = convoke.ActionSSOCreate })
	w.forceSSO(t, true)
	_, err := w.SignIn(t.Context(), "", "ada@example.com", password)
	wantCode(t, err, convoke.CodeSSORequired)
	_, err = w.StartSession(t.Context(), "", owner)
	wantCode(t, err, convoke.CodeSSORequired)
	if noted := w.count(t, convoke.EventSSOBreakGlass); noted != 0 {
		t.Errorf("noted %d times", noted)
	}
}

func TestALinkDoesNotLeadPastTheIdentityProvider(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	user := w.addUser(t, home, w.withPassword(t, password))
	w.forceSSO(t, true)
	_, err := w.StartSession(t.Context(), "", user)
	wantCode(t, err, convoke.CodeSSORequired)
	w.forceSSO(t, true, "ada@example.com")
	_, err = w.StartSession(t.Context(), "", user)
	check(t, err)
	if noted := w.count(t, convoke.EventSSOBypassed); noted != 1 {
		t.Errorf("the exception is noted %d times", noted)
	}
}

// count is how many events of the name the home account's log has.
func (w *world) count(t *testing.T, name convoke.EventName) int {
	t.Helper()
	events, err := w.db.Events(t.Context(), home, 0, 100)
	check(t, err)
	n := 0
	for _, e := range events {
		if e.Name == name {
			n++
		}
	}
	return n
}
