// SPDX-License-Identifier: Apache-2.0

package scim

import (
	"errors"
	"fmt"
	"net/http"
	"strconv"

	"github.com/convoke/convoke/internal/convoke"
)

// problem is an error in SCIM's own form (RFC 7644 section 3.12).
type problem struct {
	status   int
	scimType string // a detail of a 400 or 409; may be empty
	detail   string
}

func (p *problem) Error() string { return fmt.Sprintf("%d %s: %s", p.status, p.scimType, p.detail) }

func refuse(status int, scimType, format string, args ...any) *problem {
	return &problem{status, scimType, fmt.Sprintf(format, args...)}
}

// The scimTypes of RFC 7644 table 9 and RFC 9865 section 2.1.
const (
	invalidFilter = "invalidFilter"
	tooMany       = "tooMany"
	uniqueness    = "uniqueness"
	mutability    = "mutability"
	invalidSyntax = "invalidSyntax"
	invalidPath   = "invalidPath"
	noTarget      = "noTarget"
	invalidValue  = "invalidValue"
	invalidCursor = "invalidCursor"
)

// fault is what a code of the domain looks like on this wire.
type fault struct {
	status   int
	scimType string
	text     string // empty: the error's own message
}

// faults is the one table from the domain's errors to the wire. The texts are Zoom's.
var faults = map[convoke.Code]fault{
	convoke.CodeInvalidField:     {400, invalidValue, ""},
	convoke.CodeInvalidBody:      {400, invalidValue, ""},
	convoke.CodeInvalidEmail:     {400, invalidValue, `The "userName" of the request is invalid. It must be an e-mail address such as name@example.com.`},
	convoke.CodeInvalidName:      {400, invalidValue, ""},
	convoke.CodeInvalidType:      {400, invalidValue, ""},
	convoke.CodeInvalidLink:      {400, invalidValue, ""},
	convoke.CodeInvalidPageToken: {400, invalidCursor, "The cursor is invalid or expired. Start the list again without it."},
	convoke.CodeTooManyEntries:   {400, tooMany, ""},

	convoke.CodeTokenMissing:    {401, "", ""},
	convoke.CodeTokenInvalid:    {401, "", ""},
	convoke.CodeTokenExpired:    {401, "", ""},
	convoke.CodeAccountNotFound: {401, "", "Invalid access token."}, // the token's own account is gone

	convoke.CodeScopeMissing: {403, "", ""},
	convoke.CodeNotOperator:  {403, "", ""},
	convoke.CodeRoleGuarded:  {403, "", ""},

	convoke.CodeUserNotFound: {404, "", "User does not exist."},

	convoke.CodeGroupNotFound: {404, "", "Group does not exist."},

	convoke.CodeGroupTaken:     {409, uniqueness, ""},
	convoke.CodeTooManyGroups:  {409, "", ""},
	convoke.CodeEmailTaken:     {409, uniqueness, ""},
	convoke.CodeBoundElsewhere: {409, uniqueness, ""},
	convoke.CodeLinkTaken:      {409, uniqueness, "Another user has this personal link name."},
	convoke.CodeUserPending:    {409, "", ""},
	convoke.CodeSeatsExhausted: {409, "", ""},
	convoke.CodeBasicExhausted: {409, "", ""},

	convoke.CodeSSONotSetUp:       {400, "", "Account has not enabled Single Sign-On."},
	convoke.CodeHostingNotAllowed: {400, invalidValue, "Only a user of the userType Licensed has a personal link name."},
	convoke.CodeNoManagedDomain:   {409, "", "The email domain does not match the associated domain of the account."},
	convoke.CodeDomainNotManaged:  {409, "", "The email domain does not match the associated domain of the account."},
	convoke.CodeDomainReserved:    {409, "", ""},

	convoke.CodeDailyLimit:  {429, "", ""},
	convoke.CodeTooMany:     {429, "", ""},
	convoke.CodeRateSecond:  {429, "", ""},
	convoke.CodeRateDaily:   {429, "", ""},
	convoke.CodeRateInvites: {429, "", ""},
}

// kinds stand in for codes that the table does not name.
var kinds = map[convoke.Kind]int{
	convoke.KindInvalid: 400, convoke.KindUnauthenticated: 401, convoke.KindForbidden: 403, convoke.KindNotFound: 404, convoke.KindConflict: 409,
	convoke.KindPrecondition: 400, convoke.KindExhausted: 429, convoke.KindGone: 410, convoke.KindUnavailable: 503,
}

// problemOf translates any error. The second result says whether it is a fault
// of ours, which goes to the log.
func problemOf(err error) (*problem, bool) {
	if p, ok := errors.AsType[*problem](err); ok {
		return p, false
	}
	e := convoke.AsError(err)
	if e.Kind == convoke.KindInternal {
		return refuse(http.StatusInternalServerError, "", "%s", e.Message), true
	}
	f, known := faults[e.Code]
	if !known {
		f = fault{status: kinds[e.Kind]}
	}
	detail := f.text
	if detail == "" {
		detail = e.Message
	}
	if e.Code == convoke.CodeScopeMissing {
		detail = fmt.Sprintf("The request was denied due to insufficient permissions: %q.", e.Field)
	}
	return refuse(f.status, f.scimType, "%s", detail), false
}

// body is the problem's JSON.
func (p *problem) body() object {
	b := object{"schemas": []any{urnError}, "status": strconv.Itoa(p.status), "detail": p.detail}
	if p.scimType != "" {
		b["scimType"] = p.scimType
	}
	return b
}
