// SPDX-License-Identifier: Apache-2.0

package api

import (
	"net/http"
	"strconv"

	"github.com/convoke/convoke/internal/conference"
	"github.com/convoke/convoke/internal/convoke"
)

// ticketBody is the body of POST /meetings/{meeting_id}/tickets.
type ticketBody struct {
	ExternalID  string       `json:"external_id"`
	DisplayName string       `json:"display_name"`
	Role        convoke.Role `json:"role"`
}

type ticket struct {
	URL       string `json:"url"`
	ExpiresAt string `json:"expires_at"`
}

// createTicket is POST /meetings/{meeting_id}/tickets.
func (a *api) createTicket(w http.ResponseWriter, r *http.Request, p convoke.Principal) error {
	id, err := meetingID(r)
	if err != nil {
		return err
	}
	var body ticketBody
	if err := decodeBody(w, r, maxBody, &body); err != nil {
		return err
	}
	url, expires, err := a.Conference.Ticket(r.Context(), p, id, conference.TicketRequest(body))
	if err != nil {
		return err
	}
	return reply(w, http.StatusCreated, ticket{url, stamp(expires)})
}

// meetingID reads the path's meeting number. What is no number is no meeting.
func meetingID(r *http.Request) (convoke.MeetingID, error) {
	id, err := strconv.ParseInt(r.PathValue("meeting_id"), 10, 64)
	if err != nil || id <= 0 {
		return 0, convoke.NotFound(convoke.CodeMeetingNotFound, "There is no such meeting in the account.")
	}
	return convoke.MeetingID(id), nil
}
