// SPDX-License-Identifier: Apache-2.0

package scim

import "strings"

// The kinds of attribute that the schemas use (RFC 7643 section 2.3).
const (
	kindString    = "string"
	kindBoolean   = "boolean"
	kindDateTime  = "dateTime"
	kindReference = "reference"
	kindComplex   = "complex"
)

// The mutabilities and the returned of RFC 7643 section 7 that are not the default.
const (
	readOnly  = "readOnly"
	immutable = "immutable"
	always    = "always"
)

// attribute is one attribute of a schema. What is left empty has RFC 7643's default.
type attribute struct {
	name       string
	kind       string // empty: kindString
	about      string
	multi      bool
	required   bool
	caseExact  bool
	mutability string
	returned   string
	uniqueness string
	canonical  []string
	refs       []string // referenceTypes
	sub        []*attribute
}

func (a *attribute) child(name string) *attribute { return pick(a.sub, name) }

// pick finds an attribute by its name, whatever the case (RFC 7643 section 2.1).
func pick(list []*attribute, name string) *attribute {
	for _, a := range list {
		if strings.EqualFold(a.name, name) {
			return a
		}
	}
	return nil
}

// schema is a named set of attributes.
type schema struct {
	id, name, about string
	attributes      []*attribute
}

// resourceType is what can be stored: a core schema and its extensions.
type resourceType struct {
	name, endpoint, about string
	core                  *schema
	extensions            []*schema
	unkept                []string // attributes of RFC 7643 that are taken and not kept
	indexes               []index
}

// common are the attributes of every resource (RFC 7643 section 3.1).
var common = []*attribute{
	{name: "schemas", kind: kindReference, multi: true, required: true, caseExact: true, returned: always},
	{name: "id", caseExact: true, mutability: readOnly, returned: always, uniqueness: "server"},
	{name: "externalId", caseExact: true},
	{name: "meta", kind: kindComplex, mutability: readOnly, sub: []*attribute{
		{name: "resourceType", caseExact: true, mutability: readOnly},
		{name: "created", kind: kindDateTime, mutability: readOnly},
		{name: "lastModified", kind: kindDateTime, mutability: readOnly},
		{name: "location", kind: kindReference, caseExact: true, mutability: readOnly},
		{name: "version", caseExact: true, mutability: readOnly},
	}},
}

// place is where an attribute is in a resource's tree.
type place struct {
	urn  string // of the extension; empty: in the core
	attr *attribute
	sub  *attribute // nil: the attribute itself
}

// extension finds one by its URN, whatever the case.
func (t *resourceType) extension(urn string) *schema {
	for _, s := range t.extensions {
		if strings.EqualFold(s.id, urn) {
			return s
		}
	}
	return nil
}

// find resolves a path's parts. It reports false for what the type does not have.
// An attribute of an extension needs no URN where the core has none of its name, as
// Entra writes manager.
func (t *resourceType) find(urn, name, sub string) (place, bool) {
	var p place
	switch ext := t.extension(urn); {
	case ext != nil:
		p.urn, p.attr = ext.id, pick(ext.attributes, name)
	case urn == "" || strings.EqualFold(urn, t.core.id):
		if p.attr = pick(t.core.attributes, name); p.attr == nil {
			p.attr = pick(common, name)
		}
		if p.attr == nil && urn == "" {
			p.urn, p.attr = t.extended(name)
		}
	}
	if p.attr == nil {
		return p, false
	}
	if sub != "" {
		p.sub = p.attr.child(sub)
		return p, p.sub != nil
	}
	return p, true
}

// extended finds an attribute by its name in the extensions.
func (t *resourceType) extended(name string) (urn string, found *attribute) {
	for _, ext := range t.extensions {
		if found = pick(ext.attributes, name); found != nil {
			return ext.id, found
		}
	}
	return "", nil
}

// drops reports whether an unknown attribute is one that may be sent all the
// same: RFC 7643 has it and Convoke does not keep it, or it is in an extension.
func (t *resourceType) drops(urn, name string) bool {
	if urn != "" && !strings.EqualFold(urn, t.core.id) {
		return true
	}
	for _, known := range t.unkept {
		if strings.EqualFold(known, name) {
			return true
		}
	}
	return false
}

// leaf is the attribute whose values are at the place.
func (p place) leaf() *attribute {
	if p.sub != nil {
		return p.sub
	}
	return p.attr
}

// readOnly reports whether no client may write there.
func (p place) readOnly() bool {
	return p.attr.mutability == readOnly || p.sub != nil && p.sub.mutability == readOnly
}

// wire is the attribute in the form of RFC 7643 section 7.
func (a *attribute) wire() object {
	or := func(value, otherwise string) string {
		if value == "" {
			return otherwise
		}
		return value
	}
	w := object{
		"name": a.name, "type": or(a.kind, kindString), "multiValued": a.multi, "description": or(a.about, a.name), "required": a.required,
		"mutability": or(a.mutability, "readWrite"), "returned": or(a.returned, "default"),
	}
	switch a.kind {
	case kindComplex:
		w["subAttributes"] = wireAll(a.sub)
	case kindBoolean:
	default:
		w["caseExact"], w["uniqueness"] = a.caseExact, or(a.uniqueness, "none")
	}
	if a.kind == kindReference {
		w["referenceTypes"] = strings2any(a.refs)
	}
	if len(a.canonical) > 0 {
		w["canonicalValues"] = strings2any(a.canonical)
	}
	return w
}

func wireAll(list []*attribute) []any {
	all := make([]any, 0, len(list))
	for _, a := range list {
		all = append(all, a.wire())
	}
	return all
}

func strings2any(list []string) []any {
	all := make([]any, 0, len(list))
	for _, s := range list {
		all = append(all, s)
	}
	return all
}
