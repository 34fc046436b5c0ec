// SPDX-License-Identifier: Apache-2.0

package convoke

import (
	"errors"
	"fmt"
	"time"
)

// Kind is the class of an Error. A door chooses its wire status by the Code
// where it knows the code, and by the Kind where it does not.
type Kind uint8

// The kinds of error. The zero value is KindInternal, so that an error that
// nobody classified is never mistaken for the caller's fault.
const (
	KindInternal        Kind = iota // a fault of ours; the text is for the log only
	KindInvalid                     // a value breaks a rule; Field names it
	KindUnauthenticated             // nobody is known to be calling
	KindForbidden                   // the caller is known and may not do this
	KindNotFound                    // no such thing in the caller's account
	KindConflict                    // the thing exists already, or another holds it
	KindPrecondition                // the account lacks what the action needs
	KindExhausted                   // a limit is reached: seats, requests
	KindGone                        // it was there, and is over: used, expired, ended
	KindUnavailable                 // a part we need does not answer; try again
)

var kindNames = [...]string{
	"internal", "invalid", "unauthenticated", "forbidden", "not_found",
	"conflict", "precondition", "exhausted", "gone", "unavailable",
}

// String returns the kind's name in snake case.
func (k Kind) String() string {
	if int(k) < len(kindNames) {
		return kindNames[k]
	}
	return fmt.Sprintf("kind(%d)", uint8(k))
}

// Code names one exact fault. Codes are stable: clients match on them.
type Code string

// The codes. Each door documents the ones that its calls can answer with.
const (
	CodeInternal Code = "internal"

	CodeInvalidField     Code = "invalid_field"
	CodeInvalidBody      Code = "invalid_body"
	CodeBodyTooLarge     Code = "body_too_large"
	CodeUnknownAction    Code = "unknown_action"
	CodeInvalidEmail     Code = "invalid_email"
	CodeInvalidName      Code = "invalid_name"
	CodeInvalidType      Code = "invalid_type"
	CodeInvalidPageToken Code = "invalid_page_token"
	CodeInvalidPMI       Code = "invalid_personal_meeting_id"
	CodeInvalidLink      Code = "invalid_personal_link"
	CodeInvalidFile      Code = "invalid_file"
	CodeInvalidRow       Code = "invalid_row"
	CodeInvalidMetadata  Code = "invalid_metadata"
	CodeTooManyEntries   Code = "too_many_entries"
	CodeInvalidPicture   Code = "invalid_picture"

	CodeAppRevoked         Code = "app_revoked"
	CodeRedirectURI        Code = "redirect_uri_mismatch"
	CodeResponseType       Code = "unsupported_response_type"
	CodeInvalidScope       Code = "invalid_scope"
	CodeInvalidAuthRequest Code = "invalid_authorization_request"
	CodeRequestObject      Code = "request_not_supported"
	CodeRequestURI         Code = "request_uri_not_supported"
	CodeInvalidGrant       Code = "invalid_grant"
	CodeAuthPending        Code = "authorization_pending"
	CodeSlowDown           Code = "slow_down"
	CodeAuthDeclined       Code = "access_denied"
	CodeDeviceExpired      Code = "expired_token"
	CodeUserCode           Code = "user_code_unknown"
	CodeLoginRequired      Code = "login_required"
	CodeConsentRequired    Code = "consent_required"

	CodePasswordLength      Code = "password_length"
	CodePasswordLetter      Code = "password_letter"
	CodePasswordDigit       Code = "password_digit"
	CodePasswordCase        Code = "password_case"
	CodePasswordRepeated    Code = "password_repeated"
	CodePasswordConsecutive Code = "password_consecutive"
	CodePasswordGuessable   Code = "password_guessable"
	CodePasswordSame        Code = "password_same"
	CodePasswordReused      Code = "password_reused"
	CodePasswordChanges     Code = "password_changes_exhausted"

	CodeTokenMissing     Code = "token_missing"
	CodeTokenInvalid     Code = "token_invalid"
	CodeTokenExpired     Code = "token_expired"
	CodeInvalidClient    Code = "invalid_client"
	CodeScopeMissing     Code = "scope_missing"
	CodeNotPerson        Code = "not_a_person"
	CodeWrongPassword    Code = "wrong_password"
	CodeNotOperator      Code = "not_operator"
	CodeNotHost          Code = "not_host"
	CodeSignInRefused    Code = "sign_in_refused"
	CodeSSORequired      Code = "sso_required"
	CodeWrongPasscode    Code = "wrong_passcode"
	CodeInvalidHostToken Code = "invalid_host_token"
	CodeHostTokenExpired Code = "host_token_expired"

	CodeAccountNotFound    Code = "account_not_found"
	CodeUserNotFound       Code = "user_not_found"
	CodeBindingNotFound    Code = "binding_not_found"
	CodeMeetingNotFound    Code = "meeting_not_found"
	CodeAppNotFound        Code = "app_not_found"
	CodeDomainNotFound     Code = "domain_not_found"
	CodeInvitationNotFound Code = "invitation_not_found"
	CodePersonNotInRoom    Code = "participant_not_found"
	CodeTicketNotFound     Code = "ticket_not_found"
	CodeMailNotFound       Code = "mail_not_found"
	CodeWebhookNotFound    Code = "webhook_not_found"
	CodeDeliveryNotFound   Code = "delivery_not_found"
	CodeHeirNotFound       Code = "transfer_user_not_found"
	CodeImportNotFound     Code = "import_not_found"
	CodeGroupNotFound      Code = "group_not_found"
	CodeMemberNotFound     Code = "group_member_not_found"
	CodeRoleNotFound       Code = "role_not_found"
	CodeRoleMemberNotFound Code = "role_member_not_found"
	CodeSSONotFound        Code = "sso_not_found"
	CodeAssertionNotFound  Code = "assertion_not_found"
	CodePictureNotFound    Code = "picture_not_found"

	CodeEmailTaken        Code = "email_taken"
	CodeBoundElsewhere    Code = "user_bound_elsewhere"
	CodePMITaken          Code = "personal_meeting_id_taken"
	CodeLinkTaken         Code = "personal_link_taken"
	CodeDomainTaken       Code = "domain_taken"
	CodeAccountTaken      Code = "account_taken"
	CodeStatusUnchanged   Code = "status_unchanged"
	CodeCannotUnlink      Code = "api_user_cannot_be_unlinked"
	CodeManagedCannotLeft Code = "managed_user_cannot_be_disassociated"
	CodeAssistantRefused  Code = "assistant_refused"
	CodeTransferToSelf    Code = "transfer_to_the_removed_user"
	CodeNoPassword        Code = "user_has_no_password"
	CodePMIUndeletable    Code = "personal_meeting_cannot_be_deleted"
	CodeDuplicateRow      Code = "duplicate_in_file"
	CodeImportOver        Code = "import_over"
	CodeImportTaken       Code = "import_taken"
	CodeGroupTaken        Code = "group_taken"
	CodeTooManyGroups     Code = "too_many_groups"
	CodeOwnerTaken        Code = "account_owner_taken"
	CodeRoleFixed         Code = "role_not_assignable"
	CodeRoleGuarded       Code = "user_guarded_by_role"
	CodeVanityTaken       Code = "sso_name_taken"
	CodeReplayed          Code = "assertion_replayed"

	CodeTooManySubscriptions Code = "too_many_webhooks"

	CodeAutoCreateOff     Code = "auto_create_disabled"
	CodeNoManagedDomain   Code = "no_managed_domain"
	CodeDomainNotManaged  Code = "domain_not_managed"
	CodeDomainReserved    Code = "domain_reserved"
	CodePartnerRequired   Code = "api_partner_required"
	CodeSSONotSetUp       Code = "sso_not_set_up"
	CodeProvisioningMode  Code = "provisioning_not_prior_to_sign_in"
	CodeUserInactive      Code = "user_inactive"
	CodeUserPending       Code = "user_pending"
	CodeScheduleRefused   Code = "schedule_for_refused"
	CodeHostingNotAllowed Code = "hosting_not_allowed"
	CodeNotProvisioned    Code = "not_provisioned"
	CodeSignInBlocked     Code = "sign_in_blocked"
	CodeCannotLink        Code = "user_cannot_be_linked"

	CodeSeatsExhausted Code = "seats_exhausted"
	CodePoolExhausted  Code = "seat_pool_exhausted"
	CodeBasicExhausted Code = "basic_users_exhausted"
	CodeRoomFull       Code = "room_full"
	CodeTooManyJoins   Code = "too_many_joins"
	CodeTooMany        Code = "too_many_attempts"
	CodeDailyLimit     Code = "daily_limit"
	CodeRateSecond     Code = "rate_limited"
	CodeRateDaily      Code = "daily_rate_limited"
	CodeRateInvites    Code = "daily_invites_exhausted"
	CodeDomainTooSoon  Code = "domain_looked_at_just_now"

	CodeInvitationUsed    Code = "invitation_used"
	CodeInvitationRevoked Code = "invitation_revoked"
	CodeInvitationExpired Code = "invitation_expired"
	CodeTicketUsed        Code = "ticket_used"
	CodeTicketExpired     Code = "ticket_expired"
	CodeMeetingEnded      Code = "meeting_ended"
	CodeRemoved           Code = "removed_from_meeting"
	CodeEventsExpired     Code = "events_expired"

	CodeMediaUnavailable Code = "media_unavailable"
)

// Error is the only error type that crosses a room's border. Its Message is one
// clear sentence for the person who made the call: what was wrong, and what to
// do. Err is the cause; it reaches the log and never the wire.
type Error struct {
	Kind    Kind
	Code    Code
	Field   string // the request's field that is wrong, in wire spelling; may be empty
	Message string
	Link    string        // where to go on instead, a path of this server; for CodeSSORequired, may be empty
	Wait    time.Duration // after which another try makes sense; zero: not said
	UserID  UserID        // the user that stands in the way, for CodeEmailTaken and CodeBoundElsewhere
	Err     error
}

// Error returns the message, with the cause where there is one.
func (e *Error) Error() string {
	if e.Err != nil {
		return fmt.Sprintf("%s: %s: %v", e.Code, e.Message, e.Err)
	}
	return fmt.Sprintf("%s: %s", e.Code, e.Message)
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// Errorf makes an Error with a formatted message.
func Errorf(kind Kind, code Code, format string, args ...any) *Error {
	return &Error{Kind: kind, Code: code, Message: fmt.Sprintf(format, args...)}
}

// Invalid makes a KindInvalid error about one field of the request.
func Invalid(code Code, field, format string, args ...any) *Error {
	return &Error{Kind: KindInvalid, Code: code, Field: field, Message: fmt.Sprintf(format, args...)}
}

// NotFound makes a KindNotFound error.
func NotFound(code Code, format string, args ...any) *Error {
	return Errorf(KindNotFound, code, format, args...)
}

// AsError returns err as *Error. An error of any other type becomes
// KindInternal with a text that gives nothing away; the original is its cause.
func AsError(err error) *Error {
	if e, ok := errors.AsType[*Error](err); ok {
		return e
	}
	return &Error{Kind: KindInternal, Code: CodeInternal, Message: "Something went wrong on our side. Please try again.", Err: err}
}

// HasCode reports whether err is an Error with the given code.
func HasCode(err error, code Code) bool {
	e, ok := errors.AsType[*Error](err)
	return ok && e.Code == code
}
