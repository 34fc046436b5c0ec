// SPDX-License-Identifier: Apache-2.0

package zoom

// Group is a group of users of an account.
type Group struct {
	ID           string `json:"id"`
	Name         string `json:"name"`
	TotalMembers int64  `json:"total_members"`
}

// GroupRequest is the body of POST and PATCH /v2/groups.
type GroupRequest struct {
	Name string `json:"name"`
}

// GroupList is the answer of GET /v2/groups.
type GroupList struct {
	Groups        []Group `json:"groups"`
	NextPageToken string  `json:"next_page_token"`
	TotalRecords  int64   `json:"total_records"`
}

// GroupMember is a member as GET /v2/groups/{groupId}/members lists it.
type GroupMember struct {
	ID        string   `json:"id"`
	Email     string   `json:"email"`
	FirstName string   `json:"first_name"`
	LastName  string   `json:"last_name"`
	Type      UserType `json:"type"`
}

// GroupMemberList is the answer of GET /v2/groups/{groupId}/members.
type GroupMemberList struct {
	Page
	Members []GroupMember `json:"members"`
}

// MembersRequest is the body of POST /v2/groups/{groupId}/members and of
// POST /v2/roles/{roleId}/members. Of a member, either the id or the e-mail will do.
type MembersRequest struct {
	Members []struct {
		ID    string `json:"id,omitempty"`
		Email string `json:"email,omitempty"`
	} `json:"members"`
}

// AddedMembers is the answer of POST /v2/groups/{groupId}/members.
type AddedMembers struct {
	AddedAt Time   `json:"added_at"`
	IDs     string `json:"ids"` // separated by commas
}

// MemberRequest is the body of PATCH /v2/groups/{groupId}/members/{memberId}.
type MemberRequest struct {
	Action        string `json:"action"` // move or set_primary
	TargetGroupID string `json:"target_group_id,omitempty"`
}
