// SPDX-License-Identifier: Apache-2.0

package provision_test

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/convoke/convoke/internal/convoke"
	"github.com/convoke/convoke/internal/provision"
	"github.com/convoke/convoke/internal/store"
	"github.com/convoke/convoke/internal/store/storetest"
)

func TestAUserIsFoundByIDAndByEmailAndAsMe(t *testing.T) {
	t.Parallel()
	w := newWorld(t, partner)
	user := w.made(t, bound("42", "Ada@Example.com"))
	owned := w.app
	owned.UserID = user.ID
	for _, ref := range []string{string(user.ID), "Ada@Example.com", "ada@EXAMPLE.com", "me"} {
		got, err := w.User(t.Context(), owned, ref)
		check(t, err)
		if got.ID != user.ID {
			t.Errorf("%q is %s, want %s", ref, got.ID, user.ID)
		}
	}
	for _, ref := range []string{"", "nobody", "nobody@example.com", "@", strings.ToLower(string(user.ID)) + "x", "a\x00b", "\xff", "\xff@example.com"} {
		_, err := w.User(t.Context(), owned, ref)
		wantCode(t, err, convoke.CodeUserNotFound)
	}
	_, err := w.User(t.Context(), w.app, "me") // an app without an owner
	wantCode(t, err, convoke.CodeUserNotFound)
}

func TestAPersonReadsThemselvesOnly(t *testing.T) {
	t.Parallel()
	w := newWorld(t, partner)
	ada, ben := w.made(t, bound("1", "ada@example.com")), w.made(t, bound("2", "ben@example.com"))
	person := convoke.Principal{Kind: convoke.UserCaller, AccountID: w.id, UserID: ada.ID}
	for _, ref := range []string{"me", string(ada.ID), "ada@example.com"} {
		got, err := w.User(t.Context(), person, ref)
		check(t, err)
		if got.ID != ada.ID {
			t.Errorf("%q is %s", ref, got.ID)
		}
	}
	_, err := w.User(t.Context(), person, string(ben.ID))
	wantCode(t, err, convoke.CodeNotOperator)
}

func TestUpdateChangesWhatItNames(t *testing.T) {
	t.Parallel()
	w := newWorld(t, everything)
	user := w.made(t, bound("42", "ada@example.com"))
	other := w.made(t, convoke.Request{Action: "create", Email: "ben@example.com", Type: convoke.TypeLicensed, PersonalLink: "ben.b"})
	updated, err := w.Update(t.Context(), w.app, "ada@example.com", convoke.UserPatch{
		FirstName: new("Ada"), PersonalLink: new("countess"), Profile: json.RawMessage(`{"dept":"Engines"}`),
	})
	check(t, err)
	if stored := w.user(t, user.ID); stored.FirstName != "Ada" || stored.PersonalLink != "countess" || stored.Profile.Dept != "Engines" ||
		stored.Email != user.Email || stored.PMI != user.PMI || stored.FirstName != updated.FirstName {
		t.Errorf("the store has %+v, the answer was %+v", stored, updated)
	}
	before := w.picture(t)
	_, err = w.Update(t.Context(), w.app, string(user.ID), convoke.UserPatch{FirstName: new("Ada"), PMI: new(user.PMI)})
	check(t, err) // nothing differs
	for name, c := range map[string]struct {
		ref   string
		patch convoke.UserPatch
		code  convoke.Code
	}{
		"unknown user":     {"nobody", convoke.UserPatch{FirstName: new("x")}, convoke.CodeUserNotFound},
		"name":             {string(user.ID), convoke.UserPatch{FirstName: new(strings.Repeat("x", 65))}, convoke.CodeInvalidName},
		"type":             {string(user.ID), convoke.UserPatch{Type: new(convoke.TypeBasic)}, convoke.CodeInvalidType},
		"taken link":       {string(user.ID), convoke.UserPatch{PersonalLink: new("BEN.b")}, convoke.CodeLinkTaken},
		"bad link":         {string(user.ID), convoke.UserPatch{PersonalLink: new("a b")}, convoke.CodeInvalidLink},
		"taken meeting id": {string(user.ID), convoke.UserPatch{PMI: new(other.PMI)}, convoke.CodePMITaken},
		"bad meeting id":   {string(user.ID), convoke.UserPatch{PMI: new(convoke.MeetingID(1))}, convoke.CodeInvalidPMI},
		"profile":          {string(user.ID), convoke.UserPatch{Profile: json.RawMessage(`{"dept":1}`)}, convoke.CodeInvalidBody},
	} {
		_, err := w.Update(t.Context(), w.app, c.ref, c.patch)
		if !convoke.HasCode(err, c.code) {
			t.Errorf("%s: %v, want %s", name, err, c.code)
		}
	}
	w.unchanged(t, before)
}

func TestSetStatus(t *testing.T) {
	t.Parallel()
	w := newWorld(t, everything)
	active, waiting := w.made(t, bound("42", "")), w.pending(t, "ben@example.com")
	set := func(id convoke.UserID, active bool) func(convoke.Code, convoke.Status, convoke.Reason) {
		t.Helper()
		err := w.SetStatus(t.Context(), w.app, string(id), active)
		return func(code convoke.Code, status convoke.Status, reason convoke.Reason) {
			t.Helper()
			wantCode(t, err, code)
			if u := w.user(t, id); u.Status != status || u.StatusReason != reason {
				t.Errorf("the user is %s (%s), want %s (%s)", u.Status, u.StatusReason, status, reason)
			}
		}
	}
	before := w.picture(t)
	set(active.ID, true)("", convoke.StatusActive, "")
	set(waiting.ID, true)(convoke.CodeUserPending, convoke.StatusPending, convoke.ReasonInvited)
	set(waiting.ID, false)(convoke.CodeUserPending, convoke.StatusPending, convoke.ReasonInvited)
	w.unchanged(t, before)
	set(active.ID, false)("", convoke.StatusInactive, convoke.ReasonDeactivated)
	set(active.ID, false)("", convoke.StatusInactive, convoke.ReasonDeactivated)
	set(active.ID, true)("", convoke.StatusActive, "")
	_, err := w.Activate(t.Context(), "192.0.2.7", w.code(t, waiting.ID), goodPassword)
	check(t, err)
	set(waiting.ID, false)("", convoke.StatusInactive, convoke.ReasonDeactivated)
	set(waiting.ID, true)("", convoke.StatusActive, "")
	wantCode(t, w.SetStatus(t.Context(), w.app, "nobody", true), convoke.CodeUserNotFound)
	if got := names(w.events(t, convoke.EventUserActivated, convoke.EventUserDeactivated)); got !=
		"user.deactivated user.activated user.deactivated user.activated" {
		t.Errorf("the events are %q", got)
	}
}

func TestRemove(t *testing.T) {
	t.Parallel()
	w := newWorld(t, everything)
	_, err := w.AddDomain(t.Context(), convoke.Operator(w.id), "managed.example", true)
	check(t, err)
	auto := func(email string) convoke.Request {
		return convoke.Request{Action: "autoCreate", Email: email, Password: goodPassword}
	}
	for name, c := range map[string]struct {
		request convoke.Request
		how     convoke.Removal
		code    convoke.Code
	}{
		"custCreate is never unlinked":       {bound("1", ""), convoke.Disassociate, convoke.CodeCannotUnlink},
		"custCreate is deleted":              {bound("2", ""), convoke.Delete, ""},
		"a managed user is not let go":       {auto("a@managed.example"), convoke.Disassociate, convoke.CodeManagedCannotLeft},
		"a managed user is deleted":          {auto("b@managed.example"), convoke.Delete, ""},
		"a pending managed user may go":      {convoke.Request{Action: "create", Email: "c@managed.example"}, convoke.Disassociate, ""},
		"another may go":                     {convoke.Request{Action: "create", Email: "d@example.com"}, convoke.Disassociate, ""},
		"another may be deleted":             {convoke.Request{Action: "create", Email: "e@example.com"}, convoke.Delete, ""},
		"a managed ssoCreate user stays too": {convoke.Request{Action: "ssoCreate", Email: "f@managed.example"}, convoke.Disassociate, convoke.CodeManagedCannotLeft},
	} {
		user := w.made(t, c.request)
		before := w.picture(t)
		err := w.Remove(t.Context(), w.app, user.Email, c.how)
		if c.code != "" {
			if !convoke.HasCode(err, c.code) {
				t.Errorf("%s: %v, want %s", name, err, c.code)
			}
			w.unchanged(t, before)
			continue
		}
		check(t, err)
		_, err = w.User(t.Context(), w.app, string(user.ID))
		wantCode(t, err, convoke.CodeUserNotFound)
		wantCode(t, w.Remove(t.Context(), w.app, string(user.ID), c.how), convoke.CodeUserNotFound)
		want := convoke.EventUserDeleted
		if c.how == convoke.Disassociate {
			want = convoke.EventUserDisassociated
		}
		if all := w.events(t); all[len(all)-1].Name != want {
			t.Errorf("%s: the last event is %s, want %s", name, all[len(all)-1].Name, want)
		}
	}
	if p := w.picture(t); p.census != second(p.recount()) {
		t.Errorf("the counters say %+v, a recount %+v", p.census, second(p.recount()))
	}
}

func second[A, B any](_ A, b B) B { return b }

func TestSeats(t *testing.T) {
	t.Parallel()
	w := newWorld(t, convoke.AccountChange{APIPartner: new(true), LicensedSeats: new(int64(2))})
	ada, basic := w.made(t, bound("1", "")), w.pending(t, "basic@example.com")
	w.made(t, convoke.Request{Action: "create", Email: "pending@example.com", Type: convoke.TypeLicensed}) // takes a seat at once
	before := w.picture(t)
	refused := func(err error) {
		t.Helper()
		wantCode(t, err, convoke.CodeSeatsExhausted)
		w.unchanged(t, before)
	}
	_, err := w.Ensure(t.Context(), w.app, bound("3", ""))
	refused(err)
	_, err = w.Update(t.Context(), w.app, string(basic.ID), convoke.UserPatch{Type: new(convoke.TypeLicensed)})
	refused(err)
	check(t, w.SetStatus(t.Context(), w.app, string(ada.ID), false)) // gives its seat back
	ben := w.made(t, bound("3", ""))
	before = w.picture(t)
	refused(w.SetStatus(t.Context(), w.app, string(ada.ID), true))
	check(t, w.Remove(t.Context(), w.app, string(ben.ID), convoke.Delete))
	check(t, w.SetStatus(t.Context(), w.app, string(ada.ID), true))
	_, err = w.SetAccount(t.Context(), convoke.Operator(""), w.id, convoke.AccountChange{LicensedSeats: new(convoke.NoSeatLimit)})
	check(t, err)
	for i := range 5 {
		w.made(t, bound(fmt.Sprint("more", i), ""))
	}
	seats, err := w.Seats(t.Context(), w.app)
	check(t, err)
	if seats.Total != convoke.NoSeatLimit || seats.Used.Licensed != 7 {
		t.Errorf("seats are %+v, want 7 used without a limit", seats)
	}
}

func TestBasicUsersAreLimited(t *testing.T) {
	t.Parallel()
	grants := everything
	grants.BasicUsers = new(int64(2))
	w := newWorld(t, grants)
	w.verified(t, "example.com")
	basic := func(n int) convoke.Request {
		return convoke.Request{Action: "ssoCreate", Email: fmt.Sprintf("u%d@example.com", n), Type: convoke.TypeBasic}
	}
	licensed := w.made(t, convoke.Request{Action: "create", Email: "licensed@example.com", Type: convoke.TypeLicensed})
	ada, _ := w.made(t, basic(1)), w.made(t, basic(2))
	before := w.picture(t)
	refused := func(err error) {
		t.Helper()
		wantCode(t, err, convoke.CodeBasicExhausted)
		w.unchanged(t, before)
	}
	_, err := w.Ensure(t.Context(), w.app, basic(3))
	refused(err)
	byBinding := basic(3)
	byBinding.Source, byBinding.ExternalID = convoke.SourceApp, "3"
	_, err = w.Ensure(t.Context(), w.app, byBinding)
	refused(err)
	_, err = w.Update(t.Context(), w.app, string(licensed.ID), convoke.UserPatch{Type: new(convoke.TypeBasic)})
	refused(err)
	results, err := w.SetTypes(t.Context(), w.app, []string{string(licensed.ID)}, convoke.TypeBasic)
	check(t, err)
	refused(results[0].Err)
	check(t, w.SetStatus(t.Context(), w.app, string(ada.ID), false))
	w.made(t, basic(3))
	before = w.picture(t)
	refused(w.SetStatus(t.Context(), w.app, string(ada.ID), true))
	seats, err := w.Seats(t.Context(), w.app)
	check(t, err)
	if b := seats.Basic(); *b.Total != 2 || b.Used != 2 || *b.Free != 0 {
		t.Errorf("of basic users %d are counted", b.Used)
	}
}

func TestAPoolHasAnyNumberOfLicensedUsers(t *testing.T) {
	t.Parallel()
	w := newWorld(t, convoke.AccountChange{APIPartner: new(true), LicensedSeats: new(int64(1)), SeatMode: new(convoke.SeatPool)})
	for i := range 5 {
		w.made(t, bound(fmt.Sprint(i), ""))
	}
	seats, err := w.Seats(t.Context(), w.app)
	check(t, err)
	if l := seats.Licensed(); *l.Total != 1 || l.Used != 0 || *l.Free != 1 || seats.Used.Licensed != 5 {
		t.Errorf("seats are %+v", seats)
	}
	_, err = w.SetAccount(t.Context(), convoke.Operator(""), w.id, convoke.AccountChange{SeatMode: new(convoke.SeatsAssigned)})
	check(t, err)
	_, err = w.Ensure(t.Context(), w.app, bound("5", ""))
	wantCode(t, err, convoke.CodeSeatsExhausted)
	if seats, err = w.Seats(t.Context(), w.app); err != nil || *seats.Licensed().Free != 0 {
		t.Errorf("seats are %+v, %v", seats, err)
	}
}

func TestUsersOfAnAccountAreUniqueByEmailWhateverItsCase(t *testing.T) {
	t.Parallel()
	w := newWorld(t, partner)
	w.pending(t, "ada@example.com")
	_, err := w.Ensure(t.Context(), w.app, convoke.Request{Action: "create", Email: "ADA@EXAMPLE.COM"})
	wantCode(t, err, convoke.CodeEmailTaken)
	abroad := w.newAccount(t, partner)
	abroad.pending(t, "ada@example.com") // another account's is another person
	users, err := w.db.UsersByEmail(t.Context(), "ada@example.com", 10)
	check(t, err)
	if len(users) != 2 || slices.ContainsFunc(users, func(u convoke.User) bool { return u.Status != convoke.StatusPending }) {
		t.Errorf("the users with the e-mail are %+v", users)
	}
}

// SQLite takes any bytes as text, PostgreSQL does not.
func TestOddReferencesAreNoFaultOnPostgreSQL(t *testing.T) {
	t.Parallel()
	w := newWorldOn(t, storetest.Open(t, store.Config{URL: storetest.PostgreSQL(t)}), partner)
	for _, odd := range []string{"\x00", "a\x00b", "\xff", "a\xc3", "\xed\xa0\x80"} {
		for _, ref := range []string{odd, odd + "@example.com", "a@" + odd} {
			_, err := w.User(t.Context(), w.app, ref)
			wantCode(t, err, convoke.CodeUserNotFound)
			wantCode(t, w.SetStatus(t.Context(), w.app, ref, false), convoke.CodeUserNotFound)
			wantCode(t, w.Remove(t.Context(), w.app, ref, convoke.Delete), convoke.CodeUserNotFound)
			_, err = w.Ensure(t.Context(), w.app, convoke.Request{Source: convoke.SourceApp, ExternalID: "42", UserID: convoke.UserID(ref)})
			wantCode(t, err, convoke.CodeUserNotFound)
		}
		_, err := w.Activation(t.Context(), odd+strings.Repeat("A", 44))
		wantCode(t, err, convoke.CodeInvitationNotFound)
		_, err = w.Users(t.Context(), w.app, provision.UserList{Token: odd})
		wantCode(t, err, convoke.CodeInvalidPageToken)
	}
	w.made(t, bound("a\x00b", "")) // an external id is bytes, and may hold a NUL
}

// oneInvite lets one invitation through.
type oneInvite struct{ left int }

func (o *oneInvite) TakeInvite(context.Context, convoke.AccountID) error {
	if o.left--; o.left < 0 {
		return convoke.InvitesExceeded(1)
	}
	return nil
}

func (o *oneInvite) CountsInvites() bool { return true }

// Each mail of a pending user's counts, and one mailbox gets few of them.
func TestInvitationsAreCountedWhereOneIsSentAgain(t *testing.T) {
	t.Parallel()
	w := newWorld(t, everything)
	w.made(t, convoke.Request{Action: "create", Email: "ada@example.com", Type: convoke.TypeBasic})
	w.made(t, convoke.Request{Action: "custCreate", Email: "cust@example.com"})
	invites := &oneInvite{left: 1}
	w.limitInvites(invites)
	_, err := w.Invite(t.Context(), w.app, "cust@example.com")
	wantCode(t, err, convoke.CodeStatusUnchanged)
	_, err = w.Invite(t.Context(), w.app, "nobody@example.com")
	wantCode(t, err, convoke.CodeUserNotFound)
	if invites.left != 1 {
		t.Errorf("who is not invited took one: %d left", invites.left)
	}
	_, err = w.Invite(t.Context(), w.app, "ada@example.com")
	check(t, err)
	_, err = w.Invite(t.Context(), w.app, "ada@example.com")
	wantCode(t, err, convoke.CodeRateInvites)
	w.limitInvites(&oneInvite{left: 100})
	for range convoke.MaxInvitations - 1 {
		_, err = w.Invite(t.Context(), w.app, "ada@example.com")
		check(t, err)
	}
	_, err = w.Invite(t.Context(), w.app, "ada@example.com")
	wantCode(t, err, convoke.CodeRateInvites)
}

func TestInvitationsAreCountedWhereOneIsSent(t *testing.T) {
	t.Parallel()
	w := newWorld(t, everything)
	invites := &oneInvite{left: 1}
	w.limitInvites(invites)
	w.made(t, convoke.Request{Action: "custCreate", Email: "cust@example.com", Type: convoke.TypeLicensed})
	w.made(t, convoke.Request{Action: "create", Email: "ada@example.com", Type: convoke.TypeBasic})
	_, err := w.Ensure(t.Context(), convoke.Operator(w.id), convoke.Request{Action: "create", Email: "ada@example.com", Type: convoke.TypeBasic})
	if !convoke.HasCode(err, convoke.CodeEmailTaken) || invites.left != 0 {
		t.Errorf("a refused create: %v, %d left", err, invites.left)
	}
	_, err = w.Ensure(t.Context(), convoke.Operator(w.id), convoke.Request{Action: "create", Email: "bob@example.com", Type: convoke.TypeBasic})
	if !convoke.HasCode(err, convoke.CodeRateInvites) {
		t.Errorf("one too many: %v", err)
	}
}

func TestAnotherAddressOfAPendingUserTakesAnInvitation(t *testing.T) {
	t.Parallel()
	w := newWorld(t, everything)
	request := convoke.Request{Action: "create", Email: "ada@example.com", ExternalID: "9", Source: convoke.SourceApp}
	w.made(t, request)
	w.limitInvites(&oneInvite{left: 1})
	for n, want := range []convoke.Code{"", convoke.CodeRateInvites} {
		request.Email = fmt.Sprintf("ada%d@example.com", n)
		_, err := w.Ensure(t.Context(), w.app, request)
		wantCode(t, err, want)
	}
}
