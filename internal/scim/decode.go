// SPDX-License-Identifier: Apache-2.0

package scim

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"
	"unicode/utf8"
)

// maxBody is the longest body, in bytes.
const maxBody = 1 << 20

var errNotJSON = refuse(http.StatusBadRequest, invalidSyntax, "The request body must be in JSON format.")

// decodeBody reads the JSON object of the request.
func decodeBody(w http.ResponseWriter, r *http.Request, into any) error {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if _, tooLarge := errors.AsType[*http.MaxBytesError](err); tooLarge {
		return refuse(http.StatusRequestEntityTooLarge, "", "The request body may have at most %d bytes.", maxBody)
	}
	if err != nil {
		return errNotJSON
	}
	return decodeObject(body, into)
}

func decodeObject(body []byte, into any) error {
	body = bytes.TrimSpace(bytes.TrimPrefix(body, []byte("\xef\xbb\xbf")))
	if len(body) == 0 || bytes.Equal(body, []byte("{}")) {
		return refuse(http.StatusBadRequest, invalidSyntax, "The request JSON must not be empty.")
	}
	if body[0] != '{' || !utf8.Valid(body) {
		return errNotJSON
	}
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.UseNumber()
	if err := decoder.Decode(into); err != nil {
		if wrong, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
			return refuse(http.StatusBadRequest, invalidSyntax, "The field %s has the wrong type.", wrong.Field)
		}
		return errNotJSON
	}
	if len(bytes.TrimSpace(body[decoder.InputOffset():])) > 0 {
		return errNotJSON
	}
	return nil
}

// decodeValue reads a JSON value of which nothing is known yet.
func decodeValue(raw json.RawMessage) (any, error) {
	if len(raw) == 0 {
		return nil, nil
	}
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.UseNumber()
	var v any
	if err := decoder.Decode(&v); err != nil {
		return nil, errNotJSON
	}
	return v, nil
}

// canonical makes a resource's tree of what a client sent: names as the schemas
// spell them, values of their kinds, without what is read-only or not kept. An
// attribute that is null is in the tree, as nil.
func canonical(t *resourceType, raw object) (object, error) {
	tree := object{}
	for _, key := range slices.Sorted(maps.Keys(raw)) {
		if ext := t.extension(key); ext != nil {
			block, err := canonicalBlock(ext.attributes, raw[key])
			if err != nil {
				return nil, err
			}
			tree[ext.id] = block
			continue
		}
		p, known := t.find("", key, "")
		if !known || p.readOnly() || p.urn != "" { // in its extension alone
			continue
		}
		v, err := canonicalValue(p.attr, raw[key])
		if err != nil {
			return nil, err
		}
		tree[p.attr.name] = v
	}
	return tree, nil
}

func canonicalBlock(list []*attribute, raw any) (object, error) {
	block := object{}
	fields, ok := raw.(object)
	if !ok && raw != nil {
		return nil, refuse(http.StatusBadRequest, invalidSyntax, "An extension of a resource must be an object.")
	}
	for _, key := range slices.Sorted(maps.Keys(fields)) {
		attr := pick(list, key)
		if attr == nil || attr.mutability == readOnly {
			continue
		}
		v, err := canonicalValue(attr, fields[key])
		if err != nil {
			return nil, err
		}
		block[attr.name] = v
	}
	return block, nil
}

// canonicalValue takes one value for a list of one.
func canonicalValue(attr *attribute, raw any) (any, error) {
	if raw == nil || !attr.multi {
		return canonicalOne(attr, raw)
	}
	items, isList := raw.([]any)
	if !isList {
		items = []any{raw}
	}
	list := make([]any, 0, len(items))
	for _, item := range items {
		v, err := canonicalOne(attr, item)
		if err != nil {
			return nil, err
		}
		if v != nil {
			list = append(list, v)
		}
	}
	return list, nil
}

func canonicalOne(attr *attribute, raw any) (any, error) {
	switch v := raw.(type) {
	case nil:
		return nil, nil
	case object:
		if attr.kind == kindComplex {
			return canonicalBlock(attr.sub, v)
		}
	case []any: // in which Entra sends the manager
		if attr.kind == kindComplex && len(v) == 1 {
			return canonicalOne(attr, v[0])
		}
	case string:
		return canonicalText(attr, v)
	case json.Number:
		if attr.kind != kindBoolean {
			return canonicalText(attr, v.String())
		}
	case bool:
		if attr.kind == kindBoolean {
			return v, nil
		}
	}
	return nil, wrongKind(attr)
}

// canonicalText reads a boolean that Entra sends as "False", and a complex
// attribute of which only the value came, as Zoom's manager.
func canonicalText(attr *attribute, text string) (any, error) {
	switch attr.kind {
	case kindComplex:
		if text == "" {
			return nil, nil
		}
		if value := attr.child("value"); value != nil {
			return object{"value": text}, nil
		}
		return nil, wrongKind(attr)
	case kindBoolean:
		switch strings.ToLower(text) {
		case "true":
			return true, nil
		case "false":
			return false, nil
		}
		return nil, wrongKind(attr)
	default:
		return text, nil
	}
}

func wrongKind(attr *attribute) error {
	kind := attr.kind
	if kind == "" {
		kind = kindString
	}
	return refuse(http.StatusBadRequest, invalidValue, "The value of %s must be of the type %s.", attr.name, kind)
}
