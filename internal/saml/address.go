// SPDX-License-Identifier: Apache-2.0

package saml

import "github.com/convoke/convoke/internal/convoke"

// addresses are those of one account's service provider, as
// convoke.ServiceProvider shows them.
type addresses struct{ base string } // {public}/sso/{vanity}

func addressesOf(public, vanity string) addresses {
	return addresses{convoke.PublicURL(public).SSO(vanity)}
}

func (a addresses) entityID() string { return a.base }
func (a addresses) consumer() string { return a.base + "/acs" }
func (a addresses) logout() string   { return a.base + "/slo" }
