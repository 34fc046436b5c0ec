// SPDX-License-Identifier: Apache-2.0

package scim

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/convoke/convoke/internal/convoke"
)

// maxBulk is the most operations of one bulk request.
const maxBulk = 1000

const urnBulkResponse = "urn:ietf:params:scim:api:messages:2.0:BulkResponse"

// bulkRequest is the body of a POST to /Bulk (RFC 7644 section 3.7).
type bulkRequest struct {
	FailOnErrors int             `json:"failOnErrors"`
	Operations   []bulkOperation `json:"Operations"`
}

type bulkOperation struct {
	Method  string          `json:"method"`
	BulkID  string          `json:"bulkId"`
	Version string          `json:"version"`
	Path    string          `json:"path"`
	Data    json.RawMessage `json:"data"`
}

// bulk: POST /Bulk. Each operation is a call of its own, which is counted and
// may be refused as if it had come alone.
func (a *api) bulk(w http.ResponseWriter, r *http.Request, p convoke.Principal) error {
	var request bulkRequest
	if err := decodeBody(w, r, &request); err != nil {
		return err
	}
	if len(request.Operations) == 0 {
		return refuse(http.StatusBadRequest, invalidSyntax, `The "Operations" of the request is invalid.`)
	}
	if len(request.Operations) > maxBulk {
		return refuse(http.StatusRequestEntityTooLarge, tooMany, "A bulk request may have at most %d operations.", maxBulk)
	}
	j := bulkJob{api: a, principal: p, request: r, made: map[string]string{}}
	if err := j.read(request); err != nil {
		return err
	}
	j.run(request)
	results := make([]any, 0, len(j.results))
	for _, result := range j.results {
		if result != nil {
			results = append(results, result)
		}
	}
	return reply(w, http.StatusOK, object{"schemas": []any{urnBulkResponse}, "Operations": results})
}

// bulkJob is one bulk request under way.
type bulkJob struct {
	api       *api
	principal convoke.Principal
	request   *http.Request
	made      map[string]string // ids by bulkId
	errors    int

	// Of each operation: its data, to which bulkIds it refers, and what came of it,
	// nil when it was not done.
	data       []any
	references [][]string
	results    []object
}

// read finds out what refers to what.
func (j *bulkJob) read(request bulkRequest) error {
	for _, op := range request.Operations {
		data, err := decodeValue(op.Data)
		if err != nil {
			return err
		}
		var list []string
		note := func(text string) string {
			if id, refers := reference(text); refers {
				list = append(list, id)
			}
			return text
		}
		mapTexts(data, note)
		mapSegments(op.Path, note)
		j.data, j.references = append(j.data, data), append(j.references, list)
	}
	j.results = make([]object, len(request.Operations))
	return nil
}

// run does the operations in their order, but leaves one that refers to what is
// made further down until that is there.
func (j *bulkJob) run(request bulkRequest) {
	waiting := make([]int, len(request.Operations))
	for i := range waiting {
		waiting[i] = i
	}
	for len(waiting) > 0 {
		var left []int
		for _, i := range waiting {
			if j.unknown(i) != "" {
				left = append(left, i)
				continue
			}
			if j.finish(i, j.do(request.Operations[i], j.data[i])); j.enough(request) {
				return
			}
		}
		if len(left) == len(waiting) { // nobody makes what these refer to
			j.unresolved(request, left)
			return
		}
		waiting = left
	}
}

func (j *bulkJob) unresolved(request bulkRequest, left []int) {
	for _, i := range left {
		op := request.Operations[i]
		p := refuse(http.StatusConflict, invalidValue, "Nothing was made for the bulkId %s.", j.unknown(i))
		if j.finish(i, j.failure(op, p)); j.enough(request) {
			return
		}
	}
}

func (j *bulkJob) finish(i int, result object) {
	j.results[i] = result
	if status, _ := strconv.Atoi(text(result, "status")); status >= http.StatusBadRequest {
		j.errors++
	}
}

func (j *bulkJob) enough(request bulkRequest) bool {
	return j.request.Context().Err() != nil || request.FailOnErrors > 0 && j.errors >= request.FailOnErrors
}

// reference returns the bulkId that a text stands for: how an operation names what
// another one makes, in a segment of its path or a value of its data.
func reference(text string) (id string, refers bool) { return strings.CutPrefix(text, "bulkId:") }

// mapTexts puts another text in the place of each that is a value in the data.
func mapTexts(data any, other func(string) string) any {
	switch data := data.(type) {
	case string:
		return other(data)
	case []any:
		for i, v := range data {
			data[i] = mapTexts(v, other)
		}
	case object:
		for name, v := range data {
			data[name] = mapTexts(v, other)
		}
	}
	return data
}

func mapSegments(path string, other func(string) string) string {
	segments := strings.Split(path, "/")
	for i, segment := range segments {
		segments[i] = other(segment)
	}
	return strings.Join(segments, "/")
}

// unknown returns a bulkId that the operation refers to and that stands for
// nothing yet, if there is one.
func (j *bulkJob) unknown(i int) string {
	for _, id := range j.references[i] {
		if j.made[id] == "" {
			return id
		}
	}
	return ""
}

// resolved returns the id of what was made for a reference, and any other text as it is.
func (j *bulkJob) resolved(text string) string {
	if id, refers := reference(text); refers && j.made[id] != "" {
		return j.made[id]
	}
	return text
}

// location is the address of what an operation is about, as far as it is known.
func (j *bulkJob) location(op bulkOperation) string {
	return j.api.PublicURL + Prefix + mapSegments(op.Path, j.resolved)
}

func (j *bulkJob) do(op bulkOperation, data any) object {
	answer, err := j.call(op, data)
	if err != nil {
		p, ours := problemOf(err)
		if ours {
			j.api.Logger.ErrorContext(j.request.Context(), "an operation of a bulk request failed", "call", op.Method+" "+op.Path, "error", err)
		}
		return j.failure(op, p)
	}
	location := answer.header.Get("Location")
	if op.BulkID != "" && location != "" {
		j.made[op.BulkID] = location[strings.LastIndexByte(location, '/')+1:]
	}
	result := object{"method": strings.ToUpper(op.Method), "status": strconv.Itoa(answer.status), "location": cmp.Or(location, j.location(op))}
	put(result, "bulkId", op.BulkID)
	put(result, "version", answer.header.Get("ETag"))
	return result
}

// failure is the result of an operation that was refused; of one that should have
// made something, without a location (RFC 7644 section 3.7.3).
func (j *bulkJob) failure(op bulkOperation, p *problem) object {
	method := strings.ToUpper(op.Method)
	result := object{"method": method, "status": strconv.Itoa(p.status), "response": p.body()}
	put(result, "bulkId", op.BulkID)
	if method != http.MethodPost && strings.HasPrefix(op.Path, "/") {
		result["location"] = j.location(op)
	}
	return result
}

// call does one operation as the call that it stands for.
func (j *bulkJob) call(op bulkOperation, data any) (*kept, error) {
	method := strings.ToUpper(op.Method)
	if !slices.Contains([]string{http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete}, method) {
		return nil, refuse(http.StatusBadRequest, invalidSyntax, "The method of an operation must be POST, PUT, PATCH or DELETE.")
	}
	if method == http.MethodPost && op.BulkID == "" {
		return nil, refuse(http.StatusBadRequest, invalidSyntax, "An operation that makes something needs a bulkId.")
	}
	r, err := j.subrequest(method, op, data)
	if err != nil {
		return nil, err
	}
	rt, allowed := j.api.find(r)
	answer := &kept{header: http.Header{}, status: http.StatusOK}
	if rt == nil || rt.path == bulkPath || strings.HasSuffix(rt.path, ".search") {
		return nil, noRoute(answer, allowed)
	}
	if err := j.api.take(answer.header, r, j.principal, rt.rate); err != nil {
		return nil, err
	}
	return answer, rt.serve(answer, r, j.principal)
}

// subrequest is the operation as an HTTP request.
func (j *bulkJob) subrequest(method string, op bulkOperation, data any) (*http.Request, error) {
	target, err := url.Parse(Prefix + mapSegments(op.Path, j.resolved))
	if err != nil || !strings.HasPrefix(op.Path, "/") || target.RawQuery != "" {
		return nil, refuse(http.StatusBadRequest, invalidPath, "The path of an operation must be one such as /Users.")
	}
	var body []byte
	if data != nil {
		if body, err = encode(mapTexts(data, j.resolved)); err != nil {
			return nil, err
		}
	}
	target.RawQuery = "excludedAttributes=members,groups,manager" // nobody sees them in the answer, so they need not be read
	r := &http.Request{
		Method: method, URL: target, Header: http.Header{}, Host: j.request.Host, RemoteAddr: j.request.RemoteAddr,
		Body: io.NopCloser(bytes.NewReader(body)),
	}
	if op.Version != "" {
		r.Header.Set("If-Match", op.Version)
	}
	return r.WithContext(context.WithoutCancel(j.request.Context())), nil
}

// kept is an answer of which the headers and the status are of interest.
type kept struct {
	header http.Header
	status int
}

func (k *kept) Header() http.Header            { return k.header }
func (k *kept) WriteHeader(status int)         { k.status = status }
func (k *kept) Write(text []byte) (int, error) { return len(text), nil }
