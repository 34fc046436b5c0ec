// SPDX-License-Identifier: Apache-2.0

package conference

import (
	"context"

	"github.com/convoke/convoke/internal/convoke"
)

// Personal returns a user's standing personal meeting, and makes it on first use.
// Its number is the user's personal meeting id. It needs
// convoke.RightReadMeeting. Errors: CodeUserNotFound, why the user may not host
// (User.MayHost).
func (s *Service) Personal(ctx context.Context, p convoke.Principal, userRef string) (View, error) {
	user, err := s.host(ctx, p, convoke.RightReadMeeting, userRef)
	if err != nil {
		return View{}, err
	}
	if err := user.MayHost(); err != nil {
		return View{}, err
	}
	found, err := s.personalMeeting(ctx, user)
	if err != nil {
		return View{}, err
	}
	return s.view(p, *found.Meeting, *found.Host)
}

// read is FindMeeting, but makes the personal meeting of the user whose number the
// lookup names.
func (s *Service) read(ctx context.Context, l convoke.MeetingLookup) (convoke.MeetingFound, error) {
	found, err := s.store.FindMeeting(ctx, l)
	if err == nil && found.Meeting == nil && found.Host != nil && l.ID != 0 && found.Host.PMI == l.ID {
		return s.personalMeeting(ctx, *found.Host)
	}
	return found, err
}

// personalMeeting reads the user's personal meeting, or makes it. A number that
// the user took over from somebody else starts afresh, and ends what still runs there.
func (s *Service) personalMeeting(ctx context.Context, user convoke.User) (convoke.MeetingFound, error) {
	lookup := convoke.MeetingLookup{ID: user.PMI} // the former owner may be of another account
	found, err := s.store.FindMeeting(ctx, lookup)
	if err != nil || owned(found, user) {
		return found, err
	}
	var present []convoke.Participant
	if found.Meeting != nil {
		if present, err = s.present(ctx, *found.Meeting); err != nil {
			return found, err
		}
	}
	fresh, mark, room := freshMeeting(), s.mark(convoke.Principal{}), ""
	err = s.store.ChangeMeeting(ctx, lookup, func(now convoke.MeetingFound) (convoke.MeetingChange, error) {
		if owned(now, user) {
			found, room = now, ""
			return convoke.MeetingChange{}, nil
		}
		m := convoke.NewPersonalMeeting(user, fresh, mark)
		found = convoke.MeetingFound{Meeting: &m, Host: &user}
		change := now.TakeOver(m, present, mark)
		room = change.EndRoom
		return change, nil
	})
	if err == nil {
		s.closeRoom(ctx, room)
	}
	return found, err
}

func owned(found convoke.MeetingFound, user convoke.User) bool {
	return found.Meeting != nil && found.Host != nil && found.Meeting.HostID == user.ID
}
