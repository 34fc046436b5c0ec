// SPDX-License-Identifier: Apache-2.0

package provision

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/convoke/convoke/internal/convoke"
)

// MaxAssigned is how many users one call may give a role (POST /v2/roles/{roleId}/members).
const MaxAssigned = 30

// RoleCount is a role and how many users of the account, whatever their status, have it.
type RoleCount struct {
	Role    convoke.AccountRole
	Members int64
}

// RoleMemberPage is a page of those who have a role: the active ones by id, then
// the inactive and the pending ones.
type RoleMemberPage struct {
	Members []convoke.User
	Next    string // next_page_token; empty on the last page
	Total   int64
}

// AllRoles lists the account's roles. It needs RightListRoles.
func (s *Service) AllRoles(ctx context.Context, p convoke.Principal) ([]RoleCount, error) {
	if err := p.Require(convoke.RightListRoles); err != nil {
		return nil, err
	}
	var list []RoleCount
	for _, role := range convoke.AccountRoles() {
		count, err := s.countRole(ctx, p.AccountID, role)
		if err != nil {
			return nil, err
		}
		list = append(list, RoleCount{role, count})
	}
	return list, nil
}

// Role returns the role with the number. It needs RightReadRole. CodeRoleNotFound: there is none.
func (s *Service) Role(ctx context.Context, p convoke.Principal, id string) (RoleCount, error) {
	if err := p.Require(convoke.RightReadRole); err != nil {
		return RoleCount{}, err
	}
	role, err := convoke.FindRole(id)
	if err != nil {
		return RoleCount{}, err
	}
	count, err := s.countRole(ctx, p.AccountID, role)
	return RoleCount{role, count}, err
}

// RoleMembers lists who has the role with the number. It needs RightListRoleMembers.
// CodeRoleNotFound: there is no such role.
func (s *Service) RoleMembers(ctx context.Context, p convoke.Principal, id string, q PageQuery) (RoleMemberPage, error) {
	if err := p.Require(convoke.RightListRoleMembers); err != nil {
		return RoleMemberPage{}, err
	}
	role, err := convoke.FindRole(id)
	if err != nil {
		return RoleMemberPage{}, err
	}
	list := listName("role", p.AccountID, id)
	size, place, err := s.openPage(list, q.Size, q.Token)
	if err != nil {
		return RoleMemberPage{}, err
	}
	users, err := s.inRole(ctx, p.AccountID, role, place, size+1)
	if err != nil {
		return RoleMemberPage{}, err
	}
	page := RoleMemberPage{Members: users}
	if len(users) > size {
		page.Members = users[:size]
		last := users[size-1]
		page.Next = s.pages.Seal(list, string(last.Status)+" "+string(last.ID), s.now())
	}
	page.Total, err = s.countRole(ctx, p.AccountID, role)
	return page, err
}

// inRole reads up to limit users after the place, which is a status and an id;
// empty is the beginning.
func (s *Service) inRole(ctx context.Context, account convoke.AccountID, role convoke.AccountRole, place string, limit int) ([]convoke.User, error) {
	status, after, _ := strings.Cut(place, " ")
	rest := statuses[max(slices.Index(statuses, convoke.Status(status)), 0):]
	var list []convoke.User
	for _, next := range rest {
		users, err := s.roles.UsersInRole(ctx, account, role, next, convoke.UserID(after), limit-len(list))
		if err != nil {
			return nil, err
		}
		if list = append(list, users...); len(list) == limit {
			break
		}
		after = ""
	}
	return list, nil
}

// countRole counts those who have the role, whatever their status.
func (s *Service) countRole(ctx context.Context, account convoke.AccountID, role convoke.AccountRole) (int64, error) {
	total := int64(0)
	for _, status := range statuses {
		count, err := s.countUsers(ctx, account, UserList{Status: status, Role: &role})
		if err != nil {
			return 0, err
		}
		total += count
	}
	return total, nil
}

// AssignRole gives the users the role with the number, which can only be that of
// an admin, and returns them and when it was done. It needs RightAssignRole. When
// one of them is not there (CodeUserNotFound) or is the owner (CodeRoleFixed),
// none is changed. Making the call again finishes one that was interrupted.
// CodeRoleNotFound, CodeRoleFixed: of the role. CodeInvalidField: too many users,
// or the account would have more than convoke.MaxAdmins.
func (s *Service) AssignRole(ctx context.Context, p convoke.Principal, id string, refs []string) ([]convoke.User, time.Time, error) {
	if err := mayGive(p, convoke.RightAssignRole, id); err != nil {
		return nil, time.Time{}, err
	}
	if len(refs) == 0 || len(refs) > MaxAssigned {
		return nil, time.Time{}, convoke.Invalid(convoke.CodeInvalidField, "members", "members must name from 1 to %d users.", MaxAssigned)
	}
	users, err := s.assignable(ctx, p, refs)
	if err != nil {
		return nil, time.Time{}, err
	}
	for i, u := range users {
		ref := string(u.ID)
		users[i], err = s.changeUser(ctx, convoke.LookupRef(p, ref), ref, func(u convoke.User, _ convoke.Found) (convoke.Change, error) {
			return convoke.AssignAdmin(u, s.mark(p))
		})
		if err != nil {
			return nil, time.Time{}, err
		}
	}
	return users, s.now(), nil
}

// assignable finds the users, each once, and makes sure that each can become an admin.
func (s *Service) assignable(ctx context.Context, p convoke.Principal, refs []string) ([]convoke.User, error) {
	var users []convoke.User
	fresh := int64(0)
	for _, ref := range refs {
		u, err := s.find(ctx, p, ref)
		if err != nil {
			return nil, err
		}
		if slices.ContainsFunc(users, func(other convoke.User) bool { return other.ID == u.ID }) {
			continue
		}
		if _, err := convoke.AssignAdmin(u, s.mark(p)); err != nil {
			return nil, err
		}
		if u.Role != convoke.AccountAdmin {
			fresh++
		}
		users = append(users, u)
	}
	if fresh == 0 {
		return users, nil
	}
	return users, s.roomForAdmins(ctx, p.AccountID, fresh)
}

// UnassignRole makes an admin a member; id is the number of the admins' role.
// It needs RightUnassignRole. CodeUserNotFound, CodeRoleMemberNotFound: the user
// is not there, or no admin. CodeRoleNotFound, CodeRoleFixed: of the role.
func (s *Service) UnassignRole(ctx context.Context, p convoke.Principal, id, ref string) error {
	if err := mayGive(p, convoke.RightUnassignRole, id); err != nil {
		return err
	}
	_, err := s.changeUser(ctx, convoke.LookupRef(p, ref), ref, func(u convoke.User, _ convoke.Found) (convoke.Change, error) {
		return convoke.UnassignAdmin(u, s.mark(p))
	})
	return err
}

// mayGive holds the caller to the right, and the role to those that can be given.
func mayGive(p convoke.Principal, right convoke.Right, id string) error {
	if err := p.Require(right); err != nil {
		return err
	}
	role, err := convoke.FindRole(id)
	if err != nil {
		return err
	}
	return role.Assignable()
}
