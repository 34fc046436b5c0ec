// SPDX-License-Identifier: Apache-2.0

package provision_test

import (
	"context"
	"slices"
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

// staffRules make admins of the staff and see to who is in which group.
func staffRules() convoke.Mapping {
	m := convoke.DefaultMapping()
	m.Rules = []convoke.MappingRule{
		{Attribute: "dept", Match: convoke.MatchEquals, Value: "it", Role: "admin", Groups: []string{"Staff", "Gone"}},
		{Attribute: "dept", Match: convoke.MatchEquals, Value: "school", Role: "member", Groups: []string{"teachers"}},
	}
	return m
}

func (w *world) groupNames(t *testing.T, user convoke.User) (names []string) {
	t.Helper()
	page, err := w.GroupsOf(t.Context(), convoke.Operator(w.id), string(user.ID), provision.PageQuery{})
	check(t, err)
	for _, g := range page.Groups {
		names = append(names, g.Name)
	}
	slices.Sort(names)
	return names
}

func TestRulesGiveRolesAndGroupsAtEachSignIn(t *testing.T) {
	t.Parallel()
	w := ssoWorld(t, storetest.SQLite(t), atSignIn)
	operator := convoke.Operator(w.id)
	for _, name := range []string{"Staff", "Teachers", "Choir"} {
		_, err := w.CreateGroup(t.Context(), operator, convoke.GroupPatch{Name: new(name)})
		check(t, err)
	}
	_, err := w.SetMapping(t.Context(), operator, staffRules())
	check(t, err)
	of := func(dept string) convoke.Assertion {
		a := w.vouched("ada", "ada@managed.example")
		a.Attributes["dept"] = []string{dept}
		return a
	}
	signsIn := func(dept string, role convoke.AccountRole, groups ...string) convoke.User {
		t.Helper()
		foretold, err := w.Rehearse(t.Context(), operator, provision.Rehearsal{Assertion: of(dept)})
		check(t, err)
		user, err := w.SignIn(t.Context(), of(dept))
		check(t, err)
		if user.Role != role || foretold.User.Role != role {
			t.Errorf("%s: role %q, foretold %q", dept, user.Role, foretold.User.Role)
		}
		if gone := dept == "it"; gone != (len(foretold.Mapped.Notes) == 1) {
			t.Errorf("%s: notes %q", dept, foretold.Mapped.Notes)
		}
		if got := w.groupNames(t, user); !slices.Equal(got, groups) {
			t.Errorf("%s: in %q, want %q", dept, got, groups)
		}
		return user
	}
	ada := signsIn("it", convoke.AccountAdmin, "Staff")
	choir, err := w.Group(t.Context(), operator, convoke.GroupKey{Name: "Choir"})
	check(t, err)
	_, _, err = w.AddMembers(t.Context(), operator, choir.ID, []string{string(ada.ID)})
	check(t, err)
	signsIn("it", convoke.AccountAdmin, "Choir", "Staff") // no rule names the choir
	signsIn("school", convoke.AccountMember, "Choir", "Teachers")
	signsIn("elsewhere", convoke.AccountMember, "Choir", "Teachers") // no rule matches: nothing changes
	_, err = w.SetRole(t.Context(), operator, string(ada.ID), convoke.AccountOwner)
	check(t, err)
	ada, err = w.SignIn(t.Context(), of("school"))
	if check(t, err); ada.Role != convoke.AccountOwner {
		t.Errorf("a rule made the owner a %q", ada.Role)
	}
}

// Whoever writes a rule that makes admins must be allowed to make them.
func TestRulesThatGiveRolesNeedTheRightToGiveThem(t *testing.T) {
	t.Parallel()
	w := ssoWorld(t, storetest.SQLite(t), atSignIn)
	app := w.app
	app.Scopes = convoke.Scopes{string(convoke.RightWriteSSO)}
	_, err := w.SetMapping(t.Context(), app, staffRules())
	wantCode(t, err, convoke.CodeScopeMissing)
	_, err = w.SetMapping(t.Context(), convoke.Operator(w.id), staffRules())
	check(t, err)
	bent := staffRules()
	bent.Rules[0].Value = "everybody"
	_, err = w.SetMapping(t.Context(), app, bent)
	wantCode(t, err, convoke.CodeScopeMissing)
	harmless := staffRules()
	harmless.UpdateNames = true
	_, err = w.SetMapping(t.Context(), app, harmless)
	check(t, err)
	app.Scopes = append(app.Scopes, string(convoke.RightAssignRole))
	_, err = w.SetMapping(t.Context(), app, bent)
	check(t, err)
}
