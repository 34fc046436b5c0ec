// SPDX-License-Identifier: Apache-2.0

package store

import (
	"testing"

	"modernc.org/libc"
)

// SQLite gives the memory of a handle back before the store's end lets go of it,
// so a store that is opened meanwhile can have the same one.
func TestAStoreThatClosesLeavesTheLogOfTheNext(t *testing.T) {
	t.Parallel()
	tls := libc.NewTLS()
	defer tls.Close()
	const handle = uintptr(1)
	closing, next := &walFile{interposed: &interposed{tls: tls, handle: handle}}, &walFile{interposed: &interposed{tls: tls, handle: handle}}
	owners.Store(handle, closing)
	owners.Store(handle, next)
	closing.release(closing)
	if got, there := owners.Load(handle); !there || got != next {
		t.Fatal("the next store has lost its log")
	}
	next.release(next)
	if _, there := owners.Load(handle); there {
		t.Error("a log is left behind")
	}
}
