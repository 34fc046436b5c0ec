// SPDX-License-Identifier: Apache-2.0

package zoomapi

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/convoke/convoke/internal/convoke"
	"github.com/convoke/convoke/internal/provision"
	"github.com/convoke/convoke/zoom"
)

// Users is what the door asks of package provision.
type Users interface {
	// Ensure makes the user that the request means.
	Ensure(ctx context.Context, p convoke.Principal, r convoke.Request) (convoke.Decision, error)
	// User returns the user that ref names: an id, an e-mail or "me".
	User(ctx context.Context, p convoke.Principal, ref string) (convoke.User, error)
	// Users returns a page of the account's users of one status.
	Users(ctx context.Context, p convoke.Principal, l provision.UserList) (provision.UserPage, error)
	// Update changes a user's attributes.
	Update(ctx context.Context, p convoke.Principal, ref string, patch convoke.UserPatch) (convoke.User, error)
	// SetStatus activates or deactivates a user.
	SetStatus(ctx context.Context, p convoke.Principal, ref string, active bool) error
	// RemoveTo disassociates or deletes a user, whose meetings go to the heir if one is named.
	RemoveTo(ctx context.Context, p convoke.Principal, ref string, how convoke.Removal, heir string) error
}

// createUser: POST /v2/users.
func (a *api) createUser(w http.ResponseWriter, r *http.Request, p convoke.Principal) error {
	var body zoom.CreateUserRequest
	if _, err := decodeBody(w, r, &body); err != nil {
		return err
	}
	info := body.UserInfo
	err := required(need{"action", body.Action != ""}, need{"user_info.email", info.Email != ""}, need{"user_info.type", info.Type != 0})
	if err != nil {
		return err
	}
	decision, err := a.Users.Ensure(r.Context(), p, convoke.Request{
		Action: string(body.Action), Email: info.Email, Type: convoke.UserType(info.Type), Password: info.Password,
		FirstName: info.FirstName, LastName: info.LastName, DisplayName: info.DisplayName,
	})
	if err != nil {
		return inUserInfo(err)
	}
	u := decision.User
	return reply(w, http.StatusCreated, zoom.CreatedUser{
		ID: string(u.ID), FirstName: u.FirstName, LastName: u.LastName, Email: u.Email, Type: zoom.UserType(u.Type),
	})
}

// inUserInfo gives an error's field the name that it has in the body of POST /v2/users.
func inUserInfo(err error) error {
	e, ok := errors.AsType[*convoke.Error](err)
	if !ok || e.Field == "" || e.Field == "action" || e.Code == convoke.CodeScopeMissing {
		return err
	}
	nested := *e
	nested.Field = "user_info." + e.Field
	return &nested
}

// listUsers: GET /v2/users.
func (a *api) listUsers(w http.ResponseWriter, r *http.Request, p convoke.Principal) error {
	query := r.URL.Query()
	size, token, err := pageQuery(query)
	if err != nil {
		return err
	}
	status := convoke.StatusActive
	if text := query.Get("status"); text != "" {
		if status, err = convoke.ParseStatus(text); err != nil {
			return err
		}
	}
	role, err := roleQuery(query)
	if err != nil {
		return err
	}
	page, err := a.Users.Users(r.Context(), p, provision.UserList{Status: status, Role: role, Size: size, Token: token, Groups: true})
	if err != nil {
		return err
	}
	list := zoom.UserList{Page: newPage(size, page.Total, page.Next), Users: []zoom.ListedUser{}}
	for _, u := range page.Users {
		listed := listedUser(u, query["include_fields"])
		for _, id := range page.Groups[u.ID] {
			listed.GroupIDs = append(listed.GroupIDs, string(id))
		}
		list.Users = append(list.Users, listed)
	}
	return reply(w, http.StatusOK, list)
}

// roleQuery reads the filter role_id; nil is every role.
func roleQuery(query url.Values) (*convoke.AccountRole, error) {
	id := query.Get("role_id")
	if id == "" {
		return nil, nil //nolint:nilnil // no filter is no fault
	}
	role, known := convoke.RoleByID(id)
	if !known {
		return nil, invalidField(zoom.FieldError{Field: "role_id", Message: "The role_id must be 0 (owner), 1 (admin) or 2 (member)."})
	}
	return &role, nil
}

// readUser: GET /v2/users/{userId}.
func (a *api) readUser(w http.ResponseWriter, r *http.Request, p convoke.Principal) error {
	u, err := a.Users.User(r.Context(), p, r.PathValue("userId"))
	if err != nil {
		return err
	}
	groups, err := a.Groups.GroupsOf(r.Context(), p, string(u.ID), provision.PageQuery{})
	if err != nil {
		return err
	}
	user := a.wireUser(u)
	for _, g := range groups.Groups {
		user.GroupIDs = append(user.GroupIDs, string(g.ID))
	}
	return reply(w, http.StatusOK, user)
}

// updateUser: PATCH /v2/users/{userId}.
func (a *api) updateUser(w http.ResponseWriter, r *http.Request, p convoke.Principal) error {
	var body zoom.UpdateUserRequest
	raw, err := decodeBody(w, r, &body)
	if err != nil {
		return err
	}
	if body.Type != nil && !slices.Contains(userTypes, *body.Type) {
		return invalidField(zoom.FieldError{Field: "type", Message: "The type must be 1, 2, 4 or 99."})
	}
	_, err = a.Users.Update(r.Context(), p, r.PathValue("userId"), convoke.UserPatch{
		FirstName: body.FirstName, LastName: body.LastName, DisplayName: body.DisplayName,
		Type: (*convoke.UserType)(body.Type), PMI: (*convoke.MeetingID)(body.PMI),
		PersonalLink: body.VanityName, HostKey: body.HostKey, Group: convoke.GroupID(body.GroupID), Profile: raw,
	})
	if err != nil {
		return err
	}
	return done(w)
}

// userTypes is the enum of the field type.
var userTypes = []zoom.UserType{zoom.TypeBasic, zoom.TypeLicensed, zoom.TypeUnassigned, zoom.TypeNone}

// deleteUser: DELETE /v2/users/{userId}.
func (a *api) deleteUser(w http.ResponseWriter, r *http.Request, p convoke.Principal) error {
	query := r.URL.Query()
	how, err := convoke.ParseRemoval(query.Get("action"))
	if err != nil {
		return err
	}
	heir, err := heirOf(query)
	if err != nil {
		return err
	}
	if err := a.Users.RemoveTo(r.Context(), p, r.PathValue("userId"), how, heir); err != nil {
		return err
	}
	return done(w)
}

// heirOf reads who gets the meetings: the transfer_email, when transfer_meeting
// asks for it. There is nothing else in Convoke that could be transferred.
func heirOf(query url.Values) (string, error) {
	if query.Get("transfer_meeting") != "true" {
		return "", nil
	}
	heir := query.Get("transfer_email")
	if !strings.Contains(heir, "@") {
		return "", invalidField(zoom.FieldError{Field: "transfer_email", Message: "The e-mail of the user who gets the meetings is needed."})
	}
	return heir, nil
}

// setUserStatus: PUT /v2/users/{userId}/status.
func (a *api) setUserStatus(w http.ResponseWriter, r *http.Request, p convoke.Principal) error {
	var body zoom.StatusRequest
	if _, err := decodeBody(w, r, &body); err != nil {
		return err
	}
	if body.Action != zoom.Activate && body.Action != zoom.Deactivate {
		return invalidField(zoom.FieldError{Field: "action", Message: "The action must be activate or deactivate."})
	}
	if err := a.Users.SetStatus(r.Context(), p, r.PathValue("userId"), body.Action == zoom.Activate); err != nil {
		return err
	}
	return done(w)
}

// listedUser is a user in a list, with the extra fields that the query asks for.
func listedUser(u convoke.User, include []string) zoom.ListedUser {
	listed := zoom.ListedUser{
		ID: string(u.ID), FirstName: u.FirstName, LastName: u.LastName, DisplayName: u.Name(),
		Email: u.Email, Type: zoom.UserType(u.Type), Status: zoom.UserStatus(u.Status), PMI: int64(u.PMI),
		RoleID: u.Role.ID(), Timezone: u.Profile.Timezone, Verified: oneIf(u.Verified()), Dept: u.Profile.Dept,
		CreatedAt: zoom.At(u.CreatedAt), UserCreatedAt: zoom.At(u.CreatedAt), LastLoginTime: zoom.At(u.LastLoginAt),
	}
	include = strings.Split(strings.Join(include, ","), ",")
	if slices.Contains(include, "host_key") {
		listed.HostKey = u.HostKey
	}
	if slices.Contains(include, "custom_attributes") {
		listed.CustomAttributes = customAttributes(u)
	}
	return listed
}

func customAttributes(u convoke.User) []zoom.CustomAttribute {
	var list []zoom.CustomAttribute
	for _, attribute := range u.Profile.CustomAttributes {
		list = append(list, zoom.CustomAttribute(attribute))
	}
	return list
}

// wireUser is everything that GET /v2/users/{userId} tells.
func (a *api) wireUser(u convoke.User) zoom.User {
	profile := u.Profile
	user := zoom.User{
		ListedUser: listedUser(u, nil), AccountID: string(u.AccountID), CMSUserID: profile.CMSUserID,
		Company: profile.Company, CostCenter: profile.CostCenter, JobTitle: profile.JobTitle,
		Language: profile.Language, Location: profile.Location, LoginTypes: []int{loginType(u.Action)},
		Manager:  profile.Manager,
		Pronouns: profile.Pronouns, PronounsOption: profile.PronounsOption, UsePMI: profile.UsePMI,
	}
	user.RoleName = u.Role.Name()
	user.CustomAttributes = customAttributes(u)
	for _, number := range profile.PhoneNumbers {
		user.PhoneNumbers = append(user.PhoneNumbers, zoom.PhoneNumber(number))
	}
	user.PicURL = convoke.PublicURL(a.PublicURL).Picture(u.Picture)
	if u.PersonalLink != "" {
		user.VanityURL = convoke.PublicURL(a.PublicURL).Personal(u.PersonalLink)
		user.PersonalMeetingURL = user.VanityURL
	}
	return user
}

// oneIf is Zoom's number for yes and no.
func oneIf(yes bool) int {
	if yes {
		return 1
	}
	return 0
}

// loginType is how the user signs in.
func loginType(action convoke.Action) int {
	switch action {
	case convoke.ActionCustCreate:
		return zoom.LoginAPI
	case convoke.ActionSSOCreate:
		return zoom.LoginSSO
	default:
		return zoom.LoginEmail
	}
}
