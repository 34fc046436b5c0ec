// SPDX-License-Identifier: Apache-2.0

package scim

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/convoke/convoke/internal/convoke"
	"github.com/convoke/convoke/internal/provision"
)

// Groups is what the door asks of package provision about groups.
type Groups interface {
	// MayUseDirectory returns CodeSSONotSetUp for an account without single sign-on.
	MayUseDirectory(context.Context, convoke.Principal) error
	CreateGroup(context.Context, convoke.Principal, convoke.GroupPatch) (convoke.Group, error)
	Group(context.Context, convoke.Principal, convoke.GroupKey) (convoke.Group, error)
	Groups(context.Context, convoke.Principal, provision.PageQuery) (provision.GroupPage, error)
	UpdateGroup(context.Context, convoke.Principal, convoke.GroupID, convoke.GroupPatch) (convoke.Group, error)
	DeleteGroup(context.Context, convoke.Principal, convoke.GroupID) error
}

// Members is what the door asks of package provision about who is in a group.
type Members interface {
	Members(context.Context, convoke.Principal, convoke.GroupID, provision.PageQuery) (provision.MemberPage, error)
	AddMembers(ctx context.Context, p convoke.Principal, id convoke.GroupID, refs []string) ([]convoke.User, time.Time, error)
	RemoveMembers(ctx context.Context, p convoke.Principal, id convoke.GroupID, refs []string) error
	ReplaceMembers(ctx context.Context, p convoke.Principal, id convoke.GroupID, refs []string) error
	// EntryGroups returns the groups that a user is in.
	EntryGroups(context.Context, convoke.Principal, convoke.UserID) ([]convoke.Group, error)
}

// groupID is the id that the path names.
func groupID(r *http.Request) convoke.GroupID { return convoke.GroupID(r.PathValue("id")) }

// forDirectory lets a call through whose account has single sign-on.
func (a *api) forDirectory(serve handler) handler {
	return func(w http.ResponseWriter, r *http.Request, p convoke.Principal) error {
		if err := a.Groups.MayUseDirectory(r.Context(), p); err != nil {
			return err
		}
		return serve(w, r, p)
	}
}

// createGroup: POST /Groups. A group whose members cannot be added is not made.
func (a *api) createGroup(w http.ResponseWriter, r *http.Request, p convoke.Principal, show projection) error {
	body, err := a.groupBody(w, r)
	if err != nil {
		return err
	}
	patch, _ := groupPatch(object{}, body)
	if patch.Name == nil {
		return errNoGroupName
	}
	group, err := a.Groups.CreateGroup(r.Context(), p, patch)
	if err != nil {
		return err
	}
	if err := a.changeMembers(r.Context(), p, group.ID, memberChange{opAdd, memberRefs(listOf(body["members"]))}); err != nil {
		if undo := a.Groups.DeleteGroup(r.Context(), p, group.ID); undo != nil {
			return fmt.Errorf("take back a group after %v: %w", err, undo) //nolint:errorlint // the caller is told of the group that stayed
		}
		return err
	}
	return a.replyGroup(w, r, p, show, http.StatusCreated, group.ID)
}

var errNoGroupName = refuse(http.StatusBadRequest, invalidValue, `The "DisplayName" of the request is invalid. It is needed.`)

func (a *api) groupBody(w http.ResponseWriter, r *http.Request) (object, error) {
	var raw object
	if err := decodeBody(w, r, &raw); err != nil {
		return nil, err
	}
	return canonical(groups, raw)
}

// replyGroup writes the group as it is now, with its members if they are to be seen.
func (a *api) replyGroup(w http.ResponseWriter, r *http.Request, p convoke.Principal, show projection, status int, id convoke.GroupID) error {
	group, err := a.Groups.Group(r.Context(), p, convoke.GroupKey{ID: id})
	if err != nil {
		return err
	}
	tree := a.groupTree(group)
	if show.wants("", "members") {
		if err := a.addMembers(r.Context(), p, []convoke.Group{group}, []object{tree}); err != nil {
			return err
		}
	}
	return replyResource(w, r, status, show, tree)
}

// readGroup: GET /Groups/{id}.
func (a *api) readGroup(w http.ResponseWriter, r *http.Request, p convoke.Principal, show projection) error {
	return a.replyGroup(w, r, p, show, http.StatusOK, groupID(r))
}

// replaceGroup: PUT /Groups/{id}. It changes the members only when it names them.
func (a *api) replaceGroup(w http.ResponseWriter, r *http.Request, p convoke.Principal, show projection) error {
	body, err := a.groupBody(w, r)
	if err != nil {
		return err
	}
	if text(body, "displayName") == "" {
		return errNoGroupName
	}
	err = a.editGroup(r, p, func(e *groupEdit) error {
		if members, given := body["members"]; given {
			e.members = []memberChange{{opReplace, memberRefs(listOf(members))}}
		}
		for _, name := range []string{"displayName", "externalId", urnZoomGroup} {
			if value, given := body[name]; given {
				e.tree[name] = value
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	return a.replyGroup(w, r, p, show, http.StatusOK, groupID(r))
}

// patchGroup: PATCH /Groups/{id}. As Zoom, it answers with nothing; a client that
// wants to see attributes gets them.
func (a *api) patchGroup(w http.ResponseWriter, r *http.Request, p convoke.Principal, show projection) error {
	var request patchRequest
	if err := decodeBody(w, r, &request); err != nil {
		return err
	}
	if err := request.check(); err != nil {
		return err
	}
	err := a.editGroup(r, p, func(e *groupEdit) error {
		for _, op := range request.Operations {
			if err := e.apply(op); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	if r.URL.Query().Has("attributes") {
		return a.replyGroup(w, r, p, show, http.StatusOK, groupID(r))
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}

// editGroup changes a group's attributes and then its members, in the order of
// the operations. Each of them can be made again when the call fails half-way.
func (a *api) editGroup(r *http.Request, p convoke.Principal, edit func(*groupEdit) error) error {
	group, err := a.Groups.Group(r.Context(), p, convoke.GroupKey{ID: groupID(r)})
	if err != nil {
		return err
	}
	before := a.groupTree(group)
	if err := checkVersion(r.Header.Get("If-Match"), before); err != nil {
		return err
	}
	e := groupEdit{tree: copied(before).(object)} //nolint:forcetypeassert // a copy of an object is one
	if err := edit(&e); err != nil {
		return err
	}
	if patch, changes := groupPatch(before, e.tree); changes {
		if _, err := a.Groups.UpdateGroup(r.Context(), p, group.ID, patch); err != nil {
			return err
		}
	}
	for _, change := range e.members {
		if err := a.changeMembers(r.Context(), p, group.ID, change); err != nil {
			return err
		}
	}
	return nil
}

// changeMembers does one change, in as many parts as it needs.
func (a *api) changeMembers(ctx context.Context, p convoke.Principal, id convoke.GroupID, c memberChange) error {
	if c.op == opReplace {
		return notAMember(a.Members.ReplaceMembers(ctx, p, id, c.refs))
	}
	for part := range slices.Chunk(c.refs, convoke.MaxGroupMembers) {
		var err error
		if c.op == opAdd {
			_, _, err = a.Members.AddMembers(ctx, p, id, part)
			err = notAMember(err)
		} else {
			err = a.removeMembers(ctx, p, id, part)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// removeMembers takes users out. Who is not there any more is out already.
func (a *api) removeMembers(ctx context.Context, p convoke.Principal, id convoke.GroupID, refs []string) error {
	err := a.Members.RemoveMembers(ctx, p, id, refs)
	if !convoke.HasCode(err, convoke.CodeUserNotFound) {
		return err
	}
	for _, ref := range refs {
		if err := a.Members.RemoveMembers(ctx, p, id, []string{ref}); err != nil && !convoke.HasCode(err, convoke.CodeUserNotFound) {
			return err
		}
	}
	return nil
}

// notAMember says that it is the body that names somebody who is not there.
func notAMember(err error) error {
	if convoke.HasCode(err, convoke.CodeUserNotFound) {
		return refuse(http.StatusBadRequest, invalidValue, "A member of the request does not exist. Members are named by the id of a user.")
	}
	return err
}

// deleteGroup: DELETE /Groups/{id}.
func (a *api) deleteGroup(w http.ResponseWriter, r *http.Request, p convoke.Principal) error {
	if wanted := r.Header.Get("If-Match"); wanted != "" {
		group, err := a.Groups.Group(r.Context(), p, convoke.GroupKey{ID: groupID(r)})
		if err == nil {
			err = checkVersion(wanted, a.groupTree(group))
		}
		if err != nil {
			return err
		}
	}
	if err := a.Groups.DeleteGroup(r.Context(), p, groupID(r)); err != nil {
		return err
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}
