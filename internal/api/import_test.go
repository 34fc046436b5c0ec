// SPDX-License-Identifier: Apache-2.0

package api

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/convoke/convoke/internal/convoke"
)

var csvFile = http.Header{"Content-Type": {"text/csv; charset=utf-8"}}

const importFile = "external_id,email,note\n1,jane@example.com,=1+1\n2,broken,\n1,again@example.com,\n"

// finish does the job that an answer is about.
func (w *world) finish(t *testing.T, j job) job {
	t.Helper()
	_, err := w.imports.Finish(t.Context(), w.operator, j.ID, nil)
	check(t, err)
	return read[job](t, w.call(t, "GET", Prefix+"/imports/"+string(j.ID), nil, ""), http.StatusOK)
}

func TestAnImport(t *testing.T) {
	t.Parallel()
	w := newWorld(t, partner)
	for _, query := range []string{"?dry_run=true&file_name=people.csv", "?file_name=people.csv"} {
		answer := w.call(t, "POST", Prefix+"/imports"+query, csvFile, importFile)
		begun := read[job](t, answer, http.StatusAccepted)
		checkJSON(t, "startImport", schemaNamed(t, "Import"), answer.Body.Bytes())
		if answer.Header().Get("Location") != Prefix+"/imports/"+string(begun.ID) || begun.State != "waiting" || begun.RowsTotal != 3 {
			t.Errorf("the import is %+v", begun)
		}
		done := w.finish(t, begun)
		if want := (convoke.ImportCounts{Create: 1, Conflict: 1, Error: 1}); done.State != "done" || done.Counts != want || done.RowsDone != 3 || len(done.Warnings) != 1 {
			t.Errorf("%s: the import is %+v", query, done)
		}
		rows := w.call(t, "GET", Prefix+"/imports/"+string(begun.ID)+"/rows?page_size=2", nil, "")
		page := read[jobRows](t, rows, http.StatusOK)
		checkJSON(t, "listImportRows", schemaNamed(t, "ImportRows"), rows.Body.Bytes())
		if len(page.Rows) != 2 || page.NextPageToken != "2" || page.Rows[0].Outcome != "create" || page.Rows[0].Input["note"] != "=1+1" {
			t.Errorf("%s: the rows are %+v", query, page)
		}
		if made := page.Rows[0].UserID != ""; made == strings.Contains(query, "dry_run") {
			t.Errorf("%s: the first row's user is %q", query, page.Rows[0].UserID)
		}
		problems := read[jobRows](t, w.call(t, "GET", Prefix+"/imports/"+string(begun.ID)+"/rows?problems=true", nil, ""), http.StatusOK)
		if len(problems.Rows) != 2 || problems.Rows[0].Row != 2 || problems.Rows[1].Code != "duplicate_in_file" {
			t.Errorf("%s: the problems are %+v", query, problems)
		}
	}
	list := read[jobPage](t, w.call(t, "GET", Prefix+"/imports", nil, ""), http.StatusOK)
	if len(list.Imports) != 2 || list.Imports[0].DryRun || list.NextPageToken != "" {
		t.Errorf("the list is %+v", list)
	}
	file := w.call(t, "GET", Prefix+"/imports/"+string(list.Imports[0].ID)+"/rows", http.Header{"Accept": {"text/csv"}}, "")
	lines := strings.Split(file.Body.String(), "\n")
	if file.Code != 200 || !strings.HasPrefix(file.Header().Get("Content-Type"), "text/csv") || lines[0] != "external_id,email,note,outcome,code,message,user_id" ||
		!strings.HasPrefix(lines[1], "1,jane@example.com,'=1+1,create,,,") {
		t.Errorf("status %d, %q", file.Code, lines)
	}
}

func TestImportsForTheHostAppsOwnKeys(t *testing.T) {
	t.Parallel()
	w := newWorld(t, partner)
	ndjson := http.Header{"Content-Type": {"application/x-ndjson"}}
	w.finish(t, read[job](t, w.call(t, "POST", Prefix+"/imports?source=app", ndjson, `{"external_id": "42"}`), http.StatusAccepted))
	if b := w.put(t, "42", "{}", http.StatusOK); *b.Created {
		t.Errorf("the host app's user is made anew: %+v", b)
	}
}

func TestImportsThatAreRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t, partner)
	id := string(read[job](t, w.call(t, "POST", Prefix+"/imports", csvFile, importFile), http.StatusAccepted).ID)
	for _, c := range []struct {
		method, target string
		header         http.Header
		body           string
		status         int
		code           convoke.Code
	}{
		{"POST", "/imports", nil, importFile, 415, codeMediaType},
		{"POST", "/imports", http.Header{"Content-Type": {"application/json"}}, "{}", 415, codeMediaType},
		{"POST", "/imports", csvFile, "", 400, convoke.CodeInvalidFile},
		{"POST", "/imports", csvFile, "email\n\xff\n", 400, convoke.CodeInvalidFile},
		{"POST", "/imports?dry_run=maybe", csvFile, importFile, 400, convoke.CodeInvalidField},
		{"POST", "/imports?action=everyCreate", csvFile, importFile, 400, convoke.CodeUnknownAction},
		{"POST", "/imports?source=saml", csvFile, importFile, 400, convoke.CodeInvalidField},
		{"POST", "/imports?file_name=%00", csvFile, importFile, 400, convoke.CodeInvalidField},
		{"GET", "/imports?next_page_token=%00", nil, "", 400, convoke.CodeInvalidPageToken},
		{"GET", "/imports/nobody", nil, "", 404, convoke.CodeImportNotFound},
		{"GET", "/imports/%00", nil, "", 404, convoke.CodeImportNotFound},
		{"GET", "/imports/nobody/rows", nil, "", 404, convoke.CodeImportNotFound},
		{"GET", "/imports/" + id + "/rows?page_size=1001", nil, "", 400, convoke.CodeInvalidField},
		{"GET", "/imports/" + id + "/rows?next_page_token=x", nil, "", 400, convoke.CodeInvalidPageToken},
		{"GET", "/imports/" + id + "/rows?next_page_token=-1", nil, "", 400, convoke.CodeInvalidPageToken},
		{"POST", "/imports/nobody/cancel", nil, "", 404, convoke.CodeImportNotFound},
	} {
		p := read[problem](t, w.call(t, c.method, Prefix+c.target, c.header, c.body), c.status)
		if p.Code != c.code {
			t.Errorf("%s %s: %s, want %s", c.method, c.target, p.Code, c.code)
		}
	}
	cancelled := read[job](t, w.call(t, "POST", Prefix+"/imports/"+id+"/cancel", nil, ""), http.StatusOK)
	if p := read[problem](t, w.call(t, "POST", Prefix+"/imports/"+id+"/cancel", nil, ""), 409); cancelled.State != "cancelled" || p.Code != convoke.CodeImportOver {
		t.Errorf("cancelled %+v, then %s", cancelled, p.Code)
	}
	other := w.elsewhere(t)
	for _, target := range []string{"", "/rows"} {
		read[problem](t, other.call(t, "GET", Prefix+"/imports/"+id+target, nil, ""), 404)
	}
	if list := read[jobPage](t, other.call(t, "GET", Prefix+"/imports", nil, ""), 200); slices.ContainsFunc(list.Imports, func(j job) bool { return string(j.ID) == id }) {
		t.Error("another account sees the import")
	}
}
