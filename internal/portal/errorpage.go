// SPDX-License-Identifier: Apache-2.0

package portal

import (
	"bytes"
	"embed"
	"html/template"
	"net/http"
	"strings"

	"github.com/convoke/convoke/internal/convoke"
)

//go:embed pages
var pageFiles embed.FS

var errorPage = template.Must(template.ParseFS(pageFiles, "pages/error.html"))

// pageNotFound is the code of an address that nothing is at.
const pageNotFound convoke.Code = "page_not_found"

// words are an error page's title and the hint under its sentence.
type words struct{ title, hint string }

var pageWords = map[convoke.Code]words{
	convoke.CodeMeetingNotFound:  {"No meeting found", "Check that the link was copied whole, or ask for a new one."},
	convoke.CodeMeetingEnded:     {"The meeting is over", ""},
	convoke.CodeWrongPasscode:    {"Try the passcode again", "An old link stops working when the passcode changes."},
	convoke.CodeTooMany:          {"Too many wrong passcodes", ""},
	convoke.CodeInvalidHostToken: {"You cannot start with this link", ""},
	convoke.CodeHostTokenExpired: {"This start link is too old", ""},
	convoke.CodeTicketNotFound:   {"This link is not valid", ""},
	convoke.CodeTicketUsed:       {"This link works once", ""},
	convoke.CodeTicketExpired:    {"This link is too old", ""},
	convoke.CodeRemoved:          {"You cannot come back", ""},
	convoke.CodeUserInactive:     {"This user cannot hold meetings", ""},
	convoke.CodeUserPending:      {"This user is not active yet", ""},
	convoke.CodeInternal:         {"Something went wrong", ""},
	pageNotFound:                 {"Page not found", ""},
	"pages_not_built":            {"The pages are not built", "Run “make build” and start the server again."},
}

// passcodePage reports whether the page is to ask for the passcode: on a link that
// takes one, when it was missing or wrong.
func passcodePage(r *http.Request, code convoke.Code) bool {
	takesOne := strings.HasPrefix(r.URL.Path, "/j/") || strings.HasPrefix(r.URL.Path, "/my/")
	return takesOne && (code == convoke.CodeWrongPasscode || code == convoke.CodeTooMany)
}

// writeErrorPage answers with a page that needs no script.
func (d *door) writeErrorPage(w http.ResponseWriter, r *http.Request, err error) {
	e := convoke.AsError(err)
	d.logInternal(r, e)
	text, ok := pageWords[e.Code]
	if !ok {
		text = words{title: "This link does not work"}
	}
	asks := passcodePage(r, e.Code)
	if asks && query(r, "pwd") == "" {
		text = words{title: "Enter the passcode"}
	}
	var page bytes.Buffer
	if err := errorPage.Execute(&page, map[string]any{
		"Title": text.title, "Hint": text.hint, "Code": e.Code, "Detail": e.Message,
		"OffersPortal": e.Code == pageNotFound, "AsksPasscode": asks, "Path": r.URL.EscapedPath(),
	}); err != nil {
		http.Error(w, e.Message, statusOf(e))
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(statusOf(e))
	_, _ = page.WriteTo(w) // fails only when the client is gone
}
