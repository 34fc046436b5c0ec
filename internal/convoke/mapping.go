// SPDX-License-Identifier: Apache-2.0

package convoke

import (
	"slices"
	"strings"
	"time"
)

// MappedField is a value of a user that an attribute of the identity provider
// can give.
type MappedField string

// The fields, in the wire names of PATCH /v2/users/{userId} where it has them.
const (
	MapEmail        MappedField = "email"
	MapFirstName    MappedField = "first_name"
	MapLastName     MappedField = "last_name"
	MapDisplayName  MappedField = "display_name"
	MapDept         MappedField = "dept"
	MapJobTitle     MappedField = "job_title"
	MapLocation     MappedField = "location"
	MapCompany      MappedField = "company"
	MapCostCenter   MappedField = "cost_center"
	MapManager      MappedField = "manager"
	MapPhone        MappedField = "phone_number"
	MapPronouns     MappedField = "pronouns"
	MapPersonalLink MappedField = "personal_link"
	MapPMI          MappedField = "pmi"
	MapEmployeeID   MappedField = "employee_unique_id"
	MapLanguage     MappedField = "language"
	MapTimezone     MappedField = "timezone"
	MapPicture      MappedField = "picture"
)

// MappedFields lists all, in the order in which they are shown.
func MappedFields() []MappedField {
	return []MappedField{
		MapEmail, MapFirstName, MapLastName, MapDisplayName, MapDept, MapJobTitle, MapLocation, MapCompany, MapCostCenter,
		MapManager, MapPhone, MapPronouns, MapPersonalLink, MapPMI, MapEmployeeID, MapLanguage, MapTimezone, MapPicture,
	}
}

// Licence is what a mapping gives a person.
type Licence string

// The licences. LicenceKept is a rule's that says nothing about it.
const (
	LicenceKept     Licence = ""
	LicenceBasic    Licence = "basic"
	LicenceLicensed Licence = "licensed"
	LicenceNone     Licence = "none" // no entry: who is new is not made, and a rule's bars who is there too
)

// userType returns the type that a user gets; 0 for what leaves it alone.
func (l Licence) userType() UserType {
	switch l {
	case LicenceBasic:
		return TypeBasic
	case LicenceLicensed:
		return TypeLicensed
	}
	return 0
}

// MappingRow says which field an attribute gives. Of several rows for one field
// the first whose attribute came counts.
type MappingRow struct {
	Attribute string      `json:"attribute"`
	Field     MappedField `json:"field"`
}

// RuleMatch is how a rule looks at a value.
type RuleMatch string

// The ways to match. All of them tell upper from lower case.
const (
	MatchContains RuleMatch = "contains"
	MatchEquals   RuleMatch = "equals"
	MatchRegexp   RuleMatch = "regexp" // RE2 syntax, anywhere in the value unless anchored
)

// MappingRule gives something to whoever has a value that matches. Rules are
// read from the top; for each thing that can be given the first that matches
// and speaks of it counts.
type MappingRule struct {
	Attribute string    `json:"attribute"`
	Match     RuleMatch `json:"match"`
	Value     string    `json:"value"`
	Licence   Licence   `json:"license_type"`
	Role      string    `json:"role"`             // admin or member; empty: says nothing about it
	Groups    []string  `json:"groups,omitempty"` // names of groups to be in; none: says nothing about them
}

// Mapping is what an account makes of the attributes of its identity provider.
type Mapping struct {
	DefaultLicence Licence       `json:"default_license_type"` // of a new user of whom no rule says more
	Rows           []MappingRow  `json:"rows"`
	Rules          []MappingRule `json:"rules"`
	UpdateNames    bool          `json:"update_at_each_sign_in"` // names and the picture, which otherwise map at the first sign-in only
	KeepAssertions bool          `json:"save_response_logs"`     // keep the attributes of the latest sign-ins for the preview
}

// Limits of a mapping, and of what of an assertion it looks at: each byte of at
// most MaxMappedValues times MaxMappedValue costs a rule as many steps as its
// regular expression has instructions, so the worst mapping takes about a second.
const (
	MaxMappingRows    = 100
	MaxMappingRules   = 50
	MaxMappingProgram = 3000 // instructions of all regular expressions together
	MaxRuleGroups     = 20   // groups that one rule gives
	MaxAttribute      = 255  // characters of an attribute's name, and of a rule's value
	MaxMappedValues   = 1000 // values of one attribute; a SAML answer has no more
	MaxMappedValue    = 256  // bytes of one value; a longer one matches nothing and gives nothing
)

// NameID is the name under which an Assertion has the subject's own name.
const NameID = "NameID"

// DefaultMapping is that of an account which has set none: basic users, with the
// attributes by the names that identity providers give them by default.
func DefaultMapping() Mapping {
	m := Mapping{DefaultLicence: LicenceBasic, Rules: []MappingRule{}}
	for _, known := range []struct {
		field MappedField
		names string
	}{
		{MapEmail, "email mail Mail urn:oid:0.9.2342.19200300.100.1.3 http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress " + NameID},
		{MapFirstName, "firstName givenName given_name urn:oid:2.5.4.42 http://schemas.xmlsoap.org/ws/2005/05/identity/claims/givenname"},
		{MapLastName, "lastName sn surname family_name urn:oid:2.5.4.4 http://schemas.xmlsoap.org/ws/2005/05/identity/claims/surname"},
		{MapDisplayName, "displayName urn:oid:2.16.840.1.113730.3.1.241 http://schemas.microsoft.com/identity/claims/displayname"},
	} {
		for name := range strings.FieldsSeq(known.names) {
			m.Rows = append(m.Rows, MappingRow{name, known.field})
		}
	}
	return m
}

// Check returns CodeInvalidField for the first value that is not allowed.
func (m *Mapping) Check() error {
	if !slices.Contains([]Licence{LicenceBasic, LicenceLicensed, LicenceNone}, m.DefaultLicence) {
		return Invalid(CodeInvalidField, "default_license_type", "The default licence must be basic, licensed or none.")
	}
	if len(m.Rows) > MaxMappingRows {
		return Invalid(CodeInvalidField, "rows", "A mapping may have at most %d rows; this one has %d.", MaxMappingRows, len(m.Rows))
	}
	for _, row := range m.Rows {
		if err := row.check(); err != nil {
			return err
		}
	}
	if len(m.Rules) > MaxMappingRules {
		return Invalid(CodeInvalidField, "rules", "A mapping may have at most %d rules; this one has %d.", MaxMappingRules, len(m.Rules))
	}
	for i, rule := range m.Rules {
		if err := rule.check(i + 1); err != nil {
			return err
		}
	}
	return nil
}

func (r MappingRow) check() error {
	if !slices.Contains(MappedFields(), r.Field) {
		return Invalid(CodeInvalidField, "rows", "A row's field must be one of %s; %q is none.", joinFields(), string(r.Field))
	}
	return checkAttribute("rows", r.Attribute)
}

func joinFields() string {
	var list []string
	for _, field := range MappedFields() {
		list = append(list, string(field))
	}
	return strings.Join(list, ", ")
}

func checkAttribute(field, name string) error {
	if name == "" {
		return Invalid(CodeInvalidField, field, "Each line of %s needs the name of an attribute.", field)
	}
	return checkText(CodeInvalidField, field, name, MaxAttribute)
}

// check names the rule by its number, from 1.
func (r MappingRule) check(number int) error {
	if err := checkAttribute("rules", r.Attribute); err != nil {
		return err
	}
	if r.Value == "" {
		return Invalid(CodeInvalidField, "rules", "Rule %d needs a value to look for.", number)
	}
	if err := checkText(CodeInvalidField, "rules", r.Value, MaxAttribute); err != nil {
		return err
	}
	if !slices.Contains([]RuleMatch{MatchContains, MatchEquals, MatchRegexp}, r.Match) {
		return Invalid(CodeInvalidField, "rules", "Rule %d must match by contains, equals or regexp.", number)
	}
	if !slices.Contains([]Licence{LicenceKept, LicenceBasic, LicenceLicensed, LicenceNone}, r.Licence) {
		return Invalid(CodeInvalidField, "rules", "Rule %d must give a license_type of basic, licensed or none, or none at all.", number)
	}
	if err := r.checkRole(number); err != nil {
		return err
	}
	if err := r.checkGroups(number); err != nil {
		return err
	}
	if r.gives() {
		return nil
	}
	return Invalid(CodeInvalidField, "rules", "Rule %d gives nothing: set its license_type, role or groups.", number)
}

// checkRole keeps the owner out: the account has one, whom no attribute chooses.
func (r MappingRule) checkRole(number int) error {
	if r.Role == "" || r.Role == roleAdmin || r.Role == roleMember {
		return nil
	}
	return Invalid(CodeInvalidField, "rules", "Rule %d must give a role of admin or member, or none at all. The owner is chosen by the operator alone.", number)
}

func (r MappingRule) checkGroups(number int) error {
	if len(r.Groups) > MaxRuleGroups {
		return Invalid(CodeInvalidField, "rules", "Rule %d names %d groups; at most %d are allowed.", number, len(r.Groups), MaxRuleGroups)
	}
	for _, name := range r.Groups {
		if name == "" || strings.TrimSpace(name) != name {
			return Invalid(CodeInvalidField, "rules", "Rule %d names a group %q: a group's name is not empty, and has no space around it.", number, name)
		}
		if err := checkText(CodeInvalidField, "rules", name, MaxGroupName); err != nil {
			return err
		}
	}
	return nil
}

// gives reports whether the rule says anything.
func (r MappingRule) gives() bool {
	return r.Licence != LicenceKept || r.Role != "" || len(r.Groups) > 0
}

// GivesRoles reports whether a rule makes admins or members. Whoever writes such
// a rule chooses who looks after the account.
func (m Mapping) GivesRoles() bool {
	return slices.ContainsFunc(m.Rules, func(r MappingRule) bool { return r.Role != "" })
}

// How long, and how many of an account's latest sign-ins, are kept for the
// preview, where the mapping says so.
const (
	KeptAssertions    = 20
	KeptAssertionLife = 30 * 24 * time.Hour
	maxKeptAssertion  = 64 << 10 // bytes; a larger one is not kept
)

// KeptAssertion is a past sign-in, as the preview needs it.
type KeptAssertion struct {
	ID         string              `json:"id"`
	AccountID  AccountID           `json:"account_id"`
	Source     Source              `json:"source"`
	Issuer     string              `json:"issuer"`
	Subject    string              `json:"subject"`
	Attributes map[string][]string `json:"attributes"`
	Code       Code                `json:"code,omitempty"` // why the person was refused; empty: who came in
	At         time.Time           `json:"at"`
}

// Keep returns the assertion as it is kept, with what became of the sign-in, and
// whether it is: it may be too large.
func (a Assertion) Keep(id string, outcome error, m Mark) (KeptAssertion, bool) {
	kept := KeptAssertion{
		ID: id, AccountID: a.AccountID, Source: a.Source, Issuer: a.Issuer, Subject: a.Subject, Attributes: a.Attributes, At: m.At,
	}
	if outcome != nil {
		kept.Code = AsError(outcome).Code
	}
	size := len(a.Subject) + len(a.Issuer)
	for name, values := range a.Attributes {
		size += len(name)
		for _, value := range values {
			size += len(value)
		}
	}
	return kept, size <= maxKeptAssertion
}

// Assertion returns what came then.
func (k KeptAssertion) Assertion() Assertion {
	return Assertion{AccountID: k.AccountID, Source: k.Source, Issuer: k.Issuer, Subject: k.Subject, Attributes: k.Attributes, At: k.At}
}

// MappingUpdated is the event of a changed mapping, for the audit log alone.
func (m Mark) MappingUpdated(account AccountID, before, after Mapping) Event {
	return m.event(EventMappingUpdated, account, Payload{Object: after, OldObject: before})
}
