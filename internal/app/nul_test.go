// SPDX-License-Identifier: Apache-2.0

package app_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/convoke/convoke/internal/convoke"
	"github.com/convoke/convoke/internal/store/storetest"
)

// withNUL are calls that name something by a text which PostgreSQL does not take
// for one, each in a path, a query or a body of its door. A leading > is a form.
const withNUL = `
GET /sso/%00
GET /sso/a%00b/metadata
GET /sso/%00/test?code=%00
POST /sso/%00/acs >SAMLResponse=%00
GET /s/%00
GET /t/%00
GET /my/%00
GET /pictures/%00
POST /room/v1/lobby {"path":"/t/\u0000"}
GET /portal/api/activation/%00
POST /portal/api/activation/%00 {"password":"\u0000"}
POST /portal/api/session {"email":"a\u0000@example.com","password":"\u0000"}
POST /portal/api/operator {"code":"\u0000"}
GET /portal/api/users?next_page_token=%00
POST /portal/api/users/%00/invitation
DELETE /portal/api/users/%00/invitation
PUT /portal/api/users/%00/status {"action":"activate"}
POST /portal/api/domains {"domain":"a\u0000.example"}
PUT /portal/api/domains/%00 {"exclusive":true}
POST /portal/api/domains/%00/verify
DELETE /portal/api/domains/%00
GET /portal/api/imports?next_page_token=%00
GET /portal/api/imports/%00
GET /portal/api/imports/%00/problems
GET /portal/api/imports/%00/results
POST /portal/api/imports/%00/cancel
POST /portal/api/webhooks {"url":"https://example.com/","client_id":"\u0000"}
PUT /portal/api/webhooks/%00 {"enabled":false}
POST /portal/api/webhooks/%00/validate
GET /portal/api/webhooks/%00/deliveries?state=%00
GET /portal/api/webhooks/%00/attempts?next_page_token=%00
POST /portal/api/webhooks/%00/replay {}
DELETE /portal/api/webhooks/%00
GET /portal/api/audit?user_id=%00&operator=%00&action=%00&event=%00&next_page_token=%00
GET /portal/api/audit/export?user_id=%00&event=%00
POST /portal/api/mapping/preview {"assertion":"\u0000"}
POST /portal/api/mapping/preview {"kept":"\u0000","attributes":{"\u0000":["\u0000"]}}
GET /portal/api/connect?client_id=%00&redirect_uri=%00
GET /portal/api/device?user_code=%00
DELETE /portal/api/connections/%00
GET /oauth/authorize?client_id=%00&redirect_uri=%00
POST /oauth/token >grant_type=authorization_code&client_id=%00&code=%00
POST /oauth/token >grant_type=refresh_token&client_id=%00&refresh_token=%00
POST /oauth/token >grant_type=account_credentials&account_id=%00
POST /oauth/devicecode >client_id=%00
POST /oauth/revoke >client_id=%00&token=%00
GET /api/v1/bindings/%00
DELETE /api/v1/bindings/%00
PUT /api/v1/bindings/%00 {"action":"custCreate","email":"a\u0000@example.com"}
POST /api/v1/bindings:batch {"bindings":[{"external_id":"\u0000","action":"custCreate"}]}
PUT /api/v1/bindings/a/meetings/%00 {"topic":"\u0000"}
GET /api/v1/users/%00/invitation
POST /api/v1/users/%00/invitation
DELETE /api/v1/users/%00/tokens
POST /api/v1/meetings/1/tickets {"external_id":"\u0000","user_id":"\u0000","role":"host","name":"\u0000"}
GET /api/v1/imports/%00
GET /api/v1/imports/%00/rows?after=%00
GET /api/v1/imports/%00/results
POST /api/v1/imports/%00/cancel
GET /api/v1/webhooks/%00
GET /api/v1/webhooks/%00/deliveries?state=%00
GET /api/v1/audit?user_id=%00&event=%00&operator=%00
GET /api/v1/events?after=%00
PUT /api/v1/domains/%00 {}
POST /api/v1/domains/%00/verify
GET /v2/users/%00
PATCH /v2/users/%00 {"first_name":"\u0000"}
PATCH /v2/users/me {"group_id":"\u0000"}
GET /v2/users/email?email=%00
GET /v2/users/vanity_name?vanity_name=%00
GET /v2/users?role_id=%00&next_page_token=%00
POST /v2/users {"action":"custCreate","user_info":{"email":"a\u0000@example.com","type":1}}
POST /v2/users/me/assistants {"assistants":[{"id":"\u0000"},{"email":"\u0000@example.com"}]}
DELETE /v2/users/me/assistants/%00
GET /v2/users/%00/meetings
POST /v2/users/me/meetings {"topic":"a","type":2,"schedule_for":"\u0000"}
POST /v2/users/me/meetings {"topic":"a","type":2,"schedule_for":"\u0000@example.com"}
GET /v2/meetings/%00
GET /v2/groups/%00
POST /v2/groups {"name":"\u0000"}
POST /v2/groups/%00/members {"members":[{"id":"\u0000"}]}
DELETE /v2/groups/a/members/%00
GET /v2/roles/%00
POST /v2/roles/1/members {"members":[{"id":"\u0000"},{"email":"\u0000@example.com"}]}
DELETE /v2/roles/1/members/%00
GET /scim2/Users/%00
GET /scim2/Users?filter=userName%20eq%20%22%5Cu0000%22
GET /scim2/Users?filter=externalId%20eq%20%22%5Cu0000%22
GET /scim2/Groups?filter=displayName%20eq%20%22%5Cu0000%22
GET /scim2/Groups/%00
POST /scim2/Users {"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"a\u0000@example.com","externalId":"\u0000"}
POST /scim2/Users {"userName":"b@example.com","urn:ietf:params:scim:schemas:extension:enterprise:2.0:User":{"manager":{"value":"\u0000"}}}
POST /scim2/Users {"userName":"c@example.com","urn:ietf:params:scim:schemas:extension:enterprise:2.0:User":{"manager":{"value":"a\u0000@example.com"}}}
GET /scim2/Users?filter=manager%20eq%20%22%5Cu0000%22
POST /scim2/Groups {"schemas":["urn:ietf:params:scim:schemas:core:2.0:Group"],"displayName":"\u0000","externalId":"\u0000","members":[{"value":"\u0000"}]}
`

// TestNoTextIsAFaultOfOursOnPostgreSQL asks every door for what cannot be there: SQLite
// takes a NUL for text like any other, and PostgreSQL makes an error of it.
func TestNoTextIsAFaultOfOursOnPostgreSQL(t *testing.T) {
	t.Parallel()
	p := newProcess(t, "--database-url="+storetest.PostgreSQL(t))
	p.run("account", "set", "--sso=true", "--api-partner=true")
	scopes := "--scopes=" + strings.Join(convoke.KnownScopes(), " ")
	owner := `{"action":"custCreate","email":"owner@example.com"}`
	if status, err := call(http.DefaultClient, p.token(scopes), http.MethodPut, p.url+"/api/v1/bindings/owner", owner, nil); err != nil || status != http.StatusCreated {
		t.Fatalf("making the owner: status %d, %v", status, err)
	}
	bearer := p.token(scopes, "--owner=owner@example.com")
	cookie := p.operatorCookie()
	for line := range strings.Lines(strings.TrimSpace(withNUL)) {
		method, rest, _ := strings.Cut(strings.TrimSpace(line), " ")
		path, body, _ := strings.Cut(rest, " ")
		request, err := http.NewRequest(method, p.url+path, strings.NewReader(strings.TrimPrefix(body, ">")))
		if err != nil {
			t.Fatal(err)
		}
		request.Header.Set("Content-Type", "application/json")
		if strings.HasPrefix(body, ">") {
			request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		}
		request.Header.Set("Authorization", "Bearer "+bearer)
		request.AddCookie(cookie)
		answer, err := http.DefaultTransport.RoundTrip(request)
		if err != nil {
			t.Fatal(err)
		}
		answer.Body.Close()
		if answer.StatusCode >= http.StatusInternalServerError {
			t.Errorf("%s: status %d", strings.TrimSpace(line), answer.StatusCode)
		}
	}
	if strings.Contains(p.log.String(), "SQLSTATE") {
		t.Errorf("the log has\n%s", p.log)
	}
}

// operatorCookie signs the operator in to the portal.
func (p *process) operatorCookie() *http.Cookie {
	p.t.Helper()
	link := strings.TrimSpace(string(p.run("operator", "link")))
	_, code, _ := strings.Cut(link, "#")
	answer, err := http.Post(p.url+"/portal/api/operator", "application/json", strings.NewReader(fmt.Sprintf("{%q:%q}", "code", code)))
	if err != nil {
		p.t.Fatal(err)
	}
	defer answer.Body.Close()
	if len(answer.Cookies()) == 0 {
		p.t.Fatalf("%s gives no session: %s", link, answer.Status)
	}
	return answer.Cookies()[0]
}
