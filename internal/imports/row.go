// SPDX-License-Identifier: Apache-2.0

package imports

import (
	"encoding/json"
	"strconv"
	"strings"

	"github.com/convoke/convoke/internal/convoke"
	"github.com/convoke/convoke/internal/provision"
)

// typeNames are the licences in words.
var typeNames = map[string]convoke.UserType{
	"basic": convoke.TypeBasic, "licensed": convoke.TypeLicensed, "unassigned": convoke.TypeUnassigned, "none": convoke.TypeNone,
}

// row makes of a person what provision is asked for.
func (p *person) row(o convoke.ImportOptions) (provision.Row, error) {
	chosen := p.action(o)
	if err := convoke.CheckImportAction(chosen); err != nil {
		return provision.Row{}, err
	}
	licence, err := parseType(p[userType])
	if err != nil {
		return provision.Row{}, err
	}
	if chosen == convoke.ActionUpdate {
		return p.amendment(licence)
	}
	source, key := p.key(o)
	if key == "" {
		return provision.Row{}, convoke.Invalid(convoke.CodeInvalidRow, "email", "The row needs an email or an external_id.")
	}
	number, _ := parsePMI(p[pmi]) // at creation an invalid one becomes a random one
	return provision.Row{Group: p[group], Request: convoke.Request{
		Action: chosen, Source: source, ExternalID: key, Email: p[email], FirstName: p[firstName], LastName: p[lastName],
		DisplayName: p[displayName], Password: p[password], Type: licence, PMI: number, PersonalLink: p[personalLink],
		Profile: p.profile(),
	}}, nil
}

// action is what the row says, else what was said of the file; new e-mails are
// for updates.
func (p *person) action(o convoke.ImportOptions) string {
	switch {
	case p[action] != "":
		return p[action]
	case o.Action == "" && p[newEmail] != "":
		return convoke.ActionUpdate
	}
	return o.Action
}

// key is what the user is bound to: the external id, else the e-mail, so that
// the same file again finds the same users.
func (p *person) key(o convoke.ImportOptions) (convoke.Source, string) {
	if p[externalID] != "" {
		return o.Source, p[externalID]
	}
	return convoke.SourceCSV, convoke.EmailKey(p[email])
}

// naming is a way in which a row names its user. Two rows that name theirs in the
// same way and mean the same one are duplicates.
type naming uint8

const (
	byBinding      naming = iota // a key of theirs
	byEmailBinding               // the e-mail that they were bound under
	byEmail                      // the e-mail that they have
)

func (p *person) naming(o convoke.ImportOptions) naming {
	switch {
	case p.action(o) == convoke.ActionUpdate:
		return byEmail
	case p[externalID] == "":
		return byEmailBinding
	}
	return byBinding
}

func (p *person) amendment(licence convoke.UserType) (provision.Row, error) {
	patch := convoke.UserPatch{
		FirstName: given(p[firstName]), LastName: given(p[lastName]), DisplayName: given(p[displayName]),
		PersonalLink: given(p[personalLink]), Profile: p.profile(),
	}
	if licence != 0 {
		patch.Type = &licence
	}
	if p[pmi] != "" {
		number, err := parsePMI(p[pmi])
		if err != nil {
			return provision.Row{}, err
		}
		patch.PMI = &number
	}
	return provision.Row{Group: p[group], Amendment: &provision.Amendment{Email: p[email], NewEmail: p[newEmail], Patch: patch}}, nil
}

func given(value string) *string {
	if value == "" {
		return nil
	}
	return &value
}

func parseType(s string) (convoke.UserType, error) {
	if s == "" {
		return 0, nil
	}
	if t, ok := typeNames[strings.ToLower(s)]; ok {
		return t, nil
	}
	n, err := strconv.Atoi(s)
	if err != nil || n == 0 {
		return 0, convoke.Invalid(convoke.CodeInvalidType, "type",
			"The type must be 1 (basic), 2 (licensed), 4 (unassigned) or 99 (none).")
	}
	return convoke.UserType(n), nil
}

// parsePMI takes a number as people write it, with spaces or hyphens.
func parsePMI(s string) (convoke.MeetingID, error) {
	if s == "" {
		return 0, nil
	}
	n, err := strconv.ParseInt(strings.NewReplacer(" ", "", "-", "").Replace(s), 10, 64)
	if err != nil {
		return 0, convoke.Invalid(convoke.CodeInvalidPMI, "pmi", "The personal meeting id must be 10 digits.")
	}
	return convoke.MeetingID(n), nil
}

// profile is the JSON object of the profile's fields; nil when there are none.
func (p *person) profile() json.RawMessage {
	var values map[string]string
	for f := dept; f < fieldCount; f++ {
		if p[f] == "" {
			continue
		}
		if values == nil {
			values = make(map[string]string)
		}
		values[fieldNames[f]] = p[f]
	}
	if values == nil {
		return nil
	}
	raw, err := json.Marshal(values)
	if err != nil {
		panic("imports: texts do not marshal: " + err.Error())
	}
	return raw
}
