// SPDX-License-Identifier: Apache-2.0

// Package domaincheck looks for the proofs of a managed domain where they
// stand: in the DNS, at a path of the web site, in the head of the home page.
//
// It owns how each place is asked and what counts as finding the proof there.
// It does not own what the proofs are, nor what follows from a finding
// (convoke), nor when to look (provision), nor which addresses may be reached:
// its HTTP client comes from app, which makes it in package outbound.
//
// provision calls it through an interface of its own; app joins the two.
package domaincheck
