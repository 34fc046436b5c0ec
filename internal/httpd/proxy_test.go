// SPDX-License-Identifier: Apache-2.0

package httpd_test

import (
	"net/http"
	"net/http/httptest"
	"net/netip"
	"testing"

	"github.com/convoke/convoke/internal/httpd"
)

func TestOnlyATrustedProxyIsBelieved(t *testing.T) {
	t.Parallel()
	trusted := []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("2001:db8::1/128")}
	for _, c := range []struct {
		name, peer string
		forwarded  []string
		want       string
	}{
		{"no proxy", "192.0.2.1:80", nil, "192.0.2.1:80"},
		{"a client that lies", "192.0.2.1:80", []string{"198.51.100.9"}, "192.0.2.1:80"},
		{"one proxy", "10.0.0.1:80", []string{"198.51.100.9"}, "198.51.100.9:0"},
		{"an IPv6 proxy", "[2001:db8::1]:80", []string{"198.51.100.9"}, "198.51.100.9:0"},
		{"a proxy that forwards a lie", "10.0.0.1:80", []string{"1.2.3.4, 198.51.100.9"}, "198.51.100.9:0"},
		{"two proxies, two headers", "10.0.0.1:80", []string{"1.2.3.4, 198.51.100.9", "10.2.2.2"}, "198.51.100.9:0"},
		{"proxies all the way", "10.0.0.1:80", []string{"10.3.3.3, 10.2.2.2"}, "10.3.3.3:0"},
		{"a proxy that says nothing", "10.0.0.1:80", nil, "10.0.0.1:80"},
		{"a proxy that says nonsense", "10.0.0.1:80", []string{"1.2.3.4, unknown"}, "10.0.0.1:80"},
		{"an address mapped into IPv6", "[::ffff:10.0.0.1]:80", []string{"::ffff:198.51.100.9"}, "198.51.100.9:0"},
	} {
		var got string
		handler := httpd.BehindProxies(trusted, http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { got = r.RemoteAddr }))
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		r.RemoteAddr = c.peer
		r.Header["X-Forwarded-For"] = c.forwarded
		handler.ServeHTTP(httptest.NewRecorder(), r)
		if got != c.want {
			t.Errorf("%s: the client is %s, want %s", c.name, got, c.want)
		}
	}
}
