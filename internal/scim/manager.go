// SPDX-License-Identifier: Apache-2.0

package scim

import (
	"cmp"
	"context"
	"net/http"
	"strings"

	"github.com/convoke/convoke/internal/convoke"
)

// A manager is kept by e-mail address, as Zoom's API has it, and is shown by id,
// as RFC 7643 section 4.3 does: trees have the address until they are shown.

// resolveManager puts the address in the place of whatever else the client named
// the manager by. Directories send keys of their own too: one that names nobody
// here leaves the manager as it was.
func (a *api) resolveManager(ctx context.Context, p convoke.Principal, before, after object) error {
	ref, former := text(after, urnEnterprise, "manager", "value"), text(before, urnEnterprise, "manager", "value")
	if ref == "" || ref == former {
		return nil
	}
	address, known, err := a.Users.ManagerAddress(ctx, p, ref)
	if err != nil {
		return err
	}
	if !known {
		address = former
	}
	within(after, urnEnterprise)["manager"] = object{"value": address}
	return nil
}

// resolveManagers does so for the managers that a filter compares with.
func (a *api) resolveManagers(ctx context.Context, p convoke.Principal, wanted expression) error {
	for _, c := range about(wanted, "manager") {
		if part := cmp.Or(c.attr.sub, c.attr.name); !strings.EqualFold(part, "manager") && !strings.EqualFold(part, "value") {
			return refuse(http.StatusBadRequest, invalidFilter, "A manager is searched by the value only.")
		}
		ref, isText := c.value.(string)
		if !isText || c.operator != "eq" && c.operator != "ne" { // a part of an address names nobody
			continue
		}
		address, known, err := a.Users.ManagerAddress(ctx, p, ref)
		if err != nil {
			return err
		}
		if known {
			c.value = address
		}
	}
	return nil
}

// references puts into users' trees what it takes other resources to tell: no part
// of any version, and nothing for who may not read.
type references struct {
	*api

	principal convoke.Principal
	show      projection
	managers  map[string]*convoke.User // by address, nil where it is nobody's: many people have one
}

func (a *api) referring(p convoke.Principal, show projection) references {
	return references{a, p, show, map[string]*convoke.User{}}
}

// add puts them into a user's tree as far as they are to be seen.
func (r references) add(ctx context.Context, tree object) error {
	if err := r.addManager(ctx, tree); err != nil {
		return err
	}
	return r.addGroups(ctx, tree)
}

// wants reports whether the caller is to see the attribute.
func (r references) wants(urn, name string) bool {
	return r.show.wants(urn, name) && r.principal.Require(convoke.RightReadEntry) == nil
}

// addManager names the manager by id, where the address is a user's.
func (r references) addManager(ctx context.Context, tree object) error {
	manager := within(within(tree, urnEnterprise), "manager")
	if manager == nil || !r.wants(urnEnterprise, "manager") {
		return nil
	}
	user, err := r.manager(ctx, text(manager, "value"))
	if err != nil || user == nil {
		return err
	}
	manager["value"], manager["$ref"] = string(user.ID), r.location(users, string(user.ID))
	put(manager, "displayName", user.Name())
	return nil
}

func (r references) manager(ctx context.Context, address string) (*convoke.User, error) {
	if user, known := r.managers[address]; known {
		return user, nil
	}
	user, err := r.Users.ManagerNamed(ctx, r.principal, address)
	if err == nil {
		r.managers[address] = user
	}
	return user, err
}

// addGroups lists the groups of a user.
func (r references) addGroups(ctx context.Context, tree object) error {
	if !r.wants("", "groups") {
		return nil
	}
	list, err := r.Members.EntryGroups(ctx, r.principal, convoke.UserID(text(tree, "id")))
	if err != nil || len(list) == 0 {
		return err
	}
	shown := make([]any, len(list))
	for i, g := range list {
		shown[i] = object{"value": string(g.ID), "display": g.Name, "type": "direct", "$ref": r.location(groups, string(g.ID))}
	}
	tree["groups"] = shown
	return nil
}
