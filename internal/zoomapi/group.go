// SPDX-License-Identifier: Apache-2.0

package zoomapi

import (
	"cmp"
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/convoke/convoke/internal/convoke"
	"github.com/convoke/convoke/internal/provision"
	"github.com/convoke/convoke/zoom"
)

// Groups is what the door asks of package provision about groups.
type Groups interface {
	CreateGroup(ctx context.Context, p convoke.Principal, patch convoke.GroupPatch) (convoke.Group, error)
	Group(ctx context.Context, p convoke.Principal, key convoke.GroupKey) (convoke.Group, error)
	Groups(ctx context.Context, p convoke.Principal, q provision.PageQuery) (provision.GroupPage, error)
	GroupsOf(ctx context.Context, p convoke.Principal, ref string, q provision.PageQuery) (provision.GroupPage, error)
	UpdateGroup(ctx context.Context, p convoke.Principal, id convoke.GroupID, patch convoke.GroupPatch) (convoke.Group, error)
	DeleteGroup(ctx context.Context, p convoke.Principal, id convoke.GroupID) error
}

// Members is what the door asks of package provision about who is in a group.
type Members interface {
	Members(ctx context.Context, p convoke.Principal, id convoke.GroupID, q provision.PageQuery) (provision.MemberPage, error)
	AddMembers(ctx context.Context, p convoke.Principal, id convoke.GroupID, refs []string) ([]convoke.User, time.Time, error)
	RemoveMember(ctx context.Context, p convoke.Principal, id convoke.GroupID, ref string) error
	MoveMember(ctx context.Context, p convoke.Principal, id, target convoke.GroupID, ref string) error
}

func wireGroup(g convoke.Group) zoom.Group {
	return zoom.Group{ID: string(g.ID), Name: g.Name, TotalMembers: g.Members}
}

func groupID(r *http.Request) convoke.GroupID { return convoke.GroupID(r.PathValue("groupId")) }

// listGroups: GET /v2/groups.
func (a *api) listGroups(w http.ResponseWriter, r *http.Request, p convoke.Principal) error {
	size, token, err := pageQuery(r.URL.Query())
	if err != nil {
		return err
	}
	page, err := a.Groups.Groups(r.Context(), p, provision.PageQuery{Size: size, Token: token})
	if err != nil {
		return err
	}
	list := zoom.GroupList{Groups: []zoom.Group{}, NextPageToken: page.Next, TotalRecords: page.Total}
	for _, g := range page.Groups {
		list.Groups = append(list.Groups, wireGroup(g))
	}
	return reply(w, http.StatusOK, list)
}

// createGroup: POST /v2/groups.
func (a *api) createGroup(w http.ResponseWriter, r *http.Request, p convoke.Principal) error {
	var body zoom.GroupRequest
	if _, err := decodeBody(w, r, &body); err != nil {
		return err
	}
	group, err := a.Groups.CreateGroup(r.Context(), p, convoke.GroupPatch{Name: &body.Name})
	if err != nil {
		return err
	}
	return reply(w, http.StatusCreated, wireGroup(group))
}

// readGroup: GET /v2/groups/{groupId}.
func (a *api) readGroup(w http.ResponseWriter, r *http.Request, p convoke.Principal) error {
	group, err := a.Groups.Group(r.Context(), p, convoke.GroupKey{ID: groupID(r)})
	if err != nil {
		return err
	}
	return reply(w, http.StatusOK, wireGroup(group))
}

// updateGroup: PATCH /v2/groups/{groupId}.
func (a *api) updateGroup(w http.ResponseWriter, r *http.Request, p convoke.Principal) error {
	var body zoom.GroupRequest
	if _, err := decodeBody(w, r, &body); err != nil {
		return err
	}
	if _, err := a.Groups.UpdateGroup(r.Context(), p, groupID(r), convoke.GroupPatch{Name: &body.Name}); err != nil {
		return err
	}
	return done(w)
}

// deleteGroup: DELETE /v2/groups/{groupId}.
func (a *api) deleteGroup(w http.ResponseWriter, r *http.Request, p convoke.Principal) error {
	if err := a.Groups.DeleteGroup(r.Context(), p, groupID(r)); err != nil {
		return err
	}
	return done(w)
}

// listMembers: GET /v2/groups/{groupId}/members.
func (a *api) listMembers(w http.ResponseWriter, r *http.Request, p convoke.Principal) error {
	size, token, err := pageQuery(r.URL.Query())
	if err != nil {
		return err
	}
	page, err := a.Members.Members(r.Context(), p, groupID(r), provision.PageQuery{Size: size, Token: token})
	if err != nil {
		return err
	}
	list := zoom.GroupMemberList{Page: newPage(size, page.Group.Members, page.Next), Members: []zoom.GroupMember{}}
	for _, u := range page.Members {
		list.Members = append(list.Members, zoom.GroupMember{
			ID: string(u.ID), Email: u.Email, FirstName: u.FirstName, LastName: u.LastName, Type: zoom.UserType(u.Type),
		})
	}
	return reply(w, http.StatusOK, list)
}

// addMembers: POST /v2/groups/{groupId}/members.
func (a *api) addMembers(w http.ResponseWriter, r *http.Request, p convoke.Principal) error {
	var body zoom.MembersRequest
	if _, err := decodeBody(w, r, &body); err != nil {
		return err
	}
	refs, err := memberRefs(body)
	if err != nil {
		return err
	}
	users, at, err := a.Members.AddMembers(r.Context(), p, groupID(r), refs)
	if err != nil {
		return err
	}
	return reply(w, http.StatusCreated, zoom.AddedMembers{AddedAt: zoom.At(at), IDs: joinIDs(users)})
}

// memberRefs returns the references to the users that the body names.
func memberRefs(body zoom.MembersRequest) ([]string, error) {
	var refs []string
	for _, member := range body.Members {
		ref := cmp.Or(member.ID, member.Email)
		if err := required(need{"members.id", ref != ""}); err != nil {
			return nil, err
		}
		refs = append(refs, ref)
	}
	return refs, nil
}

func joinIDs(users []convoke.User) string {
	ids := make([]string, 0, len(users))
	for _, u := range users {
		ids = append(ids, string(u.ID))
	}
	return strings.Join(ids, ",")
}

// updateMember: PATCH /v2/groups/{groupId}/members/{memberId}.
func (a *api) updateMember(w http.ResponseWriter, r *http.Request, p convoke.Principal) error {
	var body zoom.MemberRequest
	if _, err := decodeBody(w, r, &body); err != nil {
		return err
	}
	if body.Action != "move" {
		return invalidField(zoom.FieldError{Field: "action", Message: "The action must be move: no group of a user comes before the others."})
	}
	if err := required(need{"target_group_id", body.TargetGroupID != ""}); err != nil {
		return err
	}
	if err := a.Members.MoveMember(r.Context(), p, groupID(r), convoke.GroupID(body.TargetGroupID), r.PathValue("memberId")); err != nil {
		return err
	}
	return done(w)
}

// deleteMember: DELETE /v2/groups/{groupId}/members/{memberId}.
func (a *api) deleteMember(w http.ResponseWriter, r *http.Request, p convoke.Principal) error {
	if err := a.Members.RemoveMember(r.Context(), p, groupID(r), r.PathValue("memberId")); err != nil {
		return err
	}
	return done(w)
}
