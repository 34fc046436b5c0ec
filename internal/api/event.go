// SPDX-License-Identifier: Apache-2.0

package api

import (
	"context"
	"encoding/json"
	"net/http"

	"github.com/convoke/convoke/internal/convoke"
)

// Events is what the door asks of package events.
type Events interface {
	// List returns the account's events after an id, oldest first, and the id to
	// go on from.
	List(ctx context.Context, p convoke.Principal, after int64, limit int) ([]convoke.Event, int64, error)
}

type event struct {
	ID      int64             `json:"id"`
	Event   convoke.EventName `json:"event"`
	EventTS int64             `json:"event_ts"` // milliseconds since 1970
	Payload json.RawMessage   `json:"payload"`
}

type eventPage struct {
	Events []event `json:"events"`
	Next   int64   `json:"next"` // send it as after
}

// listEvents is GET /events?after&limit.
func (a *api) listEvents(w http.ResponseWriter, r *http.Request, p convoke.Principal) error {
	after, limit, err := stretch(r, "after")
	if err != nil {
		return err
	}
	list, next, err := a.Events.List(r.Context(), p, after, limit)
	if err != nil {
		return err
	}
	answer := eventPage{Events: make([]event, len(list)), Next: next}
	for i, e := range list {
		answer.Events[i] = event{e.ID, e.Name, e.At.UnixMilli(), e.Payload}
	}
	return reply(w, http.StatusOK, answer)
}
