// SPDX-License-Identifier: Apache-2.0

package oidc_test

import (
	"testing"

	"github.com/convoke/convoke/internal/convoke"
	"github.com/convoke/convoke/internal/provision"
)

// What an administrator types in is looked up as what the provider would say.
func TestAPreviewKnowsWhoSignedIn(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.signIn(t, w.browser(t), w.base)
	for subject, outcome := range map[string]string{"ann-1": "found", "bob-1": "made"} {
		said := convoke.Assertion{Subject: subject, Attributes: map[string][]string{"email": {subject + "@people.example"}, "email_verified": {"true"}}}
		rehearsed, err := w.Rehearse(t.Context(), w.operator, provision.Rehearsal{Assertion: said})
		check(t, err)
		if r := rehearsed.Preview(); r.Outcome != outcome {
			t.Errorf("%s would be %q (%s)", subject, r.Outcome, r.Code)
		}
	}
}
