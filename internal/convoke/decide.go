// SPDX-License-Identifier: Apache-2.0

package convoke

import "reflect"

// Found is what the store knows about a Lookup, read in the transaction that
// will write the decision. Nil means that there is no such thing.
type Found struct {
	Policy        Policy
	Binding       *Binding // of the external id
	Bound         *User    // whom Binding points at; nil with a Binding: that user was deleted
	Target        *User    // whom Lookup.UserID names
	TargetBinding *Binding // Target's binding of Lookup.Source
	Holder        *User    // who has the e-mail
	HolderBinding *Binding // Holder's binding of Lookup.Source
	Other         *User    // whom Lookup.OtherID names
	LinkTaken     bool     // somebody has the wanted personal link
	PMITaken      bool     // somebody has the wanted personal meeting id
	Assistants    []User   // who may schedule for Target, or else Holder; only when Lookup.Assistants asks
}

// Fresh carries the random values that a pure table cannot make. Each is used
// only where the decision needs it.
type Fresh struct {
	UserID       UserID
	InvitationID InvitationID
	PMI          MeetingID // valid by CheckPMI
	Link         string    // valid by CheckPersonalLink
	HostKey      string
	PasswordHash string // of Draft.Password, for autoCreate
}

// Outcome says what Decide came to.
type Outcome string

// The outcomes. Found alone writes nothing.
const (
	OutcomeFound    Outcome = "found"    // bound already, nothing to change
	OutcomeUpdated  Outcome = "updated"  // bound already, attributes changed
	OutcomeBound    Outcome = "bound"    // an existing user was bound
	OutcomeMade     Outcome = "made"     // a new user, first of its external id
	OutcomeReplaced Outcome = "replaced" // a new user in place of a deleted one
)

// Decision is the answer to a Draft: which user it is, and what to write.
type Decision struct {
	Outcome Outcome
	User    User
	Binding Binding // zero without an external id
	Change  Change
}

// Created reports whether the user was made by this decision.
func (d Decision) Created() bool { return d.Outcome == OutcomeMade || d.Outcome == OutcomeReplaced }

// MakesAdmin reports whether the user is an admin by this decision, and was none.
func (d Decision) MakesAdmin() bool {
	after, before := d.Change.After, d.Change.Before
	return after != nil && after.Role == AccountAdmin && (before == nil || before.Role != AccountAdmin)
}

// Decide is the table of the four actions: from an account's policy, a checked
// draft and what was found, to the one user that the caller means. A draft of a
// single sign-on goes by the rules of signin.go. It returns the missing prerequisite, CodeEmailTaken, CodeBoundElsewhere or
// CodeUserNotFound as an error; then nothing is to be written.
func Decide(draft Draft, found Found, fresh Fresh, mark Mark) (Decision, error) {
	switch {
	case draft.mapped != nil:
		return signIn(draft, found, fresh, mark)
	case draft.request.UserID != "":
		return bind(draft, found, mark)
	case found.Bound != nil && draft.request.Directory:
		return Decision{}, externalIDTaken(found.Bound.ID)
	case found.Bound != nil:
		return refresh(draft, found, fresh, mark)
	case found.Holder != nil:
		return Decision{}, emailTaken(draft, *found.Holder)
	}
	return makeUser(draft, found, fresh, mark)
}

// emailTaken says who holds the e-mail and, to a caller that binds, what to do.
func emailTaken(d Draft, holder User) error {
	err := Errorf(KindConflict, CodeEmailTaken, "User already in the account: %s", d.request.Email)
	if d.request.ExternalID != "" {
		err.Message += ". Bind that user by sending its user_id, or ensure with another e-mail."
	}
	err.Field, err.UserID = "email", holder.ID
	return err
}

// bind ties an existing user to the external id.
func bind(d Draft, f Found, m Mark) (Decision, error) {
	if f.Target == nil {
		return Decision{}, UserNotFound(string(d.request.UserID))
	}
	if f.Bound != nil && f.Bound.ID == f.Target.ID {
		return Decision{Outcome: OutcomeFound, User: *f.Target, Binding: *f.Binding}, nil
	}
	if f.Bound != nil {
		return Decision{}, boundElsewhere(f.Bound.ID, "This external id is bound to another user. Unbind it first: DELETE /bindings/{external_id}.")
	}
	if f.TargetBinding != nil {
		return Decision{}, boundElsewhere(f.Target.ID, "This user is bound to another external id. Unbind that one first: DELETE /bindings/{external_id}.")
	}
	decision := Decision{Outcome: OutcomeBound, User: *f.Target}
	decision.tie(d, f, m)
	return decision, nil
}

func boundElsewhere(user UserID, message string) error {
	return &Error{Kind: KindConflict, Code: CodeBoundElsewhere, Field: "user_id", Message: message, UserID: user}
}

// tie adds the binding to the decision, one generation after a deleted user's.
func (d *Decision) tie(draft Draft, f Found, m Mark) {
	r := draft.request
	if r.ExternalID == "" {
		return
	}
	d.Binding = Binding{
		AccountID: d.User.AccountID, Source: r.Source, ExternalID: r.ExternalID,
		UserID: d.User.ID, Generation: 1, CreatedAt: m.At,
	}
	name := EventBindingCreated
	if f.Binding != nil {
		d.Binding.Generation = f.Binding.Generation + 1
		name = EventBindingReplaced
	}
	d.Change.Binding = &d.Binding
	d.Change.addByOperator(name, m, d.User.AccountID, Payload{
		Object: BindingObject{r.Source, r.ExternalID, d.User.ID, d.Binding.Generation},
	})
}

// refresh returns the bound user, with the attributes that the host app sent now.
func refresh(d Draft, f Found, fresh Fresh, m Mark) (Decision, error) {
	before := *f.Bound
	after := before
	r := d.request
	overwrite(&after.Email, r.Email)
	overwrite(&after.FirstName, r.FirstName)
	overwrite(&after.LastName, r.LastName)
	overwrite(&after.DisplayName, r.DisplayName)
	emailChanged := after.Email != before.Email
	if emailChanged && f.Holder != nil && f.Holder.ID != before.ID {
		return Decision{}, emailTaken(d, *f.Holder)
	}
	if err := before.GuardedFrom(m.By); emailChanged && err != nil {
		return Decision{}, err
	}
	if err := after.Profile.merge(r.Profile); err != nil {
		return Decision{}, err
	}
	if NewUserObject(after) == NewUserObject(before) && (len(r.Profile) == 0 || reflect.DeepEqual(after.Profile, before.Profile)) {
		return Decision{Outcome: OutcomeFound, User: before, Binding: *f.Binding}, nil
	}
	decision := Decision{Outcome: OutcomeUpdated, Binding: *f.Binding, Change: m.change(before, after)}
	decision.Change.addUpdated(m)
	if emailChanged && before.Status == StatusPending && before.StatusReason != ReasonInvitationRevoked {
		if err := decision.Change.inviteAgain(fresh.InvitationID, m); err != nil { // the old link went to the old address
			return Decision{}, err
		}
	}
	decision.User = *decision.Change.After
	return decision, nil
}

// overwrite keeps what is there when the request says nothing.
func overwrite(to *string, value string) {
	if value != "" {
		*to = value
	}
}

// makeUser makes the user that the draft's action describes.
func makeUser(d Draft, f Found, fresh Fresh, m Mark) (Decision, error) {
	if err := d.checkComplete(); err != nil {
		return Decision{}, err
	}
	if err := refuse(f.Policy, d); err != nil {
		return Decision{}, err
	}
	user := newUser(d, f, fresh, m)
	if err := user.Profile.merge(d.request.Profile); err != nil {
		return Decision{}, err
	}
	decision := Decision{Outcome: OutcomeMade, User: user, Change: Change{After: &user}}
	if f.Binding != nil {
		decision.Outcome = OutcomeReplaced
	}
	decision.Change.addByOperator(EventUserCreated, m, user.AccountID, Payload{
		CreationType: string(d.action), Object: NewUserObject(user),
	})
	decision.tie(d, f, m)
	if user.Status == StatusPending && !d.request.Inactive {
		decision.Change.invite(fresh.InvitationID, m)
		decision.User = *decision.Change.After
	}
	return decision, nil
}

func newUser(d Draft, f Found, fresh Fresh, m Mark) User {
	r := d.request
	user := User{
		ID: fresh.UserID, AccountID: f.Policy.Account.ID, Action: d.action,
		Email: r.Email, FirstName: r.FirstName, LastName: r.LastName, DisplayName: r.DisplayName,
		Type: r.Type, Status: StatusActive, PMI: r.PMI, HostKey: fresh.HostKey,
		CreatedAt: m.At, UpdatedAt: m.At,
	}
	if d.mapped != nil {
		user.Role = d.mapped.role(AccountMember)
	}
	switch {
	case d.action == ActionCreate:
		user.Status, user.StatusReason = StatusPending, ReasonInvited
	case d.action == ActionSSOCreate && !f.Policy.EmailManaged:
		user.Status, user.StatusReason = StatusPending, ReasonDomainNotAssociated
	case d.action == ActionAutoCreate:
		user.PasswordHash = fresh.PasswordHash
	case d.action == ActionCustCreate && r.Email == "":
		user.Email = UnreachableEmail(fresh.UserID)
	}
	if r.PMI == 0 || f.PMITaken {
		user.PMI = fresh.PMI
	}
	user.PersonalLink = personalLink(d, f, fresh)
	if r.Inactive {
		keepOut(&user)
	}
	return user
}

// keepOut makes a new user one whom Deactivate or RevokeInvitation left behind.
func keepOut(u *User) {
	if u.Status == StatusPending {
		u.StatusReason = ReasonInvitationRevoked
		return
	}
	u.Status, u.StatusReason = StatusInactive, ReasonDeactivated
}

// personalLink gives every licensed ssoCreate user a link, and others only one
// that they asked for; a taken name becomes a random one.
func personalLink(d Draft, f Found, fresh Fresh) string {
	wanted := d.wantedLink()
	sso := d.action == ActionSSOCreate && d.request.Type == TypeLicensed
	if wanted == "" && !sso {
		return ""
	}
	if wanted == "" || f.LinkTaken {
		return fresh.Link
	}
	return wanted
}

// UnreachableEmail is the address of a custCreate user that came without one.
// Its domain is reserved never to resolve (RFC 2606 section 2).
func UnreachableEmail(id UserID) string { return EmailKey(string(id)) + unreachable }

const unreachable = "@users.convoke.invalid"
