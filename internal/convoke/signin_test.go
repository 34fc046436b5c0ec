// SPDX-License-Identifier: Apache-2.0

package convoke_test

import (
	"maps"
	"testing"

	"github.com/convoke/convoke/internal/convoke"
)

// assertion is what an identity provider sends about Jane.
func assertion(attributes map[string][]string) convoke.Assertion {
	all := map[string][]string{"email": {"jane.roe@example.com"}, "firstName": {"Jane"}, "lastName": {"Roe"}}
	maps.Copy(all, attributes)
	return convoke.Assertion{AccountID: "acct", Source: convoke.SourceSAML, Issuer: "https://idp", Subject: "jane", Attributes: all, At: now}
}

func mapper(t *testing.T, m convoke.Mapping) *convoke.Mapper {
	t.Helper()
	made, err := convoke.NewMapper(m)
	if err != nil {
		t.Fatal(err)
	}
	return made
}

func signIn(t *testing.T, m convoke.Mapping, a convoke.Assertion, found convoke.Found) (convoke.Decision, error) {
	t.Helper()
	d, err := convoke.NewSignIn(a, mapper(t, m).Map(a))
	if err != nil {
		t.Fatal(err)
	}
	return convoke.Decide(d, found, fresh, mark)
}

// ssoPolicy is that of an account with single sign-on.
func ssoPolicy(mode convoke.Provisioning, managed bool) convoke.Policy {
	return convoke.Policy{Account: convoke.Account{ID: "acct", SSO: true, Provisioning: mode}, ManagedDomains: true, EmailManaged: managed}
}

func ssoUser(action convoke.Action, status convoke.Status, reason convoke.Reason) *convoke.User {
	return &convoke.User{
		ID: "old-user", AccountID: "acct", Email: "Jane.Roe@example.com", FirstName: "Jane", LastName: "Roe",
		Action: action, Type: convoke.TypeBasic, Status: status, StatusReason: reason, PMI: 2519473806,
	}
}

func TestSignInOfAnUnknownPerson(t *testing.T) {
	t.Parallel()
	licensed, none := convoke.DefaultMapping(), convoke.DefaultMapping()
	licensed.DefaultLicence, none.DefaultLicence = convoke.LicenceLicensed, convoke.LicenceNone
	reserved := ssoPolicy(convoke.AtSignIn, false)
	reserved.EmailReserved = true
	off := ssoPolicy(convoke.AtSignIn, true)
	off.Account.SSO = false
	for _, test := range []struct {
		name    string
		mapping convoke.Mapping
		policy  convoke.Policy
		code    convoke.Code
		status  convoke.Status
		kind    convoke.UserType
		link    string
	}{
		{"is made", convoke.DefaultMapping(), ssoPolicy(convoke.AtSignIn, true), "", convoke.StatusActive, convoke.TypeBasic, ""},
		{"is made licensed, with a link", licensed, ssoPolicy(convoke.AtSignIn, true), "", convoke.StatusActive, convoke.TypeLicensed, "jane.roe"},
		{"must confirm an address of a foreign domain", convoke.DefaultMapping(), ssoPolicy(convoke.AtSignIn, false), "", convoke.StatusPending, convoke.TypeBasic, ""},
		{"has no licence", none, ssoPolicy(convoke.AtSignIn, true), convoke.CodeSignInBlocked, "", 0, ""},
		{"was to be made before", licensed, ssoPolicy(convoke.PriorToSignIn, true), convoke.CodeNotProvisioned, "", 0, ""},
		{"has an address of another account's", licensed, reserved, convoke.CodeDomainReserved, "", 0, ""},
		{"comes to an account without single sign-on", licensed, off, convoke.CodeSSONotSetUp, "", 0, ""},
	} {
		d, err := signIn(t, test.mapping, assertion(nil), convoke.Found{Policy: test.policy})
		if test.code != "" {
			checkRefused(t, test.name, d, err, test.code)
			continue
		}
		if err != nil || d.Outcome != convoke.OutcomeMade || d.User.Status != test.status || d.User.Type != test.kind || d.User.PersonalLink != test.link {
			t.Errorf("%s: got %s of %+v, %v", test.name, d.Outcome, d.User, err)
		}
		if d.Binding.Source != convoke.SourceSAML || d.Binding.ExternalID != "jane" || d.User.Action != convoke.ActionSSOCreate || d.User.PasswordHash != "" {
			t.Errorf("%s: bound %+v to %+v", test.name, d.Binding, d.User)
		}
		if mails := d.Change.Invitation != nil; mails != (test.status == convoke.StatusPending) {
			t.Errorf("%s: a mail: %t", test.name, mails)
		}
	}
	if _, err := signIn(t, licensed, assertion(map[string][]string{"email": {"nonsense"}}), convoke.Found{Policy: ssoPolicy(convoke.AtSignIn, true)}); !convoke.HasCode(err, convoke.CodeInvalidEmail) {
		t.Errorf("no e-mail: %v", err)
	}
	d, err := signIn(t, licensed, assertion(nil), convoke.Found{
		Policy: ssoPolicy(convoke.AtSignIn, true), Binding: &convoke.Binding{Source: convoke.SourceSAML, ExternalID: "jane", UserID: "gone", Generation: 2},
	})
	if err != nil || d.Outcome != convoke.OutcomeReplaced || d.Binding.Generation != 3 {
		t.Errorf("in the place of a deleted user: %s, generation %d, %v", d.Outcome, d.Binding.Generation, err)
	}
}

// Who may take over a user that is there decides who may read its meetings.
func TestSignInLinksOnlyWhomItIsSafeToLink(t *testing.T) {
	t.Parallel()
	active, waits := convoke.StatusActive, convoke.StatusPending
	other := &convoke.Binding{Source: convoke.SourceSAML, ExternalID: "john", UserID: "old-user", Generation: 1}
	for _, test := range []struct {
		name    string
		user    *convoke.User
		managed bool
		binding *convoke.Binding
		code    convoke.Code
	}{
		{"a user with a password, in a managed domain", ssoUser(convoke.ActionCreate, active, ""), true, nil, ""},
		{"a user with a password, in a foreign domain", ssoUser(convoke.ActionCreate, active, ""), false, nil, convoke.CodeCannotLink},
		{"an invited user, in a managed domain", ssoUser(convoke.ActionCreate, waits, convoke.ReasonInvited), true, nil, ""},
		{"an invited user, in a foreign domain", ssoUser(convoke.ActionCreate, waits, convoke.ReasonInvited), false, nil, convoke.CodeCannotLink},
		{"a user whose invitation was withdrawn", ssoUser(convoke.ActionCreate, waits, convoke.ReasonInvitationRevoked), true, nil, convoke.CodeUserPending},
		{"an ssoCreate user", ssoUser(convoke.ActionSSOCreate, active, ""), false, nil, ""},
		{"an ssoCreate user who has not confirmed", ssoUser(convoke.ActionSSOCreate, waits, convoke.ReasonDomainNotAssociated), false, nil, convoke.CodeUserPending},
		{"an ssoCreate user whose domain came to be managed", ssoUser(convoke.ActionSSOCreate, waits, convoke.ReasonDomainNotAssociated), true, nil, ""},
		{"a user of an app", ssoUser(convoke.ActionCustCreate, active, ""), true, nil, convoke.CodeCannotLink},
		{"a deactivated user", ssoUser(convoke.ActionSSOCreate, convoke.StatusInactive, convoke.ReasonDeactivated), true, nil, convoke.CodeUserInactive},
		{"another person's user", ssoUser(convoke.ActionSSOCreate, active, ""), true, other, convoke.CodeCannotLink},
	} {
		for _, mode := range []convoke.Provisioning{convoke.AtSignIn, convoke.PriorToSignIn} {
			d, err := signIn(t, convoke.DefaultMapping(), assertion(nil), convoke.Found{
				Policy: ssoPolicy(mode, test.managed), Holder: test.user, HolderBinding: test.binding,
			})
			if test.code != "" {
				checkRefused(t, test.name, d, err, test.code)
				continue
			}
			if err != nil || d.Outcome != convoke.OutcomeBound || d.User.ID != "old-user" || d.User.Status != active || d.User.StatusReason != "" {
				t.Errorf("%s, %s: %s of %+v, %v", test.name, mode, d.Outcome, d.User, err)
			}
			if joins := test.user.Status == waits; d.Change.Withdrawn != joins || (count(d.Change.Events, convoke.EventUserInvitationAccepted) == 1) != joins {
				t.Errorf("%s: the change is %+v", test.name, d.Change)
			}
			if count(d.Change.Events, convoke.EventBindingCreated) != 1 || d.Change.Binding.ExternalID != "jane" {
				t.Errorf("%s: bound by %+v", test.name, d.Change.Binding)
			}
		}
	}
}

func bound(user convoke.User, managed bool) convoke.Found {
	return convoke.Found{
		Policy: ssoPolicy(convoke.PriorToSignIn, managed), Bound: &user, Holder: &user,
		Binding: &convoke.Binding{Source: convoke.SourceSAML, ExternalID: "jane", UserID: user.ID, Generation: 1},
	}
}

func TestAnUnchangedSignInWritesNothing(t *testing.T) {
	t.Parallel()
	user := *ssoUser(convoke.ActionSSOCreate, convoke.StatusActive, "")
	user.Profile = convoke.Profile{Dept: "Sales", PhoneNumbers: []convoke.PhoneNumber{{Label: "Office", Number: "+44 20"}}}
	m := convoke.DefaultMapping()
	m.Rows = append(m.Rows, convoke.MappingRow{Attribute: "dept", Field: convoke.MapDept}, convoke.MappingRow{Attribute: "tel", Field: convoke.MapPhone})
	m.UpdateNames = true
	for _, managed := range []bool{true, false} {
		d, err := signIn(t, m, assertion(map[string][]string{"dept": {"Sales"}, "tel": {"+44 20"}}), bound(user, managed))
		if err != nil || d.Outcome != convoke.OutcomeFound || !d.Change.Empty() || len(d.Change.Events) != 0 || d.Binding.ExternalID != "jane" {
			t.Errorf("%s writes %+v, %v", d.Outcome, d.Change, err)
		}
	}
}

func TestWhatMapsAtEachSignInAndWhatAtTheFirst(t *testing.T) {
	t.Parallel()
	user := *ssoUser(convoke.ActionSSOCreate, convoke.StatusActive, "")
	user.Type, user.PersonalLink = convoke.TypeLicensed, "old.link"
	sent := assertion(map[string][]string{
		"firstName": {"Janet"}, "dept": {"Sales"}, "pmi": {"384 726 1950"}, "link": {"new.link"},
		"email": {"janet@example.com"}, "groups": {"all", "plain"},
	})
	m := convoke.DefaultMapping()
	m.Rows = append(m.Rows, convoke.MappingRow{Attribute: "dept", Field: convoke.MapDept},
		convoke.MappingRow{Attribute: "pmi", Field: convoke.MapPMI}, convoke.MappingRow{Attribute: "link", Field: convoke.MapPersonalLink})
	found := bound(user, true)
	found.Holder = nil // nobody has the new address
	d, err := signIn(t, m, sent, found)
	if err != nil || d.Outcome != convoke.OutcomeUpdated {
		t.Fatal(d.Outcome, err)
	}
	if d.User.FirstName != "Jane" || d.User.Email != user.Email || d.User.Profile.Dept != "Sales" || d.User.PMI != 3847261950 || d.User.PersonalLink != "new.link" || d.User.Type != convoke.TypeLicensed {
		t.Errorf("got %+v", d.User)
	}
	if count(d.Change.Events, convoke.EventUserUpdated) != 1 || len(d.Change.Events) != 1 {
		t.Errorf("the events are %+v", d.Change.Events)
	}

	m.UpdateNames = true
	m.Rules = []convoke.MappingRule{{Attribute: "groups", Match: convoke.MatchEquals, Value: "plain", Licence: convoke.LicenceBasic}}
	d, err = signIn(t, m, sent, found)
	if err != nil || d.User.FirstName != "Janet" || d.User.Email != user.Email || d.User.Type != convoke.TypeBasic || d.User.PMI != user.PMI {
		t.Errorf("with the names, and a rule: %+v, %v", d.User, err)
	}

	m.Rules = nil
	found.PMITaken, found.LinkTaken = true, true
	d, err = signIn(t, m, sent, found)
	if err != nil || d.User.PMI != user.PMI || d.User.PersonalLink != "old.link" || d.User.Profile.Dept != "Sales" {
		t.Errorf("what another has: %+v, %v", d.User, err)
	}

	m.Rules = []convoke.MappingRule{{Attribute: "groups", Match: convoke.MatchEquals, Value: "all", Licence: convoke.LicenceNone}}
	d, err = signIn(t, m, sent, found)
	checkRefused(t, "a rule that bars", d, err, convoke.CodeSignInBlocked)
}

func TestAnEmployeesIDIsTheKeyWhereItIsMapped(t *testing.T) {
	t.Parallel()
	m := convoke.DefaultMapping()
	m.Rows = append(m.Rows, convoke.MappingRow{Attribute: "number", Field: convoke.MapEmployeeID})
	sent := assertion(map[string][]string{"number": {"1001"}, "email": {"jane.doe@example.com"}})
	const key = "employee_unique_id:1001"
	user := *ssoUser(convoke.ActionSSOCreate, convoke.StatusActive, "")
	found := convoke.Found{Policy: ssoPolicy(convoke.AtSignIn, true)}

	d, err := signIn(t, m, sent, found)
	if err != nil || d.Binding.ExternalID != key {
		t.Errorf("a new one is bound by %q, %v", d.Binding.ExternalID, err)
	}

	// known by the subject until now
	found.Target, found.TargetBinding = &user, &convoke.Binding{Source: convoke.SourceSAML, ExternalID: "jane", UserID: user.ID, Generation: 1}
	d, err = signIn(t, m, sent, found)
	if err != nil || d.Outcome != convoke.OutcomeBound || d.Change.Unbind == nil || d.Change.Unbind.ExternalID != "jane" || d.Change.Binding.ExternalID != key {
		t.Errorf("the change of key is %+v, %v", d.Change, err)
	}
	if d.User.Email != "jane.doe@example.com" {
		t.Errorf("the e-mail is %s", d.User.Email)
	}
	found.TargetBinding.ExternalID = "john"
	d, err = signIn(t, m, sent, found)
	checkRefused(t, "another subject's user", d, err, convoke.CodeCannotLink)

	// known by the number: the e-mail follows, in domains of the account only and unless another has it
	known := bound(user, true)
	known.Binding.ExternalID, known.Holder = key, nil
	if d, err = signIn(t, m, sent, known); err != nil || d.User.Email != "jane.doe@example.com" {
		t.Errorf("the e-mail is %s, %v", d.User.Email, err)
	}
	known.Holder = &convoke.User{ID: "another"}
	if d, err = signIn(t, m, sent, known); err != nil || d.Outcome != convoke.OutcomeFound {
		t.Errorf("another's e-mail: %s %s, %v", d.Outcome, d.User.Email, err)
	}
	known.Holder, known.Policy.EmailManaged = nil, false
	if d, err = signIn(t, m, sent, known); err != nil || d.Outcome != convoke.OutcomeFound {
		t.Errorf("a foreign e-mail: %s %s, %v", d.Outcome, d.User.Email, err)
	}

	forged := assertion(nil)
	forged.Subject = key
	if _, err := convoke.NewSignIn(forged, mapper(t, m).Map(forged)); !convoke.HasCode(err, convoke.CodeInvalidField) {
		t.Errorf("a subject that looks like an employee's key: %v", err)
	}
}

// An address in a managed domain must not open a user whose own is elsewhere.
func TestAnotherAddressDoesNotConfirmTheUsersOwn(t *testing.T) {
	t.Parallel()
	user := *ssoUser(convoke.ActionSSOCreate, convoke.StatusPending, convoke.ReasonDomainNotAssociated)
	user.Email = "jane@elsewhere.example"
	found := bound(user, true)
	found.Holder = nil
	d, err := signIn(t, convoke.DefaultMapping(), assertion(nil), found)
	checkRefused(t, "pending at another address", d, err, convoke.CodeUserPending)
}
