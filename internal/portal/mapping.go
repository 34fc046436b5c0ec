// SPDX-License-Identifier: Apache-2.0

package portal

import (
	"context"
	"net/http"
	"time"

	"github.com/convoke/convoke/internal/convoke"
	"github.com/convoke/convoke/internal/provision"
)

// Mappings is what the operator sees and does about the account's mapping.
type Mappings interface {
	Mapping(context.Context, convoke.Principal) (convoke.Mapping, error)
	SetMapping(context.Context, convoke.Principal, convoke.Mapping) (convoke.Mapping, error)
	Rehearse(context.Context, convoke.Principal, provision.Rehearsal) (provision.Rehearsed, error)
	Assertions(context.Context, convoke.Principal) ([]convoke.KeptAssertion, error)
}

type assertionView struct {
	ID         string              `json:"id"`
	At         time.Time           `json:"at"`
	Subject    string              `json:"subject"`
	Attributes map[string][]string `json:"attributes"`
	Code       convoke.Code        `json:"code"` // why the person was refused; empty for who came in
}

// mapping is GET /portal/api/mapping: the mapping, the fields that it can have,
// and the sign-ins that are kept for its preview.
func (d *door) mapping(w http.ResponseWriter, r *http.Request) error {
	p, err := d.administratorOf(r)
	if err != nil {
		return err
	}
	mapping, err := d.Mappings.Mapping(r.Context(), p)
	if err != nil {
		return err
	}
	kept, err := d.Mappings.Assertions(r.Context(), p)
	if err != nil {
		return err
	}
	views := make([]assertionView, len(kept))
	for i, k := range kept {
		views[i] = assertionView{k.ID, k.At, k.Subject, k.Attributes, k.Code}
	}
	return write(w, http.StatusOK, map[string]any{"mapping": mapping, "fields": convoke.MappedFields(), "assertions": views})
}

// setMapping is PUT /portal/api/mapping.
func (d *door) setMapping(w http.ResponseWriter, r *http.Request) error {
	p, err := d.administratorOf(r)
	if err != nil {
		return err
	}
	var body convoke.Mapping
	if err := read(w, r, &body); err != nil {
		return err
	}
	mapping, err := d.Mappings.SetMapping(r.Context(), p, body)
	if err != nil {
		return err
	}
	return write(w, http.StatusOK, mapping)
}

// previewMapping is POST /portal/api/mapping/preview. It changes nothing.
func (d *door) previewMapping(w http.ResponseWriter, r *http.Request) error {
	p, err := d.administratorOf(r)
	if err != nil {
		return err
	}
	var body struct {
		AssertionID string `json:"assertion_id"`
		Subject     string
		Attributes  map[string][]string
		Mapping     *convoke.Mapping
	}
	if err := read(w, r, &body); err != nil {
		return err
	}
	rehearsed, err := d.Mappings.Rehearse(r.Context(), p, provision.Rehearsal{
		Assertion:   convoke.Assertion{Subject: body.Subject, Attributes: body.Attributes},
		AssertionID: body.AssertionID, Mapping: body.Mapping,
	})
	if err != nil {
		return err
	}
	return write(w, http.StatusOK, rehearsed.Preview())
}
