// SPDX-License-Identifier: Apache-2.0

package app

import (
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/convoke/convoke/internal/convoke"
)

// TestALookNeverReachesThisMachine takes the parts as the server has them, and
// names that lead to this machine.
func TestALookNeverReachesThisMachine(t *testing.T) {
	t.Parallel()
	var reached atomic.Int64
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := &http.Server{Handler: http.HandlerFunc(func(http.ResponseWriter, *http.Request) { reached.Add(1) })}
	go func() { _ = server.Serve(listener) }()
	t.Cleanup(func() { _ = server.Close() })
	for _, name := range []string{"localhost", listener.Addr().String(), "[::1]", "169.254.169.254"} {
		findings, err := newLooker().Look(t.Context(), convoke.Domain{Name: name, Token: "t"})
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range findings {
			if f.Method == convoke.ProofDNS {
				continue
			}
			if f.Found || !strings.Contains(strings.ToLower(f.Problem), "not on the public internet") {
				t.Errorf("%s: %+v", name, f)
			}
		}
	}
	if reached.Load() > 0 {
		t.Error("the server on this machine was reached")
	}
}
