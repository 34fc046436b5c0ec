// SPDX-License-Identifier: Apache-2.0

package scim

import (
	"context"
	"net/http"
	"slices"

	"github.com/convoke/convoke/internal/convoke"
	"github.com/convoke/convoke/internal/provision"
)

// Users is what the door asks of package provision about one user.
type Users interface {
	CreateEntry(context.Context, convoke.Principal, convoke.Request) (convoke.Entry, error)
	Entry(context.Context, convoke.Principal, convoke.UserID) (convoke.Entry, error)
	// ChangeEntry makes of an entry what edit says; it may run edit again.
	ChangeEntry(ctx context.Context, p convoke.Principal, id convoke.UserID, edit func(convoke.Entry) (convoke.EntryPatch, error)) (convoke.Entry, error)
	RemoveEntry(ctx context.Context, p convoke.Principal, id convoke.UserID, check func(convoke.Entry) error) error
	// ManagerAddress returns the e-mail under which a person's manager is kept; known
	// is false where the reference is nobody's.
	ManagerAddress(ctx context.Context, p convoke.Principal, ref string) (address string, known bool, err error)
	// ManagerNamed returns the user of such an e-mail, or nil.
	ManagerNamed(ctx context.Context, p convoke.Principal, address string) (*convoke.User, error)
}

// Directory is what the door asks of package provision about many.
type Directory interface {
	Entries(context.Context, convoke.Principal, provision.EntryList) (provision.EntryPage, error)
	ScanEntries(context.Context, convoke.Principal) ([]convoke.Entry, error)
	EntryByEmail(ctx context.Context, p convoke.Principal, email string) ([]convoke.Entry, error)
	EntryByExternalID(ctx context.Context, p convoke.Principal, key string) ([]convoke.Entry, error)
	EntryByID(ctx context.Context, p convoke.Principal, id convoke.UserID) ([]convoke.Entry, error)
}

// userID is the id that the path names.
func userID(r *http.Request) convoke.UserID { return convoke.UserID(r.PathValue("id")) }

// createUser: POST /Users.
func (a *api) createUser(w http.ResponseWriter, r *http.Request, p convoke.Principal, show projection) error {
	var raw object
	if err := decodeBody(w, r, &raw); err != nil {
		return err
	}
	tree, err := canonical(users, raw)
	if err != nil {
		return err
	}
	request, err := a.userRequest(r.Context(), p, tree)
	if err != nil {
		return err
	}
	entry, err := a.Users.CreateEntry(r.Context(), p, request)
	if err != nil {
		return err
	}
	made := a.userTree(entry) // which is in no group yet
	if err := a.referring(p, show).addManager(r.Context(), made); err != nil {
		return err
	}
	return replyResource(w, r, http.StatusCreated, show, made)
}

// errNoUserName refuses to make a user without one, and to take it away.
var errNoUserName = refuse(http.StatusBadRequest, invalidValue, `The "userName" of the request is invalid. It is needed.`)

// userRequest reads what makes a user.
func (a *api) userRequest(ctx context.Context, p convoke.Principal, tree object) (convoke.Request, error) {
	if text(tree, "userName") == "" {
		return convoke.Request{}, errNoUserName
	}
	action, err := actionOf(within(within(tree, urnZoomUser), "loginType"))
	if err != nil {
		return convoke.Request{}, err
	}
	if err := a.resolveManager(ctx, p, object{}, tree); err != nil {
		return convoke.Request{}, err
	}
	patch, err := userPatch(convoke.Entry{}, object{}, tree)
	r := convoke.Request{
		Action: string(action), ExternalID: text(tree, "externalId"), Email: text(tree, "userName"), Profile: patch.User.Profile,
		FirstName: text(tree, "name", "givenName"), LastName: text(tree, "name", "familyName"), DisplayName: text(tree, "displayName"),
		PersonalLink: text(tree, urnZoom, "personalLinkName"), Inactive: tree["active"] == false,
	}
	if patch.User.Type != nil {
		r.Type = *patch.User.Type
	}
	return r, err
}

// actionOf is the way in which a user is made who signs in like that: through the
// identity provider unless it is with e-mail and password only.
func actionOf(login object) (convoke.Action, error) {
	sso, workEmail := login["sso"], login["workEmail"] == true
	switch {
	case sso == true || sso == nil && !workEmail && login["workEmail"] == nil:
		return convoke.ActionSSOCreate, nil
	case workEmail:
		return convoke.ActionCreate, nil
	case sso == nil:
		return convoke.ActionSSOCreate, nil
	}
	return "", refuse(http.StatusBadRequest, invalidValue, "One of loginType.sso and loginType.workEmail must be true.")
}

// readUser: GET /Users/{id}.
func (a *api) readUser(w http.ResponseWriter, r *http.Request, p convoke.Principal, show projection) error {
	entry, err := a.Users.Entry(r.Context(), p, userID(r))
	if err != nil {
		return err
	}
	return a.replyUser(w, r, p, show, entry)
}

// replyUser writes a user. Who may change users and not read them is told which
// one it was.
func (a *api) replyUser(w http.ResponseWriter, r *http.Request, p convoke.Principal, show projection, e convoke.Entry) error {
	if p.Require(convoke.RightReadEntry) != nil {
		show = projection{t: users, selected: true}
	}
	tree := a.userTree(e)
	if err := a.referring(p, show).add(r.Context(), tree); err != nil {
		return err
	}
	return replyResource(w, r, http.StatusOK, show, tree)
}

// replaceUser: PUT /Users/{id}.
func (a *api) replaceUser(w http.ResponseWriter, r *http.Request, p convoke.Principal, show projection) error {
	var raw object
	if err := decodeBody(w, r, &raw); err != nil {
		return err
	}
	body, err := canonical(users, raw)
	if err != nil {
		return err
	}
	if name, given := body["userName"]; given && (name == nil || name == "") {
		return errNoUserName
	}
	return a.editUser(w, r, p, show, func(tree object) error {
		replace(tree, body)
		return nil
	})
}

// patchUser: PATCH /Users/{id}.
func (a *api) patchUser(w http.ResponseWriter, r *http.Request, p convoke.Principal, show projection) error {
	var request patchRequest
	if err := decodeBody(w, r, &request); err != nil {
		return err
	}
	if err := request.check(); err != nil {
		return err
	}
	return a.editUser(w, r, p, show, func(tree object) error {
		for _, op := range request.Operations {
			if err := (patcher{users, tree}).apply(op); err != nil {
				return err
			}
		}
		return nil
	})
}

// editUser changes a user as edit changes its tree, and answers with the result.
func (a *api) editUser(w http.ResponseWriter, r *http.Request, p convoke.Principal, show projection, edit func(tree object) error) error {
	entry, err := a.Users.ChangeEntry(r.Context(), p, userID(r), func(e convoke.Entry) (convoke.EntryPatch, error) {
		before := a.userTree(e)
		if err := checkVersion(r.Header.Get("If-Match"), before); err != nil {
			return convoke.EntryPatch{}, err
		}
		after := copied(before).(object) //nolint:forcetypeassert // a copy of an object is one
		if err := edit(after); err != nil {
			return convoke.EntryPatch{}, err
		}
		if err := a.resolveManager(r.Context(), p, before, after); err != nil {
			return convoke.EntryPatch{}, err
		}
		return userPatch(e, before, after)
	})
	if err != nil {
		return err
	}
	return a.replyUser(w, r, p, show, entry)
}

// deleteUser: DELETE /Users/{id}.
func (a *api) deleteUser(w http.ResponseWriter, r *http.Request, p convoke.Principal) error {
	err := a.Users.RemoveEntry(r.Context(), p, userID(r), func(e convoke.Entry) error {
		return checkVersion(r.Header.Get("If-Match"), a.userTree(e))
	})
	if err != nil {
		return err
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}

// keptByPut are the attributes that a PUT changes only by naming them: nobody is
// let in, or loses a licence or a key, by what is not said.
var keptByPut = []string{"active", "userType", "externalId", "emails"}

// replace makes of a tree what a PUT wants. One that names its userName is a
// replacement (RFC 7644 section 3.5.1): what it leaves out of the core and of the
// extensions that it has is gone. One without is Zoom's, which changes what it names.
func replace(tree, body object) {
	whole := body["userName"] != nil
	if address := addressOf(listOf(body["emails"])); address != "" {
		tree["userName"] = address // which the body's own, if it has one, goes over
	}
	for _, attr := range users.core.attributes {
		if whole && attr.mutability != readOnly && !slices.Contains(keptByPut, attr.name) {
			delete(tree, attr.name)
		}
	}
	for name, value := range body {
		if ext := users.extension(name); ext != nil {
			replaceBlock(ext, tree, value, whole)
			continue
		}
		if name == "emails" {
			continue // the address is the userName
		}
		if value == nil {
			delete(tree, name)
			continue
		}
		if complexOne(name) && !whole {
			value = merged(tree[name], value)
		}
		tree[name] = value
	}
}

func complexOne(name string) bool {
	at, ok := users.find("", name, "")
	return ok && at.attr.kind == kindComplex && !at.attr.multi
}

// replaceBlock replaces an extension, but for what cannot change.
func replaceBlock(ext *schema, tree object, value any, whole bool) {
	fields, _ := value.(object)
	block := within(tree, ext.id)
	if block == nil {
		block = object{}
		tree[ext.id] = block
	}
	for _, attr := range ext.attributes {
		v, given := fields[attr.name]
		switch {
		case given && attr.mutability == immutable:
			block[attr.name] = merged(copied(block[attr.name]), v)
		case given:
			block[attr.name] = v
		case whole && attr.mutability != immutable:
			delete(block, attr.name)
		}
	}
}
