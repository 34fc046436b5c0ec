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
		k, err := newKeys(t.Context(), nil, fmt.Sprintf("a secret key of many characters %d", i))
		if err != nil {
			t.Fatal(err)
		}
		if id := string(k.defaultAccount); strings.HasPrefix(id, "-") || len(id) != 22 {
			t.Fatalf("key %d makes the account id %q", i, id)
		}
	}
}
