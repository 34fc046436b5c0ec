// SPDX-License-Identifier: Apache-2.0

package api

import (
	"context"
	"net/http"
	"time"

	"github.com/convoke/convoke/internal/convoke"
)

// Domains is what the door asks of package provision about domains.
type Domains interface {
	AddDomain(ctx context.Context, p convoke.Principal, name string, trusted bool) (convoke.Domain, error)
	Domains(ctx context.Context, p convoke.Principal, account string) ([]convoke.Domain, error)
	SetDomain(ctx context.Context, p convoke.Principal, name string, patch convoke.DomainPatch) (convoke.Domain, error)
	VerifyDomain(ctx context.Context, p convoke.Principal, name string) (convoke.Domain, []convoke.Finding, error)
	RemoveDomain(ctx context.Context, p convoke.Principal, name string) error
}

// domain is a domain on the wire; times that are not set are null.
type domain struct {
	Domain      string               `json:"domain"`
	State       convoke.DomainState  `json:"state"`
	Verified    bool                 `json:"verified"`
	Trusted     bool                 `json:"trusted"`
	Exclusive   bool                 `json:"exclusive"`
	ForceSSO    bool                 `json:"force_sso"`
	Exceptions  []string             `json:"sso_exceptions"`
	VerifiedAt  *string              `json:"verified_at"`
	CheckedAt   *string              `json:"checked_at"`
	NextCheckAt *string              `json:"next_check_at"`
	LapsesAt    *string              `json:"lapses_at"`
	Warning     string               `json:"warning"`
	CreatedAt   string               `json:"created_at"`
	Proofs      convoke.DomainProofs `json:"proofs"`
}

func newDomain(d convoke.Domain) domain {
	return domain{
		Domain: d.Name, State: d.State(), Verified: d.Verified(), Trusted: d.Trusted, Exclusive: d.Exclusive,
		ForceSSO: d.ForceSSO, Exceptions: append([]string{}, d.SSOExceptions()...),
		VerifiedAt: optional(d.VerifiedAt), CheckedAt: optional(d.CheckedAt), NextCheckAt: optional(d.NextCheckAt),
		LapsesAt: optional(d.LapsesAt()), Warning: d.Warning(), CreatedAt: stamp(d.CreatedAt), Proofs: d.Proofs(),
	}
}

// optional writes a time that may be missing.
func optional(t time.Time) *string {
	if t.IsZero() {
		return nil
	}
	text := stamp(t)
	return &text
}

type domainList struct {
	Domains []domain `json:"domains"`
}

// listDomains is GET /domains.
func (a *api) listDomains(w http.ResponseWriter, r *http.Request, p convoke.Principal) error {
	domains, err := a.Domains.Domains(r.Context(), p, "me")
	if err != nil {
		return err
	}
	answer := domainList{make([]domain, len(domains))}
	for i, d := range domains {
		answer.Domains[i] = newDomain(d)
	}
	return reply(w, http.StatusOK, answer)
}

// addDomain is POST /domains.
func (a *api) addDomain(w http.ResponseWriter, r *http.Request, p convoke.Principal) error {
	var body struct {
		Domain string `json:"domain"`
	}
	if err := decodeBody(w, r, maxBody, &body); err != nil {
		return err
	}
	added, err := a.Domains.AddDomain(r.Context(), p, body.Domain, false)
	if err != nil {
		return err
	}
	return reply(w, http.StatusCreated, newDomain(added))
}

// setDomain is PATCH /domains/{name}.
func (a *api) setDomain(w http.ResponseWriter, r *http.Request, p convoke.Principal) error {
	var body struct {
		Exclusive  *bool     `json:"exclusive"`
		ForceSSO   *bool     `json:"force_sso"`
		Exceptions *[]string `json:"sso_exceptions"`
	}
	if err := decodeBody(w, r, maxBody, &body); err != nil {
		return err
	}
	set, err := a.Domains.SetDomain(r.Context(), p, r.PathValue("name"), convoke.DomainPatch{
		Exclusive: body.Exclusive, ForceSSO: body.ForceSSO, SSOExceptions: body.Exceptions,
	})
	if err != nil {
		return err
	}
	return reply(w, http.StatusOK, newDomain(set))
}

// verification is the outcome of a look.
type verification struct {
	Domain   domain            `json:"domain"`
	Findings []convoke.Finding `json:"findings"`
}

// verifyDomain is POST /domains/{name}/verify.
func (a *api) verifyDomain(w http.ResponseWriter, r *http.Request, p convoke.Principal) error {
	looked, findings, err := a.Domains.VerifyDomain(r.Context(), p, r.PathValue("name"))
	if err != nil {
		return err
	}
	return reply(w, http.StatusOK, verification{newDomain(looked), findings})
}

// removeDomain is DELETE /domains/{name}. The domain's users stay.
func (a *api) removeDomain(w http.ResponseWriter, r *http.Request, p convoke.Principal) error {
	if err := a.Domains.RemoveDomain(r.Context(), p, r.PathValue("name")); err != nil {
		return err
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}
