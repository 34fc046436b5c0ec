// SPDX-License-Identifier: Apache-2.0

package portal

import (
	"bytes"
	"embed"
	"html/template"
	"net/http"

	"github.com/convoke/convoke/internal/convoke"
)

//go:embed pages
var pageFiles embed.FS

var errorPage = template.Must(template.ParseFS(pageFiles, "pages/error.html"))

// words are an error page's title and the hint under its sentence.
type words struct{ title, hint string }

var pageWords = map[convoke.Code]words{
	convoke.CodeMeetingNotFound:  {"This meeting does not exist", "Check that the link was copied whole, or ask for a new one."},
	convoke.CodeMeetingEnded:     {"The meeting is over", ""},
	convoke.CodeWrongPasscode:    {"This link does not open the meeting", "An old link stops working when the passcode changes."},
	convoke.CodeInvalidHostToken: {"This start link is not valid", "Start the meeting from your app again."},
	convoke.CodeHostTokenExpired: {"This start link has expired", "Start the meeting from your app again."},
	convoke.CodeTicketNotFound:   {"This link is not valid", ""},
	convoke.CodeTicketUsed:       {"This link works once", ""},
	convoke.CodeTicketExpired:    {"This link is too old", ""},
	convoke.CodeRemoved:          {"You cannot come back", ""},
	convoke.CodeUserInactive:     {"This user cannot hold meetings", ""},
	convoke.CodeUserPending:      {"This user is not active yet", ""},
	convoke.CodeInternal:         {"Something went wrong", ""},
	"page_not_found":             {"Page not found", ""},
	"pages_not_built":            {"The pages are not built", "Run “make build” and start the server again."},
}

// writeErrorPage answers with a page that needs no script.
func (d *door) writeErrorPage(w http.ResponseWriter, r *http.Request, err error) {
	e := convoke.AsError(err)
	d.logInternal(r, e)
	text, ok := pageWords[e.Code]
	if !ok {
		text = words{title: "This link does not work"}
	}
	var page bytes.Buffer
	if err := errorPage.Execute(&page, map[string]string{
		"Title": text.title, "Hint": text.hint, "Code": string(e.Code), "Detail": e.Message,
	}); err != nil {
		http.Error(w, e.Message, statusOf(e))
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(statusOf(e))
	_, _ = page.WriteTo(w) // fails only when the client is gone
}
