// SPDX-License-Identifier: Apache-2.0

package provision

import (
	"context"

	"github.com/convoke/convoke/internal/convoke"
)

// Invite sends a pending user a new activation link and kills the old one; an
// invitation that has expired or was revoked is renewed by it. It needs
// RightCreateUser. A user who is not pending is CodeStatusUnchanged. It counts as
// an invitation of the account's day; beyond that limit, or the user's own, it is
// CodeRateInvites.
func (s *Service) Invite(ctx context.Context, p convoke.Principal, ref string) (convoke.User, error) {
	if err := p.Require(convoke.RightCreateUser); err != nil {
		return convoke.User{}, err
	}
	if err := s.takeRenewal(ctx, p, ref); err != nil {
		return convoke.User{}, err
	}
	return s.changeUser(ctx, convoke.LookupRef(p, ref), ref, func(u convoke.User, _ convoke.Found) (convoke.Change, error) {
		return convoke.Invite(u, newFresh(), s.mark(p))
	})
}

// countsInvites reports whether there is a limit of the account's invitations.
func (s *Service) countsInvites() bool { return s.invites != nil && s.invites.CountsInvites() }

// takeRenewal counts the invitation that a user is about to get anew. What will be
// refused takes none.
func (s *Service) takeRenewal(ctx context.Context, p convoke.Principal, ref string) error {
	if !s.countsInvites() {
		return nil
	}
	user, err := s.find(ctx, p, ref)
	if err != nil {
		return err
	}
	if _, err := convoke.Invite(user, newFresh(), s.mark(p)); err != nil {
		return err
	}
	return s.invites.TakeInvite(ctx, p.AccountID)
}

// RevokeInvitation makes a pending user's activation links worthless. It needs
// RightCreateUser, as whoever may invite may take it back. A user who is not
// pending is CodeStatusUnchanged.
func (s *Service) RevokeInvitation(ctx context.Context, p convoke.Principal, ref string) (convoke.User, error) {
	if err := p.Require(convoke.RightCreateUser); err != nil {
		return convoke.User{}, err
	}
	return s.changeUser(ctx, convoke.LookupRef(p, ref), ref, func(u convoke.User, _ convoke.Found) (convoke.Change, error) {
		return convoke.RevokeInvitation(u, s.mark(p))
	})
}
