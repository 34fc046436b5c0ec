// SPDX-License-Identifier: Apache-2.0

package provision

import (
	"cmp"
	"context"
	"errors"
	"reflect"
	"slices"
	"time"

	"github.com/convoke/convoke/internal/convoke"
)

// Directory lists users as a directory sees them.
type Directory interface {
	// Entries returns the next users after the given one, whatever their status.
	Entries(ctx context.Context, account convoke.AccountID, after convoke.UserID, limit int) ([]convoke.Entry, error)
	// ListPlace returns the last kept place at or before the position.
	ListPlace(ctx context.Context, account convoke.AccountID, list string, position int64) (int64, convoke.UserID, error)
	KeepListPlace(ctx context.Context, account convoke.AccountID, list string, position int64, after convoke.UserID, until time.Time) error
}

// CreateEntry makes a user for the account's directory: by ssoCreate, or by
// create where the request says so, in either provisioning mode. It needs
// RightCreateEntry, and an account with single sign-on (CodeSSONotSetUp). An
// e-mail or a key that is there already is CodeEmailTaken or CodeBoundElsewhere.
func (s *Service) CreateEntry(ctx context.Context, p convoke.Principal, r convoke.Request) (convoke.Entry, error) {
	if err := p.Require(convoke.RightCreateEntry); err != nil {
		return convoke.Entry{}, err
	}
	r.Directory, r.Source = true, ""
	if r.ExternalID != "" {
		r.Source = convoke.SourceSCIM
	}
	if r.Action == "" {
		r.Action = string(convoke.ActionSSOCreate)
	}
	decision, err := s.ensure(ctx, p, r)
	return convoke.Entry{User: decision.User, ExternalID: r.ExternalID}, err
}

// Entry returns the user of the id. It needs RightReadEntry.
func (s *Service) Entry(ctx context.Context, p convoke.Principal, id convoke.UserID) (convoke.Entry, error) {
	if err := p.Require(convoke.RightReadEntry); err != nil {
		return convoke.Entry{}, err
	}
	entry, err := s.entry(ctx, p, id)
	entry.User = entry.User.AsOf(s.now())
	return entry, err
}

// entry reads the user as it is stored, with the directory's key, if its account
// may have a directory.
func (s *Service) entry(ctx context.Context, p convoke.Principal, id convoke.UserID) (convoke.Entry, error) {
	lookup := convoke.Lookup{AccountID: p.AccountID, Source: convoke.SourceSCIM}
	if convoke.Nameable(string(id)) {
		lookup.UserID = id
	}
	found, err := s.findEntry(ctx, lookup)
	if err == nil && found.Target == nil {
		err = convoke.UserNotFound(string(id))
	}
	if err != nil {
		return convoke.Entry{}, err
	}
	return convoke.Entry{User: *found.Target, ExternalID: found.TargetBinding.Key()}, nil
}

// EntryByEmail returns who has the e-mail, or nobody. It needs RightListEntries.
func (s *Service) EntryByEmail(ctx context.Context, p convoke.Principal, email string) ([]convoke.Entry, error) {
	lookup := convoke.Lookup{AccountID: p.AccountID, Source: convoke.SourceSCIM}
	if convoke.Nameable(email) {
		lookup.Email = email
	}
	found, err := s.findForList(ctx, p, lookup)
	if err != nil || found.Holder == nil {
		return nil, err
	}
	return []convoke.Entry{{User: found.Holder.AsOf(s.now()), ExternalID: found.HolderBinding.Key()}}, nil
}

// EntryByExternalID returns whom the directory knows by the key, or nobody. It
// needs RightListEntries.
func (s *Service) EntryByExternalID(ctx context.Context, p convoke.Principal, key string) ([]convoke.Entry, error) {
	lookup := convoke.Lookup{AccountID: p.AccountID}
	if convoke.CheckExternalID(key) == nil {
		lookup.Source, lookup.ExternalID = convoke.SourceSCIM, key
	}
	found, err := s.findForList(ctx, p, lookup)
	if err != nil || found.Bound == nil {
		return nil, err
	}
	return []convoke.Entry{{User: found.Bound.AsOf(s.now()), ExternalID: key}}, nil
}

// EntryByID is Entry as a list: nobody is no error. It needs RightListEntries.
func (s *Service) EntryByID(ctx context.Context, p convoke.Principal, id convoke.UserID) ([]convoke.Entry, error) {
	if err := p.Require(convoke.RightListEntries); err != nil {
		return nil, err
	}
	entry, err := s.entry(ctx, p, id)
	if convoke.HasCode(err, convoke.CodeUserNotFound) {
		return nil, nil
	}
	entry.User = entry.User.AsOf(s.now())
	return []convoke.Entry{entry}, err
}

func (s *Service) findForList(ctx context.Context, p convoke.Principal, l convoke.Lookup) (convoke.Found, error) {
	if err := p.Require(convoke.RightListEntries); err != nil {
		return convoke.Found{}, err
	}
	return s.findEntry(ctx, l)
}

// findEntry looks in an account that may have a directory.
func (s *Service) findEntry(ctx context.Context, l convoke.Lookup) (convoke.Found, error) {
	found, err := s.store.Find(ctx, l)
	if err == nil {
		err = found.Policy.Account.MayUseDirectory()
	}
	return found, err
}

// entryTries is how often a change of an entry starts again because another one
// came in between.
const entryTries = 5

var errEntryOvertaken = errors.New("provision: another change of the entry came first")

// ChangeEntry makes of an entry what edit says, and returns it as it is then. It
// needs RightUpdateEntry. What edit was shown is what the change is made of, or
// edit runs again; an error of edit comes out as it is and nothing is changed.
func (s *Service) ChangeEntry(
	ctx context.Context, p convoke.Principal, id convoke.UserID, edit func(convoke.Entry) (convoke.EntryPatch, error),
) (convoke.Entry, error) {
	if err := p.Require(convoke.RightUpdateEntry); err != nil {
		return convoke.Entry{}, err
	}
	for range entryTries {
		entry, err := s.tryChangeEntry(ctx, p, id, edit)
		if !errors.Is(err, errEntryOvertaken) {
			entry.User = entry.User.AsOf(s.now())
			return entry, err
		}
	}
	return convoke.Entry{}, convoke.Errorf(convoke.KindExhausted, convoke.CodeTooMany, "This user is being changed by others right now. Try again.")
}

func (s *Service) tryChangeEntry(
	ctx context.Context, p convoke.Principal, id convoke.UserID, edit func(convoke.Entry) (convoke.EntryPatch, error),
) (convoke.Entry, error) {
	entry, err := s.entry(ctx, p, id)
	if err != nil {
		return convoke.Entry{}, err
	}
	patch, err := edit(convoke.Entry{User: entry.User.AsOf(s.now()), ExternalID: entry.ExternalID})
	if err != nil || patch.Empty() {
		return entry, err
	}
	if err := s.takeEntryInvite(ctx, p, entry, patch); err != nil {
		return entry, err
	}
	after := entry
	err = s.store.Change(ctx, patch.Lookup(entry), func(found convoke.Found) (convoke.Change, error) {
		if !unchanged(entry, found) {
			return convoke.Change{}, errEntryOvertaken
		}
		change, err := convoke.AmendEntry(entry, patch, found, newFresh(), s.mark(p))
		if err == nil && change.After != nil {
			after.User = *change.After
		}
		return change, err
	})
	if patch.ExternalID != nil {
		after.ExternalID = *patch.ExternalID
	}
	return after, err
}

// takeEntryInvite counts the invitation that the change of a pending entry is about
// to send.
func (s *Service) takeEntryInvite(ctx context.Context, p convoke.Principal, e convoke.Entry, patch convoke.EntryPatch) error {
	if !s.countsInvites() || e.User.Status != convoke.StatusPending {
		return nil
	}
	found, err := s.store.Find(ctx, patch.Lookup(e))
	if err != nil {
		return err
	}
	change, err := convoke.AmendEntry(e, patch, found, newFresh(), s.mark(p))
	if err != nil || change.Invitation == nil {
		return nil // what is wrong, if anything, is told by the decision that counts
	}
	return s.invites.TakeInvite(ctx, p.AccountID)
}

// unchanged reports whether the entry is still what it was when it was read.
func unchanged(e convoke.Entry, found convoke.Found) bool {
	if found.Target == nil || !reflect.DeepEqual(*found.Target, e.User) {
		return false
	}
	return found.TargetBinding.Key() == e.ExternalID
}

// RemoveEntry deletes a user with its meetings, unless check refuses. It needs
// RightDeleteEntry.
func (s *Service) RemoveEntry(ctx context.Context, p convoke.Principal, id convoke.UserID, check func(convoke.Entry) error) error {
	if err := p.Require(convoke.RightDeleteEntry); err != nil {
		return err
	}
	entry, err := s.entry(ctx, p, id)
	if err != nil {
		return err
	}
	if err := check(convoke.Entry{User: entry.User.AsOf(s.now()), ExternalID: entry.ExternalID}); err != nil {
		return err
	}
	return s.remove(ctx, p, string(id), convoke.Delete, "")
}

// MayUseDirectory returns CodeSSONotSetUp when no directory can push anything to
// the principal's account.
func (s *Service) MayUseDirectory(ctx context.Context, p convoke.Principal) error {
	account, err := s.accounts.Account(ctx, p.AccountID)
	if err != nil {
		return err
	}
	return account.MayUseDirectory()
}

// EntryGroups returns the groups that a user is in, by id, at most MaxEntries; of
// somebody who is not there, none. It needs RightReadEntry.
func (s *Service) EntryGroups(ctx context.Context, p convoke.Principal, id convoke.UserID) ([]convoke.Group, error) {
	if err := p.Require(convoke.RightReadEntry); err != nil {
		return nil, err
	}
	if err := s.MayUseDirectory(ctx, p); err != nil || !convoke.Nameable(string(id)) {
		return nil, err
	}
	groups, err := s.groups.GroupsOf(ctx, id, "", MaxEntries)
	return slices.DeleteFunc(groups, func(g convoke.Group) bool { return g.AccountID != p.AccountID }), err
}

// ManagerAddress returns the e-mail under which a person's manager is kept: the
// e-mail as it is, or that of the user whose id or whose key in the directory it is.
// known is false for anything else. It needs RightReadEntry for all but an e-mail.
func (s *Service) ManagerAddress(ctx context.Context, p convoke.Principal, ref string) (address string, known bool, err error) {
	if address, err = convoke.CheckEmail("manager", ref); err == nil {
		return address, true, nil
	}
	if err = p.Require(convoke.RightReadEntry); err != nil {
		return "", false, err
	}
	lookup := convoke.Lookup{AccountID: p.AccountID}
	if convoke.Nameable(ref) {
		lookup.UserID = convoke.UserID(ref)
	}
	if convoke.CheckExternalID(ref) == nil {
		lookup.Source, lookup.ExternalID = convoke.SourceSCIM, ref
	}
	found, err := s.findEntry(ctx, lookup)
	if err != nil {
		return "", false, err
	}
	if user := cmp.Or(found.Target, found.Bound); user != nil {
		return user.Email, true, nil
	}
	return "", false, nil
}

// ManagerNamed returns the user of the e-mail under which somebody's manager is
// kept, or nil. It needs RightReadEntry.
func (s *Service) ManagerNamed(ctx context.Context, p convoke.Principal, address string) (*convoke.User, error) {
	if err := p.Require(convoke.RightReadEntry); err != nil || !convoke.Nameable(address) {
		return nil, err
	}
	found, err := s.findEntry(ctx, convoke.Lookup{AccountID: p.AccountID, Email: address})
	return found.Holder, err
}
