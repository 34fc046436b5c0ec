// SPDX-License-Identifier: Apache-2.0

package zoom

// Action is one of the four ways to make a user (POST /v2/users, action).
type Action string

// The four actions.
const (
	// ActionCreate invites a person by mail; the user is pending until the person accepts.
	ActionCreate Action = "create"
	// ActionAutoCreate makes an active user of a managed domain with a given password.
	ActionAutoCreate Action = "autoCreate"
	// ActionCustCreate makes an active user who can never sign in and hosts by start links.
	ActionCustCreate Action = "custCreate"
	// ActionSSOCreate makes a user who signs in through an identity provider only.
	ActionSSOCreate Action = "ssoCreate"
)

// UserType is a user's licence (field type).
type UserType int

// The licences.
const (
	TypeBasic      UserType = 1
	TypeLicensed   UserType = 2
	TypeUnassigned UserType = 4  // no meetings
	TypeNone       UserType = 99 // no licence at all; with ssoCreate only
)

// UserStatus is where a user stands (field status).
type UserStatus string

// The statuses.
const (
	UserActive   UserStatus = "active"
	UserInactive UserStatus = "inactive"
	UserPending  UserStatus = "pending"
)

// The login types that Convoke reports (field login_types).
const (
	LoginAPI   = 99  // made by custCreate
	LoginEmail = 100 // e-mail and password
	LoginSSO   = 101 // single sign-on
)

// CreateUserRequest is the body of POST /v2/users.
type CreateUserRequest struct {
	Action   Action   `json:"action"`
	UserInfo UserInfo `json:"user_info"`
}

// UserInfo describes the user to make. Email and Type are required.
type UserInfo struct {
	Email       string   `json:"email"` // at most 128 characters
	Type        UserType `json:"type"`
	FirstName   string   `json:"first_name,omitempty"`   // at most 64 characters
	LastName    string   `json:"last_name,omitempty"`    // at most 64 characters
	DisplayName string   `json:"display_name,omitempty"` // at most 128 characters
	Password    string   `json:"password,omitempty"`     // autoCreate only; 8 to 32 characters
}

// CreatedUser is the answer of POST /v2/users: these five fields and no other.
type CreatedUser struct {
	ID        string   `json:"id"`
	FirstName string   `json:"first_name"`
	LastName  string   `json:"last_name"`
	Email     string   `json:"email"`
	Type      UserType `json:"type"`
}

// ListedUser is a user as GET /v2/users lists it.
type ListedUser struct {
	ID               string            `json:"id,omitempty"` // the Zoom cloud gives none for pending users
	FirstName        string            `json:"first_name"`
	LastName         string            `json:"last_name"`
	DisplayName      string            `json:"display_name"`
	Email            string            `json:"email"`
	Type             UserType          `json:"type"`
	Status           UserStatus        `json:"status"`
	PMI              int64             `json:"pmi,omitempty"` // personal meeting id
	RoleID           string            `json:"role_id"`       // "0" owner, "1" admin, "2" member
	Timezone         string            `json:"timezone"`
	Verified         int               `json:"verified"` // 1: the e-mail is known to be the person's own
	Dept             string            `json:"dept"`
	CreatedAt        Time              `json:"created_at,omitzero"`      // of the latest login type
	UserCreatedAt    Time              `json:"user_created_at,omitzero"` // of the user
	LastLoginTime    Time              `json:"last_login_time,omitzero"`
	GroupIDs         []string          `json:"group_ids,omitempty"`         // the first 30 groups that the user is in
	HostKey          string            `json:"host_key,omitempty"`          // with include_fields=host_key
	CustomAttributes []CustomAttribute `json:"custom_attributes,omitempty"` // in a list, with include_fields=custom_attributes
}

// User is the answer of GET /v2/users/{userId}.
type User struct {
	ListedUser
	AccountID          string        `json:"account_id"`
	CMSUserID          string        `json:"cms_user_id"`
	Company            string        `json:"company"`
	CostCenter         string        `json:"cost_center"`
	JobTitle           string        `json:"job_title"`
	Language           string        `json:"language"`
	Location           string        `json:"location"`
	LoginTypes         []int         `json:"login_types"`
	Manager            string        `json:"manager"`
	PersonalMeetingURL string        `json:"personal_meeting_url,omitempty"`
	PhoneNumbers       []PhoneNumber `json:"phone_numbers,omitempty"`
	PicURL             string        `json:"pic_url,omitempty"` // where the picture is; anybody may look
	Pronouns           string        `json:"pronouns"`
	PronounsOption     int           `json:"pronouns_option,omitempty"` // 1 ask, 2 show, 3 hide
	RoleName           string        `json:"role_name"`
	UsePMI             bool          `json:"use_pmi"`
	VanityURL          string        `json:"vanity_url,omitempty"` // the personal link, when the user has one
}

// CustomAttribute is one of at most five values that the account gives meaning to.
type CustomAttribute struct {
	Key   string `json:"key"`
	Name  string `json:"name"`
	Value string `json:"value"`
}

// PhoneNumber is one of at most three telephone numbers.
type PhoneNumber struct {
	Code     string `json:"code"`    // the dialling code, as +44
	Country  string `json:"country"` // the country's two letters
	Label    string `json:"label"`   // Mobile, Office, Home or Fax
	Number   string `json:"number"`
	Verified bool   `json:"verified"`
}

// EmailRequest is the body of PUT /v2/users/{userId}/email.
type EmailRequest struct {
	Email string `json:"email"`
}

// PasswordRequest is the body of PUT /v2/users/{userId}/password.
type PasswordRequest struct {
	Password string `json:"password"`
}

// EmailCheck is the answer of GET /v2/users/email.
type EmailCheck struct {
	ExistedEmail bool `json:"existed_email"`
}

// VanityNameCheck is the answer of GET /v2/users/vanity_name.
type VanityNameCheck struct {
	Existed bool `json:"existed"`
}

// UserPermissions is the answer of GET /v2/users/{userId}/permissions.
type UserPermissions struct {
	Permissions []string `json:"permissions"`
}

// Assistant is who may schedule for a user. In a request either field will do.
type Assistant struct {
	ID    string `json:"id,omitempty"`
	Email string `json:"email,omitempty"`
}

// AssistantList is the answer of GET /v2/users/{userId}/assistants, and the body
// of POST, with at most 30.
type AssistantList struct {
	Assistants []Assistant `json:"assistants"`
}

// AddedAssistants is the answer of POST /v2/users/{userId}/assistants.
type AddedAssistants struct {
	AddAt Time   `json:"add_at"`
	IDs   string `json:"ids"` // separated by commas
}

// Scheduler is somebody for whom a user may schedule.
type Scheduler struct {
	ID    string `json:"id"`
	Email string `json:"email"`
	PMI   int64  `json:"pmi"`
}

// SchedulerList is the answer of GET /v2/users/{userId}/schedulers.
type SchedulerList struct {
	Schedulers []Scheduler `json:"schedulers"`
}

// FeatureUserType is the only FeatureType that Convoke knows: the licence.
const FeatureUserType = "user_type"

// FeaturesRequest is the body of POST /v2/users/features: it changes at most 30 users.
type FeaturesRequest struct {
	FeatureType  string    `json:"feature_type"`
	FeatureValue string    `json:"feature_value"`
	Users        []UserRef `json:"users"`
}

// UserRef names a user by id or, without one, by e-mail.
type UserRef struct {
	ID    string `json:"id,omitempty"`
	Email string `json:"email,omitempty"`
}

// FeaturesAnswer is the answer of POST /v2/users/features.
type FeaturesAnswer struct {
	SuccessUserIDs []string         `json:"success_user_ids"`
	FailDetails    []FeatureFailure `json:"fail_details"`
}

// FeatureFailure names the users that were not changed for one reason.
type FeatureFailure struct {
	UserIDs []string `json:"user_ids"`
	Reason  string   `json:"reason"`
}

// UserSummary is the answer of GET /v2/users/summary.
type UserSummary struct {
	Licensed int64 `json:"licensed_users_count"`
	Basic    int64 `json:"basic_users_count"`
	OnPrem   int64 `json:"on_prem_users_count"`
	Room     int64 `json:"room_users_count"`
	Pending  int64 `json:"pending_users_count"`
	JoinOnly int64 `json:"join_only_users_count"`
	Total    int64 `json:"total_users_count"`
}

// Page is what every list carries besides its entries.
type Page struct {
	NextPageToken string `json:"next_page_token"` // empty on the last page; good for 15 minutes
	PageCount     int    `json:"page_count"`
	PageNumber    int    `json:"page_number"`
	PageSize      int    `json:"page_size"`
	TotalRecords  int64  `json:"total_records"`
}

// UserList is the answer of GET /v2/users.
type UserList struct {
	Page
	Users []ListedUser `json:"users"`
}

// UpdateUserRequest is the body of PATCH /v2/users/{userId}. Nil leaves a field
// as it is; a pointer to an empty string clears it.
type UpdateUserRequest struct {
	FirstName        *string           `json:"first_name,omitempty"`
	LastName         *string           `json:"last_name,omitempty"`
	DisplayName      *string           `json:"display_name,omitempty"`
	Type             *UserType         `json:"type,omitempty"`
	PMI              *int64            `json:"pmi,omitempty"`         // ten digits; licensed users only
	VanityName       *string           `json:"vanity_name,omitempty"` // 5 to 40 characters; licensed users only
	HostKey          *string           `json:"host_key,omitempty"`    // 6 to 10 digits
	GroupID          string            `json:"group_id,omitempty"`    // a group to join, besides those that the user is in
	AboutMe          *string           `json:"about_me,omitempty"`
	CMSUserID        *string           `json:"cms_user_id,omitempty"`
	Company          *string           `json:"company,omitempty"`
	CostCenter       *string           `json:"cost_center,omitempty"`
	CustomAttributes []CustomAttribute `json:"custom_attributes,omitempty"`
	Dept             *string           `json:"dept,omitempty"`
	JobTitle         *string           `json:"job_title,omitempty"`
	Language         *string           `json:"language,omitempty"`
	LinkedInURL      *string           `json:"linkedin_url,omitempty"`
	Location         *string           `json:"location,omitempty"`
	Manager          *string           `json:"manager,omitempty"`
	PhoneNumbers     []PhoneNumber     `json:"phone_numbers,omitempty"`
	Pronouns         *string           `json:"pronouns,omitempty"`
	PronounsOption   *int              `json:"pronouns_option,omitempty"`
	Timezone         *string           `json:"timezone,omitempty"`
	UsePMI           *bool             `json:"use_pmi,omitempty"`
}
