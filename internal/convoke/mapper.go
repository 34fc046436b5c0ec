// SPDX-License-Identifier: Apache-2.0

package convoke

import (
	"cmp"
	"encoding/json"
	"fmt"
	"regexp"
	"regexp/syntax"
	"slices"
	"strconv"
	"strings"
)

// Mapper is a Mapping that was checked and is ready to work. It never changes.
type Mapper struct {
	mapping Mapping
	matches []func(value string) bool // of the rules
}

// NewMapper checks the mapping and returns CodeInvalidField for the first value
// that is not allowed.
func NewMapper(m Mapping) (*Mapper, error) {
	if err := m.Check(); err != nil {
		return nil, err
	}
	if m.Rows == nil {
		m.Rows = []MappingRow{}
	}
	if m.Rules == nil {
		m.Rules = []MappingRule{}
	}
	mapper := &Mapper{mapping: m}
	instructions := 0
	for i, rule := range m.Rules {
		if rule.Match == MatchRegexp {
			instructions += programSize(rule.Value)
		}
		if instructions > MaxMappingProgram {
			return nil, Invalid(CodeInvalidField, "rules", "The regular expressions are too large together, from rule %d on. Repeat less, such as x+ instead of x{1,999}.", i+1)
		}
		match, err := rule.compile(i + 1)
		if err != nil {
			return nil, err
		}
		mapper.matches = append(mapper.matches, match)
	}
	return mapper, nil
}

// programSize is how many instructions a regular expression becomes, which is
// what each byte of a value may cost; 0 for one that is none.
func programSize(expression string) int {
	parsed, err := syntax.Parse(expression, syntax.Perl)
	if err != nil {
		return 0
	}
	program, err := syntax.Compile(parsed.Simplify())
	if err != nil {
		return 0
	}
	return len(program.Inst)
}

func (r MappingRule) compile(number int) (func(string) bool, error) {
	switch r.Match {
	case MatchEquals:
		return func(value string) bool { return value == r.Value }, nil
	case MatchContains:
		return func(value string) bool { return strings.Contains(value, r.Value) }, nil
	}
	expression, err := regexp.Compile(r.Value)
	if err != nil {
		return nil, Invalid(CodeInvalidField, "rules", "The regular expression of rule %d is not valid RE2: %v.", number, err)
	}
	return expression.MatchString, nil
}

// Mapping returns what the mapper was made of.
func (m *Mapper) Mapping() Mapping { return m.mapping }

// Mapped is what a mapping makes of one assertion, before anybody is looked up.
type Mapped struct {
	Key       string                 // of the person: the employee's, or the assertion's subject
	FormerKey string                 // the subject, where Key is the employee's; else empty
	Values    map[MappedField]string // what came and is allowed
	From      map[MappedField]string // the attribute that gave each value

	Licence        Licence // by a rule, for whoever it is
	Rule           int     // the number of that rule, from 1; 0: none gave any
	DefaultLicence Licence // for who is new, unless a rule says more
	Role           string  // by a rule: admin or member; empty: none gave any
	RoleRule       int
	Groups         []string // by a rule: those to be in, of all that rules name; nil: none gave any
	GroupRule      int
	OtherGroups    []string // that rules name and this one does not: those not to be in, where Groups is not nil
	UpdateNames    bool
	picture        *PictureOffer // nil: none came

	Notes []string // for people: what came and was of no use, and why
}

// employeeKey sets the keys of employees apart from subjects.
const employeeKey = "employee_unique_id:"

// Map makes of an assertion what the mapping says. What came and is of no use is
// left out and noted, so that a job title which is too long keeps nobody out.
func (m *Mapper) Map(a Assertion) Mapped {
	mapped := m.read(a)
	m.judge(a, &mapped)
	return mapped
}

// Email returns the e-mail that is mapped, or "" when there is none.
func (m *Mapper) Email(a Assertion) string { return m.read(a).Values[MapEmail] }

// read reads the rows.
func (m *Mapper) read(a Assertion) Mapped {
	mapped := Mapped{
		Key: a.Subject, DefaultLicence: m.mapping.DefaultLicence, UpdateNames: m.mapping.UpdateNames,
		Values: map[MappedField]string{}, From: map[MappedField]string{},
	}
	for _, row := range m.mapping.Rows {
		value := firstValue(a.Attributes[row.Attribute])
		if mapped.Values[row.Field] == "" && value != "" {
			mapped.take(row, value, a)
		}
	}
	if id := mapped.Values[MapEmployeeID]; id != "" {
		mapped.Key, mapped.FormerKey = employeeKey+id, a.Subject
	}
	return mapped
}

// judge reads the rules.
func (m *Mapper) judge(a Assertion, mapped *Mapped) {
	for i, rule := range m.mapping.Rules {
		licence := rule.Licence != LicenceKept && mapped.Rule == 0
		role := rule.Role != "" && mapped.RoleRule == 0
		groups := len(rule.Groups) > 0 && mapped.GroupRule == 0
		speaks := licence || role || groups
		if !speaks || !m.matched(i, a) {
			continue
		}
		if licence {
			mapped.Licence, mapped.Rule = rule.Licence, i+1
		}
		if role {
			mapped.Role, mapped.RoleRule = rule.Role, i+1
		}
		if groups {
			mapped.Groups, mapped.GroupRule = rule.Groups, i+1
		}
	}
	if mapped.GroupRule != 0 {
		mapped.OtherGroups = m.otherGroups(mapped.Groups)
	}
}

// otherGroups returns the groups that rules name, without those of the list.
func (m *Mapper) otherGroups(list []string) []string {
	seen := map[string]bool{}
	for _, name := range list {
		seen[GroupNameKey(name)] = true
	}
	var others []string
	for _, rule := range m.mapping.Rules {
		for _, name := range rule.Groups {
			if key := GroupNameKey(name); !seen[key] {
				seen[key] = true
				others = append(others, name)
			}
		}
	}
	return others
}

// take keeps a value that its field allows, and notes why it does not.
func (m *Mapped) take(row MappingRow, value string, a Assertion) {
	value, err := m.check(row.Field, value)
	if err == nil && row.Field == MapEmail && slices.Contains(a.Attributes["email_verified"], "false") {
		err = Errorf(KindInvalid, CodeInvalidEmail, "The identity provider says that it has not verified it (email_verified).")
	}
	if err != nil {
		m.Notes = append(m.Notes, fmt.Sprintf("%s from the attribute %s is left out. %s", row.Field, row.Attribute, AsError(err).Message))
		return
	}
	m.Values[row.Field], m.From[row.Field] = value, row.Attribute
}

// check is checkMapped, and keeps a picture, of which only the name is a value.
func (m *Mapped) check(field MappedField, value string) (string, error) {
	if field != MapPicture {
		return checkMapped(field, value)
	}
	offer, err := parsePicture(value)
	if err == nil {
		m.picture = &offer
	}
	return offer.String(), err
}

// firstValue returns the first value that says anything.
func firstValue(values []string) string {
	for _, value := range values {
		if value = strings.TrimSpace(value); value != "" {
			return value
		}
	}
	return ""
}

// checkMapped holds a value to its field's own rule, and returns the form that
// is kept.
func checkMapped(field MappedField, value string) (string, error) {
	switch field {
	case MapEmail:
		return CheckEmail("email", value)
	case MapFirstName, MapLastName:
		return value, checkText(CodeInvalidName, string(field), value, MaxName)
	case MapDisplayName:
		return value, checkText(CodeInvalidName, string(field), value, MaxDisplayName)
	case MapPersonalLink:
		return value, CheckPersonalLink(value)
	case MapPMI:
		id := parsePMI(value)
		return id.String(), CheckPMI(id)
	case MapPhone:
		return value, checkText(CodeInvalidField, string(field), value, 255)
	case MapEmployeeID:
		return value, CheckExternalID(employeeKey + value)
	}
	return value, (&Profile{}).merge(rawText(map[string]any{string(field): value}))
}

// parsePMI returns 0 for what is no number.
func parsePMI(value string) MeetingID {
	id, err := strconv.ParseInt(strings.NewReplacer(" ", "", "-", "").Replace(value), 10, 64)
	if err != nil {
		return 0
	}
	return MeetingID(id)
}

// rawText marshals texts and lists of them, which cannot fail.
func rawText(fields map[string]any) json.RawMessage {
	raw, err := json.Marshal(fields)
	if err != nil {
		panic("convoke: mapped fields do not marshal: " + err.Error())
	}
	return raw
}

// profile returns the values that belong to the profile, and the telephone
// number among those that the user has.
func (m Mapped) profile(present []PhoneNumber) json.RawMessage {
	fields := map[string]any{}
	for _, field := range []MappedField{
		MapDept, MapJobTitle, MapLocation, MapCompany, MapCostCenter, MapManager, MapPronouns, MapLanguage, MapTimezone,
	} {
		if value := m.Values[field]; value != "" {
			fields[string(field)] = value
		}
	}
	if number := m.Values[MapPhone]; number != "" {
		fields["phone_numbers"] = withOffice(present, number)
	}
	return rawText(fields)
}

// officeLabel is that of the number which a mapping gives.
const officeLabel = "Office"

// withOffice puts the number in the place of the office's, or adds it where
// there is room; the person's other numbers stay.
func withOffice(present []PhoneNumber, number string) []PhoneNumber {
	list := slices.Clone(present)
	for i := range list {
		if list[i].Label == officeLabel {
			if list[i].Number != number {
				list[i] = PhoneNumber{Label: officeLabel, Number: number}
			}
			return list
		}
	}
	if len(list) < maxPhoneNumbers {
		list = append(list, PhoneNumber{Label: officeLabel, Number: number})
	}
	return list
}

// matched reports whether any value of the rule's attribute matches.
func (m *Mapper) matched(i int, a Assertion) bool {
	values := a.Attributes[m.mapping.Rules[i].Attribute]
	return slices.ContainsFunc(values[:min(len(values), MaxMappedValues)], func(value string) bool {
		return len(value) <= MaxMappedValue && m.matches[i](value)
	})
}

// GroupChanges returns the names of the groups that the person is to join, and
// those of the present ones to leave.
func (m Mapped) GroupChanges(present []Group) (join []string, leave []Group) {
	in := map[string]bool{}
	for _, g := range present {
		key := GroupNameKey(g.Name)
		in[key] = true
		if slices.ContainsFunc(m.OtherGroups, func(name string) bool { return GroupNameKey(name) == key }) {
			leave = append(leave, g)
		}
	}
	for _, name := range m.Groups {
		if key := GroupNameKey(name); !in[key] {
			in[key] = true
			join = append(join, name)
		}
	}
	return join, leave
}

// role returns the role that the user has from now on. The owner stays the owner,
// whatever an attribute says.
func (m Mapped) role(present AccountRole) AccountRole {
	switch {
	case present == AccountOwner || m.Role == "":
		return present
	case m.Role == roleAdmin:
		return AccountAdmin
	}
	return AccountMember
}

// licenceOfNew is what a new user gets.
func (m Mapped) licenceOfNew() Licence { return cmp.Or(m.Licence, m.DefaultLicence) }
