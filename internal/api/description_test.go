// SPDX-License-Identifier: Apache-2.0

package api

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/convoke/convoke/internal/convoke"
)

func TestEveryRouteIsDescribed(t *testing.T) {
	t.Parallel()
	var routed, described []string
	for _, rt := range (&api{}).routes() {
		routed = append(routed, rt.method+" "+rt.pattern)
	}
	for path, operations := range describe().Paths {
		for method := range operations {
			described = append(described, strings.ToUpper(method)+" "+path)
		}
	}
	slices.Sort(routed)
	slices.Sort(described)
	if !slices.Equal(routed, described) {
		t.Errorf("routes and description differ\nroutes:      %q\ndescription: %q", routed, described)
	}
}

func TestEveryRuleForPasswordsHasItsFault(t *testing.T) {
	t.Parallel()
	for _, rule := range convoke.PasswordRules() {
		if _, ok := faults[rule.Code]; !ok {
			t.Errorf("%s is not in the table of faults", rule.Code)
		}
	}
}

func TestEveryCallIsDescribedInFull(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, c := range newDocs().Calls {
		name := c.Method + " " + c.Path
		if c.OperationID == "" || seen[c.OperationID] || c.Summary == "" || c.Description == "" {
			t.Errorf("%s: needs an operationId of its own, a summary and a description", name)
		}
		seen[c.OperationID] = true
		for _, scope := range c.Scopes() {
			if !slices.Contains(convoke.KnownScopes(), scope) {
				t.Errorf("%s: the scope %q is not known", name, scope)
			}
		}
		if len(c.Scopes()) == 0 {
			t.Errorf("%s: names no scope", name)
		}
		for _, segment := range regexp.MustCompile(`\{(\w+)\}`).FindAllStringSubmatch(c.Path, -1) {
			if !slices.ContainsFunc(c.Parameters, func(p parameter) bool { return p.Name == segment[1] && p.In == "path" && p.Required }) {
				t.Errorf("%s: the path parameter %s is not described", name, segment[1])
			}
		}
		for _, status := range []string{"401", "403", "500"} {
			if !slices.ContainsFunc(c.Responses, func(r entry[content]) bool { return r.Key == status }) {
				t.Errorf("%s: no answer %s", name, status)
			}
		}
	}
}

func TestEveryCodeIsDocumented(t *testing.T) {
	t.Parallel()
	used := map[convoke.Code]bool{codeNoSuchCall: true, codeMethodNotAllowed: true} // of no call: they stand in the introduction
	for _, c := range newDocs().Calls {
		for _, answer := range c.Responses {
			for _, code := range answer.Value.Codes {
				used[code] = true
				if got := strconv.Itoa(faults[code].status); got != answer.Key {
					t.Errorf("%s: %s is described under %s and answered with %s", c.OperationID, code, answer.Key, got)
				}
			}
		}
	}
	if got, want := slices.Sorted(maps.Keys(used)), slices.Sorted(maps.Keys(faults)); !slices.Equal(got, want) {
		t.Errorf("codes of the calls: %q\ncodes of errors.go:  %q", got, want)
	}
	var listed []convoke.Code
	for _, value := range schemaNamed(t, "Problem").property("code").Enum {
		listed = append(listed, convoke.Code(fmt.Sprint(value)))
	}
	slices.Sort(listed)
	if want := slices.Sorted(maps.Keys(faults)); !slices.Equal(listed, want) {
		t.Errorf("enum of Problem.code: %q\ncodes of errors.go:    %q", listed, want)
	}
}

func TestExamplesKeepTheirSchemas(t *testing.T) {
	t.Parallel()
	for _, c := range newDocs().Calls {
		bodies := c.Responses
		if c.RequestBody != nil {
			bodies = append(slices.Clone(bodies), entry[content]{"body", *c.RequestBody})
		}
		for _, body := range bodies {
			for _, media := range body.Value.Content {
				if len(media.Example) > 0 {
					checkJSON(t, c.OperationID+" "+body.Key, media.Schema, media.Example)
				}
			}
		}
	}
}

// checkJSON reports where a JSON text breaks a schema of the description.
func checkJSON(t *testing.T, where string, s schema, text []byte) {
	t.Helper()
	var value any
	if err := json.Unmarshal(text, &value); err != nil {
		t.Errorf("%s: %v in %s", where, err, text)
		return
	}
	for _, fault := range s.faults(t, where, value) {
		t.Error(fault)
	}
}

// faults lists where a value breaks the schema: a missing or an undescribed
// field, a wrong type, a value outside the enum.
func (s schema) faults(t *testing.T, where string, value any) []string {
	if s.Name() != "" {
		s = schemaNamed(t, s.Name())
	}
	if kind := jsonType(value); s.Kind() != kind && !slices.Contains(strings.Split(s.Kind(), " or "), kind) {
		return []string{fmt.Sprintf("%s: is %s, described as %s", where, kind, s.Kind())}
	}
	if len(s.Enum) > 0 && !slices.Contains(s.Enum, value) {
		return []string{fmt.Sprintf("%s: %v is not among %v", where, value, s.Enum)}
	}
	var list []string
	switch value := value.(type) {
	case []any:
		for i, item := range value {
			list = append(list, s.Items.faults(t, fmt.Sprintf("%s[%d]", where, i), item)...)
		}
	case map[string]any:
		list = s.fieldFaults(t, where, value)
	}
	return list
}

func (s schema) fieldFaults(t *testing.T, where string, value map[string]any) []string {
	var list []string
	for _, name := range s.Required {
		if _, ok := value[name]; !ok {
			list = append(list, where+": lacks "+name)
		}
	}
	if len(s.Properties) == 0 {
		return list // an open object, such as a payload
	}
	for name, member := range value {
		p := s.property(name)
		if p == nil {
			list = append(list, where+": "+name+" is not described")
			continue
		}
		list = append(list, p.faults(t, where+"."+name, member)...)
	}
	return list
}

func (s schema) property(name string) *schema {
	i := slices.IndexFunc(s.Properties, func(e entry[schema]) bool { return e.Key == name })
	if i < 0 {
		return nil
	}
	return &s.Properties[i].Value
}

// described is the description, read once: it is long, and every answer of the
// conversations is held against it.
var described = sync.OnceValue(describe)

func schemaNamed(t *testing.T, name string) schema {
	t.Helper()
	for _, e := range described().Components.Schemas {
		if e.Key == name {
			return e.Value
		}
	}
	t.Fatalf("the description has no schema %q", name)
	return schema{}
}

func jsonType(value any) string {
	switch value := value.(type) {
	case nil:
		return "null"
	case bool:
		return "boolean"
	case string:
		return "string"
	case []any:
		return "array"
	case float64:
		if value == float64(int64(value)) {
			return "integer"
		}
		return "number"
	}
	return "object"
}

func TestDocsPages(t *testing.T) {
	t.Parallel()
	handler := Docs()
	for path, want := range map[string]string{"/docs": "PUT", "/docs/errors": "Error codes", "/docs/style.css": "--paper"} {
		answer := httptest.NewRecorder()
		handler.ServeHTTP(answer, httptest.NewRequest(http.MethodGet, path, nil))
		page := answer.Body.String()
		if answer.Code != http.StatusOK || !strings.Contains(page, want) {
			t.Errorf("%s: status %d, and %q is there: %t", path, answer.Code, want, strings.Contains(page, want))
		}
		if policy := answer.Header().Get("Content-Security-Policy"); !strings.Contains(policy, "default-src 'none'") {
			t.Errorf("%s: Content-Security-Policy is %q", path, policy)
		}
		if regexp.MustCompile(`<script|<style|\sstyle=|\son\w+=`).MatchString(page) {
			t.Errorf("%s: has an inline script or style", path)
		}
		checkAnchors(t, path, page)
	}
}

// checkAnchors follows each link inside the page, and sees that no id is there
// twice; on the pages with codes each code must have its own.
func checkAnchors(t *testing.T, path, page string) {
	t.Helper()
	ids := map[string]int{}
	for _, id := range regexp.MustCompile(`\sid="([^"]+)"`).FindAllStringSubmatch(page, -1) {
		if ids[id[1]]++; ids[id[1]] > 1 {
			t.Errorf("%s: the id %q is there twice", path, id[1])
		}
	}
	for _, link := range regexp.MustCompile(`href="#([^"]*)"`).FindAllStringSubmatch(page, -1) {
		if ids[link[1]] == 0 {
			t.Errorf("%s: the link to #%s leads nowhere", path, link[1])
		}
	}
	if strings.HasSuffix(path, ".css") {
		return
	}
	for code := range faults {
		if ids[string(code)] == 0 {
			t.Errorf("%s: the code %s has no entry", path, code)
		}
	}
}
