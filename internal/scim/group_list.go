// SPDX-License-Identifier: Apache-2.0

package scim

import (
	"context"
	"net/http"
	"strings"

	"github.com/convoke/convoke/internal/convoke"
	"github.com/convoke/convoke/internal/provision"
)

// listGroups: GET /Groups.
func (a *api) listGroups(w http.ResponseWriter, r *http.Request, p convoke.Principal) error {
	q, err := readQuery(r)
	if err != nil {
		return err
	}
	return a.replyGroups(w, r, p, q)
}

// searchGroups: POST /Groups/.search.
func (a *api) searchGroups(w http.ResponseWriter, r *http.Request, p convoke.Principal) error {
	var request searchRequest
	if err := decodeBody(w, r, &request); err != nil {
		return err
	}
	return a.replyGroups(w, r, p, request.query())
}

func (a *api) replyGroups(w http.ResponseWriter, r *http.Request, p convoke.Principal, q query) error {
	show, err := newProjection(groups, q.attributes, q.excluded)
	if err != nil {
		return err
	}
	found, known, err := a.findGroups(r.Context(), p, q)
	if err != nil {
		return err
	}
	if show.wants("", "members") {
		list := make([]convoke.Group, len(found.trees))
		for i, tree := range found.trees {
			list[i] = known[text(tree, "id")]
		}
		if err := a.addMembers(r.Context(), p, list, found.trees); err != nil {
			return err
		}
	}
	return reply(w, http.StatusOK, found.body(q, show))
}

// findGroups answers from an index where the filter names one, and else from all
// groups: an account has convoke.MaxGroups at most. It also returns the groups by id.
func (a *api) findGroups(ctx context.Context, p convoke.Principal, q query) (page, map[string]convoke.Group, error) {
	wanted, err := readFilter(groups, q.filter)
	if err != nil {
		return page{}, nil, err
	}
	memberships, err := a.memberships(ctx, p, wanted)
	if err != nil {
		return page{}, nil, err
	}
	candidates, err := a.groupCandidates(ctx, p, wanted)
	if err != nil {
		return page{}, nil, err
	}
	known := make(map[string]convoke.Group)
	var trees []object
	for _, g := range candidates {
		tree := a.groupTree(g)
		tree["members"] = memberships[g.ID]
		if wanted != nil {
			if ok, err := matches(wanted, inResource(groups, tree)); err != nil || !ok {
				continue
			}
		}
		delete(tree, "members")
		trees, known[string(g.ID)] = append(trees, tree), g
	}
	if err := q.sort(groups, trees); err != nil {
		return page{}, nil, err
	}
	found, err := q.cut(trees)
	return found, known, err
}

// readFilter parses a filter, if there is one, and says what is wrong with it
// before anything is looked up.
func readFilter(t *resourceType, text string) (expression, error) {
	if text == "" {
		return nil, nil
	}
	wanted, err := parseFilter(text)
	if err != nil {
		return nil, err
	}
	_, err = matches(wanted, inResource(t, object{}))
	return wanted, err
}

// groupCandidates are those among whom all matches are.
func (a *api) groupCandidates(ctx context.Context, p convoke.Principal, wanted expression) ([]convoke.Group, error) {
	k, ok := groups.indexed(wanted)
	switch {
	case !ok:
		return a.allGroups(ctx, p)
	case k.attr == "members":
		return a.Members.EntryGroups(ctx, p, convoke.UserID(k.value))
	}
	group, err := a.Groups.Group(ctx, p, map[string]convoke.GroupKey{
		"id": {ID: convoke.GroupID(k.value)}, "displayName": {Name: k.value}, "externalId": {ExternalID: k.value},
	}[k.attr])
	if convoke.HasCode(err, convoke.CodeGroupNotFound) {
		return nil, nil
	}
	return []convoke.Group{group}, err
}

func (a *api) allGroups(ctx context.Context, p convoke.Principal) ([]convoke.Group, error) {
	var all []convoke.Group
	for q := (provision.PageQuery{Size: provision.MaxPageSize}); ; {
		page, err := a.Groups.Groups(ctx, p, q)
		if err != nil {
			return nil, err
		}
		all = append(all, page.Groups...)
		if q.Token = page.Next; q.Token == "" {
			return all, nil
		}
	}
}

// memberships says of the users whom a filter names as members, in which groups
// they are. The other members of a group do not matter to the filter.
func (a *api) memberships(ctx context.Context, p convoke.Principal, wanted expression) (map[convoke.GroupID][]any, error) {
	in := make(map[convoke.GroupID][]any)
	for _, c := range about(wanted, "members") {
		id, isText := c.value.(string)
		if !isText || c.operator != "eq" && c.operator != "ne" {
			return nil, refuse(http.StatusBadRequest, invalidFilter, "The members of groups are searched by an equal value only.")
		}
		list, err := a.Members.EntryGroups(ctx, p, convoke.UserID(id))
		if err != nil {
			return nil, err
		}
		for _, g := range list {
			in[g.ID] = append(in[g.ID], object{"value": id})
		}
	}
	return in, nil
}

// about lists the comparisons of a filter that are about an attribute of the core.
func about(e expression, name string) []*comparison {
	switch e := e.(type) {
	case *logical:
		return append(about(e.left, name), about(e.right, name)...)
	case *negation:
		return about(e.inner, name)
	case *valuePath:
		if strings.EqualFold(e.attr.name, name) {
			return comparisons(e.inner)
		}
	case *comparison:
		if strings.EqualFold(e.attr.name, name) {
			return []*comparison{e}
		}
	}
	return nil
}

// comparisons lists all comparisons of a filter.
func comparisons(e expression) []*comparison {
	switch e := e.(type) {
	case *logical:
		return append(comparisons(e.left), comparisons(e.right)...)
	case *negation:
		return comparisons(e.inner)
	case *comparison:
		return []*comparison{e}
	}
	return nil
}
