// SPDX-License-Identifier: Apache-2.0

package convoke_test

import (
	"testing"

	"github.com/convoke/convoke/internal/convoke"
)

// Who has another address is another person, though a letter of it looks alike in
// small: the provider may give such an address to anybody who asks for it.
func TestOtherAddressesAreOtherPeoples(t *testing.T) {
	t.Parallel()
	for _, other := range []string{"m\u0130ke@a.example", "mi\u212ae@a.example", "mike@\u0130dp.example"} {
		for _, one := range []string{"mike@a.example", "MIKE@A.EXAMPLE", "mike@idp.example"} {
			if convoke.EmailKey(other) == convoke.EmailKey(one) {
				t.Errorf("%q is taken for %q", other, one)
			}
		}
	}
	if domain := convoke.EmailDomain("mike@\u0130dp.example"); domain == "idp.example" {
		t.Error("a domain became another one")
	}
	for text, want := range map[string]string{"Mike@A.Example": "mike@a.example", "ÄRGER@x.example": "ärger@x.example", "ΣΊΣ@x.example": "σίσ@x.example"} {
		if got := convoke.EmailKey(text); got != want {
			t.Errorf("the key of %q is %q, want %q", text, got, want)
		}
	}
}
