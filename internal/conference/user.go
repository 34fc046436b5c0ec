// SPDX-License-Identifier: Apache-2.0

package conference

import (
	"context"

	"github.com/convoke/convoke/internal/convoke"
)

// host returns the user that ref names (an id, an e-mail or "me") when the
// caller holds the right for that user. A signed-in person learns nothing about
// other users: not even whether there are any.
func (s *Service) host(ctx context.Context, p convoke.Principal, right convoke.Right, ref string) (convoke.User, error) {
	if err := p.RequireFor(right, p.UserID); err != nil {
		return convoke.User{}, err
	}
	user, err := s.findUser(ctx, p, ref)
	if p.Kind == convoke.UserCaller && user.ID != p.UserID {
		return convoke.User{}, p.Require(right)
	}
	return user, err
}

func (s *Service) findUser(ctx context.Context, p convoke.Principal, ref string) (convoke.User, error) {
	found, err := s.users.Find(ctx, convoke.LookupRef(p, ref))
	if err != nil {
		return convoke.User{}, err
	}
	return found.Named(ref)
}

// boundUser returns the user to whom the host app's own key is bound, or
// CodeBindingNotFound.
func (s *Service) boundUser(ctx context.Context, account convoke.AccountID, externalID string) (convoke.User, error) {
	if err := convoke.CheckExternalID(externalID); err != nil {
		return convoke.User{}, err
	}
	found, err := s.users.Find(ctx, convoke.Lookup{AccountID: account, Source: convoke.SourceApp, ExternalID: externalID})
	if err != nil {
		return convoke.User{}, err
	}
	if found.Bound == nil {
		return convoke.User{}, convoke.NotFound(convoke.CodeBindingNotFound, "No user is bound to the external id %q.", externalID)
	}
	return *found.Bound, nil
}
