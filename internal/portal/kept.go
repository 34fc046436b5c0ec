// SPDX-License-Identifier: Apache-2.0

package portal

import (
	"net/http"
	"strings"
	"time"

	"github.com/convoke/convoke/internal/conference"
	"github.com/convoke/convoke/internal/convoke"
)

// What a browser keeps of the links that it came by, where no script can read it,
// so that the page can be loaded again. zakCookie has the host tokens of the last
// start links, which the page takes out of its address; ticketCookie the sessions
// of the last tickets, which are spent.
const (
	zakCookie    = "convoke_start"
	ticketCookie = "convoke_tickets"
)

// maxKept is how many links of a kind are kept; a browser takes 4 KiB in a cookie,
// and a host token has about 300 bytes.
const maxKept = 5

// The separators in the cookies' values; neither tokens nor secrets have them.
const (
	betweenEntries = "|"
	afterMeeting   = "~"
)

func kept(r *http.Request, cookie string) []string {
	value := cookieValue(r, cookie)
	if value == "" {
		return nil
	}
	entries := strings.Split(value, betweenEntries)
	return entries[:min(len(entries), maxKept)]
}

// keepZak remembers the host token of a good start link, until the browser ends.
func (d *door) keepZak(w http.ResponseWriter, r *http.Request, link conference.Link) {
	prefix := zakPrefix(link.MeetingID)
	entries := []string{prefix + link.Zak}
	for _, entry := range kept(r, zakCookie) {
		if !strings.HasPrefix(entry, prefix) && len(entries) < maxKept {
			entries = append(entries, entry)
		}
	}
	d.setCookie(w, zakCookie, strings.Join(entries, betweenEntries), "/", time.Time{})
}

func zakPrefix(id convoke.MeetingID) string { return id.String() + afterMeeting }

// keepSession remembers the session that a ticket opened.
func (d *door) keepSession(w http.ResponseWriter, link conference.Link, session conference.Session) {
	entries := append([]string{session.Secret}, link.Sessions...)
	entries = entries[:min(len(entries), maxKept)]
	d.setCookie(w, ticketCookie, strings.Join(entries, betweenEntries), "/", time.Now().Add(personLife))
}

// withKept adds to a link what the browser keeps of it.
func withKept(r *http.Request, link conference.Link) conference.Link {
	switch link.Kind {
	case conference.LinkTicket:
		link.Sessions = kept(r, ticketCookie)
	case conference.LinkStart:
		for _, entry := range kept(r, zakCookie) {
			if zak, ok := strings.CutPrefix(entry, zakPrefix(link.MeetingID)); ok && link.Zak == "" {
				link.Zak = zak
			}
		}
	}
	return link
}
