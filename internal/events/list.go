// SPDX-License-Identifier: Apache-2.0

package events

import (
	"context"
	"slices"

	"github.com/convoke/convoke/internal/convoke"
)

// How many events one List returns.
const (
	DefaultLimit = 100
	MaxLimit     = 1000
)

// List returns the events of the principal's account with ids above after, in
// order, and the id to go on after: that of the last one, or after itself when
// there is none yet. A limit of 0 means DefaultLimit; an after of 0 begins with
// the oldest event that is kept. It needs RightListUsers, and RightReadMeeting to
// see the events of meetings. It returns CodeInvalidField for a negative after or
// a limit over MaxLimit, and CodeEventsExpired when events after the id were
// purged: such a reader would miss them without noticing.
func (s *Service) List(ctx context.Context, p convoke.Principal, after int64, limit int) ([]convoke.Event, int64, error) {
	if err := p.Require(convoke.RightListUsers); err != nil {
		return nil, 0, err
	}
	limit, err := checkPage(after, limit)
	if err != nil {
		return nil, 0, err
	}
	page, next, err := s.collect(ctx, p, after, limit)
	if err != nil || after == 0 {
		return page, next, err
	}
	floor, err := s.store.EventFloor(ctx, p.AccountID) // after the page: what was purged while it was read counts
	if err == nil && floor > after {
		err = convoke.Errorf(convoke.KindGone, convoke.CodeEventsExpired,
			"Events after %d are no longer kept; the last one that is gone is %d. Go on with after=%d, and look up anew what may have changed.",
			after, floor, floor)
	}
	if err != nil {
		return nil, 0, err
	}
	return page, next, nil
}

// checkPage returns the limit, or DefaultLimit for 0.
func checkPage(after int64, limit int) (int, error) {
	if after < 0 {
		return 0, convoke.Invalid(convoke.CodeInvalidField, "after", "The value of after must be 0 or an event's id.")
	}
	if limit == 0 {
		limit = DefaultLimit
	}
	if limit < 1 || limit > MaxLimit {
		return 0, convoke.Invalid(convoke.CodeInvalidField, "limit", "The limit must be 1 to %d.", MaxLimit)
	}
	return limit, nil
}

// maxReads bounds the work of one List where most events are not to be seen.
const maxReads = 20

// collect reads until the page is full or the log is over: a reader may take a
// page without events for the end.
func (s *Service) collect(ctx context.Context, p convoke.Principal, after int64, limit int) (page []convoke.Event, next int64, err error) {
	for range maxReads {
		missing := limit - len(page)
		list, err := s.store.Events(ctx, p.AccountID, after, missing)
		if err != nil {
			return nil, 0, err
		}
		if len(list) > 0 {
			after = list[len(list)-1].ID
		}
		page = append(page, visible(p, list)...)
		if len(list) < missing || len(page) == limit {
			break
		}
	}
	return page, after, nil
}

// visible leaves out what the principal may not see.
func visible(p convoke.Principal, list []convoke.Event) []convoke.Event {
	return slices.DeleteFunc(list, func(e convoke.Event) bool { return !p.Sees(e.Name) })
}
