// SPDX-License-Identifier: Apache-2.0

package events_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/convoke/convoke/internal/convoke"
	"github.com/convoke/convoke/internal/events"
)

const appID = "client-id-000000000000"

// challenger is a receiver that does what the function does.
type challenger func() string

func (c challenger) Challenge(context.Context, string, string) string { return c() }

// subscriptions is the use case on the world's store, and an app that may use it.
func (w *world) subscriptions(c challenger, now *time.Time) (*events.Subscriptions, convoke.Principal) {
	w.t.Helper()
	s := events.NewSubscriptions(events.SubscriptionsConfig{Store: w.db, Deliveries: w.db, Challenger: c, Now: func() time.Time { return *now }})
	return s, convoke.Principal{
		Kind: convoke.AppCaller, AccountID: home, ClientID: appID, Label: "Shop", Scopes: convoke.Scopes{"user:read:admin"},
	}
}

func (w *world) saveApp() {
	w.t.Helper()
	w.check(w.db.CreateApp(w.t.Context(), convoke.App{
		ClientID: appID, AccountID: home, Name: "Shop", SecretHash: []byte{1}, WebhookSecret: "webhook-secret",
		Scopes: convoke.Scopes{"user:read:admin"}, CreatedAt: time.Now(),
	}))
}

func TestTheAuditLogTellsOfEverySubscription(t *testing.T) {
	t.Parallel()
	w, now := newWorld(t), time.Now()
	w.saveApp()
	s, p := w.subscriptions(func() string { return "" }, &now)
	made, err := s.Create(t.Context(), p, "", convoke.SubscriptionDraft{URL: new("https://one.example/")})
	w.check(err)
	_, err = s.Change(t.Context(), p, made.ID, convoke.SubscriptionDraft{Enabled: new(false), Events: &[]string{"user.created"}})
	w.check(err)
	w.check(s.Remove(t.Context(), p, made.ID))
	list, err := w.db.Events(t.Context(), home, 0, 100)
	w.check(err)
	list = slices.DeleteFunc(list, func(e convoke.Event) bool {
		return !strings.HasPrefix(string(e.Name), "webhook.") || !e.Name.AuditOnly()
	})
	want := []convoke.EventName{convoke.EventWebhookCreated, convoke.EventWebhookUpdated, convoke.EventWebhookDeleted}
	var got []convoke.EventName
	for _, e := range list {
		got = append(got, e.Name)
	}
	if !slices.Equal(got, want) {
		t.Fatalf("entries %q, want %q", got, want)
	}
	for _, e := range list {
		if e.Actor.ID != appID || strings.Contains(string(e.Payload), "secret") || !strings.Contains(string(e.Payload), "https://one.example/") {
			t.Errorf("%s by %+v: %s", e.Name, e.Actor, e.Payload)
		}
	}
	if text := string(list[1].Payload); !strings.Contains(text, `"enabled":false`) || !strings.Contains(text, `"old_object":{`) {
		t.Errorf("the change is told as %s", text)
	}
}

func TestOfSeveralProcessesOneChallengesAReceiver(t *testing.T) {
	t.Parallel()
	w, now := newWorld(t), time.Now()
	w.saveApp()
	var other *events.Subscriptions
	challenges := 0
	here, p := w.subscriptions(func() string {
		if challenges++; challenges > 1 { // in the middle of the second challenge the other process looks
			_, err := other.RecheckDue(t.Context(), convoke.Operator(""))
			w.check(err)
		}
		return ""
	}, &now)
	other, _ = w.subscriptions(func() string { challenges += 100; return "" }, &now)
	_, err := here.Create(t.Context(), p, "", convoke.SubscriptionDraft{URL: new("https://one.example/")})
	w.check(err)
	now = now.Add(convoke.Revalidate + time.Second)
	_, err = here.RecheckDue(t.Context(), convoke.Operator(""))
	w.check(err)
	if challenges != 2 {
		t.Errorf("%d challenges, want one at first and one more; 100 are the other process's", challenges)
	}
	now = now.Add(convoke.Revalidate + time.Second)
	_, err = other.RecheckDue(t.Context(), convoke.Operator(""))
	w.check(err)
	if challenges != 102 {
		t.Errorf("%d: a claim outlived its challenge", challenges)
	}
}
