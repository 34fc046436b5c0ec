// SPDX-License-Identifier: Apache-2.0

package provision

import (
	"context"
	"time"

	"github.com/convoke/convoke/internal/convoke"
)

// MaxEntries is the longest page of entries, and MaxScan the most entries that
// one call reads to find a page or to look for what no index knows.
const (
	MaxEntries = 1000
	MaxScan    = 10_000
)

// listPlaceLife is how long a reader may take from one page by number to the next.
const listPlaceLife = time.Hour

// EntryList chooses a page of entries, by number or by cursor.
type EntryList struct {
	Start  int64  // the number of the first, from 1; 0: go by the cursor
	Cursor string // of the page before; empty: the first page
	Count  int    // 0 to MaxEntries
}

// EntryPage is a page of entries, in the order in which they were made.
type EntryPage struct {
	Entries []convoke.Entry
	Next    string // cursor of the page after; empty on the last
	Total   int64  // in the account
}

// Entries lists the account's users for its directory. It needs
// RightListEntries. A cursor that does not work is CodeInvalidPageToken. A page
// by number is found from where the same caller's last page ended; one that is
// more than MaxScan from any place known is CodeTooManyEntries.
func (s *Service) Entries(ctx context.Context, p convoke.Principal, l EntryList) (EntryPage, error) {
	if _, err := s.findForList(ctx, p, convoke.Lookup{AccountID: p.AccountID}); err != nil {
		return EntryPage{}, err
	}
	page := EntryPage{}
	_, census, err := s.store.Tally(ctx, p.AccountID)
	if page.Total = census.Total(); err != nil || l.Count == 0 {
		return page, err
	}
	list := listName("entries", p.AccountID, "")
	after, err := s.pages.Open(list, l.Cursor, s.now())
	if l.Start > 0 {
		after, err = s.entryBefore(ctx, p, l.Start)
	}
	if convoke.HasCode(err, convoke.CodeTooManyEntries) && l.Start > page.Total {
		return page, nil // far beyond the end
	}
	if err != nil {
		return page, err
	}
	if page.Entries, err = s.readEntries(ctx, p.AccountID, convoke.UserID(after), l.Count+1); err != nil || len(page.Entries) <= l.Count {
		return page, err
	}
	page.Entries = page.Entries[:l.Count]
	last := page.Entries[l.Count-1].User.ID
	page.Next = s.pages.Seal(list, string(last), s.now())
	if l.Start > 0 {
		err = s.directory.KeepListPlace(ctx, p.AccountID, placeName(p), l.Start+int64(l.Count), last, s.now().Add(listPlaceLife))
	}
	return page, err
}

// placeName keeps one reader's places apart from another's.
func placeName(p convoke.Principal) string { return "entries " + string(p.ClientID) }

// entryBefore walks by key from the nearest place known to just before number n.
func (s *Service) entryBefore(ctx context.Context, p convoke.Principal, n int64) (string, error) {
	at, after, err := s.directory.ListPlace(ctx, p.AccountID, placeName(p), n)
	if err != nil {
		return "", err
	}
	if n-at > MaxScan {
		return "", convoke.Invalid(convoke.CodeTooManyEntries, "startIndex",
			"No page is found by number more than %d after the last one read. Read page by page from 1, or by cursor.", MaxScan)
	}
	for at < n {
		step, err := s.readEntries(ctx, p.AccountID, after, int(min(n-at, MaxEntries)))
		if err != nil || len(step) == 0 {
			return string(after), err
		}
		at, after = at+int64(len(step)), step[len(step)-1].User.ID
	}
	return string(after), nil
}

// readEntries reads entries as everyone sees them now.
func (s *Service) readEntries(ctx context.Context, account convoke.AccountID, after convoke.UserID, limit int) ([]convoke.Entry, error) {
	entries, err := s.directory.Entries(ctx, account, after, limit)
	for i := range entries {
		entries[i].User = entries[i].User.AsOf(s.now())
	}
	return entries, err
}

// ScanEntries returns every entry of the account, for what no index answers. It
// needs RightListEntries. In an account of more than MaxScan users it is
// CodeTooManyEntries.
func (s *Service) ScanEntries(ctx context.Context, p convoke.Principal) ([]convoke.Entry, error) {
	if _, err := s.findForList(ctx, p, convoke.Lookup{AccountID: p.AccountID}); err != nil {
		return nil, err
	}
	_, census, err := s.store.Tally(ctx, p.AccountID)
	if err == nil && census.Total() > MaxScan {
		err = convoke.Invalid(convoke.CodeTooManyEntries, "filter",
			"The account has more than %d users, which are searched by an equal userName, externalId or id, and sorted in the order in which they were made, only.", MaxScan)
	}
	if err != nil {
		return nil, err
	}
	return s.readEntries(ctx, p.AccountID, "", MaxScan)
}
