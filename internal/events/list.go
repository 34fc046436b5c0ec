// SPDX-License-Identifier: Apache-2.0

package events

import (
	"context"
	"slices"
	"strings"

	"github.com/convoke/convoke/internal/convoke"
)

// How many events one List returns.
const (
	DefaultLimit = 100
	MaxLimit     = 1000
)

// List returns the events of the principal's account with ids above after, in
// order, and the id to go on after: that of the last one, or after itself when
// there is none yet. A limit of 0 means DefaultLimit. It needs RightListUsers,
// and RightReadMeeting to see the events of meetings. It returns CodeInvalidField for a negative after or a limit over MaxLimit.
func (s *Service) List(ctx context.Context, p convoke.Principal, after int64, limit int) ([]convoke.Event, int64, error) {
	if err := p.Require(convoke.RightListUsers); err != nil {
		return nil, 0, err
	}
	if after < 0 {
		return nil, 0, convoke.Invalid(convoke.CodeInvalidField, "after", "The value of after must be 0 or an event's id.")
	}
	if limit == 0 {
		limit = DefaultLimit
	}
	if limit < 1 || limit > MaxLimit {
		return nil, 0, convoke.Invalid(convoke.CodeInvalidField, "limit", "The limit must be 1 to %d.", MaxLimit)
	}
	return s.collect(ctx, p, after, limit)
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

// visible leaves out what is for the audit log alone, and what the principal
// could not read by the call for it: a meeting's events carry its links and its
// passcode.
func visible(p convoke.Principal, list []convoke.Event) []convoke.Event {
	noMeetings := p.Require(convoke.RightReadMeeting) != nil
	return slices.DeleteFunc(list, func(e convoke.Event) bool {
		return e.Name.AuditOnly() || noMeetings && strings.HasPrefix(string(e.Name), "meeting.")
	})
}
