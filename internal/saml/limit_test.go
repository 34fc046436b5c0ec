// SPDX-License-Identifier: Apache-2.0

package saml_test

import (
	"encoding/base64"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
)

// Anybody may post a document, so what is read of one is bounded before anything
// of it is looked up.
func TestCrowdedDocumentsAreRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "")
	var attributes strings.Builder
	for i := range 1000 {
		fmt.Fprintf(&attributes, ` a%d="1"`, i)
	}
	for name, document := range map[string]string{
		"elements":   `<r>` + strings.Repeat(`<s/>`, 1000) + `</r>`,
		"attributes": `<r` + attributes.String() + `/>`,
	} {
		form := url.Values{"SAMLResponse": {base64.StdEncoding.EncodeToString([]byte(document))}}
		w.log.take()
		answer, _ := post(t, &http.Client{}, w.base+"/acs", form)
		if log := w.log.take(); answer.StatusCode >= 500 || !strings.Contains(log, "code=too_deep") {
			t.Errorf("%s: %d\n%s", name, answer.StatusCode, log)
		}
	}
}

// What is too large has one code, whether it is the form or the message in it.
func TestAFormThatIsTooLargeIsRefused(t *testing.T) {
	t.Parallel()
	w := newBenchWorld(t)
	for _, path := range []string{"/acs", "/slo"} {
		answer := w.send(http.MethodPost, path, "SAMLResponse="+strings.Repeat("A", 4<<20))
		if log := w.log.take(); answer.Code != http.StatusForbidden || !strings.Contains(log, "code=too_large") {
			t.Errorf("%s: %d\n%s", path, answer.Code, log)
		}
	}
}
