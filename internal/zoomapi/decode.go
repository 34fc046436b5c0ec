// SPDX-License-Identifier: Apache-2.0

package zoomapi

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"reflect"
	"strconv"
	"time"
	"unicode/utf8"

	"github.com/convoke/convoke/zoom"
)

// maxBody is the longest body, in bytes.
const maxBody = 1 << 20

var (
	errNotJSON      = &zoom.Error{Status: 400, Code: zoom.CodeValidation, Message: "Request Body should be a valid JSON object."}
	errBodyTooLarge = &zoom.Error{Status: 413, Code: zoom.CodeBodyTooLarge, Message: "The request body may have at most 1 MiB."}
)

// decodeBody reads the JSON object of the request into a struct and returns its
// bytes. Fields that the struct does not know are ignored, whatever the
// Content-Type says.
func decodeBody(w http.ResponseWriter, r *http.Request, into any) ([]byte, error) {
	body, err := readBody(w, r)
	if err != nil {
		return nil, err
	}
	return body, decodeObject(body, into)
}

func readBody(w http.ResponseWriter, r *http.Request) ([]byte, error) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if _, tooLarge := errors.AsType[*http.MaxBytesError](err); tooLarge {
		return nil, errBodyTooLarge
	}
	if err != nil {
		return nil, errNotJSON
	}
	return body, nil
}

// decodeObject refuses everything but one JSON object in UTF-8.
func decodeObject(body []byte, into any) error {
	if start := bytes.TrimLeft(body, " \t\r\n"); len(start) == 0 || start[0] != '{' || !utf8.Valid(body) {
		return errNotJSON
	}
	err := json.Unmarshal(body, into)
	if wrong, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		return invalidField(zoom.FieldError{Field: wrong.Field, Message: "The field must be " + jsonName(wrong.Type.Kind()) + "."})
	}
	if err != nil {
		return errNotJSON
	}
	return nil
}

// jsonName says what JSON should have held for a Go type.
func jsonName(kind reflect.Kind) string {
	switch kind {
	case reflect.String:
		return "a string"
	case reflect.Bool:
		return "true or false"
	case reflect.Int, reflect.Int64:
		return "a whole number"
	case reflect.Slice:
		return "an array"
	default:
		return "an object"
	}
}

// need is a field that must be there.
type need struct {
	field string
	given bool
}

// required refuses a body that lacks any of the fields, and names them all.
func required(needs ...need) error {
	var absent []zoom.FieldError
	for _, n := range needs {
		if !n.given {
			absent = append(absent, zoom.FieldError{Field: n.field, Message: "The field is required."})
		}
	}
	if len(absent) == 0 {
		return nil
	}
	return invalidField(absent...)
}

// pageQuery reads page_size, next_page_token and page_number. Lists are read by
// key, so a page_number other than 1 cannot be served; it is of no account
// beside a token, which says where to go on.
func pageQuery(query url.Values) (size int, token string, err error) {
	token = query.Get("next_page_token")
	if size, err = positive(query, "page_size"); err != nil {
		return 0, "", err
	}
	number, err := positive(query, "page_number")
	if err == nil && number > 1 && token == "" {
		err = invalidField(zoom.FieldError{Field: "page_number", Message: "Only the first page can be asked for by number. Go on with next_page_token."})
	}
	return size, token, err
}

// positive reads a query parameter that is a whole number from 1; absent or
// empty gives 0.
func positive(query url.Values, name string) (int, error) {
	text := query.Get(name)
	if text == "" {
		return 0, nil
	}
	n, err := strconv.ParseInt(text, 10, 32)
	if err != nil || n < 1 {
		return 0, invalidField(zoom.FieldError{Field: name, Message: fmt.Sprintf("%s must be a whole number from 1.", name)})
	}
	return int(n), nil
}

// dateQuery reads the first and the last day of a list, in the time zone that
// the query names. Absent days are zero times.
func dateQuery(query url.Values) (from, to time.Time, err error) {
	zone, err := time.LoadLocation(query.Get("timezone"))
	if err != nil || zone == time.Local {
		return from, to, invalidField(zoom.FieldError{Field: "timezone", Message: "The time zone must be an IANA name such as Europe/Paris."})
	}
	if from, err = day(query, "from", zone); err != nil {
		return from, to, err
	}
	if to, err = day(query, "to", zone); err == nil && !to.IsZero() {
		to = to.AddDate(0, 0, 1).Add(-time.Millisecond) // the day is included
	}
	return from, to, err
}

func day(query url.Values, name string, zone *time.Location) (time.Time, error) {
	text := query.Get(name)
	if text == "" {
		return time.Time{}, nil
	}
	start, err := time.ParseInLocation(time.DateOnly, text, zone)
	if err != nil {
		return start, invalidField(zoom.FieldError{Field: name, Message: fmt.Sprintf("%s must be a day such as 2026-11-23.", name)})
	}
	return start, nil
}
