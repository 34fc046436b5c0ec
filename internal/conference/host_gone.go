// SPDX-License-Identifier: Apache-2.0

package conference

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/convoke/convoke/internal/convoke"
)

// HostGone is a sink of the event log: it ends what a user holds, and puts the
// user out of what others hold, who may not be in meetings any more. Whose tokens
// were revoked is put out of all, and may come back by a new one.
type HostGone struct{ rooms *Service }

// HostGone returns the sink.
func (s *Service) HostGone() HostGone { return HostGone{s} }

// Name is stored with each delivery.
func (HostGone) Name() string { return "host-gone" }

// Wants reports whether the event takes a user away, or a user's tokens or number.
func (HostGone) Wants(e convoke.Event) bool {
	switch e.Name {
	case convoke.EventUserDeleted, convoke.EventUserDisassociated, convoke.EventUserDeactivated, convoke.EventUserTokensRevoked:
		return true
	case convoke.EventUserUpdated:
		return formerNumber(e) != 0
	}
	return false
}

// formerNumber returns the personal meeting id that the event says the user gave
// up, or 0.
func formerNumber(e convoke.Event) convoke.MeetingID {
	var payload struct {
		Old struct {
			PMI convoke.MeetingID `json:"pmi"`
		} `json:"old_object"`
	}
	if json.Unmarshal(e.Payload, &payload) != nil {
		return 0 // Deliver says so
	}
	return payload.Old.PMI
}

// Deliver puts the user out of all meetings, and ends the running ones of a
// deactivated host. A deleted host's meetings are gone from the store already, so
// the rooms that nobody knows any more are closed. A run under a number that its
// host gave up is ended. It may be called twice for one event.
func (h HostGone) Deliver(ctx context.Context, e convoke.Event) error {
	var payload struct {
		Object convoke.UserObject `json:"object"`
	}
	if err := json.Unmarshal(e.Payload, &payload); err != nil {
		return fmt.Errorf("conference: event %d: %w", e.ID, err)
	}
	user := payload.Object.ID
	if e.Name == convoke.EventUserUpdated {
		return h.endMoved(ctx, e.AccountID, formerNumber(e))
	}
	if err := h.expel(ctx, user); err != nil {
		return err
	}
	switch e.Name {
	case convoke.EventUserTokensRevoked:
		return nil // their meetings go on
	case convoke.EventUserDeactivated:
		return h.endAll(ctx, e.AccountID, user)
	}
	return h.closeUnknown(ctx)
}

// endMoved ends the run under a number that is not its host's any more.
func (h HostGone) endMoved(ctx context.Context, account convoke.AccountID, number convoke.MeetingID) error {
	found, err := h.rooms.store.FindMeeting(ctx, convoke.MeetingLookup{AccountID: account, ID: number})
	if err != nil || found.Meeting == nil || !found.Moved() {
		return err
	}
	return h.rooms.endRun(ctx, *found.Meeting, found.Meeting.Room(), h.rooms.mark(convoke.Principal{}))
}

// expel puts the user out of every meeting that they are in or wait for, unless
// they were let in again meanwhile.
func (h HostGone) expel(ctx context.Context, user convoke.UserID) error {
	for _, presence := range []convoke.Presence{convoke.PresenceWaiting, convoke.PresenceAdmitted} {
		people, err := h.rooms.store.Participants(ctx, convoke.ParticipantFilter{UserID: user, Presence: presence})
		if err != nil {
			return err
		}
		for _, p := range people {
			if err := h.putOut(ctx, p); err != nil {
				return err
			}
		}
	}
	return nil
}

// putOut tells the media server first, so that a failure is tried again: there is
// no way back in for who is barred.
func (h HostGone) putOut(ctx context.Context, p convoke.Participant) error {
	if !p.Barred() {
		return nil
	}
	if p.Room != "" {
		if err := h.rooms.media.Remove(ctx, p.Room, p.ID); err != nil {
			return err
		}
	}
	return h.rooms.changePerson(ctx, p, p.ID, func(found convoke.MeetingFound) (convoke.MeetingChange, error) {
		return found.Expel(h.rooms.mark(convoke.Principal{})), nil
	})
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
	for after := convoke.MeetingID(0); ; {
		list, err := h.rooms.store.Meetings(ctx, running, after, MaxPageSize)
		if err != nil || len(list) == 0 {
			return err
		}
		for _, m := range list {
			if err := h.rooms.endRun(ctx, m, m.Room(), h.rooms.mark(convoke.Principal{})); err != nil {
				return err
			}
			after = m.ID
		}
	}
}
