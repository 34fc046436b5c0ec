// SPDX-License-Identifier: Apache-2.0

package api

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"

	"github.com/convoke/convoke/internal/convoke"
)

// description is the part of the OpenAPI document that the docs show.
type description struct {
	Info struct {
		Title       string `json:"title"`
		Version     string `json:"version"`
		Description string `json:"description"`
	} `json:"info"`
	Paths      map[string]map[string]operation `json:"paths"`
	Components struct {
		Schemas ordered[schema] `json:"schemas"`
	} `json:"components"`
}

type operation struct {
	OperationID string                `json:"operationId"`
	Summary     string                `json:"summary"`
	Description string                `json:"description"`
	Security    []map[string][]string `json:"security"`
	Parameters  []parameter           `json:"parameters"`
	RequestBody *content              `json:"requestBody"`
	Responses   ordered[content]      `json:"responses"`
}

type parameter struct {
	Name        string `json:"name"`
	In          string `json:"in"`
	Required    bool   `json:"required"`
	Description string `json:"description"`
	Schema      schema `json:"schema"`
}

// content is a request's body or one of the answers.
type content struct {
	Description string         `json:"description"`
	Codes       []convoke.Code `json:"x-codes"` // the codes that a problem can have here
	Content     map[string]struct {
		Schema  schema          `json:"schema"`
		Example json.RawMessage `json:"example"`
	} `json:"content"`
}

// Schema returns the schema of the body, or nil where there is no body.
func (c content) Schema() *schema {
	for _, media := range c.Content {
		return &media.Schema
	}
	return nil
}

// Example returns the body's example, indented; it may be empty.
func (c content) Example() (string, error) {
	for _, media := range c.Content {
		if len(media.Example) == 0 {
			break
		}
		var text bytes.Buffer
		err := json.Indent(&text, media.Example, "", "  ")
		return text.String(), err
	}
	return "", nil
}

type schema struct {
	Ref         string          `json:"$ref"`
	Type        any             `json:"type"` // a string, or several in an array
	Description string          `json:"description"`
	Enum        []any           `json:"enum"`
	Properties  ordered[schema] `json:"properties"`
	Required    []string        `json:"required"`
	Items       *schema         `json:"items"`
}

// Name returns the name of the component that the schema refers to, or empty.
func (s schema) Name() string {
	return strings.TrimPrefix(s.Ref, "#/components/schemas/")
}

// Kind says in words what the schema takes, where it is no reference.
func (s schema) Kind() string {
	switch kind := s.Type.(type) {
	case string:
		return kind
	case []any:
		words := make([]string, len(kind))
		for i, word := range kind {
			words[i] = fmt.Sprint(word)
		}
		return strings.Join(words, " or ")
	}
	return ""
}

// Values lists what the schema allows, where that is a handful of names: numbers
// are explained in the description, and the codes have a table of their own.
func (s schema) Values() []string {
	const handful = 6
	var names []string
	for _, value := range s.Enum {
		if name, ok := value.(string); ok && name != "" && len(s.Enum) <= handful {
			names = append(names, name)
		}
	}
	return names
}

// entry is one member of a JSON object.
type entry[T any] struct {
	Key   string
	Value T
}

// ordered is a JSON object with its members in the order of the text.
type ordered[T any] []entry[T]

// UnmarshalJSON reads an object.
func (o *ordered[T]) UnmarshalJSON(text []byte) error {
	decoder := json.NewDecoder(bytes.NewReader(text))
	if _, err := decoder.Token(); err != nil {
		return err
	}
	for decoder.More() {
		key, err := decoder.Token()
		if err != nil {
			return err
		}
		var value T
		if err := decoder.Decode(&value); err != nil {
			return err
		}
		*o = append(*o, entry[T]{fmt.Sprint(key), value})
	}
	return nil
}

func describe() description {
	var d description
	if err := json.Unmarshal(openAPI, &d); err != nil {
		panic(err) // the document is part of the binary
	}
	return d
}

// docs is what the pages show.
type docs struct {
	description
	Calls  []call
	Errors []documentedCode
}

type call struct {
	Method, Path string
	operation
}

// Scopes lists the scopes that an app needs for the call.
func (c call) Scopes() []string {
	for _, scheme := range c.Security {
		for _, scopes := range scheme {
			return scopes
		}
	}
	return nil
}

type documentedCode struct {
	Code   convoke.Code
	Status int
	Reason string // the status in words
	Title  string
	Steps  []string
}

// newDocs puts the calls in the order of the routes and the codes in that of
// their statuses.
func newDocs() docs {
	d := docs{description: describe()}
	for _, rt := range (&api{}).routes() {
		op := d.Paths[rt.pattern][strings.ToLower(rt.method)]
		d.Calls = append(d.Calls, call{rt.method, rt.pattern, op})
	}
	for _, code := range codesInOrder() {
		f := faults[code]
		d.Errors = append(d.Errors, documentedCode{code, f.status, http.StatusText(f.status), f.title, f.steps})
	}
	return d
}
