// SPDX-License-Identifier: Apache-2.0

package conference_test

import (
	"encoding/json"
	"slices"
	"testing"

	"github.com/convoke/convoke/internal/conference"
	"github.com/convoke/convoke/internal/convoke"
)

func TestADeactivatedHostsMeetingsEnd(t *testing.T) {
	t.Parallel()
	b := setup(t)
	v, host := b.started(t, `{}`)
	raw, err := json.Marshal(convoke.Payload{AccountID: v.Host.AccountID, Object: convoke.NewUserObject(v.Host)})
	b.must(t, err)
	event := convoke.Event{AccountID: v.Host.AccountID, Name: convoke.EventUserDeactivated, Payload: raw}
	sink := b.HostGone()
	if !sink.Wants(event) || sink.Wants(convoke.Event{Name: convoke.EventUserUpdated}) {
		t.Error("the sink wants the wrong events")
	}
	b.media.take()
	b.must(t, sink.Deliver(t.Context(), event))
	b.must(t, sink.Deliver(t.Context(), event)) // twice is once
	if calls := b.media.take(); !slices.Equal(calls, []string{"close " + host.Participant.Room}) {
		t.Errorf("media was told %q", calls)
	}
	b.state(t, host.Secret, conference.StateEnded)
	if ended := b.events(t, convoke.EventMeetingEnded); len(ended) != 1 {
		t.Errorf("%d meeting.ended events", len(ended))
	}
}

func TestRoomsThatNobodyKnowsAreClosedWhenAHostIsDeleted(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.must(t, b.HostGone().Deliver(t.Context(), convoke.Event{Name: convoke.EventUserDeleted}))
	if calls := b.media.take(); !slices.Equal(calls, []string{"close unknown-room", "rooms"}) {
		t.Errorf("media was told %q", calls)
	}
}
