// SPDX-License-Identifier: Apache-2.0

package app

import (
	"net/http"
	"strings"

	"github.com/convoke/convoke/internal/api"
	"github.com/convoke/convoke/internal/mail"
	"github.com/convoke/convoke/internal/oauth"
	"github.com/convoke/convoke/internal/portal"
	"github.com/convoke/convoke/internal/scim"
	"github.com/convoke/convoke/internal/signon"
	"github.com/convoke/convoke/internal/zoomapi"
)

// door is a handler and where it stands: at the path, and at all below it.
type door struct {
	name, path string
	handler    http.Handler
}

func (d door) serves(path string) bool {
	rest, ok := strings.CutPrefix(path, d.path)
	return ok && (rest == "" || rest[0] == '/')
}

// routes hands every request to its door by the path as the client wrote it.
// http.ServeMux would clean and redirect paths, which an external id or a
// double-encoded meeting UUID must survive.
func (a *App) routes() http.Handler {
	doors := []door{
		{"api", api.Prefix, a.api()},
		{"zoom", "/v2", a.zoom()},
		{"oauth", oauth.AuthorizePath, a.oauth},
		{"oauth", oauth.RevokePath, a.oauth},
		{"oauth", oauth.DevicePath, a.oauth},
		{"oauth", oauth.UserInfoPath, a.oauth},
		{"oauth", oauth.KeysPath, a.oauth},
		{"oauth", oauth.WellKnown, a.oauth},
		{"zoom", "/oauth", a.zoom()},
		{"scim", scim.Prefix, a.scim()},
		{"signal", "/rtc", a.engine.signal},
		{"media", "/livekit/webhook", a.engine.report},
		{"health", "/livez", http.HandlerFunc(alive)},
		{"health", "/readyz", http.HandlerFunc(a.readyz)},
		{"health", "/metrics", a.metrics.handler()},
		{"docs", "/openapi.json", http.HandlerFunc(openAPI)},
		{"docs", "/docs", api.Docs()},
		{"sso", signon.Prefix, a.singleSignOn()},
		{"portal", "", a.portal()},
	}
	for i, d := range doors {
		doors[i].handler = a.metrics.count(d.name, d.handler)
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		path := r.URL.EscapedPath()
		for _, d := range doors {
			if d.serves(path) {
				d.handler.ServeHTTP(w, r)
				return
			}
		}
		http.NotFound(w, r) // a path without a leading slash, such as that of OPTIONS *
	})
}

func (a *App) api() http.Handler {
	return api.New(api.Config{
		Provision: a.provision, Invitations: a.provision, Logins: a.provision, Domains: a.provision, Mappings: a.provision,
		Conference: a.conference, Access: a.access, Events: a.events,
		Imports: a.imports, Audit: a.audit, Limits: a.limiter,
		SSO: a.provision, Subscriptions: a.webhooks, Deliveries: a.webhooks,
		PublicURL: a.url, Logger: a.logger,
	})
}

func (a *App) zoom() http.Handler {
	return zoomapi.New(zoomapi.Config{
		Users: a.provision, Logins: a.provision, UserSettings: a.provision, Assistants: a.provision, Groups: a.provision, Members: a.provision, Roles: a.provision, Features: a.provision, Pictures: a.provision,
		Domains: a.provision, Meetings: a.conference, Access: a.access, UserTokens: a.oauth, Limits: a.limiter, PublicURL: a.url, Logger: a.logger,
	})
}

func (a *App) scim() http.Handler {
	return scim.New(scim.Config{
		Users: a.provision, Directory: a.provision, Groups: a.provision, Members: a.provision, Access: a.access, Limits: a.limiter, PublicURL: a.url, Logger: a.logger,
	})
}

func (a *App) portal() http.Handler {
	return portal.New(portal.Config{
		Doorway: a.conference, Moderation: a.conference, Meetings: a.conference,
		Users: a.provision, Invitations: a.provision, Domains: a.provision, Mappings: a.provision, Activations: a.provision, Access: a.access,
		Mails: mail.NewReader(a.db), Imports: a.imports,
		SSO: a.provision, Pictures: a.provision, Webhooks: a.webhooks, Deliveries: a.webhooks, Apps: a.access, Connections: a.access, Devices: a.access, Audit: a.audit, EventsKept: a.retention,
		Pages: a.pages, Built: a.built, PublicURL: a.url, MediaURL: a.engine.url, Stopping: a.polls, Delivery: a.delivery, Logger: a.logger,
	})
}

func openAPI(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	_, _ = w.Write(api.OpenAPI()) // fails only when the client is gone
}
