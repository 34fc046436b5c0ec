// SPDX-License-Identifier: Apache-2.0

package scim

// The URNs of the schemas and messages (RFC 7643 section 10.3, Zoom's SCIM2 API).
const (
	urnUser       = "urn:ietf:params:scim:schemas:core:2.0:User"
	urnEnterprise = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
	urnZoomUser   = "urn:us:zoom:scim:schemas:extension:1.0:ZoomUser"
	urnZoom       = "urn:ietf:params:scim:schemas:extension:zoom:1.0:User"

	urnError = "urn:ietf:params:scim:api:messages:2.0:Error"
	urnList  = "urn:ietf:params:scim:api:messages:2.0:ListResponse"
	urnPatch = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
)

// users is the resource type User: what Convoke keeps of RFC 7643 section 4.1,
// the enterprise extension and Zoom's two.
var users = &resourceType{
	name: "User", endpoint: "/Users", about: "User Account", core: coreUser, extensions: []*schema{enterpriseUser, zoomUser, zoomProfile},
	indexes: []index{
		// The one e-mail of a user is its userName.
		{"userName", "userName"}, {"emails", "userName"}, {"emails.value", "userName"}, {"externalId", "externalId"}, {"id", "id"},
	},
	unkept: []string{
		"nickName", "profileUrl", "preferredLanguage", "password", "ims", "photos", "addresses", "entitlements", "roles", "x509Certificates",
	},
}

var coreUser = &schema{id: urnUser, name: "User", about: "User Account", attributes: []*attribute{
	{name: "userName", about: "The user's e-mail address, unique in the account.", required: true, uniqueness: "server"},
	{name: "name", kind: kindComplex, sub: []*attribute{
		{name: "formatted", about: "Given and family name. What is sent is dropped: Entra sends it by default."},
		{name: "familyName"},
		{name: "givenName"},
	}},
	{name: "displayName", about: "The name that others see in a meeting."},
	{name: "title", about: "The job title."},
	{name: "locale", about: "The user's language, such as en-US."},
	{name: "timezone", about: "An IANA time zone, such as Europe/Paris."},
	{name: "userType", about: "The licence.", canonical: []string{"Basic", "Licensed", "Unassigned", "None"}},
	{name: "active", kind: kindBoolean, about: "Whether the person may get in. It is true for who has not accepted the invitation yet."},
	{name: "emails", kind: kindComplex, multi: true, about: "The one address that userName holds, as the work address.", sub: []*attribute{
		{name: "value"},
		{name: "type", canonical: []string{"work"}},
		{name: "primary", kind: kindBoolean},
	}},
	{name: "phoneNumbers", kind: kindComplex, multi: true, about: "At most three.", sub: []*attribute{
		{name: "value"},
		{name: "type", canonical: []string{"mobile", "work", "home", "fax"}},
	}},
	{name: "groups", kind: kindComplex, multi: true, mutability: readOnly, about: "The groups that the user is a member of.", sub: []*attribute{
		{name: "value", mutability: readOnly},
		{name: "$ref", kind: kindReference, mutability: readOnly, refs: []string{"Group"}},
		{name: "display", mutability: readOnly},
		{name: "type", mutability: readOnly, canonical: []string{"direct"}},
	}},
}}

var enterpriseUser = &schema{id: urnEnterprise, name: "EnterpriseUser", about: "Enterprise User", attributes: []*attribute{
	{name: "department"},
	{name: "organization", about: "The company."},
	{name: "costCenter"},
	{name: "employeeNumber"},
	{name: "manager", kind: kindComplex, about: "The manager.", sub: []*attribute{
		{name: "value", about: "The id of a user, or the e-mail address of somebody who is none. A user's externalId and address are taken too."},
		{name: "$ref", kind: kindReference, mutability: readOnly, refs: []string{"User"}},
		{name: "displayName", mutability: readOnly},
	}},
}}

var zoomUser = &schema{id: urnZoomUser, name: "ZoomUser", about: "How the user signs in, as Zoom has it", attributes: []*attribute{
	{name: "loginType", kind: kindComplex, mutability: immutable, sub: []*attribute{
		{name: "sso", kind: kindBoolean, mutability: immutable, about: "Through the identity provider."},
		{name: "workEmail", kind: kindBoolean, mutability: immutable, about: "With e-mail and password."},
	}},
}}

var zoomProfile = &schema{id: urnZoom, name: "ZoomProfile", about: "What else Zoom has and Convoke keeps", attributes: []*attribute{
	{name: "personalLinkName", about: "The name in the personal link; unique on the server.", uniqueness: "global"},
	{name: "pronouns"},
}}
