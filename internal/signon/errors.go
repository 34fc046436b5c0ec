// SPDX-License-Identifier: Apache-2.0

package signon

import (
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"runtime/debug"

	"github.com/convoke/convoke/internal/convoke"
)

// RefusedError is an answer of an identity provider that is not believed. The reason
// is for the log alone: the person gets the same page for all, and an attacker
// learns nothing.
type RefusedError struct {
	Reason string
	Detail string // what was found, for the log; no secret
}

// Error returns the reason and what was found.
func (r *RefusedError) Error() string { return r.Reason + ": " + r.Detail }

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

// personError is the refusal of somebody who proved who they are.
type personError struct {
	error

	assertion convoke.Assertion
}

// Unwrap returns why they were refused.
func (e *personError) Unwrap() error { return e.error }

// About says of a refusal, if it is one, whom it is about. Only what a believed
// answer says may be put so: it names the person in the account's audit log.
func (s Statement) About(err error) error {
	if err == nil {
		return nil
	}
	return &personError{err, s.Assertion}
}

// rehearsalError is the refusal of an answer to a test sign-in.
type rehearsalError struct{ error }

// Unwrap returns why it was refused.
func (e *rehearsalError) Unwrap() error { return e.error }

// InRehearsal says of a refusal, if it is one, that the answer was to a test sign-in:
// whoever began that is to see what the log says, and nobody was kept out.
func InRehearsal(err error) error {
	if err == nil {
		return nil
	}
	return &rehearsalError{err}
}

// codeRefused is the page of every answer that is not believed.
const codeRefused convoke.Code = "sso_refused"

// Page makes a handler whose errors become the refusal page, each with its own
// code in the log.
func (d Desk) Page(h func(http.ResponseWriter, *http.Request) error) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		d.secureHeaders(w.Header())
		defer func() {
			switch fault := recover(); fault {
			case nil:
			case http.ErrAbortHandler:
				panic(fault) // net/http's own way to drop a connection
			default:
				d.fail(w, r, fmt.Errorf("panic: %v\n%s", fault, debug.Stack()))
			}
		}()
		if err := h(w, r); err != nil {
			d.fail(w, r, err)
		}
	})
}

// noPage is the handler of every address that is none.
func noPage(http.ResponseWriter, *http.Request) error {
	return convoke.NotFound("page_not_found", "There is no page at this address.")
}

func (d Desk) fail(w http.ResponseWriter, r *http.Request, err error) {
	e := d.Log(r, err)
	if _, rehearsed := errors.AsType[*rehearsalError](err); rehearsed && !isFault(e) {
		writeRefusedTest(w, err)
		return
	}
	writeRefusal(w, statuses[e.Kind], e, r.PathValue("vanity"))
}

// reasonOf returns the code that the account's audit log has for a sign-in that
// failed, or "" when it did not fail or the fault was ours.
func reasonOf(err error) string {
	if err == nil {
		return ""
	}
	if refused, ok := errors.AsType[*RefusedError](err); ok {
		return refused.Reason
	}
	e := convoke.AsError(err)
	if isFault(e) {
		return ""
	}
	return string(e.Code)
}

// isFault reports whether the error is ours, and says nothing about who asked.
func isFault(e *convoke.Error) bool {
	return e.Kind == convoke.KindInternal || e.Kind == convoke.KindUnavailable
}

// What a stranger can have written into the log, in bytes.
const (
	maxDetail = 300
	maxVanity = 64 // more than any account's
)

// Log writes down why a request failed, and returns what the caller may know of it.
func (d Desk) Log(r *http.Request, err error) *convoke.Error {
	e := convoke.AsError(err)
	args := about(r, err)
	if _, refused := errors.AsType[*RefusedError](err); refused {
		d.Logger.WarnContext(r.Context(), "single sign-on refused", args...)
		return convoke.Errorf(convoke.KindForbidden, codeRefused,
			"The answer of your organisation’s sign-in could not be accepted. Nothing was changed.")
	}
	if isFault(e) {
		d.Logger.ErrorContext(r.Context(), "request failed", append(args, slog.Any("error", e.Err))...)
	} else {
		d.Logger.WarnContext(r.Context(), "single sign-on refused", args...)
	}
	return e
}

// Overlook writes down what was wrong with a message that does no harm: the
// person goes on as if it were right.
func (d Desk) Overlook(r *http.Request, err error) {
	d.Logger.WarnContext(r.Context(), "single sign-on goes on with a message that is not as it should be", about(r, err)...)
}

// about is what the log has of a request and of what was wrong with it.
func about(r *http.Request, err error) []any {
	args := []any{slog.String("vanity", convoke.Shorten(r.PathValue("vanity"), maxVanity)), slog.String("route", r.Pattern), slog.String("from", convoke.ClientAddress(r.RemoteAddr))}
	if refused, ok := errors.AsType[*RefusedError](err); ok {
		return append(args, slog.String("code", refused.Reason), slog.String("detail", convoke.Shorten(refused.Detail, maxDetail)))
	}
	return append(args, slog.Any("code", convoke.AsError(err).Code))
}
