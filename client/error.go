// SPDX-License-Identifier: Apache-2.0

package client

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/convoke/convoke/zoom"
)

// Error is a refusal by the server, or a failure on the way to it. Its text is
// for logs; it holds no secret.
type Error struct {
	Status     int           // HTTP status; 0 when there was no answer
	Code       string        // stable name of the fault, such as email_taken
	Message    string        // one sentence: what was wrong, and what to do
	Field      string        // the request's field that is wrong, if it is one
	UserID     string        // the user that stands in the way, if it is one
	NextSteps  []string      // what the caller can do, in words
	RequestID  string        // for finding the call in the server's log
	RetryAfter time.Duration // how long the server asked to be left alone
	Err        error         // the cause: why there was no answer, or a *zoom.Error of the Zoom-compatible calls
}

// Codes that are this package's own.
const (
	CodeUnreachable = "unreachable" // the server could not be reached, or did not answer in time
	CodeBadAnswer   = "bad_answer"  // what answered is not what was expected at this address

	codeInvalidField = "invalid_field" // the server's, for what is refused without asking it
)

// What an error can be compared with by errors.Is. An error may match two:
// e-mail taken is a conflict as well.
var (
	ErrInvalid         = errors.New("client: a value breaks a rule")
	ErrUnauthorized    = errors.New("client: the credentials or the token are not accepted")
	ErrForbidden       = errors.New("client: the app may not do this")
	ErrActionNotUsable = errors.New("client: the account lacks what the action needs")
	ErrUserInactive    = errors.New("client: the user is deactivated")
	ErrUserPending     = errors.New("client: the user has not been activated yet")
	ErrNotFound        = errors.New("client: no such user, binding or meeting")
	ErrConflict        = errors.New("client: something else is in the way")
	ErrEmailTaken      = errors.New("client: another user has the e-mail")
	ErrBoundElsewhere  = errors.New("client: the user or the external id is bound already")
	ErrSeatsExhausted  = errors.New("client: all licensed seats are in use")
	ErrBasicExhausted  = errors.New("client: the account has all the basic users that it may have")
	ErrGone            = errors.New("client: it is over")
	ErrRateLimited     = errors.New("client: too many requests")
	ErrUnavailable     = errors.New("client: the service cannot be used now")
)

// byCode says what a code means where that is more, or other, than its status.
var byCode = map[string][]error{
	CodeUnreachable:                     {ErrUnavailable},
	CodeBadAnswer:                       {ErrUnavailable},
	"email_taken":                       {ErrEmailTaken, ErrConflict},
	"user_bound_elsewhere":              {ErrBoundElsewhere, ErrConflict},
	"seats_exhausted":                   {ErrSeatsExhausted, ErrConflict},
	"basic_users_exhausted":             {ErrBasicExhausted, ErrConflict},
	"user_inactive":                     {ErrUserInactive, ErrForbidden},
	"user_pending":                      {ErrUserPending, ErrForbidden},
	"hosting_not_allowed":               {ErrForbidden},
	"scope_missing":                     {ErrForbidden},
	"invalid_client":                    {ErrUnauthorized},
	"token_invalid":                     {ErrUnauthorized},
	"user_not_found":                    {ErrNotFound},
	"meeting_not_found":                 {ErrNotFound},
	"auto_create_disabled":              {ErrActionNotUsable, ErrForbidden},
	"no_managed_domain":                 {ErrActionNotUsable, ErrForbidden},
	"domain_not_managed":                {ErrActionNotUsable, ErrForbidden},
	"domain_reserved":                   {ErrActionNotUsable, ErrForbidden},
	"api_partner_required":              {ErrActionNotUsable, ErrForbidden},
	"sso_not_set_up":                    {ErrActionNotUsable, ErrForbidden},
	"provisioning_not_prior_to_sign_in": {ErrActionNotUsable, ErrForbidden},
}

var byStatus = map[int]error{
	http.StatusBadRequest:            ErrInvalid,
	http.StatusUnauthorized:          ErrUnauthorized,
	http.StatusForbidden:             ErrForbidden,
	http.StatusNotFound:              ErrNotFound,
	http.StatusConflict:              ErrConflict,
	http.StatusGone:                  ErrGone,
	http.StatusRequestEntityTooLarge: ErrInvalid,
	http.StatusUnprocessableEntity:   ErrInvalid,
	http.StatusTooManyRequests:       ErrRateLimited,
	http.StatusInternalServerError:   ErrUnavailable,
	http.StatusBadGateway:            ErrUnavailable,
	http.StatusServiceUnavailable:    ErrUnavailable,
	http.StatusGatewayTimeout:        ErrUnavailable,
}

// Error tells the status, the code and the sentence.
func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString("convoke: ")
	if e.Status != 0 {
		fmt.Fprintf(&b, "%d ", e.Status)
	}
	fmt.Fprintf(&b, "%s: %s", e.Code, e.Message)
	if e.Field != "" {
		fmt.Fprintf(&b, " (field %s)", e.Field)
	}
	if e.Err != nil && (e.Code == CodeUnreachable || e.Code == CodeBadAnswer) {
		fmt.Fprintf(&b, " %v", e.Err)
	}
	return b.String()
}

// Unwrap returns the cause, such as context.DeadlineExceeded or a *zoom.Error.
func (e *Error) Unwrap() error { return e.Err }

// Is reports whether the error is of the sentinel's sort.
func (e *Error) Is(target error) bool {
	if sorts, ok := byCode[e.Code]; ok {
		return slices.Contains(sorts, target)
	}
	return byStatus[e.Status] == target && target != nil
}

// passing reports whether the same call may do better a moment later.
func (e *Error) passing() bool {
	switch e.Status {
	case 0:
		return e.Code == CodeUnreachable
	case http.StatusTooManyRequests, http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		return true
	}
	return false
}

func unreachable(cause error) *Error {
	return &Error{Code: CodeUnreachable, Message: "The server did not answer.", Err: cause}
}

func badAnswer(r *http.Response, cause error) *Error {
	return &Error{
		Status: r.StatusCode, Code: CodeBadAnswer, RequestID: r.Header.Get("X-Request-Id"), Err: cause,
		Message: "The answer is not the expected JSON; check that the base URL leads to the server.",
	}
}

// refusal is every form of error body: Convoke's problem documents (RFC 9457),
// Zoom's code and message, and the token endpoint's reason and error.
type refusal struct {
	Code      json.RawMessage   `json:"code"` // a name, or a number of Zoom's
	Detail    string            `json:"detail"`
	Title     string            `json:"title"`
	Message   string            `json:"message"`
	Reason    string            `json:"reason"`
	Error     string            `json:"error"`
	Field     string            `json:"field"`
	UserID    string            `json:"user_id"`
	NextSteps []string          `json:"next_steps"`
	Errors    []zoom.FieldError `json:"errors"`
}

// errorFrom reads an answer that is not of the 200s. Whatever the body is,
// there is an error; what cannot be read is left out.
func errorFrom(r *http.Response, body []byte, now time.Time) *Error {
	if r.StatusCode/100 == 3 {
		return badAnswer(r, errors.New("it is a redirect, which is never followed"))
	}
	e := &Error{Status: r.StatusCode}
	var wire refusal
	if json.Unmarshal(body, &wire) == nil {
		e = wire.asError(r.StatusCode)
	}
	e.RetryAfter, e.RequestID = retryAfter(r.Header, now), r.Header.Get("X-Request-Id")
	e.Code = cmp.Or(e.Code, fmt.Sprintf("http_%d", e.Status))
	e.Message = cmp.Or(e.Message, strings.TrimSpace("The server gave no reason. "+http.StatusText(e.Status)))
	return e
}

func (w refusal) asError(status int) *Error {
	e := &Error{
		Status: status, Message: cmp.Or(w.Detail, w.Message, w.Reason, w.Title),
		Field: w.Field, UserID: w.UserID, NextSteps: w.NextSteps,
	}
	if len(w.Errors) > 0 {
		e.Field = w.Errors[0].Field
	}
	var name string
	var number int
	switch {
	case json.Unmarshal(w.Code, &number) == nil:
		e.Code = cmp.Or(zoomCodes[number], "zoom_"+strconv.Itoa(number))
		e.Err = &zoom.Error{Status: status, Code: number, Message: w.Message, Errors: w.Errors}
	case json.Unmarshal(w.Code, &name) == nil:
		e.Code = name
	default:
		e.Code = w.Error
	}
	return e
}

// zoomCodes gives Zoom's numbers the names that the problem documents use.
var zoomCodes = map[int]string{
	zoom.CodeBadToken:          "token_invalid",
	zoom.CodeScopeMissing:      "scope_missing",
	zoom.CodeUserNotFound:      "user_not_found",
	zoom.CodeMeetingNotFound:   "meeting_not_found",
	zoom.CodeEmailTaken:        "email_taken",
	zoom.CodeHostingNotAllowed: "hosting_not_allowed",
	zoom.CodeSeatsExhausted:    "seats_exhausted",
	zoom.CodeBasicUsers:        "basic_users_exhausted",
}
