// SPDX-License-Identifier: Apache-2.0

package app

import (
	"context"
	"net"
	"time"

	"github.com/convoke/convoke/internal/convoke"
	"github.com/convoke/convoke/internal/domaincheck"
	"github.com/convoke/convoke/internal/outbound"
)

// newLooker makes the part that asks the world about domains. It is never
// allowed to reach private addresses: whoever may add a domain chooses the name.
func newLooker() *domaincheck.Checker {
	return domaincheck.New(domaincheck.Config{
		Resolver: net.DefaultResolver,
		Client:   outbound.New(outbound.Config{Redirects: 5}),
	})
}

// DomainInfo is a domain as the commands print it; times that are not set are
// null.
type DomainInfo struct {
	AccountID   string               `json:"account_id"`
	Domain      string               `json:"domain"`
	State       string               `json:"state"`
	Verified    bool                 `json:"verified"`
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

func newDomainInfo(d convoke.Domain) DomainInfo {
	return DomainInfo{
		AccountID: string(d.AccountID), Domain: d.Name, State: string(d.State()),
		Verified: d.Verified(), Trusted: d.Trusted, Exclusive: d.Exclusive,
		ForceSSO: d.ForceSSO, Exceptions: append([]string{}, d.SSOExceptions()...),
		VerifiedAt: optional(d.VerifiedAt), CheckedAt: optional(d.CheckedAt), NextCheckAt: optional(d.NextCheckAt),
		LapsesAt: optional(d.LapsesAt()), Warning: d.Warning(), Proofs: d.Proofs(),
	}
}

func optional(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

// AddDomain gives an account a domain; trust makes it a verified one.
func (a *Admin) AddDomain(ctx context.Context, account, name string, trust bool) (DomainInfo, error) {
	p, err := a.principal(ctx, account)
	if err != nil {
		return DomainInfo{}, err
	}
	domain, err := a.provision.AddDomain(ctx, p, name, trust)
	return newDomainInfo(domain), err
}

// Domains lists an account's domains.
func (a *Admin) Domains(ctx context.Context, account string) ([]DomainInfo, error) {
	p, err := a.principal(ctx, account)
	if err != nil {
		return nil, err
	}
	domains, err := a.provision.Domains(ctx, p, "me")
	infos := make([]DomainInfo, 0, len(domains))
	for _, d := range domains {
		infos = append(infos, newDomainInfo(d))
	}
	return infos, err
}

// FindingInfo is what a look for one proof gave, as the commands print it.
type FindingInfo = convoke.Finding

// VerificationInfo is the outcome of a look as the commands print it.
type VerificationInfo struct {
	DomainInfo

	Findings []FindingInfo `json:"findings"`
}

// Proved reports whether one of the proofs was found.
func (v VerificationInfo) Proved() bool { return convoke.AnyFound(v.Findings) }

// VerifyDomain looks for a domain's proofs now.
func (a *Admin) VerifyDomain(ctx context.Context, account, name string) (VerificationInfo, error) {
	p, err := a.principal(ctx, account)
	if err != nil {
		return VerificationInfo{}, err
	}
	domain, findings, err := a.provision.VerifyDomain(ctx, p, name)
	return VerificationInfo{newDomainInfo(domain), findings}, err
}

// DomainPatch is what `domain set` changes; nil leaves a value as it is.
type DomainPatch = convoke.DomainPatch

// SetDomain changes what the patch names.
func (a *Admin) SetDomain(ctx context.Context, account, name string, patch DomainPatch) (DomainInfo, error) {
	p, err := a.principal(ctx, account)
	if err != nil {
		return DomainInfo{}, err
	}
	domain, err := a.provision.SetDomain(ctx, p, name, patch)
	return newDomainInfo(domain), err
}

// RemoveDomain takes a domain from its account; its users stay.
func (a *Admin) RemoveDomain(ctx context.Context, account, name string) error {
	p, err := a.principal(ctx, account)
	if err != nil {
		return err
	}
	return a.provision.RemoveDomain(ctx, p, name)
}
