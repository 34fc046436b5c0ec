// SPDX-License-Identifier: Apache-2.0

package provision_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/convoke/convoke/internal/convoke"
	"github.com/convoke/convoke/internal/provision"
)

func TestAppsMakeAdminsAndLeaveTheOwnerAlone(t *testing.T) {
	t.Parallel()
	w := newWorld(t, everything)
	ada, ben := w.made(t, bound("1", "ada@example.com")), w.made(t, bound("2", "ben@example.com"))
	_, err := w.SetRole(t.Context(), convoke.Operator(w.id), ada.Email, convoke.AccountOwner)
	check(t, err)
	roleOf := func(u convoke.User, want convoke.AccountRole) {
		t.Helper()
		if got := w.user(t, u.ID).Role; got != want {
			t.Errorf("%s is %q, want %q", u.Email, got.Name(), want.Name())
		}
	}

	_, _, err = w.AssignRole(t.Context(), w.app, "1", []string{ben.Email, ada.Email})
	wantCode(t, err, convoke.CodeRoleFixed)
	_, _, err = w.AssignRole(t.Context(), w.app, "1", []string{ben.Email, "nobody@example.com"})
	wantCode(t, err, convoke.CodeUserNotFound)
	_, _, err = w.AssignRole(t.Context(), w.app, "1", slices.Repeat([]string{ben.Email}, provision.MaxAssigned+1))
	wantCode(t, err, convoke.CodeInvalidField)
	roleOf(ben, convoke.AccountMember)
	wantCode(t, w.UnassignRole(t.Context(), w.app, "1", ada.Email), convoke.CodeRoleMemberNotFound)
	for id, code := range map[string]convoke.Code{"0": convoke.CodeRoleFixed, "2": convoke.CodeRoleFixed, "3": convoke.CodeRoleNotFound} {
		_, _, err = w.AssignRole(t.Context(), w.app, id, []string{ben.Email})
		wantCode(t, err, code)
		wantCode(t, w.UnassignRole(t.Context(), w.app, id, ada.Email), code)
	}
	roleOf(ada, convoke.AccountOwner)

	users, _, err := w.AssignRole(t.Context(), w.app, "1", []string{ben.Email, string(ben.ID)})
	check(t, err)
	if len(users) != 1 || users[0].ID != ben.ID || users[0].Role != convoke.AccountAdmin {
		t.Errorf("made admins of %+v", users)
	}
	roleOf(ben, convoke.AccountAdmin)
	check(t, w.UnassignRole(t.Context(), w.app, "1", ben.Email))
	roleOf(ben, convoke.AccountMember)
	events := w.events(t, convoke.EventUserUpdated)
	if len(events) != 3 || !strings.Contains(string(events[2].Payload), `"role":"2"`) {
		t.Errorf("the events are %+v", events)
	}
	person := convoke.Principal{Kind: convoke.UserCaller, AccountID: w.id, UserID: ben.ID}
	_, _, err = w.AssignRole(t.Context(), person, "1", []string{"me"})
	wantCode(t, err, convoke.CodeNotOperator)
	_, _, err = w.AssignRole(t.Context(), w.newAccount(t, everything).app, "1", []string{string(ben.ID)})
	wantCode(t, err, convoke.CodeUserNotFound)
	roleOf(ben, convoke.AccountMember)
}

func TestMembersOfARoleAreListedWhateverTheirStatus(t *testing.T) {
	t.Parallel()
	w := newWorld(t, everything)
	for i := range 6 {
		u := w.made(t, bound(fmt.Sprint(i), ""))
		if i%2 == 0 {
			check(t, w.SetStatus(t.Context(), w.app, string(u.ID), false))
		}
		if i < 4 {
			_, _, err := w.AssignRole(t.Context(), w.app, "1", []string{string(u.ID)})
			check(t, err)
		}
	}
	for _, want := range []struct {
		id    string
		total int64
	}{{"0", 0}, {"1", 4}, {"2", 2}} {
		role, err := w.Role(t.Context(), w.app, want.id)
		check(t, err)
		seen, query := map[convoke.UserID]bool{}, provision.PageQuery{Size: 1}
		for {
			page, err := w.RoleMembers(t.Context(), w.app, want.id, query)
			check(t, err)
			if page.Total != want.total || role.Members != want.total {
				t.Errorf("role %s has %d members in the list and %d alone, want %d", want.id, page.Total, role.Members, want.total)
			}
			for _, u := range page.Members {
				if u.Role.ID() != want.id || seen[u.ID] {
					t.Errorf("%s, of role %s, is listed twice or wrongly in role %s", u.ID, u.Role.ID(), want.id)
				}
				seen[u.ID] = true
			}
			if query.Token = page.Next; query.Token == "" {
				break
			}
		}
		if int64(len(seen)) != want.total {
			t.Errorf("role %s lists %d, want %d", want.id, len(seen), want.total)
		}
	}
}
