// SPDX-License-Identifier: Apache-2.0

package scim

import (
	"context"

	"github.com/convoke/convoke/internal/convoke"
	"github.com/convoke/convoke/internal/provision"
)

// maxMembers is the most members that one answer has. A group whose members would
// exceed it is shown without them, as if they were excluded.
const maxMembers = provision.MaxScan

// groupTree is the group as a resource without its members. Its version tells of
// its attributes, how many members it has and when they last changed.
func (a *api) groupTree(g convoke.Group) object {
	tree := object{
		"schemas": []any{urnGroup}, "id": string(g.ID), "displayName": g.Name,
		"meta": object{
			"resourceType": groups.name, "created": stamp(g.CreatedAt), "lastModified": stamp(g.UpdatedAt),
			"location": a.location(groups, string(g.ID)),
		},
	}
	put(tree, "externalId", g.ExternalID)
	if g.Alias != "" {
		tree["schemas"] = []any{urnGroup, urnZoomGroup}
		tree[urnZoomGroup] = object{"emailAlias": g.Alias}
	}
	tree["members"] = g.Members // for the version only
	seal(tree)
	delete(tree, "members")
	return tree
}

// groupPatch is what a client changed from one tree to another, without members.
func groupPatch(before, after object) (p convoke.GroupPatch, changes bool) {
	changed(&p.Name, before, after, "displayName")
	changed(&p.ExternalID, before, after, "externalId")
	changed(&p.Alias, before, after, urnZoomGroup, "emailAlias")
	return p, p != convoke.GroupPatch{}
}

// memberRefs are the users that values of members name.
func memberRefs(list []any) []string {
	refs := make([]string, 0, len(list))
	for _, item := range list {
		fields, _ := item.(object)
		if ref := text(fields, "value"); ref != "" {
			refs = append(refs, ref)
		}
	}
	return refs
}

// addMembers puts the members into the trees of groups, in their order, while
// they are within what one answer may have.
func (a *api) addMembers(ctx context.Context, p convoke.Principal, list []convoke.Group, trees []object) error {
	room := int64(maxMembers)
	for i, g := range list {
		if g.Members > room {
			continue
		}
		members, err := a.members(ctx, p, g.ID)
		if err != nil {
			return err
		}
		room -= int64(len(members))
		trees[i]["members"] = members
	}
	return nil
}

// members reads all members of a group.
func (a *api) members(ctx context.Context, p convoke.Principal, id convoke.GroupID) ([]any, error) {
	members := []any{}
	for q := (provision.PageQuery{Size: provision.MaxPageSize}); ; {
		page, err := a.Members.Members(ctx, p, id, q)
		if err != nil {
			return nil, err
		}
		for _, u := range page.Members {
			members = append(members, object{
				"value": string(u.ID), "display": u.Name(), "type": users.name, "$ref": a.location(users, string(u.ID)),
			})
		}
		if q.Token = page.Next; q.Token == "" || len(members) > maxMembers {
			return members, nil
		}
	}
}
