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
		if !isText {
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

// addManager names the manager of a user's tree by id, if it is to be seen and the
// address is a user's. It is no part of the version that it is.
func (a *api) addManager(ctx context.Context, p convoke.Principal, show projection, tree object) error {
	manager := within(within(tree, urnEnterprise), "manager")
	if manager == nil || !show.wants(urnEnterprise, "manager") || p.Require(convoke.RightReadEntry) != nil {
		return nil
	}
	user, err := a.Users.ManagerNamed(ctx, p, text(manager, "value"))
	if err != nil || user == nil {
		return err
	}
	manager["value"], manager["$ref"] = string(user.ID), a.location(users, string(user.ID))
	put(manager, "displayName", user.Name())
	return nil
}
