// SPDX-License-Identifier: Apache-2.0

package storetest

import (
	"errors"
	"slices"
	"sync/atomic"
	"time"

	"github.com/convoke/convoke/internal/convoke"
)

// subscribe gives the app an active subscription to all events.
func (w *world) subscribe(app convoke.App) convoke.Subscription {
	w.Helper()
	s := convoke.Subscription{
		ID: convoke.SubscriptionID(newID()), AccountID: app.AccountID, ClientID: app.ClientID, URL: "https://example.com/hook",
		Enabled: true, ValidatedAt: now, CheckedAt: now, NextCheckAt: now.Add(convoke.Revalidate), CreatedAt: now, UpdatedAt: now,
	}
	w.must(w.db.AddSubscription(w.ctx(), app.AccountID, app.ClientID, func(int) (convoke.SubscriptionChange, error) {
		return convoke.SubscriptionChange{After: &s}, nil
	}))
	return s
}

func (w *world) lane(id convoke.SubscriptionID) (convoke.Lane, bool) {
	w.Helper()
	lanes, _, err := w.db.Lanes(w.ctx(), 0)
	w.must(err)
	i := slices.IndexFunc(lanes, func(l convoke.Lane) bool { return l.ID == id })
	if i < 0 {
		return convoke.Lane{}, false
	}
	return lanes[i], true
}

func (w *world) changeSubscription(id convoke.SubscriptionID, set func(*convoke.Subscription), events ...convoke.Event) {
	w.Helper()
	w.must(w.db.ChangeSubscription(w.ctx(), w.account.ID, id, func(s convoke.Subscription) (convoke.SubscriptionChange, error) {
		after := s
		set(&after)
		return convoke.SubscriptionChange{Before: &s, After: &after, Events: events}, nil
	}))
}

var subscriptionTests = map[string]func(*world){
	"tells by a number whether what is delivered to has changed": func(w *world) {
		app := w.newApp()
		lanes, known, err := w.db.Lanes(w.ctx(), 0)
		w.must(err)
		if len(lanes) != 0 || known < 1 {
			w.Errorf("the first are %v, revision %d", lanes, known)
		}
		var s convoke.Subscription
		for _, change := range []struct {
			what  string
			do    func()
			lanes int
		}{
			{"added", func() { s = w.subscribe(app) }, 1},
			{"changed", func() {
				w.changeSubscription(s.ID, func(s *convoke.Subscription) { s.URL = "https://example.com/other" })
			}, 1},
			{"replayed", func() {
				_, err := w.db.Replay(w.ctx(), w.account.ID, s.ID, 0, now, 10)
				w.must(err)
			}, 1},
			{"deleted", func() {
				w.must(w.db.ChangeSubscription(w.ctx(), w.account.ID, s.ID, func(s convoke.Subscription) (convoke.SubscriptionChange, error) {
					return convoke.SubscriptionChange{Before: &s}, nil
				}))
			}, 0},
			{"added again", func() { s = w.subscribe(app) }, 1},
			{"revoked", func() { w.must(w.db.RevokeApp(w.ctx(), w.account.ID, app.ClientID, now)) }, 0},
		} {
			change.do()
			lanes, revision, err := w.db.Lanes(w.ctx(), known)
			w.must(err)
			if revision <= known || len(lanes) != change.lanes {
				w.Errorf("%s: the revision was %d and is %d, with %d lanes", change.what, known, revision, len(lanes))
			}
			known = revision
			if again, same, err := w.db.Lanes(w.ctx(), known); err != nil || same != known || again != nil {
				w.Errorf("%s: read again without a change: %d lanes, revision %d, %v", change.what, len(again), same, err)
			}
		}
	},
	"read back as written": func(w *world) {
		app := w.newApp()
		s := w.subscribe(app)
		w.changeSubscription(s.ID, func(s *convoke.Subscription) {
			s.URL, s.Events, s.Enabled = "https://other.example.com/", []convoke.EventName{"user.created", "user.deleted"}, true
			s.FailingSince, s.Failure, s.Replays = now.Add(time.Minute), "No answer.", 3
		})
		got, err := w.db.Subscription(w.ctx(), w.account.ID, s.ID)
		w.must(err)
		if got.URL != "https://other.example.com/" || len(got.Events) != 2 || got.Events[1] != "user.deleted" || !got.Enabled ||
			!got.FailingSince.Equal(now.Add(time.Minute)) || got.Failure != "No answer." || got.Replays != 3 ||
			!got.ValidatedAt.Equal(now) || !got.NextCheckAt.Equal(now.Add(convoke.Revalidate)) || !got.CreatedAt.Equal(now) {
			w.Errorf("read back %+v", got)
		}
		other := w.subscribe(w.newApp())
		all, err := w.db.Subscriptions(w.ctx(), w.account.ID, "")
		w.must(err)
		mine, err := w.db.Subscriptions(w.ctx(), w.account.ID, app.ClientID)
		w.must(err)
		if len(all) != 2 || len(mine) != 1 || mine[0].ID != s.ID || other.ID == s.ID {
			w.Errorf("%d of the account, %d of the app", len(all), len(mine))
		}
	},
	"of another account": func(w *world) {
		s, elsewhere := w.subscribe(w.newApp()), w.newAccount(0)
		_, err := w.db.Subscription(w.ctx(), elsewhere.ID, s.ID)
		w.wantCode(err, convoke.CodeWebhookNotFound)
		w.wantCode(w.db.ChangeSubscription(w.ctx(), elsewhere.ID, s.ID, nil), convoke.CodeWebhookNotFound)
		w.wantCode(w.db.AddSubscription(w.ctx(), elsewhere.ID, s.ClientID, nil), convoke.CodeAppNotFound)
		_, err = w.db.Replay(w.ctx(), elsewhere.ID, s.ID, 0, now, 10)
		w.wantCode(err, convoke.CodeWebhookNotFound)
	},
	"never more than decide allows": func(w *world) {
		app := w.newApp()
		var made atomic.Int64
		full := errors.New("full")
		for _, err := range parallel(20, func(int) error {
			s := convoke.Subscription{
				ID: convoke.SubscriptionID(newID()), AccountID: app.AccountID, ClientID: app.ClientID, URL: "https://example.com/", CreatedAt: now,
			}
			err := w.db.AddSubscription(w.ctx(), app.AccountID, app.ClientID, func(others int) (convoke.SubscriptionChange, error) {
				if others >= 3 {
					return convoke.SubscriptionChange{}, full
				}
				return convoke.SubscriptionChange{After: &s}, nil
			})
			if err == nil {
				made.Add(1)
			}
			return err
		}) {
			if err != nil && !errors.Is(err, full) {
				w.Error(err)
			}
		}
		if all, err := w.db.Subscriptions(w.ctx(), w.account.ID, ""); err != nil || len(all) != 3 || made.Load() != 3 {
			w.Errorf("%d subscriptions, %d said to be made, error %v", len(all), made.Load(), err)
		}
	},
	"a lane begins at the end of the log": func(w *world) {
		w.bound("1")
		last := w.events("", 2)[1].ID
		app := w.newApp()
		s := w.subscribe(app)
		lane, there := w.lane(s.ID)
		if !there || lane.Position != last || lane.Secret != app.WebhookSecret || lane.Scopes.String() != app.Scopes.String() {
			w.Errorf("the lane is %+v, want position %d", lane, last)
		}
		w.changeSubscription(s.ID, func(s *convoke.Subscription) { s.Enabled = false })
		if _, there := w.lane(s.ID); there {
			w.Error("a disabled subscription has a lane")
		}
		w.bound("2")
		w.changeSubscription(s.ID, func(s *convoke.Subscription) { s.Enabled = true })
		if lane, _ := w.lane(s.ID); lane.Position <= last {
			w.Error("events from while it was off are delivered")
		}
		w.must(w.db.RevokeApp(w.ctx(), w.account.ID, app.ClientID, now))
		if _, there := w.lane(s.ID); there {
			w.Error("a revoked app has a lane")
		}
	},
	"due for a challenge": func(w *world) {
		late, later, off := w.subscribe(w.newApp()), w.subscribe(w.newApp()), w.subscribe(w.newApp())
		w.changeSubscription(late.ID, func(s *convoke.Subscription) { s.NextCheckAt = now.Add(-time.Hour) })
		w.changeSubscription(off.ID, func(s *convoke.Subscription) { s.NextCheckAt, s.Enabled = now.Add(-time.Hour), false })
		due, err := w.db.DueSubscriptions(w.ctx(), now, 10)
		w.must(err)
		due = slices.DeleteFunc(due, func(s convoke.Subscription) bool { return s.AccountID != w.account.ID })
		if len(due) != 1 || due[0].ID != late.ID || due[0].ID == later.ID {
			w.Errorf("due are %+v", due)
		}
	},
	"a change writes its events with it": func(w *world) {
		s := w.subscribe(w.newApp())
		w.changeSubscription(s.ID, func(*convoke.Subscription) {}, convoke.NewEvent("webhook.validated", now,
			convoke.Payload{AccountID: w.account.ID, Object: struct{}{}}))
		if e := w.events(w.account.ID, 1)[0]; e.Name != "webhook.validated" {
			w.Errorf("event is %+v", e)
		}
		w.must(w.db.ChangeSubscription(w.ctx(), w.account.ID, s.ID, func(s convoke.Subscription) (convoke.SubscriptionChange, error) {
			return convoke.SubscriptionChange{Before: &s}, nil
		}))
		_, err := w.db.Subscription(w.ctx(), w.account.ID, s.ID)
		w.wantCode(err, convoke.CodeWebhookNotFound)
	},
}
