// SPDX-License-Identifier: Apache-2.0

package conference

import (
	"context"
	"time"

	"github.com/convoke/convoke/internal/convoke"
)

// Reaper ends the runs that the media server knows nothing of: those whose end
// was missed because Convoke or the media server was killed meanwhile, and those
// to which nobody ever connected. It belongs to one goroutine.
type Reaper struct {
	rooms   *Service
	missing map[string]time.Time // since when a running meeting's room was not seen
}

// Reaper returns a Reaper that has seen nothing yet.
func (s *Service) Reaper() *Reaper { return &Reaper{rooms: s} }

// ReapAfter is how long no look may have found the room of a run before it is
// ended: time to connect for the first time, or anew after a restart.
const ReapAfter = 2 * time.Minute

// Look ends the runs whose rooms are missing for ReapAfter. A run counts as
// missing from the first look that did not find its room.
func (r *Reaper) Look(ctx context.Context) error {
	there, err := r.there(ctx)
	if err != nil {
		r.missing = nil // who was cut off gets the time to come back
		return err
	}
	now, missing := r.rooms.now(), map[string]time.Time{}
	running := convoke.MeetingFilter{State: convoke.MeetingStarted}
	for after := convoke.MeetingID(0); ; {
		list, err := r.rooms.store.Meetings(ctx, running, after, MaxPageSize)
		if err != nil {
			return err
		}
		for _, m := range list {
			if room := m.Room(); !there[room] {
				missing[room] = r.since(room, now)
				if err := r.end(ctx, m, now.Sub(missing[room])); err != nil {
					return err
				}
			}
		}
		if len(list) < MaxPageSize {
			break
		}
		after = list[len(list)-1].ID
	}
	r.missing = missing
	return nil
}

func (r *Reaper) there(ctx context.Context) (map[string]bool, error) {
	rooms, err := r.rooms.media.Rooms(ctx)
	there := make(map[string]bool, len(rooms))
	for _, room := range rooms {
		there[room] = true
	}
	return there, err
}

func (r *Reaper) since(room string, now time.Time) time.Time {
	if since, ok := r.missing[room]; ok {
		return since
	}
	return now
}

// end ends a run that was missing for so long.
func (r *Reaper) end(ctx context.Context, m convoke.Meeting, missing time.Duration) error {
	if missing < ReapAfter {
		return nil
	}
	return r.rooms.endRun(ctx, m, m.Room(), r.rooms.mark(convoke.Principal{}))
}
