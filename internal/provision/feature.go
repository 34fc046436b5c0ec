// SPDX-License-Identifier: Apache-2.0

package provision

import (
	"context"

	"github.com/convoke/convoke/internal/convoke"
)

// MaxTypeChanges is the most users of one SetTypes.
const MaxTypeChanges = 30

// TypeResult is what became of one user of SetTypes.
type TypeResult struct {
	Ref     string
	UserID  convoke.UserID // empty with an error
	Changed bool
	Err     error
}

// SetTypes gives each user that a reference names the licence: one that fails
// leaves the others alone. It needs RightSetFeatures. More than MaxTypeChanges is
// CodeInvalidField.
func (s *Service) SetTypes(ctx context.Context, p convoke.Principal, refs []string, t convoke.UserType) ([]TypeResult, error) {
	if err := p.Require(convoke.RightSetFeatures); err != nil {
		return nil, err
	}
	if len(refs) > MaxTypeChanges {
		return nil, convoke.Invalid(convoke.CodeInvalidField, "users", "At most %d users can be changed at once.", MaxTypeChanges)
	}
	results := make([]TypeResult, len(refs))
	for i, ref := range refs {
		r := TypeResult{Ref: ref}
		user, err := s.changeUser(ctx, convoke.LookupRef(p, ref), ref, func(u convoke.User, found convoke.Found) (convoke.Change, error) {
			r.Changed = u.Type != t
			return convoke.Update(u, convoke.UserPatch{Type: &t}, found, s.mark(p))
		})
		if r.Err = err; err == nil {
			r.UserID = user.ID
		} else if convoke.AsError(err).Kind == convoke.KindInternal {
			return nil, err
		}
		results[i] = r
	}
	return results, nil
}
