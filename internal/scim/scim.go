// SPDX-License-Identifier: Apache-2.0

package scim

import (
	"context"
	"log/slog"
	"net/http"
	"runtime/debug"
	"strconv"
	"strings"
	"time"

	"github.com/convoke/convoke/internal/access"
	"github.com/convoke/convoke/internal/convoke"
)

// Prefix is where the door stands.
const Prefix = "/scim2"

// Config is everything that the door needs.
type Config struct {
	Users     Users
	Directory Directory
	Groups    Groups
	Members   Members
	Access    Access
	Limits    Limits           // nil: calls are counted for the headers, and none is refused
	PublicURL string           // of this server, without a slash at the end; locations begin with it
	Now       func() time.Time // nil: time.Now
	Logger    *slog.Logger
}

// Access is what the door asks of package access.
type Access interface {
	// Bearer returns who holds the token, or CodeTokenMissing, CodeTokenInvalid
	// or CodeTokenExpired.
	Bearer(ctx context.Context, token string) (convoke.Principal, error)
	// Standing returns the app that the header names by its id and secret, or
	// CodeTokenInvalid; named is false where it does not.
	Standing(ctx context.Context, authorization string) (p convoke.Principal, named bool, err error)
}

// Limits counts calls and refuses those beyond the account's plan.
type Limits interface {
	// Take counts a call, or returns CodeRateSecond or CodeRateDaily.
	Take(ctx context.Context, p convoke.Principal, c convoke.RateCategory) (convoke.RateState, error)
}

// New returns the handler of every path under Prefix.
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

// ServeHTTP turns every error and every panic into an error body.
func (a *api) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Cache-Control", "no-store")
	defer a.rescue(w, r)
	if err := a.dispatch(w, r); err != nil {
		a.refuse(w, r, err)
	}
}

// dispatch runs the call: find its route, know the caller, count, serve. Nobody
// need be known to read how one gets to be (RFC 7643 section 5).
func (a *api) dispatch(w http.ResponseWriter, r *http.Request) error {
	rt, allowed := a.find(r)
	if rt != nil && rt.path == configPath {
		return rt.serve(w, r, convoke.Principal{})
	}
	p, err := a.caller(r)
	if err != nil {
		return err
	}
	if rt == nil {
		return noRoute(w, allowed)
	}
	if err := a.take(w.Header(), r, p, rt.rate); err != nil {
		return err
	}
	return rt.serve(w, r, p)
}

// caller is the app that calls, by a token or by its own id and secret.
func (a *api) caller(r *http.Request) (convoke.Principal, error) {
	authorization := r.Header.Get("Authorization")
	p, named, err := a.Access.Standing(r.Context(), authorization)
	if !named {
		p, err = a.Access.Bearer(r.Context(), access.BearerToken(authorization))
	}
	return p.From(r.RemoteAddr), err
}

func noRoute(w http.ResponseWriter, allowed []string) error {
	if len(allowed) == 0 {
		return refuse(http.StatusNotFound, "", "There is no such endpoint. See %s/ResourceTypes.", Prefix)
	}
	w.Header().Set("Allow", strings.Join(allowed, ", "))
	return refuse(http.StatusMethodNotAllowed, "", "This endpoint takes %s only.", strings.Join(allowed, ", "))
}

// take counts the call and writes the headers about it.
func (a *api) take(h http.Header, r *http.Request, p convoke.Principal, c convoke.RateCategory) error {
	state, err := a.Limits.Take(r.Context(), p, c)
	h.Set("X-RateLimit-Category", string(state.Category))
	h.Set("X-RateLimit-Limit", strconv.FormatInt(state.Limit, 10))
	h.Set("X-RateLimit-Remaining", strconv.FormatInt(state.Remaining, 10))
	if convoke.HasCode(err, convoke.CodeRateSecond) || convoke.HasCode(err, convoke.CodeRateDaily) {
		h.Set("Retry-After", strconv.FormatInt(max(1, state.Reset.Unix()-a.Now().Unix()), 10))
	}
	return err
}

// refuse writes the error's body, and logs a fault of ours.
func (a *api) refuse(w http.ResponseWriter, r *http.Request, err error) {
	p, ours := problemOf(err)
	if ours && r.Context().Err() == nil { // else the client has gone: what was under way failed for that reason
		a.Logger.ErrorContext(r.Context(), "a SCIM call failed", "call", r.Pattern, "error", err)
	}
	if p.status == http.StatusUnauthorized {
		w.Header().Set("WWW-Authenticate", `Bearer realm="convoke", error="invalid_token"`)
	}
	_ = reply(w, p.status, p.body()) // plain values always marshal
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
	a.Logger.ErrorContext(r.Context(), "panic in a SCIM call", "call", r.Pattern, "panic", fault, "stack", string(debug.Stack()))
	p, _ := problemOf(errPanic)
	_ = reply(w, p.status, p.body())
}
