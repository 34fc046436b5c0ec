// SPDX-License-Identifier: Apache-2.0

package convoke

import (
	"slices"
	"strings"
)

// AccountRole is what a user is in the account. It is not what a participant
// is in a room (Role).
type AccountRole string

// The roles. An account has one owner at most, and who was given no role is a member.
const (
	AccountOwner  AccountRole = "owner"
	AccountAdmin  AccountRole = "admin"
	AccountMember AccountRole = ""
)

// The texts of the roles that can be given without handing the account over.
const (
	roleAdmin  = "admin"
	roleMember = "member"
)

// ID is the role's number on Zoom's wire, as text (GET /v2/users/{userId}, role_id).
func (r AccountRole) ID() string {
	switch r {
	case AccountOwner:
		return "0"
	case AccountAdmin:
		return "1"
	default:
		return "2"
	}
}

// Name is the role's name on Zoom's wire (role_name).
func (r AccountRole) Name() string {
	switch r {
	case AccountOwner:
		return "Owner"
	case AccountAdmin:
		return "Admin"
	default:
		return "Member"
	}
}

// Text is what ParseRole reads.
func (r AccountRole) Text() string { return strings.ToLower(r.Name()) }

// adminRights are what the owner and the admins of an account may do in it. What
// would let them be somebody else, as passwords and host tokens would, is not
// among them, nor are other people's meetings.
var adminRights = []Right{
	RightCreateUser, RightListUsers, RightReadUser, RightUpdateUser, RightUpdateEmail, RightUserStatus, RightReadSummary,
	RightReadDomains, RightWriteDomains, RightReadAudit, RightReadSSO, RightWriteSSO,
}

// ownerRights are what the owner may do besides: say who is an admin.
var ownerRights = []Right{RightAssignRole, RightUnassignRole}

// administers reports whether people of the role look after the account.
func (r AccountRole) administers() bool { return r == AccountOwner || r == AccountAdmin }

func (r AccountRole) allows(right Right) bool {
	return r.administers() && slices.Contains(adminRights, right) || r == AccountOwner && slices.Contains(ownerRights, right)
}

// MaxAdmins is how many admins an account may have, so that counting them for a
// list costs little. Two that are made at the same time may go beyond it by one.
const MaxAdmins = 1000

// ParseRole returns the role that s spells, or CodeInvalidField.
func ParseRole(s string) (AccountRole, error) {
	switch s {
	case "owner":
		return AccountOwner, nil
	case roleAdmin:
		return AccountAdmin, nil
	case roleMember:
		return AccountMember, nil
	}
	return "", Invalid(CodeInvalidField, "role", "The role must be owner, admin or member.")
}

// RoleByID returns the role with the number on Zoom's wire. There are no others.
func RoleByID(id string) (role AccountRole, known bool) {
	for _, role := range []AccountRole{AccountOwner, AccountAdmin, AccountMember} {
		if role.ID() == id {
			return role, true
		}
	}
	return "", false
}

// BreaksGlass reports whether the user may sign in by password although the
// domain forces single sign-on: the owner, so that a broken identity provider
// locks nobody out of the account for good. Who never had a password has none now.
func (u User) BreaksGlass() bool { return u.Role == AccountOwner && u.SignsInWithPassword() }

// SetRole gives the user another role. Whoever is made the owner must be active,
// and takes the place of the former owner, who is an admin from then on; former
// is nil when the account has none. CodeOwnerTaken: former is not the owner.
func SetRole(u User, role AccountRole, former *User, m Mark) (Change, error) {
	after := u
	after.Role = role
	change := m.change(u, after)
	if role == AccountOwner && u.Role != AccountOwner {
		if err := change.takeOver(former, m); err != nil {
			return Change{}, err
		}
	}
	if !change.addUpdated(m) {
		return Change{}, nil
	}
	return change, nil
}

// takeOver makes the former owner an admin.
func (c *Change) takeOver(former *User, m Mark) error {
	if c.After.Status != StatusActive {
		return Errorf(KindPrecondition, CodeUserInactive, "Only an active user can be the owner of the account.")
	}
	if former == nil {
		return nil
	}
	if former.Role != AccountOwner {
		return OwnerTaken()
	}
	admin := *former
	admin.Role = AccountAdmin
	demotion := m.change(*former, admin)
	demotion.addUpdated(m)
	c.Demoted, c.Events = demotion.After, demotion.Events
	return nil
}

// OwnerTaken is that another user was made the owner at the same moment.
func OwnerTaken() error {
	return Errorf(KindConflict, CodeOwnerTaken, "The account's owner is being changed by others right now. Try again.")
}

// Description says what the role is (GET /v2/roles, description).
func (r AccountRole) Description() string {
	switch r {
	case AccountOwner:
		return "The one person to whom the account belongs."
	case AccountAdmin:
		return "People who look after the account."
	default:
		return "Everybody else in the account."
	}
}

// AccountRoles are all roles, by their number on Zoom's wire. They are the same
// in every account.
func AccountRoles() []AccountRole { return []AccountRole{AccountOwner, AccountAdmin, AccountMember} }

// FindRole is RoleByID, or CodeRoleNotFound.
func FindRole(id string) (AccountRole, error) {
	role, known := RoleByID(id)
	if !known {
		return "", NotFound(CodeRoleNotFound, "A role with the %q ID does not exist. The roles are 0 (owner), 1 (admin) and 2 (member).", id)
	}
	return role, nil
}

// Assignable returns CodeRoleFixed for a role that an app can neither give nor
// take: the owner is handed over by the operator, and who has no role is a member.
func (r AccountRole) Assignable() error {
	if r != AccountAdmin {
		return roleFixed()
	}
	return nil
}

// AssignAdmin makes the user an admin. Nothing changes for an admin, and the
// owner stays the owner: CodeRoleFixed.
func AssignAdmin(u User, m Mark) (Change, error) {
	if u.Role == AccountOwner {
		return Change{}, roleFixed()
	}
	return SetRole(u, AccountAdmin, nil, m)
}

// UnassignAdmin makes an admin a member. CodeRoleMemberNotFound: the user is no admin.
func UnassignAdmin(u User, m Mark) (Change, error) {
	if u.Role != AccountAdmin {
		return Change{}, NotFound(CodeRoleMemberNotFound, "The user %s does not have this role.", u.ID)
	}
	return SetRole(u, AccountMember, nil, m)
}

func roleFixed() error {
	return Errorf(KindPrecondition, CodeRoleFixed, "RoleId required. Can't delete or add members for Normal/Owner roles.")
}
