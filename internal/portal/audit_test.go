// SPDX-License-Identifier: Apache-2.0

package portal_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/convoke/convoke/internal/convoke"
)

type auditList struct {
	Entries []struct {
		ID     int64
		Action string
		Actor  convoke.Actor
	}
	Next string `json:"next_page_token"`
}

func TestTheOperatorReadsTheAuditLog(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	operator := w.asOperator(t)
	for i := range 60 {
		w.user(t, convoke.Request{Source: convoke.SourceApp, ExternalID: fmt.Sprint(i)})
	}
	read := func(query string) auditList {
		return decoded[auditList](t, w.get(t, "/portal/api/audit"+query, operator), 200)
	}
	first := read("?action=user.created")
	rest := read("?action=user.created&next_page_token=" + first.Next)
	if len(first.Entries) != 50 || len(rest.Entries) != 11 || rest.Next != "" || first.Entries[0].ID <= rest.Entries[0].ID {
		t.Errorf("the pages have %d and %d entries", len(first.Entries), len(rest.Entries))
	}
	if by := first.Entries[0].Actor; by.Kind != "app" || by.Name != "Shop" {
		t.Errorf("it was done by %+v", by)
	}
	if about := read("?person=jane@acme.example"); len(about.Entries) < 2 {
		t.Errorf("about Jane: %+v", about)
	}
	if none := read("?person=nobody&action=meeting."); len(none.Entries) != 0 || none.Next != "" {
		t.Errorf("about nobody: %+v", none)
	}
	for _, token := range []string{"x", "-1", "0", "%00"} {
		wantProblem(t, w.get(t, "/portal/api/audit?next_page_token="+token, operator), 400, convoke.CodeInvalidPageToken)
	}
	wantProblem(t, w.get(t, "/portal/api/audit?person=%00", operator), 400, convoke.CodeInvalidField)
	actions := decoded[struct{ Actions []string }](t, w.get(t, "/portal/api/audit/actions", operator), 200).Actions
	if !slices.Contains(actions, "user.created") || !slices.Contains(actions, "operator.signed_in") {
		t.Errorf("the actions are %q", actions)
	}
}

func TestTheOperatorVerifiesAndExportsTheAuditLog(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	operator := w.asOperator(t)
	w.newAccount(t, "Other")
	_, err := w.audit.Seal(t.Context())
	check(t, err)
	report := decoded[struct {
		Entries    int64
		FaultCount int64 `json:"fault_count"`
		Head       string
	}](t, w.post(t, "/portal/api/audit/verify", "", operator), 200)
	if report.Entries == 0 || report.FaultCount != 0 || report.Head == "" {
		t.Errorf("the report is %+v", report)
	}
	file := w.get(t, "/portal/api/audit/export", operator)
	lines := strings.Split(strings.TrimSpace(file.Body.String()), "\n")
	if want := len(w.events(t)); len(lines) != want || !strings.Contains(file.Header().Get("Content-Disposition"), "attachment") {
		t.Errorf("%d lines of %d entries: %s", len(lines), want, lines[0])
	}
	for _, line := range lines {
		if !strings.Contains(line, fmt.Sprintf(`"account_id":%q`, w.account)) {
			t.Errorf("another account's entry: %s", line)
		}
	}
}
