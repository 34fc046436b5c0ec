// SPDX-License-Identifier: Apache-2.0

package portal

import (
	"net/http"
	"strconv"
	"time"

	"github.com/convoke/convoke/internal/convoke"
)

type webhookView struct {
	ID           convoke.SubscriptionID    `json:"id"`
	ClientID     convoke.ClientID          `json:"client_id"`
	URL          string                    `json:"url"`
	Events       []convoke.EventName       `json:"events"`
	State        convoke.SubscriptionState `json:"state"`
	ValidatedAt  *time.Time                `json:"validated_at"`
	NextCheckAt  *time.Time                `json:"next_check_at"`
	FailingSince *time.Time                `json:"failing_since"`
	Failure      string                    `json:"failure"`
}

func newWebhookView(s convoke.Subscription) webhookView {
	return webhookView{
		s.ID, s.ClientID, s.URL, append([]convoke.EventName{}, s.Events...), s.State(),
		optional(s.ValidatedAt), optional(s.NextCheckAt), optional(s.FailingSince), s.Failure,
	}
}

type appView struct {
	ClientID convoke.ClientID    `json:"client_id"`
	Name     string              `json:"name"`
	Events   []convoke.EventName `json:"events"` // that it may be told of
}

// webhooks is GET /portal/api/webhooks: the subscriptions, and the apps that can
// have more.
func (d *door) webhooks(w http.ResponseWriter, r *http.Request) error {
	p, err := d.administratorOf(r)
	if err != nil {
		return err
	}
	list, err := d.Webhooks.List(r.Context(), p)
	if err != nil {
		return err
	}
	apps, err := d.Apps.Apps(r.Context(), p)
	if err != nil {
		return err
	}
	views, owners := make([]webhookView, 0, len(list)), make([]appView, 0, len(apps))
	for _, s := range list {
		views = append(views, newWebhookView(s))
	}
	for _, app := range apps {
		if !app.Revoked() {
			owners = append(owners, appView{app.ClientID, app.Name, app.EventNames()})
		}
	}
	return write(w, http.StatusOK, map[string]any{"webhooks": views, "apps": owners})
}

// addWebhook is POST /portal/api/webhooks.
func (d *door) addWebhook(w http.ResponseWriter, r *http.Request) error {
	p, err := d.administratorOf(r)
	if err != nil {
		return err
	}
	var body struct {
		ClientID convoke.ClientID `json:"client_id"`
		URL      string
		Events   []string
	}
	if err := read(w, r, &body); err != nil {
		return err
	}
	added, err := d.Webhooks.Create(r.Context(), p, body.ClientID, convoke.SubscriptionDraft{URL: &body.URL, Events: &body.Events})
	if err != nil {
		return err
	}
	return write(w, http.StatusCreated, newWebhookView(added))
}

// setWebhook is PUT /portal/api/webhooks/{id}. What the body leaves out stays.
func (d *door) setWebhook(w http.ResponseWriter, r *http.Request) error {
	p, err := d.administratorOf(r)
	if err != nil {
		return err
	}
	var body struct {
		URL     *string
		Events  *[]string
		Enabled *bool
	}
	if err := read(w, r, &body); err != nil {
		return err
	}
	set, err := d.Webhooks.Change(r.Context(), p, webhookID(r), convoke.SubscriptionDraft(body))
	if err != nil {
		return err
	}
	return write(w, http.StatusOK, newWebhookView(set))
}

// validateWebhook is POST /portal/api/webhooks/{id}/validate.
func (d *door) validateWebhook(w http.ResponseWriter, r *http.Request) error {
	p, err := d.administratorOf(r)
	if err != nil {
		return err
	}
	challenged, err := d.Webhooks.Validate(r.Context(), p, webhookID(r))
	if err != nil {
		return err
	}
	return write(w, http.StatusOK, newWebhookView(challenged))
}

// removeWebhook is DELETE /portal/api/webhooks/{id}.
func (d *door) removeWebhook(w http.ResponseWriter, r *http.Request) error {
	p, err := d.administratorOf(r)
	if err != nil {
		return err
	}
	return nothing(w, d.Webhooks.Remove(r.Context(), p, webhookID(r)))
}

func webhookID(r *http.Request) convoke.SubscriptionID {
	return convoke.SubscriptionID(r.PathValue("id"))
}

type deliveryView struct {
	EventID  int64                 `json:"event_id"`
	Event    convoke.EventName     `json:"event"`
	State    convoke.DeliveryState `json:"state"`
	Attempts int                   `json:"attempts"`
	Since    time.Time             `json:"since"`
	NextAt   *time.Time            `json:"next_at"`
	Error    string                `json:"error"`
}

// deliveries is GET /portal/api/webhooks/{id}/deliveries. The page token is the
// id of an event of the account.
func (d *door) deliveries(w http.ResponseWriter, r *http.Request) error {
	p, err := d.administratorOf(r)
	if err != nil {
		return err
	}
	after := int64(0)
	if token := query(r, "next_page_token"); token != "" {
		if after, err = strconv.ParseInt(token, 10, 64); err != nil {
			return convoke.Invalid(convoke.CodeInvalidPageToken, "next_page_token", "This is not the number of an event.")
		}
	}
	list, next, err := d.Deliveries.Deliveries(r.Context(), p, webhookID(r), convoke.DeliveryState(query(r, "state")), after, 0)
	if err != nil {
		return err
	}
	views := make([]deliveryView, 0, len(list))
	for _, one := range list {
		views = append(views, deliveryView{
			one.EventID, one.Event, one.State, one.Attempts, one.Since, optional(one.NextAt), one.Error,
		})
	}
	token := ""
	if next != 0 {
		token = strconv.FormatInt(next, 10)
	}
	return write(w, http.StatusOK, map[string]any{"deliveries": views, "next_page_token": token})
}

type attemptView struct {
	EventID  int64             `json:"event_id"`
	Event    convoke.EventName `json:"event"`
	At       time.Time         `json:"at"`
	Duration int64             `json:"duration_ms"`
	Status   int               `json:"status"`
	Answer   string            `json:"answer"`
	Error    string            `json:"error"`
}

// attemptsShown is how many attempts the page shows.
const attemptsShown = 50

// attempts is GET /portal/api/webhooks/{id}/attempts: the latest.
func (d *door) attempts(w http.ResponseWriter, r *http.Request) error {
	p, err := d.administratorOf(r)
	if err != nil {
		return err
	}
	list, err := d.Deliveries.Attempts(r.Context(), p, webhookID(r), 0, attemptsShown)
	if err != nil {
		return err
	}
	views := make([]attemptView, 0, len(list))
	for _, a := range list {
		views = append(views, attemptView{a.EventID, a.Event, a.At, a.Duration.Milliseconds(), a.Status, a.Answer, a.Error})
	}
	return write(w, http.StatusOK, map[string]any{"attempts": views})
}

// replayWebhook is POST /portal/api/webhooks/{id}/replay.
func (d *door) replayWebhook(w http.ResponseWriter, r *http.Request) error {
	p, err := d.administratorOf(r)
	if err != nil {
		return err
	}
	var body struct {
		EventID int64 `json:"event_id"`
	}
	if err := read(w, r, &body); err != nil {
		return err
	}
	n, err := d.Deliveries.Replay(r.Context(), p, webhookID(r), body.EventID)
	if err != nil {
		return err
	}
	return write(w, http.StatusOK, map[string]int{"replayed": n})
}
