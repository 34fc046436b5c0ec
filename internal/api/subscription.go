// SPDX-License-Identifier: Apache-2.0

package api

import (
	"context"
	"net/http"

	"github.com/convoke/convoke/internal/convoke"
)

// Subscriptions is what the door asks of package events about webhooks.
type Subscriptions interface {
	List(ctx context.Context, p convoke.Principal) ([]convoke.Subscription, error)
	Find(ctx context.Context, p convoke.Principal, id convoke.SubscriptionID) (convoke.Subscription, error)
	Create(ctx context.Context, p convoke.Principal, app convoke.ClientID, d convoke.SubscriptionDraft) (convoke.Subscription, error)
	Change(ctx context.Context, p convoke.Principal, id convoke.SubscriptionID, d convoke.SubscriptionDraft) (convoke.Subscription, error)
	Remove(ctx context.Context, p convoke.Principal, id convoke.SubscriptionID) error
	Validate(ctx context.Context, p convoke.Principal, id convoke.SubscriptionID) (convoke.Subscription, error)
}

// subscription is a webhook subscription on the wire; times that are not set
// are null.
type subscription struct {
	ID           convoke.SubscriptionID    `json:"id"`
	ClientID     convoke.ClientID          `json:"client_id"`
	URL          string                    `json:"url"`
	Events       []convoke.EventName       `json:"events"` // empty: all
	Enabled      bool                      `json:"enabled"`
	State        convoke.SubscriptionState `json:"state"`
	ValidatedAt  *string                   `json:"validated_at"`
	CheckedAt    *string                   `json:"checked_at"`
	NextCheckAt  *string                   `json:"next_check_at"`
	FailingSince *string                   `json:"failing_since"`
	Failure      string                    `json:"failure"`
	CreatedAt    string                    `json:"created_at"`
}

func newSubscription(s convoke.Subscription) subscription {
	return subscription{
		ID: s.ID, ClientID: s.ClientID, URL: s.URL, Events: append([]convoke.EventName{}, s.Events...), Enabled: s.Enabled, State: s.State(),
		ValidatedAt: optional(s.ValidatedAt), CheckedAt: optional(s.CheckedAt), NextCheckAt: optional(s.NextCheckAt),
		FailingSince: optional(s.FailingSince), Failure: s.Failure, CreatedAt: stamp(s.CreatedAt),
	}
}

// subscriptionBody is what a caller may set.
type subscriptionBody struct {
	URL     *string   `json:"url"`
	Events  *[]string `json:"events"`
	Enabled *bool     `json:"enabled"`
}

func (b subscriptionBody) draft() convoke.SubscriptionDraft {
	return convoke.SubscriptionDraft{URL: b.URL, Events: b.Events, Enabled: b.Enabled}
}

type subscriptionList struct {
	Webhooks []subscription `json:"webhooks"`
}

func subscriptionID(r *http.Request) convoke.SubscriptionID {
	return convoke.SubscriptionID(r.PathValue("webhook_id"))
}

// listSubscriptions is GET /webhooks.
func (a *api) listSubscriptions(w http.ResponseWriter, r *http.Request, p convoke.Principal) error {
	list, err := a.Subscriptions.List(r.Context(), p)
	if err != nil {
		return err
	}
	answer := subscriptionList{make([]subscription, len(list))}
	for i, s := range list {
		answer.Webhooks[i] = newSubscription(s)
	}
	return reply(w, http.StatusOK, answer)
}

// addSubscription is POST /webhooks.
func (a *api) addSubscription(w http.ResponseWriter, r *http.Request, p convoke.Principal) error {
	var body subscriptionBody
	if err := decodeBody(w, r, maxBody, &body); err != nil {
		return err
	}
	added, err := a.Subscriptions.Create(r.Context(), p, "", body.draft())
	if err != nil {
		return err
	}
	return reply(w, http.StatusCreated, newSubscription(added))
}

// findSubscription is GET /webhooks/{webhook_id}.
func (a *api) findSubscription(w http.ResponseWriter, r *http.Request, p convoke.Principal) error {
	found, err := a.Subscriptions.Find(r.Context(), p, subscriptionID(r))
	if err != nil {
		return err
	}
	return reply(w, http.StatusOK, newSubscription(found))
}

// changeSubscription is PATCH /webhooks/{webhook_id}.
func (a *api) changeSubscription(w http.ResponseWriter, r *http.Request, p convoke.Principal) error {
	var body subscriptionBody
	if err := decodeBody(w, r, maxBody, &body); err != nil {
		return err
	}
	changed, err := a.Subscriptions.Change(r.Context(), p, subscriptionID(r), body.draft())
	if err != nil {
		return err
	}
	return reply(w, http.StatusOK, newSubscription(changed))
}

// removeSubscription is DELETE /webhooks/{webhook_id}.
func (a *api) removeSubscription(w http.ResponseWriter, r *http.Request, p convoke.Principal) error {
	if err := a.Subscriptions.Remove(r.Context(), p, subscriptionID(r)); err != nil {
		return err
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}

// validateSubscription is POST /webhooks/{webhook_id}/validate.
func (a *api) validateSubscription(w http.ResponseWriter, r *http.Request, p convoke.Principal) error {
	challenged, err := a.Subscriptions.Validate(r.Context(), p, subscriptionID(r))
	if err != nil {
		return err
	}
	return reply(w, http.StatusOK, newSubscription(challenged))
}
