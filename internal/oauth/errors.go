// SPDX-License-Identifier: Apache-2.0

package oauth

import (
	"bytes"
	"embed"
	"encoding/json"
	"fmt"
	"html/template"
	"log/slog"
	"net/http"
	"runtime/debug"

	"github.com/convoke/convoke/internal/convoke"
)

// fault is what a code looks like on this door's wire.
type fault struct {
	status int
	code   string // of RFC 6749 section 5.2 and RFC 6750 section 3.1
}

// faults is the one table from the domain's errors to the body that Zoom gives:
// {"reason": "...", "error": "..."}, with 400 where RFC 6749 has 401 too.
var faults = map[convoke.Code]fault{
	convoke.CodeInvalidClient:      {http.StatusBadRequest, "invalid_client"},
	convoke.CodeInvalidGrant:       {http.StatusBadRequest, "invalid_grant"},
	convoke.CodeInvalidAuthRequest: {http.StatusBadRequest, "invalid_request"},
	convoke.CodeInvalidScope:       {http.StatusBadRequest, "invalid_scope"},
	convoke.CodeAuthPending:        {http.StatusBadRequest, "authorization_pending"},
	convoke.CodeSlowDown:           {http.StatusBadRequest, "slow_down"},
	convoke.CodeAuthDeclined:       {http.StatusBadRequest, "access_denied"},
	convoke.CodeDeviceExpired:      {http.StatusBadRequest, "expired_token"},
	convoke.CodeTooMany:            {http.StatusTooManyRequests, "slow_down"},
	codeUnsupportedGrant:           {http.StatusBadRequest, "unsupported_grant_type"},
	convoke.CodeTokenMissing:       {http.StatusUnauthorized, "invalid_token"},
	convoke.CodeTokenInvalid:       {http.StatusUnauthorized, "invalid_token"},
	convoke.CodeTokenExpired:       {http.StatusUnauthorized, "invalid_token"},
	convoke.CodeScopeMissing:       {http.StatusForbidden, "insufficient_scope"},
}

// The codes of what only this door can find.
const (
	codeUnsupportedGrant convoke.Code = "unsupported_grant_type"
	codeClientMissing    convoke.Code = "client_id_missing"
)

var (
	errUnsupportedGrant = convoke.Errorf(convoke.KindInvalid, codeUnsupportedGrant, "unsupported grant type")
	errClientMissing    = convoke.Errorf(convoke.KindInvalid, codeClientMissing, "The address that brought you here names no app.")
)

// zoomNumbers are what Zoom's page says for the same faults, and what its
// documentation is searched by. Zoom has none in the bodies of calls.
var zoomNumbers = map[convoke.Code]int{
	convoke.CodeInvalidClient: 4702,
	codeClientMissing:         4706,
	convoke.CodeRedirectURI:   4709,
	convoke.CodeAppRevoked:    4717,
}

// authErrors are what an app is told at its redirect URI (RFC 6749 section 4.1.2.1,
// OpenID Connect Core section 3.1.2.6).
var authErrors = map[convoke.Code]string{
	convoke.CodeRequestObject:      "request_not_supported",
	convoke.CodeRequestURI:         "request_uri_not_supported",
	convoke.CodeResponseType:       "unsupported_response_type",
	convoke.CodeInvalidScope:       "invalid_scope",
	convoke.CodeInvalidAuthRequest: "invalid_request",
}

type handler func(http.ResponseWriter, *http.Request) error

// call makes a handler whose errors become Zoom's bodies.
func (d *door) call(h handler) http.Handler {
	return d.handle(h, func(w http.ResponseWriter, e *convoke.Error) {
		f, ok := faults[e.Code]
		if !ok {
			f, e = fault{http.StatusInternalServerError, "server_error"}, convoke.Errorf(convoke.KindInternal, convoke.CodeInternal, "Internal error.")
		}
		if f.status == http.StatusUnauthorized || f.status == http.StatusForbidden {
			w.Header().Set("WWW-Authenticate", `Bearer error="`+f.code+`"`)
		}
		_ = writeJSON(w, f.status, map[string]string{"reason": e.Message, "error": f.code}) // strings always marshal
	})
}

//go:embed pages
var pageFiles embed.FS

var refusal = template.Must(template.ParseFS(pageFiles, "pages/refusal.html"))

// policy lets the page load the portal's style and nothing else, and no site
// show it in a frame.
const policy = "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"

// page makes a handler whose errors become a page for the person.
func (d *door) page(h handler) http.Handler {
	return d.handle(h, func(w http.ResponseWriter, e *convoke.Error) {
		status := http.StatusBadRequest
		if e.Kind == convoke.KindInternal || e.Kind == convoke.KindUnavailable {
			status = http.StatusInternalServerError
		}
		var page bytes.Buffer
		if err := refusal.Execute(&page, map[string]any{"Code": e.Code, "Detail": e.Message, "Number": zoomNumbers[e.Code]}); err != nil {
			http.Error(w, http.StatusText(status), status)
			return
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.WriteHeader(status)
		_, _ = page.WriteTo(w) // fails only when the client is gone
	})
}

func (d *door) handle(h handler, fail func(http.ResponseWriter, *convoke.Error)) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		d.secureHeaders(w.Header())
		defer func() {
			switch fault := recover(); fault {
			case nil:
			case http.ErrAbortHandler:
				panic(fault) // net/http's own way to drop a connection
			default:
				fail(w, d.logged(r, fmt.Errorf("panic: %v\n%s", fault, debug.Stack())))
			}
		}()
		if err := h(w, r); err != nil {
			fail(w, d.logged(r, err))
		}
	})
}

func (d *door) logged(r *http.Request, err error) *convoke.Error {
	e := convoke.AsError(err)
	if e.Kind == convoke.KindInternal || e.Kind == convoke.KindUnavailable {
		d.Logger.ErrorContext(r.Context(), "request failed", slog.String("route", r.Pattern), slog.Any("code", e.Code), slog.Any("error", e.Err))
	}
	return e
}

func (d *door) secureHeaders(header http.Header) {
	header.Set("Content-Security-Policy", policy)
	header.Set("Referrer-Policy", "no-referrer")
	header.Set("X-Content-Type-Options", "nosniff")
	header.Set("X-Frame-Options", "DENY")
	header.Set("Cache-Control", "no-store")
	if d.secure {
		header.Set("Strict-Transport-Security", "max-age=31536000")
	}
}

func writeJSON(w http.ResponseWriter, status int, body any) error {
	raw, err := json.Marshal(body)
	if err != nil {
		return fmt.Errorf("encode an answer: %w", err)
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = w.Write(raw) // fails only when the client is gone
	return nil
}
