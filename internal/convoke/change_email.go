// SPDX-License-Identifier: Apache-2.0

package convoke

// ChangeEmail gives an active or inactive user another e-mail. Found must be of
// a Lookup of the new one: its domain must be verified for the account
// (CodeNoManagedDomain, CodeDomainNotManaged) and nobody else may have it
// (CodeEmailTaken). A pending user is CodeUserPending: the invitation went to the
// old address.
func ChangeEmail(u User, email string, found Found, m Mark) (Change, error) {
	email, err := CheckEmail("email", email)
	if err != nil {
		return Change{}, err
	}
	if email == u.Email {
		return Change{}, nil
	}
	if err := mayTakeEmail(u, email, found); err != nil {
		return Change{}, err
	}
	after := u
	after.Email = email
	change := m.change(u, after)
	change.addUpdated(m)
	return change, nil
}

func mayTakeEmail(u User, email string, found Found) error {
	switch {
	case u.Status == StatusPending:
		return Errorf(KindConflict, CodeUserPending, "This user has not accepted the invitation yet, which went to the present e-mail.")
	case !found.Policy.ManagedDomains:
		return Errorf(KindPrecondition, lackManagedDomain.Code, "%s Fix: %s", lackManagedDomain.Message, lackManagedDomain.Fix)
	case !found.Policy.EmailManaged:
		return Errorf(KindPrecondition, CodeDomainNotManaged,
			"The e-mail's domain is not among the account's verified managed domains. Fix: convoke domain add %s --trust", EmailDomain(email))
	case found.Holder != nil && found.Holder.ID != u.ID:
		return &Error{
			Kind: KindConflict, Code: CodeEmailTaken, Field: "email", UserID: found.Holder.ID,
			Message: "User already in the account: " + email,
		}
	}
	return nil
}
