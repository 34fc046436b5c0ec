// SPDX-License-Identifier: Apache-2.0

package scim

import (
	"encoding/json"
	"net/http"
	"strings"
	"time"
)

// values returns an attribute and the values it has at a path; false when there
// is no such attribute.
type values func(attrPath) (*attribute, []any, bool)

// inResource looks into a resource's tree.
func inResource(t *resourceType, tree object) values {
	return func(p attrPath) (*attribute, []any, bool) {
		at, ok := t.find(p.urn, p.name, p.sub)
		if !ok {
			return nil, nil, false
		}
		within := tree
		if at.urn != "" {
			within, _ = tree[at.urn].(object)
		}
		found := listOf(within[at.attr.name])
		if at.sub != nil {
			found = each(found, at.sub.name)
		}
		return at.leaf(), found, true
	}
}

// inElement looks into one value of a multi-valued attribute.
func inElement(attr *attribute, element object) values {
	return func(p attrPath) (*attribute, []any, bool) {
		sub := attr.child(p.name)
		if sub == nil || p.sub != "" {
			return nil, nil, false
		}
		return sub, listOf(element[sub.name]), true
	}
}

// listOf makes a list of a value; of nil, none.
func listOf(v any) []any {
	switch v := v.(type) {
	case nil:
		return nil
	case []any:
		return v
	}
	return []any{v}
}

// each takes one sub-attribute of every complex value.
func each(list []any, name string) []any {
	var all []any
	for _, item := range list {
		if fields, ok := item.(object); ok && fields[name] != nil {
			all = append(all, listOf(fields[name])...)
		}
	}
	return all
}

// matches evaluates a filter. It evaluates all of it, so that what is wrong is
// found on any resource.
func matches(e expression, look values) (bool, error) {
	switch e := e.(type) {
	case *logical:
		left, err := matches(e.left, look)
		if err != nil {
			return false, err
		}
		right, err := matches(e.right, look)
		if e.and {
			return left && right, err
		}
		return left || right, err
	case *negation:
		inner, err := matches(e.inner, look)
		return !inner, err
	case *valuePath:
		return matchesElement(e, look)
	case *comparison:
		return compareAttribute(e, look)
	}
	return false, refuse(http.StatusBadRequest, invalidFilter, "The filter cannot be read.")
}

func matchesElement(e *valuePath, look values) (bool, error) {
	attr, list, ok := look(e.attr)
	if !ok || attr.kind != kindComplex {
		return false, unknownInFilter(e.attr)
	}
	if _, err := matches(e.inner, inElement(attr, object{})); err != nil { // said though there be no element
		return false, err
	}
	found := false
	for _, item := range list {
		fields, _ := item.(object)
		one, err := matches(e.inner, inElement(attr, fields))
		if err != nil {
			return false, err
		}
		found = found || one
	}
	return found, nil
}

func unknownInFilter(p attrPath) error {
	return refuse(http.StatusBadRequest, invalidFilter, "The current filter is not supported, the filter name: %s", p)
}

func compareAttribute(e *comparison, look values) (bool, error) {
	attr, list, ok := look(e.attr)
	if !ok {
		return false, unknownInFilter(e.attr)
	}
	if e.operator == "pr" {
		return present(list), nil
	}
	if attr.kind == kindComplex { // of which the value counts
		value := attr.child("value")
		if value == nil {
			return false, unknownInFilter(e.attr)
		}
		attr, list = value, each(list, value.name)
	}
	if e.value == nil { // null: not there
		if e.operator != "eq" && e.operator != "ne" {
			return false, badComparison(attr, e.operator)
		}
		return present(list) == (e.operator == "ne"), nil
	}
	operator := e.operator
	if operator == "ne" {
		operator = "eq"
	}
	test, err := newTest(attr, operator, e.value)
	if err != nil {
		return false, err
	}
	found := false
	for _, v := range list {
		found = found || test(v)
	}
	return found != (e.operator == "ne"), nil
}

func present(list []any) bool {
	for _, v := range list {
		switch v := v.(type) {
		case nil:
		case string:
			if v != "" {
				return true
			}
		case object:
			if len(v) > 0 {
				return true
			}
		default:
			return true
		}
	}
	return false
}

func badComparison(attr *attribute, operator string) error {
	return refuse(http.StatusBadRequest, invalidFilter, "%s cannot be compared so with %s.", attr.name, operator)
}

// newTest makes the test of one value, or refuses what makes no sense.
func newTest(attr *attribute, operator string, want any) (func(any) bool, error) {
	if attr.kind == kindBoolean {
		wanted, err := canonicalOne(attr, want)
		if err != nil || operator != "eq" {
			return nil, badComparison(attr, operator)
		}
		return func(v any) bool { return v == wanted }, nil
	}
	var text string
	switch want := want.(type) {
	case string:
		text = want
	case json.Number:
		text = want.String()
	default:
		return nil, badComparison(attr, operator)
	}
	if attr.kind == kindDateTime {
		return compareTimes(attr, operator, text)
	}
	return compareTexts(attr, operator, text)
}

func compareTimes(attr *attribute, operator string, want string) (func(any) bool, error) {
	moment, err := time.Parse(time.RFC3339, want)
	if err != nil {
		return nil, refuse(http.StatusBadRequest, invalidFilter, "%s is compared with a time such as 2026-11-23T09:00:00Z.", attr.name)
	}
	order, ok := orders[operator]
	if !ok {
		return nil, badComparison(attr, operator)
	}
	return func(v any) bool {
		text, _ := v.(string)
		at, err := time.Parse(time.RFC3339, text)
		return err == nil && order(at.Compare(moment))
	}, nil
}

// orders says which results of a comparison an operator wants.
var orders = map[string]func(int) bool{
	"eq": func(n int) bool { return n == 0 },
	"gt": func(n int) bool { return n > 0 },
	"ge": func(n int) bool { return n >= 0 },
	"lt": func(n int) bool { return n < 0 },
	"le": func(n int) bool { return n <= 0 },
}

// contains says what the operators about parts of a text want.
var contains = map[string]func(s, part string) bool{
	"co": strings.Contains, "sw": strings.HasPrefix, "ew": strings.HasSuffix,
}

func compareTexts(attr *attribute, operator string, want string) (func(any) bool, error) {
	fold := strings.ToLower
	if attr.caseExact {
		fold = func(s string) string { return s }
	}
	want = fold(want)
	if part, ok := contains[operator]; ok {
		return func(v any) bool { text, _ := v.(string); return part(fold(text), want) }, nil
	}
	order, ok := orders[operator]
	if !ok {
		return nil, badComparison(attr, operator)
	}
	return func(v any) bool { text, _ := v.(string); return order(strings.Compare(fold(text), want)) }, nil
}
