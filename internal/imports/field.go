// SPDX-License-Identifier: Apache-2.0

package imports

import (
	"slices"
	"strings"
)

// field is a value of a person that a file can give.
type field uint8

const (
	externalID field = iota
	action
	userType
	email
	firstName
	lastName
	displayName
	password
	personalLink
	pmi
	newEmail
	group
	dept // this and the following are of the profile
	manager
	jobTitle
	location
	company
	costCenter
	language
	timezone
	fieldCount
)

// fieldNames are the API's names, which NDJSON and the results of it use.
var fieldNames = [fieldCount]string{
	"external_id", "action", "type", "email", "first_name", "last_name", "display_name", "password", "personal_link",
	"pmi", "new_email", "group", "dept", "manager", "job_title", "location", "company", "cost_center", "language", "timezone",
}

// aliases are other spellings: those of the upload forms, and of Zoom's API.
var aliases = map[string]field{
	"user_group": group, "department": dept, "user_type": userType, "licence": userType, "license": userType,
	"e_mail": email, "email_address": email, "e_mail_address": email, "new_e_mail": newEmail, "new_email_address": newEmail,
	"vanity_name": personalLink, "personal_link_name": personalLink, "personal_meeting_id": pmi,
}

// fieldOf finds the field that a column or a member means: case does not matter,
// spaces, hyphens and underscores are alike, and the forms' star for "needed" is
// left out.
func fieldOf(name string) (field, bool) {
	name = normal(name)
	if f, ok := aliases[name]; ok {
		return f, true
	}
	i := slices.Index(fieldNames[:], name)
	return field(max(i, 0)), i >= 0
}

func normal(name string) string {
	name = strings.TrimRight(strings.ToLower(strings.TrimSpace(name)), "* ")
	return strings.Join(strings.FieldsFunc(name, func(r rune) bool { return r == ' ' || r == '_' || r == '-' }), "_")
}

// person is one row's values; an empty one was not given.
type person [fieldCount]string

// set keeps a value. Spaces around it are of no meaning, but for a key of the
// host app's and a password.
func (p *person) set(f field, value string) {
	if f != externalID && f != password {
		value = strings.TrimSpace(value)
	}
	p[f] = value
}
