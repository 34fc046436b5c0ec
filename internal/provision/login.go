// SPDX-License-Identifier: Apache-2.0

package provision

import (
	"context"
	"errors"

	"github.com/convoke/convoke/internal/convoke"
)

// SetEmail gives a user another e-mail, in a verified domain of the account. It
// needs RightUpdateEmail; the rules are those of convoke.ChangeEmail.
func (s *Service) SetEmail(ctx context.Context, p convoke.Principal, ref, email string) error {
	if err := p.Require(convoke.RightUpdateEmail); err != nil {
		return err
	}
	email, err := convoke.CheckEmail("email", email)
	if err != nil {
		return err
	}
	user, err := s.find(ctx, p, ref)
	if err != nil {
		return err
	}
	lookup := convoke.Lookup{AccountID: p.AccountID, UserID: user.ID, Email: email}
	return s.store.Change(ctx, lookup, func(found convoke.Found) (convoke.Change, error) {
		if found.Target == nil {
			return convoke.Change{}, convoke.UserNotFound(ref)
		}
		return convoke.ChangeEmail(*found.Target, email, found, s.mark(p))
	})
}

// passwordTries is how often a change of password starts again because another
// one came in between.
const passwordTries = 3

var errOvertaken = errors.New("provision: another change of the password came first")

// RevokeTokens signs a user out of the portal and makes the host tokens and
// tickets that there are worthless (convoke.RevokeTokens). It needs
// RightRevokeTokens.
func (s *Service) RevokeTokens(ctx context.Context, p convoke.Principal, ref string) error {
	if err := p.Require(convoke.RightRevokeTokens); err != nil {
		return err
	}
	_, err := s.changeUser(ctx, convoke.LookupRef(p, ref), ref, func(u convoke.User, _ convoke.Found) (convoke.Change, error) {
		return convoke.RevokeTokens(u, s.mark(p)), nil
	})
	return err
}

// SetPassword gives a user another password. It needs RightSetPassword. The
// password must keep every rule, must not be the present one (CodePasswordSame)
// nor one of the convoke.FormerPasswords before it (CodePasswordReused).
// convoke.MayChangePassword says whose can be changed, and how often.
func (s *Service) SetPassword(ctx context.Context, p convoke.Principal, ref, password string) error {
	if err := p.Require(convoke.RightSetPassword); err != nil {
		return err
	}
	for range passwordTries {
		if err := s.trySetPassword(ctx, p, ref, password); !errors.Is(err, errOvertaken) {
			return err
		}
	}
	return convoke.Errorf(convoke.KindExhausted, convoke.CodeTooMany, "This password is being changed by others right now. Try again.")
}

// trySetPassword hashes and compares before the transaction, which must not wait
// for it, and is overtaken when the password it compared with is not the present
// one any more.
func (s *Service) trySetPassword(ctx context.Context, p convoke.Principal, ref, password string) error {
	user, err := s.find(ctx, p, ref)
	if err != nil {
		return err
	}
	if err := convoke.MayChangePassword(user, s.mark(p)); err != nil {
		return err
	}
	if err := s.checkNewPassword(ctx, user, password); err != nil {
		return err
	}
	hash, err := s.hash(ctx, password)
	if err != nil {
		return err
	}
	_, err = s.changeUser(ctx, convoke.LookupRef(p, string(user.ID)), string(user.ID), func(u convoke.User, _ convoke.Found) (convoke.Change, error) {
		if u.PasswordHash != user.PasswordHash {
			return convoke.Change{}, errOvertaken
		}
		return convoke.ChangePassword(u, hash, s.mark(p))
	})
	return err
}

func (s *Service) checkNewPassword(ctx context.Context, u convoke.User, password string) error {
	if err := convoke.CheckPassword(password); err != nil {
		return err
	}
	same, err := s.matches(ctx, u.PasswordHash, password)
	if err != nil {
		return err
	}
	if same {
		return convoke.Invalid(convoke.CodePasswordSame, "password", "Your new password can not match the old password.")
	}
	former, err := s.former.FormerPasswords(ctx, u.ID)
	if err != nil {
		return err
	}
	for _, hash := range former {
		if same, err = s.matches(ctx, hash, password); err != nil {
			return err
		}
		if same {
			return convoke.Invalid(convoke.CodePasswordReused, "password",
				"Users cannot reuse any of the last %d passwords created.", convoke.FormerPasswords)
		}
	}
	return nil
}

// EmailInUse reports whether a user of the account signs in with the e-mail and a
// password; who is made by other actions does not count. It needs RightReadEmail.
func (s *Service) EmailInUse(ctx context.Context, p convoke.Principal, email string) (bool, error) {
	if err := p.Require(convoke.RightReadEmail); err != nil {
		return false, err
	}
	if !convoke.Nameable(email) {
		return false, nil
	}
	found, err := s.store.Find(ctx, convoke.Lookup{AccountID: p.AccountID, Email: email})
	return found.Holder != nil && found.Holder.SignsInWithPassword(), err
}

// LinkInUse reports whether anybody has the personal link name; it is unique over
// all accounts. It needs RightReadLink.
func (s *Service) LinkInUse(ctx context.Context, p convoke.Principal, name string) (bool, error) {
	if err := p.Require(convoke.RightReadLink); err != nil {
		return false, err
	}
	if convoke.CheckPersonalLink(name) != nil {
		return false, nil // nobody can have it
	}
	found, err := s.store.Find(ctx, convoke.Lookup{AccountID: p.AccountID, PersonalLink: name})
	return found.LinkTaken, err
}

// Summary counts the users of the principal's account by status and licence. It
// needs RightReadSummary.
func (s *Service) Summary(ctx context.Context, p convoke.Principal) (convoke.Census, error) {
	if err := p.Require(convoke.RightReadSummary); err != nil {
		return convoke.Census{}, err
	}
	_, census, err := s.store.Tally(ctx, p.AccountID)
	return census, err
}
