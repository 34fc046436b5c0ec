// SPDX-License-Identifier: Apache-2.0

package conference

import (
	"cmp"
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/convoke/convoke/internal/convoke"
)

// The types of a list of meetings (GET /v2/users/{userId}/meetings, query type).
const (
	ListScheduled        = "scheduled" // all but instant and personal meetings
	ListLive             = "live"      // those that take place now, of any type
	ListUpcoming         = "upcoming"
	ListUpcomingMeetings = "upcoming_meetings" // the same as upcoming
	ListPreviousMeetings = "previous_meetings"
)

// Sizes of a page of meetings.
const (
	DefaultPageSize = 30
	MaxPageSize     = 300
)

// MeetingList says which of a host's meetings to list.
type MeetingList struct {
	Type     string    // one of the List constants; empty is ListScheduled
	Size     int       // 1 to MaxPageSize; 0 is DefaultPageSize
	Token    string    // MeetingPage.Next of the page before; empty is the first page
	From, To time.Time // bounds of the start time, both included; zero: none
}

// MeetingPage is one page of a list.
type MeetingPage struct {
	Meetings []View // without StartURL and Occurrences
	Next     string // empty on the last page
	Total    int    // of all pages
}

// Meetings lists a host's meetings in the order of their numbers. Upcoming and
// previous meetings are those of the six months ahead and past. It needs
// convoke.RightListMeetings. Errors: CodeUserNotFound, CodeInvalidField (type,
// page_size), CodeInvalidPageToken.
func (s *Service) Meetings(ctx context.Context, p convoke.Principal, hostRef string, list MeetingList) (MeetingPage, error) {
	host, err := s.host(ctx, p, convoke.RightListMeetings, hostRef)
	if err != nil {
		return MeetingPage{}, err
	}
	if list.Size == 0 {
		list.Size = DefaultPageSize
	}
	if list.Size < 1 || list.Size > MaxPageSize {
		return MeetingPage{}, convoke.Invalid(convoke.CodeInvalidField, "page_size", "page_size must be from 1 to %d.", MaxPageSize)
	}
	list.Type = cmp.Or(list.Type, ListScheduled)
	name := fmt.Sprintf("meetings/%s/%s/%s/%d/%d", host.AccountID, host.ID, list.Type, list.From.Unix(), list.To.Unix())
	after, err := s.openPage(name, list.Token)
	if err != nil {
		return MeetingPage{}, err
	}
	meetings, total, err := s.list(ctx, host, list, after)
	if err != nil {
		return MeetingPage{}, err
	}
	page := MeetingPage{Total: total}
	for _, m := range meetings[:min(list.Size, len(meetings))] {
		page.Meetings = append(page.Meetings, s.listed(m, host))
	}
	if len(meetings) > list.Size {
		page.Next = s.pages.Seal(name, meetings[list.Size-1].ID.String(), s.now())
	}
	return page, nil
}

func (s *Service) openPage(name, token string) (convoke.MeetingID, error) {
	key, err := s.pages.Open(name, token, s.now())
	if err != nil || key == "" {
		return 0, err
	}
	id, err := strconv.ParseInt(key, 10, 64)
	return convoke.MeetingID(id), err
}

// list returns one meeting more than a page holds, if there are so many, and the
// number of all.
func (s *Service) list(ctx context.Context, host convoke.User, list MeetingList, after convoke.MeetingID) ([]convoke.Meeting, int, error) {
	now := s.now()
	filter := convoke.MeetingFilter{AccountID: host.AccountID, HostID: host.ID, Types: scheduledTypes, From: list.From, To: list.To}
	switch list.Type {
	case ListScheduled:
	case ListLive:
		filter.Types, filter.State = nil, convoke.MeetingStarted
	case ListUpcoming, ListUpcomingMeetings:
		return s.scan(ctx, filter, list.Size, after, func(m convoke.Meeting) bool { return upcoming(m, now) })
	case ListPreviousMeetings:
		return s.scan(ctx, filter, list.Size, after, func(m convoke.Meeting) bool { return previous(m, now) })
	default:
		return nil, 0, convoke.Invalid(convoke.CodeInvalidField, "type",
			"The type must be scheduled, live, upcoming, upcoming_meetings or previous_meetings.")
	}
	total, err := s.store.CountMeetings(ctx, filter)
	if err != nil {
		return nil, 0, err
	}
	meetings, err := s.store.Meetings(ctx, filter, after, list.Size+1)
	return meetings, total, err
}

var scheduledTypes = []convoke.MeetingType{
	convoke.TypeScheduled, convoke.TypeRecurring, convoke.TypeSeries, convoke.TypeScreenShare,
}

// scan walks through all the host's meetings that pass the filter, since when a
// series takes place is beyond a database. Its cost is the host's own number of
// meetings, whatever the account holds.
func (s *Service) scan(ctx context.Context, f convoke.MeetingFilter, size int, after convoke.MeetingID, keep func(convoke.Meeting) bool) (list []convoke.Meeting, total int, err error) {
	last := convoke.MeetingID(0)
	for {
		batch, err := s.store.Meetings(ctx, f, last, MaxPageSize)
		if err != nil {
			return nil, 0, err
		}
		for _, m := range batch {
			if last = m.ID; !keep(m) {
				continue
			}
			if total++; m.ID > after && len(list) <= size {
				list = append(list, m)
			}
		}
		if len(batch) < MaxPageSize {
			return list, total, nil
		}
	}
}

// upcoming reports whether the meeting takes place now or in the next six months.
func upcoming(m convoke.Meeting, now time.Time) bool {
	switch {
	case m.State == convoke.MeetingStarted:
		return true
	case m.Over():
		return false
	case !m.Type.HasFixedTime():
		return true
	}
	return takesPlace(m, now, now.AddDate(0, 6, 0))
}

// previous reports whether the meeting took place, or was to, in the last six months.
func previous(m convoke.Meeting, now time.Time) bool {
	if m.State == convoke.MeetingStarted {
		return false
	}
	since := now.AddDate(0, -6, 0)
	if m.State == convoke.MeetingEnded && m.EndedAt.After(since) {
		return true
	}
	return m.Type.HasFixedTime() && !takesPlace(m, now, now.AddDate(100, 0, 0)) && takesPlace(m, since, now)
}

// takesPlace reports whether a meeting with a fixed time lies, at least in part,
// between the two moments.
func takesPlace(m convoke.Meeting, from, to time.Time) bool {
	times := []convoke.Occurrence{{StartTime: m.StartTime, Duration: m.Duration}}
	if m.Type == convoke.TypeSeries {
		times = m.Occurrences(m.Zone(zones))
	}
	for _, o := range times {
		end := o.StartTime.Add(time.Duration(o.Duration) * time.Minute)
		if end.After(from) && o.StartTime.Before(to) {
			return true
		}
	}
	return false
}
