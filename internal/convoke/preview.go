// SPDX-License-Identifier: Apache-2.0

package convoke

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
)

// SignInPreview is what would become of a sign-in. Its JSON is that of
// POST /api/v1/sso/mapping/preview, which the portal shows too.
type SignInPreview struct {
	Outcome string         `json:"outcome"` // an Outcome, or refused
	Code    Code           `json:"code"`    // why the person would not come in; empty: who would
	Message string         `json:"message"` // the same for people
	Key     string         `json:"key"`     // the external id that the person is bound by
	UserID  UserID         `json:"user_id"` // empty: the user would be made
	Status  Status         `json:"status"`  // that the user would have; empty when refused
	Licence Licence        `json:"license_type"`
	Rule    int            `json:"rule"` // the number of the rule that gave the licence, from 1; 0: none did
	Role    string         `json:"role"` // that the user would have: owner, admin or member; empty when refused
	ByRule  int            `json:"role_rule"`
	Joined  []string       `json:"groups_joined"` // names of the groups that the user would come into
	Left    []string       `json:"groups_left"`   // and of those that the user would leave
	InRule  int            `json:"groups_rule"`
	Values  []MappedValue  `json:"values"`
	Changes []MappedChange `json:"changes"` // what the user would have, and did not
	Notes   []string       `json:"notes"`   // what came and is of no use, and why
}

// MappedValue is a value that came, and from where.
type MappedValue struct {
	Field     MappedField `json:"field"`
	Value     string      `json:"value"`
	Attribute string      `json:"attribute"`
}

// MappedChange is a field of the user's that would be another.
type MappedChange struct {
	Field string `json:"field"`
	From  string `json:"from"`
	To    string `json:"to"`
}

// refused is the outcome of who would not come in.
const refused = "refused"

// PreviewSignIn describes what a decision makes of a user, or its refusal; before
// is nil for one who would be made. Random values that the user would get are
// left out.
func PreviewSignIn(m Mapped, outcome Outcome, before *User, after User, refusal *Error) SignInPreview {
	p := SignInPreview{
		Outcome: string(outcome), Key: m.Key, Status: after.Status, Licence: licenceOf(after.Type), Rule: m.Rule,
		ByRule: m.RoleRule, InRule: m.GroupRule, Joined: []string{}, Left: []string{},
		Values: m.list(), Changes: []MappedChange{}, Notes: append([]string{}, m.Notes...),
	}
	if before != nil {
		p.UserID = before.ID
	}
	if refusal != nil {
		p.Code, p.Message = refusal.Code, refusal.Message
		p.Notes = append(p.Notes, whyPending(refusal, after)...)
	}
	if outcome == "" {
		p.Outcome, p.UserID = refused, refusal.UserID
		return p
	}
	p.Role, p.Changes = after.Role.Text(), changes(before, after)
	return p
}

// whyPending tells who administers the account what the refusal does not tell the
// person: that no address of theirs comes in at once.
func whyPending(refusal *Error, u User) []string {
	if refusal.Code != CodeUserPending || u.StatusReason != ReasonDomainNotAssociated {
		return nil
	}
	return []string{"No verified domain of the account covers " + u.Email + ". Once one does (portal, Domains), people with such an address come in at once."}
}

func licenceOf(t UserType) Licence {
	switch t {
	case TypeBasic:
		return LicenceBasic
	case TypeLicensed:
		return LicenceLicensed
	case 0:
		return LicenceKept
	}
	return LicenceNone
}

// list returns the values in the order of MappedFields.
func (m Mapped) list() []MappedValue {
	list := []MappedValue{}
	for _, field := range MappedFields() {
		if value := m.Values[field]; value != "" {
			list = append(list, MappedValue{field, value, m.From[field]})
		}
	}
	return list
}

// changes lists what differs, by field.
func changes(before *User, after User) []MappedChange {
	if before == nil {
		before = &User{}
	}
	list := []MappedChange{}
	from, to := previewFields(*before), previewFields(after)
	for _, field := range slices.Sorted(maps.Keys(to)) {
		if !reflect.DeepEqual(from[field], to[field]) {
			list = append(list, MappedChange{field, shown(from[field]), shown(to[field])})
		}
	}
	return list
}

// previewFields names the fields as the mapping does.
func previewFields(u User) map[string]any {
	fields := updatedFields(u)
	fields["role"] = u.Role.Text()
	fields["personal_link"], fields["license_type"], fields["status"] = u.PersonalLink, string(licenceOf(u.Type)), string(u.Status)
	numbers := ""
	for _, n := range u.Profile.PhoneNumbers {
		if n.Label == officeLabel {
			numbers = n.Number
		}
	}
	fields[string(MapPhone)] = numbers
	for _, name := range []string{"vanity_name", "type", "host_key", "phone_numbers", "custom_attributes"} {
		delete(fields, name)
	}
	return fields
}

// shown is a value in one line; 0 is none.
func shown(value any) string {
	if v := reflect.ValueOf(value); !v.IsValid() || v.IsZero() {
		return ""
	}
	return fmt.Sprint(value)
}
