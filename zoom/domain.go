// SPDX-License-Identifier: Apache-2.0

package zoom

// DomainVerified is the Status of a domain that the account has shown to be its
// own.
const DomainVerified = "verified"

// ManagedDomain is an e-mail domain of an account.
type ManagedDomain struct {
	Domain string `json:"domain"`
	Status string `json:"status"`
}

// ManagedDomains is the answer of GET /v2/accounts/{accountId}/managed_domains.
type ManagedDomains struct {
	Domains      []ManagedDomain `json:"domains"`
	TotalRecords int             `json:"total_records"`
}

// TrustedDomains is the answer of GET /v2/accounts/{accountId}/trusted_domains.
type TrustedDomains struct {
	TrustedDomains []string `json:"trusted_domains"`
}
