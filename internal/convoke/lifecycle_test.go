// SPDX-License-Identifier: Apache-2.0

package convoke_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/convoke/convoke/internal/convoke"
)

func user(action convoke.Action, status convoke.Status) convoke.User {
	return convoke.User{
		ID: "user", AccountID: "acct", Action: action, Email: "jane@example.com",
		Type: convoke.TypeLicensed, Status: status, PMI: 3847261950,
	}
}

func TestRemove(t *testing.T) {
	t.Parallel()
	managed := convoke.Policy{EmailManaged: true}
	for _, test := range []struct {
		name   string
		user   convoke.User
		how    convoke.Removal
		policy convoke.Policy
		code   convoke.Code
		event  convoke.EventName
	}{
		{"create, disassociate", user(convoke.ActionCreate, convoke.StatusActive), convoke.Disassociate, convoke.Policy{}, "", convoke.EventUserDisassociated},
		{"create, delete", user(convoke.ActionCreate, convoke.StatusActive), convoke.Delete, convoke.Policy{}, "", convoke.EventUserDeleted},
		{"custCreate, disassociate", user(convoke.ActionCustCreate, convoke.StatusActive), convoke.Disassociate, convoke.Policy{}, convoke.CodeCannotUnlink, ""},
		{"custCreate, delete", user(convoke.ActionCustCreate, convoke.StatusActive), convoke.Delete, convoke.Policy{}, "", convoke.EventUserDeleted},
		{"managed, disassociate", user(convoke.ActionAutoCreate, convoke.StatusActive), convoke.Disassociate, managed, convoke.CodeManagedCannotLeft, ""},
		{"managed, delete", user(convoke.ActionAutoCreate, convoke.StatusActive), convoke.Delete, managed, "", convoke.EventUserDeleted},
		{"managed but pending, disassociate", user(convoke.ActionCreate, convoke.StatusPending), convoke.Disassociate, managed, "", convoke.EventUserDisassociated},
	} {
		change, err := convoke.Remove(test.user, test.how, test.policy, mark)
		if test.code != "" {
			if !convoke.HasCode(err, test.code) || !change.Empty() {
				t.Errorf("%s: got %v, want %s", test.name, err, test.code)
			}
			continue
		}
		if err != nil || change.After != nil || change.SeatDelta() != (convoke.SeatCounts{Licensed: -1}) || change.Events[0].Name != test.event {
			t.Errorf("%s: got %+v, %v", test.name, change, err)
		}
	}
}

// TestStatusesAgree walks every change of status from every status: seats and
// census follow, and a reason is there exactly when the user is not active.
func TestStatusesAgree(t *testing.T) {
	t.Parallel()
	for _, status := range []convoke.Status{convoke.StatusActive, convoke.StatusInactive, convoke.StatusPending} {
		before := user(convoke.ActionCustCreate, status)
		activated, err := convoke.Activate(before, mark)
		if (status == convoke.StatusPending) != convoke.HasCode(err, convoke.CodeUserPending) {
			t.Errorf("activating a %s user: %v", status, err)
		}
		deactivated, err := convoke.Deactivate(before, mark)
		if (status == convoke.StatusPending) != convoke.HasCode(err, convoke.CodeUserPending) {
			t.Errorf("deactivating a %s user: %v", status, err)
		}
		for name, change := range map[string]convoke.Change{"activate": activated, "deactivate": deactivated} {
			if change.Empty() {
				continue
			}
			after := *change.After
			if revoked := after.HostTokensFrom.Equal(mark.At); revoked != (name == "deactivate") {
				t.Errorf("%s a %s user: its host tokens count from %v", name, status, after.HostTokensFrom)
			}
			if (after.StatusReason == "") != (after.Status == convoke.StatusActive) {
				t.Errorf("%s a %s user: %s with reason %q", name, status, after.Status, after.StatusReason)
			}
			census := change.CensusDelta()
			if census.Active+census.Inactive+census.Pending != 0 || census.Of(after.Status) != 1 {
				t.Errorf("%s a %s user: census %+v", name, status, census)
			}
		}
	}
}

func TestAccept(t *testing.T) {
	t.Parallel()
	open := convoke.Invitation{ID: "i", ExpiresAt: now.Add(time.Hour)}
	used, revoked, expired := open, open, open
	used.UsedAt, revoked.RevokedAt, expired.ExpiresAt = now, now, now
	for code, invitation := range map[convoke.Code]convoke.Invitation{
		"": open, convoke.CodeInvitationUsed: used, convoke.CodeInvitationRevoked: revoked, convoke.CodeInvitationExpired: expired,
	} {
		change, err := convoke.Accept(user(convoke.ActionCreate, convoke.StatusPending), invitation, "hash", mark)
		if code != "" {
			if !convoke.HasCode(err, code) || !change.Empty() {
				t.Errorf("got %v, want %s", err, code)
			}
			continue
		}
		if err != nil || change.After.Status != convoke.StatusActive || change.After.PasswordHash != "hash" || change.Accepted.ID != "i" {
			t.Errorf("accepting: %+v, %v", change, err)
		}
	}
}

func TestUpdateRefusesAndReportsExactly(t *testing.T) {
	t.Parallel()
	name, link, pmi, free, basic := "Janet", "jane.roe", convoke.MeetingID(2519473806), convoke.UserType(1), user(convoke.ActionCreate, convoke.StatusActive)
	basic.Type = convoke.TypeBasic
	licensed := user(convoke.ActionCreate, convoke.StatusActive)
	for _, test := range []struct {
		name  string
		user  convoke.User
		patch convoke.UserPatch
		found convoke.Found
		code  convoke.Code
	}{
		{"link taken", licensed, convoke.UserPatch{PersonalLink: &link}, convoke.Found{LinkTaken: true}, convoke.CodeLinkTaken},
		{"link of a basic user", basic, convoke.UserPatch{PersonalLink: &link}, convoke.Found{}, convoke.CodeHostingNotAllowed},
		{"meeting id taken", licensed, convoke.UserPatch{PMI: &pmi}, convoke.Found{PMITaken: true}, convoke.CodePMITaken},
		{"custCreate to basic", user(convoke.ActionCustCreate, convoke.StatusActive), convoke.UserPatch{Type: &free}, convoke.Found{}, convoke.CodeInvalidType},
		{"wrong type in the profile", licensed, convoke.UserPatch{Profile: json.RawMessage(`{"dept":7}`)}, convoke.Found{}, convoke.CodeInvalidBody},
		{"six custom attributes", licensed, convoke.UserPatch{Profile: json.RawMessage(`{"custom_attributes":[{},{},{},{},{},{}]}`)}, convoke.Found{}, convoke.CodeInvalidField},
	} {
		if change, err := convoke.Update(test.user, test.patch, test.found, mark); !convoke.HasCode(err, test.code) || !change.Empty() {
			t.Errorf("%s: got %v, want %s", test.name, err, test.code)
		}
	}

	change, err := convoke.Update(licensed, convoke.UserPatch{FirstName: &name, Profile: json.RawMessage(`{"dept":"Care"}`)}, convoke.Found{}, mark)
	if err != nil {
		t.Fatal(err)
	}
	var payload struct {
		Object    map[string]any `json:"object"`
		OldObject map[string]any `json:"old_object"`
	}
	if err := json.Unmarshal(change.Events[0].Payload, &payload); err != nil {
		t.Fatal(err)
	}
	if len(payload.Object) != 3 || payload.Object["first_name"] != "Janet" || payload.Object["dept"] != "Care" || payload.OldObject["dept"] != "" {
		t.Errorf("the event is %s", change.Events[0].Payload)
	}
	same := "Jane"
	licensed.FirstName = "Jane"
	if change, err := convoke.Update(licensed, convoke.UserPatch{FirstName: &same}, convoke.Found{}, mark); err != nil || !change.Empty() {
		t.Errorf("a patch that changes nothing writes %+v, %v", change, err)
	}
}

func TestAUsersNamesHoldNothingThatNobodySees(t *testing.T) {
	t.Parallel()
	hidden, visible := "\u200b\u3164", "Ann\u00ad"
	before := user(convoke.ActionCreate, convoke.StatusActive)
	before.FirstName, before.DisplayName = "Jane", "Jane R."
	change, err := convoke.Update(before, convoke.UserPatch{FirstName: &visible, DisplayName: &hidden}, convoke.Found{}, mark)
	if err != nil || change.After.FirstName != "Ann" || change.After.DisplayName != "" {
		t.Errorf("the patch makes %+v, %v", change.After, err)
	}
	r := request(convoke.ActionCustCreate)
	r.FirstName, r.DisplayName = visible, hidden
	made, err := convoke.Decide(draft(t, r, convoke.ActionCustCreate), convoke.Found{Policy: convoke.Policy{Account: convoke.Account{APIPartner: true}}}, fresh, mark)
	if err != nil || made.User.FirstName != "Ann" || made.User.Name() != "Ann Roe" {
		t.Errorf("the request makes %+v, %v", made.User, err)
	}
}

func TestAProfilePatchLeavesTheOldUserAlone(t *testing.T) {
	t.Parallel()
	before := user(convoke.ActionCreate, convoke.StatusActive)
	before.Profile.PhoneNumbers = []convoke.PhoneNumber{{Number: "1", Label: "Office"}}
	change, err := convoke.Update(before, convoke.UserPatch{Profile: json.RawMessage(`{"phone_numbers":[{"number":"2"}]}`)}, convoke.Found{}, mark)
	if err != nil {
		t.Fatal(err)
	}
	if before.Profile.PhoneNumbers[0].Number != "1" || change.After.Profile.PhoneNumbers[0] != (convoke.PhoneNumber{Number: "2"}) {
		t.Errorf("before %+v, after %+v", before.Profile.PhoneNumbers, change.After.Profile.PhoneNumbers)
	}
}

func TestScopesGrantWhatTheyName(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		scopes string
		right  convoke.Right
		ok     bool
	}{
		{"user:write:admin", convoke.RightCreateUser, true},
		{"user:write:admin", convoke.RightListUsers, true},
		{"user:read:admin", convoke.RightCreateUser, false},
		{"user:write:user:admin", convoke.RightCreateUser, true},
		{"user:write:user:admin", convoke.RightListUsers, false},
		{"meeting:write:admin", convoke.RightCreateUser, false},
	} {
		scopes, err := convoke.ParseScopes(test.scopes)
		if err != nil {
			t.Fatal(err)
		}
		p := convoke.Principal{Kind: convoke.AppCaller, Scopes: scopes}
		if err := p.Require(test.right); (err == nil) != test.ok {
			t.Errorf("%s for %s: %v", test.scopes, test.right, err)
		}
	}
	if err := (convoke.Principal{}).Require(convoke.RightReadUser); err == nil {
		t.Error("nobody may read users")
	}
	if _, err := convoke.ParseScopes("user:everything"); err == nil {
		t.Error("an unknown scope was taken")
	}
}
