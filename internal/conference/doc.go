// SPDX-License-Identifier: Apache-2.0

// Package conference is the use case of holding meetings: to schedule, change
// and list them, to make start links, join links and tickets, to let people in
// by such a link in the role that it stands for, and to moderate, end and leave
// a running meeting.
//
// It owns the host token (zak), the opaque passcode of a join link, the secret
// of a room session, and the order of effects: first the database, then the
// media server. The rules themselves are in package convoke. It makes no user,
// speaks no HTTP and knows LiveKit only as Media. The doors zoomapi, api and
// portal call it, and so does the guard in front of the media server.
package conference
