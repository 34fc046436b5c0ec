// SPDX-License-Identifier: Apache-2.0

package zoom

import (
	"fmt"
	"strings"
)

// Error is the body of a refused call.
type Error struct {
	Status  int          `json:"-"` // HTTP status
	Code    int          `json:"code"`
	Message string       `json:"message"`
	Errors  []FieldError `json:"errors,omitempty"` // with CodeValidation
}

// FieldError names one field of the request that was wrong.
type FieldError struct {
	Field   string `json:"field"` // as user_info.email
	Message string `json:"message"`
}

// Error returns the message, the code and the wrong fields.
func (e *Error) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "zoom: %s (code %d, HTTP %d)", e.Message, e.Code, e.Status)
	for _, f := range e.Errors {
		fmt.Fprintf(&b, "; %s: %s", f.Field, f.Message)
	}
	return b.String()
}

// Is lets errors.Is compare by code: errors.Is(err, &zoom.Error{Code: zoom.CodeUserNotFound}).
func (e *Error) Is(target error) bool {
	t, ok := target.(*Error)
	return ok && t.Code == e.Code
}

// The codes that Convoke answers with, in the numbers of Zoom's error tables.
// Where the number is an HTTP status, the wire has no number of its own.
const (
	// CodeFile: the uploaded file is absent, empty, too big or not a picture.
	CodeFile = 120
	// CodeBadToken: the access token is absent, unknown, revoked or expired (HTTP 401).
	CodeBadToken = 124
	// CodeNoPrivilege: the account lacks what the call needs, or the user cannot be treated so.
	CodeNoPrivilege = 200
	// CodeValidation: the request is not valid; Errors names the fields where it can.
	CodeValidation = 300
	// CodeNotChangeable: the user cannot be changed so in this state.
	CodeNotChangeable = 1000
	// CodeUserNotFound: the account has no such user (HTTP 404).
	CodeUserNotFound = 1001
	// CodeEmailTaken: a user of the account has the e-mail already (HTTP 409).
	CodeEmailTaken = 1005
	// CodeManagedDomain: the user's e-mail domain is managed, so the user can only be deleted; or,
	// at a creation, it is another account's that lets nobody else use it.
	CodeManagedDomain = 1107
	// CodeTypeNotPermitted: the user cannot have this licence.
	CodeTypeNotPermitted = 1108
	// CodeNotPaid: the user needs a licence for a personal meeting id or link of its own choice.
	CodeNotPaid = 1109
	// CodeDomainNotLimited: the e-mail's domain is not among those that the account manages.
	CodeDomainNotLimited = 1116
	// CodeAdminGuarded: the user is the account's owner or an admin, whose password an app cannot
	// change and whom it cannot remove.
	CodeAdminGuarded = 1117
	// CodeNotWorkEmail: the user signs in without a password, so there is none to change.
	CodeNotWorkEmail = 1123
	// CodePasswordLength and those after it name the rule that a password breaks.
	CodePasswordLength      = 1124
	CodePasswordLetter      = 1125
	CodePasswordDigit       = 1126
	CodePasswordCase        = 1128
	CodePasswordReused      = 1129
	CodePasswordRepeated    = 1130
	CodePasswordConsecutive = 1131
	CodePasswordGuessable   = 1136
	// CodeAccountNotFound: there is no such account, or it is not the caller's (HTTP 404).
	CodeAccountNotFound = 2001
	// CodeSSONotEnabled: ssoCreate needs single sign-on.
	CodeSSONotEnabled = 2002
	// CodeSSONotPrior: ssoCreate needs users to be made prior to sign-in.
	CodeSSONotPrior = 2032
	// CodeBasicUsers: the account has all the basic users that it may have.
	CodeBasicUsers = 2033
	// CodeSeatsExhausted: every licensed seat of the account is taken.
	CodeSeatsExhausted = 2034
	// CodeUnknownEndpoint: there is no such call.
	CodeUnknownEndpoint = 2300
	// CodeMeetingRefused: the meeting cannot be treated so.
	CodeMeetingRefused = 3000
	// CodeMeetingNotFound: the account has no such meeting (HTTP 404).
	CodeMeetingNotFound = 3001
	// CodePersonalMeeting: a user's personal meeting cannot be deleted.
	CodePersonalMeeting = 3018
	// CodeHostingNotAllowed: the user is not allowed to hold meetings.
	CodeHostingNotAllowed = 3161
	// CodeActivationSeats: no licensed seat is free to activate the user again.
	CodeActivationSeats = 3412
	// CodeLinkTaken: somebody has the personal link already.
	CodeLinkTaken = 4100
	// CodeRoleNotFound: the account has no such role (HTTP 400).
	CodeRoleNotFound = 1034
	// CodeGroupNotFound: the account has no such group (HTTP 404).
	CodeGroupNotFound = 4130
	// CodeMemberNotFound: the user is not in the group (HTTP 404).
	CodeMemberNotFound = 4131
	// CodeGroupTaken: another group of the account has the name (HTTP 409).
	CodeGroupTaken = 4132
	// CodeScopeMissing: the access token lacks the scope that the message names (HTTP 400).
	CodeScopeMissing = 4711

	// CodeBodyTooLarge: the request's body is over 1 MiB.
	CodeBodyTooLarge = 413
	// CodeTooManyRequests: a rate limit is reached; wait and try again.
	CodeTooManyRequests = 429
	// CodeServerFault: the server failed; the call may be tried again.
	CodeServerFault = 500
	// CodeUnavailable: a part that the call needs does not answer; try again.
	CodeUnavailable = 503
)
