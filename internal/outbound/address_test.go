// SPDX-License-Identifier: Apache-2.0

package outbound_test

import (
	"errors"
	"net/netip"
	"testing"

	"github.com/convoke/convoke/internal/outbound"
)

func TestOnlyPublicAddressesPass(t *testing.T) {
	t.Parallel()
	for _, address := range []string{
		"1.1.1.1", "9.255.255.255", "11.0.0.1", "93.184.216.34", "100.63.255.255", "100.128.0.1", "126.255.255.255",
		"128.0.0.1", "168.63.129.15", "168.63.129.17", "169.253.255.255", "169.255.0.1", "172.15.255.255", "172.32.0.1", "192.0.1.1", "192.167.255.255",
		"192.169.0.1", "198.17.255.255", "198.20.0.1", "223.255.255.255",
		"2606:4700:4700::1111", "2a00:1450:4001::200e", "2001:4860:4860::8888",
		"::ffff:1.1.1.1", "2002:101:101::1", "64:ff9b::1.1.1.1", "2606:4700::5efe:1.1.1.1",
	} {
		if err := outbound.CheckAddress(netip.MustParseAddr(address)); err != nil {
			t.Errorf("%s is refused: %v", address, err)
		}
	}
}

func TestAddressesOfOurOwnSideAreRefused(t *testing.T) {
	t.Parallel()
	for _, address := range []string{
		"0.0.0.0", "0.1.2.3", "10.0.0.0", "10.255.255.255", "100.64.0.1", "100.127.255.255", "100.100.100.200", "127.0.0.1", "127.255.255.254",
		"168.63.129.16", "169.254.0.1", "169.254.169.254", "172.16.0.1", "172.31.255.255", "192.0.0.1", "192.0.0.192", "192.0.2.1",
		"192.88.99.1", "192.168.0.1", "192.168.255.255", "198.18.0.1", "198.19.255.255", "198.51.100.7", "203.0.113.9", "224.0.0.1", "239.255.255.255",
		"240.0.0.1", "255.255.255.255",
		"::", "::1", "::7f00:1", "::127.0.0.1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:0:127.0.0.1", "::ffff:169.254.169.254",
		"fe80::1", "fe80::1%eth0", "2606:4700::1%eth0", "fec0::1", "fc00::1", "fd00:ec2::254", "fd20:ce::254", "ff02::1", "ff0e::1",
		"2002:7f00:1::", "2002:a00:1::1", "2002:c0a8:101::1", "2002:a9fe:a9fe::1",
		"64:ff9b::127.0.0.1", "64:ff9b::10.0.0.1", "64:ff9b::169.254.169.254", "64:ff9b:1::1.1.1.1",
		"2606:4700::5efe:10.0.0.1", "2606:4700::200:5efe:192.168.0.1",
		"2001::1", "2001:0:4136:e378:8000:63bf:3fff:fdd2", "2001:10::1", "2001:db8::1", "3fff::1", "100::1", "4000::1", "5f00::1",
	} {
		if err := outbound.CheckAddress(netip.MustParseAddr(address)); !errors.Is(err, outbound.ErrAddress) {
			t.Errorf("%s passes: %v", address, err)
		}
	}
	if err := outbound.CheckAddress(netip.Addr{}); !errors.Is(err, outbound.ErrAddress) {
		t.Errorf("no address passes: %v", err)
	}
}

func TestARefusalIsKnownByItsMethod(t *testing.T) {
	t.Parallel()
	refusal, ok := errors.AsType[interface {
		error
		NotPublic() bool
	}](outbound.CheckAddress(netip.MustParseAddr("127.0.0.1")))
	if !ok || !refusal.NotPublic() {
		t.Errorf("the refusal is %v", refusal)
	}
}
