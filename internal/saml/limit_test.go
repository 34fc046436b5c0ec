// SPDX-License-Identifier: Apache-2.0

package saml_test

import (
	"encoding/base64"
	"fmt"
	"net/http"
	"net/url"
	"runtime"
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

// A small query unpacks to a document whose tree would take a thousand times its
// size, and each of its different tags time of its own.
func TestACrowdedDocumentTakesNoRoom(t *testing.T) {
	w := newBenchWorld(t)
	var many strings.Builder
	for i := range 10_000 {
		fmt.Fprintf(&many, "<a%d/>", i)
	}
	for name, document := range map[string]string{
		"elements": "<r>" + strings.Repeat("<a/>", 15_000) + "</r>",
		"comments": "<r>" + strings.Repeat("<!---->", 9_000) + "</r>",
		"inflated": "<r>" + many.String() + "</r>",
		"a bomb":   strings.Repeat(" ", 1<<20),
	} {
		query := "SAMLRequest=" + deflated([]byte(document))
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		w.send(http.MethodGet, "/slo", query)
		runtime.ReadMemStats(&after)
		took := after.TotalAlloc - before.TotalAlloc
		if log := w.log.take(); took > 4<<20 || !strings.Contains(log, "code=too_") {
			t.Errorf("%s: a query of %d bytes takes %d\n%.300s", name, len(query), took, log)
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
