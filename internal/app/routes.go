// SPDX-License-Identifier: Apache-2.0

package app

import (
	"net/http"
	"strings"

	"github.com/convoke/convoke/internal/api"
	"github.com/convoke/convoke/internal/mail"
	"github.com/convoke/convoke/internal/portal"
	"github.com/convoke/convoke/internal/zoomapi"
)

// routes hands every request to its door by the path as the client wrote it.
// http.ServeMux would clean and redirect paths, which an external id or a
// double-encoded meeting UUID must survive.
func (a *App) routes() http.Handler {
	doors := []struct {
		name     string
		prefixes []string
		handler  http.Handler
	}{
		{"api", []string{api.Prefix + "/", api.Prefix}, a.api()},
		{"zoom", []string{"/v2/", "/oauth/"}, a.zoom()},
		{"signal", []string{"/rtc"}, a.engine.signal},
		{"media", []string{"/livekit/webhook"}, a.engine.report},
		{"health", []string{"/livez"}, http.HandlerFunc(alive)},
		{"health", []string{"/readyz"}, http.HandlerFunc(a.readyz)},
		{"health", []string{"/metrics"}, a.metrics.handler()},
		{"docs", []string{"/openapi.json"}, http.HandlerFunc(openAPI)},
		{"docs", []string{"/docs"}, api.Docs()},
		{"portal", []string{"/"}, a.portal()},
	}
	for i, d := range doors {
		doors[i].handler = a.metrics.count(d.name, d.handler)
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		path := r.URL.EscapedPath()
		for _, d := range doors {
			for _, prefix := range d.prefixes {
				if strings.HasPrefix(path, prefix) {
					d.handler.ServeHTTP(w, r)
					return
				}
			}
		}
		http.NotFound(w, r) // a path without a leading slash, such as that of OPTIONS *
	})
}

func (a *App) api() http.Handler {
	return api.New(api.Config{
		Provision: a.provision, Conference: a.conference, Access: a.access, Events: a.events,
		PublicURL: a.url, Logger: a.logger,
	})
}

func (a *App) zoom() http.Handler {
	return zoomapi.New(zoomapi.Config{
		Users: a.provision, Meetings: a.conference, Access: a.access, PublicURL: a.url, Logger: a.logger,
	})
}

func (a *App) portal() http.Handler {
	return portal.New(portal.Config{
		Doorway: a.conference, Moderation: a.conference, Meetings: a.conference,
		Users: a.provision, Activations: a.provision, Access: a.access, Mails: mail.NewReader(a.db),
		Pages: a.pages, Built: a.built, PublicURL: a.url, MediaURL: a.engine.url, Delivery: a.delivery, Logger: a.logger,
	})
}

func openAPI(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	_, _ = w.Write(api.OpenAPI()) // fails only when the client is gone
}
