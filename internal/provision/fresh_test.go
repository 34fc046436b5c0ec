// SPDX-License-Identifier: Apache-2.0

package provision

import "testing"

func TestNoIDLooksLikeAFlag(t *testing.T) {
	t.Parallel()
	for range 2000 {
		if id := newID(); len(id) != 22 || id[0] == '-' {
			t.Fatalf("id %q", id)
		}
	}
}
