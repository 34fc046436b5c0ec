// SPDX-License-Identifier: Apache-2.0

package web

import (
	"testing"
	"testing/fstest"
)

func TestBuilt(t *testing.T) {
	t.Parallel()
	page := &fstest.MapFile{Data: []byte("<!doctype html>")}
	for name, test := range map[string]struct {
		tree fstest.MapFS
		want bool
	}{
		"a checkout without a build": {fstest.MapFS{".gitkeep": {}}, false},
		"half a build":               {fstest.MapFS{"room/index.html": page}, false},
		"both pages":                 {fstest.MapFS{"room/index.html": page, "portal/index.html": page}, true},
	} {
		if got := built(test.tree); got != test.want {
			t.Errorf("%s: built = %v, want %v", name, got, test.want)
		}
	}
}

func TestFSIsRootedAtDist(t *testing.T) {
	t.Parallel()
	pages, _ := FS()
	if _, err := pages.Open(".gitkeep"); err != nil {
		t.Errorf("the tree does not start at dist: %v", err)
	}
}
