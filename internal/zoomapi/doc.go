// SPDX-License-Identifier: Apache-2.0

// Package zoomapi is the door for clients that speak Zoom's REST API: POST
// /oauth/token and the calls under /v2 that Convoke serves.
//
// It owns the wire: paths, bodies, status codes, error numbers, page fields,
// the tracking id and the rate-limit headers. It holds no rule: every handler
// decodes, asks one use case of provision or conference, and encodes. Authority
// comes from access as a Principal. The shapes are those of package zoom, and
// where the answers knowingly differ from the Zoom cloud's is written in
// docs/zoom-divergences.md. The composition root mounts it beside the other doors.
package zoomapi
