// SPDX-License-Identifier: Apache-2.0

package provision

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"

	"github.com/convoke/convoke/internal/convoke"
)

// Activation is what the activation page shows before the person decides.
type Activation struct {
	User          convoke.User
	AccountName   string
	NeedsPassword bool // false for an ssoCreate user, who only confirms the address
}

// idLength is the length of an invitation's id, which every code begins with.
const idLength = 22

// ActivationCode returns the secret part of an invitation's link. It is derived,
// so that neither the database nor the event log holds a link that works.
func (s *Service) ActivationCode(id convoke.InvitationID) string {
	mac := hmac.New(sha256.New, s.codeKey)
	mac.Write([]byte(id))
	return string(id) + base64.RawURLEncoding.EncodeToString(mac.Sum(nil)[:16])
}

// Activation returns whose invitation the code is, or CodeInvitationNotFound,
// CodeInvitationUsed, CodeInvitationRevoked or CodeInvitationExpired.
func (s *Service) Activation(ctx context.Context, code string) (Activation, error) {
	invitation, found, err := s.openCode(ctx, code)
	if err != nil {
		return Activation{}, err
	}
	if _, err := convoke.Accept(*found.Target, invitation, "", s.mark(convoke.Principal{})); err != nil {
		return Activation{}, err // what would fail then is said now, before a password is chosen
	}
	return Activation{
		User: *found.Target, AccountName: found.Policy.Account.Name,
		NeedsPassword: found.Target.SignsInWithPassword(),
	}, nil
}

// Activate spends the code and makes its user active with the password that the
// person chose, from a browser at the address. It returns the errors of Activation and those of the password
// rules; then the code is not spent.
func (s *Service) Activate(ctx context.Context, from, code, password string) (convoke.User, error) {
	activation, err := s.Activation(ctx, code)
	if err != nil {
		return convoke.User{}, err
	}
	passwordHash := ""
	if activation.NeedsPassword {
		if err := convoke.CheckPassword(password); err != nil {
			return convoke.User{}, err
		}
		if passwordHash, err = s.hash(ctx, password); err != nil {
			return convoke.User{}, err
		}
	}
	return s.accept(ctx, from, code, passwordHash)
}

// accept reads the invitation again: hashing took its time, and the link may
// have been spent or revoked meanwhile.
func (s *Service) accept(ctx context.Context, from, code, passwordHash string) (convoke.User, error) {
	invitation, found, err := s.openCode(ctx, code)
	if err != nil {
		return convoke.User{}, err
	}
	person := convoke.Principal{
		Kind: convoke.UserCaller, AccountID: invitation.AccountID, UserID: invitation.UserID, Label: found.Target.Email, Address: from,
	}
	lookup := convoke.Lookup{AccountID: invitation.AccountID, UserID: invitation.UserID}
	return s.changeUser(ctx, lookup, string(invitation.UserID), func(u convoke.User, _ convoke.Found) (convoke.Change, error) {
		return convoke.Accept(u, invitation, passwordHash, s.mark(person))
	})
}

// openCode checks the code's seal and reads its invitation and user.
func (s *Service) openCode(ctx context.Context, code string) (convoke.Invitation, convoke.Found, error) {
	notFound := convoke.NotFound(convoke.CodeInvitationNotFound, "This activation link is not valid. Check that it was copied whole.")
	if len(code) <= idLength {
		return convoke.Invitation{}, convoke.Found{}, notFound
	}
	id := convoke.InvitationID(code[:idLength])
	if !hmac.Equal([]byte(code), []byte(s.ActivationCode(id))) {
		return convoke.Invitation{}, convoke.Found{}, notFound
	}
	invitation, err := s.store.Invitation(ctx, id)
	if err != nil {
		return convoke.Invitation{}, convoke.Found{}, err
	}
	found, err := s.store.Find(ctx, convoke.Lookup{AccountID: invitation.AccountID, UserID: invitation.UserID})
	if err == nil && found.Target == nil {
		err = notFound
	}
	return invitation, found, err
}
