// SPDX-License-Identifier: Apache-2.0

package convoke

// Amend changes a user's attributes and, unless email is empty, its e-mail, in
// one change. It obeys, and refuses as, Update and ChangeEmail.
func Amend(u User, p UserPatch, email string, found Found, m Mark) (Change, error) {
	if email == "" {
		return Update(u, p, found, m)
	}
	renamed, err := ChangeEmail(u, email, found, m)
	if err != nil {
		return Change{}, err
	}
	if renamed.After == nil {
		return Update(u, p, found, m)
	}
	rest, err := Update(*renamed.After, p, found, m)
	if err != nil || rest.After == nil {
		return renamed, err
	}
	rest.Before, rest.Events = renamed.Before, append(renamed.Events, rest.Events...)
	return rest, nil
}
