// SPDX-License-Identifier: Apache-2.0

package embedded_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/convoke/convoke/internal/media/embedded"
)

func testConfig() embedded.Config {
	return embedded.Config{Key: key, Secret: secret, NodeIP: "127.0.0.1", AutoCreate: true, Logger: slog.New(slog.DiscardHandler)}
}

func TestStartAndClose(t *testing.T) {
	t.Parallel()
	began := time.Now()
	s, err := embedded.Start(t.Context(), testConfig())
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("ready after %s", time.Since(began))
	res, err := http.Get(s.URL())
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	if res.StatusCode != http.StatusOK {
		t.Errorf("health: %d", res.StatusCode)
	}
	if conn, err := net.ListenUDP("udp4", net.UDPAddrFromAddrPort(s.MediaAddr())); err == nil {
		conn.Close()
		t.Errorf("nobody listens on %s", s.MediaAddr())
	}
	for _, ip := range networkAddresses(t) {
		conn, err := net.ListenUDP("udp", net.UDPAddrFromAddrPort(netip.AddrPortFrom(ip, s.MediaAddr().Port())))
		if err != nil {
			t.Errorf("the media port is open to the network: %v", err)
			continue
		}
		conn.Close()
	}
	began = time.Now()
	closeServer(t, s)
	closeServer(t, s)
	t.Logf("stopped after %s", time.Since(began))
	if err := s.Wait(); err != nil {
		t.Errorf("wait: %v", err)
	}
	// All is free again.
	conn, err := net.ListenUDP("udp4", net.UDPAddrFromAddrPort(s.MediaAddr()))
	if err != nil {
		t.Fatalf("the media port is still taken: %v", err)
	}
	conn.Close()
	if res, err := http.Get(s.URL()); err == nil {
		res.Body.Close()
		t.Error("the stopped server answers")
	}
}

// networkAddresses are this machine's addresses that others could reach.
func networkAddresses(t *testing.T) []netip.Addr {
	t.Helper()
	addrs, err := net.InterfaceAddrs()
	if err != nil {
		t.Fatal(err)
	}
	var out []netip.Addr
	for _, a := range addrs {
		if prefix, err := netip.ParsePrefix(a.String()); err == nil && prefix.Addr().IsGlobalUnicast() {
			out = append(out, prefix.Addr())
		}
	}
	return out
}

func TestStartAddresses(t *testing.T) {
	t.Parallel()
	own := networkAddresses(t)
	for nodeIP, want := range map[string]func(netip.Addr) bool{
		"": func(ip netip.Addr) bool {
			return slices.Contains(own, ip) || len(own) == 0 && ip.IsLoopback()
		},
		// The address of a router in front of this machine.
		"198.51.100.7": func(ip netip.Addr) bool { return ip.String() == "198.51.100.7" },
	} {
		cfg := testConfig()
		cfg.NodeIP = nodeIP
		s, err := embedded.Start(t.Context(), cfg)
		if err != nil {
			t.Errorf("%q: %v", nodeIP, err)
			continue
		}
		if addr := s.MediaAddr(); !want(addr.Addr()) || addr.Port() == 0 {
			t.Errorf("%q: media address %s", nodeIP, addr)
		}
		closeServer(t, s)
	}
}

func TestTCPPort(t *testing.T) {
	t.Parallel()
	held, err := net.Listen("tcp", ":0")
	if err != nil {
		t.Fatal(err)
	}
	cfg := testConfig()
	cfg.TCPPort = held.Addr().(*net.TCPAddr).Port
	if s, err := embedded.Start(t.Context(), cfg); err == nil {
		closeServer(t, s)
		t.Error("started on a TCP port that is taken")
	}
	held.Close()
	s, err := embedded.Start(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	defer closeServer(t, s)
	conn, err := net.Dial("tcp", fmt.Sprintf("127.0.0.1:%d", cfg.TCPPort))
	if err != nil {
		t.Fatal(err)
	}
	conn.Close()
}

func TestStartRefusals(t *testing.T) {
	t.Parallel()
	taken, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	cases := []struct {
		name, want string
		change     func(*embedded.Config)
	}{
		{"no key", "key is missing", func(c *embedded.Config) { c.Key = "" }},
		{"short secret", "at least 32 characters", func(c *embedded.Config) { c.Secret = "short" }},
		{"UDP port", "UDP port must be", func(c *embedded.Config) { c.UDPPort = 65536 }},
		{"TCP port", "TCP port must be", func(c *embedded.Config) { c.TCPPort = -1 }},
		{"no logger", "logger is missing", func(c *embedded.Config) { c.Logger = nil }},
		{"webhook", "webhook URL", func(c *embedded.Config) { c.WebhookURL = "localhost" }},
		{"name for an address", "not the address of one machine", func(c *embedded.Config) { c.NodeIP = "localhost" }},
		{"any address", "not the address of one machine", func(c *embedded.Config) { c.NodeIP = "0.0.0.0" }},
		{"taken port", "address already in use", func(c *embedded.Config) { c.UDPPort = taken.LocalAddr().(*net.UDPAddr).Port }},
	}
	for _, c := range cases {
		cfg := testConfig()
		c.change(&cfg)
		s, err := embedded.Start(t.Context(), cfg)
		if err == nil {
			closeServer(t, s)
			t.Errorf("%s: started", c.name)
		} else if !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), secret) {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}

func TestStartGivesUpWithContext(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := embedded.Start(ctx, testConfig()); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
}
