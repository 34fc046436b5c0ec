// SPDX-License-Identifier: Apache-2.0

package api

import (
	"context"
	"net/http"

	"github.com/convoke/convoke/internal/convoke"
	"github.com/convoke/convoke/internal/provision"
)

// Mappings is what the door asks of package provision about mappings.
type Mappings interface {
	Mapping(context.Context, convoke.Principal) (convoke.Mapping, error)
	SetMapping(context.Context, convoke.Principal, convoke.Mapping) (convoke.Mapping, error)
	Rehearse(context.Context, convoke.Principal, provision.Rehearsal) (provision.Rehearsed, error)
	Assertions(context.Context, convoke.Principal) ([]convoke.KeptAssertion, error)
}

// findMapping is GET /sso/mapping.
func (a *api) findMapping(w http.ResponseWriter, r *http.Request, p convoke.Principal) error {
	mapping, err := a.Mappings.Mapping(r.Context(), p)
	if err != nil {
		return err
	}
	return reply(w, http.StatusOK, mapping)
}

// setMapping is PUT /sso/mapping.
func (a *api) setMapping(w http.ResponseWriter, r *http.Request, p convoke.Principal) error {
	var body convoke.Mapping
	if err := decodeBody(w, r, maxBody, &body); err != nil {
		return err
	}
	mapping, err := a.Mappings.SetMapping(r.Context(), p, body)
	if err != nil {
		return err
	}
	return reply(w, http.StatusOK, mapping)
}

// previewMapping is POST /sso/mapping/preview. It changes nothing.
func (a *api) previewMapping(w http.ResponseWriter, r *http.Request, p convoke.Principal) error {
	var body struct {
		AssertionID string              `json:"assertion_id"`
		Subject     string              `json:"subject"`
		Attributes  map[string][]string `json:"attributes"`
		Mapping     *convoke.Mapping    `json:"mapping"`
	}
	if err := decodeBody(w, r, maxBody, &body); err != nil {
		return err
	}
	rehearsed, err := a.Mappings.Rehearse(r.Context(), p, provision.Rehearsal{
		Assertion:   convoke.Assertion{Subject: body.Subject, Attributes: body.Attributes},
		AssertionID: body.AssertionID, Mapping: body.Mapping,
	})
	if err != nil {
		return err
	}
	return reply(w, http.StatusOK, rehearsed.Preview())
}

// keptAssertion is a past sign-in on the wire.
type keptAssertion struct {
	ID         string              `json:"id"`
	At         string              `json:"at"`
	Source     convoke.Source      `json:"source"`
	Issuer     string              `json:"issuer"`
	Subject    string              `json:"subject"`
	Attributes map[string][]string `json:"attributes"`
	Code       convoke.Code        `json:"code"`
}

type assertionList struct {
	Assertions []keptAssertion `json:"assertions"`
}

// listAssertions is GET /sso/assertions.
func (a *api) listAssertions(w http.ResponseWriter, r *http.Request, p convoke.Principal) error {
	kept, err := a.Mappings.Assertions(r.Context(), p)
	if err != nil {
		return err
	}
	answer := assertionList{make([]keptAssertion, len(kept))}
	for i, k := range kept {
		answer.Assertions[i] = keptAssertion{k.ID, stamp(k.At), k.Source, k.Issuer, k.Subject, k.Attributes, k.Code}
	}
	return reply(w, http.StatusOK, answer)
}
