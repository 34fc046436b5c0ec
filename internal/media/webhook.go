// SPDX-License-Identifier: Apache-2.0

package media

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"github.com/livekit/protocol/auth"
	"github.com/livekit/protocol/livekit"
	"github.com/livekit/protocol/webhook"

	"github.com/convoke/convoke/internal/convoke"
)

// maxWebhook bounds one webhook's body. A participant's name, attributes and
// tracks fit many times over.
const maxWebhook = 1 << 20

// Webhook receives the events that the LiveKit server posts. It accepts only
// bodies that are signed with our key, calls handle for participant_joined,
// participant_left and room_finished, and answers 204 to those and to all
// others, which it ignores. When handle fails the answer is 500 and the server
// sends the event again, up to four times; so handle must bear to see an event
// twice. The server keeps the order of one room's events.
func (c *Client) Webhook(handle func(ctx context.Context, e convoke.MediaEvent) error, logger *slog.Logger) http.Handler {
	keys := auth.NewSimpleKeyProvider(c.key, c.secret)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodPost {
			w.Header().Set("Allow", http.MethodPost)
			http.Error(w, "Webhooks are sent with POST.", http.StatusMethodNotAllowed)
			return
		}
		r.Body = http.MaxBytesReader(w, r.Body, maxWebhook)
		got, err := webhook.ReceiveWebhookEvent(r, keys)
		if err != nil {
			refuseWebhook(w, err)
			return
		}
		event, known := c.mediaEvent(got)
		if !known {
			w.WriteHeader(http.StatusNoContent)
			return
		}
		if err := handle(r.Context(), event); err != nil {
			logger.ErrorContext(r.Context(), "a media event could not be taken in",
				"event", event.Name, "room", event.Room, "participant", event.Participant, "error", err)
			writeProblem(w, http.StatusInternalServerError, convoke.CodeInternal, "The event could not be taken in.")
			return
		}
		w.WriteHeader(http.StatusNoContent)
	})
}

// refuseWebhook answers a body that is too long, or that our key did not sign.
func refuseWebhook(w http.ResponseWriter, err error) {
	if _, ok := errors.AsType[*http.MaxBytesError](err); ok {
		writeProblem(w, http.StatusRequestEntityTooLarge, convoke.CodeBodyTooLarge, "The webhook's body is longer than 1 MiB.")
		return
	}
	writeProblem(w, http.StatusUnauthorized, convoke.CodeTokenInvalid, "The webhook is not signed with the key of this server.")
}

// mediaEvent translates a LiveKit event, and reports whether Convoke acts on it:
// what happens in the rooms of others is none of ours.
func (c *Client) mediaEvent(e *livekit.WebhookEvent) (convoke.MediaEvent, bool) {
	room, ours := strings.CutPrefix(e.GetRoom().GetName(), c.prefix)
	if !ours {
		return convoke.MediaEvent{}, false
	}
	event := convoke.MediaEvent{
		Room:        room,
		Participant: convoke.ParticipantID(e.GetParticipant().GetIdentity()),
		At:          time.Unix(e.GetCreatedAt(), 0).UTC(),
	}
	switch e.GetEvent() {
	case webhook.EventParticipantJoined:
		event.Name = convoke.MediaParticipantJoined
	case webhook.EventParticipantLeft:
		event.Name = convoke.MediaParticipantLeft
	case webhook.EventRoomFinished:
		event.Name = convoke.MediaRoomFinished
		event.Participant = ""
		return event, event.Room != ""
	default:
		return convoke.MediaEvent{}, false
	}
	return event, event.Room != "" && event.Participant != ""
}
