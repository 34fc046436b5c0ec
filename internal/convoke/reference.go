// SPDX-License-Identifier: Apache-2.0

package convoke

import (
	"strings"
	"unicode/utf8"
)

// ownRef is how a caller names itself: the person, or the app's owner.
const ownRef = "me"

// Nameable reports whether a text can be the name of anything that is stored: an
// id, an e-mail, the name of a group. None holds what PostgreSQL refuses to take
// for text, which a client can send all the same.
func Nameable(text string) bool { return utf8.ValidString(text) && !strings.Contains(text, "\x00") }

// LookupRef turns a reference to a user, which is an id, an e-mail or "me", into
// the key to look under in the caller's account. What can be neither names nobody.
func LookupRef(p Principal, ref string) Lookup {
	l := Lookup{AccountID: p.AccountID}
	switch {
	case !Nameable(ref):
	case ref == ownRef:
		l.UserID = p.UserID
	case strings.Contains(ref, "@"):
		l.Email = ref
	default:
		l.UserID = UserID(ref)
	}
	return l
}

// Named returns the user whom LookupRef of the reference found, or CodeUserNotFound.
func (f Found) Named(ref string) (User, error) {
	switch {
	case f.Target != nil:
		return *f.Target, nil
	case f.Holder != nil:
		return *f.Holder, nil
	}
	return User{}, UserNotFound(ref)
}

// NamedBy reports whether the reference, made by the user itself, names the user.
func (u User) NamedBy(ref string) bool {
	return ref == ownRef || ref == string(u.ID) || EmailKey(ref) == EmailKey(u.Email)
}

// UserNotFound is the answer to a reference that names nobody in the account.
func UserNotFound(ref string) error {
	return NotFound(CodeUserNotFound, "User does not exist: %s.", ref)
}
