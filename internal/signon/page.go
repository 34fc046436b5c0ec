// SPDX-License-Identifier: Apache-2.0

package signon

import (
	"bytes"
	"embed"
	"errors"
	"fmt"
	"html/template"
	"io/fs"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/convoke/convoke/internal/convoke"
	"github.com/convoke/convoke/internal/provision"
)

//go:embed pages
var pageFiles embed.FS

var pages = Templates(pageFiles)

// Templates reads a door's pages, which are in its directory pages.
func Templates(files fs.FS) *template.Template {
	return template.Must(template.ParseFS(files, "pages/*.html"))
}

// Policy lets a page load the portal's style and nothing else. A form may go
// anywhere, since it goes to the account's identity provider.
const Policy = "default-src 'none'; style-src 'self'; img-src 'self'; frame-ancestors 'none'; base-uri 'none'"

func (d Desk) secureHeaders(header http.Header) {
	header.Set("Content-Security-Policy", Policy)
	header.Set("Referrer-Policy", "no-referrer")
	header.Set("X-Content-Type-Options", "nosniff")
	header.Set("X-Frame-Options", "DENY")
	header.Set("Cache-Control", "no-store")
	if d.secure {
		header.Set("Strict-Transport-Security", "max-age=31536000")
	}
}

// titles are those of the refusals that a person can do something about.
var titles = map[convoke.Code]string{
	codeRefused:                    "The sign-in did not work",
	convoke.CodeReplayed:           "Please sign in again",
	convoke.CodeNotProvisioned:     "You are not known here yet",
	convoke.CodeSignInBlocked:      "You cannot sign in here",
	convoke.CodeCannotLink:         "Your address belongs to somebody else here",
	convoke.CodeSignInRefused:      "You cannot sign in here",
	convoke.CodeUserInactive:       "You cannot sign in any more",
	convoke.CodeUserPending:        "One more step",
	convoke.CodeSSONotFound:        "There is no sign-in at this address",
	convoke.CodeSeatsExhausted:     "There is no licence left",
	convoke.CodeTokenExpired:       "This link is too old",
	convoke.CodeTokenInvalid:       "This link is not valid",
	convoke.CodeInternal:           "Something went wrong",
	convoke.Code("page_not_found"): "Page not found",
}

func writeRefusal(w http.ResponseWriter, status int, e *convoke.Error, vanity string) {
	title := titles[e.Code]
	if title == "" {
		title = "You cannot sign in here"
	}
	again, elsewhere := "", false
	switch e.Code {
	case codeRefused, convoke.CodeReplayed:
		again = Prefix + "/" + vanity
	case convoke.CodeNotProvisioned, convoke.CodeUserPending, convoke.CodeUserInactive, convoke.CodeSeatsExhausted:
		again, elsewhere = Prefix+"/"+vanity, true
	}
	WritePage(w, pages, status, "refusal.html", map[string]any{
		"Title": title, "Code": e.Code, "Detail": e.Message, "Again": again, "Elsewhere": elsewhere, // whether something is to be done first
		"Mistyped": e.Code == convoke.CodeSSONotFound,
	})
}

// WritePage answers with one of the pages.
func WritePage(w http.ResponseWriter, pages *template.Template, status int, name string, data any) {
	var page bytes.Buffer
	if err := pages.ExecuteTemplate(&page, name, data); err != nil {
		http.Error(w, http.StatusText(http.StatusInternalServerError), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	_, _ = page.WriteTo(w) // fails only when the client is gone
}

// line is a name, what stands beside it, and where that comes from.
type line struct{ Name, Value, From string }

// Show is the end of a test sign-in: what came, what the mapping makes of it, and
// what would become of the person.
func (d Desk) Show(w http.ResponseWriter, r *http.Request, said Statement) error {
	rehearsed, err := d.SignIns.TestSignIn(r.Context(), said.Assertion)
	if e := convoke.AsError(err); err != nil && e.Kind == convoke.KindInternal {
		return err
	} else if err != nil {
		rehearsed.Refusal = e
	}
	writeTest(w, said.Login.NameID, said.Assertion.Attributes, rehearsed)
	return nil
}

// writeRefusedTest is the end of a test sign-in whose answer is not accepted, in the
// words of the log.
func writeRefusedTest(w http.ResponseWriter, err error) {
	code, why := reasonOf(err), convoke.AsError(err).Message
	if refused, ok := errors.AsType[*RefusedError](err); ok {
		why = convoke.Shorten(refused.Detail, maxDetail)
	}
	WritePage(w, pages, http.StatusOK, "test.html", map[string]any{
		"Outcome": "Nobody would get in: the provider’s answer is not accepted.", "Code": code, "Refused": true, "Why": why,
	})
}

func writeTest(w http.ResponseWriter, name convoke.SSOName, came map[string][]string, r provision.Rehearsed) {
	var attributes, mapped []line
	for _, name := range slices.Sorted(maps.Keys(came)) {
		attributes = append(attributes, line{Name: name, Value: strings.Join(came[name], " · ")})
	}
	preview := r.Preview()
	for _, v := range preview.Values {
		mapped = append(mapped, line{string(v.Field), v.Value, "from " + v.Attribute})
	}
	data := map[string]any{
		"Subject": name.Value, "Format": name.Format, "Attributes": attributes, "Mapped": append(mapped, given(preview)...),
		"Notes": preview.Notes, "Outcome": outcomeOf(r), "Code": "would_enter",
	}
	if r.Refusal != nil {
		data["Code"] = string(r.Refusal.Code)
	}
	WritePage(w, pages, http.StatusOK, "test.html", data)
}

// given is what the person would have besides the values, and by which rule.
func given(p convoke.SignInPreview) []line {
	if p.Role == "" { // refused
		return nil
	}
	byRule := func(rule int) string {
		if rule == 0 {
			return ""
		}
		return fmt.Sprintf("by rule %d", rule)
	}
	lines := []line{{"license_type", string(p.Licence), byRule(p.Rule)}, {"role", p.Role, byRule(p.ByRule)}}
	if len(p.Joined) > 0 {
		lines = append(lines, line{"into the groups", strings.Join(p.Joined, " · "), byRule(p.InRule)})
	}
	if len(p.Left) > 0 {
		lines = append(lines, line{"out of the groups", strings.Join(p.Left, " · "), byRule(p.InRule)})
	}
	return lines
}

// outcomeOf says in one sentence what a sign-in would have done.
func outcomeOf(r provision.Rehearsed) string {
	switch {
	case r.Refusal != nil:
		return "This person would not get in: " + r.Refusal.Message
	case r.Before == nil:
		return "This person would get in, and become a new user: " + r.User.Name() + "."
	}
	return "This person would get in, as the user that is there: " + r.User.Name() + "."
}
