// SPDX-License-Identifier: Apache-2.0

package zoomapi

import (
	"context"
	"net/http"

	"github.com/convoke/convoke/internal/convoke"
	"github.com/convoke/convoke/zoom"
)

// Domains is what the door asks of package provision about domains. An account
// that is not the principal's own is CodeAccountNotFound.
type Domains interface {
	Domains(ctx context.Context, p convoke.Principal, account string) ([]convoke.Domain, error)
	TrustedDomains(ctx context.Context, p convoke.Principal, account string) ([]string, error)
}

// listManagedDomains: GET /v2/accounts/{accountId}/managed_domains.
func (a *api) listManagedDomains(w http.ResponseWriter, r *http.Request, p convoke.Principal) error {
	domains, err := a.Domains.Domains(r.Context(), p, r.PathValue("accountId"))
	if err != nil {
		return err
	}
	answer := zoom.ManagedDomains{Domains: make([]zoom.ManagedDomain, len(domains)), TotalRecords: len(domains)}
	for i, d := range domains {
		answer.Domains[i] = zoom.ManagedDomain{Domain: d.Name, Status: domainStatus(d)}
	}
	return reply(w, http.StatusOK, answer)
}

// domainStatus is Zoom's word while the domain counts as the account's, though
// its proof be missing for a while, and ours for what Zoom's table has no word for.
func domainStatus(d convoke.Domain) string {
	if d.Verified() {
		return zoom.DomainVerified
	}
	return string(d.State())
}

// listTrustedDomains: GET /v2/accounts/{accountId}/trusted_domains.
func (a *api) listTrustedDomains(w http.ResponseWriter, r *http.Request, p convoke.Principal) error {
	names, err := a.Domains.TrustedDomains(r.Context(), p, r.PathValue("accountId"))
	if err != nil {
		return err
	}
	return reply(w, http.StatusOK, zoom.TrustedDomains{TrustedDomains: names})
}
