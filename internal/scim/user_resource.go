// SPDX-License-Identifier: Apache-2.0

package scim

import (
	"encoding/json"
	"net/http"
	"reflect"
	"strings"

	"github.com/convoke/convoke/internal/convoke"
)

// userTree is the user as a resource, with its version.
func (a *api) userTree(e convoke.Entry) object {
	u := e.User
	tree := object{
		"schemas": []any{urnUser, urnEnterprise, urnZoomUser, urnZoom},
		"id":      string(u.ID), "userName": u.Email, "active": e.Active(), "userType": licences[u.Type],
		"emails": []any{object{"type": "work", "value": u.Email, "primary": true}},
		"meta": object{
			"resourceType": users.name, "created": stamp(u.CreatedAt), "lastModified": stamp(u.UpdatedAt),
			"location": a.location(users, string(u.ID)),
		},
		urnEnterprise: object{}, urnZoom: object{},
		urnZoomUser: object{"loginType": object{
			"sso": u.Action == convoke.ActionSSOCreate, "workEmail": u.SignsInWithPassword(),
		}},
	}
	put(tree, "externalId", e.ExternalID)
	put(tree, "displayName", u.DisplayName)
	put(tree, "title", u.Profile.JobTitle)
	put(tree, "locale", u.Profile.Language)
	put(tree, "timezone", u.Profile.Timezone)
	putName(tree, u)
	putPhones(tree, u.Profile.PhoneNumbers)
	enterprise := within(tree, urnEnterprise)
	put(enterprise, "department", u.Profile.Dept)
	put(enterprise, "organization", u.Profile.Company)
	put(enterprise, "costCenter", u.Profile.CostCenter)
	put(enterprise, "employeeNumber", u.Profile.EmployeeNumber)
	if u.Profile.Manager != "" {
		enterprise["manager"] = object{"value": u.Profile.Manager}
	}
	zoom := within(tree, urnZoom)
	put(zoom, "personalLinkName", u.PersonalLink)
	put(zoom, "pronouns", u.Profile.Pronouns)
	dropEmpty(tree)
	seal(tree)
	return tree
}

func (a *api) location(t *resourceType, id string) string {
	return a.PublicURL + Prefix + t.endpoint + "/" + id
}

// put sets a text that is not empty.
func put(tree object, name, text string) {
	if text != "" {
		tree[name] = text
	}
}

func within(tree object, name string) object {
	block, _ := tree[name].(object)
	return block
}

func putName(tree object, u convoke.User) {
	name := object{}
	put(name, "givenName", u.FirstName)
	put(name, "familyName", u.LastName)
	put(name, "formatted", strings.TrimSpace(u.FirstName+" "+u.LastName))
	if len(name) > 0 {
		tree["name"] = name
	}
}

// dropEmpty leaves out the extensions that say nothing, and their schemas.
func dropEmpty(tree object) {
	used := []any{urnUser}
	for _, ext := range users.extensions {
		if len(within(tree, ext.id)) == 0 {
			delete(tree, ext.id)
			continue
		}
		used = append(used, ext.id)
	}
	tree["schemas"] = used
}

// licences are the userTypes.
var licences = map[convoke.UserType]string{
	convoke.TypeBasic: "Basic", convoke.TypeLicensed: "Licensed", convoke.TypeUnassigned: "Unassigned", convoke.TypeNone: "None",
}

// licenceOf reads a userType, with Zoom's older name for Licensed.
func licenceOf(name string) (convoke.UserType, error) {
	if strings.EqualFold(name, "Pro") {
		name = "Licensed"
	}
	for licence, known := range licences {
		if strings.EqualFold(known, name) {
			return licence, nil
		}
	}
	return 0, refuse(http.StatusBadRequest, invalidValue, "The userType must be Basic, Licensed, Unassigned or None.")
}

// phoneTypes are SCIM's names for the labels of telephone numbers.
var phoneTypes = map[string]string{"Mobile": "mobile", "Office": "work", "Home": "home", "Fax": "fax"}

func phoneLabel(kind string) string {
	if strings.EqualFold(kind, "office") {
		return "Office"
	}
	for label, known := range phoneTypes {
		if strings.EqualFold(known, kind) {
			return label
		}
	}
	return ""
}

func putPhones(tree object, numbers []convoke.PhoneNumber) {
	var list []any
	for _, n := range numbers {
		phone := object{"value": n.Number}
		put(phone, "type", phoneTypes[n.Label])
		list = append(list, phone)
	}
	if list != nil {
		tree["phoneNumbers"] = list
	}
}

// phonesOf reads telephone numbers; of one that is there already, what SCIM does
// not know is kept.
func phonesOf(tree object, before []convoke.PhoneNumber) []convoke.PhoneNumber {
	numbers := []convoke.PhoneNumber{}
	for _, item := range listOf(tree["phoneNumbers"]) {
		fields, _ := item.(object)
		if text(fields, "value") == "" {
			continue
		}
		number := convoke.PhoneNumber{Number: text(fields, "value")}
		for _, known := range before {
			if known.Number == number.Number {
				number = known
			}
		}
		number.Label = phoneLabel(text(fields, "type"))
		numbers = append(numbers, number)
	}
	return numbers
}

// text reads a string from a tree; what is not there is empty.
func text(tree object, path ...string) string {
	for _, name := range path[:len(path)-1] {
		tree = within(tree, name)
	}
	s, _ := tree[path[len(path)-1]].(string)
	return s
}

// profileFields are the texts of the profile: where SCIM has them, and their
// names in convoke.Profile's JSON.
var profileFields = []struct {
	path []string
	name string
}{
	{[]string{"title"}, "job_title"},
	{[]string{"locale"}, "language"},
	{[]string{"timezone"}, "timezone"},
	{[]string{urnEnterprise, "department"}, "dept"},
	{[]string{urnEnterprise, "organization"}, "company"},
	{[]string{urnEnterprise, "costCenter"}, "cost_center"},
	{[]string{urnEnterprise, "employeeNumber"}, "employee_number"},
	{[]string{urnEnterprise, "manager", "value"}, "manager"},
	{[]string{urnZoom, "pronouns"}, "pronouns"},
}

// userPatch is what a client changed from one tree to another. The manager is as
// the client wrote it.
func userPatch(e convoke.Entry, before, after object) (convoke.EntryPatch, error) {
	var p convoke.EntryPatch
	if text(after, "userName") == "" {
		return p, errNoUserName
	}
	if name := text(after, "userName"); name != text(before, "userName") {
		p.Email = name
	}
	changed(&p.User.FirstName, before, after, "name", "givenName")
	changed(&p.User.LastName, before, after, "name", "familyName")
	changed(&p.User.DisplayName, before, after, "displayName")
	changed(&p.User.PersonalLink, before, after, urnZoom, "personalLinkName")
	changed(&p.ExternalID, before, after, "externalId")
	if active, ok := after["active"].(bool); ok && active != before["active"] {
		p.Active = &active
	}
	if kind := text(after, "userType"); kind != "" && kind != text(before, "userType") {
		licence, err := licenceOf(kind)
		if err != nil {
			return p, err
		}
		p.User.Type = &licence
	}
	if login := after[urnZoomUser]; login != nil && before[urnZoomUser] != nil && !reflect.DeepEqual(login, before[urnZoomUser]) {
		return p, refuse(http.StatusBadRequest, mutability, "How a user signs in (loginType) cannot be changed.")
	}
	var err error
	p.User.Profile, err = profilePatch(e, before, after)
	return p, err
}

// addressOf is the one of the e-mails that can be a userName. One of another type
// than work, such as Entra's proxy addresses, cannot unless it is the primary one.
func addressOf(emails []any) string {
	address, rank := "", 0
	for _, item := range emails {
		fields, _ := item.(object)
		value, weight := text(fields, "value"), 0
		switch kind := text(fields, "type"); {
		case fields["primary"] == true:
			weight = 3
		case strings.EqualFold(kind, "work"):
			weight = 2
		case kind == "":
			weight = 1
		}
		if value != "" && weight > rank {
			address, rank = value, weight
		}
	}
	return address
}

func changed(to **string, before, after object, path ...string) {
	if value := text(after, path...); value != text(before, path...) {
		*to = &value
	}
}

// profilePatch is the JSON object of the profile's changes, or nothing.
func profilePatch(e convoke.Entry, before, after object) (json.RawMessage, error) {
	fields := object{}
	for _, f := range profileFields {
		if value := text(after, f.path...); value != text(before, f.path...) {
			fields[f.name] = value
		}
	}
	if !reflect.DeepEqual(listOf(before["phoneNumbers"]), listOf(after["phoneNumbers"])) {
		fields["phone_numbers"] = phonesOf(after, e.User.Profile.PhoneNumbers)
	}
	if len(fields) == 0 {
		return nil, nil
	}
	return json.Marshal(fields)
}
