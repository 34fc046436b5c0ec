// SPDX-License-Identifier: Apache-2.0

package outbound

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net/http"
	"time"
)

// Defaults of a [Config].
const (
	DefaultTimeout  = 10 * time.Second
	DefaultMaxBytes = 1 << 20
)

// maxHeaderBytes bounds the head of an answer.
const maxHeaderBytes = 64 << 10

// ErrRedirect is inside the error for a chain of redirects that is too long,
// or that leads from https to http.
var ErrRedirect = errors.New("the redirect is not followed")

// Config is what a client may do. Its zero value is safe.
type Config struct {
	// Timeout bounds a whole exchange, from the look-up of the name to the
	// last byte of the answer, redirects included. Default: DefaultTimeout.
	Timeout time.Duration
	// MaxBytes is how much of an answer's body can be read; the read after
	// it fails with [ErrTooLarge]. Default: DefaultMaxBytes.
	MaxBytes int64
	// Redirects is how many are followed, never from https to http. With 0
	// the caller gets the 3xx answer itself.
	Redirects int
	// IdlePerHost is how many idle connections are kept for a host. With 0
	// every exchange has a connection of its own.
	IdlePerHost int
	// AllowPrivate lets the client connect anywhere, this machine included:
	// for an operator whose receivers live in the private network.
	AllowPrivate bool

	// Resolver finds a name's addresses. Default: [net.DefaultResolver].
	Resolver Resolver
	// Dial connects to an address that was judged already, as ip:port. Tests
	// replace it. The default judges the socket's address once more.
	Dial DialFunc
	// RootCAs are the authorities to trust. Default: the system's.
	RootCAs *x509.CertPool
}

// New makes a client as config says.
func New(config Config) *http.Client {
	if config.Timeout <= 0 {
		config.Timeout = DefaultTimeout
	}
	if config.MaxBytes <= 0 {
		config.MaxBytes = DefaultMaxBytes
	}
	return &http.Client{
		Transport:     &bounded{next: transport(config), limit: config.MaxBytes},
		CheckRedirect: follow(config.Redirects),
		Timeout:       config.Timeout,
	}
}

func transport(config Config) *http.Transport {
	return &http.Transport{
		Proxy:                  nil, // said aloud: a proxy would connect where we would not
		DialContext:            newDialer(config).dial,
		TLSClientConfig:        &tls.Config{RootCAs: config.RootCAs, MinVersion: tls.VersionTLS12},
		TLSHandshakeTimeout:    config.Timeout,
		ResponseHeaderTimeout:  config.Timeout,
		MaxResponseHeaderBytes: maxHeaderBytes,
		DisableCompression:     true,
		DisableKeepAlives:      config.IdlePerHost <= 0,
		MaxIdleConnsPerHost:    config.IdlePerHost,
		IdleConnTimeout:        90 * time.Second,
		ForceAttemptHTTP2:      true,
	}
}

// follow refuses what a client must not follow. Where a redirect leads is
// judged by the dialer, as every address is.
func follow(limit int) func(*http.Request, []*http.Request) error {
	return func(next *http.Request, before []*http.Request) error {
		switch {
		case limit <= 0:
			return http.ErrUseLastResponse
		case len(before) > limit:
			return fmt.Errorf("more than %d redirects: %w", limit, ErrRedirect)
		case before[len(before)-1].URL.Scheme == "https" && next.URL.Scheme != "https":
			return fmt.Errorf("from https to %s: %w", next.URL.Scheme, ErrRedirect)
		}
		return nil
	}
}
