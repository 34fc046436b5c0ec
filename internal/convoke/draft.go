// SPDX-License-Identifier: Apache-2.0

package convoke

import "encoding/json"

// Request is what a door hands in to make or find a user: raw, as the client
// sent it. Every door fills in the same one.
type Request struct {
	Action       string // empty: the account's default
	Source       Source // with ExternalID only
	ExternalID   string // empty: no binding is made
	UserID       UserID // bind this existing user instead of making one
	Email        string
	FirstName    string
	LastName     string
	DisplayName  string
	Password     string
	Type         UserType // 0: licensed for custCreate, basic for the others
	PMI          MeetingID
	PersonalLink string
	Profile      json.RawMessage // an object with any of Profile's fields; empty: none

	// Directory says that the account's directory makes the user: it needs single
	// sign-on and nothing else, and means nobody who is there already.
	Directory bool
	Inactive  bool // the new user may not get in yet, and is not invited
}

// Draft is a Request that keeps every rule that needs no look-up. Its fields
// are hidden so that an unchecked request cannot be stored.
type Draft struct {
	request Request
	action  Action
	mapped  *Mapped // of a single sign-on; nil for any other request
}

// NewDraft checks a request. The action must be known by now: the account's
// default is chosen by DefaultAction. It returns the first broken rule.
func NewDraft(r Request, action Action) (Draft, error) {
	d := Draft{request: r, action: action}
	for _, check := range []func() error{
		d.checkBinding, d.checkEmail, d.checkNames, d.checkType, d.checkPassword, d.checkPersonal, d.checkProfile,
	} {
		if err := check(); err != nil {
			return Draft{}, err
		}
	}
	return d, nil
}

// DefaultAction is what an Ensure without an action means: custCreate when the
// account has the API-partner grant, else create.
func DefaultAction(a Account) Action {
	if a.APIPartner {
		return ActionCustCreate
	}
	return ActionCreate
}

// FileAction is what a row of a file without an action means: ssoCreate where the
// account's people must be there before their first single sign-on and the row
// names its user by the e-mail alone, as Zoom's form for them does,
// else DefaultAction.
func FileAction(a Account, r Request) Action {
	byEmail := r.Email != "" && r.Source == SourceCSV && r.ExternalID == EmailKey(r.Email)
	if byEmail && r.Password == "" && a.SSO && a.Provisioning == PriorToSignIn {
		return ActionSSOCreate
	}
	return DefaultAction(a)
}

// Password returns the checked password of an autoCreate.
func (d Draft) Password() string { return d.request.Password }

// NeedsBindingOnly reports whether no key but the external id has a say in what
// becomes of the draft, as long as unique keys hold: its user is bound, or it
// names no user and asks nothing about an e-mail's domain or a personal link.
func (d Draft) NeedsBindingOnly(f Found) bool {
	if d.request.UserID != "" {
		return false
	}
	asksMore := d.request.PersonalLink != "" || d.request.PMI != 0 || d.action != ActionCustCreate
	return f.Bound != nil || !asksMore
}

// Lookup returns the keys under which the store must look before Decide.
func (d Draft) Lookup(account AccountID) Lookup {
	r := d.request
	l := Lookup{
		AccountID: account, Source: r.Source, ExternalID: r.ExternalID, UserID: r.UserID,
		Email: r.Email, PersonalLink: d.wantedLink(), PMI: r.PMI,
	}
	if d.mapped != nil && r.PersonalLink != "" { // for a licensed user who is there, whatever a new one would get
		l.PersonalLink = r.PersonalLink
	}
	return l
}

// Lookup is what Decide needs to know before it can decide.
type Lookup struct {
	AccountID    AccountID
	Source       Source // of ExternalID, and of the bindings of whom UserID and Email name
	ExternalID   string
	UserID       UserID
	Email        string
	PersonalLink string
	PMI          MeetingID
	OtherID      UserID // another user whom the change involves
	Assistants   bool   // who may schedule for the user that UserID or Email names
}

func (d *Draft) checkBinding() error {
	if d.request.ExternalID == "" && d.request.Source == "" {
		return nil
	}
	return CheckExternalID(d.request.ExternalID)
}

// checkEmail lets an Ensure do without: whom it finds has an e-mail already.
func (d *Draft) checkEmail() error {
	if d.request.Email == "" && d.request.ExternalID != "" {
		return nil
	}
	email, err := CheckEmail("email", d.request.Email)
	d.request.Email = email
	return err
}

// Longest names, in characters (POST /v2/users).
const (
	MaxName        = 64
	MaxDisplayName = 128
)

func (d *Draft) checkNames() error {
	return cleanNames(&d.request.FirstName, &d.request.LastName, &d.request.DisplayName)
}

// cleanNames takes out of a user's names what nobody can see; a name of nothing
// else becomes empty. It returns CodeInvalidName for a first or last name over
// MaxName or a display name over MaxDisplayName characters, and for control
// characters.
func cleanNames(first, last, display *string) error {
	for _, name := range []*string{first, last, display} {
		*name = visibleName(*name)
	}
	if err := checkText(CodeInvalidName, "first_name", *first, MaxName); err != nil {
		return err
	}
	if err := checkText(CodeInvalidName, "last_name", *last, MaxName); err != nil {
		return err
	}
	return checkText(CodeInvalidName, "display_name", *display, MaxDisplayName)
}

// checkType gives the default, and holds custCreate to licensed (facts: the ISV
// convention demands type 2).
func (d *Draft) checkType() error {
	if d.request.Type == 0 {
		d.request.Type = TypeBasic
		if d.action == ActionCustCreate {
			d.request.Type = TypeLicensed
		}
	}
	if err := CheckType(d.request.Type, d.action); err != nil {
		return err
	}
	if d.action == ActionCustCreate && d.request.Type != TypeLicensed {
		return Invalid(CodeInvalidType, "type", "A custCreate user is always licensed: leave the type out or set it to 2.")
	}
	return nil
}

// checkPassword looks at an autoCreate's and ignores any other, as Zoom does. An
// Ensure does without where it finds its user.
func (d *Draft) checkPassword() error {
	if d.action != ActionAutoCreate || d.request.UserID != "" {
		d.request.Password = ""
	}
	if d.request.Password == "" && (d.action != ActionAutoCreate || d.request.ExternalID != "") {
		return nil
	}
	return CheckPassword(d.request.Password)
}

// checkComplete says what is missing to make a user, for a draft that found none.
func (d Draft) checkComplete() error {
	if d.request.Email == "" && d.action != ActionCustCreate {
		_, err := CheckEmail("email", "")
		return err
	}
	if d.action == ActionAutoCreate {
		return CheckPassword(d.request.Password)
	}
	return nil
}

// checkPersonal drops what is not valid: an invalid personal link or personal
// meeting id becomes a random one, never an error.
func (d *Draft) checkPersonal() error {
	if d.request.PMI != 0 && CheckPMI(d.request.PMI) != nil {
		d.request.PMI = 0
	}
	if d.request.PersonalLink != "" && CheckPersonalLink(d.request.PersonalLink) != nil {
		d.request.PersonalLink = ""
	}
	return nil
}

func (d *Draft) checkProfile() error {
	var p Profile
	return p.merge(d.request.Profile)
}

// wantedLink is the personal link that the user should have if it is free: a
// licensed ssoCreate user's is the local part of the e-mail unless one is asked for.
func (d Draft) wantedLink() string {
	if d.request.Type != TypeLicensed {
		return ""
	}
	if d.request.PersonalLink != "" || d.action != ActionSSOCreate {
		return d.request.PersonalLink
	}
	if local := EmailLocal(d.request.Email); validPersonalLink(local) {
		return local
	}
	return ""
}

// MayInvite reports whether a new user of the draft may get an activation link.
func (d Draft) MayInvite() bool { return d.action == ActionCreate || d.action == ActionSSOCreate }
