// SPDX-License-Identifier: Apache-2.0

package provision_test

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/convoke/convoke/internal/convoke"
	"github.com/convoke/convoke/internal/provision"
	"github.com/convoke/convoke/internal/store/storetest"
)

func TestASetMappingHoldsAtOnceInEveryProcess(t *testing.T) {
	t.Parallel()
	w := ssoWorld(t, storetest.SQLite(t), atSignIn)
	second := w.newService(w.cheapHash)
	read, err := w.Mapping(t.Context(), w.app)
	check(t, err)
	if !reflect.DeepEqual(read, convoke.DefaultMapping()) {
		t.Errorf("before any is set it is %+v", read)
	}
	mapping := convoke.DefaultMapping()
	for i, licence := range []convoke.Licence{convoke.LicenceNone, convoke.LicenceLicensed, convoke.LicenceBasic} {
		mapping.DefaultLicence = licence
		_, err := w.SetMapping(t.Context(), w.app, mapping)
		check(t, err)
		user, err := second.SignIn(t.Context(), w.vouched(string(licence), string(licence)+"@managed.example"))
		if licence == convoke.LicenceNone {
			wantCode(t, err, convoke.CodeSignInBlocked)
			continue
		}
		check(t, err)
		if want := []convoke.UserType{0, convoke.TypeLicensed, convoke.TypeBasic}[i]; user.Type != want {
			t.Errorf("%s made type %d", licence, user.Type)
		}
	}
	before := len(w.audited(t))
	_, err = w.SetMapping(t.Context(), w.app, mapping) // the same again
	check(t, err)
	if got := w.audited(t); len(got) != before || before != 3 || got[2].Actor.ID != string(w.app.ClientID) {
		t.Errorf("the audit log has %+v", got)
	}
	mapping.Rules = []convoke.MappingRule{{Attribute: "a", Match: convoke.MatchRegexp, Value: "(", Licence: convoke.LicenceNone}}
	_, err = w.SetMapping(t.Context(), w.app, mapping)
	wantCode(t, err, convoke.CodeInvalidField)
}

// audited returns the account's changes of the mapping.
func (w *world) audited(t *testing.T) (list []convoke.Event) {
	t.Helper()
	events, err := w.db.Events(t.Context(), w.id, 0, 1000)
	check(t, err)
	for _, e := range events {
		if e.Name == convoke.EventMappingUpdated {
			list = append(list, e)
		}
	}
	return list
}

func TestMappingsNeedTheirRights(t *testing.T) {
	t.Parallel()
	w := ssoWorld(t, storetest.SQLite(t), atSignIn)
	app := w.app
	app.Scopes = convoke.Scopes{string(convoke.RightCreateUser)}
	_, err := w.Mapping(t.Context(), app)
	wantCode(t, err, convoke.CodeScopeMissing)
	_, err = w.Assertions(t.Context(), app)
	wantCode(t, err, convoke.CodeScopeMissing)
	_, err = w.Rehearse(t.Context(), app, provision.Rehearsal{})
	wantCode(t, err, convoke.CodeScopeMissing)
	app.Scopes = convoke.Scopes{string(convoke.RightReadSSO)}
	_, err = w.SetMapping(t.Context(), app, convoke.DefaultMapping())
	wantCode(t, err, convoke.CodeScopeMissing)
	_, err = w.Rehearse(t.Context(), app, provision.Rehearsal{}) // it tells how users are
	wantCode(t, err, convoke.CodeScopeMissing)
	wantCode(t, w.PurgeAssertions(t.Context(), w.app), convoke.CodeNotOperator)
}

func TestSignInsAreKeptOnlyWhereTheMappingSaysSo(t *testing.T) {
	t.Parallel()
	w := ssoWorld(t, storetest.SQLite(t), everything)
	kept := func() []convoke.KeptAssertion {
		list, err := w.Assertions(t.Context(), w.app)
		check(t, err)
		return list
	}
	ada := w.vouched("ada", "ada@managed.example")
	_, err := w.SignIn(t.Context(), ada)
	wantCode(t, err, convoke.CodeNotProvisioned)
	if list := kept(); len(list) != 0 {
		t.Errorf("kept %+v", list)
	}
	mapping := convoke.DefaultMapping()
	mapping.KeepAssertions = true
	_, err = w.SetMapping(t.Context(), w.app, mapping)
	check(t, err)
	_, err = w.SignIn(t.Context(), ada)
	wantCode(t, err, convoke.CodeNotProvisioned)
	w.made(t, convoke.Request{Action: "ssoCreate", Email: "ada@managed.example"})
	_, err = w.SignIn(t.Context(), ada)
	check(t, err)
	list := kept()
	if len(list) != 2 || list[0].Code != "" || list[1].Code != convoke.CodeNotProvisioned || !reflect.DeepEqual(list[0].Attributes, ada.Attributes) {
		t.Errorf("kept %+v", list)
	}
	huge := w.vouched("ada", "ada@managed.example")
	huge.Attributes["photo"] = []string{strings.Repeat("x", 70_000)}
	_, err = w.SignIn(t.Context(), huge)
	check(t, err)
	if len(kept()) != 2 {
		t.Error("a huge one was kept")
	}
	w.clock.advance(convoke.KeptAssertionLife + time.Second)
	if list := kept(); len(list) != 0 {
		t.Errorf("after their time: %+v", list)
	}
	check(t, w.PurgeAssertions(t.Context(), convoke.Operator("")))
	left, err := w.db.Assertions(t.Context(), w.id, time.Time{})
	if check(t, err); len(left) != 0 {
		t.Errorf("after the purge: %+v", left)
	}
}

// A rehearsal must say exactly what the sign-in would do, and do nothing.
func TestARehearsalTellsWhatTheSignInDoes(t *testing.T) {
	t.Parallel()
	w := ssoWorld(t, storetest.SQLite(t), convoke.AccountChange{APIPartner: new(true), SSO: new(true), LicensedSeats: new(int64(2))})
	licensed := convoke.DefaultMapping()
	licensed.DefaultLicence, licensed.KeepAssertions = convoke.LicenceLicensed, true
	_, err := w.SetMapping(t.Context(), w.app, licensed)
	check(t, err)
	w.made(t, bound("42", "app@managed.example")) // takes one of two seats
	w.pending(t, "eve@managed.example")
	for _, test := range []struct {
		subject, email string
		outcome        string
		code           convoke.Code
	}{
		{"ada", "ada@managed.example", "made", ""},
		{"ada", "ada@managed.example", "found", ""},
		{"bob", "bob@managed.example", "made", convoke.CodeSeatsExhausted},
		{"eve", "eve@managed.example", "bound", ""},
		{"app", "app@managed.example", "refused", convoke.CodeCannotLink},
		{"nobody", "", "refused", convoke.CodeInvalidEmail},
	} {
		a := w.vouched(test.subject, test.email)
		before := w.picture(t)
		rehearsed, err := w.Rehearse(t.Context(), w.app, provision.Rehearsal{Assertion: a})
		check(t, err)
		r := rehearsed.Preview()
		w.unchanged(t, before)
		if r.Outcome != test.outcome || r.Code != test.code {
			t.Errorf("%s: %+v", test.subject, r)
		}
		user, err := w.SignIn(t.Context(), a)
		wantCode(t, err, test.code)
		if err == nil && (user.Status != r.Status || (user.Type == convoke.TypeLicensed) != (r.Licence == convoke.LicenceLicensed) || r.UserID != "" && r.UserID != user.ID) {
			t.Errorf("%s: foretold %+v, came in as %+v", test.subject, r, user)
		}
	}
	list, err := w.Assertions(t.Context(), w.app)
	check(t, err)
	none := convoke.DefaultMapping()
	none.Rules = []convoke.MappingRule{{Attribute: "firstName", Match: convoke.MatchEquals, Value: "Ada", Licence: convoke.LicenceNone}}
	r, err := w.Rehearse(t.Context(), w.app, provision.Rehearsal{AssertionID: list[0].ID, Mapping: &none})
	if check(t, err); r.Preview().Code != convoke.CodeSignInBlocked || r.Mapped.Rule != 1 {
		t.Errorf("a kept one with another mapping: %+v", r)
	}
	_, err = w.Rehearse(t.Context(), w.newAccount(t, atSignIn).app, provision.Rehearsal{AssertionID: list[0].ID})
	wantCode(t, err, convoke.CodeAssertionNotFound)
}
