// SPDX-License-Identifier: Apache-2.0

package app

import (
	"context"
	"time"

	"github.com/convoke/convoke/internal/config"
	"github.com/convoke/convoke/internal/convoke"
	"github.com/convoke/convoke/internal/outbound"
	"github.com/convoke/convoke/internal/webhook"
)

// newReceivers makes the client that calls receivers. Each lane keeps its
// connections open.
func newReceivers(private bool) *webhook.Client {
	return webhook.NewClient(outbound.New(outbound.Config{Timeout: webhook.Timeout, IdlePerHost: 16, AllowPrivate: private}))
}

// owner names this process among those that may deliver. A SQLite file is served
// by one process alone.
func owner(c config.Config) string {
	if c.DatabaseURL == "" {
		return "the server"
	}
	return ""
}

// WebhookInfo is a webhook subscription as the commands print it.
type WebhookInfo struct {
	ID          string     `json:"id"`
	AccountID   string     `json:"account_id"`
	ClientID    string     `json:"client_id"`
	URL         string     `json:"url"`
	Events      []string   `json:"events"` // empty: all
	State       string     `json:"state"`
	ValidatedAt *time.Time `json:"validated_at"`
	NextCheckAt *time.Time `json:"next_check_at"`
	Failure     string     `json:"failure"`
}

func newWebhookInfo(s convoke.Subscription) WebhookInfo {
	info := WebhookInfo{
		ID: string(s.ID), AccountID: string(s.AccountID), ClientID: string(s.ClientID), URL: s.URL, Events: []string{},
		State: string(s.State()), ValidatedAt: optional(s.ValidatedAt), NextCheckAt: optional(s.NextCheckAt), Failure: s.Failure,
	}
	for _, name := range s.Events {
		info.Events = append(info.Events, string(name))
	}
	return info
}

// AddWebhook has an app's events delivered to a URL: those named, or all when
// there are no names. The app may be left out while the account has only one.
func (a *Admin) AddWebhook(ctx context.Context, account, app, url string, names []string) (WebhookInfo, error) {
	p, err := a.principal(ctx, account)
	if err != nil {
		return WebhookInfo{}, err
	}
	id, err := a.app(ctx, p, app)
	if err != nil {
		return WebhookInfo{}, err
	}
	added, err := a.webhooks.Create(ctx, p, id, convoke.SubscriptionDraft{URL: &url, Events: &names})
	return newWebhookInfo(added), err
}

// app returns the app that the operator means.
func (a *Admin) app(ctx context.Context, p convoke.Principal, ref string) (convoke.ClientID, error) {
	if ref != "" {
		return convoke.ClientID(ref), nil
	}
	apps, err := a.access.Apps(ctx, p)
	if err != nil {
		return "", err
	}
	var live []convoke.ClientID
	for _, app := range apps {
		if !app.Revoked() {
			live = append(live, app.ClientID)
		}
	}
	if len(live) != 1 {
		return "", convoke.Invalid(convoke.CodeInvalidField, "app",
			"The account has %d apps: say which one with --app CLIENT_ID (see: convoke app list).", len(live))
	}
	return live[0], nil
}

// Webhooks lists an account's webhook subscriptions.
func (a *Admin) Webhooks(ctx context.Context, account string) ([]WebhookInfo, error) {
	p, err := a.principal(ctx, account)
	if err != nil {
		return nil, err
	}
	list, err := a.webhooks.List(ctx, p)
	infos := make([]WebhookInfo, 0, len(list))
	for _, s := range list {
		infos = append(infos, newWebhookInfo(s))
	}
	return infos, err
}

// RemoveWebhook takes a subscription away.
func (a *Admin) RemoveWebhook(ctx context.Context, account, id string) error {
	p, err := a.principal(ctx, account)
	if err != nil {
		return err
	}
	return a.webhooks.Remove(ctx, p, convoke.SubscriptionID(id))
}

// ValidateWebhook challenges a subscription's receiver now.
func (a *Admin) ValidateWebhook(ctx context.Context, account, id string) (WebhookInfo, error) {
	p, err := a.principal(ctx, account)
	if err != nil {
		return WebhookInfo{}, err
	}
	challenged, err := a.webhooks.Validate(ctx, p, convoke.SubscriptionID(id))
	return newWebhookInfo(challenged), err
}

// DeliveryInfo is an event that a receiver did not take, as the commands print it.
type DeliveryInfo struct {
	EventID  int64      `json:"event_id"`
	Event    string     `json:"event"`
	UserID   string     `json:"user_id"`
	State    string     `json:"state"`
	Attempts int        `json:"attempts"`
	NextAt   *time.Time `json:"next_at"`
	Error    string     `json:"error"`
}

// Deliveries hands out what is kept for a subscription, of one state or, for "",
// of all, in the order of the events.
func (a *Admin) Deliveries(ctx context.Context, account, id, state string, each func(DeliveryInfo)) error {
	p, err := a.principal(ctx, account)
	if err != nil {
		return err
	}
	for after := int64(0); ; {
		list, next, err := a.webhooks.Deliveries(ctx, p, convoke.SubscriptionID(id), convoke.DeliveryState(state), after, 0)
		if err != nil {
			return err
		}
		for _, d := range list {
			each(DeliveryInfo{d.EventID, string(d.Event), d.Subject, string(d.State), d.Attempts, optional(d.NextAt), d.Error})
		}
		if after = next; next == 0 {
			return nil
		}
	}
}

// ReplayWebhook puts dead letters back: that of one event or, for 0, all. A
// running server delivers them within seconds.
func (a *Admin) ReplayWebhook(ctx context.Context, account, id string, event int64) (int, error) {
	p, err := a.principal(ctx, account)
	if err != nil {
		return 0, err
	}
	return a.webhooks.Replay(ctx, p, convoke.SubscriptionID(id), event)
}
