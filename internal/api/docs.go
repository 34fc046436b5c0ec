// SPDX-License-Identifier: Apache-2.0

package api

import (
	"bytes"
	"embed"
	"html/template"
	"net/http"
	"strings"
)

//go:embed openapi.json
var openAPI []byte

//go:embed docs/page.html docs/style.css
var docsFiles embed.FS

// OpenAPI returns the description of the API (OpenAPI 3.1, JSON). It must not
// be changed.
func OpenAPI() []byte { return openAPI }

// docsPolicy lets a page load its own style sheet and icon, and nothing else.
const docsPolicy = "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

// Docs returns the handler of /docs, /docs/errors and /docs/style.css: the
// description and the table of error codes as pages for people.
func Docs() http.Handler {
	pages := template.Must(template.New("").Funcs(template.FuncMap{
		"paragraphs": paragraphs,
	}).ParseFS(docsFiles, "docs/page.html"))
	model := newDocs()
	mux := http.NewServeMux()
	mux.Handle("GET /docs", staticPage("text/html; charset=utf-8", render(pages, "calls", model)))
	mux.Handle("GET /docs/errors", staticPage("text/html; charset=utf-8", render(pages, "errors", model)))
	style, err := docsFiles.ReadFile("docs/style.css")
	if err != nil {
		panic(err) // the file is part of the binary
	}
	mux.Handle("GET /docs/style.css", staticPage("text/css; charset=utf-8", style))
	return mux
}

// render runs once, at the start: its inputs are part of the binary, so that a
// failure is a fault of the build.
func render(pages *template.Template, name string, model docs) []byte {
	var page bytes.Buffer
	if err := pages.ExecuteTemplate(&page, name, model); err != nil {
		panic(err)
	}
	return page.Bytes()
}

func staticPage(contentType string, body []byte) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		header := w.Header()
		header.Set("Content-Type", contentType)
		header.Set("Content-Security-Policy", docsPolicy)
		header.Set("X-Content-Type-Options", "nosniff")
		header.Set("Referrer-Policy", "no-referrer")
		header.Set("Cache-Control", "max-age=300")
		_, _ = w.Write(body) // fails only when the reader has gone
	})
}

// paragraphs splits a text of the description at its empty lines.
func paragraphs(text string) []string {
	if text == "" {
		return nil
	}
	return strings.Split(text, "\n\n")
}
