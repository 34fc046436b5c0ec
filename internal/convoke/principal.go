// SPDX-License-Identifier: Apache-2.0

package convoke

import "time"

// Right is what one call needs, named as Zoom's granular scope for it.
type Right string

// The rights of the calls that Convoke serves.
const (
	RightCreateUser     Right = "user:write:user:admin"
	RightListUsers      Right = "user:read:list_users:admin"
	RightReadUser       Right = "user:read:user:admin"
	RightUpdateUser     Right = "user:update:user:admin"
	RightDeleteUser     Right = "user:delete:user:admin"
	RightUserStatus     Right = "user:update:status:admin"
	RightReadToken      Right = "user:read:token:admin"
	RightRevokeTokens   Right = "user:delete:token:admin"
	RightReadZAK        Right = "user:read:zak:admin"
	RightUpdateEmail    Right = "user:update:email:admin"
	RightSetPassword    Right = "user:update:password:admin"
	RightReadEmail      Right = "user:read:email:admin"
	RightReadLink       Right = "user:read:pm_room:admin"
	RightReadSummary    Right = "user:read:summary:admin"
	RightSetFeatures    Right = "user:write:feature:admin"
	RightSetPicture     Right = "user:write:profile_picture:admin" // also to delete it; Zoom has no scope of its own for that
	RightReadSettings   Right = "user:read:settings:admin"
	RightSetSettings    Right = "user:update:settings:admin"
	RightPermissions    Right = "user:read:list_permissions:admin"
	RightListAssistants Right = "user:read:list_assistants:admin"
	RightAddAssistant   Right = "user:write:assistant:admin"
	RightDropAssistant  Right = "user:delete:assistant:admin"
	RightListSchedulers Right = "user:read:list_schedulers:admin"
	RightDropScheduler  Right = "user:delete:scheduler:admin"
	RightCreateMeeting  Right = "meeting:write:meeting:admin"
	RightListMeetings   Right = "meeting:read:list_meetings:admin"
	RightReadMeeting    Right = "meeting:read:meeting:admin"
	RightUpdateMeeting  Right = "meeting:update:meeting:admin"
	RightDeleteMeeting  Right = "meeting:delete:meeting:admin"
	RightMeetingStatus  Right = "meeting:update:status:admin"

	RightListGroups  Right = "group:read:list_groups:admin"
	RightReadGroup   Right = "group:read:group:admin"
	RightCreateGroup Right = "group:write:group:admin"
	RightUpdateGroup Right = "group:update:group:admin"
	RightDeleteGroup Right = "group:delete:group:admin"
	RightListMembers Right = "group:read:list_members:admin"
	RightAddMember   Right = "group:write:member:admin"
	RightMoveMember  Right = "group:update:member:admin"
	RightDropMember  Right = "group:delete:member:admin"

	RightListRoles       Right = "role:read:list_roles:admin"
	RightReadRole        Right = "role:read:role:admin"
	RightListRoleMembers Right = "role:read:list_members:admin"
	RightAssignRole      Right = "role:write:member:admin"
	RightUnassignRole    Right = "role:delete:member:admin"

	RightCreateEntry Right = "scim2:admin"                 // Zoom has no granular scope for it
	RightListEntries Right = "scim2:read:list_users:admin" // Convoke's own name for what several of Zoom's scopes allow
	RightReadEntry   Right = "scim2:read:user:admin"       // likewise
	RightUpdateEntry Right = "scim2:update:user:admin"     // likewise
	RightDeleteEntry Right = "scim2:delete:user:admin"     // likewise

	RightReadDomains    Right = "account:read:managed_domains:master"  // Zoom knows it with :master only
	RightTrustedDomains Right = "account:read:trusted_domains:master"  // likewise
	RightWriteDomains   Right = "account:write:managed_domains:master" // Convoke's own: Zoom has no call that writes them
	RightReadAudit      Right = "report:read:operation_logs:admin"
	RightReadSSO        Right = "account:read:sso:admin"  // Convoke's own: Zoom has no calls for it
	RightWriteSSO       Right = "account:write:sso:admin" // likewise
)

// classic maps each right to the other scopes that include it (Zoom's API
// description, security of each operation).
var classic = map[Right][]string{
	RightCreateUser:     {"user:write:admin"},
	RightListUsers:      {"user:read:admin", "user:write:admin"},
	RightReadUser:       {"user:read:admin", "user:write:admin"},
	RightUpdateUser:     {"user:write:admin"},
	RightDeleteUser:     {"user:write:admin"},
	RightUserStatus:     {"user:write:admin"},
	RightReadToken:      {"user:read:admin", "user:write:admin"},
	RightRevokeTokens:   {"user:write:admin"},
	RightReadZAK:        {"user_zak:read"},
	RightUpdateEmail:    {"user:write:admin"},
	RightSetPassword:    {"user:write:admin"},
	RightReadEmail:      {"user:read:admin", "user:write:admin"},
	RightReadLink:       {"user:read:admin", "user:write:admin"},
	RightReadSummary:    {"user:read:admin", "user:write:admin"},
	RightSetFeatures:    {"user:write:admin"},
	RightSetPicture:     {"user:write:admin"},
	RightReadSettings:   {"user:read:admin", "user:write:admin"},
	RightSetSettings:    {"user:write:admin"},
	RightPermissions:    {"user:read:admin", "user:write:admin"},
	RightListAssistants: {"user:read:admin", "user:write:admin"},
	RightAddAssistant:   {"user:write:admin"},
	RightDropAssistant:  {"user:write:admin"},
	RightListSchedulers: {"user:read:admin", "user:write:admin"},
	RightDropScheduler:  {"user:write:admin"},
	RightCreateMeeting:  {"meeting:write:admin"},
	RightListMeetings:   {"meeting:read:admin", "meeting:write:admin"},
	RightReadMeeting:    {"meeting:read:admin", "meeting:write:admin"},
	RightUpdateMeeting:  {"meeting:write:admin"},
	RightDeleteMeeting:  {"meeting:write:admin"},
	RightMeetingStatus:  {"meeting:write:admin"},

	RightListGroups:  {"scim2", "scim2:admin", "group:read:admin", "group:write:admin"},
	RightReadGroup:   {"scim2", "scim2:admin", "group:read:admin", "group:write:admin"},
	RightCreateGroup: {"scim2", "scim2:admin", "group:write:admin"},
	RightUpdateGroup: {"scim2", "scim2:admin", "group:write:admin"},
	RightDeleteGroup: {"scim2", "scim2:admin", "group:write:admin"},
	RightListMembers: {"scim2", "scim2:admin", "group:read:admin", "group:write:admin"},
	RightAddMember:   {"scim2", "scim2:admin", "group:write:admin"},
	RightMoveMember:  {"group:write:admin"},
	RightDropMember:  {"scim2", "scim2:admin", "group:write:admin"},

	RightListRoles:       {"role:read:admin", "role:write:admin"},
	RightReadRole:        {"role:read:admin", "role:write:admin"},
	RightListRoleMembers: {"role:read:admin", "role:write:admin"},
	RightAssignRole:      {"role:write:admin"},
	RightUnassignRole:    {"role:write:admin"},

	RightCreateEntry: {"scim2"},
	RightListEntries: {"scim2", "scim2:admin", "user:read:list_users:admin"},
	RightReadEntry:   {"scim2", "scim2:admin", "user:read:user:admin"},
	RightUpdateEntry: {"scim2", "scim2:admin", "user:update:user:admin"},
	RightDeleteEntry: {"scim2", "scim2:admin", "user:delete:user:admin"},

	RightReadDomains:    {"account:read:admin", "account:write:admin"},
	RightTrustedDomains: {"account:read:admin", "account:write:admin"},
	RightWriteDomains:   {"account:write:admin"},
	RightReadAudit:      {"report:read:admin"},
	RightReadSSO:        {"account:read:admin", "account:write:admin"},
	RightWriteSSO:       {"account:write:admin"},
}

// PrincipalKind says what sort of caller a Principal is.
type PrincipalKind uint8

// The kinds. The zero value is nobody, who may do nothing.
const (
	Nobody         PrincipalKind = iota
	AppCaller                    // an app with a bearer token; its scopes bind it
	UserCaller                   // a person, signed in to the portal or through an app; acts for itself only, but for who looks after the account
	OperatorCaller               // the operator, at the command line or in the portal; may do all in the account
	RoomCaller                   // somebody in a room, by the secret of their session; named in the log, and without rights of its own
)

// Principal is who calls, and with which rights. access makes it, use cases
// demand it, and nothing else carries authority.
type Principal struct {
	Kind      PrincipalKind
	AccountID AccountID
	ClientID  ClientID // AppCaller: the app; UserCaller: the app that acts for the person, if one does, bound by its scopes
	GrantID   string   // UserCaller by an app: the grant that its token is of
	Label     string   // shown as the operator of an event: the app's name, the person's e-mail
	UserID    UserID   // UserCaller: the person; AppCaller: the app's owner, if it has one
	Scopes    Scopes
	Role      AccountRole   // UserCaller without an app: what the person is in the account, and so may do in it
	InRoom    ParticipantID // RoomCaller: the participant
	Address   string        // the client's IP address, for the log; empty at the command line

	SignedInAt time.Time // UserCaller in the portal: when the person proved who they are
}

// Operator returns the principal of the operator acting on an account.
func Operator(account AccountID) Principal {
	return Principal{Kind: OperatorCaller, AccountID: account, Label: "operator"}
}

// Require returns nil when the principal holds the right in its account: the
// operator, an app with the scope, and the owner and the admins as far as their
// role goes. It returns CodeScopeMissing for an app without the scope, and
// CodeNotOperator for anyone else.
func (p Principal) Require(r Right) error {
	switch p.Kind {
	case OperatorCaller:
		return nil
	case AppCaller:
		if p.Scopes.allow(r) {
			return nil
		}
		return scopeMissing(r)
	case UserCaller:
		if p.ClientID != "" {
			return scopeMissing(r)
		}
		if p.Role.allows(r) {
			return nil
		}
		if p.Role == AccountAdmin && AccountOwner.allows(r) {
			return Errorf(KindForbidden, CodeNotOperator, "Only the owner of the account, or the operator, may do this.")
		}
	}
	return Errorf(KindForbidden, CodeNotOperator, "This needs the rights of an app, of the operator or of an administrator of the account.")
}

func scopeMissing(r Right) error {
	return &Error{
		Kind: KindForbidden, Code: CodeScopeMissing, Field: string(r),
		Message: "Invalid access token, does not contain scopes:[" + string(r) + "].",
	}
}

// RequireFor is Require, but lets a signed-in person act on their own user, and
// an app for them as far as its scopes go.
func (p Principal) RequireFor(r Right, user UserID) error {
	if p.Kind != UserCaller || p.UserID != user || user == "" {
		return p.Require(r)
	}
	if p.ClientID == "" || p.Scopes.allowOwn(r) {
		return nil
	}
	return scopeMissing(r.own())
}

// RequirePerson returns CodeNotPerson for everyone but a person who is there
// themselves: no app may do this for them.
func (p Principal) RequirePerson() error {
	if p.inPerson() {
		return nil
	}
	return Errorf(KindForbidden, CodeNotPerson, "Only a person who is signed in may do this. Sign in as yourself.")
}

// inPerson reports whether a person calls and no app for them.
func (p Principal) inPerson() bool { return p.Kind == UserCaller && p.ClientID == "" }

// owns reports whether the account's owner calls in person.
func (p Principal) owns() bool { return p.inPerson() && p.Role == AccountOwner }

// RequireOperator returns CodeNotOperator for everyone but the operator.
func (p Principal) RequireOperator() error {
	if p.Kind == OperatorCaller {
		return nil
	}
	return Errorf(KindForbidden, CodeNotOperator, "Only the operator may do this.")
}

// RequireAdministrator returns CodeNotOperator for everyone but those who look
// after the account: the operator, its owner and its admins.
func (p Principal) RequireAdministrator() error {
	if p.Kind == OperatorCaller || p.inPerson() && p.Role.administers() {
		return nil
	}
	return Errorf(KindForbidden, CodeNotOperator, "Only an administrator of the account may do this.")
}

// OperatorID is the operator_id of the events that the principal causes.
func (p Principal) OperatorID() string {
	if p.Kind == AppCaller {
		return string(p.ClientID)
	}
	return string(p.UserID)
}
