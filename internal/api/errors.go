// SPDX-License-Identifier: Apache-2.0

package api

import (
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/convoke/convoke/internal/convoke"
)

// Codes that only this door knows: they are about HTTP, not about users.
const (
	codeNoSuchCall       convoke.Code = "no_such_call"
	codeMethodNotAllowed convoke.Code = "method_not_allowed"
	codeMediaType        convoke.Code = "unsupported_media_type"
)

var (
	errNoSuchCall = convoke.NotFound(codeNoSuchCall,
		"There is no such call. Write a slash inside an id as %%2F, and see /docs for the calls that there are.")
	errMethodNotAllowed = convoke.Errorf(convoke.KindInvalid, codeMethodNotAllowed,
		"This call does not take that method; the Allow header lists those it takes.")
	errMediaType = convoke.Invalid(codeMediaType, "",
		"The body must be JSON: send it with Content-Type: application/json.")
	errFileType = convoke.Invalid(codeMediaType, "",
		"The body must be a file of users: send it with Content-Type: text/csv or application/x-ndjson.")
)

// fault is what a code looks like on this door's wire.
type fault struct {
	status int
	title  string
	steps  []string // what the caller can do next; {user_id} stands for the problem's user
}

// faults is the one table from the domain's errors to problem documents. It is
// also the list in the description and in the docs.
var faults = map[convoke.Code]fault{
	convoke.CodeInvalidField:        {status: 400, title: "A value breaks a rule"},
	convoke.CodeInvalidBody:         {status: 400, title: "The body is not what the call takes"},
	convoke.CodeUnknownAction:       {status: 400, title: "The action is none of the four"},
	convoke.CodeInvalidEmail:        {status: 400, title: "The e-mail address is missing or malformed"},
	convoke.CodeInvalidName:         {status: 400, title: "A name is too long or holds control characters"},
	convoke.CodeInvalidType:         {status: 400, title: "The type is not allowed"},
	convoke.CodeInvalidPageToken:    {status: 400, title: "The page token is invalid or expired", steps: []string{"Start the list again without next_page_token."}},
	convoke.CodeInvalidFile:         {status: 400, title: "The file cannot be read", steps: []string{"Correct the line that the detail names, and send the file again."}},
	convoke.CodeInvalidMetadata:     {status: 400, title: "The metadata is of no use", steps: []string{"Send the identity provider's metadata as it is, or its values one by one."}},
	convoke.CodePasswordLength:      {status: 400, title: "The password is too short or too long"},
	convoke.CodePasswordLetter:      {status: 400, title: "The password has no letter"},
	convoke.CodePasswordDigit:       {status: 400, title: "The password has no digit"},
	convoke.CodePasswordCase:        {status: 400, title: "The password needs upper and lower case"},
	convoke.CodePasswordRepeated:    {status: 400, title: "The password is one character repeated"},
	convoke.CodePasswordConsecutive: {status: 400, title: "The password holds a run of characters"},
	convoke.CodePasswordGuessable:   {status: 400, title: "The password is one of the most common"},

	convoke.CodeTokenMissing: {status: 401, title: "The access token is missing", steps: []string{"Get a token from POST /oauth/token and send it as Authorization: Bearer."}},
	convoke.CodeTokenInvalid: {status: 401, title: "The access token is not valid", steps: []string{"Get a new token from POST /oauth/token."}},
	convoke.CodeTokenExpired: {status: 401, title: "The access token has expired", steps: []string{"Get a new token from POST /oauth/token."}},

	convoke.CodeScopeMissing:      {status: 403, title: "The app lacks a scope", steps: []string{"Give the app the scope, or use an app that has it."}},
	convoke.CodeAutoCreateOff:     {status: 403, title: "autoCreate is switched off", steps: []string{"The operator switches it on: convoke account set --auto-create=true."}},
	convoke.CodeNoManagedDomain:   {status: 403, title: "The account has no managed domain", steps: []string{"The operator adds one: convoke domain add example.com --trust."}},
	convoke.CodeDomainNotManaged:  {status: 403, title: "The e-mail's domain is not managed", steps: []string{"The operator adds the domain, or the user gets an e-mail of a domain that is managed."}},
	convoke.CodeDomainReserved:    {status: 403, title: "The e-mail's domain is another account's", steps: []string{"Use an e-mail of another domain."}},
	convoke.CodePartnerRequired:   {status: 403, title: "The account is no API partner", steps: []string{"The operator grants it: convoke account set --api-partner=true. Until then, use create."}},
	convoke.CodeSSONotSetUp:       {status: 403, title: "Single sign-on is not set up", steps: []string{"The operator sets it up: convoke sso set --vanity NAME --metadata FILE."}},
	convoke.CodeProvisioningMode:  {status: 403, title: "Users are made at sign-in", steps: []string{"An administrator changes it in the portal, under Single sign-on; or the operator: convoke account set --provisioning=prior_to_sign_in."}},
	convoke.CodeUserInactive:      {status: 403, title: "The user is deactivated", steps: []string{"Activate the user first."}},
	convoke.CodeUserPending:       {status: 403, title: "The user is not active yet", steps: []string{"The person follows the link in the invitation; it can be sent again."}},
	convoke.CodeRoleGuarded:       {status: 403, title: "The user is the owner or an admin", steps: []string{"The operator makes the user a member first: convoke user role USER member. Or leave the e-mail out."}},
	convoke.CodeHostingNotAllowed: {status: 403, title: "The user may not host", steps: []string{"Give the user type 1 (basic) or 2 (licensed)."}},

	codeNoSuchCall:                {status: 404, title: "There is no such call"},
	convoke.CodeUserNotFound:      {status: 404, title: "The user does not exist"},
	convoke.CodeBindingNotFound:   {status: 404, title: "Nobody is bound to this external id", steps: []string{"Ensure the user: PUT /api/v1/bindings/{external_id}."}},
	convoke.CodeImportNotFound:    {status: 404, title: "The import does not exist"},
	convoke.CodeSSONotFound:       {status: 404, title: "Single sign-on is not set up", steps: []string{"Set it up: PATCH /api/v1/sso, or convoke sso set."}},
	convoke.CodeAssertionNotFound: {status: 404, title: "The sign-in is not kept", steps: []string{"List them: GET /api/v1/sso/assertions."}},
	convoke.CodeMeetingNotFound:   {status: 404, title: "The meeting does not exist"},
	convoke.CodeDomainNotFound:    {status: 404, title: "The account does not have the domain", steps: []string{"Add it: POST /api/v1/domains."}},
	convoke.CodeWebhookNotFound:   {status: 404, title: "The webhook subscription does not exist", steps: []string{"List them: GET /api/v1/webhooks."}},
	convoke.CodeDeliveryNotFound:  {status: 404, title: "The event is no dead letter", steps: []string{"List them: GET /api/v1/webhooks/{webhook_id}/deliveries?state=dead."}},

	codeMethodNotAllowed: {status: 405, title: "The method is not allowed"},

	convoke.CodeEmailTaken: {status: 409, title: "Another user has this e-mail", steps: []string{
		`To bind that user, send {"user_id": "{user_id}"} as the body of PUT /api/v1/bindings/{external_id}.`,
		"To make another user, send another e-mail, or none where custCreate is granted.",
	}},
	convoke.CodeBoundElsewhere: {status: 409, title: "The user or the external id is bound already", steps: []string{
		"List the bindings with GET /api/v1/bindings to see which external id has user {user_id}.",
		"Take the binding in the way off with DELETE /api/v1/bindings/{external_id}; its user stays.",
	}},
	convoke.CodeStatusUnchanged: {status: 409, title: "The user is not pending", steps: []string{
		"There is no invitation to send or revoke: the user was activated already.",
	}},
	convoke.CodeVanityTaken: {status: 409, title: "Another account has the name", steps: []string{"Choose another vanity."}},
	convoke.CodeDomainTaken: {status: 409, title: "Another account has verified the domain"},
	convoke.CodeSeatsExhausted: {status: 409, title: "All licensed seats are in use", steps: []string{
		"Deactivate or delete a licensed user, or have the operator raise the limit: convoke account set --licensed-seats N.",
	}},
	convoke.CodeBasicExhausted: {status: 409, title: "The account has all the basic users that it may have", steps: []string{
		"Deactivate or delete a basic user, give one a licence, or have the operator raise the limit: convoke account set --basic-users N.",
	}},
	convoke.CodeImportOver: {status: 409, title: "The import has ended already"},

	convoke.CodeTooManySubscriptions: {status: 409, title: "The app has as many webhook subscriptions as it may have", steps: []string{
		"Remove one with DELETE /api/v1/webhooks/{webhook_id}, or change one with PATCH.",
	}},

	convoke.CodeEventsExpired: {status: 410, title: "Events after this id are no longer kept", steps: []string{
		"Look up anew what may have changed, then go on from the id that the detail names, or without after.",
	}},
	convoke.CodeMeetingEnded: {status: 410, title: "The meeting has ended"},
	convoke.CodeBodyTooLarge: {status: 413, title: "The body is too large"},
	codeMediaType:            {status: 415, title: "The body is not of a type that the call takes"},

	convoke.CodeRateSecond:    {status: 429, title: "Too many calls at once", steps: []string{"Wait for as many seconds as Retry-After says."}},
	convoke.CodeRateDaily:     {status: 429, title: "Too many calls in this day", steps: []string{"Wait until the day is over in UTC; GET /api/v1/quota shows what is left."}},
	convoke.CodeDomainTooSoon: {status: 429, title: "The domain was looked at just now", steps: []string{"Wait for as many seconds as Retry-After says; a look takes no longer for being asked twice."}},
	convoke.CodeRateInvites:   {status: 429, title: "Too many invitations in this day", steps: []string{"Wait until the day is over in UTC, or use custCreate, which sends no mail."}},

	convoke.CodeInternal: {status: 500, title: "A fault of ours"},
}

// kinds answers for a code that is not in the table.
var kinds = map[convoke.Kind]fault{
	convoke.KindInvalid:         {status: 400, title: "The request is not valid"},
	convoke.KindUnauthenticated: {status: 401, title: "Nobody is known to be calling"},
	convoke.KindForbidden:       {status: 403, title: "This is not allowed"},
	convoke.KindNotFound:        {status: 404, title: "There is no such thing"},
	convoke.KindConflict:        {status: 409, title: "Something is in the way"},
	convoke.KindPrecondition:    {status: 403, title: "The account lacks what this needs"},
	convoke.KindExhausted:       {status: 429, title: "A limit is reached"},
	convoke.KindGone:            {status: 410, title: "It is over"},
	convoke.KindUnavailable:     {status: 503, title: "A part that is needed does not answer"},
	convoke.KindInternal:        {status: 500, title: "A fault of ours"},
}

func faultOf(e *convoke.Error) fault {
	if f, ok := faults[e.Code]; ok {
		return f
	}
	return kinds[e.Kind]
}

// codesInOrder lists the table's codes by status, then by name.
func codesInOrder() []convoke.Code {
	return slices.SortedFunc(maps.Keys(faults), func(a, b convoke.Code) int {
		if d := faults[a].status - faults[b].status; d != 0 {
			return d
		}
		return strings.Compare(string(a), string(b))
	})
}

// problem is an error on the wire (RFC 9457).
type problem struct {
	Type      string         `json:"type"`
	Title     string         `json:"title"`
	Status    int            `json:"status"`
	Code      convoke.Code   `json:"code"`
	Detail    string         `json:"detail"`
	Field     string         `json:"field,omitempty"`
	Scope     string         `json:"scope,omitempty"`
	UserID    convoke.UserID `json:"user_id,omitempty"`
	NextSteps []string       `json:"next_steps,omitempty"`
}

func newProblem(e *convoke.Error) problem {
	f := faultOf(e)
	p := problem{
		Type: docsOf(e.Code), Title: f.title, Status: f.status, Code: e.Code, Detail: e.Message,
		Field: e.Field, UserID: e.UserID,
	}
	if e.Code == convoke.CodeScopeMissing {
		p.Field, p.Scope = "", e.Field
	}
	for _, step := range f.steps {
		p.NextSteps = append(p.NextSteps, strings.ReplaceAll(step, "{user_id}", string(e.UserID)))
	}
	return p
}

// docsOf is the stable name of a problem type, relative to the server's own
// address; it leads to the code's entry in the docs. Codes outside the table
// have none.
func docsOf(code convoke.Code) string {
	if _, ok := faults[code]; !ok {
		return "about:blank"
	}
	return "/docs/errors#" + string(code)
}

// refuse answers a call with its error. A fault of ours is logged, once, and
// only here.
func (a *api) refuse(w http.ResponseWriter, r *http.Request, id string, err error) {
	writeProblem(w, a.judge(r, id, err))
}

// judge makes a *convoke.Error of any error and logs it when it is our fault.
func (a *api) judge(r *http.Request, id string, err error) *convoke.Error {
	e := convoke.AsError(err)
	if e.Kind != convoke.KindInternal {
		return e
	}
	if r.Context().Err() != nil { // the client has gone: what was under way failed for that reason
		a.Logger.DebugContext(r.Context(), "API call given up by its client", "request_id", id, "call", r.Pattern)
		return e
	}
	a.Logger.ErrorContext(r.Context(), "API call failed", "request_id", id, "call", r.Pattern, "error", e.Error())
	return convoke.AsError(nil) // a text for the wire that gives nothing away
}

func writeProblem(w http.ResponseWriter, e *convoke.Error) {
	p := newProblem(e)
	header := w.Header()
	switch {
	case p.Code == convoke.CodeTokenMissing:
		header.Set("WWW-Authenticate", `Bearer realm="convoke"`)
	case p.Status == http.StatusUnauthorized:
		header.Set("WWW-Authenticate", `Bearer realm="convoke", error="invalid_token"`)
	case p.Code == convoke.CodeScopeMissing:
		header.Set("WWW-Authenticate", `Bearer realm="convoke", error="insufficient_scope", scope="`+p.Scope+`"`)
	case p.Status == http.StatusServiceUnavailable:
		header.Set("Retry-After", "1")
	case p.Code == convoke.CodeDomainTooSoon:
		header.Set("Retry-After", seconds(convoke.DomainPause))
	case p.Code == convoke.CodeRateInvites:
		header.Set("Retry-After", seconds(time.Until(convoke.EndOfDay(time.Now()))))
	}
	// A problem is made of plain fields, so that it always marshals.
	_ = replyAs(w, p.Status, typeProblem, p)
}
