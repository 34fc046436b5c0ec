// SPDX-License-Identifier: Apache-2.0

package api

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"sync"
	"time"
)

type encoder struct {
	buffer bytes.Buffer
	json   *json.Encoder
}

var encoders = sync.Pool{New: func() any {
	e := &encoder{}
	e.json = json.NewEncoder(&e.buffer)
	e.json.SetEscapeHTML(false)
	return e
}}

var (
	typeJSON    = []string{"application/json"}
	typeProblem = []string{"application/problem+json"}
)

// reply writes body as JSON. It writes nothing when the body does not marshal.
func reply(w http.ResponseWriter, status int, body any) error {
	return replyAs(w, status, typeJSON, body)
}

func replyAs(w http.ResponseWriter, status int, contentType []string, body any) error {
	e := encoders.Get().(*encoder) //nolint:forcetypeassert // the pool holds nothing else
	defer recycle(&encoders, e, &e.buffer)
	if err := e.json.Encode(body); err != nil {
		e.buffer.Reset()
		return fmt.Errorf("encode an answer: %w", err)
	}
	w.Header()["Content-Type"] = contentType
	w.WriteHeader(status)
	_, _ = w.Write(e.buffer.Bytes()) // fails only when the client has gone
	return nil
}

// stamp writes a time as RFC 3339 in UTC, to the second; the zero time is empty.
func stamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}
