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

func (w *world) newGroup(t *testing.T, name string) convoke.Group {
	t.Helper()
	group, err := w.CreateGroup(t.Context(), w.app, convoke.GroupPatch{Name: &name})
	check(t, err)
	return group
}

// members reads the whole of a group in pages of two.
func (w *world) members(t *testing.T, id convoke.GroupID) (emails []string) {
	t.Helper()
	q := provision.PageQuery{Size: 2}
	for {
		page, err := w.Members(t.Context(), w.app, id, q)
		check(t, err)
		for _, u := range page.Members {
			emails = append(emails, u.Email)
		}
		if q.Token = page.Next; q.Token == "" {
			slices.Sort(emails)
			if page.Group.Members != int64(len(emails)) {
				t.Errorf("the group counts %d members and has %d", page.Group.Members, len(emails))
			}
			return emails
		}
	}
}

func TestAGroupsLife(t *testing.T) {
	t.Parallel()
	w := newWorld(t, partner)
	group, err := w.CreateGroup(t.Context(), w.app, convoke.GroupPatch{
		Name: new("  Sales "), Alias: new("sales@example.com"), ExternalID: new("e1"),
	})
	check(t, err)
	if group.Name != "Sales" || group.Members != 0 || group.ID == "" {
		t.Fatalf("made %+v", group)
	}
	_, err = w.CreateGroup(t.Context(), w.app, convoke.GroupPatch{Name: new("SALES")})
	wantCode(t, err, convoke.CodeGroupTaken)
	_, err = w.CreateGroup(t.Context(), w.app, convoke.GroupPatch{Name: new("Other"), Alias: new("Sales@example.com")})
	wantCode(t, err, convoke.CodeGroupTaken)
	_, err = w.CreateGroup(t.Context(), w.app, convoke.GroupPatch{Name: new("Other"), ExternalID: new("e1")})
	wantCode(t, err, convoke.CodeGroupTaken)
	for _, bad := range []convoke.GroupPatch{{}, {Name: new(" ")}, {Name: new("a\x00")}, {Name: new(strings.Repeat("x", 256))}, {Name: new("A"), ExternalID: new("\xff")}} {
		_, err = w.CreateGroup(t.Context(), w.app, bad)
		wantCode(t, err, convoke.CodeInvalidField)
	}
	_, err = w.CreateGroup(t.Context(), w.app, convoke.GroupPatch{Name: new("A"), Alias: new("nobody")})
	wantCode(t, err, convoke.CodeInvalidEmail)

	other := w.newGroup(t, "Support")
	_, err = w.UpdateGroup(t.Context(), w.app, other.ID, convoke.GroupPatch{Name: new("sales")})
	wantCode(t, err, convoke.CodeGroupTaken)
	renamed, err := w.UpdateGroup(t.Context(), w.app, group.ID, convoke.GroupPatch{Name: new("SALES"), ExternalID: new("")})
	check(t, err)
	if renamed.Name != "SALES" || renamed.Alias != "sales@example.com" || renamed.ExternalID != "" {
		t.Errorf("changed to %+v", renamed)
	}
	for _, key := range []convoke.GroupKey{{ID: group.ID}, {Name: "sales"}} {
		found, err := w.Group(t.Context(), w.app, key)
		check(t, err)
		if found != renamed {
			t.Errorf("%+v finds %+v", key, found)
		}
	}
	check(t, w.DeleteGroup(t.Context(), w.app, group.ID))
	wantCode(t, w.DeleteGroup(t.Context(), w.app, group.ID), convoke.CodeGroupNotFound)
	_, err = w.Group(t.Context(), w.app, convoke.GroupKey{ID: group.ID})
	wantCode(t, err, convoke.CodeGroupNotFound)
	w.newGroup(t, "Sales") // the name is free again
}

func TestMembersOfAGroup(t *testing.T) {
	t.Parallel()
	w := newWorld(t, partner)
	var refs []string
	for i := range 5 {
		w.made(t, bound(fmt.Sprint(i), fmt.Sprintf("u%d@example.com", i)))
		refs = append(refs, fmt.Sprintf("u%d@example.com", i))
	}
	group, target := w.newGroup(t, "One"), w.newGroup(t, "Two")
	_, _, err := w.AddMembers(t.Context(), w.app, group.ID, []string{refs[0], "nobody@example.com"})
	wantCode(t, err, convoke.CodeUserNotFound)
	added, _, err := w.AddMembers(t.Context(), w.app, group.ID, refs[:3])
	check(t, err)
	_, _, err = w.AddMembers(t.Context(), w.app, group.ID, refs[1:4]) // two of them are in it already
	check(t, err)
	if got := w.members(t, group.ID); len(added) != 3 || !slices.Equal(got, refs[:4]) {
		t.Errorf("added %d; the members are %v", len(added), got)
	}
	check(t, w.RemoveMember(t.Context(), w.app, group.ID, refs[0]))
	wantCode(t, w.RemoveMember(t.Context(), w.app, group.ID, refs[0]), convoke.CodeMemberNotFound)
	wantCode(t, w.RemoveMember(t.Context(), w.app, group.ID, "nobody@example.com"), convoke.CodeMemberNotFound)
	check(t, w.MoveMember(t.Context(), w.app, group.ID, target.ID, refs[1]))
	wantCode(t, w.MoveMember(t.Context(), w.app, group.ID, target.ID, refs[1]), convoke.CodeMemberNotFound)
	wantCode(t, w.MoveMember(t.Context(), w.app, group.ID, "nowhere", refs[2]), convoke.CodeGroupNotFound)
	if got := w.members(t, target.ID); !slices.Equal(got, refs[1:2]) {
		t.Errorf("moved to %v", got)
	}
	check(t, w.ReplaceMembers(t.Context(), w.app, group.ID, []string{refs[4], refs[2], refs[4]}))
	if got := w.members(t, group.ID); !slices.Equal(got, []string{refs[2], refs[4]}) {
		t.Errorf("replaced by %v", got)
	}
	check(t, w.Remove(t.Context(), w.app, refs[4], convoke.Delete))
	if got := w.members(t, group.ID); !slices.Equal(got, refs[2:3]) {
		t.Errorf("after a user was deleted: %v", got)
	}
	page, err := w.GroupsOf(t.Context(), w.app, refs[2], provision.PageQuery{})
	check(t, err)
	if len(page.Groups) != 1 || page.Groups[0].ID != group.ID {
		t.Errorf("the user is in %+v", page.Groups)
	}
	many := slices.Repeat(refs[:1], convoke.MaxGroupMembers+1)
	wantCode(t, w.RemoveMembers(t.Context(), w.app, group.ID, many), convoke.CodeInvalidField)
}

// The events tell what changed, and of nothing else.
func TestGroupsInTheLog(t *testing.T) {
	t.Parallel()
	w := newWorld(t, partner)
	ada := w.made(t, bound("1", "ada@example.com"))
	group := w.newGroup(t, "One")
	for range 2 { // the second time changes nothing
		_, _, err := w.AddMembers(t.Context(), w.app, group.ID, []string{"ada@example.com"})
		check(t, err)
		_, err = w.UpdateGroup(t.Context(), w.app, group.ID, convoke.GroupPatch{Name: new("Uno")})
		check(t, err)
	}
	check(t, w.RemoveMembers(t.Context(), w.app, group.ID, []string{"ada@example.com"}))
	check(t, w.RemoveMembers(t.Context(), w.app, group.ID, []string{"ada@example.com"}))
	check(t, w.DeleteGroup(t.Context(), w.app, group.ID))
	events, err := w.db.Events(t.Context(), w.id, 0, 100)
	check(t, err)
	var got []string
	for _, e := range events {
		if strings.HasPrefix(string(e.Name), "group.") {
			got = append(got, string(e.Name))
			if e.Subject() != string(group.ID) || e.Actor.ID != string(w.app.ClientID) {
				t.Errorf("%s is about %q, by %+v", e.Name, e.Subject(), e.Actor)
			}
			hasMember := strings.Contains(string(e.Payload), `"members":[{"id":"`+string(ada.ID)+`","email":"ada@example.com"}]`)
			if hasMember != strings.Contains(string(e.Name), "member") {
				t.Errorf("%s says %s", e.Name, e.Payload)
			}
		}
	}
	if want := []string{"group.created", "group.member_added", "group.updated", "group.member_deleted", "group.deleted"}; !slices.Equal(got, want) {
		t.Errorf("the log has %v", got)
	}
}

func TestAnotherAccountsGroupsAreNotThere(t *testing.T) {
	t.Parallel()
	w := newWorld(t, partner)
	abroad := w.newAccount(t, partner)
	ada := w.made(t, bound("1", "ada@example.com"))
	group := w.newGroup(t, "One")
	_, err := w.Group(t.Context(), abroad.app, convoke.GroupKey{ID: group.ID})
	wantCode(t, err, convoke.CodeGroupNotFound)
	_, err = w.UpdateGroup(t.Context(), abroad.app, group.ID, convoke.GroupPatch{Name: new("Theirs")})
	wantCode(t, err, convoke.CodeGroupNotFound)
	_, err = w.Members(t.Context(), abroad.app, group.ID, provision.PageQuery{})
	wantCode(t, err, convoke.CodeGroupNotFound)
	wantCode(t, w.DeleteGroup(t.Context(), abroad.app, group.ID), convoke.CodeGroupNotFound)
	theirs := abroad.newGroup(t, "One") // the same name, somebody else's
	_, _, err = w.AddMembers(t.Context(), abroad.app, theirs.ID, []string{string(ada.ID)})
	wantCode(t, err, convoke.CodeUserNotFound)
	page, err := w.Groups(t.Context(), abroad.app, provision.PageQuery{})
	check(t, err)
	if len(page.Groups) != 1 || page.Total != 1 || page.Groups[0].ID != theirs.ID {
		t.Errorf("listed %+v", page)
	}
}
