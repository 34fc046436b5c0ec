// SPDX-License-Identifier: Apache-2.0

package provision_test

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"

	"github.com/convoke/convoke/internal/convoke"
	"github.com/convoke/convoke/internal/provision"
	"github.com/convoke/convoke/internal/store"
	"github.com/convoke/convoke/internal/store/storetest"
)

// sso grants what a directory needs, in the default provisioning mode.
var sso = convoke.AccountChange{SSO: new(true)}

// entryCalls is every method for a directory, with the scopes that allow it.
var entryCalls = []struct {
	call
	scopes []string
}{
	{call{"CreateEntry", convoke.RightCreateEntry, func(ctx context.Context, w *world, p convoke.Principal, _ convoke.User) error {
		_, err := w.CreateEntry(ctx, p, convoke.Request{Email: "new@example.com"})
		return err
	}}, []string{"scim2", "scim2:admin"}},
	{call{"Entry", convoke.RightReadEntry, func(ctx context.Context, w *world, p convoke.Principal, u convoke.User) error {
		_, err := w.Entry(ctx, p, u.ID)
		return err
	}}, []string{"scim2", "scim2:admin", "user:read:user:admin"}},
	{call{"ManagerAddress", convoke.RightReadEntry, func(ctx context.Context, w *world, p convoke.Principal, u convoke.User) error {
		_, _, err := w.ManagerAddress(ctx, p, string(u.ID))
		return err
	}}, []string{"scim2", "scim2:admin", "user:read:user:admin"}},
	{call{"ManagerNamed", convoke.RightReadEntry, func(ctx context.Context, w *world, p convoke.Principal, u convoke.User) error {
		_, err := w.ManagerNamed(ctx, p, u.Email)
		return err
	}}, []string{"scim2", "scim2:admin", "user:read:user:admin"}},
	{call{"EntryGroups", convoke.RightReadEntry, func(ctx context.Context, w *world, p convoke.Principal, u convoke.User) error {
		_, err := w.EntryGroups(ctx, p, u.ID)
		return err
	}}, []string{"scim2", "scim2:admin", "user:read:user:admin"}},
	{call{"Entries", convoke.RightListEntries, func(ctx context.Context, w *world, p convoke.Principal, _ convoke.User) error {
		_, err := w.Entries(ctx, p, provision.EntryList{Count: 1})
		return err
	}}, []string{"scim2", "scim2:admin", "user:read:list_users:admin"}},
	{call{"ScanEntries", convoke.RightListEntries, func(ctx context.Context, w *world, p convoke.Principal, _ convoke.User) error {
		_, err := w.ScanEntries(ctx, p)
		return err
	}}, []string{"scim2", "scim2:admin", "user:read:list_users:admin"}},
	{call{"EntryByEmail", convoke.RightListEntries, func(ctx context.Context, w *world, p convoke.Principal, u convoke.User) error {
		_, err := w.EntryByEmail(ctx, p, u.Email)
		return err
	}}, []string{"scim2", "scim2:admin", "user:read:list_users:admin"}},
	{call{"EntryByExternalID", convoke.RightListEntries, func(ctx context.Context, w *world, p convoke.Principal, _ convoke.User) error {
		_, err := w.EntryByExternalID(ctx, p, "42")
		return err
	}}, []string{"scim2", "scim2:admin", "user:read:list_users:admin"}},
	{call{"EntryByID", convoke.RightListEntries, func(ctx context.Context, w *world, p convoke.Principal, u convoke.User) error {
		_, err := w.EntryByID(ctx, p, u.ID)
		return err
	}}, []string{"scim2", "scim2:admin", "user:read:list_users:admin"}},
	{call{"ChangeEntry", convoke.RightUpdateEntry, func(ctx context.Context, w *world, p convoke.Principal, u convoke.User) error {
		_, err := w.ChangeEntry(ctx, p, u.ID, rename("New"))
		return err
	}}, []string{"scim2", "scim2:admin", "user:update:user:admin"}},
	{call{"RemoveEntry", convoke.RightDeleteEntry, func(ctx context.Context, w *world, p convoke.Principal, u convoke.User) error {
		return w.RemoveEntry(ctx, p, u.ID, anyEntry)
	}}, []string{"scim2", "scim2:admin", "user:delete:user:admin"}},
}

func anyEntry(convoke.Entry) error { return nil }

func rename(first string) func(convoke.Entry) (convoke.EntryPatch, error) {
	return func(convoke.Entry) (convoke.EntryPatch, error) {
		return convoke.EntryPatch{User: convoke.UserPatch{FirstName: &first}}, nil
	}
}

// entry makes a user for the directory.
func (w *world) entry(t testing.TB, email, key string) convoke.User {
	t.Helper()
	entry, err := w.CreateEntry(t.Context(), w.app, convoke.Request{Email: email, ExternalID: key})
	check(t, err)
	return entry.User
}

func TestADirectoryNeedsItsScopesAndSingleSignOn(t *testing.T) {
	t.Parallel()
	for _, c := range entryCalls {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, sso)
			user := w.entry(t, "ada@example.com", "42")
			before := w.picture(t)
			lacking := w.app
			lacking.Scopes = slices.DeleteFunc(convoke.KnownScopes(), func(s string) bool { return s == string(c.right) || slices.Contains(c.scopes, s) })
			wantCode(t, c.do(t.Context(), w, lacking, user), convoke.CodeScopeMissing)
			wantCode(t, c.do(t.Context(), w, convoke.Principal{AccountID: w.id}, user), convoke.CodeNotOperator)
			_, err := w.SetAccount(t.Context(), convoke.Operator(""), w.id, convoke.AccountChange{SSO: new(false)})
			check(t, err)
			wantCode(t, c.do(t.Context(), w, w.app, user), convoke.CodeSSONotSetUp)
			_, err = w.SetAccount(t.Context(), convoke.Operator(""), w.id, sso)
			check(t, err)
			w.unchanged(t, before)
			sufficient := w.app
			sufficient.Scopes = c.scopes[len(c.scopes)-1:]
			check(t, c.do(t.Context(), w, sufficient, user))
		})
	}
}

func TestADirectorySeesNobodyOfAnotherAccount(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sso)
	abroad := w.newAccount(t, sso)
	user := w.entry(t, "ada@example.com", "42")
	group, err := w.CreateGroup(t.Context(), w.app, convoke.GroupPatch{Name: new("Ours")})
	check(t, err)
	_, _, err = w.AddMembers(t.Context(), w.app, group.ID, []string{string(user.ID)})
	check(t, err)
	before := w.picture(t)
	_, err = w.Entry(t.Context(), abroad.app, user.ID)
	wantCode(t, err, convoke.CodeUserNotFound)
	_, err = w.ChangeEntry(t.Context(), abroad.app, user.ID, rename("Mallory"))
	wantCode(t, err, convoke.CodeUserNotFound)
	wantCode(t, w.RemoveEntry(t.Context(), abroad.app, user.ID, anyEntry), convoke.CodeUserNotFound)
	all, err := w.ScanEntries(t.Context(), abroad.app)
	check(t, err)
	page, err := w.Entries(t.Context(), abroad.app, provision.EntryList{Start: 1, Count: 10})
	check(t, err)
	byEmail, err := w.EntryByEmail(t.Context(), abroad.app, user.Email)
	check(t, err)
	byKey, err := w.EntryByExternalID(t.Context(), abroad.app, "42")
	check(t, err)
	byID, err := w.EntryByID(t.Context(), abroad.app, user.ID)
	check(t, err)
	if groups, err := w.EntryGroups(t.Context(), abroad.app, user.ID); err != nil || len(groups) != 0 {
		t.Errorf("groups seen from abroad: %+v, %v", groups, err)
	}
	if found := slices.Concat(all, page.Entries, byEmail, byKey, byID); len(found) != 0 || page.Total != 0 {
		t.Errorf("seen from abroad: %+v", found)
	}
	w.unchanged(t, before)
}

func TestADirectoryMakesUsersInEitherMode(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sso)
	_, err := w.AddDomain(t.Context(), convoke.Operator(w.id), "example.com", true)
	check(t, err)
	for _, mode := range []convoke.Provisioning{convoke.AtSignIn, convoke.PriorToSignIn} {
		_, err := w.SetAccount(t.Context(), convoke.Operator(""), w.id, convoke.AccountChange{Provisioning: &mode})
		check(t, err)
		user := w.entry(t, string(mode)+"@example.com", string(mode))
		if user.Action != convoke.ActionSSOCreate || user.Status != convoke.StatusActive {
			t.Errorf("in the mode %s the user is %+v", mode, user)
		}
	}
	_, err = w.CreateEntry(t.Context(), w.app, convoke.Request{Email: "other@example.com", ExternalID: string(convoke.AtSignIn)})
	wantCode(t, err, convoke.CodeBoundElsewhere)
	_, err = w.CreateEntry(t.Context(), w.app, convoke.Request{Email: "AT_sign_in@example.com"})
	wantCode(t, err, convoke.CodeEmailTaken)
}

func TestChangesOfAnEntryAtTheSameTimeAreAllKept(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sso)
	user := w.entry(t, "ada@example.com", "42")
	var group sync.WaitGroup
	for i := range 4 {
		group.Go(func() {
			_, err := w.ChangeEntry(context.Background(), w.app, user.ID, func(e convoke.Entry) (convoke.EntryPatch, error) {
				return convoke.EntryPatch{User: convoke.UserPatch{FirstName: new(e.User.FirstName + fmt.Sprint(i))}}, nil
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	if name := w.user(t, user.ID).FirstName; len(name) != 4 {
		t.Errorf("of four additions to the name %q came about", name)
	}
}

func TestADirectoryKeepsOutWhoNeverCame(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sso)
	user := w.entry(t, "ada@elsewhere.example", "42")
	switched := func(active bool) convoke.User {
		entry, err := w.ChangeEntry(t.Context(), w.app, user.ID, func(convoke.Entry) (convoke.EntryPatch, error) {
			return convoke.EntryPatch{Active: &active}, nil
		})
		check(t, err)
		if entry.Active() != active {
			t.Errorf("switched to %v, the entry is %+v", active, entry)
		}
		return entry.User
	}
	code := w.code(t, user.ID)
	switched(false)
	_, err := w.Activate(t.Context(), "", code, "")
	wantCode(t, err, convoke.CodeInvitationRevoked)
	switched(true)
	if u, err := w.Activate(t.Context(), "", w.code(t, user.ID), ""); err != nil || u.Status != convoke.StatusActive {
		t.Errorf("after the new invitation: %+v, %v", u, err)
	}
}

// A directory renames who leaves, and puts them out, in one change.
func TestWhoIsRenamedAndPutOutIsNotInvited(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sso)
	user := w.entry(t, "ada@elsewhere.example", "42")
	code, invited := w.code(t, user.ID), len(w.events(t, convoke.EventUserInvited))
	entry, err := w.ChangeEntry(t.Context(), w.app, user.ID, func(convoke.Entry) (convoke.EntryPatch, error) {
		return convoke.EntryPatch{Email: "gone@elsewhere.example", Active: new(false)}, nil
	})
	check(t, err)
	if entry.Active() || entry.User.Email != "gone@elsewhere.example" || len(w.events(t, convoke.EventUserInvited)) != invited {
		t.Errorf("the entry is %+v, with %d invitations", entry, len(w.events(t, convoke.EventUserInvited)))
	}
	_, err = w.Activate(t.Context(), "", code, "")
	wantCode(t, err, convoke.CodeInvitationRevoked)
}

// An invitation goes to somebody's mailbox, whatever made it.
func TestRenamingInvitesNobodyAllDay(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sso)
	user := w.entry(t, "ada@elsewhere.example", "42")
	rename := func(n int) error {
		_, err := w.ChangeEntry(t.Context(), w.app, user.ID, func(convoke.Entry) (convoke.EntryPatch, error) {
			return convoke.EntryPatch{Email: fmt.Sprintf("ada%d@elsewhere.example", n)}, nil
		})
		return err
	}
	for n := range convoke.MaxInvitations {
		check(t, rename(n))
	}
	wantCode(t, rename(convoke.MaxInvitations), convoke.CodeRateInvites)

	invites := &oneInvite{left: 1}
	w.limitInvites(invites)
	other := w.entry(t, "bob@elsewhere.example", "43")
	user = other
	wantCode(t, rename(100), convoke.CodeRateInvites)
	if got := w.user(t, other.ID).Email; got != other.Email {
		t.Errorf("the refused change made it %s", got)
	}
}

func TestAnEntryTakesAnotherKey(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sso)
	user, other := w.entry(t, "ada@example.com", "42"), w.entry(t, "bea@example.com", "")
	rekey := func(id convoke.UserID, key string) error {
		_, err := w.ChangeEntry(t.Context(), w.app, id, func(convoke.Entry) (convoke.EntryPatch, error) {
			return convoke.EntryPatch{ExternalID: &key}, nil
		})
		return err
	}
	wantCode(t, rekey(other.ID, "42"), convoke.CodeBoundElsewhere)
	check(t, rekey(user.ID, "43"))
	check(t, rekey(other.ID, "42"))
	check(t, rekey(user.ID, ""))
	for key, want := range map[string]convoke.UserID{"42": other.ID, "43": ""} {
		found, err := w.EntryByExternalID(t.Context(), w.app, key)
		check(t, err)
		var got convoke.UserID
		if len(found) == 1 {
			got = found[0].User.ID
		}
		if got != want {
			t.Errorf("the key %s leads to %q, want %q", key, got, want)
		}
	}
}

func TestPagesByNumberGoOnWhereTheLastOneEnded(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sso)
	var want, got []convoke.UserID
	for i := range 23 {
		want = append(want, w.entry(t, fmt.Sprintf("user%d@example.com", i), "").ID)
	}
	for start := int64(1); ; {
		page, err := w.Entries(t.Context(), w.app, provision.EntryList{Start: start, Count: 5})
		check(t, err)
		for _, e := range page.Entries {
			got = append(got, e.User.ID)
		}
		if page.Next == "" {
			break
		}
		start += 5
		check(t, w.Remove(t.Context(), w.app, string(page.Entries[0].User.ID), convoke.Delete)) // nobody is skipped for it
	}
	if !slices.Equal(got, want) {
		t.Errorf("listed %d, want %d in their order", len(got), len(want))
	}
	fresh := w.app
	fresh.ClientID = "another-reader-0000000"
	page, err := w.Entries(t.Context(), fresh, provision.EntryList{Start: 7, Count: 2})
	check(t, err)
	if len(page.Entries) != 2 || page.Entries[0].User.ID != w.list(t)[6] || page.Total != 19 {
		t.Errorf("who begins in the middle gets %+v", page)
	}
}

// list is every entry's id, by cursor.
func (w *world) list(t *testing.T) []convoke.UserID {
	t.Helper()
	var ids []convoke.UserID
	for cursor := ""; ; {
		page, err := w.Entries(t.Context(), w.app, provision.EntryList{Cursor: cursor, Count: 4})
		check(t, err)
		for _, e := range page.Entries {
			ids = append(ids, e.User.ID)
		}
		if cursor = page.Next; cursor == "" {
			return ids
		}
	}
}

// crowded is a store that counts more users than a scan may read.
type crowded struct{ *store.DB }

func (crowded) Tally(context.Context, convoke.AccountID) (convoke.Seats, convoke.Census, error) {
	return convoke.Seats{}, convoke.Census{Active: provision.MaxScan, Pending: provision.MaxScan}, nil
}

func TestNoScanOfACrowd(t *testing.T) {
	t.Parallel()
	w := newWorldOn(t, storetest.SQLite(t), sso)
	w.Service = provision.New(provision.Config{Store: crowded{w.db}, Accounts: w.db, Directory: w.db, Now: w.clock.Now, PageKey: make([]byte, 32)})
	_, err := w.ScanEntries(t.Context(), w.app)
	wantCode(t, err, convoke.CodeTooManyEntries)
	_, err = w.Entries(t.Context(), w.app, provision.EntryList{Start: provision.MaxScan + 2, Count: 1})
	wantCode(t, err, convoke.CodeTooManyEntries)
	_, err = w.Entries(t.Context(), w.app, provision.EntryList{Start: provision.MaxScan + 1, Count: 1})
	check(t, err)
}
