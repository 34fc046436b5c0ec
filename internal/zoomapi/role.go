// SPDX-License-Identifier: Apache-2.0

package zoomapi

import (
	"context"
	"net/http"
	"time"

	"github.com/convoke/convoke/internal/convoke"
	"github.com/convoke/convoke/internal/provision"
	"github.com/convoke/convoke/zoom"
)

// Roles is what the door asks of package provision about roles.
type Roles interface {
	AllRoles(ctx context.Context, p convoke.Principal) ([]provision.RoleCount, error)
	Role(ctx context.Context, p convoke.Principal, id string) (provision.RoleCount, error)
	RoleMembers(ctx context.Context, p convoke.Principal, id string, q provision.PageQuery) (provision.RoleMemberPage, error)
	AssignRole(ctx context.Context, p convoke.Principal, id string, refs []string) ([]convoke.User, time.Time, error)
	UnassignRole(ctx context.Context, p convoke.Principal, id, ref string) error
}

// commonRole is the type of every role here; Zoom's iq is for a product that Convoke is not.
const commonRole = "common"

func wireRole(r provision.RoleCount) zoom.Role {
	return zoom.Role{
		ID: r.Role.ID(), Name: r.Role.Name(), Description: r.Role.Description(), Type: commonRole, TotalMembers: r.Members,
	}
}

// listRoles: GET /v2/roles.
func (a *api) listRoles(w http.ResponseWriter, r *http.Request, p convoke.Principal) error {
	list := zoom.RoleList{Roles: []zoom.Role{}}
	switch r.URL.Query().Get("type") {
	case "", commonRole:
	case "iq":
		return reply(w, http.StatusOK, list)
	default:
		return invalidField(zoom.FieldError{Field: "type", Message: "The type must be common or iq."})
	}
	roles, err := a.Roles.AllRoles(r.Context(), p)
	if err != nil {
		return err
	}
	for _, role := range roles {
		list.Roles = append(list.Roles, wireRole(role))
	}
	list.TotalRecords = len(roles)
	return reply(w, http.StatusOK, list)
}

// readRole: GET /v2/roles/{roleId}.
func (a *api) readRole(w http.ResponseWriter, r *http.Request, p convoke.Principal) error {
	role, err := a.Roles.Role(r.Context(), p, r.PathValue("roleId"))
	if err != nil {
		return err
	}
	return reply(w, http.StatusOK, zoom.RoleDetail{Role: wireRole(role), Privileges: []string{}})
}

// listRoleMembers: GET /v2/roles/{roleId}/members.
func (a *api) listRoleMembers(w http.ResponseWriter, r *http.Request, p convoke.Principal) error {
	size, token, err := pageQuery(r.URL.Query())
	if err != nil {
		return err
	}
	page, err := a.Roles.RoleMembers(r.Context(), p, r.PathValue("roleId"), provision.PageQuery{Size: size, Token: token})
	if err != nil {
		return err
	}
	list := zoom.RoleMemberList{Page: newPage(size, page.Total, page.Next), Members: []zoom.RoleMember{}}
	for _, u := range page.Members {
		list.Members = append(list.Members, zoom.RoleMember{
			ID: string(u.ID), Email: u.Email, FirstName: u.FirstName, LastName: u.LastName,
			Department: u.Profile.Dept, Type: zoom.UserType(u.Type),
		})
	}
	return reply(w, http.StatusOK, list)
}

// assignRole: POST /v2/roles/{roleId}/members.
func (a *api) assignRole(w http.ResponseWriter, r *http.Request, p convoke.Principal) error {
	var body zoom.MembersRequest
	if _, err := decodeBody(w, r, &body); err != nil {
		return err
	}
	refs, err := memberRefs(body)
	if err != nil {
		return err
	}
	users, at, err := a.Roles.AssignRole(r.Context(), p, r.PathValue("roleId"), refs)
	if err != nil {
		return err
	}
	return reply(w, http.StatusCreated, zoom.AssignedMembers{AddAt: zoom.At(at), IDs: joinIDs(users)})
}

// unassignRole: DELETE /v2/roles/{roleId}/members/{memberId}.
func (a *api) unassignRole(w http.ResponseWriter, r *http.Request, p convoke.Principal) error {
	if err := a.Roles.UnassignRole(r.Context(), p, r.PathValue("roleId"), r.PathValue("memberId")); err != nil {
		return err
	}
	return done(w)
}
