// SPDX-License-Identifier: Apache-2.0

package portal_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/convoke/convoke/internal/convoke"
)

// job is the part of an import that these tests look at.
type job struct {
	ID, State string
	RowsDone  int64 `json:"rows_done"`
	Counts    convoke.ImportCounts
}

func (w *world) upload(t *testing.T, query, contentType, file string, session option) *httptest.ResponseRecorder {
	t.Helper()
	return w.post(t, "/portal/api/imports"+query, file, session, header("Content-Type", contentType))
}

func TestTheOperatorImports(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	session := w.asOperator(t)
	const file = "email,external_id\nada@acme.example,1\nbroken,2\n"
	for _, query := range []string{"?dry_run=true&action=custCreate&file_name=people.csv", "?action=custCreate&file_name=people.csv"} {
		begun := decoded[job](t, w.upload(t, query, "text/csv", file, session), http.StatusAccepted)
		_, err := w.imports.Finish(t.Context(), convoke.Operator(w.account), convoke.ImportID(begun.ID), nil)
		check(t, err)
		done := decoded[job](t, w.get(t, "/portal/api/imports/"+begun.ID, session), 200)
		if done.State != "done" || done.RowsDone != 2 || done.Counts != (convoke.ImportCounts{Create: 1, Error: 1}) {
			t.Errorf("%s: the import is %+v", query, done)
		}
		problems := decoded[struct {
			Rows []struct {
				Row     int64
				Message string
				Input   []string
			}
		}](t, w.get(t, "/portal/api/imports/"+begun.ID+"/problems", session), 200)
		if len(problems.Rows) != 1 || problems.Rows[0].Row != 2 || problems.Rows[0].Input[0] != "broken" || problems.Rows[0].Message == "" {
			t.Errorf("%s: the problems are %+v", query, problems)
		}
		results := w.get(t, "/portal/api/imports/"+begun.ID+"/results", session)
		if !strings.HasPrefix(results.Body.String(), "email,external_id,outcome,code,message,user_id\n") ||
			!strings.Contains(results.Header().Get("Content-Disposition"), "attachment") {
			t.Errorf("%s: the results are %s", query, results.Body)
		}
		wantProblem(t, w.call(t, http.MethodPost, "/portal/api/imports/"+begun.ID+"/cancel", "{}", session), 409, convoke.CodeImportOver)
	}
	list := decoded[struct{ Imports []job }](t, w.get(t, "/portal/api/imports", session), 200)
	if len(list.Imports) != 2 {
		t.Errorf("the list is %+v", list)
	}
}

func TestImportsAreTheOperators(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	session := w.asOperator(t)
	wantProblem(t, w.upload(t, "", "text/csv", "nothing\n1\n", session), 400, convoke.CodeInvalidFile)
	wantProblem(t, w.upload(t, "", "application/json", "{}", session), 400, convoke.CodeInvalidField)
	begun := decoded[job](t, w.upload(t, "", "application/x-ndjson", `{"external_id":"1"}`, session), http.StatusAccepted)
	cancelled := decoded[job](t, w.call(t, http.MethodPost, "/portal/api/imports/"+begun.ID+"/cancel", "{}", session), 200)
	if cancelled.State != "cancelled" {
		t.Errorf("the import is %+v", cancelled)
	}
	wantProblem(t, w.get(t, "/portal/api/imports/"+begun.ID+"/problems?after=x", session), 400, convoke.CodeInvalidPageToken)
	person := w.signedIn(t, "jane@acme.example")
	for _, path := range []string{"", "/" + begun.ID, "/" + begun.ID + "/problems", "/" + begun.ID + "/results"} {
		wantProblem(t, w.get(t, "/portal/api/imports"+path, person), 403, convoke.CodeNotOperator)
	}
}
