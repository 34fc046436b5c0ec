// SPDX-License-Identifier: Apache-2.0

package convoke

import (
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// SubscriptionID names a webhook subscription. 22 characters.
type SubscriptionID string

// SubscriptionState says whether a subscription's events are being delivered.
type SubscriptionState string

// The states. Only an active subscription is delivered to. What happens while
// it is pending is not kept for it; what happens while it is failing is, for
// DeliveryLife.
const (
	SubscriptionActive   SubscriptionState = "active"
	SubscriptionPending  SubscriptionState = "pending"  // the receiver has never answered the challenge
	SubscriptionFailing  SubscriptionState = "failing"  // it has, and did not the last time, or its URL was changed
	SubscriptionDisabled SubscriptionState = "disabled" // switched off
)

// MaxSubscriptions is how many subscriptions an app may have.
const MaxSubscriptions = 10

// How often a receiver is challenged again: after a success as Zoom does it,
// and after a failure soon, and later less often.
const (
	Revalidate      = 72 * time.Hour
	RevalidateSoon  = 5 * time.Minute
	RevalidateLater = time.Hour
)

// maxURL is the longest URL of a receiver, in bytes.
const maxURL = 1024

// Subscription says which events of its account an app gets, and where.
type Subscription struct {
	ID           SubscriptionID
	AccountID    AccountID
	ClientID     ClientID
	URL          string
	Events       []EventName // sorted; empty: all that the app may see
	Enabled      bool
	ValidatedAt  time.Time // when a receiver last answered the challenge; zero: never
	CheckedAt    time.Time // of the last challenge; zero: none yet
	NextCheckAt  time.Time // of the next one
	FailingSince time.Time // the first of the challenges that failed, in a row; zero: the last one did not
	Failure      string    // why the last challenge failed, in one sentence
	Replays      int64     // how often dead letters were put back
	CreatedAt    time.Time
	UpdatedAt    time.Time
}

// State returns how the subscription stands.
func (s Subscription) State() SubscriptionState {
	switch {
	case !s.Enabled:
		return SubscriptionDisabled
	case s.ValidatedAt.IsZero():
		return SubscriptionPending
	case !s.FailingSince.IsZero():
		return SubscriptionFailing
	}
	return SubscriptionActive
}

// Matches reports whether the subscription names the event, or names none.
func (s Subscription) Matches(name EventName) bool {
	return len(s.Events) == 0 || slices.Contains(s.Events, name)
}

// EventNames lists the names of the events that the app may be told of.
func (a App) EventNames() []EventName {
	return slices.DeleteFunc(EventNames(), func(name EventName) bool { return !a.Principal().Sees(name) })
}

// Sees reports whether the principal may see events of the name: none that is
// for the audit log alone, and those of meetings, which carry links and the
// passcode, only with RightReadMeeting.
func (p Principal) Sees(name EventName) bool {
	return !name.AuditOnly() && (!name.ofMeeting() || p.Require(RightReadMeeting) == nil)
}

func (n EventName) ofMeeting() bool { return strings.HasPrefix(string(n), "meeting.") }

// SubscriptionDraft is what a caller asks a subscription to be. A nil field of
// a change leaves the value as it is.
type SubscriptionDraft struct {
	URL     *string
	Events  *[]string
	Enabled *bool
}

// Apply returns the subscription as the draft makes it, or CodeInvalidField or
// CodeScopeMissing. Another URL must be validated anew, and until then nothing
// is delivered. plain allows http URLs, as the operator who allows private
// receivers does.
func (d SubscriptionDraft) Apply(s Subscription, app Principal, plain bool, now time.Time) (Subscription, error) {
	if d.URL != nil && (*d.URL != s.URL || s.URL == "") {
		if err := checkReceiver(*d.URL, plain); err != nil {
			return s, err
		}
		s.URL, s.CheckedAt, s.NextCheckAt = *d.URL, time.Time{}, now
		if !s.ValidatedAt.IsZero() {
			s.FailingSince, s.Failure = now, "The URL was changed, and its receiver has not answered the challenge yet."
		}
	}
	if d.Events != nil {
		names, err := parseEvents(*d.Events, app)
		if err != nil {
			return s, err
		}
		s.Events = names
	}
	if d.Enabled != nil {
		s.Enabled = *d.Enabled
	}
	s.UpdatedAt = now
	return s, nil
}

// checkReceiver refuses a URL that no delivery could go to. Where its name
// leads is judged when it is connected to, each time.
func checkReceiver(text string, plain bool) error {
	refuse := func(format string, args ...any) error { return Invalid(CodeInvalidField, "url", format, args...) }
	if text == "" {
		return refuse("A receiver's url is needed, such as https://example.com/webhooks.")
	}
	if len(text) > maxURL || !utf8.ValidString(text) || strings.ContainsFunc(text, func(r rune) bool { return r <= ' ' || r == 0x7f }) {
		return refuse("The url may have at most %d bytes, without spaces and control characters.", maxURL)
	}
	u, err := url.Parse(text)
	switch {
	case err != nil || u.Hostname() == "" || u.Opaque != "":
		return refuse("The url must look like https://example.com/webhooks.")
	case u.Scheme != "https" && (u.Scheme != "http" || !plain):
		return refuse("The url must begin with https://.")
	case u.User != nil:
		return refuse("The url must not hold a user name or a password; verify the signature instead.")
	case u.Fragment != "":
		return refuse("The url must not have a part after #.")
	}
	return nil
}

// parseEvents sorts the names and drops doubles. It refuses a name that no
// event has and one that the app may not see.
func parseEvents(list []string, app Principal) ([]EventName, error) {
	names := make([]EventName, 0, len(list))
	for _, text := range list {
		name := EventName(text)
		if !slices.Contains(EventNames(), name) || name.AuditOnly() {
			return nil, Invalid(CodeInvalidField, "events", "There is no event %q. Leave events out to get all.", Shorten(text, 64))
		}
		if !app.Sees(name) {
			return nil, app.Require(RightReadMeeting)
		}
		names = append(names, name)
	}
	slices.Sort(names)
	return slices.Compact(names), nil
}

// SubscriptionChange is what one commit writes about one subscription.
type SubscriptionChange struct {
	Before *Subscription // nil: it is new
	After  *Subscription // nil: it is removed
	Events []Event       // to append to the account's log
}

// FromNow reports whether delivery begins at the end of the log: for a new
// subscription, one that was off, and one whose receiver proved itself for the
// first time.
func (c SubscriptionChange) FromNow() bool {
	if c.After == nil {
		return false
	}
	if c.Before == nil {
		return true
	}
	was := c.Before.State()
	return (was == SubscriptionDisabled || was == SubscriptionPending) && c.After.State() == SubscriptionActive
}

// AddSubscription makes a subscription part of an app that has others, or
// returns CodeTooManySubscriptions.
func AddSubscription(s Subscription, others int, m Mark) (SubscriptionChange, error) {
	if others >= MaxSubscriptions {
		return SubscriptionChange{}, Errorf(KindConflict, CodeTooManySubscriptions,
			"An app may have at most %d webhook subscriptions, and has them. Remove one, or change one.", MaxSubscriptions)
	}
	return SubscriptionChange{After: &s, Events: m.subscriptionEvents(EventWebhookCreated, s, nil)}, nil
}

// ChangeSubscription replaces a subscription by what a draft made of it. The
// account's audit log tells what was there before.
func ChangeSubscription(before, after Subscription, m Mark) SubscriptionChange {
	return SubscriptionChange{Before: &before, After: &after, Events: m.subscriptionEvents(EventWebhookUpdated, after, &before)}
}

// RemoveSubscription takes a subscription away.
func RemoveSubscription(s Subscription, m Mark) SubscriptionChange {
	return SubscriptionChange{Before: &s, Events: m.subscriptionEvents(EventWebhookDeleted, s, nil)}
}

func (m Mark) subscriptionEvents(name EventName, s Subscription, before *Subscription) []Event {
	p := Payload{Object: newChosenObject(s)}
	if before != nil {
		p.OldObject = newChosenObject(*before)
	}
	return []Event{m.event(name, s.AccountID, p)}
}

// subscriptionClaim is how long another process leaves a challenge to the one
// that claimed it; a challenge takes seconds.
const subscriptionClaim = 2 * time.Minute

// ClaimSubscription moves the next challenge ahead, so that of several processes
// one makes it. It reports false, and changes nothing, when none is due any more.
func ClaimSubscription(before Subscription, now time.Time) (SubscriptionChange, bool) {
	after := before
	if !before.Enabled || before.NextCheckAt.After(now) {
		return SubscriptionChange{Before: &before, After: &after}, false
	}
	after.NextCheckAt = now.Add(subscriptionClaim)
	return SubscriptionChange{Before: &before, After: &after}, true
}

// Challenged writes down how the receiver answered a challenge to the URL;
// failure is empty when it answered well. A URL that was changed meanwhile
// gives an empty change. The account's log tells when the state changes.
func Challenged(before Subscription, url, failure string, m Mark) SubscriptionChange {
	if before.URL != url {
		return SubscriptionChange{Before: &before, After: &before}
	}
	after := before
	after.CheckedAt, after.Failure = m.At, failure
	name := EventWebhookValidated
	if failure == "" {
		after.ValidatedAt, after.FailingSince, after.NextCheckAt = m.At, time.Time{}, m.At.Add(Revalidate)
	} else {
		name = EventWebhookValidationFailed
		after.FailingSince = earliest(after.FailingSince, m.At)
		after.NextCheckAt = m.At.Add(RevalidateSoon)
		if m.At.Sub(after.FailingSince) > RevalidateLater {
			after.NextCheckAt = m.At.Add(RevalidateLater)
		}
	}
	change := SubscriptionChange{Before: &before, After: &after}
	if before.State() != after.State() || before.CheckedAt.IsZero() {
		change.Events = []Event{m.event(name, after.AccountID, Payload{Object: newSubscriptionObject(after)})}
	}
	return change
}

// earliest returns since, or now where it is zero.
func earliest(since, now time.Time) time.Time {
	if since.IsZero() {
		return now
	}
	return since
}

// SubscriptionObject is a subscription in a payload.
type SubscriptionObject struct {
	ID       SubscriptionID    `json:"id"`
	ClientID ClientID          `json:"client_id"`
	URL      string            `json:"url"`
	State    SubscriptionState `json:"state"`
	Failure  string            `json:"failure,omitempty"`
}

// ChosenObject is a subscription in the audit log's entries: what its owner chose.
type ChosenObject struct {
	ID       SubscriptionID `json:"id"`
	ClientID ClientID       `json:"client_id"`
	URL      string         `json:"url"`
	Events   []EventName    `json:"events,omitempty"` // empty: all that the app may see
	Enabled  bool           `json:"enabled"`
}

func newChosenObject(s Subscription) ChosenObject {
	return ChosenObject{s.ID, s.ClientID, s.URL, s.Events, s.Enabled}
}

func newSubscriptionObject(s Subscription) SubscriptionObject {
	return SubscriptionObject{s.ID, s.ClientID, s.URL, s.State(), s.Failure}
}
