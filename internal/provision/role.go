// SPDX-License-Identifier: Apache-2.0

package provision

import (
	"context"

	"github.com/convoke/convoke/internal/convoke"
)

// Roles finds users by their role in the account.
type Roles interface {
	// UsersInRole returns the next users of the status who have the role.
	UsersInRole(
		ctx context.Context, account convoke.AccountID, role convoke.AccountRole, status convoke.Status, after convoke.UserID, limit int,
	) ([]convoke.User, error)
	// CountInRole counts them; not for members.
	CountInRole(ctx context.Context, account convoke.AccountID, role convoke.AccountRole, status convoke.Status) (int64, error)
}

// ownerTries is how often making an owner starts again because another one was made.
const ownerTries = 5

var statuses = []convoke.Status{convoke.StatusActive, convoke.StatusInactive, convoke.StatusPending}

// SetRole gives a user another role in the account, for the operator alone
// (convoke.SetRole); apps make admins by AssignRole. Who becomes the owner takes the former one's place in the
// same transaction. CodeInvalidField: the account has convoke.MaxAdmins.
func (s *Service) SetRole(ctx context.Context, p convoke.Principal, ref string, role convoke.AccountRole) (user convoke.User, err error) {
	if err := p.RequireOperator(); err != nil {
		return convoke.User{}, err
	}
	if role == convoke.AccountAdmin {
		if err := s.roomForAdmins(ctx, p.AccountID, 1); err != nil {
			return convoke.User{}, err
		}
	}
	for range ownerTries {
		if user, err = s.trySetRole(ctx, p, ref, role); !convoke.HasCode(err, convoke.CodeOwnerTaken) {
			return user, err
		}
	}
	return user, err
}

// roomForAdmins refuses so many more admins when the account would have too many.
func (s *Service) roomForAdmins(ctx context.Context, account convoke.AccountID, more int64) error {
	total, err := s.countRole(ctx, account, convoke.AccountAdmin)
	if err != nil {
		return err
	}
	if total+more > convoke.MaxAdmins {
		return convoke.Invalid(convoke.CodeInvalidField, "role", "An account can have at most %d admins.", convoke.MaxAdmins)
	}
	return nil
}

func (s *Service) trySetRole(ctx context.Context, p convoke.Principal, ref string, role convoke.AccountRole) (convoke.User, error) {
	lookup := convoke.LookupRef(p, ref)
	if role == convoke.AccountOwner {
		owner, err := s.owner(ctx, p.AccountID)
		if err != nil {
			return convoke.User{}, err
		}
		lookup.OtherID = owner
	}
	return s.changeUser(ctx, lookup, ref, func(u convoke.User, found convoke.Found) (convoke.Change, error) {
		return convoke.SetRole(u, role, found.Other, s.mark(p))
	})
}

// owner returns the account's owner, or nobody.
func (s *Service) owner(ctx context.Context, account convoke.AccountID) (convoke.UserID, error) {
	for _, status := range statuses {
		users, err := s.roles.UsersInRole(ctx, account, convoke.AccountOwner, status, "", 1)
		if err != nil || len(users) > 0 {
			return firstID(users), err
		}
	}
	return "", nil
}

func firstID(users []convoke.User) convoke.UserID {
	if len(users) == 0 {
		return ""
	}
	return users[0].ID
}

// listUsers reads a page of the list, and one user more.
func (s *Service) listUsers(ctx context.Context, account convoke.AccountID, l UserList, after convoke.UserID, limit int) ([]convoke.User, error) {
	if l.Role == nil {
		return s.store.Users(ctx, account, l.Status, after, limit)
	}
	return s.roles.UsersInRole(ctx, account, *l.Role, l.Status, after, limit)
}

// countUsers counts those in the list. Members are the rest, since there are too
// many of them to be counted one by one.
func (s *Service) countUsers(ctx context.Context, account convoke.AccountID, l UserList) (int64, error) {
	if l.Role != nil && *l.Role != convoke.AccountMember {
		return s.roles.CountInRole(ctx, account, *l.Role, l.Status)
	}
	_, census, err := s.store.Tally(ctx, account)
	total := census.Of(l.Status)
	if l.Role == nil || err != nil {
		return total, err
	}
	for _, role := range []convoke.AccountRole{convoke.AccountOwner, convoke.AccountAdmin} {
		others, err := s.roles.CountInRole(ctx, account, role, l.Status)
		if err != nil {
			return 0, err
		}
		total -= others
	}
	return max(total, 0), nil
}
