// SPDX-License-Identifier: Apache-2.0

package convoke

import (
	"strings"
	"time"
)

// NewSignIn is the draft of a single sign-on: the person whom the assertion is
// about, with what the account's mapping makes of it. CodeInvalidField: the
// subject is no key.
func NewSignIn(a Assertion, m Mapped) (Draft, error) {
	if err := checkSubject(a.Subject); err != nil {
		return Draft{}, err
	}
	d, err := NewDraft(Request{
		Source: a.Source, ExternalID: m.Key, Email: m.Values[MapEmail], Type: m.licenceOfNew().userType(),
		FirstName: m.Values[MapFirstName], LastName: m.Values[MapLastName], DisplayName: m.Values[MapDisplayName],
		PMI: parsePMI(m.Values[MapPMI]), PersonalLink: m.Values[MapPersonalLink], Profile: m.profile(nil),
	}, ActionSSOCreate)
	d.mapped = &m
	return d, err
}

// checkSubject keeps subjects out of the keys of employees, so that nobody gets
// to be another by the name that the identity provider gives them.
func checkSubject(subject string) error {
	if strings.HasPrefix(subject, employeeKey) {
		return Invalid(CodeInvalidField, "subject", "The subject must not begin with %s.", employeeKey)
	}
	if CheckExternalID(subject) != nil {
		return Invalid(CodeInvalidField, "subject", "The subject must be UTF-8 text of 1 to %d bytes.", MaxExternalID)
	}
	return nil
}

// Linking returns the draft with the user to whom, as far as a look showed, an
// unknown key belongs. Decide holds it to the rules again.
func (d Draft) Linking(user UserID) Draft {
	d.request.UserID = user
	return d
}

// KeepingLicence returns the draft without what a rule gives: an existing user
// keeps the licence there is.
func (d Draft) KeepingLicence() Draft {
	mapped := *d.mapped
	mapped.Licence = LicenceKept
	d.mapped = &mapped
	return d
}

// KeepingRole returns the draft without the role that a rule gives.
func (d Draft) KeepingRole() Draft {
	mapped := *d.mapped
	mapped.Role = ""
	d.mapped = &mapped
	return d
}

// FormerKey is the external id under which an employee may be known who was
// bound before the mapping had the employee's id; empty for all others.
func (d Draft) FormerKey() string {
	if d.mapped == nil {
		return ""
	}
	return d.mapped.FormerKey
}

// signIn is Decide for a single sign-on. In this order: the user of the key; an
// existing user to whom it belongs beyond doubt, who is bound now; a new one, if
// the account makes users at sign-in.
func signIn(d Draft, f Found, fresh Fresh, m Mark) (Decision, error) {
	if !f.Policy.Account.SSO {
		return Decision{}, SSOMissing()
	}
	if d.mapped.Licence == LicenceNone {
		return Decision{}, blocked()
	}
	switch {
	case f.Bound != nil:
		return arrive(*f.Bound, d, f, Change{}, m)
	case f.Target != nil:
		return link(*f.Target, f.TargetBinding, d, f, m)
	case f.Holder != nil:
		return link(*f.Holder, f.HolderBinding, d, f, m)
	}
	if err := refuseNew(f.Policy, d); err != nil {
		return Decision{}, err
	}
	if d.request.Email == "" {
		return Decision{}, Invalid(CodeInvalidEmail, "email",
			"The identity provider sent no e-mail address under a name that the mapping knows. Ask the person who runs your account.")
	}
	return makeUser(d, f, fresh, m)
}

// SSOMissing is the refusal of a sign-in to an account without single sign-on.
func SSOMissing() error { return lackSSO.refusal() }

func blocked() error {
	return Errorf(KindForbidden, CodeSignInBlocked,
		"Your organisation gives you no access to meetings here. Ask the person who runs your account.")
}

// refuseNew says why a sign-in does not make a user.
func refuseNew(p Policy, d Draft) error {
	switch {
	case p.Account.Provisioning == PriorToSignIn:
		return Errorf(KindForbidden, CodeNotProvisioned,
			"There is no user for you here yet. Ask the person who runs your account to add you.")
	case d.mapped.licenceOfNew() == LicenceNone:
		return blocked()
	case p.EmailReserved:
		return domainReserved(d.request.Email)
	}
	return nil
}

// link binds an existing user to the key. A user who has one already is bound
// anew only when that was the subject of the same assertion. Otherwise it must be
// certain that the e-mail is the person's: because the account manages its
// domain, or because the user was made for single sign-on and nobody has it yet.
func link(u User, former *Binding, d Draft, f Found, m Mark) (Decision, error) {
	if err := mayLink(u, former, d, f); err != nil {
		return Decision{}, err
	}
	start := Change{}
	if former != nil {
		start = Unbind(*former, m)
	}
	return arrive(u, d, f, start, m)
}

func mayLink(u User, former *Binding, d Draft, f Found) error {
	switch {
	case former != nil && former.ExternalID == d.mapped.FormerKey:
		return nil
	case former != nil:
		return cannotLink(u, "It is bound to another person at the identity provider.")
	case u.Action != ActionSSOCreate && !f.Policy.EmailManaged:
		return cannotLink(u, "Its domain is not among the domains of this account, so the identity provider cannot vouch for it. "+
			"Sign in as before, or ask the person who runs your account to verify the domain.")
	}
	return nil
}

func cannotLink(u User, why string) error {
	return &Error{
		Kind: KindConflict, Code: CodeCannotLink, Field: "email", UserID: u.ID,
		Message: "A user of the account has the e-mail " + u.Email + " already. " + why,
	}
}

// arrive lets the user in with what the assertion says of it now, and binds it
// where it is not bound yet. An unchanged user writes nothing.
func arrive(u User, d Draft, f Found, start Change, m Mark) (Decision, error) {
	sure := f.Policy.EmailManaged && EmailKey(u.Email) == EmailKey(d.request.Email)
	if err := mayArrive(u, sure); err != nil {
		return Decision{}, err
	}
	after, err := d.updated(u, f)
	if err != nil {
		return Decision{}, err
	}
	joins := u.Status == StatusPending
	if joins {
		after.Status, after.StatusReason, after.InvitedUntil = StatusActive, "", time.Time{}
	}
	decision := Decision{Outcome: OutcomeFound, User: u, Change: m.change(u, after)}
	decision.Change.Unbind, decision.Change.Events, decision.Change.Withdrawn = start.Unbind, start.Events, joins
	changed := decision.Change.addUpdated(m)
	if joins {
		decision.Change.add(EventUserInvitationAccepted, m, u.AccountID, Payload{Object: NewUserObject(after)})
	}
	switch {
	case f.Bound == nil:
		decision.Outcome, decision.User = OutcomeBound, *decision.Change.After
		decision.tie(d, f, m)
	case changed || joins:
		decision.Outcome, decision.User, decision.Binding = OutcomeUpdated, *decision.Change.After, *f.Binding
	default:
		decision.Binding, decision.Change = *f.Binding, Change{}
	}
	return decision, nil
}

// mayArrive keeps out who is deactivated, and who has not confirmed an address
// for which the identity provider cannot vouch.
func mayArrive(u User, sure bool) error {
	switch {
	case u.Action == ActionCustCreate:
		return cannotLink(u, "It belongs to an app and never signs in.")
	case u.Status == StatusInactive:
		return Errorf(KindForbidden, CodeUserInactive, "This user is deactivated. Ask the person who runs your account to activate it again.")
	case u.Status == StatusPending && u.StatusReason == ReasonInvitationRevoked:
		return Errorf(KindForbidden, CodeUserPending, "The invitation of this user was withdrawn. Ask the person who runs your account for a new one.")
	case u.Status == StatusPending && !sure:
		return AwaitsConfirmation(u)
	}
	return nil
}

// AwaitsConfirmation is the refusal of a single sign-on user who must follow the
// link in a mail first, because the account does not manage the e-mail's domain.
func AwaitsConfirmation(u User) error {
	return &Error{
		Kind: KindForbidden, Code: CodeUserPending, UserID: u.ID,
		Message: "The address " + u.Email + " must be confirmed first: follow the link in the mail that goes to it, then sign in again.",
	}
}

// updated is the user with what maps at each sign-in. The names do only when the
// mapping says so, and the e-mail only where the employee's id is the key. A
// value that somebody else has leaves the user's own in place: this is a
// sign-in, and nobody is there to choose another.
func (d Draft) updated(u User, f Found) (User, error) {
	after, r := u, d.request
	if d.mapped.UpdateNames {
		overwrite(&after.FirstName, r.FirstName)
		overwrite(&after.LastName, r.LastName)
		overwrite(&after.DisplayName, r.DisplayName)
	}
	free := f.Holder == nil || f.Holder.ID == u.ID
	if d.mapped.FormerKey != "" && r.Email != "" && free && f.Policy.EmailManaged && u.Status == StatusActive {
		after.Email = r.Email
	}
	if t := d.mapped.Licence.userType(); t != 0 {
		after.Type = t
	}
	after.Role = d.mapped.role(after.Role)
	if after.Type == TypeLicensed && r.PMI != 0 && !f.PMITaken {
		after.PMI = r.PMI
	}
	sameLink := PersonalLinkKey(r.PersonalLink) == PersonalLinkKey(u.PersonalLink)
	if after.Type == TypeLicensed && r.PersonalLink != "" && (sameLink || !f.LinkTaken) {
		after.PersonalLink = r.PersonalLink
	}
	return after, after.Profile.merge(d.mapped.profile(u.Profile.PhoneNumbers))
}

// Person is who causes the events of a sign-in: the user who is there, or the
// one who will be.
func (d Draft) Person(account AccountID, f Found, fresh Fresh) Principal {
	p := Principal{Kind: UserCaller, AccountID: account, UserID: fresh.UserID, Label: d.request.Email}
	for _, u := range []*User{f.Holder, f.Target, f.Bound} {
		if u != nil {
			p.UserID, p.Label = u.ID, u.Email
		}
	}
	if p.Label == "" {
		p.Label = d.request.ExternalID
	}
	return p
}
