// SPDX-License-Identifier: Apache-2.0

package api

import (
	"context"
	"net/http"

	"github.com/convoke/convoke/internal/convoke"
	"github.com/convoke/convoke/internal/provision"
)

// Provision is what the door asks of package provision.
type Provision interface {
	Ensure(context.Context, convoke.Principal, convoke.Request) (convoke.Decision, error)
	EnsureBatch(context.Context, convoke.Principal, []convoke.Request) ([]provision.BatchResult, error)
	Binding(ctx context.Context, p convoke.Principal, source convoke.Source, externalID string) (convoke.Binding, convoke.User, error)
	Bindings(ctx context.Context, p convoke.Principal, size int, token string) (provision.BindingPage, error)
	Unbind(ctx context.Context, p convoke.Principal, source convoke.Source, externalID string) error
	Capabilities(context.Context, convoke.Principal) (convoke.Account, []convoke.Capability, error)
	Seats(context.Context, convoke.Principal) (convoke.Seats, error)
}

// person is the body of an ensure.
type person struct {
	Email       string           `json:"email"`
	FirstName   string           `json:"first_name"`
	LastName    string           `json:"last_name"`
	DisplayName string           `json:"display_name"`
	Type        convoke.UserType `json:"type"`
	Action      string           `json:"action"`
	Password    string           `json:"password"`
	UserID      convoke.UserID   `json:"user_id"`
}

func (b person) request(externalID string) convoke.Request {
	return convoke.Request{
		Source: convoke.SourceApp, ExternalID: externalID, Action: b.Action, UserID: b.UserID,
		Email: b.Email, FirstName: b.FirstName, LastName: b.LastName, DisplayName: b.DisplayName,
		Password: b.Password, Type: b.Type,
	}
}

// bound is a binding and its user on the wire.
type bound struct {
	ExternalID   string         `json:"external_id"`
	UserID       convoke.UserID `json:"user_id"`
	Action       convoke.Action `json:"action"`
	Status       convoke.Status `json:"status"`
	StatusReason convoke.Reason `json:"status_reason"`
	Created      *bool          `json:"created,omitempty"` // in the answer of an ensure
	Generation   int            `json:"generation"`
	User         user           `json:"user"`
}

func (a *api) bound(b convoke.Binding, u convoke.User) bound {
	return bound{
		ExternalID: b.ExternalID, UserID: u.ID, Action: u.Action, Status: u.Status, StatusReason: u.StatusReason,
		Generation: b.Generation, User: a.user(u),
	}
}

// ensured gives a decision its status, 201 when the user was made now and 200
// when it was there, and its body.
func (a *api) ensured(d convoke.Decision) (int, bound) {
	created := d.Created()
	body := a.bound(d.Binding, d.User)
	body.Created = &created
	if created {
		return http.StatusCreated, body
	}
	return http.StatusOK, body
}

// ensureBinding is PUT /bindings/{external_id}.
func (a *api) ensureBinding(w http.ResponseWriter, r *http.Request, p convoke.Principal) error {
	id, err := externalID(r)
	if err != nil {
		return err
	}
	var body person
	if err := decodeBody(w, r, maxBody, &body); err != nil {
		return err
	}
	decision, err := a.Provision.Ensure(r.Context(), p, body.request(id))
	if err != nil {
		return err
	}
	status, answer := a.ensured(decision)
	return reply(w, status, answer)
}

// findBinding is GET /bindings/{external_id}.
func (a *api) findBinding(w http.ResponseWriter, r *http.Request, p convoke.Principal) error {
	id, err := externalID(r)
	if err != nil {
		return err
	}
	binding, user, err := a.Provision.Binding(r.Context(), p, convoke.SourceApp, id)
	if err != nil {
		return err
	}
	return reply(w, http.StatusOK, a.bound(binding, user))
}

// deleteBinding is DELETE /bindings/{external_id}. The user stays.
func (a *api) deleteBinding(w http.ResponseWriter, r *http.Request, p convoke.Principal) error {
	id, err := externalID(r)
	if err != nil {
		return err
	}
	if err := a.Provision.Unbind(r.Context(), p, convoke.SourceApp, id); err != nil {
		return err
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}

// listed is a binding in a list, without its user.
type listed struct {
	ExternalID string         `json:"external_id"`
	UserID     convoke.UserID `json:"user_id"`
	Generation int            `json:"generation"`
	CreatedAt  string         `json:"created_at"`
}

type bindingPage struct {
	Bindings      []listed `json:"bindings"`
	NextPageToken string   `json:"next_page_token"` // empty on the last page
}

// listBindings is GET /bindings?page_size&next_page_token.
func (a *api) listBindings(w http.ResponseWriter, r *http.Request, p convoke.Principal) error {
	size, err := number(r, "page_size")
	if err != nil {
		return err
	}
	page, err := a.Provision.Bindings(r.Context(), p, int(size), r.URL.Query().Get("next_page_token"))
	if err != nil {
		return err
	}
	answer := bindingPage{Bindings: make([]listed, len(page.Bindings)), NextPageToken: page.Next}
	for i, b := range page.Bindings {
		answer.Bindings[i] = listed{b.ExternalID, b.UserID, b.Generation, stamp(b.CreatedAt)}
	}
	return reply(w, http.StatusOK, answer)
}
