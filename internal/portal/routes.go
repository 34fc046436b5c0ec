// SPDX-License-Identifier: Apache-2.0

package portal

import "net/http"

// handler answers a request or returns why it cannot.
type handler func(http.ResponseWriter, *http.Request) error

// routes lists every address of the door. JSON handlers answer an error with a
// problem document, pages with an error page.
func (d *door) routes() *http.ServeMux {
	mux := http.NewServeMux()
	for pattern, h := range d.pages() {
		mux.Handle(pattern, d.page(h))
	}
	for _, calls := range []map[string]handler{
		d.roomCalls(), d.peopleCalls(), d.signOnCalls(), d.importCalls(), d.meetingCalls(), d.webhookCalls(), d.auditCalls(), d.appCalls(),
	} {
		for pattern, h := range calls {
			mux.Handle(pattern, d.json(h))
		}
	}
	mux.Handle("/room/v1/", d.json(unknownCall))
	mux.Handle("/portal/api/", d.json(unknownCall))
	mux.Handle("/", d.page(unknownPage))
	return mux
}

// pages are what a browser shows, and what belongs to it.
func (d *door) pages() map[string]handler {
	return map[string]handler{
		"GET /s/{meeting}":      d.startPage,
		"GET /j/{meeting}":      d.joinPage,
		"GET /t/{ticket}":       d.ticketPage,
		"GET /my/{name}":        d.personalPage,
		"GET /portal/{$}":       d.portalPage,
		"GET /portal":           d.portalPage,
		"GET /portal/{rest}":    d.portalPage,
		"GET /portal/connect":   d.connectPage,
		"GET /activate/{code}":  d.portalPage,
		"GET /assets/{path...}": d.asset,
		"GET /pictures/{name}":  d.picture,
		"GET /page.css":         d.stylesheet,
		"GET /{$}":              d.home,
	}
}

// roomCalls are those of the meeting room.
func (d *door) roomCalls() map[string]handler {
	return map[string]handler{
		"POST /room/v1/lobby":                    d.lobby,
		"POST /room/v1/join":                     d.join,
		"GET /room/v1/session":                   d.roomSession,
		"GET /room/v1/waiting":                   d.waiting,
		"POST /room/v1/participants/{id}/admit":  d.admit,
		"POST /room/v1/participants/{id}/remove": d.remove,
		"POST /room/v1/participants/{id}/mute":   d.mute,
		"POST /room/v1/mute-all":                 d.muteAll,
		"POST /room/v1/end":                      d.end,
		"POST /room/v1/leave":                    d.leave,
	}
}

// peopleCalls are about who comes in, the users and their mails.
func (d *door) peopleCalls() map[string]handler {
	return map[string]handler{
		"GET /portal/api/session":                  d.session,
		"POST /portal/api/session":                 d.signIn,
		"DELETE /portal/api/session":               d.signOut,
		"POST /portal/api/operator":                d.operator,
		"GET /portal/api/overview":                 d.overview,
		"GET /portal/api/users":                    d.users,
		"POST /portal/api/users/{id}/invitation":   d.invite,
		"DELETE /portal/api/users/{id}/invitation": d.revokeInvitation,
		"PUT /portal/api/users/{id}/status":        d.setStatus,
		"GET /portal/api/mails":                    d.mails,
		"GET /portal/api/mails/{id}":               d.mail,
		"GET /portal/api/activation/{code}":        d.activation,
		"POST /portal/api/activation/{code}":       d.activate,
	}
}

// signOnCalls are about domains and single sign-on.
func (d *door) signOnCalls() map[string]handler {
	return map[string]handler{
		"GET /portal/api/domains":                d.domains,
		"POST /portal/api/domains":               d.addDomain,
		"PUT /portal/api/domains/{name}":         d.setDomain,
		"DELETE /portal/api/domains/{name}":      d.removeDomain,
		"POST /portal/api/domains/{name}/verify": d.verifyDomain,
		"GET /portal/api/mapping":                d.mapping,
		"PUT /portal/api/mapping":                d.setMapping,
		"POST /portal/api/mapping/preview":       d.previewMapping,
		"GET /portal/api/sso":                    d.sso,
		"PUT /portal/api/sso":                    d.setSSO,
		"DELETE /portal/api/sso":                 d.removeSSO,
		"POST /portal/api/sso/test":              d.testSSO,
	}
}

// importCalls are about bulk jobs.
func (d *door) importCalls() map[string]handler {
	return map[string]handler{
		"GET /portal/api/imports":               d.imports,
		"POST /portal/api/imports":              d.startImport,
		"GET /portal/api/imports/{id}":          d.importJob,
		"GET /portal/api/imports/{id}/problems": d.importProblems,
		"GET /portal/api/imports/{id}/results":  d.importResults,
		"POST /portal/api/imports/{id}/cancel":  d.cancelImport,
	}
}

// meetingCalls are about a person's own meetings.
func (d *door) meetingCalls() map[string]handler {
	return map[string]handler{
		"GET /portal/api/meetings":             d.meetings,
		"POST /portal/api/meetings":            d.schedule,
		"POST /portal/api/meetings/{id}/start": d.start,
		"DELETE /portal/api/meetings/{id}":     d.deleteMeeting,
	}
}

// webhookCalls are about subscriptions and their deliveries.
func (d *door) webhookCalls() map[string]handler {
	return map[string]handler{
		"GET /portal/api/webhooks":                 d.webhooks,
		"POST /portal/api/webhooks":                d.addWebhook,
		"PUT /portal/api/webhooks/{id}":            d.setWebhook,
		"DELETE /portal/api/webhooks/{id}":         d.removeWebhook,
		"POST /portal/api/webhooks/{id}/validate":  d.validateWebhook,
		"GET /portal/api/webhooks/{id}/deliveries": d.deliveries,
		"GET /portal/api/webhooks/{id}/attempts":   d.attempts,
		"POST /portal/api/webhooks/{id}/replay":    d.replayWebhook,
	}
}

// auditCalls are about the audit log.
func (d *door) auditCalls() map[string]handler {
	return map[string]handler{
		"GET /portal/api/audit":         d.audit,
		"GET /portal/api/audit/actions": d.auditActions,
		"GET /portal/api/audit/export":  d.exportAudit,
		"POST /portal/api/audit/verify": d.verifyAudit,
	}
}

// appCalls are about apps, and what people allow them.
func (d *door) appCalls() map[string]handler {
	return map[string]handler{
		"GET /portal/api/apps":                d.apps,
		"GET /portal/api/connect":             d.asked,
		"POST /portal/api/connect":            d.answerConnect,
		"GET /portal/api/device":              d.askedDevice,
		"POST /portal/api/device":             d.answerDevice,
		"GET /portal/api/connections":         d.connections,
		"DELETE /portal/api/connections/{id}": d.withdraw,
	}
}
