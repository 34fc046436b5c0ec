// SPDX-License-Identifier: Apache-2.0

package portal

import (
	"net/http"
	"strconv"

	"github.com/convoke/convoke/internal/conference"
	"github.com/convoke/convoke/internal/convoke"
)

// startPage is GET /s/{meeting_id}?zak=.
func (d *door) startPage(w http.ResponseWriter, r *http.Request) error {
	id, err := meetingNumber(r.PathValue("meeting"))
	if err != nil {
		return err
	}
	return d.roomPage(w, r, conference.Link{Kind: conference.LinkStart, MeetingID: id, Zak: query(r, "zak")})
}

// joinPage is GET /j/{meeting_id}?pwd=.
func (d *door) joinPage(w http.ResponseWriter, r *http.Request) error {
	id, err := meetingNumber(r.PathValue("meeting"))
	if err != nil {
		return err
	}
	return d.roomPage(w, r, conference.Link{Kind: conference.LinkJoin, MeetingID: id, Pwd: query(r, "pwd")})
}

// ticketPage is GET /t/{ticket}. The ticket is spent when the person joins, not
// here: a mail filter or a chat preview opens links too.
func (d *door) ticketPage(w http.ResponseWriter, r *http.Request) error {
	return d.roomPage(w, r, conference.Link{Kind: conference.LinkTicket, Ticket: r.PathValue("ticket")})
}

// personalPage is GET /my/{name}?pwd=.
func (d *door) personalPage(w http.ResponseWriter, r *http.Request) error {
	name, err := personalName(r.PathValue("name"))
	if err != nil {
		return err
	}
	return d.roomPage(w, r, conference.Link{Kind: conference.LinkPersonal, Name: name, Pwd: query(r, "pwd")})
}

// roomPage serves the room only to who has a good link, so that a bad one gets a
// plain page at once.
func (d *door) roomPage(w http.ResponseWriter, r *http.Request, link conference.Link) error {
	if _, err := d.Doorway.Lobby(r.Context(), withKept(r, link), returning(r)...); err != nil {
		return err
	}
	if link.Zak != "" {
		d.keepZak(w, r, link)
	}
	return d.document(w, "room/index.html")
}

// query returns a value of the address. Unlike r.FormValue it never reads a body,
// which for a form of several parts net/http does without a limit.
func query(r *http.Request, name string) string { return r.URL.Query().Get(name) }

// personalName reads the name in a personal link. One that nobody can have is not
// looked up: PostgreSQL would not take every byte that an address can carry.
func personalName(s string) (string, error) {
	if convoke.CheckPersonalLink(s) != nil {
		return "", convoke.NotFound(convoke.CodeMeetingNotFound, "There is no personal meeting under this address.")
	}
	return s, nil
}

// meetingNumber reads the number in a link.
func meetingNumber(s string) (convoke.MeetingID, error) {
	id, err := strconv.ParseInt(s, 10, 64)
	if err != nil || id < 1 {
		return 0, convoke.NotFound(convoke.CodeMeetingNotFound, "Meeting does not exist: %s.", s)
	}
	return convoke.MeetingID(id), nil
}

// linkBody is a link as the room page sends it.
type linkBody struct {
	Kind      conference.LinkKind `json:"kind"`
	MeetingID string              `json:"meeting_id"`
	Zak       string              `json:"zak"`
	Pwd       string              `json:"pwd"`
	Ticket    string              `json:"ticket"`
	Name      string              `json:"name"`
}

func (b linkBody) link(r *http.Request) (conference.Link, error) {
	link := conference.Link{Kind: b.Kind, Zak: b.Zak, Pwd: b.Pwd, Ticket: b.Ticket, Name: b.Name, From: convoke.ClientAddress(r.RemoteAddr)}
	var err error
	switch b.Kind {
	case conference.LinkStart, conference.LinkJoin:
		link.MeetingID, err = meetingNumber(b.MeetingID)
	case conference.LinkPersonal:
		link.Name, err = personalName(b.Name)
	}
	return withKept(r, link), err
}
