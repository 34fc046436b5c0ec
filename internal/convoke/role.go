// SPDX-License-Identifier: Apache-2.0

package convoke

// AccountRole is what a user is in the account. It is not what a participant
// is in a room (Role).
type AccountRole string

// The roles. An account has one owner at most, and who was given no role is a member.
const (
	AccountOwner  AccountRole = "owner"
	AccountAdmin  AccountRole = "admin"
	AccountMember AccountRole = ""
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
