// SPDX-License-Identifier: Apache-2.0

package conference

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/convoke/convoke/internal/convoke"
)

// HostGone is a sink of the event log: it ends what a host holds who may not
// hold meetings any more.
type HostGone struct{ rooms *Service }

// HostGone returns the sink.
func (s *Service) HostGone() HostGone { return HostGone{s} }

// Name is stored with each delivery.
func (HostGone) Name() string { return "host-gone" }

// Wants reports whether the event takes a host away.
func (HostGone) Wants(e convoke.Event) bool {
	switch e.Name {
	case convoke.EventUserDeleted, convoke.EventUserDisassociated, convoke.EventUserDeactivated:
		return true
	}
	return false
}

// Deliver ends the running meetings of a deactivated host. A deleted host's
// meetings are gone from the store already, so the rooms that nobody knows any
// more are closed. It may be called twice for one event.
func (h HostGone) Deliver(ctx context.Context, e convoke.Event) error {
	if e.Name != convoke.EventUserDeactivated {
		return h.closeUnknown(ctx)
	}
	var payload struct {
		Object convoke.UserObject `json:"object"`
	}
	if err := json.Unmarshal(e.Payload, &payload); err != nil {
		return fmt.Errorf("conference: event %d: %w", e.ID, err)
	}
	return h.endAll(ctx, e.AccountID, payload.Object.ID)
}

func (h HostGone) closeUnknown(ctx context.Context) error {
	rooms, err := h.rooms.media.Rooms(ctx)
	if err != nil {
		return err
	}
	for _, room := range rooms {
		_, err := h.rooms.store.RoomMeeting(ctx, room)
		if convoke.HasCode(err, convoke.CodeMeetingNotFound) {
			err = h.rooms.media.Close(ctx, room)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (h HostGone) endAll(ctx context.Context, account convoke.AccountID, host convoke.UserID) error {
	running := convoke.MeetingFilter{AccountID: account, HostID: host, State: convoke.MeetingStarted}
	list, err := h.rooms.store.Meetings(ctx, running, 0, MaxPageSize)
	if err != nil {
		return err
	}
	for _, m := range list {
		if err := h.rooms.endRun(ctx, m, m.Room(), h.rooms.mark(convoke.Principal{})); err != nil {
			return err
		}
	}
	return nil
}
