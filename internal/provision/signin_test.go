// SPDX-License-Identifier: Apache-2.0

package provision_test

import (
	"context"
	"testing"
	"time"

	"github.com/convoke/convoke/internal/convoke"
	"github.com/convoke/convoke/internal/provision"
	"github.com/convoke/convoke/internal/store"
	"github.com/convoke/convoke/internal/store/storetest"
)

// atSignIn has single sign-on as it is set up first.
var atSignIn = convoke.AccountChange{APIPartner: new(true), SSO: new(true)}

// ssoWorld has managed.example as its domain.
func ssoWorld(t *testing.T, db *store.DB, grants convoke.AccountChange) *world {
	t.Helper()
	w := newWorldOn(t, db, grants)
	_, err := w.AddDomain(t.Context(), convoke.Operator(w.id), "managed.example", true)
	check(t, err)
	return w
}

// vouched is what an identity provider says of a person.
func (w *world) vouched(subject, email string) convoke.Assertion {
	return convoke.Assertion{
		AccountID: w.id, Source: convoke.SourceSAML, Issuer: "https://idp.example", Subject: subject, At: w.clock.Now(),
		Attributes: map[string][]string{"email": {email}, "firstName": {"Ada"}, "lastName": {"King"}},
	}
}

func TestTenFirstSignInsOfOnePersonMakeOneUser(t *testing.T) {
	t.Parallel()
	for name, open := range map[string]func() *store.DB{
		"SQLite":     func() *store.DB { return storetest.SQLite(t) },
		"PostgreSQL": func() *store.DB { return storetest.Open(t, store.Config{URL: storetest.PostgreSQL(t)}) },
	} {
		t.Run(name, func(t *testing.T) {
			w := ssoWorld(t, open(), atSignIn)
			second := w.newService(w.cheapHash)
			for round, invited := range []bool{false, true} { // a new person, and one who was invited
				email := []string{"ada@managed.example", "eve@managed.example"}[round]
				if invited {
					w.pending(t, email)
				}
				users, errs := make([]convoke.User, 10), make([]error, 10)
				parallel(len(users), func(i int) {
					service := w.Service
					if i%2 == 1 {
						service = second
					}
					users[i], errs[i] = service.SignIn(t.Context(), w.vouched(email, email))
				})
				for i, user := range users {
					check(t, errs[i])
					if user.ID != users[0].ID || user.Status != convoke.StatusActive {
						t.Errorf("sign-in %d: %+v", i, user)
					}
				}
			}
			want := "domain.added domain.verified user.created binding.created user.created user.invited user.invitation_accepted binding.created"
			after := w.picture(t)
			for deadline := time.Now().Add(30 * time.Second); len(after.events) < 8 && time.Now().Before(deadline); {
				after = w.picture(t) // PostgreSQL shows an event once no earlier one can come
			}
			if got := names(after.events); got != want || len(after.users) != 2 || after.census.Active != 2 {
				t.Errorf("the events are %q, the users %+v", got, after.users)
			}
			bindings, err := w.db.Bindings(t.Context(), w.id, convoke.SourceSAML, "", 10)
			check(t, err)
			if len(bindings) != 2 || bindings[0].ExternalID != "ada@managed.example" {
				t.Errorf("the bindings are %+v", bindings)
			}
		})
	}
}

func TestARepeatedSignInWritesNothing(t *testing.T) {
	t.Parallel()
	w := ssoWorld(t, storetest.SQLite(t), atSignIn)
	first, err := w.SignIn(t.Context(), w.vouched("ada", "ada@managed.example"))
	check(t, err)
	before := w.picture(t)
	if last := before.events[len(before.events)-1]; last.Actor.Kind != "person" || last.Actor.ID != string(first.ID) || last.Actor.Name != first.Email {
		t.Errorf("the log names %+v", last.Actor)
	}
	again, err := w.SignIn(t.Context(), w.vouched("ada", "ada@managed.example"))
	check(t, err)
	if again.ID != first.ID {
		t.Errorf("another user: %+v", again)
	}
	w.unchanged(t, before)
}

func TestPriorToSignInLetsInOnlyWhoWasMadeBefore(t *testing.T) {
	t.Parallel()
	w := ssoWorld(t, storetest.SQLite(t), everything)
	before := w.picture(t)
	_, err := w.SignIn(t.Context(), w.vouched("ada", "ada@managed.example"))
	wantCode(t, err, convoke.CodeNotProvisioned)
	w.unchanged(t, before)

	made := w.made(t, convoke.Request{Action: "ssoCreate", Email: "ada@managed.example", Type: convoke.TypeLicensed})
	user, err := w.SignIn(t.Context(), w.vouched("ada", "ADA@managed.example"))
	check(t, err)
	if user.ID != made.ID || user.FirstName != "" || user.Type != convoke.TypeLicensed {
		t.Errorf("signed in as %+v", user)
	}
	check(t, w.SetStatus(t.Context(), w.app, string(user.ID), false))
	before = w.picture(t)
	_, err = w.SignIn(t.Context(), w.vouched("ada", "ada@managed.example"))
	wantCode(t, err, convoke.CodeUserInactive)
	w.unchanged(t, before)
}

// The provider cannot vouch for an address of a domain that the account does not
// manage: who has it must say so.
func TestAForeignAddressIsConfirmedByMail(t *testing.T) {
	t.Parallel()
	w := ssoWorld(t, storetest.SQLite(t), atSignIn)
	user, err := w.SignIn(t.Context(), w.vouched("ada", "ada@elsewhere.example"))
	wantCode(t, err, convoke.CodeUserPending)
	if user.Status != convoke.StatusPending || user.StatusReason != convoke.ReasonDomainNotAssociated {
		t.Errorf("the user is %+v", user)
	}
	before := w.picture(t)
	_, err = w.SignIn(t.Context(), w.vouched("ada", "ada@elsewhere.example"))
	wantCode(t, err, convoke.CodeUserPending)
	w.unchanged(t, before)

	_, err = w.Activate(t.Context(), "", w.code(t, user.ID), "")
	check(t, err)
	again, err := w.SignIn(t.Context(), w.vouched("ada", "ada@elsewhere.example"))
	check(t, err)
	if again.ID != user.ID || again.Status != convoke.StatusActive {
		t.Errorf("signed in as %+v", again)
	}
}

func TestSignInNeverTakesOverAnotherUser(t *testing.T) {
	t.Parallel()
	w := ssoWorld(t, storetest.SQLite(t), atSignIn)
	app := w.made(t, bound("42", "app@managed.example"))
	invited := w.pending(t, "ada@elsewhere.example")
	_, err := w.SignIn(t.Context(), w.vouched("eve", "eve@managed.example"))
	check(t, err)
	before := w.picture(t)
	for email, holder := range map[string]convoke.UserID{app.Email: app.ID, invited.Email: invited.ID} {
		_, err := w.SignIn(t.Context(), w.vouched("mallory", email))
		wantCode(t, err, convoke.CodeCannotLink)
		if blocking(err) != holder {
			t.Errorf("%s: the refusal names %q", email, blocking(err))
		}
	}
	_, err = w.SignIn(t.Context(), w.vouched("mallory", "eve@managed.example"))
	wantCode(t, err, convoke.CodeCannotLink)
	w.unchanged(t, before)

	other := w.newAccount(t, atSignIn) // the same subject elsewhere is another person
	user, err := other.SignIn(t.Context(), other.vouched("eve", "eve@managed.example"))
	wantCode(t, err, convoke.CodeUserPending)
	if user.AccountID != other.id {
		t.Errorf("signed in as %+v", user)
	}
	w.unchanged(t, before)
}

func TestSignInTakesOneOfTheDaysInvitations(t *testing.T) {
	t.Parallel()
	w := ssoWorld(t, storetest.SQLite(t), atSignIn)
	w.limitInvites(noInvites{})
	before := w.picture(t)
	_, err := w.SignIn(t.Context(), w.vouched("ada", "ada@elsewhere.example"))
	wantCode(t, err, convoke.CodeRateInvites)
	w.unchanged(t, before)
	_, err = w.SignIn(t.Context(), w.vouched("ada", "ada@managed.example"))
	check(t, err)
}

func TestARuleThatFindsNoSeatKeepsNobodyOutWhoIsThere(t *testing.T) {
	t.Parallel()
	w := ssoWorld(t, storetest.SQLite(t), convoke.AccountChange{SSO: new(true), LicensedSeats: new(int64(0))})
	ada, err := w.SignIn(t.Context(), w.vouched("ada", "ada@managed.example"))
	check(t, err)
	mapping := convoke.DefaultMapping()
	mapping.UpdateNames = true
	mapping.Rules = []convoke.MappingRule{{Attribute: "lastName", Match: convoke.MatchEquals, Value: "Lovelace", Licence: convoke.LicenceLicensed}}
	_, err = w.SetMapping(t.Context(), convoke.Operator(w.id), mapping)
	check(t, err)
	renamed := w.vouched("ada", "ada@managed.example")
	renamed.Attributes["lastName"] = []string{"Lovelace"}
	foretold, err := w.Rehearse(t.Context(), convoke.Operator(w.id), provision.Rehearsal{Assertion: renamed})
	check(t, err)
	if foretold.Refusal != nil || foretold.User.Type != convoke.TypeBasic || len(foretold.Mapped.Notes) != 1 {
		t.Errorf("foretold %+v", foretold)
	}
	again, err := w.SignIn(t.Context(), renamed)
	check(t, err)
	if again.ID != ada.ID || again.Type != convoke.TypeBasic || again.LastName != "Lovelace" {
		t.Errorf("signed in as %+v", again)
	}
	another := w.vouched("eve", "eve@managed.example")
	another.Attributes["lastName"] = []string{"Lovelace"}
	_, err = w.SignIn(t.Context(), another)
	wantCode(t, err, convoke.CodeSeatsExhausted)
}

// noInvites is a day on which all are used up.
type noInvites struct{}

func (noInvites) CountsInvites() bool { return true }

func (noInvites) TakeInvite(context.Context, convoke.AccountID) error {
	return convoke.Errorf(convoke.KindExhausted, convoke.CodeRateInvites, "none left")
}
