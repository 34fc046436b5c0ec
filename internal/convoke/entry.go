// SPDX-License-Identifier: Apache-2.0

package convoke

// Entry is a user as the account's directory sees it, which pushes its people
// here by SCIM.
type Entry struct {
	User       User
	ExternalID string // the directory's own key, of SourceSCIM; empty: it gave none
}

// Active reports whether a directory's person may get in, now or once they have
// accepted their invitation. Who is pending and whose invitation was revoked may
// not: that is how a directory switches off somebody who never came.
func (e Entry) Active() bool {
	switch e.User.Status {
	case StatusActive:
		return true
	case StatusPending:
		return e.User.StatusReason != ReasonInvitationRevoked
	default:
		return false
	}
}

// EntryPatch is what a directory changes of an entry; what is nil or empty stays
// as it is.
type EntryPatch struct {
	User       UserPatch
	Email      string
	Active     *bool
	ExternalID *string // empty takes the key away
}

// Empty reports whether the patch asks for nothing.
func (p EntryPatch) Empty() bool {
	u := p.User
	named := u.FirstName != nil || u.LastName != nil || u.DisplayName != nil || u.Type != nil || u.PMI != nil ||
		u.PersonalLink != nil || u.HostKey != nil || len(u.Profile) > 0
	return !named && p.Email == "" && p.Active == nil && p.ExternalID == nil
}

// Lookup returns the keys under which AmendEntry must look for the entry.
func (p EntryPatch) Lookup(e Entry) Lookup {
	l := p.User.Lookup()
	l.AccountID, l.UserID, l.Source, l.ExternalID = e.User.AccountID, e.User.ID, SourceSCIM, e.ExternalID
	if email, err := CheckEmail("email", p.Email); err == nil { // AmendEntry refuses any other
		l.Email = email
	}
	if p.ExternalID != nil && *p.ExternalID != "" {
		l.ExternalID = *p.ExternalID
	}
	return l
}

// AmendEntry makes one change of everything that the patch asks for: the e-mail,
// attributes under the rules of Update, the directory's key, and whether the
// person may get in. Found must be of the patch's Lookup. A key that is another
// user's is CodeBoundElsewhere.
func AmendEntry(e Entry, p EntryPatch, found Found, fresh Fresh, m Mark) (Change, error) {
	change, err := renameEntry(e.User, p, found, fresh, m)
	if err != nil {
		return Change{}, err
	}
	user := e.User
	if change.After != nil {
		user = *change.After
	}
	if p.Active != nil && *p.Active != (Entry{User: user}).Active() {
		switched, err := switchEntry(user, *p.Active, fresh, m)
		if err != nil {
			return Change{}, err
		}
		change = change.then(switched)
	}
	return rekeyEntry(change, e, p, found, m)
}

// renameEntry is Amend, but the directory is the authority on whom it means: it
// may change the address of an active user as often as it wants to, and that of a
// pending one, who gets a new invitation for it unless the patch puts them out.
func renameEntry(u User, p EntryPatch, found Found, fresh Fresh, m Mark) (Change, error) {
	if p.Email == "" || p.Email == u.Email {
		return Update(u, p.User, found, m)
	}
	email, err := CheckEmail("email", p.Email)
	if err == nil {
		err = u.GuardedFrom(m.By)
	}
	if err == nil {
		err = mayRename(u, email, found)
	}
	if err != nil {
		return Change{}, err
	}
	after := u
	after.Email = email
	change := m.change(u, after)
	change.addUpdated(m)
	putOut := p.Active != nil && !*p.Active
	if u.Status == StatusPending && u.StatusReason != ReasonInvitationRevoked && !putOut {
		if err := change.inviteAgain(fresh.InvitationID, m); err != nil {
			return Change{}, err
		}
	}
	rest, err := Update(*change.After, p.User, found, m)
	return change.then(rest), err
}

// mayRename is mayTakeEmail, and lets a pending user have what a new one may have.
func mayRename(u User, email string, found Found) error {
	switch {
	case u.Status != StatusPending:
		return mayTakeEmail(u, email, found)
	case found.Holder != nil && found.Holder.ID != u.ID:
		return emailHeld(email, found.Holder.ID)
	case found.Policy.EmailReserved:
		return domainReserved(email)
	}
	return nil
}

// switchEntry lets the person in or keeps them out, whatever their status. The
// directory puts an admin out who has left, and lets none back in; the owner stays.
func switchEntry(u User, active bool, fresh Fresh, m Mark) (Change, error) {
	if u.Role == AccountOwner || active {
		if err := u.GuardedFrom(m.By); err != nil {
			return Change{}, err
		}
	}
	switch {
	case u.Status == StatusPending && active:
		return Invite(u, fresh, m)
	case u.Status == StatusPending:
		return RevokeInvitation(u, m)
	case active:
		return Activate(u, m)
	default:
		return Deactivate(u, m)
	}
}

// rekeyEntry adds to the change what the patch says about the directory's key.
func rekeyEntry(change Change, e Entry, p EntryPatch, found Found, m Mark) (Change, error) {
	if p.ExternalID == nil || *p.ExternalID == e.ExternalID {
		return change, nil
	}
	wanted := *p.ExternalID
	if wanted == "" {
		if found.Binding == nil {
			return change, nil
		}
		return change.then(Unbind(*found.Binding, m)), nil
	}
	if err := CheckExternalID(wanted); err != nil {
		return Change{}, err
	}
	if found.Bound != nil && found.Bound.ID != e.User.ID {
		return Change{}, externalIDTaken(found.Bound.ID)
	}
	if found.TargetBinding != nil {
		change = change.then(Unbind(*found.TargetBinding, m))
	}
	tied := Decision{User: e.User}
	tied.tie(Draft{request: Request{Source: SourceSCIM, ExternalID: wanted}}, found, m)
	return change.then(tied.Change), nil
}

func externalIDTaken(user UserID) error {
	return &Error{
		Kind: KindConflict, Code: CodeBoundElsewhere, Field: "external_id", UserID: user,
		Message: "Another user of the account has this external id. Look the user up by it, and change that one.",
	}
}

// then adds a change that was decided on what this one comes to.
func (c Change) then(next Change) Change {
	if next.After != nil {
		if c.Before == nil {
			c.Before = next.Before
		}
		c.After = next.After
	}
	if next.Binding != nil {
		c.Binding = next.Binding
	}
	if next.Unbind != nil {
		c.Unbind = next.Unbind
	}
	if next.Invitation != nil {
		c.Invitation = next.Invitation
	}
	c.Withdrawn, c.SignOut = c.Withdrawn || next.Withdrawn, c.SignOut || next.SignOut
	c.Events = append(c.Events, next.Events...)
	return c
}
