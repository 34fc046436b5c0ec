// SPDX-License-Identifier: Apache-2.0

package portal

import (
	"net/http"
	"strconv"
	"time"

	"github.com/convoke/convoke/internal/convoke"
)

type mailView struct {
	ID        int64     `json:"id"`
	To        string    `json:"to"`
	Subject   string    `json:"subject"`
	CreatedAt time.Time `json:"created_at"`
	Text      string    `json:"text,omitempty"`
}

// mailPage is how many mails the outbox shows at once.
const mailPage = 50

// mails is GET /portal/api/mails: the newest first. The page token is the id to
// go on below; it gives nothing away and is good for the caller's account only.
func (d *door) mails(w http.ResponseWriter, r *http.Request) error {
	p, err := d.administratorOf(r)
	if err != nil {
		return err
	}
	before, err := mailID(query(r, "next_page_token"), "next_page_token")
	if err != nil {
		return err
	}
	mails, err := d.Mails.Mails(r.Context(), p, before, mailPage+1)
	if err != nil {
		return err
	}
	next := ""
	if len(mails) > mailPage {
		mails = mails[:mailPage]
		next = strconv.FormatInt(mails[mailPage-1].ID, 10)
	}
	views := make([]mailView, 0, len(mails))
	for _, m := range mails {
		views = append(views, mailView{ID: m.ID, To: m.To, Subject: m.Subject, CreatedAt: m.CreatedAt})
	}
	return write(w, http.StatusOK, map[string]any{"mails": views, "next_page_token": next, "delivery": d.Delivery})
}

// mail is GET /portal/api/mails/{id}.
func (d *door) mail(w http.ResponseWriter, r *http.Request) error {
	p, err := d.administratorOf(r)
	if err != nil {
		return err
	}
	id, err := mailID(r.PathValue("id"), "id")
	if err != nil {
		return err
	}
	m, err := d.Mails.Mail(r.Context(), p, id)
	if err != nil {
		return err
	}
	return write(w, http.StatusOK, mailView{m.ID, m.To, m.Subject, m.CreatedAt, m.Text})
}

// mailID reads a mail's number; an empty one is 0.
func mailID(s, field string) (int64, error) {
	if s == "" {
		return 0, nil
	}
	id, err := strconv.ParseInt(s, 10, 64)
	if err != nil || id < 1 {
		return 0, convoke.Invalid(convoke.CodeInvalidPageToken, field, "This is not the number of a mail.")
	}
	return id, nil
}
