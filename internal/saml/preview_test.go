// SPDX-License-Identifier: Apache-2.0

package saml_test

import (
	"testing"

	"github.com/convoke/convoke/internal/convoke"
	"github.com/convoke/convoke/internal/provision"
)

// A real answer has the subject's name among its attributes, and the default
// mapping may take the address from there.
func TestAPreviewHasTheSubjectsNameAmongTheAttributes(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "")
	rehearsed, err := w.Rehearse(t.Context(), w.operator, provision.Rehearsal{Assertion: convoke.Assertion{Subject: "ann@people.example"}})
	if err != nil {
		t.Fatal(err)
	}
	if r := rehearsed.Preview(); rehearsed.User.Email != "ann@people.example" || r.Code == convoke.CodeInvalidEmail {
		t.Errorf("it shows %+v", r)
	}
}
