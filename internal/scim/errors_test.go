// SPDX-License-Identifier: Apache-2.0

package scim

import (
	"errors"
	"net/http"
	"testing"

	"github.com/convoke/convoke/internal/convoke"
)

func TestEveryKindOfErrorHasAStatus(t *testing.T) {
	t.Parallel()
	for kind := convoke.KindInvalid; kind <= convoke.KindUnavailable; kind++ {
		p, ours := problemOf(convoke.Errorf(kind, "a_new_code", "Why."))
		if ours || p.status < 400 || p.detail != "Why." || (p.status == 500) {
			t.Errorf("%s is %+v", kind, p)
		}
	}
	for code, f := range faults {
		if f.status < 400 || f.status >= 500 || f.scimType != "" && f.status != http.StatusBadRequest && f.status != http.StatusConflict {
			t.Errorf("%s is %+v", code, f)
		}
	}
	p, ours := problemOf(errors.New("secret"))
	if !ours || p.status != http.StatusInternalServerError || p.detail == "" || p.detail == "secret" {
		t.Errorf("a fault of ours is told as %+v", p)
	}
}
