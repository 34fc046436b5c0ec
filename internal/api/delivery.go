// SPDX-License-Identifier: Apache-2.0

package api

import (
	"context"
	"net/http"

	"github.com/convoke/convoke/internal/convoke"
)

// Deliveries is what the door asks of package events about what receivers did
// not take, and about attempts.
type Deliveries interface {
	Deliveries(ctx context.Context, p convoke.Principal, id convoke.SubscriptionID, state convoke.DeliveryState, after int64, limit int) ([]convoke.Delivery, int64, error)
	Attempts(ctx context.Context, p convoke.Principal, id convoke.SubscriptionID, event int64, limit int) ([]convoke.Attempt, error)
	Replay(ctx context.Context, p convoke.Principal, id convoke.SubscriptionID, event int64) (int, error)
}

type delivery struct {
	EventID  int64                 `json:"event_id"`
	Event    convoke.EventName     `json:"event"`
	UserID   string                `json:"user_id"` // empty: the event is about no user
	State    convoke.DeliveryState `json:"state"`
	Attempts int                   `json:"attempts"`
	Since    string                `json:"since"`
	NextAt   *string               `json:"next_at"`
	Status   int                   `json:"status"` // 0: there was no answer
	Error    string                `json:"error"`
}

type deliveryPage struct {
	Deliveries []delivery `json:"deliveries"`
	Next       int64      `json:"next"` // send it as after; 0: there are no more
}

// listDeliveries is GET /webhooks/{webhook_id}/deliveries?state&after&limit.
func (a *api) listDeliveries(w http.ResponseWriter, r *http.Request, p convoke.Principal) error {
	after, limit, err := stretch(r, "after")
	if err != nil {
		return err
	}
	state := convoke.DeliveryState(r.URL.Query().Get("state"))
	list, next, err := a.Deliveries.Deliveries(r.Context(), p, subscriptionID(r), state, after, limit)
	if err != nil {
		return err
	}
	answer := deliveryPage{make([]delivery, len(list)), next}
	for i, d := range list {
		answer.Deliveries[i] = delivery{
			d.EventID, d.Event, d.Subject, d.State, d.Attempts, stamp(d.Since), optional(d.NextAt), d.Status, d.Error,
		}
	}
	return reply(w, http.StatusOK, answer)
}

type attempt struct {
	EventID  int64             `json:"event_id"`
	Event    convoke.EventName `json:"event"`
	At       string            `json:"at"`
	Duration int64             `json:"duration_ms"`
	OK       bool              `json:"ok"`
	Status   int               `json:"status"` // 0: there was no answer
	Answer   string            `json:"answer"`
	Error    string            `json:"error"`
}

type attemptList struct {
	Attempts []attempt `json:"attempts"`
}

// listAttempts is GET /webhooks/{webhook_id}/attempts?event_id&limit.
func (a *api) listAttempts(w http.ResponseWriter, r *http.Request, p convoke.Principal) error {
	event, limit, err := stretch(r, "event_id")
	if err != nil {
		return err
	}
	list, err := a.Deliveries.Attempts(r.Context(), p, subscriptionID(r), event, limit)
	if err != nil {
		return err
	}
	answer := attemptList{make([]attempt, len(list))}
	for i, t := range list {
		answer.Attempts[i] = attempt{
			t.EventID, t.Event, stamp(t.At), t.Duration.Milliseconds(), t.OK(), t.Status, t.Answer, t.Error,
		}
	}
	return reply(w, http.StatusOK, answer)
}

type replayed struct {
	Replayed int `json:"replayed"`
}

// replayDeliveries is POST /webhooks/{webhook_id}/replay.
func (a *api) replayDeliveries(w http.ResponseWriter, r *http.Request, p convoke.Principal) error {
	var body struct {
		EventID int64 `json:"event_id"`
	}
	if err := decodeBody(w, r, maxBody, &body); err != nil {
		return err
	}
	n, err := a.Deliveries.Replay(r.Context(), p, subscriptionID(r), body.EventID)
	if err != nil {
		return err
	}
	return reply(w, http.StatusOK, replayed{n})
}
