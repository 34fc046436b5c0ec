// SPDX-License-Identifier: Apache-2.0

package provision

import (
	"context"

	"github.com/convoke/convoke/internal/convoke"
)

// Page sizes of the lists. Zoom's own default is 30; its limit of 2025 is 2,000.
const (
	DefaultPageSize = 30
	MaxPageSize     = 2000
)

// UserList chooses a page of users.
type UserList struct {
	Status convoke.Status       // empty: active
	Role   *convoke.AccountRole // nil: users of every role
	Size   int                  // 0: DefaultPageSize
	Token  string               // next_page_token of the page before; empty: the first page
	Groups bool                 // tells of each user's groups, too
}

// UserPage is a page of users, in the order in which they were made.
type UserPage struct {
	Users []convoke.User
	Next  string // next_page_token; empty on the last page
	Total int64  // users of that status, and role, in the account

	// The first DefaultPageSize groups of each user who is in some, by id, if they were asked for.
	Groups map[convoke.UserID][]convoke.GroupID
}

// Users lists the account's users of one status, and of one role if that is asked for. It needs RightListUsers. A
// token of another list or an old one is CodeInvalidPageToken.
func (s *Service) Users(ctx context.Context, p convoke.Principal, l UserList) (UserPage, error) {
	if err := p.Require(convoke.RightListUsers); err != nil {
		return UserPage{}, err
	}
	if l.Status == "" {
		l.Status = convoke.StatusActive
	}
	filter := string(l.Status)
	if l.Role != nil {
		filter += "\x00" + l.Role.ID()
	}
	list := listName("users", p.AccountID, filter)
	size, after, err := s.openPage(list, l.Size, l.Token)
	if err != nil {
		return UserPage{}, err
	}
	users, err := s.listUsers(ctx, p.AccountID, l, convoke.UserID(after), size+1)
	if err != nil {
		return UserPage{}, err
	}
	total, err := s.countUsers(ctx, p.AccountID, l)
	if err != nil {
		return UserPage{}, err
	}
	for i := range users {
		users[i] = users[i].AsOf(s.now())
	}
	page := UserPage{Users: users, Total: total}
	if len(users) > size {
		page.Users = users[:size]
		page.Next = s.pages.Seal(list, string(page.Users[size-1].ID), s.now())
	}
	if l.Groups {
		page.Groups, err = s.groups.GroupIDsOf(ctx, userIDs(page.Users), DefaultPageSize)
	}
	return page, err
}

func listName(kind string, account convoke.AccountID, filter string) string {
	return kind + "\x00" + string(account) + "\x00" + filter
}

// openPage checks the size and opens the token.
func (s *Service) openPage(list string, size int, token string) (int, string, error) {
	if size == 0 {
		size = DefaultPageSize
	}
	if size < 1 || size > MaxPageSize {
		return 0, "", convoke.Invalid(convoke.CodeInvalidField, "page_size", "page_size must be from 1 to %d.", MaxPageSize)
	}
	after, err := s.pages.Open(list, token, s.now())
	return size, after, err
}

// User returns the user that ref names: an id, an e-mail, or "me" for the
// caller's own or the app owner's. It needs RightReadUser, or to be that user.
func (s *Service) User(ctx context.Context, p convoke.Principal, ref string) (convoke.User, error) {
	right := p.Require(convoke.RightReadUser)
	if right == nil {
		return s.find(ctx, p, ref)
	}
	if err := p.RequireFor(convoke.RightReadUser, p.UserID); err != nil {
		return convoke.User{}, right
	}
	self, err := s.find(ctx, p, "me") // nobody else is looked up, so the answer tells nothing about others
	if convoke.HasCode(err, convoke.CodeUserNotFound) || err == nil && !self.NamedBy(ref) {
		return convoke.User{}, right
	}
	return self, err
}

// find resolves ref inside the principal's account, or gives CodeUserNotFound.
func (s *Service) find(ctx context.Context, p convoke.Principal, ref string) (convoke.User, error) {
	if p.Kind == convoke.Nobody {
		return convoke.User{}, p.Require(convoke.RightReadUser)
	}
	found, err := s.store.Find(ctx, convoke.LookupRef(p, ref))
	if err != nil {
		return convoke.User{}, err
	}
	user, err := found.Named(ref)
	return user.AsOf(s.now()), err
}

// changeUser runs decide on the user that ref names, in one transaction. The
// lookup adds keys to those of the reference.
func (s *Service) changeUser(
	ctx context.Context, l convoke.Lookup, ref string,
	decide func(convoke.User, convoke.Found) (convoke.Change, error),
) (convoke.User, error) {
	var user convoke.User
	err := s.store.Change(ctx, l, func(found convoke.Found) (convoke.Change, error) {
		var err error
		if user, err = found.Named(ref); err != nil {
			return convoke.Change{}, err
		}
		change, err := decide(user, found)
		if err == nil && change.After != nil {
			user = *change.After
		}
		return change, err
	})
	return user.AsOf(s.now()), err
}

// Update changes a user's attributes and returns the user as it is then. It
// needs RightUpdateUser. A group that the patch names is looked up beforehand
// (CodeGroupNotFound) and joined in a transaction of its own, so a call that was
// interrupted can be made again.
func (s *Service) Update(ctx context.Context, p convoke.Principal, ref string, patch convoke.UserPatch) (convoke.User, error) {
	if err := p.Require(convoke.RightUpdateUser); err != nil {
		return convoke.User{}, err
	}
	if patch.Group != "" {
		if _, err := s.group(ctx, p, convoke.GroupKey{ID: patch.Group}); err != nil {
			return convoke.User{}, err
		}
	}
	lookup := convoke.LookupRef(p, ref)
	wanted := patch.Lookup()
	lookup.PMI, lookup.PersonalLink = wanted.PMI, wanted.PersonalLink
	user, err := s.changeUser(ctx, lookup, ref, func(u convoke.User, found convoke.Found) (convoke.Change, error) {
		return convoke.Update(u, patch, found, s.mark(p))
	})
	if err == nil && patch.Group != "" {
		err = s.changeMembers(ctx, p, patch.Group, []convoke.User{user}, nil)
	}
	return user, err
}

// SetStatus activates or deactivates a user. It needs RightUserStatus. A user
// that has the status already is left alone; a pending one is CodeUserPending.
func (s *Service) SetStatus(ctx context.Context, p convoke.Principal, ref string, active bool) error {
	if err := p.Require(convoke.RightUserStatus); err != nil {
		return err
	}
	_, err := s.changeUser(ctx, convoke.LookupRef(p, ref), ref, func(u convoke.User, _ convoke.Found) (convoke.Change, error) {
		if active {
			return convoke.Activate(u, s.mark(p))
		}
		return convoke.Deactivate(u, s.mark(p))
	})
	return err
}

// Remove disassociates or deletes a user, with its meetings. The binding
// outlives it, so that the next Ensure makes generation + 1. It needs
// RightDeleteUser.
func (s *Service) Remove(ctx context.Context, p convoke.Principal, ref string, how convoke.Removal) error {
	return s.RemoveTo(ctx, p, ref, how, "")
}

// RemoveTo is Remove, but gives the user's meetings to the user that heir names,
// in the same transaction, unless heir is empty.
func (s *Service) RemoveTo(ctx context.Context, p convoke.Principal, ref string, how convoke.Removal, heir string) error {
	if err := p.Require(convoke.RightDeleteUser); err != nil {
		return err
	}
	return s.remove(ctx, p, ref, how, heir)
}

func (s *Service) remove(ctx context.Context, p convoke.Principal, ref string, how convoke.Removal, heir string) error {
	user, err := s.find(ctx, p, ref)
	if err != nil {
		return err
	}
	lookup := convoke.Lookup{AccountID: p.AccountID, UserID: user.ID, Email: user.Email} // the e-mail tells whether its domain is managed
	if heir != "" {
		successor, err := s.find(ctx, p, heir)
		if convoke.HasCode(err, convoke.CodeUserNotFound) {
			err = heirNotFound(heir)
		}
		if err != nil {
			return err
		}
		lookup.OtherID = successor.ID
	}
	return s.store.Change(ctx, lookup, func(found convoke.Found) (convoke.Change, error) {
		switch {
		case found.Target == nil:
			return convoke.Change{}, convoke.UserNotFound(ref)
		case heir == "":
			return convoke.Remove(*found.Target, how, found.Policy, s.mark(p))
		case found.Other == nil:
			return convoke.Change{}, heirNotFound(heir)
		}
		return convoke.RemoveTo(*found.Target, how, *found.Other, found.Policy, s.mark(p))
	})
}

func heirNotFound(ref string) error {
	return convoke.NotFound(convoke.CodeHeirNotFound, "User does not exist: %s.", ref)
}
