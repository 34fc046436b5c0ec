// SPDX-License-Identifier: Apache-2.0

package convoke_test

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/convoke/convoke/internal/convoke"
)

func TestTheDefaultMappingKnowsTheUsualNames(t *testing.T) {
	t.Parallel()
	for _, names := range [][]string{
		{"email", "firstName", "lastName", "displayName"},
		{"mail", "givenName", "sn", "displayName"},
		{"Mail", "given_name", "family_name", "displayName"},
		{"urn:oid:0.9.2342.19200300.100.1.3", "urn:oid:2.5.4.42", "urn:oid:2.5.4.4", "urn:oid:2.16.840.1.113730.3.1.241"},
		{
			"http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress", "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/givenname",
			"http://schemas.xmlsoap.org/ws/2005/05/identity/claims/surname", "http://schemas.microsoft.com/identity/claims/displayname",
		},
		{convoke.NameID, "firstName", "surname", "displayName"},
	} {
		a := convoke.Assertion{Subject: "s", Attributes: map[string][]string{
			names[0]: {"", " jane@example.com "}, names[1]: {"Jane"}, names[2]: {"Roe"}, names[3]: {"Jane Roe"},
		}}
		mapped := mapper(t, convoke.DefaultMapping()).Map(a)
		want := map[convoke.MappedField]string{
			convoke.MapEmail: "jane@example.com", convoke.MapFirstName: "Jane", convoke.MapLastName: "Roe", convoke.MapDisplayName: "Jane Roe",
		}
		if !maps.Equal(mapped.Values, want) || mapped.From[convoke.MapEmail] != names[0] || mapped.Key != "s" || len(mapped.Notes) != 0 {
			t.Errorf("%v gave %+v", names, mapped)
		}
	}
}

func TestWhatIsOfNoUseIsLeftOutAndNoted(t *testing.T) {
	t.Parallel()
	m := convoke.DefaultMapping()
	m.Rows = nil
	for _, field := range convoke.MappedFields() {
		m.Rows = append(m.Rows, convoke.MappingRow{Attribute: string(field), Field: field})
	}
	long := strings.Repeat("x", 300)
	for field, values := range map[convoke.MappedField][2]string{
		convoke.MapEmail:        {"jane@example.com", "jane"},
		convoke.MapFirstName:    {"Jane", long},
		convoke.MapLastName:     {"Roe", "a\x00b"},
		convoke.MapDisplayName:  {"Jane Roe", long},
		convoke.MapDept:         {"Sales", long},
		convoke.MapJobTitle:     {"Clerk", long},
		convoke.MapLocation:     {"Oslo", long},
		convoke.MapCompany:      {"Acme", long},
		convoke.MapCostCenter:   {"77", long},
		convoke.MapManager:      {"boss@example.com", "CN=Boss,DC=example"},
		convoke.MapPhone:        {"+47 1", long},
		convoke.MapPronouns:     {"she/her", long},
		convoke.MapPersonalLink: {"jane.roe", "j"},
		convoke.MapPMI:          {"3847261950", "8001234567"},
		convoke.MapEmployeeID:   {"1001", long},
		convoke.MapLanguage:     {"en-US", long},
		convoke.MapTimezone:     {"Europe/Oslo", long},
	} {
		for i, value := range values {
			a := convoke.Assertion{Subject: "s", Attributes: map[string][]string{string(field): {value}}}
			mapped := mapper(t, m).Map(a)
			taken, noted := mapped.Values[field], len(mapped.Notes)
			if i == 0 && (taken != value || noted != 0) || i == 1 && (taken != "" || noted != 1) {
				t.Errorf("%s %.20q: kept %q, notes %q", field, value, taken, mapped.Notes)
			}
		}
	}
	a := convoke.Assertion{Subject: "s", Attributes: map[string][]string{"email": {"jane@example.com"}, "email_verified": {"false"}}}
	if mapped := mapper(t, m).Map(a); mapped.Values[convoke.MapEmail] != "" || len(mapped.Notes) != 1 {
		t.Errorf("an e-mail that the provider has not verified: %+v", mapped)
	}
}

func TestTheFirstRuleThatMatchesCounts(t *testing.T) {
	t.Parallel()
	rule := func(match convoke.RuleMatch, value string, l convoke.Licence) convoke.MappingRule {
		return convoke.MappingRule{Attribute: "groups", Match: match, Value: value, Licence: l}
	}
	m := convoke.DefaultMapping()
	m.Rules = []convoke.MappingRule{
		rule(convoke.MatchEquals, "contractors", convoke.LicenceNone),
		rule(convoke.MatchContains, "host", convoke.LicenceLicensed),
		rule(convoke.MatchRegexp, `^dept-[0-9]+$`, convoke.LicenceBasic),
		rule(convoke.MatchRegexp, `.`, convoke.LicenceNone),
	}
	for _, test := range []struct {
		values string
		want   convoke.Licence
		rule   int
	}{
		{"contractors", convoke.LicenceNone, 1},
		{"contractors-former", convoke.LicenceNone, 4},
		{"the-hosts", convoke.LicenceLicensed, 2},
		{"dept-12", convoke.LicenceBasic, 3},
		{"dept-12 the-hosts", convoke.LicenceLicensed, 2}, // the order of the rules, not of the values
		{"the-hosts contractors", convoke.LicenceNone, 1},
		{"The-Hosts", convoke.LicenceNone, 4},
		{"", convoke.LicenceKept, 0},
		{strings.Repeat("host", 100), convoke.LicenceKept, 0}, // too long to look at
	} {
		a := convoke.Assertion{Subject: "s", Attributes: map[string][]string{"groups": strings.Fields(test.values)}}
		if got := mapper(t, m).Map(a); got.Licence != test.want || got.Rule != test.rule {
			t.Errorf("%.30q: %q by rule %d, want %q by rule %d", test.values, got.Licence, got.Rule, test.want, test.rule)
		}
	}
}

func TestAMappingThatBreaksARuleIsRefused(t *testing.T) {
	t.Parallel()
	good := convoke.MappingRule{Attribute: "groups", Match: convoke.MatchEquals, Value: "a", Licence: convoke.LicenceBasic}
	for name, spoil := range map[string]func(*convoke.Mapping){
		"default_license_type: none given": func(m *convoke.Mapping) { m.DefaultLicence = "" },
		"default_license_type: unknown":    func(m *convoke.Mapping) { m.DefaultLicence = "gold" },
		"rows: unknown field":              func(m *convoke.Mapping) { m.Rows = []convoke.MappingRow{{"a", "shoe_size"}} },
		"rows: no attribute":               func(m *convoke.Mapping) { m.Rows = []convoke.MappingRow{{"", convoke.MapEmail}} },
		"rows: a NUL":                      func(m *convoke.Mapping) { m.Rows = []convoke.MappingRow{{"\x00", convoke.MapEmail}} },
		"rows: too many":                   func(m *convoke.Mapping) { m.Rows = make([]convoke.MappingRow, 101) },
		"rules: too many":                  func(m *convoke.Mapping) { m.Rules = make([]convoke.MappingRule, 51) },
		"rules: unknown match":             func(m *convoke.Mapping) { m.Rules[0].Match = "like" },
		"rules: empty value":               func(m *convoke.Mapping) { m.Rules[0].Value = "" },
		"rules: long value":                func(m *convoke.Mapping) { m.Rules[0].Value = strings.Repeat("x", 256) },
		"rules: no RE2":                    func(m *convoke.Mapping) { m.Rules[0].Match, m.Rules[0].Value = convoke.MatchRegexp, `(a)\1` },
		"rules: unknown licence":           func(m *convoke.Mapping) { m.Rules[0].Licence = "gold" },
		"rules: owner":                     func(m *convoke.Mapping) { m.Rules[0].Role = "owner" },
		"rules: group without a name":      func(m *convoke.Mapping) { m.Rules[0].Groups = []string{"Staff", ""} },
		"rules: group with space around":   func(m *convoke.Mapping) { m.Rules[0].Groups = []string{"Staff "} },
		"rules: too many groups":           func(m *convoke.Mapping) { m.Rules[0].Groups = make([]string, convoke.MaxRuleGroups+1) },
		"rules: gives nothing":             func(m *convoke.Mapping) { m.Rules[0].Licence = "" },
	} {
		m := convoke.DefaultMapping()
		m.Rules = []convoke.MappingRule{good}
		spoil(&m)
		_, err := convoke.NewMapper(m)
		field, _, _ := strings.Cut(name, ":")
		if !convoke.HasCode(err, convoke.CodeInvalidField) || convoke.AsError(err).Field != field {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// A rule that would keep a backtracking matcher busy for ever, on the longest
// value, comes to its end: RE2 is linear, and what it sees is bounded.
func TestTheWorstRuleEnds(t *testing.T) {
	t.Parallel()
	m := convoke.DefaultMapping()
	m.Rules = []convoke.MappingRule{{Attribute: "groups", Match: convoke.MatchRegexp, Value: `(a|aa)*(a|b)*c$`, Licence: convoke.LicenceNone}}
	values := []string{strings.Repeat("a", convoke.MaxMappedValue)}
	mapped := mapper(t, m).Map(convoke.Assertion{Subject: "s", Attributes: map[string][]string{"groups": values}})
	if mapped.Licence == convoke.LicenceNone {
		t.Error("the rule matches what does not end in c")
	}
}

// For each thing that can be given, the first rule counts that matches and
// speaks of it.
func TestRulesGiveRoleAndGroupsApart(t *testing.T) {
	t.Parallel()
	m := convoke.DefaultMapping()
	m.Rules = []convoke.MappingRule{
		{Attribute: "g", Match: convoke.MatchEquals, Value: "it", Role: "admin"},
		{Attribute: "g", Match: convoke.MatchContains, Value: "teach", Licence: convoke.LicenceLicensed, Groups: []string{"Teachers", "Staff"}},
		{Attribute: "g", Match: convoke.MatchRegexp, Value: ".", Role: "member", Groups: []string{"staff", "Guests"}},
	}
	for _, test := range []struct {
		values, role        string
		roleRule, groupRule int
		groups, others      []string
	}{
		{"it", "admin", 1, 3, []string{"staff", "Guests"}, []string{"Teachers"}},
		{"teachers it", "admin", 1, 2, []string{"Teachers", "Staff"}, []string{"Guests"}},
		{"teachers", "member", 3, 2, []string{"Teachers", "Staff"}, []string{"Guests"}},
		{"", "", 0, 0, nil, nil},
	} {
		got := mapper(t, m).Map(convoke.Assertion{Subject: "s", Attributes: map[string][]string{"g": strings.Fields(test.values)}})
		if got.Role != test.role || got.RoleRule != test.roleRule || got.GroupRule != test.groupRule ||
			!slices.Equal(got.Groups, test.groups) || !slices.Equal(got.OtherGroups, test.others) {
			t.Errorf("%q: %+v", test.values, got)
		}
	}
}

func TestRegularExpressionsAreBoundedTogether(t *testing.T) {
	t.Parallel()
	mapping := func(values ...string) convoke.Mapping {
		m := convoke.DefaultMapping()
		for _, value := range values {
			m.Rules = append(m.Rules, convoke.MappingRule{Attribute: "groups", Match: convoke.MatchRegexp, Value: value, Licence: convoke.LicenceBasic})
		}
		return m
	}
	long := strings.Repeat("a", 250)
	for name, c := range map[string]struct {
		values []string
		rule   string // that is refused; empty: none is
	}{
		"ordinary":         {slices.Repeat([]string{`(?i)^cn=(convoke|zoom)-(hosts|staff)-[a-z]{2},ou=`}, 20), ""},
		"ten long ones":    {slices.Repeat([]string{long}, 10), ""},
		"fifteen":          {slices.Repeat([]string{long}, 15), "rule 12"},
		"one that repeats": {[]string{"a", "[a-b]{0,999}0|[a-c]{0,999}1|[a-d]{0,999}2"}, "rule 2"},
		"nested":           {[]string{"((a{0,31}){0,31}){0,1}(b{0,900}){0,1}(c{0,900}){0,1}(d{0,900}){0,1}"}, "rule 1"},
	} {
		_, err := convoke.NewMapper(mapping(c.values...))
		if (err == nil) != (c.rule == "") || err != nil && (!convoke.HasCode(err, convoke.CodeInvalidField) || !strings.Contains(err.Error(), c.rule+" on")) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
