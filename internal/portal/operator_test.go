// SPDX-License-Identifier: Apache-2.0

package portal_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/convoke/convoke/internal/convoke"
)

// operatorCalls are the calls that only the operator may make, on the user and
// the mail of an account.
func operatorCalls(user convoke.UserID, mail int64) [][2]string {
	return [][2]string{
		{"GET", "/portal/api/overview"},
		{"GET", "/portal/api/users"},
		{"GET", "/portal/api/users?status=pending"},
		{"POST", fmt.Sprintf("/portal/api/users/%s/invitation", user)},
		{"DELETE", fmt.Sprintf("/portal/api/users/%s/invitation", user)},
		{"PUT", fmt.Sprintf("/portal/api/users/%s/status", user)},
		{"GET", "/portal/api/audit"},
		{"GET", "/portal/api/audit/actions"},
		{"GET", "/portal/api/audit/export"},
		{"POST", "/portal/api/audit/verify"},
		{"GET", "/portal/api/mails"},
		{"GET", fmt.Sprintf("/portal/api/mails/%d", mail)},
		{"GET", "/portal/api/webhooks"},
		{"POST", "/portal/api/webhooks"},
		{"PUT", "/portal/api/webhooks/one"},
		{"DELETE", "/portal/api/webhooks/one"},
		{"POST", "/portal/api/webhooks/one/validate"},
		{"GET", "/portal/api/webhooks/one/deliveries"},
		{"GET", "/portal/api/webhooks/one/attempts"},
		{"POST", "/portal/api/webhooks/one/replay"},
		{"GET", "/portal/api/domains"},
		{"PUT", "/portal/api/domains/managed.example"},
		{"POST", "/portal/api/domains/managed.example/verify"},
		{"DELETE", "/portal/api/domains/managed.example"},
	}
}

// sendMail puts a mail into the account's outbox and returns its number.
func (w *world) sendMail(t testing.TB, subject string) int64 {
	t.Helper()
	check(t, w.db.SaveMail(t.Context(), convoke.Mail{AccountID: w.account, To: "ada@acme.example", Subject: subject, Text: "the link", CreatedAt: w.clock.Now()}))
	mails, err := w.db.Mails(t.Context(), w.account, 0, 1)
	check(t, err)
	return mails[0].ID
}

func TestOperatorCallsNeedTheOperator(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	pending := w.user(t, convoke.Request{Action: "create", Email: "ada@acme.example"})
	mail, person := w.sendMail(t, "hello"), w.signedIn(t, "jane@acme.example")
	w.domain(t, "managed.example")
	before := len(w.events(t))
	for _, c := range operatorCalls(pending.ID, mail) {
		wantProblem(t, w.call(t, c[0], c[1], `{"action":"deactivate"}`), 401, convoke.CodeTokenMissing)
		wantProblem(t, w.call(t, c[0], c[1], `{"action":"deactivate"}`, person), 403, convoke.CodeNotOperator)
		wantProblem(t, w.call(t, c[0], c[1], `{"action":"deactivate"}`, header("Cookie", "convoke_session=forged")), 401, convoke.CodeTokenInvalid)
	}
	if after := len(w.events(t)); after != before {
		t.Errorf("%d events were added", after-before)
	}
}

func TestAnotherAccountsOperatorSeesNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	abroad := w.newAccount(t, "Abroad")
	operator := abroad.asOperator(t)
	mail := w.wantNothingToldTo(t, operator, 200, 404)
	wantProblem(t, w.call(t, "PUT", "/portal/api/users/ada@acme.example/status", `{"action":"deactivate"}`, operator), 404, convoke.CodeUserNotFound)
	wantProblem(t, w.get(t, fmt.Sprintf("/portal/api/mails/%d", mail), operator), 404, convoke.CodeMailNotFound)
}

// wantNothingToldTo has a session of another account make every call about this
// one's user, mail and domain: the answers have one of the statuses and none of
// the data, and nothing changes. It returns the mail.
func (w *world) wantNothingToldTo(t *testing.T, session option, statuses ...int) (mail int64) {
	t.Helper()
	pending := w.user(t, convoke.Request{Action: "create", Email: "ada@acme.example"})
	mail = w.sendMail(t, "hello")
	w.domain(t, "managed.example")
	before := len(w.events(t))
	for _, c := range operatorCalls(pending.ID, mail) {
		answer := w.call(t, c[0], c[1], `{"action":"deactivate"}`, session)
		if !slices.Contains(statuses, answer.Code) {
			t.Errorf("%v: %d %s", c, answer.Code, answer.Body)
		}
		for _, secret := range []string{"acme.example", string(w.account), "hello", "the link"} {
			if strings.Contains(answer.Body.String(), secret) {
				t.Errorf("%v tells %q: %s", c, secret, answer.Body)
			}
		}
	}
	if after := len(w.events(t)); after != before {
		t.Errorf("%d events were added", after-before)
	}
	return mail
}

func TestOverview(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	_, err := w.provision.SetAccount(t.Context(), convoke.Operator(""), w.account, convoke.AccountChange{SSO: new(false), LicensedSeats: new(int64(5))})
	check(t, err)
	w.user(t, convoke.Request{Action: "create", Email: "ada@acme.example"})
	type overview struct {
		Account      struct{ ID, Name string }
		Capabilities struct {
			Actions []struct {
				Action       string
				Usable       bool
				Missing      []struct{ Code, Message, Fix string }
				StatusAtOnce string `json:"status_at_once"`
			}
		}
		Seats struct {
			Mode     string
			Basic    struct{ Used int64 }
			Licensed struct {
				Total, Free *int64
				Used        int64
			}
		}
		Users struct{ Active, Inactive, Pending int64 }
	}
	operator := w.asOperator(t)
	got := decoded[overview](t, w.get(t, "/portal/api/overview", operator), 200)
	if got.Account.ID != string(w.account) || got.Users.Active != 1 || got.Users.Pending != 1 || got.Users.Inactive != 0 {
		t.Errorf("the overview is %+v", got)
	}
	if got.Seats.Mode != "assigned" || got.Seats.Basic.Used != 1 {
		t.Errorf("the seats are %+v", got.Seats)
	}
	if s := got.Seats.Licensed; s.Total == nil || *s.Total != 5 || s.Used != 1 || s.Free == nil || *s.Free != 4 {
		t.Errorf("the seats are %+v", s)
	}
	missing := map[string]string{}
	for _, a := range got.Capabilities.Actions {
		if a.Missing == nil || a.Usable != (len(a.Missing) == 0) {
			t.Errorf("%s: usable %t, missing %v", a.Action, a.Usable, a.Missing)
		}
		for _, m := range a.Missing {
			missing[a.Action] += m.Code + " "
		}
	}
	if len(got.Capabilities.Actions) != 4 || missing["create"] != "" || missing["custCreate"] != "" ||
		missing["autoCreate"] != "no_managed_domain " || missing["ssoCreate"] != "sso_not_set_up " {
		t.Errorf("missing is %v", missing)
	}
	_, err = w.provision.SetAccount(t.Context(), convoke.Operator(""), w.account, convoke.AccountChange{LicensedSeats: new(convoke.NoSeatLimit)})
	check(t, err)
	if s := decoded[overview](t, w.get(t, "/portal/api/overview", operator), 200).Seats.Licensed; s.Total != nil || s.Free != nil || s.Used != 1 {
		t.Errorf("without a limit the seats are %+v", s)
	}
}

func TestTheOperatorSeesAndChangesUsers(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for i := range 30 {
		w.user(t, convoke.Request{Source: convoke.SourceApp, ExternalID: fmt.Sprint(i)})
	}
	pending := w.user(t, convoke.Request{Action: "create", Email: "ada@acme.example"})
	type list struct {
		Users []struct {
			ID, Email, Action, Status string
			StatusReason              string  `json:"status_reason"`
			LastLoginAt               *string `json:"last_login_at"`
		}
		Next  string `json:"next_page_token"`
		Total int
	}
	operator := w.asOperator(t)
	first := decoded[list](t, w.get(t, "/portal/api/users", operator), 200)
	rest := decoded[list](t, w.get(t, "/portal/api/users?status=active&next_page_token="+first.Next, operator), 200)
	if len(first.Users) != 30 || first.Next == "" || first.Total != 31 || len(rest.Users) != 1 || rest.Next != "" {
		t.Errorf("the pages have %d and %d users, the total is %d", len(first.Users), len(rest.Users), first.Total)
	}
	wantProblem(t, w.get(t, "/portal/api/users?status=pending&next_page_token="+first.Next, operator), 400, convoke.CodeInvalidPageToken)
	wantProblem(t, w.get(t, "/portal/api/users?status=gone", operator), 400, convoke.CodeInvalidField)
	waiting := decoded[list](t, w.get(t, "/portal/api/users?status=pending", operator), 200)
	if len(waiting.Users) != 1 || waiting.Users[0].ID != string(pending.ID) || waiting.Users[0].StatusReason != "invitation_not_accepted" || waiting.Users[0].LastLoginAt != nil {
		t.Errorf("pending: %+v", waiting)
	}
	status := fmt.Sprintf("/portal/api/users/%s/status", w.host.ID)
	wantStatus(t, w.call(t, "PUT", status, `{"action":"deactivate"}`, operator), 204)
	if got := decoded[list](t, w.get(t, "/portal/api/users?status=inactive", operator), 200); len(got.Users) != 1 || got.Users[0].StatusReason != "deactivated" {
		t.Errorf("inactive: %+v", got)
	}
	wantStatus(t, w.call(t, "PUT", status, `{"action":"activate"}`, operator), 204)
	wantProblem(t, w.call(t, "PUT", status, `{"action":"delete"}`, operator), 400, convoke.CodeInvalidField)
	wantProblem(t, w.call(t, "PUT", fmt.Sprintf("/portal/api/users/%s/status", pending.ID), `{"action":"activate"}`, operator), 409, convoke.CodeUserPending)
}

func TestTheOutbox(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for i := range 51 {
		w.sendMail(t, fmt.Sprintf("mail %d", i))
	}
	type list struct {
		Mails []struct {
			ID                int64
			To, Subject, Text string
		}
		Next     string `json:"next_page_token"`
		Delivery string
	}
	operator := w.asOperator(t)
	first := decoded[list](t, w.get(t, "/portal/api/mails", operator), 200)
	rest := decoded[list](t, w.get(t, "/portal/api/mails?next_page_token="+first.Next, operator), 200)
	if len(first.Mails) != 50 || first.Mails[0].Subject != "mail 50" || first.Mails[0].Text != "" || first.Delivery != "outbox" ||
		len(rest.Mails) != 1 || rest.Mails[0].Subject != "mail 0" || rest.Next != "" {
		t.Errorf("the pages have %d and %d mails, beginning with %+v", len(first.Mails), len(rest.Mails), first.Mails[0])
	}
	whole := decoded[struct{ Subject, Text string }](t, w.get(t, fmt.Sprintf("/portal/api/mails/%d", rest.Mails[0].ID), operator), 200)
	if whole.Subject != "mail 0" || whole.Text != "the link" {
		t.Errorf("the mail is %+v", whole)
	}
	for _, token := range []string{"x", "-1", "0", "99999999999999999999", "%00"} {
		wantProblem(t, w.get(t, "/portal/api/mails?next_page_token="+token, operator), 400, convoke.CodeInvalidPageToken)
	}
	wantProblem(t, w.get(t, "/portal/api/mails/999999", operator), 404, convoke.CodeMailNotFound)
	for _, id := range []string{"x", "-1", "%00"} {
		if answer := w.get(t, "/portal/api/mails/"+id, operator); answer.Code != 404 && answer.Code != 400 {
			t.Errorf("mail %q: %d", id, answer.Code)
		}
	}
}
