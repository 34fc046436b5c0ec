// SPDX-License-Identifier: Apache-2.0

package scim

import "strings"

// key is what an index finds a resource by.
type key struct {
	attr  string // userName, displayName, externalId, members or id
	value string
}

// indexed returns a comparison that every match fulfils and that an index of the
// type answers.
func (t *resourceType) indexed(e expression) (key, bool) {
	switch e := e.(type) {
	case *logical:
		if !e.and {
			return key{}, false
		}
		if k, ok := t.indexed(e.left); ok {
			return k, true
		}
		return t.indexed(e.right)
	case *comparison:
		return t.indexKey(e.attr, e)
	case *valuePath:
		return t.indexedValue(e.attr, e.inner)
	}
	return key{}, false
}

// indexedValue is indexed for what is inside emails[...].
func (t *resourceType) indexedValue(of attrPath, e expression) (key, bool) {
	switch e := e.(type) {
	case *logical:
		if !e.and {
			return key{}, false
		}
		if k, ok := t.indexedValue(of, e.left); ok {
			return k, true
		}
		return t.indexedValue(of, e.right)
	case *comparison:
		if e.attr.urn == "" && e.attr.sub == "" {
			return t.indexKey(attrPath{of.urn, of.name, e.attr.name}, e)
		}
	}
	return key{}, false
}

// indexKey is what an index is asked for the comparison, where one knows the attribute.
func (t *resourceType) indexKey(p attrPath, c *comparison) (key, bool) {
	value, isText := c.value.(string)
	if !isText || c.operator != "eq" || p.urn != "" && !strings.EqualFold(p.urn, t.core.id) {
		return key{}, false
	}
	name := p.name
	if p.sub != "" {
		name += "." + p.sub
	}
	for _, index := range t.indexes {
		if strings.EqualFold(index.path, name) {
			return key{index.attr, value}, true
		}
	}
	return key{}, false
}

// index says by which key the attribute at a path is found.
type index struct{ path, attr string }
