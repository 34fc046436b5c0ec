// SPDX-License-Identifier: Apache-2.0

package portal_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/convoke/convoke/internal/convoke"
)

// give gives the account's user a role, as the operator does.
func (w *world) give(t testing.TB, email, role string) {
	t.Helper()
	parsed, err := convoke.ParseRole(role)
	check(t, err)
	_, err = w.provision.SetRole(t.Context(), convoke.Operator(w.account), email, parsed)
	check(t, err)
}

// onlyTheOperators are the calls that reach beyond the account.
var onlyTheOperators = []string{"/portal/api/mails", "/portal/api/audit/verify"}

func TestOwnerAndAdminsLookAfterTheirAccount(t *testing.T) {
	t.Parallel()
	for _, role := range []string{"owner", "admin"} {
		w := newWorld(t)
		pending := w.user(t, convoke.Request{Action: "create", Email: "ada@acme.example"})
		mail, person := w.sendMail(t, "hello"), w.signedIn(t, "jane@acme.example")
		w.domain(t, "managed.example")
		w.give(t, "jane@acme.example", role)
		session := decoded[struct{ User struct{ Role string } }](t, w.get(t, "/portal/api/session", person), 200)
		if session.User.Role != role {
			t.Errorf("the session says %+v", session)
		}
		for _, c := range operatorCalls(pending.ID, mail) {
			answer := w.call(t, c[0], c[1], `{}`, person)
			if strings.HasPrefix(c[1], onlyTheOperators[0]) || strings.HasPrefix(c[1], onlyTheOperators[1]) {
				wantProblem(t, answer, 403, convoke.CodeNotOperator)
			} else if answer.Code == 401 || answer.Code == 403 || answer.Code >= 500 {
				t.Errorf("%s: %v: %d %s", role, c, answer.Code, answer.Body)
			}
		}
		w.give(t, "jane@acme.example", "admin")
		w.give(t, "jane@acme.example", "member")
		wantProblem(t, w.get(t, "/portal/api/users", person), 403, convoke.CodeNotOperator)
	}
}

func TestAnotherAccountsAdminSeesNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	abroad := w.newAccount(t, "Abroad")
	abroad.give(t, "jane@abroad.example", "owner")
	w.wantNothingToldTo(t, abroad.signedIn(t, "jane@abroad.example"), 200, 403, 404)
}

func TestAnAdminIsNotOverTheOwner(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.domain(t, "acme.example")
	owner := w.person(t, "olga@acme.example")
	w.give(t, "olga@acme.example", "owner")
	w.give(t, "jane@acme.example", "admin")
	admin, boss := w.signedIn(t, "jane@acme.example"), w.signedIn(t, "olga@acme.example")
	path := "/portal/api/users/" + string(owner.ID) + "/status"
	wantProblem(t, w.call(t, "PUT", path, `{"action":"deactivate"}`, admin), 403, convoke.CodeRoleGuarded)

	begun := decoded[job](t, w.upload(t, "?action=update", "text/csv", "email,new_email\nolga@acme.example,mallory@acme.example\n", admin), http.StatusAccepted)
	done, err := w.imports.Finish(t.Context(), convoke.Operator(w.account), convoke.ImportID(begun.ID), nil)
	check(t, err)
	if done.Counts != (convoke.ImportCounts{Error: 1}) {
		t.Errorf("the admin's import is %+v", done.Counts)
	}
	if u, err := w.provision.User(t.Context(), w.app, string(owner.ID)); err != nil || u.Email != "olga@acme.example" || u.Status != convoke.StatusActive {
		t.Errorf("the owner is %+v, %v", u, err)
	}
	wantStatus(t, w.call(t, "PUT", "/portal/api/users/jane@acme.example/status", `{"action":"deactivate"}`, boss), http.StatusNoContent)
	wantProblem(t, w.get(t, "/portal/api/users", admin), 401, convoke.CodeTokenInvalid)
}

func TestAnImportEndsWithItsStartersRole(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.give(t, "jane@acme.example", "admin")
	begun := decoded[job](t, w.upload(t, "?action=custCreate", "text/csv", "email\nada@isv.example\n", w.signedIn(t, "jane@acme.example")), http.StatusAccepted)
	w.give(t, "jane@acme.example", "member")
	done, err := w.imports.Finish(t.Context(), convoke.Operator(w.account), convoke.ImportID(begun.ID), nil)
	check(t, err)
	if done.State != convoke.ImportCancelled || done.Counts != (convoke.ImportCounts{}) {
		t.Errorf("the import of a former admin is %+v", done)
	}
}
