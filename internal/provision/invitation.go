// SPDX-License-Identifier: Apache-2.0

package provision

import (
	"context"

	"github.com/convoke/convoke/internal/convoke"
)

// Invite sends a pending user a new activation link and kills the old one; an
// invitation that has expired or was revoked is renewed by it. It needs
// RightCreateUser. A user who is not pending is CodeStatusUnchanged.
func (s *Service) Invite(ctx context.Context, p convoke.Principal, ref string) (convoke.User, error) {
	if err := p.Require(convoke.RightCreateUser); err != nil {
		return convoke.User{}, err
	}
	return s.changeUser(ctx, lookupRef(p, ref), ref, func(u convoke.User, _ convoke.Found) (convoke.Change, error) {
		return convoke.Invite(u, newFresh(), s.mark(p))
	})
}

// RevokeInvitation makes a pending user's activation links worthless. It needs
// RightCreateUser, as whoever may invite may take it back. A user who is not
// pending is CodeStatusUnchanged.
func (s *Service) RevokeInvitation(ctx context.Context, p convoke.Principal, ref string) (convoke.User, error) {
	if err := p.Require(convoke.RightCreateUser); err != nil {
		return convoke.User{}, err
	}
	return s.changeUser(ctx, lookupRef(p, ref), ref, func(u convoke.User, _ convoke.Found) (convoke.Change, error) {
		return convoke.RevokeInvitation(u, s.mark(p))
	})
}
