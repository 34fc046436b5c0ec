// SPDX-License-Identifier: Apache-2.0

package client

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"reflect"
	"testing"

	"github.com/convoke/convoke/zoom"
)

func TestErrorBodies(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		status int
		body   string
		want   Error
		is     []error
	}{
		"a problem document": {
			409, `{"type":"/docs/errors#email_taken","title":"Taken","status":409,"code":"email_taken","detail":"User already in the account.",
				"field":"email","user_id":"u1","next_steps":["Bind it."]}`,
			Error{Code: "email_taken", Message: "User already in the account.", Field: "email", UserID: "u1", NextSteps: []string{"Bind it."}},
			[]error{ErrEmailTaken, ErrConflict},
		},
		"a prerequisite": {
			403, `{"code":"api_partner_required","title":"The account is no API partner"}`,
			Error{Code: "api_partner_required", Message: "The account is no API partner"},
			[]error{ErrActionNotUsable, ErrForbidden},
		},
		"Zoom's meeting not found": {
			404, `{"code":3001,"message":"Meeting does not exist: 1."}`,
			Error{Code: "meeting_not_found", Message: "Meeting does not exist: 1.", Err: &zoom.Error{Status: 404, Code: 3001, Message: "Meeting does not exist: 1."}},
			[]error{ErrNotFound},
		},
		"Zoom's missing scope": {
			400, `{"code":4711,"message":"Invalid access token."}`,
			Error{Code: "scope_missing", Message: "Invalid access token.", Err: &zoom.Error{Status: 400, Code: 4711, Message: "Invalid access token."}},
			[]error{ErrForbidden},
		},
		"Zoom's fields": {
			400, `{"code":300,"message":"Validation Failed.","errors":[{"field":"topic","message":"Too long."}]}`,
			Error{Code: "zoom_300", Message: "Validation Failed.", Field: "topic", Err: &zoom.Error{
				Status: 400, Code: 300, Message: "Validation Failed.", Errors: []zoom.FieldError{{Field: "topic", Message: "Too long."}},
			}},
			[]error{ErrInvalid},
		},
		"a token error": {
			400, `{"reason":"Invalid client_id or client_secret","error":"invalid_client"}`,
			Error{Code: "invalid_client", Message: "Invalid client_id or client_secret"},
			[]error{ErrUnauthorized},
		},
		"a proxy's page": {502, "<html>", Error{Code: "http_502", Message: "The server gave no reason. Bad Gateway"}, []error{ErrUnavailable}},
		"nothing":        {418, "", Error{Code: "http_418", Message: "The server gave no reason. I'm a teapot"}, nil},
		"JSON of others": {404, `{"code":{"x":1},"detail":"No."}`, Error{Code: "http_404", Message: "No."}, []error{ErrNotFound}},
		"a list":         {410, `[]`, Error{Code: "http_410", Message: "The server gave no reason. Gone"}, []error{ErrGone}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			header := http.Header{"X-Request-Id": {"r1"}, "Retry-After": {"2"}}
			got := errorFrom(&http.Response{StatusCode: c.status, Header: header}, []byte(c.body), start)
			c.want.Status, c.want.RequestID, c.want.RetryAfter = c.status, "r1", seconds(2)[0]
			if !reflect.DeepEqual(*got, c.want) {
				t.Errorf("error\n%+v, want\n%+v", *got, c.want)
			}
			if sorts := sortsOf(got); !reflect.DeepEqual(sorts, sortsOf(errors.Join(c.is...))) || len(sorts) != len(c.is) {
				t.Errorf("is %v, want %v", sorts, c.is)
			}
		})
	}
}

// sortsOf lists the sentinels that the error matches.
func sortsOf(err error) []error {
	var list []error
	for _, sentinel := range []error{
		ErrInvalid, ErrUnauthorized, ErrForbidden, ErrActionNotUsable, ErrUserInactive, ErrUserPending, ErrNotFound,
		ErrConflict, ErrEmailTaken, ErrBoundElsewhere, ErrSeatsExhausted, ErrGone, ErrRateLimited, ErrUnavailable,
	} {
		if errors.Is(err, sentinel) {
			list = append(list, sentinel)
		}
	}
	return list
}

func TestErrorText(t *testing.T) {
	t.Parallel()
	for want, e := range map[string]*Error{
		"convoke: 409 email_taken: Taken. (field email)":                             {Status: 409, Code: "email_taken", Message: "Taken.", Field: "email"},
		"convoke: unreachable: The server did not answer. context deadline exceeded": unreachable(context.DeadlineExceeded),
	} {
		if e.Error() != want {
			t.Errorf("text %q, want %q", e, want)
		}
	}
	wrapped := fmt.Errorf("log in: %w", unreachable(context.DeadlineExceeded))
	if !errors.Is(wrapped, context.DeadlineExceeded) || !errors.Is(wrapped, ErrUnavailable) {
		t.Errorf("%v is neither its cause nor ErrUnavailable", wrapped)
	}
}
