// SPDX-License-Identifier: Apache-2.0

package scim

import (
	"maps"
	"net/http"
	"slices"
	"strings"
)

// memberChange is one thing that a PATCH does to a group's members.
type memberChange struct {
	op   string
	refs []string
}

// groupEdit sorts the operations of a PATCH: those on members, which are not read
// for it and may be many, and the others, which change the tree.
type groupEdit struct {
	tree    object
	members []memberChange
}

func (e *groupEdit) apply(op operation) error {
	kind := strings.ToLower(op.Op)
	if op.Path == "" {
		return e.applyFields(kind, op)
	}
	target, err := parsePath(op.Path)
	if err != nil || !onMembers(target) {
		return patcher{groups, e.tree}.apply(op)
	}
	value, err := decodeValue(op.Value)
	if err != nil {
		return err
	}
	if target.filter != nil {
		return e.applyMatching(kind, target)
	}
	return e.change(kind, value)
}

func onMembers(target path) bool {
	core := target.attr.urn == "" || strings.EqualFold(target.attr.urn, urnGroup)
	return core && target.attr.sub == "" && strings.EqualFold(target.attr.name, "members")
}

// applyFields takes the members out of an operation without a path.
func (e *groupEdit) applyFields(kind string, op operation) error {
	value, err := decodeValue(op.Value)
	if err != nil {
		return err
	}
	p := patcher{groups, e.tree}
	fields, ok := value.(object)
	if !ok || kind == opRemove {
		return p.apply(op) // which refuses it
	}
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		if !namesMembers(name) {
			continue
		}
		if err := e.change(kind, fields[name]); err != nil {
			return err
		}
		delete(fields, name)
	}
	return p.applyFields(kind, "", fields)
}

func namesMembers(name string) bool {
	target, err := parsePath(name)
	return err == nil && target.filter == nil && onMembers(target)
}

// change notes an operation on the whole list. A remove without values empties it.
func (e *groupEdit) change(kind string, value any) error {
	list, err := canonicalValue(groups.core.attributes[1], value)
	if err != nil {
		return err
	}
	if kind == opRemove && value == nil {
		kind = opReplace
	}
	e.members = append(e.members, memberChange{kind, memberRefs(listOf(list))})
	return nil
}

// applyMatching removes the members that the filter names one by one, which is
// what directories send.
func (e *groupEdit) applyMatching(kind string, target path) error {
	refs, ok := namedMembers(target.filter)
	if kind != opRemove || !ok || target.sub != "" {
		return refuse(http.StatusBadRequest, invalidPath, `Members can be removed by a path such as members[value eq "id"]; they cannot be changed.`)
	}
	e.members = append(e.members, memberChange{opRemove, refs})
	return nil
}

// namedMembers are the ids of: value eq "a" or value eq "b".
func namedMembers(e expression) ([]string, bool) {
	switch e := e.(type) {
	case *logical:
		left, ok := namedMembers(e.left)
		right, also := namedMembers(e.right)
		return append(left, right...), ok && also && !e.and
	case *comparison:
		id, isText := e.value.(string)
		named := strings.EqualFold(e.attr.name, "value") && e.attr.sub == "" && e.attr.urn == ""
		return []string{id}, isText && named && e.operator == "eq"
	}
	return nil, false
}
