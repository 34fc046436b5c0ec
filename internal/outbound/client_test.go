// SPDX-License-Identifier: Apache-2.0

package outbound_test

import (
	"bytes"
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/convoke/convoke/internal/outbound"
)

// names is a resolver that knows the names it is given.
type names map[string][]string

func (n names) LookupNetIP(_ context.Context, _, host string) ([]netip.Addr, error) {
	list, known := n[host]
	if !known {
		return nil, &net.DNSError{Err: "no such host", Name: host, IsNotFound: true}
	}
	var addrs []netip.Addr
	for _, text := range list {
		addrs = append(addrs, netip.MustParseAddr(text))
	}
	return addrs, nil
}

// wire is the world behind the dialer: whatever public address is dialled,
// the server answers; what was dialled is kept.
type wire struct {
	server *httptest.Server
	mu     sync.Mutex
	dialed []string
	fail   map[string]bool
}

func (w *wire) dial(ctx context.Context, network, address string) (net.Conn, error) {
	w.mu.Lock()
	w.dialed = append(w.dialed, address)
	fails := w.fail[address]
	w.mu.Unlock()
	if fails {
		return nil, fmt.Errorf("dial %s: refused", address)
	}
	return (&net.Dialer{}).DialContext(ctx, network, w.server.Listener.Addr().String())
}

func newWire(t *testing.T, handler http.HandlerFunc) *wire {
	t.Helper()
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	return &wire{server: server, fail: map[string]bool{}}
}

func get(t *testing.T, client *http.Client, url string) (*http.Response, error) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := client.Do(r)
	if err == nil {
		t.Cleanup(func() { _ = answer.Body.Close() })
	}
	return answer, err
}

func TestTheRealDialerRefusesThisMachine(t *testing.T) {
	t.Parallel()
	reached := false
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { reached = true }))
	t.Cleanup(server.Close)
	_, port, err := net.SplitHostPort(server.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	client := outbound.New(outbound.Config{Resolver: names{"rebound.test": {"127.0.0.1"}}})
	for _, host := range []string{"127.0.0.1", "::ffff:127.0.0.1", "::1", "rebound.test", "0.0.0.0"} {
		if _, err := get(t, client, "http://"+net.JoinHostPort(host, port)); !errors.Is(err, outbound.ErrAddress) {
			t.Errorf("%s: got %v, want a refused address", host, err)
		}
	}
	if reached {
		t.Error("the server on the loopback address was reached")
	}
}

func TestAnOperatorMayAllowPrivateAddresses(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	t.Cleanup(server.Close)
	if _, err := get(t, outbound.New(outbound.Config{AllowPrivate: true}), server.URL); err != nil {
		t.Fatal(err)
	}
}

func TestOnlyTheAllowedAddressesOfANameAreTried(t *testing.T) {
	t.Parallel()
	w := newWire(t, func(http.ResponseWriter, *http.Request) {})
	w.fail["1.1.1.1:80"] = true
	client := outbound.New(outbound.Config{
		Resolver: names{"mixed.test": {"10.0.0.1", "1.1.1.1", "::ffff:127.0.0.1", "9.9.9.9"}}, Dial: w.dial,
	})
	if _, err := get(t, client, "http://mixed.test/"); err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(w.dialed, " "); got != "1.1.1.1:80 9.9.9.9:80" {
		t.Errorf("dialled %q", got)
	}
}

func TestANameThatIsUnknownOrEmptyIsAnError(t *testing.T) {
	t.Parallel()
	client := outbound.New(outbound.Config{Resolver: names{"empty.test": nil}})
	for _, host := range []string{"empty.test", "unknown.test"} {
		if _, err := get(t, client, "http://"+host); err == nil {
			t.Errorf("%s was reached", host)
		}
	}
}

func TestARedirectIsJudgedLikeAFirstAddress(t *testing.T) {
	t.Parallel()
	w := newWire(t, func(out http.ResponseWriter, r *http.Request) {
		http.Redirect(out, r, "http://inside.test/", http.StatusFound)
	})
	known := names{"outside.test": {"1.1.1.1"}, "inside.test": {"169.254.169.254"}}
	client := outbound.New(outbound.Config{Resolver: known, Dial: w.dial, Redirects: 3})
	if _, err := get(t, client, "http://outside.test/"); !errors.Is(err, outbound.ErrAddress) {
		t.Errorf("got %v, want a refused address", err)
	}
	if len(w.dialed) != 1 {
		t.Errorf("dialled %v", w.dialed)
	}
}

func TestRedirectsAreCounted(t *testing.T) {
	t.Parallel()
	w := newWire(t, func(out http.ResponseWriter, r *http.Request) { http.Redirect(out, r, "/again", http.StatusFound) })
	known := names{"loop.test": {"1.1.1.1"}}
	refusing := outbound.New(outbound.Config{Resolver: known, Dial: w.dial})
	answer, err := get(t, refusing, "http://loop.test/")
	if err != nil || answer.StatusCode != http.StatusFound {
		t.Fatalf("without redirects: got %v, %v, want the 302 itself", answer, err)
	}
	w.dialed = nil
	if _, err := get(t, outbound.New(outbound.Config{Resolver: known, Dial: w.dial, Redirects: 2}), "http://loop.test/"); !errors.Is(err, outbound.ErrRedirect) {
		t.Errorf("got %v, want a redirect too many", err)
	}
	if len(w.dialed) != 3 {
		t.Errorf("%d requests, want the first and two more", len(w.dialed))
	}
}

func TestARedirectNeverLeavesHTTPS(t *testing.T) {
	t.Parallel()
	server := httptest.NewTLSServer(http.HandlerFunc(func(out http.ResponseWriter, r *http.Request) {
		http.Redirect(out, r, "http://example.com/", http.StatusFound)
	}))
	t.Cleanup(server.Close)
	w := &wire{server: server}
	roots := x509.NewCertPool()
	roots.AddCert(server.Certificate())
	client := outbound.New(outbound.Config{Resolver: names{"example.com": {"1.1.1.1"}}, Dial: w.dial, RootCAs: roots, Redirects: 2})
	if _, err := get(t, client, "https://example.com/"); !errors.Is(err, outbound.ErrRedirect) {
		t.Errorf("got %v, want a refused downgrade", err)
	}
}

func TestAnAnswerIsBounded(t *testing.T) {
	t.Parallel()
	size := 0
	w := newWire(t, func(out http.ResponseWriter, _ *http.Request) { _, _ = out.Write(bytes.Repeat([]byte("x"), size)) })
	client := outbound.New(outbound.Config{Resolver: names{"big.test": {"1.1.1.1"}}, Dial: w.dial, MaxBytes: 1000})
	for _, c := range []struct {
		size, want int
		err        error
	}{{999, 999, nil}, {1000, 1000, nil}, {1001, 1000, outbound.ErrTooLarge}, {100000, 1000, outbound.ErrTooLarge}} {
		size = c.size
		answer, err := get(t, client, "http://big.test/")
		if err != nil {
			t.Fatal(err)
		}
		raw, err := io.ReadAll(answer.Body)
		if len(raw) != c.want || !errors.Is(err, c.err) {
			t.Errorf("an answer of %d bytes gives %d and %v, want %d and %v", c.size, len(raw), err, c.want, c.err)
		}
	}
}

func TestAnAnswerThatHangsEnds(t *testing.T) {
	t.Parallel()
	release := make(chan struct{})
	w := newWire(t, func(_ http.ResponseWriter, r *http.Request) {
		select {
		case <-r.Context().Done():
		case <-release:
		}
	})
	defer close(release)
	client := outbound.New(outbound.Config{Resolver: names{"slow.test": {"1.1.1.1"}}, Dial: w.dial, Timeout: 50 * time.Millisecond})
	_, err := get(t, client, "http://slow.test/")
	var fault net.Error
	if !errors.As(err, &fault) || !fault.Timeout() {
		t.Errorf("got %v, want a timeout", err)
	}
}

func TestTheEnvironmentsProxyIsNotUsed(t *testing.T) {
	asked := false
	proxy := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { asked = true }))
	t.Cleanup(proxy.Close)
	t.Setenv("HTTP_PROXY", proxy.URL)
	t.Setenv("http_proxy", proxy.URL)
	w := newWire(t, func(http.ResponseWriter, *http.Request) {})
	client := outbound.New(outbound.Config{Resolver: names{"plain.test": {"1.1.1.1"}}, Dial: w.dial})
	if _, err := get(t, client, "http://plain.test/"); err != nil {
		t.Fatal(err)
	}
	if asked {
		t.Error("the proxy was asked")
	}
}
