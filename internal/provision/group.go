// SPDX-License-Identifier: Apache-2.0

package provision

import (
	"context"
	"slices"
	"time"

	"github.com/convoke/convoke/internal/convoke"
)

// Groups keeps groups and who is in them.
type Groups interface {
	// Group returns the account's group that the key names, or CodeGroupNotFound.
	Group(ctx context.Context, account convoke.AccountID, key convoke.GroupKey) (convoke.Group, error)
	Groups(ctx context.Context, account convoke.AccountID, after convoke.GroupID, limit int) ([]convoke.Group, error)
	CountGroups(ctx context.Context, account convoke.AccountID) (int64, error)
	GroupMembers(ctx context.Context, group convoke.GroupID, after convoke.UserID, limit int) ([]convoke.User, error)
	GroupsOf(ctx context.Context, user convoke.UserID, after convoke.GroupID, limit int) ([]convoke.Group, error)
	// GroupIDsOf returns the groups that each of the users is in, at most so many for each.
	GroupIDsOf(ctx context.Context, users []convoke.UserID, most int) (map[convoke.UserID][]convoke.GroupID, error)
	// ChangeGroup runs decide on the group as it is, and on which of the users are
	// in it, and writes its change, in one transaction. It may run decide again.
	ChangeGroup(
		ctx context.Context, account convoke.AccountID, id convoke.GroupID, users []convoke.UserID,
		decide func(convoke.GroupFound) (convoke.GroupChange, error),
	) error
}

// PageQuery chooses a page of a list.
type PageQuery struct {
	Size  int    // 0: DefaultPageSize
	Token string // next_page_token of the page before; empty: the first page
}

// GroupPage is a page of groups, by id.
type GroupPage struct {
	Groups []convoke.Group
	Next   string // next_page_token; empty on the last page
	Total  int64  // groups in the account; 0 in the list of one user's
}

// MemberPage is a page of a group's members, by id.
type MemberPage struct {
	Group   convoke.Group // with how many members it has
	Members []convoke.User
	Next    string // next_page_token; empty on the last page
}

// CreateGroup makes an empty group. It needs RightCreateGroup. A name, alias or
// external id that another group has is CodeGroupTaken.
func (s *Service) CreateGroup(ctx context.Context, p convoke.Principal, patch convoke.GroupPatch) (convoke.Group, error) {
	if err := p.Require(convoke.RightCreateGroup); err != nil {
		return convoke.Group{}, err
	}
	id := convoke.GroupID(newID())
	return s.changeGroup(ctx, p, id, nil, func(found convoke.GroupFound) (convoke.GroupChange, error) {
		return convoke.NewGroup(id, patch, found, s.mark(p))
	})
}

// Group returns the group that the key names. It needs RightReadGroup.
func (s *Service) Group(ctx context.Context, p convoke.Principal, key convoke.GroupKey) (convoke.Group, error) {
	if err := p.Require(convoke.RightReadGroup); err != nil {
		return convoke.Group{}, err
	}
	return s.group(ctx, p, key)
}

// group finds a group, or gives CodeGroupNotFound for a key that can name none.
func (s *Service) group(ctx context.Context, p convoke.Principal, key convoke.GroupKey) (convoke.Group, error) {
	if !convoke.Nameable(string(key.ID)) || !convoke.Nameable(key.Name) || !convoke.Nameable(key.ExternalID) {
		return convoke.Group{}, convoke.GroupNotFound("")
	}
	return s.groups.Group(ctx, p.AccountID, key)
}

// Groups lists the account's groups. It needs RightListGroups.
func (s *Service) Groups(ctx context.Context, p convoke.Principal, q PageQuery) (GroupPage, error) {
	if err := p.Require(convoke.RightListGroups); err != nil {
		return GroupPage{}, err
	}
	page, err := s.groupPage(listName("groups", p.AccountID, ""), q, func(after convoke.GroupID, limit int) ([]convoke.Group, error) {
		return s.groups.Groups(ctx, p.AccountID, after, limit)
	})
	if err == nil {
		page.Total, err = s.groups.CountGroups(ctx, p.AccountID)
	}
	return page, err
}

// GroupsOf lists the groups that a user is in. It needs RightReadUser, or to be
// that user.
func (s *Service) GroupsOf(ctx context.Context, p convoke.Principal, ref string, q PageQuery) (GroupPage, error) {
	user, err := s.User(ctx, p, ref)
	if err != nil {
		return GroupPage{}, err
	}
	return s.groupPage(listName("groups_of", p.AccountID, string(user.ID)), q, func(after convoke.GroupID, limit int) ([]convoke.Group, error) {
		return s.groups.GroupsOf(ctx, user.ID, after, limit)
	})
}

func (s *Service) groupPage(list string, q PageQuery, read func(after convoke.GroupID, limit int) ([]convoke.Group, error)) (GroupPage, error) {
	size, after, err := s.openPage(list, q.Size, q.Token)
	if err != nil {
		return GroupPage{}, err
	}
	groups, err := read(convoke.GroupID(after), size+1)
	page := GroupPage{Groups: groups}
	if len(groups) > size {
		page.Groups = groups[:size]
		page.Next = s.pages.Seal(list, string(groups[size-1].ID), s.now())
	}
	return page, err
}

// UpdateGroup changes what the patch names. It needs RightUpdateGroup.
func (s *Service) UpdateGroup(ctx context.Context, p convoke.Principal, id convoke.GroupID, patch convoke.GroupPatch) (convoke.Group, error) {
	if err := p.Require(convoke.RightUpdateGroup); err != nil {
		return convoke.Group{}, err
	}
	return s.changeGroup(ctx, p, id, nil, present(id, func(found convoke.GroupFound) (convoke.GroupChange, error) {
		return convoke.UpdateGroup(*found.Group, patch, s.mark(p))
	}))
}

// DeleteGroup removes a group; its members stay users. It needs RightDeleteGroup.
func (s *Service) DeleteGroup(ctx context.Context, p convoke.Principal, id convoke.GroupID) error {
	if err := p.Require(convoke.RightDeleteGroup); err != nil {
		return err
	}
	_, err := s.changeGroup(ctx, p, id, nil, present(id, func(found convoke.GroupFound) (convoke.GroupChange, error) {
		return convoke.DeleteGroup(*found.Group, s.mark(p)), nil
	}))
	return err
}

// Members lists a group's members. It needs RightListMembers.
func (s *Service) Members(ctx context.Context, p convoke.Principal, id convoke.GroupID, q PageQuery) (MemberPage, error) {
	if err := p.Require(convoke.RightListMembers); err != nil {
		return MemberPage{}, err
	}
	group, err := s.group(ctx, p, convoke.GroupKey{ID: id})
	if err != nil {
		return MemberPage{}, err
	}
	list := listName("members", p.AccountID, string(id))
	size, after, err := s.openPage(list, q.Size, q.Token)
	if err != nil {
		return MemberPage{}, err
	}
	users, err := s.groups.GroupMembers(ctx, id, convoke.UserID(after), size+1)
	for i := range users {
		users[i] = users[i].AsOf(s.now())
	}
	page := MemberPage{Group: group, Members: users}
	if len(users) > size {
		page.Members = users[:size]
		page.Next = s.pages.Seal(list, string(users[size-1].ID), s.now())
	}
	return page, err
}

// AddMembers puts the users that the references name into a group, and returns
// them and when. Who is in it already stays in it. It needs RightAddMember. A
// reference that names nobody is CodeUserNotFound, and then nobody is added. At
// most convoke.MaxGroupMembers can be added at once.
func (s *Service) AddMembers(ctx context.Context, p convoke.Principal, id convoke.GroupID, refs []string) ([]convoke.User, time.Time, error) {
	mark := s.mark(p)
	if err := p.Require(convoke.RightAddMember); err != nil {
		return nil, mark.At, err
	}
	users, err := s.findMembers(ctx, p, id, refs)
	if err != nil {
		return nil, mark.At, err
	}
	return users, mark.At, s.changeMembers(ctx, p, id, users, nil)
}

// RemoveMembers takes the users that the references name out of a group. It
// needs RightDropMember. Who is not in it does not matter.
func (s *Service) RemoveMembers(ctx context.Context, p convoke.Principal, id convoke.GroupID, refs []string) error {
	if err := p.Require(convoke.RightDropMember); err != nil {
		return err
	}
	users, err := s.findMembers(ctx, p, id, refs)
	if err != nil {
		return err
	}
	return s.changeMembers(ctx, p, id, nil, users)
}

// RemoveMember takes one user out of a group, or returns CodeMemberNotFound. It
// needs RightDropMember.
func (s *Service) RemoveMember(ctx context.Context, p convoke.Principal, id convoke.GroupID, ref string) error {
	if err := p.Require(convoke.RightDropMember); err != nil {
		return err
	}
	users, err := s.findMembers(ctx, p, id, []string{ref})
	if convoke.HasCode(err, convoke.CodeUserNotFound) {
		return memberNotFound()
	}
	if err != nil {
		return err
	}
	return s.takeOut(ctx, p, id, users)
}

// MoveMember takes a user out of a group and puts it into another. It needs
// RightMoveMember. A user that is not in the first is CodeMemberNotFound. Should
// the server end in between, the user is in both, and moving it again helps.
func (s *Service) MoveMember(ctx context.Context, p convoke.Principal, id, target convoke.GroupID, ref string) error {
	if err := p.Require(convoke.RightMoveMember); err != nil {
		return err
	}
	users, err := s.findMembers(ctx, p, id, []string{ref})
	if convoke.HasCode(err, convoke.CodeUserNotFound) {
		return memberNotFound()
	}
	if err != nil {
		return err
	}
	if _, err := s.group(ctx, p, convoke.GroupKey{ID: target}); err != nil {
		return err
	}
	if err := s.mustBeIn(ctx, p, id, users); err != nil {
		return err
	}
	if target == id {
		return nil
	}
	if err := s.changeMembers(ctx, p, target, users, nil); err != nil {
		return err
	}
	return s.takeOut(ctx, p, id, users)
}

// mustBeIn changes nothing, and returns CodeMemberNotFound when none of the users
// is in the group.
func (s *Service) mustBeIn(ctx context.Context, p convoke.Principal, id convoke.GroupID, users []convoke.User) error {
	_, err := s.changeGroup(ctx, p, id, userIDs(users), present(id, func(found convoke.GroupFound) (convoke.GroupChange, error) {
		if len(found.Present) == 0 {
			return convoke.GroupChange{}, memberNotFound()
		}
		return convoke.GroupChange{}, nil
	}))
	return err
}

// takeOut is changeMembers for one user, who must be in the group.
func (s *Service) takeOut(ctx context.Context, p convoke.Principal, id convoke.GroupID, users []convoke.User) error {
	_, err := s.changeGroup(ctx, p, id, userIDs(users), present(id, func(found convoke.GroupFound) (convoke.GroupChange, error) {
		if len(found.Present) == 0 {
			return convoke.GroupChange{}, memberNotFound()
		}
		return convoke.ChangeMembers(found, nil, users, s.mark(p)), nil
	}))
	return err
}

// ReplaceMembers makes the users that the references name the group's only
// members. It needs RightAddMember and RightDropMember. Any number can be named:
// what differs is written in several transactions, each with its events, so a
// call that fails half-way can be made again.
func (s *Service) ReplaceMembers(ctx context.Context, p convoke.Principal, id convoke.GroupID, refs []string) error {
	for _, right := range []convoke.Right{convoke.RightAddMember, convoke.RightDropMember} {
		if err := p.Require(right); err != nil {
			return err
		}
	}
	wanted, err := s.findAll(ctx, p, id, refs)
	if err != nil {
		return err
	}
	ids := userIDs(wanted)
	slices.Sort(ids)
	for after := convoke.UserID(""); ; {
		page, err := s.groups.GroupMembers(ctx, id, after, convoke.MaxGroupMembers)
		if err != nil {
			return err
		}
		if len(page) == 0 {
			break
		}
		after = page[len(page)-1].ID
		surplus := slices.DeleteFunc(page, func(u convoke.User) bool {
			_, keep := slices.BinarySearch(ids, u.ID)
			return keep
		})
		if err := s.changeMembers(ctx, p, id, nil, surplus); err != nil {
			return err
		}
	}
	for part := range slices.Chunk(wanted, convoke.MaxGroupMembers) {
		if err := s.changeMembers(ctx, p, id, part, nil); err != nil {
			return err
		}
	}
	return nil
}

// findMembers is findAll for one change's worth of references.
func (s *Service) findMembers(ctx context.Context, p convoke.Principal, id convoke.GroupID, refs []string) ([]convoke.User, error) {
	if len(refs) > convoke.MaxGroupMembers {
		return nil, convoke.Invalid(convoke.CodeInvalidField, "members", "At most %d members can be named at once.", convoke.MaxGroupMembers)
	}
	return s.findAll(ctx, p, id, refs)
}

// findAll resolves references to users, once the group is known to be there.
func (s *Service) findAll(ctx context.Context, p convoke.Principal, id convoke.GroupID, refs []string) ([]convoke.User, error) {
	if _, err := s.group(ctx, p, convoke.GroupKey{ID: id}); err != nil {
		return nil, err
	}
	users := make([]convoke.User, len(refs))
	for i, ref := range refs {
		var err error
		if users[i], err = s.find(ctx, p, ref); err != nil {
			return nil, err
		}
	}
	return users, nil
}

func (s *Service) changeMembers(ctx context.Context, p convoke.Principal, id convoke.GroupID, add, remove []convoke.User) error {
	if len(add)+len(remove) == 0 {
		return nil
	}
	_, err := s.changeGroup(ctx, p, id, userIDs(slices.Concat(add, remove)), present(id, func(found convoke.GroupFound) (convoke.GroupChange, error) {
		return convoke.ChangeMembers(found, add, remove, s.mark(p)), nil
	}))
	return err
}

func (s *Service) changeGroup(
	ctx context.Context, p convoke.Principal, id convoke.GroupID, users []convoke.UserID,
	decide func(convoke.GroupFound) (convoke.GroupChange, error),
) (convoke.Group, error) {
	if !convoke.Nameable(string(id)) {
		return convoke.Group{}, convoke.GroupNotFound("")
	}
	var group convoke.Group
	err := s.groups.ChangeGroup(ctx, p.AccountID, id, users, func(found convoke.GroupFound) (convoke.GroupChange, error) {
		change, err := decide(found)
		if err == nil && change.After != nil {
			group = *change.After
		}
		return change, err
	})
	return group, err
}

// present lets decide run on a group that is there.
func present(
	id convoke.GroupID, decide func(convoke.GroupFound) (convoke.GroupChange, error),
) func(convoke.GroupFound) (convoke.GroupChange, error) {
	return func(found convoke.GroupFound) (convoke.GroupChange, error) {
		if found.Group == nil {
			return convoke.GroupChange{}, convoke.GroupNotFound(id)
		}
		return decide(found)
	}
}

func memberNotFound() error {
	return convoke.NotFound(convoke.CodeMemberNotFound, "Group member does not exist.")
}

func userIDs(users []convoke.User) []convoke.UserID {
	ids := make([]convoke.UserID, len(users))
	for i, u := range users {
		ids[i] = u.ID
	}
	return ids
}
