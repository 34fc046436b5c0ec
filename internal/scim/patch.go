// SPDX-License-Identifier: Apache-2.0

package scim

import (
	"encoding/json"
	"maps"
	"net/http"
	"reflect"
	"slices"
	"strings"
)

// The most operations of one PATCH, and the most values that they make of one
// attribute: they are compared with one another.
const (
	maxOperations = 1000
	maxValues     = 100
)

// patchRequest is the body of a PATCH (RFC 7644 section 3.5.2).
type patchRequest struct {
	Operations []operation `json:"Operations"`
}

type operation struct {
	Op    string          `json:"op"`
	Path  string          `json:"path"`
	Value json.RawMessage `json:"value"`
}

// The operations. Entra writes them with a capital.
const (
	opAdd     = "add"
	opReplace = "replace"
	opRemove  = "remove"
)

// check refuses what is no operation at all.
func (p patchRequest) check() error {
	if len(p.Operations) == 0 {
		return refuse(http.StatusBadRequest, invalidSyntax, `The "Operations" of the request is invalid.`)
	}
	if len(p.Operations) > maxOperations {
		return refuse(http.StatusBadRequest, tooMany, "A PATCH may have at most %d operations.", maxOperations)
	}
	for _, op := range p.Operations {
		switch strings.ToLower(op.Op) {
		case opAdd, opReplace, opRemove:
		default:
			return refuse(http.StatusBadRequest, invalidSyntax, "The op of an operation must be add, replace or remove.")
		}
		if op.Value == nil && !strings.EqualFold(op.Op, opRemove) {
			return refuse(http.StatusBadRequest, invalidValue, "An operation other than remove needs a value; null takes away what is there.")
		}
	}
	return nil
}

// patcher applies operations to a tree, in which nothing is shared.
type patcher struct {
	t    *resourceType
	tree object
}

func (p patcher) apply(op operation) error {
	value, err := decodeValue(op.Value)
	if err != nil {
		return err
	}
	kind := strings.ToLower(op.Op)
	if op.Path != "" {
		return p.applyAt(kind, op.Path, value)
	}
	fields, ok := value.(object)
	if kind == opRemove {
		return refuse(http.StatusBadRequest, noTarget, "A remove needs a path.")
	}
	if !ok {
		return refuse(http.StatusBadRequest, invalidValue, "An operation without a path needs an object as its value.")
	}
	return p.applyFields(kind, "", fields)
}

// applyFields applies an operation whose value names its targets. Directories
// send all they have, so what is read-only or unknown is passed over; a name may
// be a path of its own.
func (p patcher) applyFields(kind, urn string, fields object) error {
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		value := fields[name]
		if ext := p.t.extension(name); ext != nil && urn == "" {
			block, ok := value.(object)
			if !ok {
				return refuse(http.StatusBadRequest, invalidValue, "An extension of a resource must be an object.")
			}
			if err := p.applyFields(kind, ext.id, block); err != nil {
				return err
			}
			continue
		}
		at, known := p.t.find(urn, name, "")
		var err error
		switch {
		case known && !at.readOnly():
			err = p.assign(kind, at, value)
		case !known && urn == "" && strings.ContainsAny(name, ":.["):
			err = p.applyAt(kind, name, value)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// applyAt applies an operation to what its path names.
func (p patcher) applyAt(kind, text string, value any) error {
	if ext := p.t.extension(text); ext != nil {
		return p.applyExtension(kind, ext, value)
	}
	target, err := parsePath(text)
	if err != nil {
		return err
	}
	name := target.attr
	at, known := p.t.find(name.urn, name.name, name.sub)
	switch {
	case !known && p.t.drops(name.urn, name.name):
		return nil
	case !known:
		return refuse(http.StatusBadRequest, invalidPath, "The resource has no attribute %s.", name)
	case at.sub != nil && at.sub.mutability == readOnly && at.attr.mutability != readOnly:
		return nil // it follows from the other parts, and directories send all
	case at.readOnly():
		return refuse(http.StatusBadRequest, mutability, "The attribute %s is read-only.", name)
	case target.filter != nil:
		return p.applyMatching(kind, at, target, value)
	case kind == opRemove:
		return p.remove(at, value)
	}
	return p.assign(kind, at, value)
}

func (p patcher) applyExtension(kind string, ext *schema, value any) error {
	if kind == opRemove {
		p.tree[ext.id] = nil
		return nil
	}
	fields, ok := value.(object)
	if !ok {
		return refuse(http.StatusBadRequest, invalidValue, "An extension of a resource must be an object.")
	}
	return p.applyFields(kind, ext.id, fields)
}

// block is the part of the tree that the place is in, made where need be.
func (p patcher) block(at place) object {
	if at.urn == "" {
		return p.tree
	}
	block, _ := p.tree[at.urn].(object)
	if block == nil {
		block = object{}
		p.tree[at.urn] = block
	}
	return block
}

// assign adds or replaces without a filter.
func (p patcher) assign(kind string, at place, raw any) error {
	block := p.block(at)
	if at.sub != nil {
		return assignPart(block, at, raw)
	}
	value, err := canonicalValue(at.attr, raw)
	if err != nil {
		return err
	}
	former, count := block[at.attr.name], len(listOf(value))
	if kind == opAdd {
		count += len(listOf(former))
	}
	if err := checkCount(at.attr, count); err != nil {
		return err
	}
	switch {
	case at.attr.multi && kind == opAdd:
		value = appended(listOf(former), listOf(value))
	case !at.attr.multi && at.attr.kind == kindComplex && value != nil:
		value = merged(former, value)
	}
	block[at.attr.name] = value
	return nil
}

// assignPart sets a sub-attribute, of every value where there are several.
func assignPart(block object, at place, raw any) error {
	value, err := canonicalOne(at.sub, raw)
	if err != nil {
		return err
	}
	name := at.attr.name
	if listOf(block[name]) == nil {
		block[name] = object{}
		if at.attr.multi {
			block[name] = []any{object{}}
		}
	}
	for _, item := range listOf(block[name]) {
		if fields, ok := item.(object); ok {
			fields[at.sub.name] = value
		}
	}
	return nil
}

// checkCount refuses too many values.
func checkCount(attr *attribute, count int) error {
	if attr.multi && count > maxValues {
		return refuse(http.StatusBadRequest, invalidValue, "The attribute %s may have at most %d values.", attr.name, maxValues)
	}
	return nil
}

// appended adds the values that are not there yet.
func appended(list, more []any) []any {
	for _, v := range more {
		if !slices.ContainsFunc(list, func(there any) bool { return reflect.DeepEqual(there, v) }) {
			list = append(list, v)
		}
	}
	return list
}

// merged overwrites the sub-attributes that the new value names.
func merged(former, value any) any {
	to, _ := former.(object)
	from, _ := value.(object)
	if to == nil {
		return value
	}
	maps.Copy(to, from)
	return to
}

// remove takes a value away, or of a list those that the operation names, as
// Entra does.
func (p patcher) remove(at place, raw any) error {
	block := p.block(at)
	switch {
	case at.attr.required:
		return refuse(http.StatusBadRequest, mutability, "The attribute %s is required and cannot be removed.", at.attr.name)
	case at.sub != nil:
		for _, item := range listOf(block[at.attr.name]) {
			if fields, ok := item.(object); ok {
				fields[at.sub.name] = nil
			}
		}
		return nil
	case at.attr.multi && raw != nil:
		gone, err := canonicalValue(at.attr, raw)
		if err == nil {
			err = checkCount(at.attr, len(listOf(gone)))
		}
		if err != nil {
			return err
		}
		block[at.attr.name] = slices.DeleteFunc(listOf(block[at.attr.name]), func(v any) bool {
			return slices.ContainsFunc(listOf(gone), func(g any) bool { return reflect.DeepEqual(g, v) || sameValue(g, v) })
		})
		return nil
	}
	block[at.attr.name] = nil
	return nil
}

// sameValue reports whether x names y by its value alone.
func sameValue(x, y any) bool {
	a, _ := x.(object)
	b, _ := y.(object)
	return len(a) == 1 && a["value"] != nil && a["value"] == b["value"]
}

// applyMatching applies an operation to the values that the path's filter finds.
func (p patcher) applyMatching(kind string, at place, target path, raw any) error {
	if !at.attr.multi || at.attr.kind != kindComplex || at.sub != nil {
		return refuse(http.StatusBadRequest, invalidPath, "The attribute %s has no values to choose from.", at.attr.name)
	}
	var sub *attribute
	if target.sub != "" {
		if sub = at.attr.child(target.sub); sub == nil {
			return refuse(http.StatusBadRequest, invalidPath, "The attribute %s has no %s.", at.attr.name, target.sub)
		}
	}
	block := p.block(at)
	list := listOf(block[at.attr.name])
	chosen, err := choose(at.attr, list, target.filter)
	if err != nil {
		return err
	}
	if len(chosen) == 0 {
		if kind != opAdd {
			return unmatched(kind, at.attr)
		}
		if err := checkCount(at.attr, len(list)+1); err != nil {
			return err
		}
		made := object{}
		fill(made, at.attr, target.filter)
		list, chosen = append(list, made), []int{len(list)}
	}
	block[at.attr.name], err = changeChosen(kind, at.attr, sub, list, chosen, raw)
	return err
}

// unmatched lets a remove find nothing: what is to be gone is not there.
func unmatched(kind string, attr *attribute) error {
	if kind == opRemove {
		return nil
	}
	return refuse(http.StatusBadRequest, noTarget, "No value of %s matches the path's filter.", attr.name)
}

func choose(attr *attribute, list []any, e expression) ([]int, error) {
	if _, err := matches(e, inElement(attr, object{})); err != nil { // said though there be no value
		return nil, refuse(http.StatusBadRequest, invalidFilter, "The filter of the path is not one about %s.", attr.name)
	}
	var chosen []int
	for i, item := range list {
		fields, _ := item.(object)
		if ok, err := matches(e, inElement(attr, fields)); err == nil && ok {
			chosen = append(chosen, i)
		}
	}
	return chosen, nil
}

// fill gives a new value what the filter says that it equals.
func fill(made object, attr *attribute, e expression) {
	switch e := e.(type) {
	case *logical:
		if e.and {
			fill(made, attr, e.left)
			fill(made, attr, e.right)
		}
	case *comparison:
		sub := attr.child(e.attr.name)
		if sub == nil || e.operator != "eq" {
			return
		}
		if v, err := canonicalOne(sub, e.value); err == nil {
			made[sub.name] = v
		}
	}
}

func changeChosen(kind string, attr, sub *attribute, list []any, chosen []int, raw any) ([]any, error) {
	if kind == opRemove && sub == nil {
		kept := []any{}
		for i, item := range list {
			if !slices.Contains(chosen, i) {
				kept = append(kept, item)
			}
		}
		return kept, nil
	}
	for _, i := range chosen {
		fields, _ := list[i].(object)
		switch {
		case fields == nil:
		case kind == opRemove:
			fields[sub.name] = nil
		case sub != nil:
			value, err := canonicalOne(sub, raw)
			if err != nil {
				return nil, err
			}
			fields[sub.name] = value
		default:
			value, err := canonicalOne(attr, raw)
			if err != nil {
				return nil, err
			}
			list[i] = merged(fields, value)
		}
	}
	return list, nil
}
