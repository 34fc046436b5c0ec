// SPDX-License-Identifier: Apache-2.0

package scim

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/convoke/convoke/internal/convoke"
)

// The rate labels of the calls.
const (
	light  = convoke.RateLight
	medium = convoke.RateMedium
	heavy  = convoke.RateHeavy
)

const (
	bulkPath   = "/Bulk"
	configPath = "/ServiceProviderConfig"
)

// routes is the whole surface. A segment in braces takes any value.
func (a *api) routes() []*route {
	return []*route{
		newRoute("GET", configPath, light, a.readConfig),
		newRoute("GET", "/ResourceTypes", light, a.listResourceTypes),
		newRoute("GET", "/ResourceTypes/{id}", light, a.readResourceType),
		newRoute("GET", "/Schemas", light, a.listSchemas),
		newRoute("GET", "/Schemas/{id}", light, a.readSchema),

		newRoute("GET", "/Users", medium, a.listUsers),
		newRoute("POST", "/Users", light, showing(users, a.createUser)),
		newRoute("POST", "/Users/.search", medium, a.searchUsers),
		newRoute("GET", "/Users/{id}", light, showing(users, a.readUser)),
		newRoute("PUT", "/Users/{id}", light, showing(users, a.replaceUser)),
		newRoute("PATCH", "/Users/{id}", light, showing(users, a.patchUser)),
		newRoute("DELETE", "/Users/{id}", light, a.deleteUser),

		newRoute("GET", "/Groups", medium, a.forDirectory(a.listGroups)),
		newRoute("POST", "/Groups", light, a.forDirectory(showing(groups, a.createGroup))),
		newRoute("POST", "/Groups/.search", medium, a.forDirectory(a.searchGroups)),
		newRoute("GET", "/Groups/{id}", light, a.forDirectory(showing(groups, a.readGroup))),
		newRoute("PUT", "/Groups/{id}", light, a.forDirectory(showing(groups, a.replaceGroup))),
		newRoute("PATCH", "/Groups/{id}", light, a.forDirectory(showing(groups, a.patchGroup))),
		newRoute("DELETE", "/Groups/{id}", light, a.forDirectory(a.deleteGroup)),

		newRoute("POST", bulkPath, heavy, a.bulk),
	}
}

// handler serves one call for the caller p.
type handler func(w http.ResponseWriter, r *http.Request, p convoke.Principal) error

// showing gives a call the projection that its query asks for. One that makes no
// sense is refused before anything is changed.
func showing(t *resourceType, serve func(http.ResponseWriter, *http.Request, convoke.Principal, projection) error) handler {
	return func(w http.ResponseWriter, r *http.Request, p convoke.Principal) error {
		show, err := newProjection(t, r.URL.Query().Get("attributes"), r.URL.Query().Get("excludedAttributes"))
		if err != nil {
			return err
		}
		return serve(w, r, p, show)
	}
}

type route struct {
	method, path string
	segments     []string // of the path
	rate         convoke.RateCategory
	serve        handler
}

func newRoute(method, path string, rate convoke.RateCategory, serve handler) *route {
	return &route{method, path, strings.Split(Prefix+path, "/"), rate, serve}
}

func (rt *route) matches(segments []string) bool {
	return slices.EqualFunc(rt.segments, segments, func(pattern, segment string) bool {
		return pattern == segment || strings.HasPrefix(pattern, "{") && segment != "" && segment != ".search"
	})
}

// bind makes the path's values readable through r.PathValue.
func (rt *route) bind(r *http.Request, segments []string) {
	r.Pattern = rt.method + " " + Prefix + rt.path
	for i, pattern := range rt.segments {
		if name, found := strings.CutPrefix(pattern, "{"); found {
			r.SetPathValue(strings.TrimSuffix(name, "}"), segments[i])
		}
	}
}

// find returns the route of the request. A nil route with methods means that the
// path is known and the method is not.
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
	return nil, allowed
}

// split returns the decoded segments of a path. What no database can take as
// text becomes U+FFFD, which is in no id.
func split(escaped string) []string {
	segments := strings.Split(strings.TrimSuffix(escaped, "/"), "/")
	for i, segment := range segments {
		decoded, _ := url.PathUnescape(segment)
		segments[i] = strings.ToValidUTF8(strings.ReplaceAll(decoded, "\x00", "\uFFFD"), "\uFFFD")
	}
	return segments
}
