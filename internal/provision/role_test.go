// SPDX-License-Identifier: Apache-2.0

package provision_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/convoke/convoke/internal/convoke"
	"github.com/convoke/convoke/internal/provision"
)

func TestTheOwnerIsHandedOver(t *testing.T) {
	t.Parallel()
	w := newWorld(t, everything)
	ada, ben := w.made(t, bound("1", "ada@example.com")), w.made(t, bound("2", "ben@example.com"))
	operator := convoke.Operator(w.id)
	for _, u := range []convoke.User{ada, ben, ben} {
		got, err := w.SetRole(t.Context(), operator, u.Email, convoke.AccountOwner)
		check(t, err)
		if got.Role != convoke.AccountOwner || w.user(t, u.ID).Role != convoke.AccountOwner {
			t.Errorf("%s is %q, and stored as %q", u.Email, got.Role.Name(), w.user(t, u.ID).Role.Name())
		}
	}
	if got := w.user(t, ada.ID).Role; got != convoke.AccountAdmin {
		t.Errorf("the former owner is %q, want an admin", got.Name())
	}
	events := w.events(t, convoke.EventUserUpdated)
	if len(events) != 3 || !strings.Contains(string(events[1].Payload), `"role":"1"`) || !strings.Contains(string(events[2].Payload), `"role":"0"`) {
		t.Errorf("the events are %+v", events)
	}
	before := w.picture(t)
	_, err := w.SetRole(t.Context(), operator, "nobody", convoke.AccountAdmin)
	wantCode(t, err, convoke.CodeUserNotFound)
	_, err = w.SetRole(t.Context(), operator, string(w.pending(t, "carl@example.com").ID), convoke.AccountOwner)
	wantCode(t, err, convoke.CodeUserInactive)
	_, err = w.SetRole(t.Context(), w.app, string(ada.ID), convoke.AccountOwner)
	wantCode(t, err, convoke.CodeNotOperator)
	_, err = w.SetRole(t.Context(), convoke.Principal{Kind: convoke.UserCaller, AccountID: w.id, UserID: ben.ID}, "me", convoke.AccountAdmin)
	wantCode(t, err, convoke.CodeNotOperator)
	_, err = w.SetRole(t.Context(), convoke.Operator(w.newAccount(t, everything).id), string(ada.ID), convoke.AccountAdmin)
	wantCode(t, err, convoke.CodeUserNotFound)
	for _, u := range before.users {
		if got := w.user(t, u.ID); got.Role != u.Role {
			t.Errorf("%s became %q", u.Email, got.Role.Name())
		}
	}
}

func TestOneOwnerRemainsOfManyAtOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t, partner)
	users := make([]convoke.User, 8)
	for i := range users {
		users[i] = w.made(t, bound(fmt.Sprint(i), ""))
	}
	parallel(len(users), func(i int) {
		if _, err := w.SetRole(t.Context(), convoke.Operator(w.id), string(users[i].ID), convoke.AccountOwner); err != nil {
			wantCode(t, err, convoke.CodeOwnerTaken)
		}
	})
	page, err := w.Users(t.Context(), w.app, provision.UserList{Role: new(convoke.AccountOwner)})
	check(t, err)
	if len(page.Users) != 1 || page.Total != 1 {
		t.Errorf("%d owners, counted as %d", len(page.Users), page.Total)
	}
}

func TestUsersAreListedByRole(t *testing.T) {
	t.Parallel()
	w := newWorld(t, partner)
	for i := range 7 {
		u := w.made(t, bound(fmt.Sprint(i), ""))
		if i < 3 {
			_, err := w.SetRole(t.Context(), convoke.Operator(w.id), string(u.ID), []convoke.AccountRole{convoke.AccountAdmin, convoke.AccountAdmin, convoke.AccountOwner}[i])
			check(t, err)
		}
	}
	for role, want := range map[convoke.AccountRole]int{convoke.AccountOwner: 1, convoke.AccountAdmin: 2, convoke.AccountMember: 4} {
		list, got := provision.UserList{Role: &role, Size: 1}, 0
		for {
			page, err := w.Users(t.Context(), w.app, list)
			check(t, err)
			if page.Total != int64(want) {
				t.Errorf("%s: a total of %d, want %d", role.Name(), page.Total, want)
			}
			for _, u := range page.Users {
				if got++; u.Role != role {
					t.Errorf("%q among those who are %q", u.Role.Name(), role.Name())
				}
			}
			if list.Token = page.Next; list.Token == "" {
				break
			}
			_, err = w.Users(t.Context(), w.app, provision.UserList{Size: 1, Token: page.Next})
			wantCode(t, err, convoke.CodeInvalidPageToken) // of another list
		}
		if got != want {
			t.Errorf("%d are %q, want %d", got, role.Name(), want)
		}
	}
}
