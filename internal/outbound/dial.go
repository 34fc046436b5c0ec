// SPDX-License-Identifier: Apache-2.0

package outbound

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"syscall"
	"time"
)

// Resolver finds the addresses of a name. [net.Resolver] is one.
type Resolver interface {
	LookupNetIP(ctx context.Context, network, host string) ([]netip.Addr, error)
}

// DialFunc connects to an address, given as ip:port.
type DialFunc func(ctx context.Context, network, address string) (net.Conn, error)

type dialer struct {
	resolver Resolver
	connect  DialFunc
	timeout  time.Duration
	judge    func(netip.Addr) error
}

func newDialer(config Config) *dialer {
	d := &dialer{resolver: config.Resolver, connect: config.Dial, timeout: config.Timeout, judge: CheckAddress}
	if config.AllowPrivate {
		d.judge = func(netip.Addr) error { return nil }
	}
	if d.resolver == nil {
		d.resolver = net.DefaultResolver
	}
	if d.connect == nil {
		d.connect = (&net.Dialer{ControlContext: d.control}).DialContext
	}
	return d
}

// control judges the address that a socket is about to connect to: the last
// word, whatever was resolved before.
func (d *dialer) control(_ context.Context, _, address string, _ syscall.RawConn) error {
	at, err := netip.ParseAddrPort(address)
	if err != nil {
		return fmt.Errorf("connect to %q: %w", address, err)
	}
	return d.judge(at.Addr())
}

// dial resolves the name itself, so that a test can say what it resolves to,
// and tries the addresses that may be connected to in their order.
func (d *dialer) dial(ctx context.Context, network, address string) (net.Conn, error) {
	ctx, cancel := context.WithTimeout(ctx, d.timeout)
	defer cancel()
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return nil, err
	}
	addrs, err := d.resolve(ctx, host)
	if err != nil {
		return nil, err
	}
	var faults []error
	for i, addr := range addrs {
		conn, err := d.attempt(ctx, len(addrs)-i, network, net.JoinHostPort(addr.String(), port))
		if err == nil {
			return conn, nil
		}
		faults = append(faults, err)
	}
	return nil, errors.Join(faults...)
}

// resolve gives the addresses of host that may be connected to. When there
// are none it says why the first one is refused.
func (d *dialer) resolve(ctx context.Context, host string) ([]netip.Addr, error) {
	addrs, err := d.lookup(ctx, host)
	if err != nil {
		return nil, err
	}
	var allowed []netip.Addr
	var refusal error
	for _, addr := range addrs {
		if err := d.judge(addr); err == nil {
			allowed = append(allowed, addr.Unmap())
		} else if refusal == nil {
			refusal = err
		}
	}
	switch {
	case len(allowed) > 0:
		return allowed, nil
	case refusal != nil:
		return nil, fmt.Errorf("connect to %s: %w", host, refusal)
	}
	return nil, fmt.Errorf("connect to %s: the name has no address", host)
}

func (d *dialer) lookup(ctx context.Context, host string) ([]netip.Addr, error) {
	if addr, err := netip.ParseAddr(host); err == nil {
		return []netip.Addr{addr}, nil
	}
	return d.resolver.LookupNetIP(ctx, "ip", host)
}

// attempt connects to one address with its share of the time that is left,
// so that one address that does not answer does not use it all.
func (d *dialer) attempt(ctx context.Context, shares int, network, address string) (net.Conn, error) {
	if deadline, bound := ctx.Deadline(); bound {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, time.Until(deadline)/time.Duration(shares))
		defer cancel()
	}
	return d.connect(ctx, network, address)
}
