// SPDX-License-Identifier: Apache-2.0

package portal_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

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

type webhookAnswer struct{ ID, URL, State, Failure string }

func TestTheOperatorManagesWebhooks(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	operator := w.asOperator(t)
	app, _, err := w.access.CreateApp(t.Context(), convoke.Operator(w.account), "Shop", convoke.Scopes{"user:read:admin"}, "")
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
		Apps     []struct{ Name string }
	}](t, w.get(t, "/portal/api/webhooks", operator), 200)
	if len(list.Webhooks) != 2 || len(list.Apps) != 1 || list.Apps[0].Name != "Shop" {
		t.Errorf("listed %+v", list)
	}
	path := "/portal/api/webhooks/" + good.ID
	if set := decoded[webhookAnswer](t, w.call(t, "PUT", path, `{"enabled":false}`, operator), 200); set.State != "disabled" {
		t.Errorf("set %+v", set)
	}
	if again := decoded[webhookAnswer](t, w.post(t, "/portal/api/webhooks/"+bad.ID+"/validate", "", operator), 200); again.Failure == "" {
		t.Errorf("validated %+v", again)
	}
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
