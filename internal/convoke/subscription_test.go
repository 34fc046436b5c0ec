// SPDX-License-Identifier: Apache-2.0

package convoke

import (
	"encoding/json"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

var webhookApp = Principal{Kind: AppCaller, AccountID: "a", ClientID: "c", Scopes: Scopes{"user:read:admin", "meeting:read:admin"}}

func TestAReceiverIsRefusedWithTheReason(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ url, want string }{
		{"", "needed"},
		{"example.com/hook", "must look like"},
		{"https://", "must look like"},
		{"https:example.com", "must look like"},
		{"ftp://example.com/", "https://"},
		{"http://example.com/", "https://"},
		{"https://u:p@example.com/", "password"},
		{"https://example.com/#x", "#"},
		{"https://example.com/a b", "spaces"},
		{"https://example.com/\x00", "control"},
		{"https://example.com/" + strings.Repeat("a", 1024), "1024 bytes"},
	} {
		_, err := SubscriptionDraft{URL: &test.url}.Apply(Subscription{}, webhookApp, false, time.Now())
		if !HasCode(err, CodeInvalidField) || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%q: error is %v, want %q", test.url, err, test.want)
		}
	}
	url := "http://10.0.0.1:8080/hook"
	if _, err := (SubscriptionDraft{URL: &url}).Apply(Subscription{}, webhookApp, true, time.Now()); err != nil {
		t.Errorf("the operator allows plain receivers, but: %v", err)
	}
}

func TestEventsOfASubscription(t *testing.T) {
	t.Parallel()
	apply := func(app Principal, list ...string) (Subscription, error) {
		return SubscriptionDraft{Events: &list}.Apply(Subscription{}, app, false, time.Now())
	}
	s, err := apply(webhookApp, "user.updated", "meeting.started", "user.updated")
	if err != nil || !slices.Equal(s.Events, []EventName{"meeting.started", "user.updated"}) {
		t.Errorf("%v, error %v", s.Events, err)
	}
	if !s.Matches("user.updated") || s.Matches("user.created") || !(Subscription{}).Matches("user.created") {
		t.Error("a subscription does not match what it names")
	}
	for _, name := range []string{"user.create", "user.*", "token.created", "", strings.Repeat("x", 5000)} {
		if _, err := apply(webhookApp, name); !HasCode(err, CodeInvalidField) || len(err.Error()) > 300 {
			t.Errorf("%.20q: error is %v", name, err)
		}
	}
	blind := webhookApp
	blind.Scopes = Scopes{"user:read:admin"}
	if _, err := apply(blind, "meeting.started"); !HasCode(err, CodeScopeMissing) {
		t.Errorf("an app without the scope: error is %v", err)
	}
	lane := Lane{Subscription: Subscription{AccountID: "a"}, Scopes: blind.Scopes}
	for name, want := range map[EventName]bool{"user.created": true, "meeting.started": false, "app.created": false} {
		if lane.Wants(Event{AccountID: "a", Name: name}) != want {
			t.Errorf("the lane wants %s: %t", name, !want)
		}
	}
	if lane.Wants(Event{AccountID: "b", Name: "user.created"}) {
		t.Error("the lane wants an event of another account")
	}
}

// Every constant of the type EventName must be in AuditNames, or nobody could ask
// the audit log for it, and in EventNames, or no app could subscribe to it, unless
// it is for the audit log alone.
func TestEveryEventCanBeSubscribedTo(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	var constants []EventName
	for _, file := range files {
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(parsed, func(n ast.Node) bool {
			if spec, ok := n.(*ast.ValueSpec); ok && fmt.Sprint(spec.Type) == "EventName" && len(spec.Values) == 1 {
				name, _ := strconv.Unquote(spec.Values[0].(*ast.BasicLit).Value)
				constants = append(constants, EventName(name))
			}
			return true
		})
	}
	slices.Sort(constants)
	audited := AuditNames()
	slices.Sort(audited)
	if !slices.Equal(constants, audited) {
		t.Errorf("constants %q\nin the audit log %q", constants, audited)
	}
	constants = slices.DeleteFunc(constants, EventName.AuditOnly)
	listed := EventNames()
	slices.Sort(listed)
	if len(constants) < 30 || !slices.Equal(constants, listed) {
		t.Errorf("constants %q\nlisted    %q", constants, listed)
	}
}

func TestAnAppIsOfferedTheEventsThatItSees(t *testing.T) {
	t.Parallel()
	without := App{Scopes: Scopes{"user:read:admin"}}.EventNames()
	if !slices.Contains(without, EventUserCreated) || slices.Contains(without, EventMeetingStarted) {
		t.Errorf("without a scope for meetings: %q", without)
	}
	if all := (App{Scopes: Scopes{"user:read:admin", "meeting:read:meeting:admin"}}).EventNames(); !slices.Equal(all, EventNames()) {
		t.Errorf("with one: %q", all)
	}
}

func TestAChallengeChangesTheState(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	s := Subscription{ID: "s", AccountID: "a", URL: "https://example.com/", Enabled: true}
	for _, step := range []struct {
		after   time.Duration
		failure string
		state   SubscriptionState
		event   EventName
		next    time.Duration
	}{
		{0, "No answer.", SubscriptionPending, EventWebhookValidationFailed, RevalidateSoon},
		{5 * time.Minute, "No answer.", SubscriptionPending, "", RevalidateSoon},
		{2 * time.Hour, "No answer.", SubscriptionPending, "", RevalidateLater},
		{time.Hour, "", SubscriptionActive, EventWebhookValidated, Revalidate},
		{Revalidate, "", SubscriptionActive, "", Revalidate},
		{Revalidate, "Wrong.", SubscriptionFailing, EventWebhookValidationFailed, RevalidateSoon},
		{RevalidateSoon, "", SubscriptionActive, EventWebhookValidated, Revalidate},
	} {
		at = at.Add(step.after)
		change := Challenged(s, s.URL, step.failure, Mark{At: at})
		s = *change.After
		var event EventName
		if len(change.Events) > 0 {
			event = change.Events[0].Name
		}
		if s.State() != step.state || event != step.event || !s.NextCheckAt.Equal(at.Add(step.next)) || s.Failure != step.failure {
			t.Errorf("after %q at %v: %s, event %q, next %v", step.failure, at, s.State(), event, s.NextCheckAt.Sub(at))
		}
	}
	if change := Challenged(s, "https://old.example.com/", "No.", Mark{At: at}); change.After.State() != SubscriptionActive || len(change.Events) != 0 {
		t.Error("an answer from a URL that was changed counts")
	}
	other := "https://other.example.com/"
	s, err := SubscriptionDraft{URL: &other}.Apply(s, webhookApp, false, at)
	if err != nil || s.State() != SubscriptionFailing {
		t.Errorf("another URL is %s without being validated, error %v", s.State(), err)
	}
	if change := Challenged(s, s.URL, "", Mark{At: at}); change.FromNow() {
		t.Error("what happened while another URL was not validated is lost")
	}
}

func TestAnEventIsTriedForThreeDays(t *testing.T) {
	t.Parallel()
	start := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	d := Delivery{Since: start}
	var waits []string
	for at := start; d.State != DeliveryDead; at = d.NextAt {
		d = d.Failed(Attempt{At: at, Status: 500, Error: "It answered 500."})
		if d.State != DeliveryDead {
			waits = append(waits, d.NextAt.Sub(at).String())
		}
	}
	want := "5m0s 20m0s 1h0m0s 2h0m0s 4h0m0s 8h0m0s 12h0m0s 12h0m0s 12h0m0s 12h0m0s 8h35m0s"
	if got := strings.Join(waits, " "); got != want || d.Attempts != 12 || d.Error == "" || d.Status != 500 {
		t.Errorf("waits are %s, want %s; %+v", got, want, d)
	}
}

func TestTheSubjectOfAnEventIsItsUser(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name         EventName
		object, want string
	}{
		{EventUserCreated, `{"id":"u1","email":"a@b.cd"}`, "u1"},
		{EventBindingCreated, `{"source":"app","external_id":"7","user_id":"u1"}`, "u1"},
		{EventMeetingStarted, `{"id":"123","host_id":"u1"}`, "u1"},
		{EventMeetingCreated, `{"id":123,"host_id":"u1"}`, "u1"},
		{EventDomainAdded, `{"domain":"example.com","id":"x"}`, ""},
	} {
		e := Event{Name: test.name, Payload: json.RawMessage(`{"account_id":"a","object":` + test.object + `}`)}
		if got := e.Subject(); got != test.want {
			t.Errorf("%s: subject is %q, want %q", test.name, got, test.want)
		}
	}
}
