// SPDX-License-Identifier: Apache-2.0

package convoke

import (
	"cmp"
	"encoding/json"
	"strings"
	"time"
)

// Status is where a user stands.
type Status string

// The statuses, in Zoom's spelling (GET /v2/users, query status).
const (
	StatusActive   Status = "active"
	StatusInactive Status = "inactive"
	StatusPending  Status = "pending"
)

// ParseStatus returns the status that s spells, or CodeInvalidField.
func ParseStatus(s string) (Status, error) {
	switch status := Status(s); status {
	case StatusActive, StatusInactive, StatusPending:
		return status, nil
	}
	return "", Invalid(CodeInvalidField, "status", "The status must be active, inactive or pending.")
}

// Reason says why a user is not active. It is empty exactly when the user is.
type Reason string

// The closed list of reasons. ReasonInvitationExpired is the only one that
// comes by itself: it follows from the time (User.AsOf), and no row holds it.
const (
	ReasonInvited             Reason = "invitation_not_accepted"
	ReasonDomainNotAssociated Reason = "domain_not_associated"
	ReasonInvitationExpired   Reason = "invitation_expired"
	ReasonInvitationRevoked   Reason = "invitation_revoked"
	ReasonDeactivated         Reason = "deactivated"
)

// ReasonsOf lists the reasons that a user of the status can have. Only an active
// one has none.
func ReasonsOf(s Status) []Reason {
	switch s {
	case StatusPending:
		return []Reason{ReasonInvited, ReasonDomainNotAssociated, ReasonInvitationExpired, ReasonInvitationRevoked}
	case StatusInactive:
		return []Reason{ReasonDeactivated}
	default:
		return nil
	}
}

// UserType is the licence, in Zoom's numbers.
type UserType int

// The types that the 2025 description of POST /v2/users names.
const (
	TypeBasic      UserType = 1
	TypeLicensed   UserType = 2
	TypeUnassigned UserType = 4  // no meetings at all
	TypeNone       UserType = 99 // no licence; with ssoCreate only
)

// CheckType returns CodeInvalidType for a number outside the enum, and for
// TypeNone with any action but ssoCreate.
func CheckType(t UserType, action Action) error {
	switch {
	case t == TypeBasic, t == TypeLicensed, t == TypeUnassigned:
		return nil
	case t == TypeNone && action == ActionSSOCreate:
		return nil
	case t == TypeNone:
		return Invalid(CodeInvalidType, "type", "The type 99 (none) can be set with ssoCreate only.")
	}
	return Invalid(CodeInvalidType, "type", "The type must be 1 (basic), 2 (licensed), 4 (unassigned) or 99 (none).")
}

// Hosts reports whether the licence lets the user hold meetings.
func (t UserType) Hosts() bool { return t == TypeBasic || t == TypeLicensed }

// User is a conferencing user of one account. (Account, external id) is the key
// of the person behind it; the e-mail is an attribute that may change.
type User struct {
	ID           UserID
	AccountID    AccountID
	Action       Action // how the user was made; it never changes
	Email        string
	FirstName    string
	LastName     string
	DisplayName  string
	Type         UserType
	Status       Status
	StatusReason Reason
	PasswordHash string // PHC string of argon2id; empty for who has no password
	PMI          MeetingID
	PersonalLink string // "" or the name in {public}/my/{name}
	HostKey      string
	Profile      Profile
	Settings     json.RawMessage // an object with what was ever set; see AllSettings
	DayCounts    DayCounts
	InvitedUntil time.Time // when the pending user's latest activation link expires; zero without one
	CreatedAt    time.Time
	UpdatedAt    time.Time
	LastLoginAt  time.Time

	// HostTokensFrom is when the user's host tokens and tickets were last revoked:
	// none made until then counts. Zero: never.
	HostTokensFrom time.Time

	Role    AccountRole
	Picture string // the name of the user's Picture; empty: none
}

// Profile is what Convoke stores about a person and does not act upon, in the
// wire names of GET and PATCH /v2/users/{userId}.
type Profile struct {
	AboutMe          string            `json:"about_me,omitempty"`
	CMSUserID        string            `json:"cms_user_id,omitempty"`
	Company          string            `json:"company,omitempty"`
	CostCenter       string            `json:"cost_center,omitempty"`
	CustomAttributes []CustomAttribute `json:"custom_attributes,omitempty"`
	Dept             string            `json:"dept,omitempty"`
	EmployeeNumber   string            `json:"employee_number,omitempty"` // of SCIM's enterprise extension; Zoom's API has none
	JobTitle         string            `json:"job_title,omitempty"`
	Language         string            `json:"language,omitempty"`
	LinkedInURL      string            `json:"linkedin_url,omitempty"`
	Location         string            `json:"location,omitempty"`
	Manager          string            `json:"manager,omitempty"`
	PhoneNumbers     []PhoneNumber     `json:"phone_numbers,omitempty"`
	Pronouns         string            `json:"pronouns,omitempty"`
	PronounsOption   int               `json:"pronouns_option,omitempty"`
	Timezone         string            `json:"timezone,omitempty"`
	UsePMI           bool              `json:"use_pmi,omitempty"`
}

// CustomAttribute is one of at most five values that the account gives meaning to.
type CustomAttribute struct {
	Key   string `json:"key"`
	Name  string `json:"name"`
	Value string `json:"value"`
}

// PhoneNumber is one of at most three telephone numbers.
type PhoneNumber struct {
	Code     string `json:"code,omitempty"`
	Country  string `json:"country,omitempty"`
	Label    string `json:"label,omitempty"`
	Number   string `json:"number"`
	Verified bool   `json:"verified,omitempty"`
}

// AsOf returns the user as everyone sees it at the time: a pending one whose
// link has expired says so. Whatever leaves package provision has been through it.
func (u User) AsOf(now time.Time) User {
	lapsed := !u.InvitedUntil.IsZero() && !now.Before(u.InvitedUntil)
	if u.Status == StatusPending && u.StatusReason != ReasonInvitationRevoked && lapsed {
		u.StatusReason = ReasonInvitationExpired
	}
	return u
}

// awaited is why the user is pending while a link is open.
func (u User) awaited() Reason {
	if u.Action == ActionSSOCreate {
		return ReasonDomainNotAssociated
	}
	return ReasonInvited
}

// Name returns what others see: the display name, else first and last name,
// else the part of the e-mail before the @. It is empty for a user of whom none
// of these was ever given.
func (u User) Name() string {
	full := strings.TrimSpace(u.FirstName + " " + u.LastName)
	local := EmailLocal(u.Email)
	if strings.HasSuffix(u.Email, unreachable) {
		local = ""
	}
	return cmp.Or(u.DisplayName, full, local)
}

// Seats is what the user takes of the account's seats. A pending user takes it
// already, as Zoom counts pending invitations; a deactivated one takes nothing.
func (u User) Seats() SeatCounts {
	switch {
	case u.Status == StatusInactive:
		return SeatCounts{}
	case u.Type == TypeLicensed:
		return SeatCounts{Licensed: 1}
	case u.Type == TypeBasic:
		return SeatCounts{Basic: 1}
	}
	return SeatCounts{}
}

// SignsInWithPassword reports whether the portal may ask the user for a
// password. custCreate users never sign in, ssoCreate users do through the
// identity provider only.
func (u User) SignsInWithPassword() bool {
	return u.Action == ActionCreate || u.Action == ActionAutoCreate
}

// MayHost returns why the user cannot hold a meeting now, or nil.
func (u User) MayHost() error {
	switch {
	case u.Status == StatusInactive:
		return Errorf(KindForbidden, CodeUserInactive, "This user is deactivated and cannot hold meetings.")
	case u.Status == StatusPending:
		return Errorf(KindForbidden, CodeUserPending, "This user has not been activated yet and cannot hold meetings.")
	case !u.Type.Hosts():
		return Errorf(KindForbidden, CodeHostingNotAllowed,
			"Your user account is not allowed meeting hosting and scheduling capabilities.")
	}
	return nil
}

// Verified reports whether the user was shown to own the e-mail: by the activation
// link, or because its domain was one that the account had shown to be its own. It
// stays so if the domain later goes to somebody else, as the user does.
func (u User) Verified() bool {
	switch {
	case u.Action == ActionCustCreate, u.Status == StatusPending:
		return false
	case u.Action == ActionCreate && u.PasswordHash == "":
		return false // was deactivated before the person accepted
	}
	return true
}
