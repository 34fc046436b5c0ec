// SPDX-License-Identifier: Apache-2.0

package zoomapi

import (
	"errors"
	"net/http"
	"strings"

	"github.com/convoke/convoke/internal/convoke"
	"github.com/convoke/convoke/zoom"
)

// fault is what a code of the domain looks like on this wire.
type fault struct {
	status int
	code   int
	text   string // empty: the error's own message; {userId}, {meetingId} and {accountId} stand for the path's values
	fields bool   // the error's field and message go into errors[]
}

// failed is the text of a request that was not valid.
const failed = "Validation Failed."

var (
	invalid     = fault{400, zoom.CodeValidation, failed, true}
	badPassword = fault{400, zoom.CodeValidation, "Invalid parameter: password", true}
	badToken    = fault{401, zoom.CodeBadToken, "Invalid access token.", false}
	noPrivilege = fault{400, zoom.CodeNoPrivilege, "", false}
	notAHost    = fault{400, zoom.CodeHostingNotAllowed, "", false}
	noAccount   = fault{404, zoom.CodeAccountNotFound, "Account does not exist: {accountId}", false}
)

// faults is the one table from the domain's errors to the wire.
var faults = map[convoke.Code]fault{
	convoke.CodeInvalidField:     invalid,
	convoke.CodeInvalidBody:      invalid,
	convoke.CodeUnknownAction:    invalid,
	convoke.CodeInvalidEmail:     invalid,
	convoke.CodeInvalidName:      invalid,
	convoke.CodeInvalidType:      invalid,
	convoke.CodeInvalidPMI:       invalid,
	convoke.CodeInvalidLink:      invalid,
	convoke.CodePMITaken:         invalid,
	convoke.CodeInvalidPageToken: {400, zoom.CodeValidation, "The next page token is invalid or expired.", false},

	convoke.CodePasswordLength:      badPassword,
	convoke.CodePasswordLetter:      badPassword,
	convoke.CodePasswordDigit:       badPassword,
	convoke.CodePasswordCase:        badPassword,
	convoke.CodePasswordRepeated:    badPassword,
	convoke.CodePasswordConsecutive: badPassword,
	convoke.CodePasswordGuessable:   badPassword,
	convoke.CodePasswordSame:        {400, zoom.CodeValidation, "", false},
	convoke.CodePasswordChanges:     {400, zoom.CodeValidation, "", false},
	convoke.CodePasswordReused:      {400, zoom.CodePasswordReused, "", false},
	convoke.CodeNoPassword:          {400, zoom.CodeNotWorkEmail, "Can only update password of Zoom work email account", false},

	convoke.CodeInvalidPicture: {400, zoom.CodeFile, "", false},

	convoke.CodeTokenMissing: badToken,
	convoke.CodeTokenInvalid: badToken,
	convoke.CodeTokenExpired: {401, zoom.CodeBadToken, "Access token is expired.", false},
	convoke.CodeScopeMissing: {400, zoom.CodeScopeMissing, "", false},
	convoke.CodeNotOperator:  noPrivilege,

	convoke.CodeAccountNotFound:    badToken, // the token's own account is gone
	convoke.CodeUserNotFound:       {404, zoom.CodeUserNotFound, "User does not exist: {userId}.", false},
	convoke.CodeGroupNotFound:      {404, zoom.CodeGroupNotFound, "", false},
	convoke.CodeMemberNotFound:     {404, zoom.CodeMemberNotFound, "", false},
	convoke.CodeRoleNotFound:       {400, zoom.CodeRoleNotFound, "", false},
	convoke.CodeRoleMemberNotFound: {404, zoom.CodeUserNotFound, "", false},
	convoke.CodeHeirNotFound:       {404, zoom.CodeUserNotFound, "", false},
	convoke.CodeMeetingNotFound:    {404, zoom.CodeMeetingNotFound, "Meeting does not exist: {meetingId}.", false},

	convoke.CodeEmailTaken:        {409, zoom.CodeEmailTaken, "", false},
	convoke.CodeLinkTaken:         {400, zoom.CodeLinkTaken, "", false},
	convoke.CodeCannotUnlink:      {400, zoom.CodeValidation, "Unable to unlink API user(s).", false},
	convoke.CodeGroupTaken:        {409, zoom.CodeGroupTaken, "", false},
	convoke.CodeTooManyGroups:     {400, zoom.CodeValidation, "", false},
	convoke.CodeRoleFixed:         {400, zoom.CodeValidation, "", false},
	convoke.CodeRoleGuarded:       noPrivilege,
	convoke.CodeAssistantRefused:  noPrivilege,
	convoke.CodeTransferToSelf:    {400, zoom.CodeValidation, "", false},
	convoke.CodeManagedCannotLeft: {400, zoom.CodeManagedDomain, "You can not disassociate a user with managed domain.", false},
	convoke.CodeScheduleRefused:   {400, zoom.CodeMeetingRefused, "", false},
	convoke.CodePMIUndeletable:    {400, zoom.CodePersonalMeeting, "Not allowed to delete PMI.", false},

	convoke.CodeAutoCreateOff:     noPrivilege,
	convoke.CodeNoManagedDomain:   noPrivilege,
	convoke.CodePartnerRequired:   noPrivilege,
	convoke.CodeDomainNotManaged:  {400, zoom.CodeDomainNotLimited, "", false},
	convoke.CodeDomainReserved:    {400, zoom.CodeManagedDomain, "Email domain is blocked.", false},
	convoke.CodeSSONotSetUp:       {400, zoom.CodeSSONotEnabled, "", false},
	convoke.CodeProvisioningMode:  {400, zoom.CodeSSONotPrior, "", false},
	convoke.CodeUserInactive:      notAHost,
	convoke.CodeUserPending:       notAHost,
	convoke.CodeHostingNotAllowed: notAHost,

	convoke.CodeSeatsExhausted: {400, zoom.CodeSeatsExhausted, "", false},
	convoke.CodeBasicExhausted: {400, zoom.CodeBasicUsers, "Your request to add a basic user wasn't approved because you've already reached the maximum basic user limit " +
		"allowed in your account. For additional help regarding this issue, contact the Zoom Customer Support team.", false},
	convoke.CodeDailyLimit:       {429, zoom.CodeTooManyRequests, "", false},
	convoke.CodeRateSecond:       {429, zoom.CodeTooManyRequests, "", false},
	convoke.CodeRateDaily:        {429, zoom.CodeTooManyRequests, "", false},
	convoke.CodeRateInvites:      {429, zoom.CodeTooManyRequests, "", false},
	convoke.CodeTooMany:          {429, zoom.CodeTooManyRequests, "", false},
	convoke.CodeMediaUnavailable: {503, zoom.CodeUnavailable, "", false},
	convoke.CodeInternal:         {500, zoom.CodeServerFault, "", false},
}

// exceptions are the codes that one call answers differently.
var exceptions = map[string]map[convoke.Code]fault{
	"PATCH /v2/users/{userId}": {
		convoke.CodeInvalidType: {400, zoom.CodeTypeNotPermitted, "", false}, // a number outside the enum never gets that far
		convoke.CodeBasicExhausted: {400, zoom.CodeBasicUsers, `Your request to convert the user type to "Basic" was not approved because you have already reached ` +
			"the maximum basic user limit allowed in your account. For additional help regarding this issue, contact the Zoom Customer Support team.", false},
		convoke.CodeHostingNotAllowed: {400, zoom.CodeNotPaid, "Host is not a paid user.", false},
	},
	"POST /v2/groups/{groupId}/members": {
		convoke.CodeUserNotFound: {404, zoom.CodeUserNotFound, "", false}, // the body names the user
	},
	"POST /v2/roles/{roleId}/members": {
		convoke.CodeUserNotFound: {404, zoom.CodeUserNotFound, "", false}, // the body names the user
	},
	"DELETE /v2/roles/{roleId}/members/{memberId}": {
		convoke.CodeUserNotFound: {404, zoom.CodeUserNotFound, "", false}, // the path has the user under another name
	},
	"PUT /v2/users/{userId}/status": {
		convoke.CodeUserPending:    noPrivilege,
		convoke.CodeSeatsExhausted: {400, zoom.CodeActivationSeats, "", false},
		convoke.CodeBasicExhausted: {400, zoom.CodeBasicUsers, `Your request to activate the "Basic" user was not approved because you have already reached ` +
			`the maximum "Basic" user limit allowed in your account. For additional help regarding this issue, contact the Zoom Customer Support team.`, false},
	},
	"PUT /v2/users/{userId}/email": {
		convoke.CodeUserPending: {400, zoom.CodeNotChangeable, "", false},
		convoke.CodeRoleGuarded: {400, zoom.CodeNotChangeable, "", false},
	},
	"DELETE /v2/users/{userId}": {
		convoke.CodeRoleGuarded: {400, zoom.CodeAdminGuarded, "", false},
	},
	"PUT /v2/users/{userId}/password": {
		convoke.CodeRoleGuarded:         {400, zoom.CodeAdminGuarded, "", false},
		convoke.CodeUserPending:         noPrivilege,
		convoke.CodePasswordLength:      {400, zoom.CodePasswordLength, "", false},
		convoke.CodePasswordLetter:      {400, zoom.CodePasswordLetter, "", false},
		convoke.CodePasswordDigit:       {400, zoom.CodePasswordDigit, "", false},
		convoke.CodePasswordCase:        {400, zoom.CodePasswordCase, "", false},
		convoke.CodePasswordRepeated:    {400, zoom.CodePasswordRepeated, "", false},
		convoke.CodePasswordConsecutive: {400, zoom.CodePasswordConsecutive, "", false},
		convoke.CodePasswordGuessable:   {400, zoom.CodePasswordGuessable, "", false},
	},
	"GET /v2/users/me/zak": {
		convoke.CodeUserNotFound: {400, zoom.CodeUserNotFound, "User not exist.", false},
	},
	"GET /v2/accounts/{accountId}/managed_domains": {convoke.CodeAccountNotFound: noAccount},
	"GET /v2/accounts/{accountId}/trusted_domains": {convoke.CodeAccountNotFound: noAccount},
}

// kinds answers for a code that is not in the table.
var kinds = map[convoke.Kind]fault{
	convoke.KindInvalid:         invalid,
	convoke.KindUnauthenticated: badToken,
	convoke.KindForbidden:       noPrivilege,
	convoke.KindNotFound:        {404, zoom.CodeValidation, "", false},
	convoke.KindConflict:        {409, zoom.CodeValidation, "", false},
	convoke.KindPrecondition:    noPrivilege,
	convoke.KindExhausted:       {429, zoom.CodeTooManyRequests, "", false},
	convoke.KindGone:            {400, zoom.CodeMeetingRefused, "", false},
	convoke.KindUnavailable:     {503, zoom.CodeUnavailable, "", false},
	convoke.KindInternal:        {500, zoom.CodeServerFault, "", false},
}

// faultOf looks the error up: first what the call says, then the table, then the kind.
func faultOf(call string, e *convoke.Error) fault {
	if f, ok := exceptions[call][e.Code]; ok {
		return f
	}
	if f, ok := faults[e.Code]; ok {
		return f
	}
	return kinds[e.Kind]
}

// wireError is the body that answers the error.
func wireError(r *http.Request, e *convoke.Error) *zoom.Error {
	f := faultOf(r.Pattern, e)
	body := &zoom.Error{Status: f.status, Code: f.code, Message: e.Message}
	if f.text != "" {
		body.Message = strings.NewReplacer(
			"{userId}", r.PathValue("userId"), "{meetingId}", r.PathValue("meetingId"), "{accountId}", r.PathValue("accountId"),
		).Replace(f.text)
	}
	if f.fields && e.Field != "" {
		body.Errors = []zoom.FieldError{{Field: e.Field, Message: e.Message}}
	}
	if f.fields && e.Field == "" && f.text == failed {
		body.Message = e.Message // no field to name, so the sentence itself
	}
	return body
}

// refuse answers a call with its error. A fault of ours is logged, once, and
// only here.
func (a *api) refuse(w http.ResponseWriter, r *http.Request, err error) {
	if body, ok := errors.AsType[*zoom.Error](err); ok {
		writeError(w, r, body)
		return
	}
	if body, ok := errors.AsType[*zoom.TokenError](err); ok {
		writeTokenError(w, body)
		return
	}
	e := convoke.AsError(err)
	if e.Kind == convoke.KindInternal {
		a.report(w, r, e)
		writeError(w, r, serverFault())
		return
	}
	if e.Code == convoke.CodeDailyLimit || e.Code == convoke.CodeRateInvites {
		w.Header().Set("Retry-After", zoom.At(convoke.EndOfDay(a.Now())).String())
	}
	writeError(w, r, wireError(r, e))
}

// report logs a fault of ours, unless the client has gone and that is why it failed.
func (a *api) report(w http.ResponseWriter, r *http.Request, e *convoke.Error) {
	if r.Context().Err() != nil {
		return
	}
	a.Logger.ErrorContext(r.Context(), "a call of the Zoom-compatible API failed",
		"tracking_id", trackingID(w), "call", r.Pattern, "error", e.Error())
}

// serverFault is the answer to every fault of ours; it gives nothing away.
func serverFault() *zoom.Error {
	return &zoom.Error{Status: http.StatusInternalServerError, Code: zoom.CodeServerFault, Message: convoke.AsError(nil).Message}
}

func unknownEndpoint(status int) *zoom.Error {
	return &zoom.Error{Status: status, Code: zoom.CodeUnknownEndpoint, Message: "This API endpoint is not recognized."}
}

// invalidField refuses a request before any use case is asked.
func invalidField(list ...zoom.FieldError) *zoom.Error {
	return &zoom.Error{Status: http.StatusBadRequest, Code: zoom.CodeValidation, Message: failed, Errors: list}
}
