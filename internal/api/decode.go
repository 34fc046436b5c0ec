// SPDX-License-Identifier: Apache-2.0

package api

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"reflect"
	"strconv"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/convoke/convoke/internal/convoke"
)

// The longest bodies, in bytes.
const (
	maxBody      = 1 << 20
	maxBatchBody = 4 << 20
)

var bodies = sync.Pool{New: func() any { return new(bytes.Buffer) }}

// decodeBody reads the JSON object of the request into a struct. An empty body
// leaves it as it is. Everything that is not exactly such an object is
// CodeInvalidBody, with the field where it is known; a body over limit bytes is
// CodeBodyTooLarge.
func decodeBody(w http.ResponseWriter, r *http.Request, limit int64, into any) error {
	if r.ContentLength == 0 {
		return nil
	}
	buffer := bodies.Get().(*bytes.Buffer) //nolint:forcetypeassert // the pool holds nothing else
	defer recycle(&bodies, buffer, buffer)
	if err := readBody(buffer, w, r, limit); err != nil {
		return err
	}
	body := bytes.TrimLeft(buffer.Bytes(), jsonSpace)
	if len(body) == 0 {
		return nil
	}
	if err := checkMediaType(r); err != nil {
		return err
	}
	return decodeObject(body, into)
}

// jsonSpace is insignificant between JSON's tokens (RFC 8259 section 2).
const jsonSpace = " \t\r\n"

// recycle puts a pooled value back, unless a rare long body made it hold on to
// more memory than a common call needs.
func recycle(pool *sync.Pool, item any, buffer *bytes.Buffer) {
	if buffer.Cap() > 64<<10 {
		return
	}
	buffer.Reset()
	pool.Put(item)
}

func readBody(buffer *bytes.Buffer, w http.ResponseWriter, r *http.Request, limit int64) error {
	if r.ContentLength > limit {
		return bodyTooLarge(limit)
	}
	_, err := buffer.ReadFrom(http.MaxBytesReader(w, r.Body, limit))
	if _, tooLarge := errors.AsType[*http.MaxBytesError](err); tooLarge {
		return bodyTooLarge(limit)
	}
	if err != nil {
		return invalidBody("", "The body could not be read to its end.")
	}
	return nil
}

func bodyTooLarge(limit int64) error {
	return convoke.Invalid(convoke.CodeBodyTooLarge, "", "The body of this call may have at most %d bytes.", limit)
}

func invalidBody(field, format string, args ...any) error {
	return convoke.Invalid(convoke.CodeInvalidBody, field, format, args...)
}

// checkMediaType is liberal with who says nothing, and catches curl's default.
func checkMediaType(r *http.Request) error {
	sent := r.Header.Get("Content-Type")
	if sent == "" || sent == "application/json" {
		return nil
	}
	if name, _, err := mime.ParseMediaType(sent); err == nil && name == "application/json" {
		return nil
	}
	return errMediaType
}

// decodeObject reads exactly one JSON object into a struct. encoding/json would
// put U+FFFD in place of what is not Unicode; two external ids could become one
// that way, so such text is refused.
func decodeObject(body []byte, into any) error {
	switch {
	case !utf8.Valid(body):
		return invalidBody("", "The body must be UTF-8 text.")
	case !isBatch(into) && convoke.LoneSurrogate(body):
		return invalidBody("", `The body holds a \u escape of half a surrogate pair, which is no character.`)
	case len(body) == 0 || body[0] != '{':
		return invalidBody("", "The body must be a JSON object.")
	}
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(into); err != nil {
		return explainJSON(err)
	}
	if rest := body[decoder.InputOffset():]; len(bytes.Trim(rest, jsonSpace)) > 0 {
		return invalidBody("", "There is more after the JSON object in the body.")
	}
	return nil
}

// isBatch tells a batch's envelope apart: its items are decoded one by one, and
// only the item with the bad text is to be refused.
func isBatch(into any) bool {
	_, ok := into.(*batch)
	return ok
}

// explainJSON names the field that is wrong and what it should be.
func explainJSON(err error) error {
	if wrong, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		field := wrong.Field[strings.LastIndexByte(wrong.Field, '.')+1:] // without the name of an embedded struct
		return invalidBody(field, "The field %s must be %s.", field, jsonName(wrong.Type.Kind()))
	}
	// encoding/json has no type for this error, only a text.
	if quoted, ok := strings.CutPrefix(err.Error(), "json: unknown field "); ok {
		name, _ := strconv.Unquote(quoted)
		return invalidBody(shorten(name), "The field %q is not known here. Check its spelling, or leave it out.", shorten(name))
	}
	if wrong, ok := errors.AsType[*json.SyntaxError](err); ok {
		return invalidBody("", "The body is not JSON: %v, near byte %d.", wrong, wrong.Offset)
	}
	if errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF) {
		return invalidBody("", "The body is not JSON: it ends too early.")
	}
	return invalidBody("", "The body is not JSON that this call can read.")
}

// shorten keeps an answer small when the client sends an endless name.
func shorten(name string) string { return convoke.Shorten(name, 64) }

// jsonName says what JSON should have held for a Go type.
func jsonName(kind reflect.Kind) string {
	switch kind {
	case reflect.String:
		return "a string"
	case reflect.Int, reflect.Int64:
		return "a whole number"
	case reflect.Bool:
		return "true or false"
	case reflect.Slice:
		return "an array"
	default:
		return "an object"
	}
}

// number reads a query parameter that is a whole number; absent gives 0.
func number(r *http.Request, name string) (int64, error) {
	text := r.URL.Query().Get(name)
	if text == "" {
		return 0, nil
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return 0, convoke.Invalid(convoke.CodeInvalidField, name, "%s must be a whole number.", name)
	}
	return n, nil
}

// stretch reads where a list of numbered things goes on, under the given name,
// and its limit.
func stretch(r *http.Request, from string) (start int64, limit int, err error) {
	if start, err = number(r, from); err != nil {
		return 0, 0, err
	}
	most, err := number(r, "limit")
	return start, int(most), err
}
