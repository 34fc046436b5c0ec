// SPDX-License-Identifier: Apache-2.0

package signon

import (
	"net/http"
	"net/url"
	"strings"
)

// Prefix is where the doors stand.
const Prefix = "/sso"

// Home is where a person lands when nothing else was asked for.
const Home = "/portal"

// maxReturn is the longest path to return to, in bytes: that of a RelayState,
// which an identity provider must give back (SAML bindings 3.4.3).
const maxReturn = 80

// OwnPath returns the path when it is one of the portal's, and Home for
// anything else: another site, another scheme, and what a browser would read
// as either.
func OwnPath(path string) string {
	u, err := url.Parse(path)
	if err != nil || len(path) > maxReturn || u.IsAbs() || u.Host != "" || u.Opaque != "" || u.User != nil {
		return Home
	}
	if path != Home && !strings.HasPrefix(path, Home+"/") || strings.ContainsFunc(path, func(r rune) bool { return r <= ' ' || r == '\\' || r >= 0x7f }) {
		return Home
	}
	if strings.Contains(u.Path, "..") || strings.Contains(u.Path, "//") || strings.ContainsAny(u.Path, "\\\x00") {
		return Home
	}
	return path
}

// Redirect sends the browser on by GET, whatever brought it here.
func Redirect(w http.ResponseWriter, to string) error {
	if _, err := url.Parse(to); err != nil {
		return err
	}
	w.Header().Set("Location", to)
	w.WriteHeader(http.StatusSeeOther)
	return nil
}
