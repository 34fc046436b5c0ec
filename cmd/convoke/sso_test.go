// SPDX-License-Identifier: Apache-2.0

package main

import (
	"strings"
	"testing"

	"github.com/convoke/convoke/internal/app"
)

func TestWhatWasSetByHandIsShownWhenThereIsSomething(t *testing.T) {
	t.Parallel()
	for want, byHand := range map[string][]string{"": nil, "set by hand\tbinding certificates\n": {"binding", "certificates"}} {
		var out strings.Builder
		printSSO(&out, app.SSOInfo{SetByHand: byHand})
		if got := out.String(); !strings.Contains(got, want) || strings.Contains(got, "by hand") != (want != "") {
			t.Errorf("with %v it prints\n%s", byHand, got)
		}
	}
}
