// SPDX-License-Identifier: Apache-2.0

package provision_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/convoke/convoke/internal/convoke"
	"github.com/convoke/convoke/internal/provision"
)

// call is one method of the service on one of the account's users.
type call struct {
	name  string
	right convoke.Right
	do    func(context.Context, *world, convoke.Principal, convoke.User) error
}

// calls is every method that takes a principal and a right.
var calls = []call{
	{"Ensure", convoke.RightCreateUser, func(ctx context.Context, w *world, p convoke.Principal, _ convoke.User) error {
		_, err := w.Ensure(ctx, p, bound("new", ""))
		return err
	}},
	{"Ensure of a user there", convoke.RightCreateUser, func(ctx context.Context, w *world, p convoke.Principal, _ convoke.User) error {
		_, err := w.Ensure(ctx, p, bound("42", ""))
		return err
	}},
	{"EnsureBatch", convoke.RightCreateUser, func(ctx context.Context, w *world, p convoke.Principal, _ convoke.User) error {
		_, err := w.EnsureBatch(ctx, p, []convoke.Request{bound("batch", "")})
		return err
	}},
	{"User", convoke.RightReadUser, func(ctx context.Context, w *world, p convoke.Principal, u convoke.User) error {
		_, err := w.User(ctx, p, string(u.ID))
		return err
	}},
	{"Users", convoke.RightListUsers, func(ctx context.Context, w *world, p convoke.Principal, _ convoke.User) error {
		_, err := w.Users(ctx, p, provision.UserList{})
		return err
	}},
	{"Update", convoke.RightUpdateUser, func(ctx context.Context, w *world, p convoke.Principal, u convoke.User) error {
		_, err := w.Update(ctx, p, string(u.ID), convoke.UserPatch{FirstName: new("New")})
		return err
	}},
	{"SetPicture", convoke.RightSetPicture, func(ctx context.Context, w *world, p convoke.Principal, u convoke.User) error {
		return w.SetPicture(ctx, p, string(u.ID), pngFile(8, 8))
	}},
	{"DeletePicture", convoke.RightSetPicture, func(ctx context.Context, w *world, p convoke.Principal, u convoke.User) error {
		return w.DeletePicture(ctx, p, string(u.ID))
	}},
	{"Binding", convoke.RightReadUser, func(ctx context.Context, w *world, p convoke.Principal, _ convoke.User) error {
		_, _, err := w.Binding(ctx, p, convoke.SourceApp, "42")
		return err
	}},
	{"Bindings", convoke.RightListUsers, func(ctx context.Context, w *world, p convoke.Principal, _ convoke.User) error {
		_, err := w.Bindings(ctx, p, 0, "")
		return err
	}},
	{"BindingsOf", convoke.RightReadUser, func(ctx context.Context, w *world, p convoke.Principal, u convoke.User) error {
		_, err := w.BindingsOf(ctx, p, u.ID)
		return err
	}},
	{"Capabilities", convoke.RightReadUser, func(ctx context.Context, w *world, p convoke.Principal, _ convoke.User) error {
		_, _, err := w.Capabilities(ctx, p)
		return err
	}},
	{"Seats", convoke.RightReadUser, func(ctx context.Context, w *world, p convoke.Principal, _ convoke.User) error {
		_, err := w.Seats(ctx, p)
		return err
	}},
	{"Census", convoke.RightReadUser, func(ctx context.Context, w *world, p convoke.Principal, _ convoke.User) error {
		_, err := w.Census(ctx, p)
		return err
	}},
	{"Invite", convoke.RightCreateUser, func(ctx context.Context, w *world, p convoke.Principal, _ convoke.User) error {
		_, err := w.Invite(ctx, p, "pending@example.com")
		return err
	}},
	{"RevokeInvitation", convoke.RightCreateUser, func(ctx context.Context, w *world, p convoke.Principal, _ convoke.User) error {
		_, err := w.RevokeInvitation(ctx, p, "pending@example.com")
		return err
	}},
	{"SetEmail", convoke.RightUpdateEmail, func(ctx context.Context, w *world, p convoke.Principal, u convoke.User) error {
		return w.SetEmail(ctx, p, string(u.ID), u.Email)
	}},
	{"SetPassword", convoke.RightSetPassword, func(ctx context.Context, w *world, p convoke.Principal, u convoke.User) error {
		err := w.SetPassword(ctx, p, string(u.ID), goodPassword)
		if convoke.HasCode(err, convoke.CodeNoPassword) { // of the rules, so the right was held
			return nil
		}
		return err
	}},
	{"RevokeTokens", convoke.RightRevokeTokens, func(ctx context.Context, w *world, p convoke.Principal, u convoke.User) error {
		return w.RevokeTokens(ctx, p, string(u.ID))
	}},
	{"EmailInUse", convoke.RightReadEmail, func(ctx context.Context, w *world, p convoke.Principal, u convoke.User) error {
		_, err := w.EmailInUse(ctx, p, u.Email)
		return err
	}},
	{"LinkInUse", convoke.RightReadLink, func(ctx context.Context, w *world, p convoke.Principal, _ convoke.User) error {
		_, err := w.LinkInUse(ctx, p, "ada.love")
		return err
	}},
	{"Summary", convoke.RightReadSummary, func(ctx context.Context, w *world, p convoke.Principal, _ convoke.User) error {
		_, err := w.Summary(ctx, p)
		return err
	}},
	{"Settings", convoke.RightReadSettings, func(ctx context.Context, w *world, p convoke.Principal, u convoke.User) error {
		_, err := w.Settings(ctx, p, string(u.ID))
		return err
	}},
	{"SetSettings", convoke.RightSetSettings, func(ctx context.Context, w *world, p convoke.Principal, u convoke.User) error {
		return w.SetSettings(ctx, p, string(u.ID), []byte(`{"in_meeting":{"waiting_room":true}}`))
	}},
	{"Permissions", convoke.RightPermissions, func(ctx context.Context, w *world, p convoke.Principal, u convoke.User) error {
		_, err := w.Permissions(ctx, p, string(u.ID))
		return err
	}},
	{"Assistants", convoke.RightListAssistants, func(ctx context.Context, w *world, p convoke.Principal, u convoke.User) error {
		_, err := w.Assistants(ctx, p, string(u.ID))
		return err
	}},
	{"AddAssistants", convoke.RightAddAssistant, func(ctx context.Context, w *world, p convoke.Principal, u convoke.User) error {
		_, _, err := w.AddAssistants(ctx, p, string(u.ID), []string{"pending@example.com"})
		return err
	}},
	{"Schedulers", convoke.RightListSchedulers, func(ctx context.Context, w *world, p convoke.Principal, u convoke.User) error {
		_, err := w.Schedulers(ctx, p, string(u.ID))
		return err
	}},
	{"RemoveAssistants", convoke.RightDropAssistant, func(ctx context.Context, w *world, p convoke.Principal, u convoke.User) error {
		return w.RemoveAssistants(ctx, p, string(u.ID), "")
	}},
	{"RemoveScheduler", convoke.RightDropScheduler, func(ctx context.Context, w *world, p convoke.Principal, u convoke.User) error {
		return w.RemoveScheduler(ctx, p, string(u.ID), "pending@example.com")
	}},
	{"RemoveSchedulers", convoke.RightDropScheduler, func(ctx context.Context, w *world, p convoke.Principal, u convoke.User) error {
		return w.RemoveSchedulers(ctx, p, string(u.ID))
	}},
	{"SetTypes", convoke.RightSetFeatures, func(ctx context.Context, w *world, p convoke.Principal, u convoke.User) error {
		_, err := w.SetTypes(ctx, p, []string{string(u.ID)}, convoke.TypeLicensed)
		return err
	}},
	{"AllRoles", convoke.RightListRoles, func(ctx context.Context, w *world, p convoke.Principal, _ convoke.User) error {
		_, err := w.AllRoles(ctx, p)
		return err
	}},
	{"Role", convoke.RightReadRole, func(ctx context.Context, w *world, p convoke.Principal, _ convoke.User) error {
		_, err := w.Role(ctx, p, "1")
		return err
	}},
	{"RoleMembers", convoke.RightListRoleMembers, func(ctx context.Context, w *world, p convoke.Principal, _ convoke.User) error {
		_, err := w.RoleMembers(ctx, p, "1", provision.PageQuery{})
		return err
	}},
	{"AssignRole", convoke.RightAssignRole, func(ctx context.Context, w *world, p convoke.Principal, u convoke.User) error {
		_, _, err := w.AssignRole(ctx, p, "1", []string{string(u.ID)})
		return err
	}},
	{"UnassignRole", convoke.RightUnassignRole, func(ctx context.Context, w *world, p convoke.Principal, u convoke.User) error {
		err := w.UnassignRole(ctx, p, "1", string(u.ID))
		if convoke.HasCode(err, convoke.CodeRoleMemberNotFound) { // of the rules, so the right was held
			return nil
		}
		return err
	}},
	{"SetStatus", convoke.RightUserStatus, func(ctx context.Context, w *world, p convoke.Principal, u convoke.User) error {
		return w.SetStatus(ctx, p, string(u.ID), false)
	}},
	{"Unbind", convoke.RightUpdateUser, func(ctx context.Context, w *world, p convoke.Principal, _ convoke.User) error {
		return w.Unbind(ctx, p, convoke.SourceApp, "42")
	}},
	{"CreateGroup", convoke.RightCreateGroup, func(ctx context.Context, w *world, p convoke.Principal, _ convoke.User) error {
		_, err := w.CreateGroup(ctx, p, convoke.GroupPatch{Name: new("Sales")})
		return err
	}},
	{"Group", convoke.RightReadGroup, func(ctx context.Context, w *world, p convoke.Principal, _ convoke.User) error {
		_, err := w.Group(ctx, p, convoke.GroupKey{Name: "Staff"})
		return err
	}},
	{"Groups", convoke.RightListGroups, func(ctx context.Context, w *world, p convoke.Principal, _ convoke.User) error {
		_, err := w.Groups(ctx, p, provision.PageQuery{})
		return err
	}},
	{"GroupsOf", convoke.RightReadUser, func(ctx context.Context, w *world, p convoke.Principal, u convoke.User) error {
		_, err := w.GroupsOf(ctx, p, string(u.ID), provision.PageQuery{})
		return err
	}},
	{"UpdateGroup", convoke.RightUpdateGroup, func(ctx context.Context, w *world, p convoke.Principal, _ convoke.User) error {
		_, err := w.UpdateGroup(ctx, p, w.staff(ctx), convoke.GroupPatch{Name: new("People")})
		return err
	}},
	{"Members", convoke.RightListMembers, func(ctx context.Context, w *world, p convoke.Principal, _ convoke.User) error {
		_, err := w.Members(ctx, p, w.staff(ctx), provision.PageQuery{})
		return err
	}},
	{"AddMembers", convoke.RightAddMember, func(ctx context.Context, w *world, p convoke.Principal, u convoke.User) error {
		_, _, err := w.AddMembers(ctx, p, w.staff(ctx), []string{string(u.ID)})
		return err
	}},
	{"RemoveMembers", convoke.RightDropMember, func(ctx context.Context, w *world, p convoke.Principal, u convoke.User) error {
		return w.RemoveMembers(ctx, p, w.staff(ctx), []string{string(u.ID)})
	}},
	{"RemoveMember", convoke.RightDropMember, func(ctx context.Context, w *world, p convoke.Principal, u convoke.User) error {
		err := w.RemoveMember(ctx, p, w.staff(ctx), string(u.ID))
		if convoke.HasCode(err, convoke.CodeMemberNotFound) { // of the rules, so the right was held
			return nil
		}
		return err
	}},
	{"MoveMember", convoke.RightMoveMember, func(ctx context.Context, w *world, p convoke.Principal, u convoke.User) error {
		err := w.MoveMember(ctx, p, w.staff(ctx), w.staff(ctx), string(u.ID))
		if convoke.HasCode(err, convoke.CodeMemberNotFound) {
			return nil
		}
		return err
	}},
	{"DeleteGroup", convoke.RightDeleteGroup, func(ctx context.Context, w *world, p convoke.Principal, _ convoke.User) error {
		return w.DeleteGroup(ctx, p, w.staff(ctx))
	}},
	{"Remove", convoke.RightDeleteUser, func(ctx context.Context, w *world, p convoke.Principal, u convoke.User) error {
		return w.Remove(ctx, p, string(u.ID), convoke.Delete)
	}},
	{"Domains", convoke.RightReadDomains, func(ctx context.Context, w *world, p convoke.Principal, _ convoke.User) error {
		_, err := w.Domains(ctx, p, "me")
		return err
	}},
	{"TrustedDomains", convoke.RightTrustedDomains, func(ctx context.Context, w *world, p convoke.Principal, _ convoke.User) error {
		_, err := w.TrustedDomains(ctx, p, "me")
		return err
	}},
	{"AddDomain", convoke.RightWriteDomains, func(ctx context.Context, w *world, p convoke.Principal, _ convoke.User) error {
		_, err := w.AddDomain(ctx, p, "example.org", false)
		return err
	}},
	{"SetDomain", convoke.RightWriteDomains, func(ctx context.Context, w *world, p convoke.Principal, _ convoke.User) error {
		_, err := w.SetDomain(ctx, p, "example.com", convoke.DomainPatch{Exclusive: new(true)})
		return err
	}},
	{"VerifyDomain", convoke.RightWriteDomains, func(ctx context.Context, w *world, p convoke.Principal, _ convoke.User) error {
		_, _, err := w.VerifyDomain(ctx, p, "example.com")
		return err
	}},
	{"RemoveDomain", convoke.RightWriteDomains, func(ctx context.Context, w *world, p convoke.Principal, _ convoke.User) error {
		return w.RemoveDomain(ctx, p, "example.com")
	}},
}

// staff returns the id of the group that every test of a right has, which it makes
// when it is not there.
func (w *world) staff(ctx context.Context) convoke.GroupID {
	group, err := w.Group(ctx, convoke.Operator(w.id), convoke.GroupKey{Name: "Staff"})
	if err != nil {
		group, _ = w.CreateGroup(ctx, convoke.Operator(w.id), convoke.GroupPatch{Name: new("Staff")}) // a call without it fails
	}
	return group.ID
}

// granular lists the scopes that hold one right each.
func granular() []string {
	return slices.DeleteFunc(convoke.KnownScopes(), func(s string) bool { return strings.Count(s, ":") != 3 })
}

func TestEveryCallNeedsItsOwnScope(t *testing.T) {
	t.Parallel()
	for _, c := range calls {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, partner)
			user := w.made(t, bound("42", "ada@example.com"))
			w.pending(t, "pending@example.com")
			w.domain(t, "example.com")
			w.staff(t.Context())
			before := w.picture(t)
			lacking := w.app
			lacking.Scopes = slices.DeleteFunc(granular(), func(s string) bool { return s == string(c.right) })
			err := c.do(t.Context(), w, lacking, user)
			wantCode(t, err, convoke.CodeScopeMissing)
			if !strings.Contains(err.Error(), string(c.right)) {
				t.Errorf("%q does not name the scope %s", err, c.right)
			}
			for _, p := range []convoke.Principal{
				{},
				{AccountID: w.id, Scopes: convoke.KnownScopes()},
				{Kind: convoke.UserCaller, AccountID: w.id, UserID: "somebody-else-00000000"},
			} {
				wantCode(t, c.do(t.Context(), w, p, user), convoke.CodeNotOperator)
			}
			w.unchanged(t, before)
			sufficient := w.app
			sufficient.Scopes = convoke.Scopes{string(c.right)}
			check(t, c.do(t.Context(), w, sufficient, user))
		})
	}
}

func TestTheOperatorMayDoAllInTheAccount(t *testing.T) {
	t.Parallel()
	w := newWorld(t, partner)
	user := w.made(t, bound("42", "ada@example.com"))
	w.pending(t, "pending@example.com")
	w.domain(t, "example.com")
	w.staff(t.Context())
	for _, c := range calls {
		if err := c.do(t.Context(), w, convoke.Operator(w.id), user); err != nil {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}

func TestAnotherAccountsUsersAreNotThere(t *testing.T) {
	t.Parallel()
	w := newWorld(t, partner)
	abroad := w.newAccount(t, partner)
	user := w.made(t, bound("42", "ada@example.com"))
	person := w.pending(t, "pending@example.com")
	before := w.picture(t)
	for _, p := range []convoke.Principal{abroad.app, convoke.Operator(abroad.id), {
		Kind: convoke.AppCaller, AccountID: abroad.id, UserID: user.ID, Scopes: convoke.KnownScopes(), // an owner of another account
	}} {
		for _, ref := range []string{string(user.ID), "ada@example.com", string(person.ID), "me"} {
			_, err := w.User(t.Context(), p, ref)
			wantCode(t, err, convoke.CodeUserNotFound)
			_, err = w.Update(t.Context(), p, ref, convoke.UserPatch{FirstName: new("Mallory")})
			wantCode(t, err, convoke.CodeUserNotFound)
			wantCode(t, w.SetStatus(t.Context(), p, ref, false), convoke.CodeUserNotFound)
			_, err = w.Invite(t.Context(), p, ref)
			wantCode(t, err, convoke.CodeUserNotFound)
			_, err = w.RevokeInvitation(t.Context(), p, ref)
			wantCode(t, err, convoke.CodeUserNotFound)
			wantCode(t, w.Remove(t.Context(), p, ref, convoke.Delete), convoke.CodeUserNotFound)
		}
		_, err := w.Ensure(t.Context(), p, convoke.Request{Source: convoke.SourceApp, ExternalID: "mine", UserID: user.ID})
		wantCode(t, err, convoke.CodeUserNotFound)
		_, _, err = w.Binding(t.Context(), p, convoke.SourceApp, "42")
		wantCode(t, err, convoke.CodeBindingNotFound)
		wantCode(t, w.Unbind(t.Context(), p, convoke.SourceApp, "42"), convoke.CodeBindingNotFound)
		bindings, err := w.BindingsOf(t.Context(), p, user.ID)
		check(t, err)
		page, err := w.Users(t.Context(), p, provision.UserList{})
		check(t, err)
		list, err := w.Bindings(t.Context(), p, 0, "")
		check(t, err)
		census, err := w.Census(t.Context(), p)
		check(t, err)
		if len(bindings) != 0 || len(page.Users) != 0 || len(list.Bindings) != 0 || census != (convoke.Census{}) {
			t.Errorf("%+v sees %v, %v, %v, %v", p, bindings, page.Users, list.Bindings, census)
		}
	}
	twin := abroad.made(t, bound("42", "ada@example.com")) // the same key and e-mail, somebody else
	if twin.ID == user.ID {
		t.Error("two accounts share a user")
	}
	w.unchanged(t, before)
}
