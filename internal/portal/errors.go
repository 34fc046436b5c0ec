// SPDX-License-Identifier: Apache-2.0

package portal

import (
	"context"
	"errors"
	"math"
	"net/http"
	"strconv"

	"github.com/convoke/convoke/internal/convoke"
)

// statuses is the one table from the domain's kinds to HTTP. Codes that need
// another status than their kind's stand in statusOfCode.
var statuses = map[convoke.Kind]int{
	convoke.KindInvalid:         http.StatusBadRequest,
	convoke.KindUnauthenticated: http.StatusUnauthorized,
	convoke.KindForbidden:       http.StatusForbidden,
	convoke.KindNotFound:        http.StatusNotFound,
	convoke.KindConflict:        http.StatusConflict,
	convoke.KindPrecondition:    http.StatusForbidden,
	convoke.KindExhausted:       http.StatusTooManyRequests,
	convoke.KindGone:            http.StatusGone,
	convoke.KindUnavailable:     http.StatusServiceUnavailable,
	convoke.KindInternal:        http.StatusInternalServerError,
}

var statusOfCode = map[convoke.Code]int{
	convoke.CodeBodyTooLarge: http.StatusRequestEntityTooLarge,
}

func statusOf(e *convoke.Error) int {
	if status, ok := statusOfCode[e.Code]; ok {
		return status
	}
	return statuses[e.Kind]
}

// codeStopping answers a long poll that the server's stop cut short.
const codeStopping convoke.Code = "stopping"

// problem is an RFC 9457 problem document.
type problem struct {
	Type   string       `json:"type"`
	Title  string       `json:"title"`
	Status int          `json:"status"`
	Code   convoke.Code `json:"code"`
	Detail string       `json:"detail"`
	Field  string       `json:"field,omitempty"`
	Link   string       `json:"link,omitempty"` // where to go on instead, a path of this server
}

func (d *door) writeProblem(w http.ResponseWriter, r *http.Request, err error) {
	e := convoke.AsError(err)
	d.logInternal(r, e)
	status := statusOf(e)
	if e.Wait > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(int(math.Ceil(e.Wait.Seconds()))))
	}
	_ = writeAs(w, status, "application/problem+json", problem{ // texts and a number always marshal
		Type: "/docs/errors#" + string(e.Code), Title: http.StatusText(status),
		Status: status, Code: e.Code, Detail: e.Message, Field: e.Field, Link: e.Link,
	})
}

// logInternal writes our own faults to the log; it leaves the URL's query out,
// because links carry their secrets there.
func (d *door) logInternal(r *http.Request, e *convoke.Error) {
	if errors.Is(e, context.Canceled) {
		return // the client has gone, so nothing is wrong with us
	}
	if e.Kind == convoke.KindInternal || e.Kind == convoke.KindUnavailable && e.Code != codeStopping {
		d.Logger.ErrorContext(r.Context(), "request failed", "method", r.Method, "route", r.Pattern, "code", e.Code, "error", e.Err)
	}
}

func unknownCall(http.ResponseWriter, *http.Request) error {
	return convoke.NotFound("unknown_call", "There is no such call.")
}

func unknownPage(http.ResponseWriter, *http.Request) error {
	return convoke.NotFound(pageNotFound, "There is no page at this address.")
}
