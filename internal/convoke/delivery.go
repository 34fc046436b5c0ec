// SPDX-License-Identifier: Apache-2.0

package convoke

import (
	"encoding/json"
	"strings"
	"time"
)

// DeliveryState says what becomes of an event that a receiver did not take.
type DeliveryState string

// The states.
const (
	DeliveryRetrying DeliveryState = "retrying" // it is tried again at NextAt
	DeliveryWaiting  DeliveryState = "waiting"  // an earlier event of the same user is retried first
	DeliveryDead     DeliveryState = "dead"     // given up; it can be replayed
)

// DeliveryLife is for how long an event is tried.
const DeliveryLife = 72 * time.Hour

// retryDelays are Zoom's, each counted from the failure before it, and then a
// back-off; the last one goes on until DeliveryLife is over.
var retryDelays = []time.Duration{
	5 * time.Minute, 20 * time.Minute, time.Hour,
	2 * time.Hour, 4 * time.Hour, 8 * time.Hour, 12 * time.Hour,
}

// Delivery is an event that is kept for one subscription because its receiver
// did not take it.
type Delivery struct {
	Subscription SubscriptionID
	EventID      int64
	Event        EventName
	Subject      string // whose order it keeps: Event.Subject
	State        DeliveryState
	Attempts     int       // since it was kept, or replayed
	Since        time.Time // when it was kept, or replayed
	NextAt       time.Time // DeliveryRetrying only
	Status       int       // of the last answer; 0: there was none
	Error        string    // why the last attempt failed, in one sentence
}

// Failed returns the delivery after one more failed attempt: when it is tried
// again, or dead when DeliveryLife is over.
func (d Delivery) Failed(a Attempt) Delivery {
	now := a.At.Add(a.Duration)
	d.Attempts++
	d.Status, d.Error = a.Status, a.Error
	end := d.Since.Add(DeliveryLife)
	if !now.Before(end) {
		d.State, d.NextAt = DeliveryDead, time.Time{}
		return d
	}
	d.State, d.NextAt = DeliveryRetrying, now.Add(retryDelays[min(d.Attempts, len(retryDelays))-1])
	if d.NextAt.After(end) {
		d.NextAt = end
	}
	return d
}

// Attempt is one try to deliver an event.
type Attempt struct {
	Number   int64 // of the attempts of its subscription that had the same outcome; it grows
	EventID  int64
	Event    EventName
	At       time.Time
	Duration time.Duration
	Status   int    // of the answer; 0: there was none
	Answer   string // its first bytes
	Error    string // why it failed, in one sentence; empty: the receiver took the event
}

// OK reports whether the receiver took the event.
func (a Attempt) OK() bool { return a.Error == "" }

// Lane is a subscription as the deliverer sees it.
type Lane struct {
	Subscription

	Secret   string // the app's; signs
	Scopes   Scopes // the app's; say which events it may see
	Position int64  // every event up to this id is delivered, kept as a Delivery, or not wanted
}

// Wants reports whether the event is to be delivered.
func (l Lane) Wants(e Event) bool {
	app := Principal{Kind: AppCaller, AccountID: l.AccountID, ClientID: l.ClientID, Scopes: l.Scopes}
	return e.AccountID == l.AccountID && l.Matches(e.Name) && app.Sees(e.Name)
}

// Progress is what one commit writes about one lane.
type Progress struct {
	Subscription SubscriptionID
	Position     int64
	Kept         []Delivery // new or changed
	Done         []int64    // events whose Delivery is over
	Attempts     []Attempt
}

// Subject is the user or the group that the event is about, the host for a meeting's:
// events of one subject are delivered in their order. Empty: about no user.
func (e Event) Subject() string {
	var payload struct {
		Object struct {
			ID     json.RawMessage `json:"id"`
			UserID string          `json:"user_id"`
			HostID string          `json:"host_id"`
		} `json:"object"`
	}
	if json.Unmarshal(e.Payload, &payload) != nil {
		return ""
	}
	switch o := payload.Object; {
	case e.Name.ofMeeting():
		return o.HostID
	case o.UserID != "":
		return o.UserID
	case strings.HasPrefix(string(e.Name), "user."), strings.HasPrefix(string(e.Name), "group."):
		return strings.Trim(string(o.ID), `"`)
	}
	return ""
}
