// SPDX-License-Identifier: Apache-2.0

package api

import (
	"context"
	"crypto/rand"
	"net/http"
	"runtime/debug"

	"github.com/convoke/convoke/internal/access"
	"github.com/convoke/convoke/internal/convoke"
)

// Access is what the door asks of package access.
type Access interface {
	// Bearer returns who holds the token, or CodeTokenMissing, CodeTokenInvalid
	// or CodeTokenExpired.
	Bearer(ctx context.Context, token string) (convoke.Principal, error)
}

// caller returns who sent the request, by its bearer token (RFC 6750 section 2.1).
func (a *api) caller(r *http.Request) (convoke.Principal, error) {
	p, err := a.Access.Bearer(r.Context(), access.BearerToken(r.Header.Get("Authorization")))
	return p.From(r.RemoteAddr), err
}

var noStore = []string{"no-store"}

// ServeHTTP gives every answer its headers, and turns every error and every
// panic into a problem document.
func (a *api) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	id := requestID(r)
	header := w.Header()
	header["X-Request-Id"] = []string{id}
	header["Cache-Control"] = noStore
	defer a.rescue(w, r, id)
	if err := a.dispatch(w, r); err != nil {
		a.refuse(w, r, id, err)
	}
}

// rescue answers a panic with a 500, and logs it with its stack.
func (a *api) rescue(w http.ResponseWriter, r *http.Request, id string) {
	fault := recover()
	if fault == nil {
		return
	}
	if fault == http.ErrAbortHandler { //nolint:errorlint // the very value is the signal
		panic(fault) // net/http's own way to drop a connection
	}
	a.Logger.ErrorContext(r.Context(), "panic in an API call",
		"request_id", id, "call", r.Pattern, "panic", fault, "stack", string(debug.Stack()))
	writeProblem(w, convoke.AsError(nil))
}

// requestID takes over the client's or the proxy's id when it is harmless in a
// log line, and draws one otherwise.
func requestID(r *http.Request) string {
	if id := r.Header.Get("X-Request-Id"); saneID(id) {
		return id
	}
	return rand.Text()
}

func saneID(id string) bool {
	if id == "" || len(id) > 64 {
		return false
	}
	for i := range len(id) {
		c := id[i]
		letter := c|0x20 >= 'a' && c|0x20 <= 'z'
		if !letter && (c < '0' || c > '9') && c != '-' && c != '_' && c != '.' {
			return false
		}
	}
	return true
}
