// SPDX-License-Identifier: Apache-2.0

package httpd

import (
	"net/http"
	"net/netip"
	"slices"
	"strings"
)

// BehindProxies gives the handler requests whose RemoteAddr is the client's own,
// with port 0, where they came through trusted proxies. It goes back through
// X-Forwarded-For as far as each address that forwarded is trusted, since what
// stands before that is whatever the client wrote. Without proxies it changes
// nothing.
func BehindProxies(trusted []netip.Prefix, handler http.Handler) http.Handler {
	if len(trusted) == 0 {
		return handler
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if client, ok := clientBehind(trusted, r); ok {
			r.RemoteAddr = netip.AddrPortFrom(client, 0).String()
		}
		handler.ServeHTTP(w, r)
	})
}

// clientBehind returns the first address, from the near end, that is no trusted
// proxy. It is false when there is none, or what stands there is no address.
func clientBehind(trusted []netip.Prefix, r *http.Request) (client netip.Addr, ok bool) {
	peer, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil || !within(trusted, peer.Addr()) {
		return client, false
	}
	hops := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	for _, hop := range slices.Backward(hops) {
		address, err := netip.ParseAddr(strings.TrimSpace(hop))
		if err != nil {
			return client, ok
		}
		client, ok = address.Unmap().WithZone(""), true
		if !within(trusted, client) {
			break
		}
	}
	return client, ok
}

func within(networks []netip.Prefix, address netip.Addr) bool {
	return slices.ContainsFunc(networks, func(n netip.Prefix) bool { return n.Contains(address.Unmap().WithZone("")) })
}
