// SPDX-License-Identifier: Apache-2.0

package app

import (
	"fmt"
	"strings"
	"testing"
)

func TestNoDefaultAccountBeginsWithADash(t *testing.T) {
	t.Parallel()
	for i := range 1000 { // one key in 64 derives a dash at first
		k := deriveKeys(fmt.Appendf(nil, "a secret key of many characters %d", i), nil)
		if id := string(k.defaultAccount); strings.HasPrefix(id, "-") || len(id) != 22 {
			t.Fatalf("key %d makes the account id %q", i, id)
		}
	}
}
