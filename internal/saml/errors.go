// SPDX-License-Identifier: Apache-2.0

package saml

import (
	"errors"
	"fmt"
	"log/slog"
	"net/http"

	"github.com/convoke/convoke/internal/convoke"
)

// handler answers a request or returns why it cannot.
type handler func(http.ResponseWriter, *http.Request) error

// statuses is the one table from the domain's kinds to HTTP.
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

// codeRefused is the page of every message that is not believed.
const codeRefused convoke.Code = "sso_refused"

// page makes a handler whose errors become the refusal page, each with its own
// code in the log.
func (d *door) page(h handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		d.secureHeaders(w.Header())
		defer func() {
			if fault := recover(); fault != nil {
				d.fail(w, r, fmt.Errorf("panic: %v", fault))
			}
		}()
		if err := h(w, r); err != nil {
			d.fail(w, r, err)
		}
	})
}

// isFault reports whether the error is ours, and says nothing about who asked.
func isFault(e *convoke.Error) bool {
	return e.Kind == convoke.KindInternal || e.Kind == convoke.KindUnavailable
}

func (d *door) fail(w http.ResponseWriter, r *http.Request, err error) {
	e := convoke.AsError(err)
	args := []any{slog.String("vanity", r.PathValue("vanity")), slog.String("route", r.Pattern), slog.String("from", convoke.ClientAddress(r.RemoteAddr))}
	if refused, ok := errors.AsType[*refusal](err); ok {
		e = convoke.Errorf(convoke.KindForbidden, codeRefused,
			"The answer of your organisation's sign-in could not be accepted. Nothing was changed.")
		d.Logger.WarnContext(r.Context(), "single sign-on refused", append(args, slog.String("code", string(refused.reason)), slog.String("detail", refused.detail))...)
	} else if isFault(e) {
		d.Logger.ErrorContext(r.Context(), "request failed", append(args, slog.Any("code", e.Code), slog.Any("error", e.Err))...)
	} else {
		d.Logger.InfoContext(r.Context(), "single sign-on refused", append(args, slog.Any("code", e.Code))...)
	}
	writeRefusal(w, statuses[e.Kind], e, r.PathValue("vanity"))
}
