// SPDX-License-Identifier: Apache-2.0

package embedded

import (
	"fmt"
	"net"
	"net/netip"
	"slices"
)

var loopback = netip.AddrFrom4([4]byte{127, 0, 0, 1})

// address is where the media goes: what browsers are told, and what is bound.
// The two differ behind a router that maps one to the other.
type address struct{ node, bind netip.Addr }

// resolve finds the addresses for Config.NodeIP.
func resolve(nodeIP string) (address, error) {
	if nodeIP == "" {
		own := ownAddress(false)
		return address{node: own, bind: own}, nil
	}
	ip, err := netip.ParseAddr(nodeIP)
	if err != nil || ip.IsUnspecified() || ip.IsMulticast() || ip.Zone() != "" {
		return address{}, fmt.Errorf("the node IP %q is not the address of one machine", nodeIP)
	}
	ip = ip.Unmap()
	if ip.IsLoopback() || isLocal(ip) {
		return address{node: ip, bind: ip}, nil
	}
	return address{node: ip, bind: ownAddress(ip.Is6())}, nil
}

// ownAddress is this machine's address on its default route, or any other of
// its addresses, or loopback when it is on no network.
func ownAddress(v6 bool) netip.Addr {
	// Connecting a UDP socket chooses a route and sends nothing. The addresses
	// are reserved for documentation (RFC 5737, RFC 3849).
	network, somewhere := "udp4", "203.0.113.1:9"
	if v6 {
		network, somewhere = "udp6", "[2001:db8::1]:9"
	}
	if conn, err := net.Dial(network, somewhere); err == nil {
		defer conn.Close()
		if ap, err := netip.ParseAddrPort(conn.LocalAddr().String()); err == nil {
			return ap.Addr().Unmap()
		}
	}
	for _, ip := range localAddresses() {
		if ip.Is6() == v6 && ip.IsGlobalUnicast() {
			return ip
		}
	}
	return loopback
}

func isLocal(ip netip.Addr) bool {
	return slices.Contains(localAddresses(), ip)
}

func localAddresses() []netip.Addr {
	addrs, err := net.InterfaceAddrs()
	if err != nil {
		return nil
	}
	var out []netip.Addr
	for _, a := range addrs {
		if prefix, err := netip.ParsePrefix(a.String()); err == nil {
			out = append(out, prefix.Addr().Unmap())
		}
	}
	return out
}

// freeUDPPort names a UDP port of ip that nobody uses at this moment.
func freeUDPPort(ip netip.Addr) (int, error) {
	conn, err := net.ListenUDP("udp", net.UDPAddrFromAddrPort(netip.AddrPortFrom(ip, 0)))
	if err != nil {
		return 0, err
	}
	port := netip.MustParseAddrPort(conn.LocalAddr().String()).Port()
	return int(port), conn.Close()
}
