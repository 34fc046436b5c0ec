// SPDX-License-Identifier: Apache-2.0

package portal_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/convoke/convoke/internal/access"
	"github.com/convoke/convoke/internal/convoke"
)

// challenger stands for the receivers, of which those with "good" in their
// address pass.
type challenger struct{}

func (challenger) Challenge(_ context.Context, url, _ string) string {
	if strings.Contains(url, "good") {
		return ""
	}
	return "The receiver did not answer within 3 seconds."
}

type webhookAnswer struct {
	ID, URL, State, Failure string
	Events                  []string
}

func TestTheOperatorManagesWebhooks(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	operator := w.asOperator(t)
	app, _, err := w.access.CreateApp(t.Context(), convoke.Operator(w.account), access.AppDraft{Name: "Shop", Scopes: convoke.Scopes{"user:read:admin"}})
	check(t, err)
	add := func(url string) webhookAnswer {
		body := fmt.Sprintf(`{"client_id":%q,"url":%q}`, app.ClientID, url)
		return decoded[webhookAnswer](t, w.post(t, "/portal/api/webhooks", body, operator), 201)
	}
	good, bad := add("https://good.example.com/"), add("https://bad.example.com/")
	if good.State != "active" || bad.State != "pending" || bad.Failure == "" {
		t.Errorf("added %+v and %+v", good, bad)
	}
	list := decoded[struct {
		Webhooks []webhookAnswer
		Apps     []struct {
			Name   string
			Events []string
		}
	}](t, w.get(t, "/portal/api/webhooks", operator), 200)
	if len(list.Webhooks) != 2 || len(list.Apps) != 1 || list.Apps[0].Name != "Shop" ||
		!slices.Contains(list.Apps[0].Events, "user.created") || slices.Contains(list.Apps[0].Events, "meeting.started") {
		t.Errorf("listed %+v", list)
	}
	path := "/portal/api/webhooks/" + good.ID
	if set := decoded[webhookAnswer](t, w.call(t, "PUT", path, `{"enabled":false}`, operator), 200); set.State != "disabled" {
		t.Errorf("set %+v", set)
	}
	if again := decoded[webhookAnswer](t, w.post(t, "/portal/api/webhooks/"+bad.ID+"/validate", "", operator), 200); again.Failure == "" {
		t.Errorf("validated %+v", again)
	}
	chooseEvents(t, w, app.ClientID, path, operator)
	w.shelve(t, good.ID)
	kept := decoded[struct {
		Deliveries []struct {
			EventID int64 `json:"event_id"`
			State   string
		}
		Next string `json:"next_page_token"`
	}](t, w.get(t, path+"/deliveries?state=dead", operator), 200)
	if len(kept.Deliveries) != 2 || kept.Deliveries[0].EventID != 7 || kept.Next != "" {
		t.Errorf("kept %+v", kept)
	}
	tried := decoded[struct{ Attempts []struct{ Status int } }](t, w.get(t, path+"/attempts", operator), 200)
	if len(tried.Attempts) != 1 || tried.Attempts[0].Status != 500 {
		t.Errorf("tried %+v", tried)
	}
	for _, body := range []string{`{"event_id":7}`, `{}`} { // one, and the rest
		if n := decoded[map[string]int](t, w.post(t, path+"/replay", body, operator), 200)["replayed"]; n != 1 {
			t.Errorf("%s: %d replayed", body, n)
		}
	}
	wantProblem(t, w.get(t, path+"/deliveries?next_page_token=x", operator), 400, convoke.CodeInvalidPageToken)
	wantStatus(t, w.call(t, "DELETE", path, "", operator), 204)
	wantProblem(t, w.call(t, "DELETE", path, "", operator), 404, convoke.CodeWebhookNotFound)
}

// chooseEvents makes a subscription of some events, and changes which they are
// of the one at the path.
func chooseEvents(t *testing.T, w *world, app convoke.ClientID, path string, operator option) {
	t.Helper()
	body := fmt.Sprintf(`{"client_id":%q,"url":"https://good.example.com/some","events":["user.deleted","user.created"]}`, app)
	some := decoded[webhookAnswer](t, w.post(t, "/portal/api/webhooks", body, operator), 201)
	if !slices.Equal(some.Events, []string{"user.created", "user.deleted"}) {
		t.Errorf("added with %q", some.Events)
	}
	wantStatus(t, w.call(t, "DELETE", "/portal/api/webhooks/"+some.ID, "", operator), 204)
	for _, c := range []struct {
		body string
		want []string
	}{
		{`{"events":["user.updated"],"url":"https://good.example.com/two"}`, []string{"user.updated"}},
		{`{"url":"https://good.example.com/three"}`, []string{"user.updated"}},
		{`{"events":[]}`, []string{}},
	} {
		if got := decoded[webhookAnswer](t, w.call(t, "PUT", path, c.body, operator), 200); !slices.Equal(got.Events, c.want) {
			t.Errorf("%s: %+v", c.body, got)
		}
	}
	wantProblem(t, w.call(t, "PUT", path, `{"events":["user.born"]}`, operator), 400, convoke.CodeInvalidField)
	wantProblem(t, w.call(t, "PUT", path, `{"events":["meeting.started"]}`, operator), 403, convoke.CodeScopeMissing)
}

// shelve keeps two dead letters for a subscription, as a deliverer would.
func (w *world) shelve(t *testing.T, id string) {
	t.Helper()
	now := w.clock.Now()
	_, err := w.db.HoldLease(t.Context(), "webhook", "test", now, now.Add(time.Hour))
	check(t, err)
	dead := convoke.Delivery{EventID: 7, Event: "user.created", State: convoke.DeliveryDead, Since: now, Error: "No."}
	other := dead
	other.EventID = 9
	_, err = w.db.SaveProgress(t.Context(), "webhook", "test", convoke.Progress{
		Subscription: convoke.SubscriptionID(id), Kept: []convoke.Delivery{dead, other},
		Attempts: []convoke.Attempt{{Number: 1, EventID: 7, At: now, Status: 500, Error: "No."}},
	})
	check(t, err)
}
