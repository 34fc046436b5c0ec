// SPDX-License-Identifier: Apache-2.0

package domaincheck

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/url"
)

// dnsProblem says in a sentence why the look-up of a name failed.
func dnsProblem(name string, err error) string {
	fault, ok := errors.AsType[*net.DNSError](err)
	switch {
	case ok && fault.IsNotFound:
		return fmt.Sprintf("%s has no TXT record.", name)
	case ok && fault.IsTimeout || errors.Is(err, context.DeadlineExceeded):
		return "The name servers did not answer in time. Try again later."
	}
	return "The name servers could not be asked. Try again later."
}

// webProblem says in a clause why a page could not be read. Addresses of this
// network are never part of it.
func webProblem(err error) string {
	if wrapped, ok := errors.AsType[*url.Error](err); ok {
		err = wrapped.Err
	}
	if fault, ok := errors.AsType[*net.DNSError](err); ok {
		if fault.IsNotFound {
			return "the name has no address"
		}
		return "the name servers did not answer"
	}
	for _, known := range []struct {
		is   func(error) bool
		text string
	}{
		{func(err error) bool { return errors.Is(err, errStatus) || errors.Is(err, errElsewhere) }, err.Error()},
		{isCertificate, "the certificate is not valid for the name"},
		{isTimeout, "the site did not answer in time"},
		{refused, "the name leads to an address that is not on the public Internet"},
		{isOp, "no connection to the site"},
	} {
		if known.is(err) {
			return known.text
		}
	}
	return "the page could not be read"
}

func isCertificate(err error) bool {
	if _, ok := errors.AsType[*tls.CertificateVerificationError](err); ok {
		return true
	}
	_, ok := errors.AsType[x509.HostnameError](err)
	return ok
}

func isTimeout(err error) bool {
	fault, ok := errors.AsType[net.Error](err)
	return errors.Is(err, context.DeadlineExceeded) || ok && fault.Timeout()
}

// refused recognises the client's refusal by a method, since the client is not
// of this room's making.
func refused(err error) bool {
	fault, ok := errors.AsType[interface {
		error
		NotPublic() bool
	}](err)
	return ok && fault.NotPublic()
}

func isOp(err error) bool {
	_, ok := errors.AsType[*net.OpError](err)
	return ok
}
