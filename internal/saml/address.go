// SPDX-License-Identifier: Apache-2.0

package saml

import (
	"net/url"
	"strings"

	"github.com/convoke/convoke/internal/convoke"
)

// Prefix is where the door stands.
const Prefix = "/sso"

// addresses are those of one account's service provider, as
// convoke.ServiceProvider shows them.
type addresses struct{ base string } // {public}/sso/{vanity}

func addressesOf(public, vanity string) addresses {
	return addresses{convoke.PublicURL(public).SSO(vanity)}
}

func (a addresses) entityID() string { return a.base }
func (a addresses) consumer() string { return a.base + "/acs" }
func (a addresses) logout() string   { return a.base + "/slo" }

// home is where a person lands when nothing else was asked for.
const home = "/portal"

// maxRelay is the longest RelayState, in bytes, that an identity provider must
// give back (SAML bindings 3.4.3).
const maxRelay = 80

// ownPath returns the path when it is one of the portal's, and home for
// anything else: another site, another scheme, and what a browser would read
// as either.
func ownPath(path string) string {
	u, err := url.Parse(path)
	if err != nil || len(path) > maxRelay || u.IsAbs() || u.Host != "" || u.Opaque != "" || u.User != nil {
		return home
	}
	if path != home && !strings.HasPrefix(path, home+"/") || strings.ContainsFunc(path, func(r rune) bool { return r <= ' ' || r == '\\' || r >= 0x7f }) {
		return home
	}
	if strings.Contains(u.Path, "..") || strings.Contains(u.Path, "//") || strings.ContainsAny(u.Path, "\\\x00") {
		return home
	}
	return path
}
