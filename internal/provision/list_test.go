// SPDX-License-Identifier: Apache-2.0

package provision_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/convoke/convoke/internal/convoke"
	"github.com/convoke/convoke/internal/provision"
)

func TestUsersAreListedPageAfterPage(t *testing.T) {
	t.Parallel()
	w := newWorld(t, partner)
	var all []convoke.UserID
	for i := range 7 {
		all = append(all, w.made(t, bound(fmt.Sprint(i), "")).ID)
	}
	off := w.made(t, bound("off", ""))
	check(t, w.SetStatus(t.Context(), w.app, string(off.ID), false))
	w.pending(t, "pending@example.com")
	var listed []convoke.UserID
	pages := 0
	for list := (provision.UserList{Size: 3}); ; pages++ {
		page, err := w.Users(t.Context(), w.app, list)
		check(t, err)
		if page.Total != 7 {
			t.Errorf("page %d says that there are %d, want 7", pages, page.Total)
		}
		for _, u := range page.Users {
			listed = append(listed, u.ID)
		}
		if page.Next == "" {
			break
		}
		if len(page.Users) != 3 {
			t.Errorf("page %d has %d users, want 3", pages, len(page.Users))
		}
		list.Token = page.Next
	}
	if !slices.Equal(listed, all) || pages != 2 {
		t.Errorf("%d pages listed %v, want %v", pages+1, listed, all)
	}
	exact, err := w.Users(t.Context(), w.app, provision.UserList{Size: 7})
	check(t, err)
	if exact.Next != "" || len(exact.Users) != 7 {
		t.Errorf("a page of exactly all has %d users and the token %q", len(exact.Users), exact.Next)
	}
	for status, want := range map[convoke.Status]int{convoke.StatusInactive: 1, convoke.StatusPending: 1, "": 7} {
		page, err := w.Users(t.Context(), w.app, provision.UserList{Status: status})
		check(t, err)
		if len(page.Users) != want || page.Total != int64(want) {
			t.Errorf("status %q: %d of %d users, want %d", status, len(page.Users), page.Total, want)
		}
	}
}

func TestBindingsAreListedInTheOrderOfTheirBytes(t *testing.T) {
	t.Parallel()
	w := newWorld(t, partner)
	ids := []string{"b", "a", "B", "é", "10", "9", "a b", "\x01", "日"}
	for _, id := range ids {
		w.made(t, bound(id, ""))
	}
	slices.Sort(ids)
	var listed []string
	for token := ""; ; {
		page, err := w.Bindings(t.Context(), w.app, 2, token)
		check(t, err)
		for _, b := range page.Bindings {
			listed = append(listed, b.ExternalID)
		}
		if token = page.Next; token == "" {
			break
		}
	}
	if !slices.Equal(listed, ids) {
		t.Errorf("listed %q, want %q", listed, ids)
	}
}

func TestAPageTokenIsGoodForItsOwnListAndTime(t *testing.T) {
	t.Parallel()
	w := newWorld(t, partner)
	abroad := w.newAccount(t, partner)
	for i := range 3 {
		w.made(t, bound(fmt.Sprint(i), ""))
		abroad.made(t, bound(fmt.Sprint(i), ""))
	}
	usersPage, err := w.Users(t.Context(), w.app, provision.UserList{Size: 1})
	check(t, err)
	bindingsPage, err := w.Bindings(t.Context(), w.app, 1, "")
	check(t, err)
	users, bindings := usersPage.Next, bindingsPage.Next
	flipped := []byte(users)
	flipped[len(flipped)/2] ^= 1
	listUsers := func(p convoke.Principal, status convoke.Status, token string) error {
		_, err := w.Users(t.Context(), p, provision.UserList{Status: status, Size: 1, Token: token})
		return err
	}
	listBindings := func(p convoke.Principal, token string) error {
		_, err := w.Bindings(t.Context(), p, 1, token)
		return err
	}
	w.clock.advance(convoke.PageTokenLife)
	check(t, listUsers(w.app, "", users))
	check(t, listBindings(w.app, bindings))
	for name, err := range map[string]error{
		"of the other list":   listUsers(w.app, "", bindings),
		"of the users":        listBindings(w.app, users),
		"of another status":   listUsers(w.app, convoke.StatusPending, users),
		"of another account":  listUsers(abroad.app, "", users),
		"another's bindings":  listBindings(abroad.app, bindings),
		"changed":             listUsers(w.app, "", string(flipped)),
		"not ours":            listUsers(w.app, "", "bm90IG91cnM"),
		"not base64":          listUsers(w.app, "", "%%%"),
		"a user id in itself": listUsers(w.app, "", string(usersPage.Users[0].ID)),
	} {
		if !convoke.HasCode(err, convoke.CodeInvalidPageToken) {
			t.Errorf("a token %s: %v", name, err)
		}
	}
	w.clock.advance(time.Second)
	wantCode(t, listUsers(w.app, "", users), convoke.CodeInvalidPageToken)
	wantCode(t, listBindings(w.app, bindings), convoke.CodeInvalidPageToken)
}

func TestAPageStaysRightWhileUsersComeAndGo(t *testing.T) {
	t.Parallel()
	w := newWorld(t, partner)
	for i := range 6 {
		w.made(t, bound(fmt.Sprint(i), ""))
	}
	first, err := w.Users(t.Context(), w.app, provision.UserList{Size: 3})
	check(t, err)
	check(t, w.Remove(t.Context(), w.app, string(first.Users[2].ID), convoke.Delete)) // the very one the token names
	w.made(t, bound("new", ""))
	seen := map[convoke.UserID]bool{}
	for token := first.Next; token != ""; {
		page, err := w.Users(t.Context(), w.app, provision.UserList{Size: 3, Token: token})
		check(t, err)
		for _, u := range page.Users {
			if seen[u.ID] || slices.ContainsFunc(first.Users, func(former convoke.User) bool { return former.ID == u.ID }) {
				t.Errorf("%s is listed twice", u.ID)
			}
			seen[u.ID] = true
		}
		token = page.Next
	}
	if len(seen) < 3 {
		t.Errorf("the second page has %d users, want the three that were there", len(seen))
	}
}

func TestPageSizes(t *testing.T) {
	t.Parallel()
	w := newWorld(t, partner)
	for i := range provision.DefaultPageSize + 1 {
		w.made(t, bound(fmt.Sprint(i), ""))
	}
	page, err := w.Users(t.Context(), w.app, provision.UserList{})
	check(t, err)
	bindings, err := w.Bindings(t.Context(), w.app, 0, "")
	check(t, err)
	if len(page.Users) != provision.DefaultPageSize || len(bindings.Bindings) != provision.DefaultPageSize {
		t.Errorf("without a size: %d users, %d bindings", len(page.Users), len(bindings.Bindings))
	}
	for _, size := range []int{-1, provision.MaxPageSize + 1} {
		_, err := w.Users(t.Context(), w.app, provision.UserList{Size: size})
		wantCode(t, err, convoke.CodeInvalidField)
		_, err = w.Bindings(t.Context(), w.app, size, "")
		wantCode(t, err, convoke.CodeInvalidField)
	}
	all, err := w.Bindings(t.Context(), w.app, provision.MaxPageSize, "")
	check(t, err)
	if len(all.Bindings) != provision.DefaultPageSize+1 || all.Next != "" {
		t.Errorf("the largest page has %d bindings and the token %q", len(all.Bindings), all.Next)
	}
}
