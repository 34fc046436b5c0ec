// SPDX-License-Identifier: Apache-2.0

package scim

import (
	"cmp"
	"net/http"
	"slices"
	"strings"
)

// projection is what of a resource the client asked to see (RFC 7644 section 3.9).
type projection struct {
	t        *resourceType
	only     []place
	without  []place
	selected bool // attributes was given: only what is in only
}

func newProjection(t *resourceType, attributes, excluded string) (projection, error) {
	p := projection{t: t, selected: strings.TrimSpace(attributes) != ""}
	if p.selected && strings.TrimSpace(excluded) != "" {
		return p, refuse(http.StatusBadRequest, invalidValue, "attributes and excludedAttributes cannot be combined. Leave one of them out.")
	}
	var err error
	if p.only, err = t.places(attributes); err != nil {
		return p, err
	}
	p.without, err = t.places(excluded)
	return p, err
}

// places resolves a list of attribute names. Names that the type does not have
// show nothing, and are no error.
func (t *resourceType) places(list string) ([]place, error) {
	var all []place
	for name := range strings.SplitSeq(list, ",") {
		name = strings.TrimSpace(name)
		if name == "" {
			continue
		}
		at, known, err := t.place(name)
		if err != nil {
			return nil, err
		}
		if known && !slices.Contains(all, at) {
			all = append(all, at)
		}
	}
	return all, nil
}

// place resolves the name of an attribute, of a part of one, or of a whole
// extension.
func (t *resourceType) place(name string) (at place, known bool, err error) {
	if ext := t.extension(name); ext != nil {
		return place{urn: ext.id}, true, nil
	}
	named, err := parsePath(name)
	if err != nil {
		return place{}, false, err
	}
	at, known = t.find(named.attr.urn, named.attr.name, cmp.Or(named.attr.sub, named.sub))
	return at, known, nil
}

// wants reports whether the attribute, of the core where urn is empty, or a part of
// it is to be seen.
func (p projection) wants(urn, name string) bool {
	if p.selected {
		return slices.ContainsFunc(p.only, func(at place) bool { return at.within(urn, name) })
	}
	return !slices.ContainsFunc(p.without, func(at place) bool { return at.within(urn, name) && at.sub == nil })
}

// within reports whether the place is the attribute, a part of it, or all of the
// extension that it is in.
func (p place) within(urn, name string) bool {
	return p.urn == urn && (p.attr == nil || p.attr.name == name)
}

// of returns what is to be seen of the tree, which it leaves alone.
func (p projection) of(tree object) object {
	if !p.selected {
		return p.exclude(tree)
	}
	shown := object{}
	for _, attr := range common {
		if v, there := tree[attr.name]; there && attr.returned == always {
			shown[attr.name] = v
		}
	}
	for _, at := range p.only {
		show(tree, shown, at)
	}
	return shown
}

// show copies what is at the place.
func show(from, to object, at place) {
	if at.urn != "" {
		block, there := from[at.urn].(object)
		if !there || at.attr != nil && block[at.attr.name] == nil {
			return
		}
		if at.attr == nil {
			to[at.urn] = block
			return
		}
		within, _ := to[at.urn].(object)
		if within == nil {
			within = object{}
			to[at.urn] = within
		}
		from, to = block, within
	}
	v, there := from[at.attr.name]
	if !there {
		return
	}
	if at.sub != nil {
		v = part(v, to[at.attr.name], at.sub.name)
	}
	to[at.attr.name] = v
}

// part adds one sub-attribute of v to what is shown of it already.
func part(v, shown any, sub string) any {
	list, isList := v.([]any)
	if !isList {
		return partOfOne(v, shown, sub)
	}
	former, _ := shown.([]any)
	parts := make([]any, len(list))
	for i, item := range list {
		var before any
		if i < len(former) {
			before = former[i]
		}
		parts[i] = partOfOne(item, before, sub)
	}
	return parts
}

func partOfOne(v, shown any, sub string) object {
	to, _ := shown.(object)
	if to == nil {
		to = object{}
	}
	if fields, ok := v.(object); ok {
		if value, there := fields[sub]; there {
			to[sub] = value
		}
	}
	return to
}

func (p projection) exclude(tree object) object {
	if len(p.without) == 0 {
		return tree
	}
	shown := copied(tree).(object) //nolint:forcetypeassert // a copy of an object is one
	for _, at := range p.without {
		within := shown
		if at.urn != "" {
			within, _ = shown[at.urn].(object)
		}
		switch {
		case at.attr == nil:
			delete(shown, at.urn)
		case at.attr.returned == always:
		case at.sub != nil:
			for _, item := range listOf(within[at.attr.name]) {
				if fields, ok := item.(object); ok {
					delete(fields, at.sub.name)
				}
			}
		default:
			delete(within, at.attr.name)
		}
	}
	return shown
}

// copied copies a tree.
func copied(v any) any {
	switch v := v.(type) {
	case object:
		to := make(object, len(v))
		for name, value := range v {
			to[name] = copied(value)
		}
		return to
	case []any:
		to := make([]any, len(v))
		for i, value := range v {
			to[i] = copied(value)
		}
		return to
	}
	return v
}
