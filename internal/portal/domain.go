// SPDX-License-Identifier: Apache-2.0

package portal

import (
	"net/http"
	"time"

	"github.com/convoke/convoke/internal/convoke"
)

type domainView struct {
	Domain      string               `json:"domain"`
	State       convoke.DomainState  `json:"state"`
	Trusted     bool                 `json:"trusted"`
	Exclusive   bool                 `json:"exclusive"`
	ForceSSO    bool                 `json:"force_sso"`
	Exceptions  []string             `json:"sso_exceptions"`
	VerifiedAt  *time.Time           `json:"verified_at"`
	CheckedAt   *time.Time           `json:"checked_at"`
	NextCheckAt *time.Time           `json:"next_check_at"`
	LapsesAt    *time.Time           `json:"lapses_at"`
	Warning     string               `json:"warning"`
	Proofs      convoke.DomainProofs `json:"proofs"`
}

func newDomainView(d convoke.Domain) domainView {
	return domainView{
		d.Name, d.State(), d.Trusted, d.Exclusive, d.ForceSSO, append([]string{}, d.SSOExceptions()...),
		optional(d.VerifiedAt), optional(d.CheckedAt), optional(d.NextCheckAt), optional(d.LapsesAt()), d.Warning(), d.Proofs(),
	}
}

// domains is GET /portal/api/domains.
func (d *door) domains(w http.ResponseWriter, r *http.Request) error {
	p, err := d.administratorOf(r)
	if err != nil {
		return err
	}
	domains, err := d.Domains.Domains(r.Context(), p, "me")
	if err != nil {
		return err
	}
	views := make([]domainView, 0, len(domains))
	for _, domain := range domains {
		views = append(views, newDomainView(domain))
	}
	return write(w, http.StatusOK, map[string]any{"domains": views})
}

// addDomain is POST /portal/api/domains.
func (d *door) addDomain(w http.ResponseWriter, r *http.Request) error {
	p, err := d.administratorOf(r)
	if err != nil {
		return err
	}
	var body struct{ Domain string }
	if err := read(w, r, &body); err != nil {
		return err
	}
	domain, err := d.Domains.AddDomain(r.Context(), p, body.Domain, false)
	if err != nil {
		return err
	}
	return write(w, http.StatusCreated, newDomainView(domain))
}

// setDomain is PUT /portal/api/domains/{name}.
func (d *door) setDomain(w http.ResponseWriter, r *http.Request) error {
	p, err := d.administratorOf(r)
	if err != nil {
		return err
	}
	var body struct {
		Exclusive  *bool
		ForceSSO   *bool     `json:"force_sso"`
		Exceptions *[]string `json:"sso_exceptions"`
	}
	if err := read(w, r, &body); err != nil {
		return err
	}
	domain, err := d.Domains.SetDomain(r.Context(), p, r.PathValue("name"), convoke.DomainPatch{
		Exclusive: body.Exclusive, ForceSSO: body.ForceSSO, SSOExceptions: body.Exceptions,
	})
	if err != nil {
		return err
	}
	return write(w, http.StatusOK, newDomainView(domain))
}

// verifyDomain is POST /portal/api/domains/{name}/verify.
func (d *door) verifyDomain(w http.ResponseWriter, r *http.Request) error {
	p, err := d.administratorOf(r)
	if err != nil {
		return err
	}
	domain, findings, err := d.Domains.VerifyDomain(r.Context(), p, r.PathValue("name"))
	if err != nil {
		return err
	}
	return write(w, http.StatusOK, map[string]any{"domain": newDomainView(domain), "findings": findings})
}

// removeDomain is DELETE /portal/api/domains/{name}.
func (d *door) removeDomain(w http.ResponseWriter, r *http.Request) error {
	p, err := d.administratorOf(r)
	if err != nil {
		return err
	}
	return nothing(w, d.Domains.RemoveDomain(r.Context(), p, r.PathValue("name")))
}
