// SPDX-License-Identifier: Apache-2.0

package portal

import (
	"errors"
	"fmt"
	"net/http"
	"runtime/debug"
	"strings"

	"github.com/convoke/convoke/internal/convoke"
)

// secured sets the headers that every answer carries, refuses calls that come
// from another site, and turns a panic into an error.
func (d *door) secured(next http.Handler) http.Handler {
	policy := d.contentSecurityPolicy()
	origin := http.NewCrossOriginProtection()
	origin.SetDenyHandler(d.json(func(http.ResponseWriter, *http.Request) error {
		return convoke.Errorf(convoke.KindForbidden, "cross_origin", "This call must come from a page of this site.")
	}))
	guarded := origin.Handler(next)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		header := w.Header()
		header.Set("Content-Security-Policy", policy)
		header.Set("Permissions-Policy", "camera=(self), microphone=(self), display-capture=(self)")
		header.Set("Referrer-Policy", "no-referrer") // links carry their secret in the query
		header.Set("X-Content-Type-Options", "nosniff")
		header.Set("X-Frame-Options", "DENY")
		header.Set("Cross-Origin-Opener-Policy", "same-origin")
		if d.secure {
			header.Set("Strict-Transport-Security", "max-age=31536000")
		}
		guarded.ServeHTTP(w, r)
	})
}

// contentSecurityPolicy lets a page load its own files only, and connect to
// this server and the media server only.
func (d *door) contentSecurityPolicy() string {
	// A browser takes 'self' for the page's own scheme only, so the media server's
	// address is named even when it is this server; the client also asks it by HTTP.
	connect := "'self' " + d.MediaURL + " " + strings.Replace(d.MediaURL, "ws", "http", 1)
	return "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; " +
		"media-src 'self' blob:; font-src 'self'; worker-src 'self' blob:; connect-src " + connect +
		"; frame-ancestors 'none'; base-uri 'none'; form-action 'self'"
}

// page makes a handler whose errors become error pages.
func (d *door) page(h handler) http.Handler { return d.handle(h, d.writeErrorPage) }

// json makes a handler whose errors become problem documents.
func (d *door) json(h handler) http.Handler { return d.handle(h, d.writeProblem) }

func (d *door) handle(h handler, fail func(http.ResponseWriter, *http.Request, error)) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() {
			switch fault := recover(); {
			case isAbort(fault):
				panic(fault) // net/http cuts the connection
			case fault != nil:
				fail(w, r, fmt.Errorf("panic: %v\n%s", fault, debug.Stack()))
			}
		}()
		if err := h(w, r); err != nil {
			fail(w, r, err)
		}
	})
}

// isAbort recognises the standard library's own way of giving an answer up.
func isAbort(fault any) bool {
	err, ok := fault.(error)
	return ok && errors.Is(err, http.ErrAbortHandler)
}
