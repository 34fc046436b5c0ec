// SPDX-License-Identifier: Apache-2.0

package convoke

import (
	"encoding/json"
	"reflect"
	"slices"
	"unicode/utf8"
)

// UserPatch is what PATCH /v2/users/{userId} changes; nil leaves a value as it is.
type UserPatch struct {
	FirstName    *string
	LastName     *string
	DisplayName  *string
	Type         *UserType
	PMI          *MeetingID
	PersonalLink *string // empty gives the link up
	HostKey      *string
	Group        GroupID         // a group to join besides those that the user is in; empty: none
	Profile      json.RawMessage // an object with any of Profile's fields; others are ignored
}

// Lookup returns the keys that must be free for the patch.
func (p UserPatch) Lookup() Lookup {
	var l Lookup
	set(&l.PMI, p.PMI)
	if p.PersonalLink != nil && validPersonalLink(*p.PersonalLink) { // Update refuses any other
		l.PersonalLink = *p.PersonalLink
	}
	return l
}

// Update checks the patch and returns the change. Found tells whether somebody
// else has the wanted personal link or personal meeting id; here, unlike at
// creation, that is an error: CodeLinkTaken, CodePMITaken.
func Update(u User, p UserPatch, found Found, m Mark) (Change, error) {
	after := u
	set(&after.FirstName, p.FirstName)
	set(&after.LastName, p.LastName)
	set(&after.DisplayName, p.DisplayName)
	set(&after.Type, p.Type)
	set(&after.HostKey, p.HostKey)
	for _, check := range []func() error{
		func() error { return cleanNames(&after.FirstName, &after.LastName, &after.DisplayName) },
		func() error { return patchType(after, p) },
		func() error { return patchHostKey(p) },
		func() error { return patchPMI(&after, p, found) },
		func() error { return patchLink(&after, p, found) },
		func() error { return after.Profile.merge(p.Profile) },
	} {
		if err := check(); err != nil {
			return Change{}, err
		}
	}
	change := m.change(u, after)
	if !change.addUpdated(m) {
		return Change{}, nil
	}
	return change, nil
}

func patchType(after User, p UserPatch) error {
	if p.Type == nil {
		return nil
	}
	if after.Action == ActionCustCreate && *p.Type != TypeLicensed {
		return Invalid(CodeInvalidType, "type", "A custCreate user is always licensed.")
	}
	return CheckType(*p.Type, after.Action)
}

func patchHostKey(p UserPatch) error {
	if p.HostKey == nil {
		return nil
	}
	return CheckHostKey(*p.HostKey)
}

func patchPMI(u *User, p UserPatch, found Found) error {
	if p.PMI == nil || *p.PMI == u.PMI {
		return nil
	}
	if err := CheckPMI(*p.PMI); err != nil {
		return err
	}
	if u.Type != TypeLicensed {
		return Errorf(KindPrecondition, CodeHostingNotAllowed, "Host is not a paid user.")
	}
	if found.PMITaken {
		return &Error{Kind: KindConflict, Code: CodePMITaken, Field: "pmi", Message: "This personal meeting id is already taken. Choose another one."}
	}
	u.PMI = *p.PMI
	return nil
}

func patchLink(u *User, p UserPatch, found Found) error {
	if p.PersonalLink == nil || *p.PersonalLink == u.PersonalLink {
		return nil
	}
	if *p.PersonalLink == "" {
		u.PersonalLink = ""
		return nil
	}
	if err := CheckPersonalLink(*p.PersonalLink); err != nil {
		return err
	}
	if u.Type != TypeLicensed {
		return Errorf(KindPrecondition, CodeHostingNotAllowed, "Host is not a paid user.")
	}
	sameUser := PersonalLinkKey(*p.PersonalLink) == PersonalLinkKey(u.PersonalLink)
	if found.LinkTaken && !sameUser {
		return &Error{
			Kind: KindConflict, Code: CodeLinkTaken, Field: "vanity_name",
			Message: `User is already taken by another user from your account. Choose another "Personal Link Name".`,
		}
	}
	u.PersonalLink = *p.PersonalLink
	return nil
}

// merge overwrites the fields that raw names and leaves the others, then checks
// the limits of PATCH /v2/users/{userId}.
func (p *Profile) merge(raw json.RawMessage) error {
	if len(raw) == 0 {
		return nil
	}
	attributes, numbers := p.CustomAttributes, p.PhoneNumbers
	p.CustomAttributes, p.PhoneNumbers = nil, nil // else Unmarshal would write into the old user's arrays
	if err := json.Unmarshal(raw, p); err != nil {
		return Invalid(CodeInvalidBody, "", "A field of the request has the wrong type: %v.", err)
	}
	if p.CustomAttributes == nil {
		p.CustomAttributes = attributes
	}
	if p.PhoneNumbers == nil {
		p.PhoneNumbers = numbers
	}
	if p.Manager != "" {
		if _, err := CheckEmail("manager", p.Manager); err != nil {
			return err
		}
	}
	if p.PronounsOption < 0 || p.PronounsOption > 3 {
		return Invalid(CodeInvalidField, "pronouns_option", "pronouns_option must be 1, 2 or 3.")
	}
	return p.checkTexts()
}

// checkTexts holds the texts to the longest values, in characters; where Zoom's description
// gives none, 255 keeps a row small.
func (p *Profile) checkTexts() error {
	for _, text := range []struct {
		field, value string
		limit        int
	}{
		{"about_me", p.AboutMe, 150},
		{"cms_user_id", p.CMSUserID, 255},
		{"company", p.Company, 255},
		{"cost_center", p.CostCenter, 255},
		{"dept", p.Dept, 255},
		{"employee_number", p.EmployeeNumber, 255},
		{"job_title", p.JobTitle, 128},
		{"language", p.Language, 16},
		{"linkedin_url", p.LinkedInURL, 255},
		{"location", p.Location, 256},
		{"pronouns", p.Pronouns, 255},
		{"timezone", p.Timezone, 64},
	} {
		if err := checkText(CodeInvalidField, text.field, text.value, text.limit); err != nil {
			return err
		}
	}
	return p.checkLists()
}

// maxPhoneNumbers is how many one user may have (PATCH /v2/users/{userId}).
const maxPhoneNumbers = 3

func (p *Profile) checkLists() error {
	if len(p.CustomAttributes) > 5 {
		return Invalid(CodeInvalidField, "custom_attributes", "At most 5 custom attributes are allowed.")
	}
	if len(p.PhoneNumbers) > maxPhoneNumbers {
		return Invalid(CodeInvalidField, "phone_numbers", "At most %d telephone numbers are allowed.", maxPhoneNumbers)
	}
	for _, a := range p.CustomAttributes {
		if !shortTexts(a.Key, a.Name, a.Value) {
			return Invalid(CodeInvalidField, "custom_attributes", "Each part of a custom attribute may have at most 255 characters.")
		}
	}
	for _, n := range p.PhoneNumbers {
		if !shortTexts(n.Code, n.Country, n.Number) || !slices.Contains([]string{"", "Mobile", "Office", "Home", "Fax"}, n.Label) {
			return Invalid(CodeInvalidField, "phone_numbers", "The label of a telephone number must be Mobile, Office, Home or Fax.")
		}
	}
	return nil
}

func shortTexts(list ...string) bool {
	return !slices.ContainsFunc(list, func(s string) bool {
		return utf8.RuneCountInString(s) > 255 || checkText(CodeInvalidField, "", s, 255) != nil
	})
}

// addUpdated appends user.updated with the changed fields, new and old. It
// reports whether anything differs.
func (c *Change) addUpdated(m Mark) bool {
	before, after := updatedFields(*c.Before), updatedFields(*c.After)
	for name, value := range after {
		if reflect.DeepEqual(before[name], value) {
			delete(before, name)
			delete(after, name)
		}
	}
	if len(after) == 0 {
		return false
	}
	before["id"], after["id"] = c.Before.ID, c.After.ID
	c.addByOperator(EventUserUpdated, m, c.After.AccountID, Payload{
		Object: after, OldObject: before, TimeStamp: m.At.UnixMilli(),
	})
	return true
}

// updatedFields names the fields as the webhook reference does for user.updated.
func updatedFields(u User) map[string]any {
	p := u.Profile
	return map[string]any{
		"first_name": u.FirstName, "last_name": u.LastName, "display_name": u.DisplayName,
		"email": u.Email, "type": u.Type, "pmi": u.PMI, "vanity_name": u.PersonalLink, "host_key": u.HostKey,
		"about_me": p.AboutMe, "cms_user_id": p.CMSUserID, "company": p.Company, "cost_center": p.CostCenter,
		"custom_attributes": p.CustomAttributes, "dept": p.Dept, "employee_number": p.EmployeeNumber, "job_title": p.JobTitle, "language": p.Language,
		"linkedin_url": p.LinkedInURL, "location": p.Location, "manager": p.Manager, "phone_numbers": p.PhoneNumbers,
		"pic_url": picturePath(u.Picture), "role": u.Role.ID(), "pronouns": p.Pronouns, "pronouns_option": p.PronounsOption, "timezone": p.Timezone, "use_pmi": p.UsePMI,
	}
}
