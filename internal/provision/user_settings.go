// SPDX-License-Identifier: Apache-2.0

package provision

import (
	"context"
	"encoding/json"

	"github.com/convoke/convoke/internal/convoke"
)

// Settings returns a user's settings by section (convoke.User.AllSettings). It
// needs RightReadSettings.
func (s *Service) Settings(ctx context.Context, p convoke.Principal, ref string) (map[string]any, error) {
	if err := p.Require(convoke.RightReadSettings); err != nil {
		return nil, err
	}
	user, err := s.find(ctx, p, ref)
	if err != nil {
		return nil, err
	}
	return user.AllSettings(), nil
}

// SetSettings changes the settings that raw names (convoke.UpdateSettings). It
// needs RightSetSettings.
func (s *Service) SetSettings(ctx context.Context, p convoke.Principal, ref string, raw json.RawMessage) error {
	if err := p.Require(convoke.RightSetSettings); err != nil {
		return err
	}
	_, err := s.changeUser(ctx, convoke.LookupRef(p, ref), ref, func(u convoke.User, _ convoke.Found) (convoke.Change, error) {
		return convoke.UpdateSettings(u, raw, s.mark(p))
	})
	return err
}

// Permissions returns the names of what a user may administer, which is nothing:
// administration is the operator's and the apps'. It needs RightPermissions.
func (s *Service) Permissions(ctx context.Context, p convoke.Principal, ref string) ([]string, error) {
	if err := p.Require(convoke.RightPermissions); err != nil {
		return nil, err
	}
	_, err := s.find(ctx, p, ref)
	return []string{}, err
}
