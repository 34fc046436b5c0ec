// SPDX-License-Identifier: Apache-2.0

package zoomapi

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/convoke/convoke/internal/convoke"
)

// routes is the whole surface: method and path, the right that the call needs,
// its rate label, and the handler. A segment in braces takes any value.
func (a *api) routes() []*route {
	return []*route{
		newRoute("POST", "/oauth/token", anyone, light, a.createToken),

		newRoute("GET", "/v2/users", convoke.RightListUsers, medium, a.listUsers),
		newRoute("POST", "/v2/users", convoke.RightCreateUser, light, a.createUser),
		newRoute("GET", "/v2/users/me/zak", convoke.RightReadZAK, light, a.readOwnZAK),
		newRoute("POST", "/v2/users/features", convoke.RightSetFeatures, medium, a.updateFeatures),
		newRoute("GET", "/v2/users/email", convoke.RightReadEmail, light, a.checkEmail),
		newRoute("GET", "/v2/users/vanity_name", convoke.RightReadLink, light, a.checkVanityName),
		newRoute("GET", "/v2/users/summary", convoke.RightReadSummary, medium, a.readSummary),
		newRoute("GET", "/v2/users/{userId}", convoke.RightReadUser, light, a.readUser),
		newRoute("PATCH", "/v2/users/{userId}", convoke.RightUpdateUser, light, a.updateUser),
		newRoute("DELETE", "/v2/users/{userId}", convoke.RightDeleteUser, light, a.deleteUser),
		newRoute("PUT", "/v2/users/{userId}/status", convoke.RightUserStatus, light, a.setUserStatus),
		newRoute("PUT", "/v2/users/{userId}/email", convoke.RightUpdateEmail, light, a.setUserEmail),
		newRoute("PUT", "/v2/users/{userId}/password", convoke.RightSetPassword, medium, a.setUserPassword),
		newRoute("POST", "/v2/users/{userId}/picture", convoke.RightSetPicture, medium, a.setPicture),
		newRoute("DELETE", "/v2/users/{userId}/picture", convoke.RightSetPicture, medium, a.deletePicture),
		newRoute("GET", "/v2/users/{userId}/settings", convoke.RightReadSettings, medium, a.readSettings),
		newRoute("PATCH", "/v2/users/{userId}/settings", convoke.RightSetSettings, medium, a.updateSettings),
		newRoute("GET", "/v2/users/{userId}/permissions", convoke.RightPermissions, light, a.readPermissions),
		newRoute("GET", "/v2/users/{userId}/assistants", convoke.RightListAssistants, medium, a.listAssistants),
		newRoute("POST", "/v2/users/{userId}/assistants", convoke.RightAddAssistant, medium, a.addAssistants),
		newRoute("DELETE", "/v2/users/{userId}/assistants", convoke.RightDropAssistant, light, a.deleteAssistants),
		newRoute("DELETE", "/v2/users/{userId}/assistants/{assistantId}", convoke.RightDropAssistant, light, a.deleteAssistants),
		newRoute("GET", "/v2/users/{userId}/schedulers", convoke.RightListSchedulers, medium, a.listSchedulers),
		newRoute("DELETE", "/v2/users/{userId}/schedulers", convoke.RightDropScheduler, light, a.deleteSchedulers),
		newRoute("DELETE", "/v2/users/{userId}/schedulers/{schedulerId}", convoke.RightDropScheduler, light, a.deleteScheduler),
		newRoute("GET", "/v2/users/{userId}/token", convoke.RightReadToken, light, a.readZAK),
		newRoute("DELETE", "/v2/users/{userId}/token", convoke.RightRevokeTokens, light, a.revokeTokens),

		newRoute("GET", "/v2/users/{userId}/meetings", convoke.RightListMeetings, medium, a.listMeetings),
		newRoute("POST", "/v2/users/{userId}/meetings", convoke.RightCreateMeeting, light, a.createMeeting),
		newRoute("GET", "/v2/meetings/{meetingId}", convoke.RightReadMeeting, light, a.readMeeting),
		newRoute("PATCH", "/v2/meetings/{meetingId}", convoke.RightUpdateMeeting, light, a.updateMeeting),
		newRoute("DELETE", "/v2/meetings/{meetingId}", convoke.RightDeleteMeeting, light, a.deleteMeeting),
		newRoute("PUT", "/v2/meetings/{meetingId}/status", convoke.RightMeetingStatus, light, a.setMeetingStatus),

		newRoute("GET", "/v2/groups", convoke.RightListGroups, medium, a.listGroups),
		newRoute("POST", "/v2/groups", convoke.RightCreateGroup, light, a.createGroup),
		newRoute("GET", "/v2/groups/{groupId}", convoke.RightReadGroup, light, a.readGroup),
		newRoute("PATCH", "/v2/groups/{groupId}", convoke.RightUpdateGroup, light, a.updateGroup),
		newRoute("DELETE", "/v2/groups/{groupId}", convoke.RightDeleteGroup, light, a.deleteGroup),
		newRoute("GET", "/v2/groups/{groupId}/members", convoke.RightListMembers, medium, a.listMembers),
		newRoute("POST", "/v2/groups/{groupId}/members", convoke.RightAddMember, medium, a.addMembers),
		newRoute("PATCH", "/v2/groups/{groupId}/members/{memberId}", convoke.RightMoveMember, medium, a.updateMember),
		newRoute("DELETE", "/v2/groups/{groupId}/members/{memberId}", convoke.RightDropMember, light, a.deleteMember),

		newRoute("GET", "/v2/roles", convoke.RightListRoles, medium, a.listRoles),
		newRoute("GET", "/v2/roles/{roleId}", convoke.RightReadRole, light, a.readRole),
		newRoute("GET", "/v2/roles/{roleId}/members", convoke.RightListRoleMembers, medium, a.listRoleMembers),
		newRoute("POST", "/v2/roles/{roleId}/members", convoke.RightAssignRole, light, a.assignRole),
		newRoute("DELETE", "/v2/roles/{roleId}/members/{memberId}", convoke.RightUnassignRole, light, a.unassignRole),

		newRoute("GET", "/v2/accounts/{accountId}/managed_domains", convoke.RightReadDomains, light, a.listManagedDomains),
		newRoute("GET", "/v2/accounts/{accountId}/trusted_domains", convoke.RightTrustedDomains, light, a.listTrustedDomains),
	}
}

// anyone is the right of a call that comes before a token.
const anyone convoke.Right = ""

// handler serves one call for the caller p, who holds the route's right.
type handler func(w http.ResponseWriter, r *http.Request, p convoke.Principal) error

type route struct {
	method, path string
	segments     []string // of the path
	right        convoke.Right
	rate         convoke.RateCategory
	serve        handler
}

func newRoute(method, path string, right convoke.Right, rate convoke.RateCategory, serve handler) *route {
	return &route{method, path, strings.Split(path, "/"), right, rate, serve}
}

// name is how the log and the table of errors call the route.
func (rt *route) name() string { return rt.method + " " + rt.path }

func (rt *route) matches(segments []string) bool {
	return slices.EqualFunc(rt.segments, segments, func(pattern, segment string) bool {
		return pattern == segment || strings.HasPrefix(pattern, "{") && segment != ""
	})
}

// bind makes the path's values readable through r.PathValue.
func (rt *route) bind(r *http.Request, segments []string) {
	r.Pattern = rt.name()
	for i, pattern := range rt.segments {
		if name, found := strings.CutPrefix(pattern, "{"); found {
			r.SetPathValue(strings.TrimSuffix(name, "}"), segments[i])
		}
	}
}

// unknown stands for the route of a request that matches none.
var unknown = &route{rate: light}

// find returns the route of the request, and the methods that its path takes.
// A nil route means that the path is known and the method is not. It looks at
// the path as it was sent, so that an encoded slash stays inside its segment,
// and takes a trailing slash for none.
func (a *api) find(r *http.Request) (*route, []string) {
	segments := split(r.URL.EscapedPath())
	var allowed []string
	for _, rt := range a.table {
		if !rt.matches(segments) {
			continue
		}
		if rt.method == r.Method || rt.method == http.MethodGet && r.Method == http.MethodHead {
			rt.bind(r, segments)
			return rt, nil
		}
		allowed = append(allowed, rt.method)
	}
	if len(allowed) == 0 {
		return unknown, nil
	}
	if slices.Contains(allowed, http.MethodGet) {
		allowed = append(allowed, http.MethodHead)
	}
	return nil, append(allowed, http.MethodOptions)
}

// split returns the decoded segments of a path, which is validly escaped. What
// no database can take as text becomes U+FFFD, which is in no id.
func split(escaped string) []string {
	segments := strings.Split(strings.TrimSuffix(escaped, "/"), "/")
	for i, segment := range segments {
		decoded, _ := url.PathUnescape(segment)
		segments[i] = strings.ToValidUTF8(strings.ReplaceAll(decoded, "\x00", "\uFFFD"), "\uFFFD")
	}
	return segments
}
