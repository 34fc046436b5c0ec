// SPDX-License-Identifier: Apache-2.0

package zoomapi

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"log/slog"
	"net/http"
	"runtime/debug"
	"strings"
	"time"

	"github.com/convoke/convoke/internal/access"
	"github.com/convoke/convoke/internal/convoke"
	"github.com/convoke/convoke/zoom"
)

// Config is everything that the door needs.
type Config struct {
	Users        Users
	Domains      Domains
	Logins       Logins
	UserSettings UserSettings
	Assistants   Assistants
	Groups       Groups
	Members      Members
	Roles        Roles
	Pictures     Pictures
	Features     Features
	Meetings     Meetings
	Access       Access
	UserTokens   http.Handler     // answers POST /oauth/token for the grant types of user-level OAuth; nil: there are none
	Limits       Limits           // nil: calls are counted for the headers, and none is refused
	PublicURL    string           // of this server, without a slash at the end; personal links begin with it
	Now          func() time.Time // nil: time.Now
	Logger       *slog.Logger
}

// Access is what the door asks of package access.
type Access interface {
	// Token gives an app a token for its account, or CodeInvalidClient.
	Token(ctx context.Context, from string, id convoke.ClientID, secret string, account convoke.AccountID) (access.Grant, error)
	// Bearer returns who holds the token, or CodeTokenMissing, CodeTokenInvalid
	// or CodeTokenExpired.
	Bearer(ctx context.Context, token string) (convoke.Principal, error)
}

// New returns the handler of /oauth/token and of every path under /v2. Whoever
// routes to it must hand over the path as the client wrote it: http.ServeMux
// would answer a path with an encoded slash or a double one by a redirect.
func New(c Config) http.Handler {
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Limits == nil {
		c.Limits = access.NewLimiter(access.LimiterConfig{Now: c.Now})
	}
	a := &api{Config: c}
	a.table = a.routes()
	return a
}

type api struct {
	Config
	table []*route
}

// ServeHTTP gives every answer its headers, and turns every error and every
// panic into an error body.
func (a *api) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set(zoom.HeaderTrackingID, newTrackingID())
	w.Header().Set("Cache-Control", "no-store")
	defer a.rescue(w, r)
	if err := a.dispatch(w, r); err != nil {
		a.refuse(w, r, err)
	}
}

// newTrackingID names a request in its answer and in the log.
func newTrackingID() string {
	var id [16]byte
	_, _ = rand.Read(id[:]) // never fails
	return "WEB_" + hex.EncodeToString(id[:])
}

// dispatch runs the call: find its route, know the caller, count, check that
// the caller holds the right, serve.
func (a *api) dispatch(w http.ResponseWriter, r *http.Request) error {
	rt, allowed := a.find(r)
	if rt == nil {
		return a.refuseMethod(w, r, allowed)
	}
	announce(w.Header(), a.Limits.Announce(rt.rate))
	if rt == unknown {
		return unknownEndpoint(http.StatusNotFound)
	}
	if rt.right == anyone {
		return rt.serve(w, r, convoke.Principal{})
	}
	p, err := a.Access.Bearer(r.Context(), access.BearerToken(r.Header.Get("Authorization")))
	if err != nil {
		return err
	}
	p = p.From(r.RemoteAddr)
	if err := a.take(w.Header(), r, p, rt.rate); err != nil {
		return err
	}
	// The use case asks for the right again; here it is asked first, because
	// the wire names a missing scope before it looks at the body.
	if err := p.RequireFor(rt.right, p.UserID); err != nil {
		return err
	}
	return rt.serve(w, r, p)
}

// refuseMethod answers OPTIONS, and a method that the path does not take.
func (a *api) refuseMethod(w http.ResponseWriter, r *http.Request, allowed []string) error {
	announce(w.Header(), a.Limits.Announce(light))
	w.Header().Set("Allow", strings.Join(allowed, ", "))
	if r.Method == http.MethodOptions {
		w.WriteHeader(http.StatusNoContent)
		return nil
	}
	return unknownEndpoint(http.StatusMethodNotAllowed)
}

// rescue answers a panic with a 500, and logs it with its stack.
func (a *api) rescue(w http.ResponseWriter, r *http.Request) {
	fault := recover()
	if fault == nil {
		return
	}
	if fault == http.ErrAbortHandler { //nolint:errorlint // the very value is the signal
		panic(fault) // net/http's own way to drop a connection
	}
	a.Logger.ErrorContext(r.Context(), "panic in a call of the Zoom-compatible API",
		"tracking_id", trackingID(w), "call", r.Pattern, "panic", fault, "stack", string(debug.Stack()))
	writeError(w, r, serverFault())
}

func trackingID(w http.ResponseWriter) string { return w.Header().Get(zoom.HeaderTrackingID) }
