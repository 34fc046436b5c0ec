// SPDX-License-Identifier: Apache-2.0

// Package api is the door for Convoke's own REST API under /api/v1, and for the
// description of that API: /openapi.json and the pages under /docs.
//
// It owns the paths, the JSON of requests and answers, and the table from the
// domain's errors to problem documents (RFC 9457). It does not own a single
// rule about users, meetings or rights: each call decodes, learns who is
// calling, asks one use case and encodes. Zoom's wire is package zoomapi.
// Package app mounts it.
package api
