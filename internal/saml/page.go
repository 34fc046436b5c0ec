// SPDX-License-Identifier: Apache-2.0

package saml

import (
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"html/template"
	"net/http"

	"github.com/convoke/convoke/internal/signon"
)

//go:embed pages
var pageFiles embed.FS

var pages = signon.Templates(pageFiles)

// submit is the one script of this door: it posts a form that a person without
// scripts posts by its button.
const submit = `document.forms[0].submit()`

// writeForm sends a request to the identity provider by the HTTP-POST binding.
func writeForm(w http.ResponseWriter, q question) error {
	sum := sha256.Sum256([]byte(submit))
	w.Header().Set("Content-Security-Policy", signon.Policy+"; script-src 'sha256-"+base64.StdEncoding.EncodeToString(sum[:])+"'")
	signon.WritePage(w, pages, http.StatusOK, "post.html", map[string]any{
		"URL": q.url, "Request": q.form, "Relay": q.relay, "Script": template.JS(submit), //nolint:gosec // a constant
	})
	return nil
}
