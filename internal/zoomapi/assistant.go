// SPDX-License-Identifier: Apache-2.0

package zoomapi

import (
	"cmp"
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/convoke/convoke/internal/convoke"
	"github.com/convoke/convoke/zoom"
)

// Assistants is what the door asks of package provision about who may schedule for whom.
type Assistants interface {
	Assistants(ctx context.Context, p convoke.Principal, ref string) ([]convoke.User, error)
	Schedulers(ctx context.Context, p convoke.Principal, ref string) ([]convoke.User, error)
	AddAssistants(ctx context.Context, p convoke.Principal, ref string, others []string) ([]convoke.User, time.Time, error)
	RemoveAssistants(ctx context.Context, p convoke.Principal, ref, other string) error
	RemoveScheduler(ctx context.Context, p convoke.Principal, ref, other string) error
	RemoveSchedulers(ctx context.Context, p convoke.Principal, ref string) error
}

// listAssistants: GET /v2/users/{userId}/assistants.
func (a *api) listAssistants(w http.ResponseWriter, r *http.Request, p convoke.Principal) error {
	users, err := a.Assistants.Assistants(r.Context(), p, r.PathValue("userId"))
	if err != nil {
		return err
	}
	list := zoom.AssistantList{Assistants: []zoom.Assistant{}}
	for _, u := range users {
		list.Assistants = append(list.Assistants, zoom.Assistant{ID: string(u.ID), Email: u.Email})
	}
	return reply(w, http.StatusOK, list)
}

// addAssistants: POST /v2/users/{userId}/assistants.
func (a *api) addAssistants(w http.ResponseWriter, r *http.Request, p convoke.Principal) error {
	var body zoom.AssistantList
	if _, err := decodeBody(w, r, &body); err != nil {
		return err
	}
	var refs []string
	for _, assistant := range body.Assistants {
		ref := cmp.Or(assistant.ID, assistant.Email)
		if err := required(need{"assistants.id", ref != ""}); err != nil {
			return err
		}
		refs = append(refs, ref)
	}
	users, at, err := a.Assistants.AddAssistants(r.Context(), p, r.PathValue("userId"), refs)
	if err != nil {
		return err
	}
	ids := make([]string, 0, len(users))
	for _, u := range users {
		ids = append(ids, string(u.ID))
	}
	return reply(w, http.StatusCreated, zoom.AddedAssistants{AddAt: zoom.At(at), IDs: strings.Join(ids, ",")})
}

// deleteAssistants: DELETE /v2/users/{userId}/assistants and .../{assistantId}.
func (a *api) deleteAssistants(w http.ResponseWriter, r *http.Request, p convoke.Principal) error {
	if err := a.Assistants.RemoveAssistants(r.Context(), p, r.PathValue("userId"), r.PathValue("assistantId")); err != nil {
		return err
	}
	return done(w)
}

// listSchedulers: GET /v2/users/{userId}/schedulers.
func (a *api) listSchedulers(w http.ResponseWriter, r *http.Request, p convoke.Principal) error {
	users, err := a.Assistants.Schedulers(r.Context(), p, r.PathValue("userId"))
	if err != nil {
		return err
	}
	list := zoom.SchedulerList{Schedulers: []zoom.Scheduler{}}
	for _, u := range users {
		list.Schedulers = append(list.Schedulers, zoom.Scheduler{ID: string(u.ID), Email: u.Email, PMI: int64(u.PMI)})
	}
	return reply(w, http.StatusOK, list)
}

// deleteSchedulers: DELETE /v2/users/{userId}/schedulers.
func (a *api) deleteSchedulers(w http.ResponseWriter, r *http.Request, p convoke.Principal) error {
	if err := a.Assistants.RemoveSchedulers(r.Context(), p, r.PathValue("userId")); err != nil {
		return err
	}
	return done(w)
}

// deleteScheduler: DELETE /v2/users/{userId}/schedulers/{schedulerId}.
func (a *api) deleteScheduler(w http.ResponseWriter, r *http.Request, p convoke.Principal) error {
	if err := a.Assistants.RemoveScheduler(r.Context(), p, r.PathValue("userId"), r.PathValue("schedulerId")); err != nil {
		return err
	}
	return done(w)
}
