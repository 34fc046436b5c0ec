// SPDX-License-Identifier: Apache-2.0

package outbound

import (
	"fmt"
	"net/netip"
)

// ErrAddress is inside every refusal to connect to an address that is not on
// the public Internet. A room that must not import this one recognises it by
// its method NotPublic.
var ErrAddress error = notPublicError{}

type notPublicError struct{}

func (notPublicError) Error() string   { return "the address is not public" }
func (notPublicError) NotPublic() bool { return true }

type rule struct {
	prefix netip.Prefix
	name   string
}

// special4 are the IPv4 blocks of IANA's special-purpose registry that no
// public service lives in, and one cloud address that looks public but leads
// to the host's own control plane.
var special4 = rules(
	"0.0.0.0/8", "unspecified",
	"10.0.0.0/8", "private",
	"100.64.0.0/10", "shared by a carrier (CGNAT)",
	"127.0.0.0/8", "loopback",
	"168.63.129.16/32", "a cloud's metadata service",
	"169.254.0.0/16", "link-local",
	"172.16.0.0/12", "private",
	"192.0.0.0/24", "reserved for protocols",
	"192.0.2.0/24", "for documentation",
	"192.88.99.0/24", "a 6to4 relay",
	"192.168.0.0/16", "private",
	"198.18.0.0/15", "for benchmarks",
	"198.51.100.0/24", "for documentation",
	"203.0.113.0/24", "for documentation",
	"224.0.0.0/4", "multicast",
	"240.0.0.0/4", "reserved",
)

// special6 are the blocks inside 2000::/3 that no public service lives in.
// Everything outside 2000::/3 is refused without a list.
var special6 = rules(
	"2001::/23", "reserved for protocols",
	"2001:db8::/32", "for documentation",
	"3fff::/20", "for documentation",
)

var (
	global6   = netip.MustParsePrefix("2000::/3")
	sixToFour = netip.MustParsePrefix("2002::/16")
	nat64     = netip.MustParsePrefix("64:ff9b::/96")
)

// rules pairs up prefix and name.
func rules(pairs ...string) []rule {
	list := make([]rule, 0, len(pairs)/2)
	for i := 0; i < len(pairs); i += 2 {
		list = append(list, rule{netip.MustParsePrefix(pairs[i]), pairs[i+1]})
	}
	return list
}

// CheckAddress refuses an address that is not on the public Internet, in
// whichever form it is written: an IPv4 address that is mapped into IPv6, or
// embedded by 6to4, NAT64 or ISATAP, is judged as the IPv4 address that it
// leads to. The error wraps [ErrAddress] and says what the address is.
func CheckAddress(addr netip.Addr) error {
	if why := special(addr); why != "" {
		return fmt.Errorf("%s is %s: %w", addr, why, ErrAddress)
	}
	return nil
}

// special says what kind of special address addr is; "" means a public one.
func special(addr netip.Addr) string {
	switch {
	case !addr.IsValid():
		return "no address"
	case addr.Zone() != "":
		return "link-local"
	case addr.Is4() || addr.Is4In6():
		return match(special4, addr.Unmap())
	}
	return specialV6(addr)
}

func specialV6(addr netip.Addr) string {
	if inner, embedded := embedded4(addr); embedded {
		return match(special4, inner)
	}
	switch {
	case addr.IsLoopback():
		return "loopback"
	case addr.IsUnspecified():
		return "unspecified"
	case addr.IsPrivate():
		return "private"
	case addr.IsMulticast():
		return "multicast"
	case addr.IsLinkLocalUnicast():
		return "link-local"
	case !global6.Contains(addr):
		return "reserved"
	}
	return match(special6, addr)
}

// embedded4 gives the IPv4 address that a packet to addr ends up at.
func embedded4(addr netip.Addr) (netip.Addr, bool) {
	b := addr.As16()
	isatap := (b[8] == 0 || b[8] == 2) && b[9] == 0 && b[10] == 0x5e && b[11] == 0xfe
	switch {
	case sixToFour.Contains(addr):
		return netip.AddrFrom4([4]byte(b[2:6])), true
	case nat64.Contains(addr), isatap && global6.Contains(addr):
		return netip.AddrFrom4([4]byte(b[12:16])), true
	}
	return netip.Addr{}, false
}

func match(list []rule, addr netip.Addr) string {
	for _, r := range list {
		if r.prefix.Contains(addr) {
			return r.name
		}
	}
	return ""
}
