// SPDX-License-Identifier: Apache-2.0

package outbound

import (
	"errors"
	"testing"
)

// TestTheSocketsAddressIsJudgedToo asks the last check by itself, which no
// resolver stands before.
func TestTheSocketsAddressIsJudgedToo(t *testing.T) {
	t.Parallel()
	for _, address := range []string{"127.0.0.1:80", "[::1]:443", "[::ffff:10.0.0.1]:80", "[fe80::1%eth0]:80"} {
		if err := newDialer(Config{}).control(t.Context(), "tcp", address, nil); !errors.Is(err, ErrAddress) {
			t.Errorf("a socket may connect to %s: %v", address, err)
		}
		if err := newDialer(Config{AllowPrivate: true}).control(t.Context(), "tcp", address, nil); err != nil {
			t.Errorf("allowed, it may not connect to %s: %v", address, err)
		}
	}
	if err := newDialer(Config{}).control(t.Context(), "tcp", "1.1.1.1:443", nil); err != nil {
		t.Errorf("a socket may not connect to a public address: %v", err)
	}
	if err := newDialer(Config{}).control(t.Context(), "unix", "/run/socket", nil); err == nil {
		t.Error("a socket may connect to what is no address")
	}
}
