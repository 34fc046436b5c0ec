// SPDX-License-Identifier: Apache-2.0

package zoom

// Role is a role of an account, as GET /v2/roles lists it.
type Role struct {
	ID           string `json:"id"` // 0 is the owner, 1 an admin, 2 a member
	Name         string `json:"name"`
	Description  string `json:"description"`
	Type         string `json:"type"` // common
	TotalMembers int64  `json:"total_members"`
}

// RoleList is the answer of GET /v2/roles.
type RoleList struct {
	Roles        []Role `json:"roles"`
	TotalRecords int    `json:"total_records"`
}

// RoleDetail is the answer of GET /v2/roles/{roleId}.
type RoleDetail struct {
	Role
	Privileges []string `json:"privileges"`
}

// RoleMember is a user as GET /v2/roles/{roleId}/members lists them.
type RoleMember struct {
	ID         string   `json:"id"`
	Email      string   `json:"email"`
	FirstName  string   `json:"first_name"`
	LastName   string   `json:"last_name"`
	Department string   `json:"department"`
	Type       UserType `json:"type"`
}

// RoleMemberList is the answer of GET /v2/roles/{roleId}/members.
type RoleMemberList struct {
	Page
	Members []RoleMember `json:"members"`
}

// AssignedMembers is the answer of POST /v2/roles/{roleId}/members.
type AssignedMembers struct {
	AddAt Time   `json:"add_at"`
	IDs   string `json:"ids"` // separated by commas
}
