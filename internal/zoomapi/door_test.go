// SPDX-License-Identifier: Apache-2.0

package zoomapi_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/convoke/convoke/internal/access"
	"github.com/convoke/convoke/internal/convoke"
	"github.com/convoke/convoke/internal/provision"
	"github.com/convoke/convoke/internal/zoomapi"
	"github.com/convoke/convoke/zoom"
)

var partner = convoke.AccountChange{APIPartner: new(true)}

func createBody(email string) string {
	return fmt.Sprintf(`{"action":"custCreate","user_info":{"email":%q,"type":2}}`, email)
}

// decode unmarshals an answer that must have the status.
func decode[T any](t testing.TB, answer *http.Response, body string, status int) T {
	t.Helper()
	var value T
	if answer.StatusCode != status {
		t.Fatalf("answered %d %s, want %d", answer.StatusCode, body, status)
	}
	must(t, json.Unmarshal([]byte(body), &value))
	return value
}

// The pages of a list hold every user once, and their tokens work nowhere else.
func TestPagesOfUsers(t *testing.T) {
	t.Parallel()
	f := newFixture(t, partner, false)
	var want, got []string
	for i := range 7 {
		answer, body, _ := f.call("admin", "POST", "/v2/users", createBody(fmt.Sprintf("%d@isv.acme.example", i)))
		want = append(want, decode[zoom.CreatedUser](t, answer, body, 201).ID)
	}
	token := ""
	for range 4 {
		answer, body, _ := f.call("admin", "GET", "/v2/users?page_size=3&page_number=2&next_page_token="+token, "")
		if token == "" { // page_number=2 is of account without a token
			answer, body, _ = f.call("admin", "GET", "/v2/users?page_size=3", "")
		}
		page := decode[zoom.UserList](t, answer, body, 200)
		if page.PageSize != 3 || page.PageCount != 3 || page.TotalRecords != 7 || page.PageNumber != 1 {
			t.Errorf("page fields %+v", page.Page)
		}
		for _, u := range page.Users {
			got = append(got, u.ID)
		}
		if token = page.NextPageToken; token == "" {
			break
		}
		for _, other := range []struct{ as, target string }{
			{"admin", "/v2/users?status=pending&next_page_token=" + token},
			{"other", "/v2/users?next_page_token=" + token},
			{"admin", "/v2/users/" + want[0] + "/meetings?next_page_token=" + token},
		} {
			answer, body, _ := f.call(other.as, "GET", other.target, "")
			if e := decode[zoom.Error](t, answer, body, 400); e.Code != zoom.CodeValidation || e.Message != "The next page token is invalid or expired." {
				t.Errorf("%s as %s took another list's token: %s", other.target, other.as, body)
			}
		}
	}
	slices.Sort(want)
	slices.Sort(got)
	if !slices.Equal(got, want) {
		t.Errorf("the pages hold %d users %v, want %d %v", len(got), got, len(want), want)
	}
}

func TestPagesOfMeetings(t *testing.T) {
	t.Parallel()
	f := newFixture(t, partner, false)
	answer, body, _ := f.call("admin", "POST", "/v2/users", createBody("42@isv.acme.example"))
	host := decode[zoom.CreatedUser](t, answer, body, 201).ID
	want := map[int64]bool{}
	for range 5 {
		answer, body, _ := f.call("admin", "POST", "/v2/users/"+host+"/meetings", `{"start_time":"2030-01-02T10:00:00Z"}`)
		want[decode[zoom.Meeting](t, answer, body, 201).ID] = true
	}
	token, pages := "", 1
	for ; ; pages++ {
		answer, body, _ := f.call("admin", "GET", "/v2/users/"+host+"/meetings?page_size=2&next_page_token="+token, "")
		page := decode[zoom.MeetingList](t, answer, body, 200)
		for _, m := range page.Meetings {
			delete(want, m.ID)
		}
		if page.PageCount != 3 || page.TotalRecords != 5 {
			t.Errorf("page fields %+v", page.Page)
		}
		if token = page.NextPageToken; token == "" {
			break
		}
	}
	if len(want) > 0 || pages != 3 {
		t.Errorf("%d pages lack the meetings %v", pages, want)
	}
}

func TestMeIsTheAppsOwner(t *testing.T) {
	t.Parallel()
	f := newFixture(t, partner, false)
	answer, body, _ := f.call("admin", "POST", "/v2/users", createBody("42@isv.acme.example"))
	owner := decode[zoom.CreatedUser](t, answer, body, 201).ID
	f.addApp(convoke.Operator(f.account), "owned", "user:read:admin user_zak:read meeting:write:admin", convoke.UserID(owner))

	answer, body, _ = f.call("owned", "GET", "/v2/users/me", "")
	if got := decode[zoom.User](t, answer, body, 200).ID; got != owner {
		t.Errorf("me is %s, want %s", got, owner)
	}
	answer, body, _ = f.call("owned", "GET", "/v2/users/me/zak", "")
	if zak := decode[zoom.ZAK](t, answer, body, 200).Token; strings.Count(zak, ".") != 2 {
		t.Errorf("the own host token is %q", zak)
	}
	answer, body, _ = f.call("owned", "POST", "/v2/users/me/meetings", "{}")
	if got := decode[zoom.Meeting](t, answer, body, 201).HostID; got != owner {
		t.Errorf("the host is %s, want %s", got, owner)
	}
}

func TestBodyOverOneMiB(t *testing.T) {
	t.Parallel()
	f := newFixture(t, partner, false)
	padding := strings.Repeat(" ", 1<<20)
	for _, call := range []struct{ method, target string }{
		{"POST", "/v2/users"}, {"PATCH", "/v2/users/me"}, {"PUT", "/v2/users/me/status"},
		{"POST", "/v2/users/me/meetings"}, {"PATCH", "/v2/meetings/98765432109"}, {"PUT", "/v2/meetings/98765432109/status"},
	} {
		answer, body, _ := f.call("admin", call.method, call.target, createBody("big@acme.example")+padding)
		if e := decode[zoom.Error](t, answer, body, 413); e.Code != zoom.CodeBodyTooLarge {
			t.Errorf("%s %s answers %s", call.method, call.target, body)
		}
	}
	answer, body, _ := f.call("admin", "GET", "/v2/users/big@acme.example", "")
	decode[zoom.Error](t, answer, body, 404)

	r := httptest.NewRequest(http.MethodPost, "/oauth/token", strings.NewReader("grant_type="+strings.Repeat("a", 1<<20)))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	answer, body, _ = f.send(r)
	if e := decode[zoom.TokenError](t, answer, body, 413); e.Code != zoom.TokenInvalidRequest {
		t.Errorf("the token call answers %s", body)
	}
}

func TestRemainingCountsDownPerApp(t *testing.T) {
	t.Parallel()
	f := newFixture(t, partner, false)
	now := time.Unix(1_800_000_000, 0)
	f.config.Now = func() time.Time { return now }
	f.handler = zoomapi.New(f.config)
	remaining := func(as, target string) string {
		answer, _, _ := f.call(as, "GET", target, "")
		return answer.Header.Get("X-RateLimit-Category") + " " + answer.Header.Get("X-RateLimit-Remaining")
	}
	for _, step := range []struct{ as, target, want string }{
		{"admin", "/v2/users", "Medium 59"},
		{"admin", "/v2/users", "Medium 58"},
		{"admin", "/v2/users/me", "Light 79"},
		{"other", "/v2/users", "Medium 59"},
		{"forged", "/v2/users", "Medium 60"},
		{"admin", "/v2/nothing", "Light 80"},
	} {
		if got := remaining(step.as, step.target); got != step.want {
			t.Errorf("%s as %s has %s left, want %s", step.target, step.as, got, step.want)
		}
	}
	now = now.Add(time.Second)
	if got := remaining("admin", "/v2/users"); got != "Medium 59" {
		t.Errorf("the next second begins with %s", got)
	}
}

// A client of net/http meets the calls over a real connection.
func TestOverHTTP(t *testing.T) {
	t.Parallel()
	f := newFixture(t, partner, false)
	server := httptest.NewServer(f.handler)
	t.Cleanup(server.Close)
	client := server.Client()
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return errors.New("redirected") }
	for _, test := range []struct {
		method, target string
		status         int
		allow          string
		body           bool
	}{
		{"GET", "/v2/users/?", 200, "", true},
		{"HEAD", "/v2/users", 200, "", false},
		{"HEAD", "/v2/users/nobody@acme.example", 404, "", false},
		{"OPTIONS", "/v2/users", 204, "GET, POST, HEAD, OPTIONS", false},
		{"OPTIONS", "/oauth/token", 204, "POST, OPTIONS", false},
		{"DELETE", "/v2/users", 405, "GET, POST, HEAD, OPTIONS", true},
		{"GET", "/v2//users", 404, "", true},
		{"GET", "/v2/users/../meetings/1", 404, "", true},
		{"GET", "/v2/meetings/%252Fa%252F%252Fb%253D%253D", 404, "", true},
	} {
		r, err := http.NewRequest(test.method, server.URL+test.target, nil)
		must(t, err)
		r.Header.Set("Authorization", "bearer "+f.tokens["admin"])
		answer, err := client.Do(r)
		must(t, err)
		body, err := io.ReadAll(answer.Body)
		must(t, err)
		must(t, answer.Body.Close())
		if answer.StatusCode != test.status || answer.Header.Get("Allow") != test.allow || len(body) > 0 != test.body {
			t.Errorf("%s %s answers %d, Allow %q, %q", test.method, test.target, answer.StatusCode, answer.Header.Get("Allow"), body)
		}
		if !strings.HasPrefix(answer.Header.Get("X-Zm-TrackingId"), "WEB_") || answer.Header.Get("X-RateLimit-Limit") == "" {
			t.Errorf("%s %s has the headers %v", test.method, test.target, answer.Header)
		}
	}
}

// broken fails in the ways in which a part of ours can fail.
type broken struct {
	zoomapi.Access
	fail func() error
}

func (b broken) Bearer(context.Context, string) (convoke.Principal, error) {
	return convoke.Principal{}, b.fail()
}

func TestFaultsOfOursAreLoggedOnceAndHidden(t *testing.T) {
	t.Parallel()
	for name, fail := range map[string]func() error{
		"error": func() error { return errors.New("the disk says: secret detail") },
		"panic": func() error { panic("secret detail") },
	} {
		f := newFixture(t, convoke.AccountChange{}, false)
		f.breakAccess(broken{fail: fail})
		answer, body, _ := f.call("admin", "GET", "/v2/users", "")
		if e := decode[zoom.Error](t, answer, body, 500); e.Code != zoom.CodeServerFault || strings.Contains(body, "secret") {
			t.Errorf("%s: answered %s", name, body)
		}
		log := f.log.String()
		if strings.Count(log, "secret detail") != 1 || !strings.Contains(log, answer.Header.Get("x-zm-trackingid")) {
			t.Errorf("%s: logged %s", name, log)
		}
	}
}

// forPerson is an app with the scopes that somebody signed in to.
type forPerson struct {
	zoomapi.Access

	account convoke.AccountID
	scopes  convoke.Scopes
}

func (f forPerson) Bearer(context.Context, string) (convoke.Principal, error) {
	return convoke.Principal{Kind: convoke.UserCaller, AccountID: f.account, ClientID: "app", UserID: "ada", Scopes: f.scopes}, nil
}

// An app that people sign in to is told the scope that it can be given; where
// there is none, what only an app for the account can have.
func TestAPersonsTokenIsToldAScopeThatItsAppCanHave(t *testing.T) {
	t.Parallel()
	f := newFixture(t, convoke.AccountChange{}, false)
	f.breakAccess(forPerson{account: f.account, scopes: convoke.Scopes{"openid"}})
	for call, scope := range map[string]string{
		"GET /v2/users/me":           "user:read:user",
		"POST /v2/users/me/meetings": "meeting:write:meeting",
		"GET /v2/groups":             "group:read:list_groups:admin",
	} {
		method, target, _ := strings.Cut(call, " ")
		answer, body, _ := f.call("none", method, target, "")
		e := decode[zoom.Error](t, answer, body, 400)
		if e.Code != zoom.CodeScopeMissing || !strings.Contains(e.Message, "["+scope+"]") {
			t.Errorf("%s: answered %s", call, body)
		}
	}
}

func TestAFaultOfTheTokenCallHasItsForm(t *testing.T) {
	t.Parallel()
	f := newFixture(t, convoke.AccountChange{}, false)
	f.breakAccess(broken{fail: func() error { return nil }}) // its Token panics
	answer, body, _ := f.call("none", "POST", "/oauth/token?grant_type=account_credentials", "")
	if e := decode[zoom.TokenError](t, answer, body, 500); e.Code != zoom.TokenServerError || e.Reason == "" {
		t.Errorf("answered %s", body)
	}
}

// Whatever a body holds, it is answered, and never with a fault of ours.
func FuzzBodies(f *testing.F) {
	fixture := newFixture(f, convoke.AccountChange{APIPartner: new(true), SSO: new(true), Provisioning: new(convoke.PriorToSignIn)}, true)
	answer, body, _ := fixture.call("admin", "POST", "/v2/users", createBody("42@isv.acme.example"))
	host := decode[zoom.CreatedUser](f, answer, body, 201).ID
	answer, body, _ = fixture.call("admin", "POST", "/v2/users/"+host+"/meetings", `{}`)
	meeting := decode[zoom.Meeting](f, answer, body, 201).ID
	calls := []struct{ method, target string }{
		{"POST", "/v2/users"},
		{"PATCH", "/v2/users/" + host},
		{"PUT", "/v2/users/" + host + "/status"},
		{"POST", "/v2/users/" + host + "/meetings"},
		{"PATCH", fmt.Sprint("/v2/meetings/", meeting)},
		{"PUT", fmt.Sprint("/v2/meetings/", meeting, "/status")},
	}
	for i, seed := range []string{
		createBody("a\u0000@b.example"),
		`{"first_name":"\ud800","pmi":3542471135,"custom_attributes":[null],"phone_numbers":[{}],"pronouns_option":-1}`,
		`{"action":"deactivate"}`,
		`{"type":8,"start_time":"2030-01-02T10:00:00Z","recurrence":{"type":2,"weekly_days":"1,2,3","end_times":60},"settings":{"jbh_time":5}}`,
		`{"recurrence":null,"settings":null,"topic":null,"duration":1e2}`,
		`{"action":"end"}`,
		`[]`, "\xff", `{"a":`, ``,
	} {
		f.Add(i%len(calls), seed)
	}
	f.Fuzz(func(t *testing.T, call int, body string) {
		c := calls[uint(call)%uint(len(calls))]
		here := *fixture
		here.t = t
		answer, text, _ := here.call("admin", c.method, c.target, body)
		if answer.StatusCode >= 500 {
			t.Errorf("%s %s of %q answers %d %s\n%s", c.method, c.target, body, answer.StatusCode, text, fixture.log)
		}
		if text != "" && !json.Valid([]byte(text)) {
			t.Errorf("the answer is not JSON: %q", text)
		}
	})
}

func TestACallTooManyIsAnsweredAsByZoom(t *testing.T) {
	t.Parallel()
	f := newFixture(t, partner, false)
	now := time.Unix(1_800_000_000, 0)
	f.config.Now = func() time.Time { return now }
	f.config.Limits = access.NewLimiter(access.LimiterConfig{Plan: "zoom-free", Now: f.config.Now, Store: &noDays{}})
	f.handler = zoomapi.New(f.config)
	for range 2 {
		answer, body, _ := f.call("admin", "GET", "/v2/users", "")
		if answer.StatusCode != http.StatusOK || answer.Header.Get("X-RateLimit-Limit") != "2" || answer.Header.Get("X-RateLimit-Type") != "QPS" {
			t.Fatalf("%d %v %s", answer.StatusCode, answer.Header, body)
		}
	}
	answer, body, _ := f.call("admin", "GET", "/v2/users", "")
	if answer.StatusCode != http.StatusTooManyRequests || body != `{"code":429,"message":"You have reached the maximum per-second rate limit for this API. Try again later."}` {
		t.Errorf("%d %s", answer.StatusCode, body)
	}
	if answer.Header.Get("X-RateLimit-Reset") != "1800000001" || answer.Header.Get("Retry-After") != "1" || answer.Header.Get("X-RateLimit-Remaining") != "0" {
		t.Errorf("headers %v", answer.Header)
	}
	now = now.Add(time.Second)
	f.config.Limits = access.NewLimiter(access.LimiterConfig{Plan: "zoom-free", Now: f.config.Now, Store: &noDays{over: true}})
	f.handler = zoomapi.New(f.config)
	answer, body, _ = f.call("admin", "GET", "/v2/users", "")
	if answer.StatusCode != http.StatusTooManyRequests || !strings.Contains(body, "maximum daily rate limit") ||
		answer.Header.Get("X-RateLimit-Type") != "Daily-limit" || answer.Header.Get("X-RateLimit-Limit") != "2000" ||
		answer.Header.Get("Retry-After") != "2027-01-16T00:00:00Z" {
		t.Errorf("%d %v %s", answer.StatusCode, answer.Header, body)
	}
}

func TestAnInvitationTooManyIsAnsweredAsByZoom(t *testing.T) {
	t.Parallel()
	f := newFixture(t, partner, false)
	f.config.Now = func() time.Time { return time.Unix(1_800_000_000, 0) }
	f.users.Invites = access.NewLimiter(access.LimiterConfig{Plan: "zoom-free", Now: f.config.Now, Store: &noDays{over: true}})
	f.config.Users = provision.New(f.users)
	f.handler = zoomapi.New(f.config)
	answer, body, _ := f.call("admin", "POST", "/v2/users", `{"action":"create","user_info":{"email":"ada@acme.example","type":1}}`)
	const message = "You have exceeded the daily rate limit (50) of user invite requests permitted for this account. You may resume these requests at GMT 00:00:00."
	if answer.StatusCode != http.StatusTooManyRequests || body != `{"code":429,"message":"`+message+`"}` || answer.Header.Get("Retry-After") != "2027-01-16T00:00:00Z" {
		t.Errorf("%d %v %s", answer.StatusCode, answer.Header, body)
	}
	answer, body, _ = f.call("admin", "POST", "/v2/users", `{"action":"custCreate","user_info":{"email":"bob@acme.example","type":2}}`)
	if answer.StatusCode != http.StatusCreated {
		t.Errorf("one who gets no mail: %d %s", answer.StatusCode, body)
	}
}

// noDays are daily counts that are never, or always, over.
type noDays struct{ over bool }

func (n *noDays) TakeQuota(_ context.Context, _ convoke.QuotaKey, want, limit int64) (int64, int64, error) {
	if n.over {
		return 0, limit, nil
	}
	return want, want, nil
}

func (*noDays) Quota(context.Context, convoke.QuotaKey) (int64, error) { return 0, nil }
