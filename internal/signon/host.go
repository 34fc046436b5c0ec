// SPDX-License-Identifier: Apache-2.0

package signon

import (
	"net"
	"net/http"
	"net/url"
	"strings"

	"github.com/convoke/convoke/internal/convoke"
)

// ByHost lets people begin at https://{vanity}.{suffix}/ too, where the operator
// has a wildcard name in the DNS. Such a host has that one page, and all that it
// does is to send the browser on to the account's sign-in under the public URL:
// entity ids, answers and cookies have one name, and no address that Convoke
// writes comes from a Host header. Every other host goes to next, as it does
// without a suffix, and so does that of the public URL even if it ends in it.
func ByHost(suffix, publicURL string, next http.Handler) http.Handler {
	if suffix == "" {
		return next
	}
	own := ""
	if u, err := url.Parse(publicURL); err == nil {
		own = hostName(u.Host)
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		host := hostName(r.Host)
		vanity, below := strings.CutSuffix(host, "."+hostName(suffix))
		if !below || host == own {
			next.ServeHTTP(w, r)
			return
		}
		sendOn(w, r, publicURL, vanity)
	})
}

// sendOn answers for the account's own host.
func sendOn(w http.ResponseWriter, r *http.Request, publicURL, vanity string) {
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("Referrer-Policy", "no-referrer")
	switch {
	case !isLabel(vanity) || r.URL.Path != "/":
		http.NotFound(w, r)
	case r.Method != http.MethodGet && r.Method != http.MethodHead:
		w.Header().Set("Allow", "GET, HEAD")
		http.Error(w, http.StatusText(http.StatusMethodNotAllowed), http.StatusMethodNotAllowed)
	default:
		to := convoke.PublicURL(publicURL).SSO(vanity)
		if path := r.URL.Query().Get("return"); path != "" {
			to += "?" + url.Values{"return": {OwnPath(path)}}.Encode()
		}
		w.Header().Set("Location", to)
		w.WriteHeader(http.StatusSeeOther)
	}
}

// hostName is a host without its port and final dot, in lower case.
func hostName(host string) string {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	return strings.ToLower(strings.TrimSuffix(host, "."))
}

// isLabel reports whether the name could be an account's; whether there is one,
// the page under the public URL says.
func isLabel(name string) bool {
	return name != "" && len(name) <= 63 && strings.Trim(name, "abcdefghijklmnopqrstuvwxyz0123456789-") == ""
}
