// SPDX-License-Identifier: Apache-2.0

package convoke_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/convoke/convoke/internal/convoke"
)

var (
	now  = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	app  = convoke.Principal{Kind: convoke.AppCaller, AccountID: "acct", ClientID: "client", Label: "Host app"}
	mark = convoke.Mark{At: now, By: app}

	fresh = convoke.Fresh{
		UserID: "fresh-user", InvitationID: "fresh-invitation", PMI: 2519473806,
		Link: "randomlink23", HostKey: "123456", PasswordHash: "hash",
	}
)

// prerequisites are the switches of an account, as bits.
type prerequisites struct {
	partner, autoCreate, domain, sso, prior bool
}

// everyCombination returns all 32 settings of the five switches.
func everyCombination() []prerequisites {
	var list []prerequisites
	for bits := range 32 {
		list = append(list, prerequisites{bits&1 > 0, bits&2 > 0, bits&4 > 0, bits&8 > 0, bits&16 > 0})
	}
	return list
}

func (p prerequisites) policy() convoke.Policy {
	provisioning := convoke.AtSignIn
	if p.prior {
		provisioning = convoke.PriorToSignIn
	}
	return convoke.Policy{
		Account: convoke.Account{
			ID: "acct", APIPartner: p.partner, AutoCreate: p.autoCreate, SSO: p.sso, Provisioning: provisioning,
		},
		ManagedDomains: p.domain, EmailManaged: p.domain,
	}
}

// lacks is what the design's table says: the first missing prerequisite.
func (p prerequisites) lacks(action convoke.Action) convoke.Code {
	switch {
	case action == convoke.ActionAutoCreate && !p.autoCreate:
		return convoke.CodeAutoCreateOff
	case action == convoke.ActionAutoCreate && !p.domain:
		return convoke.CodeNoManagedDomain
	case action == convoke.ActionCustCreate && !p.partner:
		return convoke.CodePartnerRequired
	case action == convoke.ActionSSOCreate && !p.sso:
		return convoke.CodeSSONotSetUp
	case action == convoke.ActionSSOCreate && !p.prior:
		return convoke.CodeProvisioningMode
	}
	return ""
}

// person is what the store may have found.
type person string

const (
	absent         person = "absent"
	present        person = "present"
	pending        person = "pending"
	deactivated    person = "deactivated"
	boundElsewhere person = "e-mail held by a user bound elsewhere"
	deleted        person = "bound to a deleted user"
)

func (who person) found(policy convoke.Policy) convoke.Found {
	found := convoke.Found{Policy: policy}
	user := &convoke.User{
		ID: "old-user", AccountID: "acct", Email: "jane@example.com", FirstName: "Jane", LastName: "Roe",
		Action: convoke.ActionCustCreate, Type: convoke.TypeLicensed, Status: convoke.StatusActive,
	}
	binding := &convoke.Binding{AccountID: "acct", Source: convoke.SourceApp, ExternalID: "42", UserID: "old-user", Generation: 3}
	switch who {
	case present:
	case pending:
		user.Status, user.StatusReason = convoke.StatusPending, convoke.ReasonInvited
	case deactivated:
		user.Status, user.StatusReason = convoke.StatusInactive, convoke.ReasonDeactivated
	case boundElsewhere:
		found.Holder = user
		return found
	case deleted:
		found.Binding = binding
		return found
	default:
		return found
	}
	found.Binding, found.Bound, found.Holder = binding, user, user
	return found
}

func request(action convoke.Action) convoke.Request {
	r := convoke.Request{
		Source: convoke.SourceApp, ExternalID: "42", Email: "jane@example.com",
		FirstName: "Jane", LastName: "Roe", Type: convoke.TypeLicensed,
	}
	if action == convoke.ActionAutoCreate {
		r.Password = "Harbour2Light"
	}
	return r
}

func draft(t *testing.T, r convoke.Request, action convoke.Action) convoke.Draft {
	t.Helper()
	d, err := convoke.NewDraft(r, action)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// TestDecide walks every action, every setting of the prerequisites and every
// state of the person: 4 x 32 x 6 cells.
func TestDecide(t *testing.T) {
	t.Parallel()
	for _, action := range convoke.Actions() {
		for _, have := range everyCombination() {
			for _, who := range []person{absent, present, pending, deactivated, boundElsewhere, deleted} {
				name := fmt.Sprintf("%s/%+v/%s", action, have, who)
				d := draft(t, request(action), action)
				decision, err := convoke.Decide(d, who.found(have.policy()), fresh, mark)
				switch {
				case who == present || who == pending || who == deactivated:
					checkFound(t, name, decision, err)
				case who == boundElsewhere:
					checkEmailTaken(t, name, err)
				case have.lacks(action) != "":
					checkRefused(t, name, decision, err, have.lacks(action))
				default:
					checkMade(t, name, action, have, who, decision, err)
				}
			}
		}
	}
}

// checkFound: whatever the account lacks now, a bound user is found as it is.
func checkFound(t *testing.T, name string, d convoke.Decision, err error) {
	t.Helper()
	if err != nil || d.Outcome != convoke.OutcomeFound || d.User.ID != "old-user" || !d.Change.Empty() || d.Created() {
		t.Errorf("%s: want the bound user and nothing to write, got %s %s %v", name, d.Outcome, d.User.ID, err)
	}
	if d.Binding.Generation != 3 {
		t.Errorf("%s: the generation changed to %d", name, d.Binding.Generation)
	}
}

func checkEmailTaken(t *testing.T, name string, err error) {
	t.Helper()
	e, ok := errors.AsType[*convoke.Error](err)
	if !ok || e.Code != convoke.CodeEmailTaken || e.UserID != "old-user" || e.Kind != convoke.KindConflict {
		t.Errorf("%s: want email_taken with the holder's id, got %v", name, err)
	}
}

func checkRefused(t *testing.T, name string, d convoke.Decision, err error, code convoke.Code) {
	t.Helper()
	if !convoke.HasCode(err, code) || !d.Change.Empty() {
		t.Errorf("%s: want %s and nothing to write, got %v", name, code, err)
	}
}

func checkMade(t *testing.T, name string, action convoke.Action, have prerequisites, who person, d convoke.Decision, err error) {
	t.Helper()
	if err != nil {
		t.Errorf("%s: %v", name, err)
		return
	}
	wantOutcome, wantGeneration := convoke.OutcomeMade, 1
	if who == deleted {
		wantOutcome, wantGeneration = convoke.OutcomeReplaced, 4
	}
	if d.Outcome != wantOutcome || d.Binding.Generation != wantGeneration || d.User.ID != "fresh-user" {
		t.Errorf("%s: got %s, generation %d, user %s", name, d.Outcome, d.Binding.Generation, d.User.ID)
	}
	status, mails := expected(action, have)
	if d.User.Status != status || (d.User.StatusReason == "") != (status == convoke.StatusActive) {
		t.Errorf("%s: status %s with reason %q, want %s", name, d.User.Status, d.User.StatusReason, status)
	}
	if (d.Change.Invitation != nil) != mails {
		t.Errorf("%s: invitation %v, want one: %v", name, d.Change.Invitation, mails)
	}
	if (d.User.PasswordHash != "") != (action == convoke.ActionAutoCreate) {
		t.Errorf("%s: password hash %q", name, d.User.PasswordHash)
	}
	if d.Change.SeatDelta() != (convoke.SeatCounts{Licensed: 1}) {
		t.Errorf("%s: a licensed user takes %+v", name, d.Change.SeatDelta())
	}
	if got := count(d.Change.Events, convoke.EventUserCreated); got != 1 {
		t.Errorf("%s: %d user.created events", name, got)
	}
}

func expected(action convoke.Action, have prerequisites) (status convoke.Status, mails bool) {
	waits := action == convoke.ActionCreate || (action == convoke.ActionSSOCreate && !have.domain)
	if waits {
		return convoke.StatusPending, true
	}
	return convoke.StatusActive, false
}

func count(events []convoke.Event, name convoke.EventName) int {
	n := 0
	for _, e := range events {
		if e.Name == name {
			n++
		}
	}
	return n
}

// all grants everything, with example.com managed.
var all = prerequisites{true, true, true, true, true}

func TestPersonalLinkAndMeetingIDFallBackToRandomOnes(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name             string
		email            string
		action           convoke.Action
		kind             convoke.UserType
		pmi              convoke.MeetingID
		linkTaken, taken bool
		wantLink         string
		wantPMI          convoke.MeetingID
	}{
		{"the local part of the e-mail", "jane.roe@example.com", convoke.ActionSSOCreate, convoke.TypeLicensed, 3847261950, false, false, "jane.roe", 3847261950},
		{"a taken name", "jane.roe@example.com", convoke.ActionSSOCreate, convoke.TypeLicensed, 0, true, false, fresh.Link, fresh.PMI},
		{"a name too short", "jane@example.com", convoke.ActionSSOCreate, convoke.TypeLicensed, 0, false, false, fresh.Link, fresh.PMI},
		{"a name with a hyphen", "jane-roe@example.com", convoke.ActionSSOCreate, convoke.TypeLicensed, 0, false, false, fresh.Link, fresh.PMI},
		{"an invalid meeting id", "jane.roe@example.com", convoke.ActionSSOCreate, convoke.TypeLicensed, 8001234567, false, false, "jane.roe", fresh.PMI},
		{"a taken meeting id", "jane.roe@example.com", convoke.ActionSSOCreate, convoke.TypeLicensed, 3847261950, false, true, "jane.roe", fresh.PMI},
		{"a basic user", "jane.roe@example.com", convoke.ActionSSOCreate, convoke.TypeBasic, 0, false, false, "", fresh.PMI},
		{"another action", "jane.roe@example.com", convoke.ActionCustCreate, convoke.TypeLicensed, 0, false, false, "", fresh.PMI},
	} {
		r := convoke.Request{Email: test.email, Type: test.kind, PMI: test.pmi}
		found := convoke.Found{Policy: all.policy(), LinkTaken: test.linkTaken, PMITaken: test.taken}
		d, err := convoke.Decide(draft(t, r, test.action), found, fresh, mark)
		if err != nil {
			t.Errorf("%s: %v", test.name, err)
			continue
		}
		if d.User.PersonalLink != test.wantLink || d.User.PMI != test.wantPMI {
			t.Errorf("%s: link %q and meeting id %d, want %q and %d", test.name, d.User.PersonalLink, d.User.PMI, test.wantLink, test.wantPMI)
		}
	}
}

func TestACustCreateUserWithoutEmailGetsOneThatReachesNobody(t *testing.T) {
	t.Parallel()
	d, err := convoke.Decide(
		draft(t, convoke.Request{Source: convoke.SourceApp, ExternalID: "42"}, convoke.ActionCustCreate),
		convoke.Found{Policy: all.policy()}, fresh, mark)
	if err != nil {
		t.Fatal(err)
	}
	if want := "fresh-user@users.convoke.invalid"; d.User.Email != want {
		t.Errorf("e-mail %s, want %s", d.User.Email, want)
	}
	if d.User.Type != convoke.TypeLicensed {
		t.Errorf("type %d, want licensed", d.User.Type)
	}
}

func TestAnEnsureThatFindsItsUserNeedsNeitherEmailNorPassword(t *testing.T) {
	t.Parallel()
	for action, code := range map[convoke.Action]convoke.Code{
		convoke.ActionCreate:     convoke.CodeInvalidEmail,
		convoke.ActionAutoCreate: convoke.CodeInvalidEmail,
		convoke.ActionSSOCreate:  convoke.CodeInvalidEmail,
	} {
		d := draft(t, convoke.Request{Source: convoke.SourceApp, ExternalID: "42"}, action)
		if decision, err := convoke.Decide(d, present.found(all.policy()), fresh, mark); err != nil || decision.User.ID != "old-user" {
			t.Errorf("%s, bound: %v", action, err)
		}
		if _, err := convoke.Decide(d, absent.found(all.policy()), fresh, mark); !convoke.HasCode(err, code) {
			t.Errorf("%s, absent: %v, want %s", action, err, code)
		}
	}
	r := request(convoke.ActionAutoCreate)
	r.Password = ""
	d := draft(t, r, convoke.ActionAutoCreate)
	if _, err := convoke.Decide(d, absent.found(all.policy()), fresh, mark); !convoke.HasCode(err, convoke.CodePasswordLength) {
		t.Errorf("autoCreate without a password: %v", err)
	}
}

func TestAChangedEmailUpdatesTheAttributeNeverTheIdentity(t *testing.T) {
	t.Parallel()
	r := request(convoke.ActionCustCreate)
	r.Email = "jane.new@example.com"
	found := present.found(all.policy())
	found.Holder = nil
	d, err := convoke.Decide(draft(t, r, convoke.ActionCustCreate), found, fresh, mark)
	if err != nil || d.Outcome != convoke.OutcomeUpdated || d.User.ID != "old-user" || d.User.Email != r.Email {
		t.Fatalf("got %s %+v %v", d.Outcome, d.User, err)
	}
	if d.Change.Before.Email != "jane@example.com" || count(d.Change.Events, convoke.EventUserUpdated) != 1 {
		t.Errorf("the change is %+v", d.Change)
	}

	found.Holder = &convoke.User{ID: "somebody-else"}
	_, err = convoke.Decide(draft(t, r, convoke.ActionCustCreate), found, fresh, mark)
	if e, ok := errors.AsType[*convoke.Error](err); !ok || e.Code != convoke.CodeEmailTaken || e.UserID != "somebody-else" {
		t.Errorf("an e-mail of somebody else: %v", err)
	}
}

func TestAPendingUserWhoseEmailChangesIsInvitedAnew(t *testing.T) {
	t.Parallel()
	r := request(convoke.ActionCreate)
	r.Email = "jane.new@example.com"
	found := pending.found(all.policy())
	found.Holder = nil
	d, err := convoke.Decide(draft(t, r, convoke.ActionCreate), found, fresh, mark)
	if err != nil || d.Change.Invitation == nil || d.Change.Invitation.Email != r.Email {
		t.Errorf("want an invitation to the new address, got %+v %v", d.Change.Invitation, err)
	}
}

func TestBindingAnExistingUser(t *testing.T) {
	t.Parallel()
	target := &convoke.User{ID: "target", AccountID: "acct", Status: convoke.StatusActive}
	other := &convoke.Binding{ExternalID: "43", UserID: "target", Generation: 1}
	bound := present.found(all.policy())
	for _, test := range []struct {
		name  string
		found convoke.Found
		code  convoke.Code
		want  convoke.Outcome
	}{
		{"free", convoke.Found{Target: target}, "", convoke.OutcomeBound},
		{"unknown user", convoke.Found{}, convoke.CodeUserNotFound, ""},
		{"user bound to another external id", convoke.Found{Target: target, TargetBinding: other}, convoke.CodeBoundElsewhere, ""},
		{"external id bound to another user", convoke.Found{Target: target, Binding: bound.Binding, Bound: bound.Bound}, convoke.CodeBoundElsewhere, ""},
		{"external id of a deleted user", convoke.Found{Target: target, Binding: bound.Binding}, "", convoke.OutcomeBound},
		{"the same user again", convoke.Found{Target: bound.Bound, Binding: bound.Binding, Bound: bound.Bound}, "", convoke.OutcomeFound},
	} {
		r := convoke.Request{Source: convoke.SourceApp, ExternalID: "42", UserID: "target"}
		d, err := convoke.Decide(draft(t, r, convoke.ActionCustCreate), test.found, fresh, mark)
		if test.code != "" && !convoke.HasCode(err, test.code) || test.code == "" && err != nil {
			t.Errorf("%s: error %v, want %q", test.name, err, test.code)
		}
		if d.Outcome != test.want {
			t.Errorf("%s: outcome %q, want %q", test.name, d.Outcome, test.want)
		}
	}
}

// TestCapabilitiesAndDecideNameTheSame holds the two ways of telling an account
// what it lacks together.
func TestCapabilitiesAndDecideNameTheSame(t *testing.T) {
	t.Parallel()
	for _, have := range everyCombination() {
		for _, capability := range convoke.Capabilities(have.policy()) {
			lacks := have.lacks(capability.Action)
			if capability.Usable != (lacks == "") {
				t.Errorf("%+v: %s usable is %v, and Decide says %q", have, capability.Action, capability.Usable, lacks)
			}
			if !capability.Usable && capability.Missing[0].Code != lacks {
				t.Errorf("%+v: %s lacks %s first, and Decide says %s", have, capability.Action, capability.Missing[0].Code, lacks)
			}
		}
	}
}
