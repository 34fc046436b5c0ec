// SPDX-License-Identifier: Apache-2.0

package scim

// The URNs of groups (RFC 7643 section 10.3, Zoom's SCIM2 API).
const (
	urnGroup     = "urn:ietf:params:scim:schemas:core:2.0:Group"
	urnZoomGroup = "urn:ietf:params:scim:schemas:extension:zoom:2.0:Group"
)

// groups is the resource type Group.
var groups = &resourceType{
	name: "Group", endpoint: "/Groups", about: "Group", core: coreGroup, extensions: []*schema{zoomGroup},
	indexes: []index{
		{"displayName", "displayName"}, {"externalId", "externalId"}, {"id", "id"}, {"members", "members"}, {"members.value", "members"},
	},
}

var coreGroup = &schema{id: urnGroup, name: "Group", about: "Group", attributes: []*attribute{
	{name: "displayName", required: true, uniqueness: "server", about: "The name, unique in the account."},
	{
		name: "members", kind: kindComplex, multi: true,
		about: "Users of the account. They are left out of answers that would have more than 10,000.",
		sub: []*attribute{
			{name: "value", caseExact: true, mutability: immutable, about: "The id of a user."},
			{name: "$ref", kind: kindReference, caseExact: true, mutability: readOnly, refs: []string{"User"}},
			{name: "display", mutability: readOnly},
			{name: "type", mutability: immutable, canonical: []string{"User"}},
		},
	},
}}

var zoomGroup = &schema{id: urnZoomGroup, name: "ZoomGroup", about: "What Zoom adds to a group", attributes: []*attribute{
	{name: "emailAlias", uniqueness: "server", about: "An e-mail address of the group, unique in the account."},
}}
