// SPDX-License-Identifier: Apache-2.0

package api

import (
	"encoding/json"
	"net/http"

	"github.com/convoke/convoke/internal/convoke"
	"github.com/convoke/convoke/internal/provision"
)

// batch is the body of POST /bindings:batch. Each item is decoded by itself, so
// that a malformed one spoils nothing but itself.
type batch struct {
	Bindings []json.RawMessage `json:"bindings"`
}

// check looks at the envelope. The limit is asked for here too, because items
// that cannot be decoded never reach the use case.
func (b batch) check() error {
	if b.Bindings == nil {
		return convoke.Invalid(convoke.CodeInvalidField, "bindings", "The body needs bindings, an array of ensures.")
	}
	if n := len(b.Bindings); n > provision.MaxBatch {
		return convoke.Invalid(convoke.CodeInvalidField, "bindings", "A batch may have at most %d items; this one has %d.", provision.MaxBatch, n)
	}
	return nil
}

type batchItem struct {
	ExternalID string `json:"external_id"`
	person
}

// batchResult answers one item: a binding, or why there is none.
type batchResult struct {
	Status     int      `json:"status"`
	ExternalID string   `json:"external_id"`
	Binding    *bound   `json:"binding,omitempty"`
	Error      *problem `json:"error,omitempty"`
}

type batchAnswer struct {
	Results []batchResult `json:"results"`
}

// ensureBatch is POST /bindings:batch. The results are in the order of the
// items, each as its own PUT would have been answered.
func (a *api) ensureBatch(w http.ResponseWriter, r *http.Request, p convoke.Principal) error {
	var body batch
	if err := decodeBody(w, r, maxBatchBody, &body); err != nil {
		return err
	}
	if err := body.check(); err != nil {
		return err
	}
	results := make([]batchResult, len(body.Bindings))
	requests, places := a.batchRequests(body, results)
	decisions, err := a.Provision.EnsureBatch(r.Context(), p, requests)
	if err != nil {
		return err
	}
	for i, d := range decisions {
		results[places[i]] = a.batchResult(w, r, requests[i].ExternalID, d.Decision, d.Err)
	}
	return reply(w, http.StatusOK, batchAnswer{results})
}

// batchRequests decodes the items. The result of one that cannot be decoded is
// filled in at once; places says where each of the others belongs.
func (a *api) batchRequests(body batch, results []batchResult) (requests []convoke.Request, places []int) {
	for i, raw := range body.Bindings {
		var item batchItem
		err := decodeObject(raw, &item)
		if err == nil {
			err = convoke.CheckExternalID(item.ExternalID)
		}
		if err != nil {
			results[i] = refusedItem(item.ExternalID, convoke.AsError(err))
			continue
		}
		requests = append(requests, item.request(item.ExternalID))
		places = append(places, i)
	}
	return requests, places
}

func (a *api) batchResult(w http.ResponseWriter, r *http.Request, externalID string, d convoke.Decision, err error) batchResult {
	if err != nil {
		return refusedItem(externalID, a.judge(r, w.Header().Get("X-Request-Id"), err))
	}
	status, binding := a.ensured(d)
	return batchResult{Status: status, ExternalID: externalID, Binding: &binding}
}

func refusedItem(externalID string, e *convoke.Error) batchResult {
	p := newProblem(e)
	return batchResult{Status: p.Status, ExternalID: externalID, Error: &p}
}
