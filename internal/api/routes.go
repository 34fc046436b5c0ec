// SPDX-License-Identifier: Apache-2.0

package api

import (
	"cmp"
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/convoke/convoke/internal/access"
	"github.com/convoke/convoke/internal/convoke"
)

// Prefix is where the API lives. Whoever routes to the handler must hand over
// the request's path as the client wrote it: an external id may be ".." or hold
// an encoded slash, which http.ServeMux would clean away by a redirect.
const Prefix = "/api/v1"

// Config is everything that the door needs.
type Config struct {
	Provision   Provision
	Invitations Invitations
	Logins      Logins
	Domains     Domains
	Mappings    Mappings
	Conference  Conference
	Access      Access
	Events      Events
	Imports     Imports
	Audit       Audit
	Limits      Limits // nil: calls are counted and none is refused

	SSO           SingleSignOn
	Subscriptions Subscriptions
	Deliveries    Deliveries

	PublicURL string // of this server, without a slash at the end; personal links begin with it
	Logger    *slog.Logger
}

// New returns the handler of every call under Prefix. It answers any other
// path with a problem document of status 404.
func New(c Config) http.Handler {
	if c.Limits == nil {
		c.Limits = access.NewLimiter(access.LimiterConfig{})
	}
	a := &api{Config: c}
	a.table = a.routes()
	return a
}

// routes is the whole API: method and path, how heavy the call is (lists are
// medium, batches heavy), and the handler. A segment in braces takes any value, percent-decoded.
func (a *api) routes() []route {
	return []route{
		newRoute("PUT", "/bindings/{external_id}", light, a.ensureBinding),
		newRoute("GET", "/bindings/{external_id}", light, a.findBinding),
		newRoute("DELETE", "/bindings/{external_id}", light, a.deleteBinding),
		newRoute("GET", "/bindings", medium, a.listBindings),
		newRoute("POST", "/bindings:batch", heavy, a.ensureBatch),
		newRoute("PUT", "/bindings/{external_id}/meetings/{external_meeting_id}", light, a.ensureMeeting),
		newRoute("POST", "/meetings/{meeting_id}/tickets", light, a.createTicket),
		newRoute("GET", "/users/{user_id}/invitation", light, a.findInvitation),
		newRoute("POST", "/users/{user_id}/invitation", light, a.sendInvitation),
		newRoute("DELETE", "/users/{user_id}/invitation", light, a.revokeInvitation),
		newRoute("DELETE", "/users/{user_id}/tokens", light, a.revokeTokens),
		newRoute("GET", "/capabilities", light, a.listCapabilities),
		newRoute("GET", "/seats", light, a.countSeats),
		newRoute("GET", "/events", medium, a.listEvents),
		newRoute("GET", "/webhooks", light, a.listSubscriptions),
		newRoute("POST", "/webhooks", light, a.addSubscription),
		newRoute("GET", "/webhooks/{webhook_id}", light, a.findSubscription),
		newRoute("PATCH", "/webhooks/{webhook_id}", light, a.changeSubscription),
		newRoute("DELETE", "/webhooks/{webhook_id}", light, a.removeSubscription),
		newRoute("POST", "/webhooks/{webhook_id}/validate", light, a.validateSubscription),
		newRoute("GET", "/webhooks/{webhook_id}/deliveries", light, a.listDeliveries),
		newRoute("GET", "/webhooks/{webhook_id}/attempts", light, a.listAttempts),
		newRoute("POST", "/webhooks/{webhook_id}/replay", light, a.replayDeliveries),
		newRoute("GET", "/domains", light, a.listDomains),
		newRoute("POST", "/domains", light, a.addDomain),
		newRoute("PATCH", "/domains/{name}", light, a.setDomain),
		newRoute("DELETE", "/domains/{name}", light, a.removeDomain),
		newRoute("POST", "/domains/{name}/verify", light, a.verifyDomain),
		newRoute("GET", "/sso", light, a.findSSO),
		newRoute("PATCH", "/sso", light, a.setSSO),
		newRoute("DELETE", "/sso", light, a.removeSSO),
		newRoute("GET", "/sso/mapping", light, a.findMapping),
		newRoute("PUT", "/sso/mapping", light, a.setMapping),
		newRoute("POST", "/sso/mapping/preview", light, a.previewMapping),
		newRoute("GET", "/sso/assertions", light, a.listAssertions),
		newRoute("GET", "/audit", medium, a.listAudit),
		newRoute("GET", "/quota", light, a.listQuotas),
		newRoute("POST", "/imports", heavy, a.startImport),
		newRoute("GET", "/imports", medium, a.listImports),
		newRoute("GET", "/imports/{import_id}", light, a.findImport),
		newRoute("GET", "/imports/{import_id}/rows", light, a.listImportRows),
		newRoute("POST", "/imports/{import_id}/cancel", light, a.cancelImport),
	}
}

type api struct {
	Config
	table []route
}

// handler serves a call of a known caller.
type handler func(w http.ResponseWriter, r *http.Request, p convoke.Principal) error

type route struct {
	method, pattern string
	name            string   // of the call, for the log
	segments        []string // of the pattern
	rate            convoke.RateCategory
	serve           handler
}

func newRoute(method, pattern string, rate convoke.RateCategory, serve handler) route {
	return route{method, pattern, method + " " + Prefix + pattern, strings.Split(pattern[1:], "/"), rate, serve}
}

func (rt *route) matches(segments []string) bool {
	return slices.EqualFunc(rt.segments, segments, func(pattern, segment string) bool {
		return pattern[0] == '{' || pattern == segment
	})
}

func (rt *route) serves(method string) bool {
	return rt.method == method || (rt.method == http.MethodGet && method == http.MethodHead)
}

// bind makes the segments readable through r.PathValue.
func (rt *route) bind(r *http.Request, segments []string) {
	r.Pattern = rt.name
	for i, name := range rt.segments {
		if name[0] == '{' {
			r.SetPathValue(name[1:len(name)-1], segments[i])
		}
	}
}

// dispatch finds the call by the path as it was sent, so that no external id is
// ever cleaned, joined or redirected.
func (a *api) dispatch(w http.ResponseWriter, r *http.Request) error {
	segments, ok := split(r.URL.EscapedPath())
	if !ok {
		return errNoSuchCall
	}
	var allowed []string
	for i := range a.table {
		rt := &a.table[i]
		if !rt.matches(segments) {
			continue
		}
		if rt.serves(r.Method) {
			rt.bind(r, segments)
			p, err := a.caller(r)
			if err != nil {
				return err
			}
			if err := a.take(r.Context(), w.Header(), p, rt.rate); err != nil {
				return err
			}
			return rt.serve(w, r, p)
		}
		allowed = append(allowed, rt.method)
	}
	if len(allowed) == 0 {
		return errNoSuchCall
	}
	w.Header().Set("Allow", allowHeader(allowed))
	return errMethodNotAllowed
}

func allowHeader(methods []string) string {
	if slices.Contains(methods, http.MethodGet) {
		methods = append(methods, http.MethodHead)
	}
	slices.SortFunc(methods, cmp.Compare[string])
	return strings.Join(methods, ", ")
}

// split returns the decoded segments after Prefix.
func split(escaped string) ([]string, bool) {
	rest, ok := strings.CutPrefix(escaped, Prefix+"/")
	if !ok {
		return nil, false
	}
	segments := strings.Split(rest, "/")
	for i, segment := range segments {
		decoded, err := url.PathUnescape(segment)
		if err != nil {
			return nil, false
		}
		segments[i] = decoded
	}
	return segments, true
}

// externalID reads the path's external id. Its rule is the domain's; it is
// asked here so that no use case meets bytes that a database cannot take.
func externalID(r *http.Request) (string, error) {
	id := r.PathValue("external_id")
	return id, convoke.CheckExternalID(id)
}
