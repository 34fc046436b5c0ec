// SPDX-License-Identifier: Apache-2.0

package portal_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/convoke/convoke/internal/access"
	"github.com/convoke/convoke/internal/convoke"
	"github.com/convoke/convoke/internal/portal"
)

// who is the answer about a session.
type who struct {
	Kind    string
	Account struct{ ID, Name string }
	User    *struct {
		ID, Email, Status string
		DisplayName       string `json:"display_name"`
		Type              int
		PersonalURL       string `json:"personal_meeting_url"`
	}
}

func TestAPersonSignsInAndOut(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	wantProblem(t, w.get(t, "/portal/api/session"), 401, convoke.CodeTokenMissing)
	answer := w.post(t, "/portal/api/session", jsonOf(t, map[string]string{"email": "JANE@acme.example", "password": password}))
	me := decoded[who](t, answer, 200)
	if me.Kind != "user" || me.Account.Name != "Acme" || me.User == nil || me.User.ID != string(w.host.ID) || me.User.Status != "active" ||
		me.User.Type != 2 || me.User.PersonalURL != public+"/my/jane.link" {
		t.Errorf("signing in gave %+v, %+v", me, me.User)
	}
	cookies := cookie(answer)
	if again := decoded[who](t, w.get(t, "/portal/api/session", cookies), 200); again.User == nil || *again.User != *me.User {
		t.Errorf("the session is %+v", again)
	}
	out := w.call(t, http.MethodDelete, "/portal/api/session", "", cookies)
	wantStatus(t, out, http.StatusNoContent)
	if c := out.Result().Cookies(); len(c) != 1 || c[0].Value != "" || c[0].Path != "/portal" || c[0].Expires.After(time.Now()) {
		t.Errorf("signing out sets %v", c)
	}
	wantProblem(t, w.get(t, "/portal/api/session", cookies), 401, convoke.CodeTokenInvalid) // the old cookie is dead on the server too
	wantStatus(t, w.call(t, http.MethodDelete, "/portal/api/session", "", cookies), http.StatusNoContent)
	wantStatus(t, w.call(t, http.MethodDelete, "/portal/api/session", ""), http.StatusNoContent)
}

func TestWhoIsNotLetIn(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.user(t, convoke.Request{Action: "custCreate", Email: "cust@acme.example"})
	w.user(t, convoke.Request{Action: "ssoCreate", Email: "sso@acme.example"})
	w.user(t, convoke.Request{Action: "create", Email: "pending@acme.example"})
	off := w.person(t, "off@acme.example")
	check(t, w.provision.SetStatus(t.Context(), w.app, string(off.ID), false))
	for email, c := range map[string]struct {
		password string
		status   int
		code     convoke.Code
	}{
		"jane@acme.example":    {"Wrong-Day-42", 401, convoke.CodeWrongPassword},
		"nobody@acme.example":  {password, 401, convoke.CodeWrongPassword},
		"cust@acme.example":    {password, 401, convoke.CodeWrongPassword},
		"sso@acme.example":     {password, 401, convoke.CodeWrongPassword},
		"pending@acme.example": {password, 401, convoke.CodeWrongPassword},
		"off@acme.example":     {password, 403, convoke.CodeSignInRefused},
		"":                     {"", 401, convoke.CodeWrongPassword},
	} {
		answer := w.post(t, "/portal/api/session", jsonOf(t, map[string]string{"email": email, "password": c.password}))
		wantProblem(t, answer, c.status, c.code)
		if len(answer.Result().Cookies()) != 0 {
			t.Errorf("%q got a cookie", email)
		}
	}
}

func TestGuessingIsSlowedDown(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.person(t, "ada@acme.example")
	body := jsonOf(t, map[string]string{"email": "jane@acme.example", "password": "wrong"})
	for range 10 {
		wantProblem(t, w.post(t, "/portal/api/session", body), 401, convoke.CodeWrongPassword)
	}
	wantProblem(t, w.post(t, "/portal/api/session", body), 429, convoke.CodeTooMany)
	w.signedIn(t, "ada@acme.example") // others are not slowed
}

func TestASessionEndsWithItsUserAndItsTime(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ada, ben := w.person(t, "ada@acme.example"), w.person(t, "ben@acme.example")
	adas, bens, janes := w.signedIn(t, "ada@acme.example"), w.signedIn(t, "ben@acme.example"), w.signedIn(t, "jane@acme.example")
	check(t, w.provision.SetStatus(t.Context(), w.app, string(ada.ID), false))
	check(t, w.provision.Remove(t.Context(), w.app, string(ben.ID), convoke.Delete))
	wantProblem(t, w.get(t, "/portal/api/session", adas), 401, convoke.CodeTokenInvalid)
	wantProblem(t, w.get(t, "/portal/api/meetings", bens), 401, convoke.CodeTokenInvalid)
	w.clock.advance(access.SessionLife)
	wantProblem(t, w.get(t, "/portal/api/session", janes), 401, convoke.CodeTokenExpired)
	for _, value := range []string{"x", strings.Repeat("A", 43), strings.Repeat("A", 5000)} {
		forged := header("Cookie", "convoke_session="+value)
		wantProblem(t, w.get(t, "/portal/api/session", forged), 401, convoke.CodeTokenInvalid)
	}
}

// wantCookie fails unless scripts and other sites cannot use the cookie.
func wantCookie(t *testing.T, answer *httptest.ResponseRecorder, name, path string, secure bool) {
	t.Helper()
	cookies := answer.Result().Cookies()
	if len(cookies) != 1 {
		t.Fatalf("the answer sets %d cookies: %s", len(cookies), answer.Body)
	}
	c := cookies[0]
	if c.Name != name || c.Path != path || !c.HttpOnly || c.SameSite != http.SameSiteLaxMode || c.Secure != secure || c.Domain != "" || c.Value == "" || c.Expires.IsZero() {
		t.Errorf("the cookie is %+v", c)
	}
}

func TestCookies(t *testing.T) {
	t.Parallel()
	for publicURL, secure := range map[string]bool{public: true, "HTTPS://meet.example.com": true, "http://localhost:8080": false} {
		w := newWorld(t)
		c := w.config
		c.PublicURL = publicURL
		w.handler = portal.New(c)
		v := w.schedule(t, convoke.TypeScheduled, `{}`)
		wantCookie(t, w.join(t, path(t, v.JoinURL), "Ann").answer, "convoke_person", "/", secure)
		signIn := w.post(t, "/portal/api/session", jsonOf(t, map[string]string{"email": "jane@acme.example", "password": password}))
		wantCookie(t, signIn, "convoke_session", "/portal", secure)
		code, err := w.access.OperatorCode(t.Context(), w.account)
		check(t, err)
		wantCookie(t, w.post(t, "/portal/api/operator", jsonOf(t, map[string]string{"code": code})), "convoke_session", "/portal", secure)
		if strings.Contains(signIn.Body.String(), signIn.Result().Cookies()[0].Value) {
			t.Error("the session's secret is in the body, where scripts see it")
		}
		if got := signIn.Header().Get("Strict-Transport-Security") != ""; got != secure {
			t.Errorf("%s: strict transport security is %t", publicURL, got)
		}
	}
}

func TestAnOperatorsCodeWorksOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	code, err := w.access.OperatorCode(t.Context(), w.account)
	check(t, err)
	body := jsonOf(t, map[string]string{"code": code})
	first := decoded[who](t, w.post(t, "/portal/api/operator", body), 200)
	if first.Kind != "operator" || first.Account.ID != string(w.account) || first.User != nil {
		t.Errorf("the operator is %+v", first)
	}
	wantProblem(t, w.post(t, "/portal/api/operator", body), 401, convoke.CodeTokenInvalid)
	wantProblem(t, w.get(t, "/portal/api/overview", header("Cookie", "convoke_session="+code)), 401, convoke.CodeTokenInvalid)
	late, err := w.access.OperatorCode(t.Context(), w.account)
	check(t, err)
	w.clock.advance(access.OperatorCodeLife)
	wantProblem(t, w.post(t, "/portal/api/operator", jsonOf(t, map[string]string{"code": late})), 401, convoke.CodeTokenExpired)
	for _, forged := range []string{"", "x", strings.Repeat("A", 43), "\x00"} {
		wantProblem(t, w.post(t, "/portal/api/operator", jsonOf(t, map[string]string{"code": forged})), 401, convoke.CodeTokenInvalid)
	}
}

func TestActivation(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	u := w.user(t, convoke.Request{Action: "create", Email: "ada@acme.example", DisplayName: "Ada"})
	call := "/portal/api/activation/" + w.code(t, u.ID)
	type page struct {
		Email         string
		DisplayName   string                        `json:"display_name"`
		AccountName   string                        `json:"account_name"`
		NeedsPassword bool                          `json:"needs_password"`
		PasswordRules []struct{ Code, Text string } `json:"password_rules"`
	}
	for range 2 {
		got := decoded[page](t, w.get(t, call), 200)
		if got.Email != "ada@acme.example" || got.DisplayName != "Ada" || got.AccountName != "Acme" || !got.NeedsPassword || len(got.PasswordRules) != 7 {
			t.Errorf("the page is %+v", got)
		}
	}
	wantProblem(t, w.post(t, call, `{"password":"short"}`), 400, convoke.CodePasswordLength)
	wantProblem(t, w.post(t, call, `{}`), 400, convoke.CodePasswordLength)
	done := w.post(t, call, jsonOf(t, map[string]string{"password": password}))
	if me := decoded[who](t, done, 200); me.User == nil || me.User.ID != string(u.ID) || me.User.Status != "active" {
		t.Errorf("the activated person is %+v", me)
	}
	wantStatus(t, w.get(t, "/portal/api/meetings", cookie(done)), 200)
	w.signedIn(t, "ada@acme.example")
	wantProblem(t, w.get(t, call), 410, convoke.CodeInvitationUsed)
	wantProblem(t, w.post(t, call, jsonOf(t, map[string]string{"password": password})), 410, convoke.CodeInvitationUsed)
	for _, forged := range []string{"x", strings.Repeat("A", 44), "%00", "%ff", w.code(t, u.ID)[:43]} {
		wantProblem(t, w.get(t, "/portal/api/activation/"+forged), 404, convoke.CodeInvitationNotFound)
	}
	old := w.user(t, convoke.Request{Action: "create", Email: "ben@acme.example"})
	former := "/portal/api/activation/" + w.code(t, old.ID)
	wantStatus(t, w.post(t, fmt.Sprintf("/portal/api/users/%s/invitation", old.ID), "", w.asOperator(t)), 200)
	wantProblem(t, w.post(t, former, jsonOf(t, map[string]string{"password": password})), 410, convoke.CodeInvitationRevoked)
	w.clock.advance(convoke.InvitationLife)
	wantProblem(t, w.get(t, "/portal/api/activation/"+w.code(t, old.ID)), 410, convoke.CodeInvitationExpired)

	sso := w.user(t, convoke.Request{Action: "ssoCreate", Email: "sso@elsewhere.example"})
	call = "/portal/api/activation/" + w.code(t, sso.ID)
	if got := decoded[page](t, w.get(t, call), 200); got.NeedsPassword || got.PasswordRules == nil || len(got.PasswordRules) != 0 {
		t.Errorf("a single sign-on user's page is %+v", got)
	}
	confirmed := w.post(t, call, `{}`)
	wantStatus(t, confirmed, 204)
	if len(confirmed.Result().Cookies()) != 0 {
		t.Error("a mail's link signs a single sign-on user in")
	}
}

func TestADeactivationEndsSessionsForGood(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ada := w.person(t, "ada@acme.example")
	session := w.signedIn(t, "ada@acme.example")
	wantStatus(t, w.get(t, "/portal/api/meetings", session), 200)
	for _, active := range []bool{false, true} {
		check(t, w.provision.SetStatus(t.Context(), w.app, string(ada.ID), active))
		wantStatus(t, w.get(t, "/portal/api/meetings", session), 401)
	}
	wantStatus(t, w.get(t, "/portal/api/meetings", w.signedIn(t, "ada@acme.example")), 200)
}

func TestAnActivationSignsNobodyOut(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	u := w.user(t, convoke.Request{Action: "create", Email: "ada@acme.example"})
	operator := w.asOperator(t)
	done := w.post(t, "/portal/api/activation/"+w.code(t, u.ID), jsonOf(t, map[string]string{"password": password}), operator)
	wantStatus(t, done, 204)
	if len(done.Result().Cookies()) != 0 {
		t.Error("the operator who tried the link is somebody else now")
	}
	wantStatus(t, w.get(t, "/portal/api/overview", operator), 200)
	w.signedIn(t, "ada@acme.example")
}

func TestAPersonsMeetingsComeByThePage(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	jane := w.signedIn(t, "jane@acme.example")
	for range 101 {
		w.schedule(t, convoke.TypeScheduled, "")
	}
	type list struct {
		Meetings []struct{ ID string }
		Next     string `json:"next_page_token"`
	}
	first := decoded[list](t, w.get(t, "/portal/api/meetings", jane), 200)
	rest := decoded[list](t, w.get(t, "/portal/api/meetings?next_page_token="+url.QueryEscape(first.Next), jane), 200)
	if len(first.Meetings) != 100 || first.Next == "" || len(rest.Meetings) != 1 || rest.Next != "" || rest.Meetings[0].ID == first.Meetings[99].ID {
		t.Errorf("the pages have %d and %d meetings, %q follows", len(first.Meetings), len(rest.Meetings), rest.Next)
	}
	wantProblem(t, w.get(t, "/portal/api/meetings?next_page_token=x", jane), 400, convoke.CodeInvalidPageToken)
}

func TestAPersonHoldsTheirOwnMeetings(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.person(t, "ada@acme.example")
	jane, ada := w.signedIn(t, "jane@acme.example"), w.signedIn(t, "ada@acme.example")
	type meeting struct {
		ID, Topic, Status string
		Type, Duration    int
		StartTime         *time.Time `json:"start_time"`
		JoinURL           string     `json:"join_url"`
		StartURL          string     `json:"start_url"`
	}
	instant := decoded[meeting](t, w.post(t, "/portal/api/meetings", `{"topic":"Now"}`, jane), 201)
	planned := decoded[meeting](t, w.post(t, "/portal/api/meetings", `{"topic":"Later","start_time":"2026-12-01T10:00:00Z","duration":45}`, jane), 201)
	if instant.Type != 1 || instant.StartTime != nil || planned.Type != 2 || planned.Duration != 45 || planned.StartTime == nil || planned.Topic != "Later" {
		t.Errorf("made %+v and %+v", instant, planned)
	}
	type list struct {
		Meetings []meeting
		Next     string `json:"next_page_token"`
	}
	if got := decoded[list](t, w.get(t, "/portal/api/meetings?type=live", jane), 200); got.Meetings == nil || len(got.Meetings) != 0 {
		t.Errorf("before anybody came %+v take place", got)
	}
	if host := w.join(t, path(t, instant.StartURL), ""); host.Role != convoke.RoleHost {
		t.Errorf("the start link lets in %+v", host)
	}
	if got := decoded[list](t, w.get(t, "/portal/api/meetings?type=live", jane), 200); len(got.Meetings) != 1 || got.Meetings[0].ID != instant.ID || got.Meetings[0].Status != "started" {
		t.Errorf("the running meetings are %+v", got)
	}
	wantProblem(t, w.get(t, "/portal/api/meetings?type=all", jane), 400, convoke.CodeInvalidField)
	if got := decoded[list](t, w.get(t, "/portal/api/meetings", jane), 200); len(got.Meetings) != 1 || got.Meetings[0].ID != planned.ID || got.Meetings[0].StartURL != "" {
		t.Errorf("the host's meetings are %+v", got)
	}
	if got := decoded[list](t, w.get(t, "/portal/api/meetings", ada), 200); got.Meetings == nil || len(got.Meetings) != 0 {
		t.Errorf("another person's meetings are %+v", got)
	}
	wantProblem(t, w.post(t, "/portal/api/meetings", `{"start_time":"tomorrow"}`, jane), 400, convoke.CodeInvalidField)
	wantProblem(t, w.post(t, "/portal/api/meetings", `{"start_time":"2026-12-01T10:00:00Z","duration":-1}`, jane), 400, convoke.CodeInvalidField)
	for _, id := range []string{planned.ID, instant.ID, "21000000000", "x", "%00", "0"} {
		stolen := w.post(t, "/portal/api/meetings/"+id+"/start", "", ada)
		deleted := w.call(t, http.MethodDelete, "/portal/api/meetings/"+id, "", ada)
		if stolen.Code < 400 || stolen.Code >= 500 || deleted.Code < 400 || deleted.Code >= 500 || strings.Contains(stolen.Body.String(), "zak=") {
			t.Errorf("%s of another person: start %d %s, delete %d", id, stolen.Code, stolen.Body, deleted.Code)
		}
	}
	fresh := decoded[meeting](t, w.post(t, "/portal/api/meetings/"+planned.ID+"/start", "", jane), 200)
	if u, err := url.Parse(fresh.StartURL); err != nil || u.Query().Get("zak") == "" {
		t.Errorf("the start link is %q", fresh.StartURL)
	}
	wantStatus(t, w.call(t, http.MethodDelete, "/portal/api/meetings/"+planned.ID, "", jane), 204)
	wantErrorPage(t, w.get(t, path(t, planned.JoinURL)), 404, convoke.CodeMeetingNotFound)
	operator := w.asOperator(t)
	for method, target := range map[string]string{"GET": "/portal/api/meetings", "POST": "/portal/api/meetings", "DELETE": "/portal/api/meetings/" + instant.ID} {
		wantProblem(t, w.call(t, method, target, "{}", operator), 403, convoke.CodeNotHost)
		wantProblem(t, w.call(t, method, target, "{}"), 401, convoke.CodeTokenMissing)
	}
	wantProblem(t, w.post(t, "/portal/api/meetings/"+instant.ID+"/start", "", operator), 403, convoke.CodeNotHost)
}

// forceSSO makes the domain one whose people sign in at the identity provider.
func (w *world) forceSSO(t *testing.T, name string) {
	t.Helper()
	operator := convoke.Operator(w.account)
	_, err := w.provision.AddDomain(t.Context(), operator, name, true)
	check(t, err)
	_, err = w.provision.SetDomain(t.Context(), operator, name, convoke.DomainPatch{ForceSSO: new(true)})
	check(t, err)
}

func TestWhereSingleSignOnIsForced(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.forceSSO(t, "acme.example")
	ada := w.user(t, convoke.Request{Action: "create", Email: "ada@acme.example"})
	done := w.post(t, "/portal/api/activation/"+w.code(t, ada.ID), jsonOf(t, map[string]string{"password": password}))
	wantStatus(t, done, 204)
	if len(done.Result().Cookies()) != 0 {
		t.Errorf("an activation link starts a session: %v", done.Result().Cookies())
	}
	signIn := jsonOf(t, map[string]string{"email": w.host.Email, "password": password})
	wantProblem(t, w.post(t, "/portal/api/session", signIn), 403, convoke.CodeSSORequired)
	_, err := w.provision.SetRole(t.Context(), convoke.Operator(w.account), w.host.Email, convoke.AccountOwner)
	check(t, err)
	in := decoded[struct {
		BrokeGlass bool `json:"broke_glass"`
	}](t, w.post(t, "/portal/api/session", signIn), 200)
	if !in.BrokeGlass {
		t.Error("the owner is not told")
	}
}
