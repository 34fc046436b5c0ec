// SPDX-License-Identifier: Apache-2.0

package conference_test

import (
	"slices"
	"testing"
	"time"

	"github.com/convoke/convoke/internal/conference"
	"github.com/convoke/convoke/internal/convoke"
)

func TestRunsWithoutARoomAreEnded(t *testing.T) {
	t.Parallel()
	b := setup(t)
	_, host := b.started(t, `{}`)
	kept := b.schedule(t, convoke.TypeInstant, `{}`)
	other := b.join(t, startLink(t, kept.StartURL), "")
	reaper := b.Reaper()
	look := func(after time.Duration, rooms ...string) {
		t.Helper()
		b.clock.advance(after)
		b.media.setRooms(rooms...)
		b.must(t, reaper.Look(t.Context()))
	}
	look(0, other.Participant.Room)
	look(conference.ReapAfter-time.Second, other.Participant.Room)
	b.state(t, host.Secret, conference.StateAdmitted) // not for long enough
	look(time.Second, other.Participant.Room, host.Participant.Room)
	look(conference.ReapAfter, other.Participant.Room)
	b.state(t, host.Secret, conference.StateAdmitted) // it was there meanwhile

	b.media.setDown(true)
	if err := reaper.Look(t.Context()); err == nil {
		t.Error("the media server's silence is no error")
	}
	b.media.setDown(false)
	look(conference.ReapAfter, other.Participant.Room)
	b.state(t, host.Secret, conference.StateAdmitted) // nobody knows how long

	b.media.take()
	look(conference.ReapAfter, other.Participant.Room)
	b.state(t, host.Secret, conference.StateEnded)
	b.state(t, other.Secret, conference.StateAdmitted)
	if calls := b.media.take(); !slices.Equal(calls, []string{"close " + host.Participant.Room, "rooms"}) {
		t.Errorf("media was told %q", calls)
	}
	if ended := b.events(t, convoke.EventMeetingEnded); len(ended) != 1 {
		t.Errorf("%d meeting.ended events", len(ended))
	}
}
